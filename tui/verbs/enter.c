#include "core/engine/enter.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/output.h"
#include "tui/verbs/report.h"
#include "tui/verbs/verb.h"

static int print_json(struct command *command, const struct enter *enter, struct error *err)
{
    const char *directory = enter_directory(enter);
    json_t *plan = encode_plan(enter_result(enter));
    _cleanup_free_ char *clean = text_clean_dup(directory, strlen(directory));

    if (!clean || json_object_set_new(plan, "directory", json_string(clean)) < 0) {
        json_decref(plan);
        return ERROR_OOM(err);
    }
    return output_json(command, json_pack("{s:[o]}", "plans", plan), err);
}

static int print_plan(struct command *command, const struct enter *enter, struct error *err)
{
    const struct result *result = enter_result(enter);

    if (command->json)
        return print_json(command, enter, err);
    if (command->quiet)
        return 0;
    (void)fprintf(command->out, "enter %s\n", result->container);
    report_steps_text(command, result);
    report_warnings_text(command->out, result);
    (void)fputs("Nothing was started: this was a dry run.\n", command->out);
    return 0;
}

// On standard error, since standard output is the command's from here on.
static void print_review(struct command *command, const struct enter *enter)
{
    if (command->quiet)
        return;
    if (command->verbose) {
        FILE *out = command->out;

        command->out = command->log;
        report_steps_text(command, enter_result(enter));
        command->out = out;
    }
    for (char **warning = enter_result(enter)->warnings; warning && *warning; warning++)
        output_notice(command, "%s", *warning);
    if (enter_tools_place(enter))
        output_notice(command, "tools: %s; the container does not see them",
                      enter_tools_place(enter));
    (void)fflush(command->log);
}

int verb_enter(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_enter_ struct enter *enter = NULL;
    bool dry = arguments_has(arguments, OPTION_DRY_RUN);
    struct enter_request request = {
        .target = {.container = arguments->words[0], .path = "/"},
        .user = arguments->value[OPTION_USER],
        .tools = arguments->value[OPTION_TOOLS],
        .command = arguments->command,
        .n_command = arguments->n_command,
        .term = getenv("TERM"),
        .in = STDIN_FILENO,
        .out = STDOUT_FILENO,
        .error = STDERR_FILENO,
        .flags = (arguments_has(arguments, OPTION_PRIVILEGED) ? ENTER_PRIVILEGED : 0U) |
                 (dry ? ENTER_PLAN : 0U),
    };
    int status = 0, r = engine_enter_open(command->engine, &request, &enter, err);

    if (r < 0)
        return r;
    if (dry)
        return print_plan(command, enter, err);
    print_review(command, enter);
    (void)fflush(command->out);
    r = engine_enter_run(enter, &status, err);
    return r < 0 ? r : status;
}
