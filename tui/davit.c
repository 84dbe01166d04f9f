// davit, the headless verbs: parse, open the engine, run one verb, report.
#include <string.h>

#include "core/engine/engine.h"
#include "tui/launch.h"
#include "tui/plugin.h"
#include "tui/verbs/configuration.h"
#include "tui/verbs/help.h"
#include "tui/verbs/options.h"
#include "tui/verbs/output.h"
#include "tui/verbs/report.h"
#include "tui/verbs/verb.h"

static verb_function *const functions[VERB_COUNT] = {
#define X(id, function, ...) [VERB_##id] = verb_##function,
    VERBS(X)
#undef X
};

// davit help [VERB]
int verb_help(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    struct arguments named;
    char *argv[] = {command->argv[0], (char *)(uintptr_t)arguments->words[0],
                    (char *)(uintptr_t) "--help"};
    int r;

    if (arguments->n_words == 0) {
        help_print(command->out);
        return 0;
    }
    r = arguments_parse(3, argv, &named, err); // says what is wrong with the name
    if (r == 0)
        help_print_verb(command->out, named.verb);
    return r;
}

// davit engine
int verb_engine(struct command *command, struct error *err)
{
    return launch_engine(command->argv, err);
}

// davit keepd
int verb_keepd(struct command *command, struct error *err)
{
    return launch_engine(command->argv, err);
}

static int run_verb(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_settings_ struct settings settings = {.given = 0};
    _cleanup_engine_ struct engine *engine = NULL;
    struct engine_options options = {
        .state_dir = arguments->value[OPTION_STATE_DIR],
        .runtime = {.docker_endpoint = arguments->value[OPTION_DOCKER],
                    .runtimes = arguments->value[OPTION_RUNTIME]},
        .flags = arguments_has(arguments, OPTION_NO_CHANGES) ? ENGINE_NO_CHANGES : 0,
        .on_step = report_step,
        .on_notice = report_notice,
        .context = command,
    };
    bool changes = arguments->verb == VERB_ATTACH || arguments->verb == VERB_SHARE ||
                   arguments->verb == VERB_DETACH || arguments->verb == VERB_UNDO ||
                   arguments->verb == VERB_KEEP || arguments->verb == VERB_FORGET ||
                   arguments->verb == VERB_EJECT;
    int r;

    if (arguments->verb == VERB_HELP || arguments->verb == VERB_ENGINE ||
        arguments->verb == VERB_KEEPD)
        return functions[arguments->verb](command, err);
    r = configuration_apply(command, &settings, &options.runtime, err);
    if (r == 0)
        r = engine_open(&options, &engine, err);
    if (r < 0)
        return r;
    command->engine = engine;
    r = engine_recover(engine, err);
    // Without the privilege to look, the verb itself says best what it lacks, or does without.
    if (r < 0 && err->code != ERROR_NOT_PERMITTED) {
        if (changes)
            return r;
        output_message(command, NULL, err); // who only looks still sees what there is to see
        output_hint(command, err);
    }
    if (r > 0)
        output_notice(command, "an earlier davit was ended in the middle of a change, and only "
                               "root can take it back: sudo davit status");
    r = functions[arguments->verb](command, err);
    command->engine = NULL;
    return r;
}

// What is wrong with --config is said before there is a screen: the engine behind it reads the file
// where nobody would see its answer.
static int start_console(struct command *command, struct error *err)
{
    _cleanup_settings_ struct settings settings = {.given = 0};
    struct runtime_options ignored = {.docker_endpoint = NULL};
    int r = 0;

    if (arguments_has(command->arguments, OPTION_CONFIG) &&
        !arguments_has(command->arguments, OPTION_REPLAY))
        r = configuration_apply(command, &settings, &ignored, err);
    return r < 0 ? r : launch_console(command->arguments, err);
}

static int run(struct command *command, struct arguments *arguments, struct error *err)
{
    bool is_plugin = false;
    int r = plugin_parse(command, arguments, &is_plugin, err);

    if (r == 0 && !is_plugin)
        r = arguments_parse(command->argc, command->argv, arguments, err);
    if (r != 0)
        return r < 0 ? r : 0;
    command->json = arguments_has(arguments, OPTION_JSON);
    command->quiet = arguments_has(arguments, OPTION_QUIET);
    command->verbose = arguments_has(arguments, OPTION_VERBOSE);
    if (arguments_has(arguments, OPTION_VERSION)) {
        (void)fputs("davit " DAVIT_VERSION "\n", command->out);
        return 0;
    }
    if (arguments_has(arguments, OPTION_HELP)) {
        if (arguments->verb == VERB_COUNT)
            help_print(command->out);
        else
            help_print_verb(command->out, arguments->verb);
        return 0;
    }
    if (arguments->verb != VERB_COUNT)
        return run_verb(command, err);
    if (!command->json)
        return start_console(command, err);
    r = error_set(err, ERROR_USAGE, 0, "no verb: the console prints no JSON");
    error_hint(err, "davit --help");
    return r;
}

int main(int argc, char **argv)
{
    struct arguments arguments = {.verb = VERB_COUNT};
    struct command command = {.arguments = &arguments, .argc = argc, .argv = argv};
    struct error err = {.code = ERROR_NONE};
    int status;

    output_begin();
    output_open(&command);
    command.json = arguments_want_json(argc, argv);
    status = run(&command, &arguments, &err);
    if (status < 0) {
        output_sudo_hint(&command, &err);
        status = output_error(&command, &err);
    }
    return output_end(&command, status);
}
