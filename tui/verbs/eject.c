#include "tui/verbs/verb.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/holders.h"
#include "tui/verbs/output.h"
#include "tui/verbs/report.h"
#include "tui/verbs/targets.h"

static int exit_status(const struct eject_report *report)
{
    return report->error.code == ERROR_NONE ? 0 : error_exit_status(report->error.code);
}

static void print_left(struct command *command, FILE *out, const struct who_report *left,
                       struct error *err)
{
    const struct holder_list *list = left->holders;

    (void)holders_print(command, out, list, err);
    for (size_t i = 0; i < list->n_holders; i++) {
        char stop[512], before[512] = "";

        who_stop_command(left, &list->holders[i], stop, sizeof stop);
        // Holders of one process, and those of one container, let go by one command.
        for (size_t k = 0; k < i && *stop && strcmp(stop, before) != 0; k++)
            who_stop_command(left, &list->holders[k], before, sizeof before);
        if (*stop && strcmp(stop, before) != 0)
            (void)fprintf(out, "  to let go: %s\n", stop);
    }
}

static int print_held(struct command *command, const struct eject_report *report, struct error *err)
{
    output_message(command, NULL, &report->error);
    print_left(command, command->log, report->left, err);
    output_hint(command, &report->error);
    return exit_status(report);
}

static int print_json(struct command *command, const struct eject_report *report, unsigned flags,
                      struct error *err)
{
    int r = output_json(command, encode_eject(report, flags), err);

    return r < 0 ? r : exit_status(report);
}

static int print_done(struct command *command, const struct eject_report *report, struct error *err)
{
    int r = report->report->n_results
                ? report_print(command, report->report, CHANGE_DETACH, NULL, err)
                : 0;

    if (r < 0)
        return r;
    if (report->free) {
        if (!command->quiet)
            (void)fprintf(command->out, "Nobody holds %s any more%s.\n", report->left->subject.name,
                          report->left->subject.whole && *report->left->subject.node
                              ? ": no namespace has it, and it can be opened exclusively"
                              : "");
        return 0;
    }
    return print_held(command, report, err);
}

static void print_plan(struct command *command, const struct eject_report *report,
                       struct error *err)
{
    bool any = false;

    if (report->report->n_results == 0)
        (void)fprintf(command->out, "Of %s there is no mount to detach.\n",
                      report->left->subject.name);
    report_plans_text(command, report->report, CHANGE_DETACH, NULL);
    for (size_t i = 0; i < report->left->holders->n_holders; i++)
        any |= report->left->holders->holders[i].kind != HOLDER_MOUNT;
    if (any && !command->quiet)
        print_left(command, command->out, report->left, err);
    (void)fflush(command->out);
}

static int dry_run(struct command *command, const struct eject_request *request, struct error *err)
{
    _cleanup_eject_report_ struct eject_report *report = NULL;
    int r = engine_eject(command->engine, request, true, &report, err);

    if (r < 0)
        return r;
    if (command->json) {
        r = output_json(command, encode_eject(report, ENCODE_PLANS), err);
        return r < 0 ? r : report_exit_status(report->report);
    }
    print_plan(command, report, err);
    if (!command->quiet)
        (void)fputs("Nothing was changed: this was a dry run.\n", command->out);
    return report_exit_status(report->report);
}

// Shows what would be done and asks. What would be refused, as a process holds it, is not asked
// but said: the exit status.
static int ask(struct command *command, const struct eject_request *request, struct error *err)
{
    _cleanup_eject_report_ struct eject_report *report = NULL;
    _cleanup_free_ char *question = NULL;
    int r = confirm_needed(command, err);

    if (r <= 0)
        return r;
    r = engine_eject(command->engine, request, true, &report, err);
    if (r < 0)
        return r;
    report->error = report->busy;
    if (report->busy.code != ERROR_NONE)
        return command->json ? print_json(command, report, ENCODE_PLANS, err)
                             : print_held(command, report, err);
    if (!command->json)
        print_plan(command, report, err);
    question = text_format("Eject %s: %zu mount%s?", report->left->subject.name,
                           report->report->n_results, report->report->n_results == 1 ? "" : "s");
    return question ? confirm(command, question, err) : ERROR_OOM(err);
}

int verb_eject(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_eject_report_ struct eject_report *report = NULL;
    const struct eject_request request = {
        .what = arguments->words[0],
        .flags = arguments_has(arguments, OPTION_LAZY) ? DETACH_LAZY : 0,
        .wait_ms = arguments_milliseconds(arguments, OPTION_WAIT, 0),
    };
    int r;

    if (!word_is_host_path(request.what)) {
        (void)error_set(err, ERROR_USAGE, 0, "%s is no device and no path of the host",
                        request.what);
        error_hint(err, "davit eject /dev/sdb1, or its mount point");
        return -EINVAL;
    }
    if (arguments_has(arguments, OPTION_DRY_RUN))
        return dry_run(command, &request, err);
    r = ask(command, &request, err);
    if (r == 0)
        r = engine_eject(command->engine, &request, false, &report, err);
    if (r != 0)
        return r;
    return command->json ? print_json(command, report, 0, err) : print_done(command, report, err);
}
