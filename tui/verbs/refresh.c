#include "tui/verbs/verb.h"

#include <errno.h>

#include "tui/verbs/report.h"
#include "tui/verbs/targets.h"

static int one_of_three(struct error *err)
{
    (void)error_set(err, ERROR_USAGE, 0,
                    "davit refresh takes one DEVICE or HOSTPATH, or targets, or --stale");
    error_hint(err, "davit refresh --help");
    return -EINVAL;
}

int verb_refresh(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_targets_ struct targets targets = {.list = NULL};
    _cleanup_report_ struct report *report = NULL;
    _cleanup_free_ char *from = NULL;
    struct refresh_request request = {.stale = arguments_has(arguments, OPTION_STALE)};
    bool dry = arguments_has(arguments, OPTION_DRY_RUN);
    bool path = arguments->n_words > 0 && word_is_host_path(arguments->words[0]);
    int r = 0;

    if ((arguments->n_words > 0) == request.stale || (path && arguments->n_words > 1))
        return one_of_three(err);
    if (path) {
        request.from = from = host_path_canonical(arguments->words[0]);
        if (!from)
            return ERROR_OOM(err);
    } else if (arguments->n_words > 0) {
        r = targets_parse(arguments->words, arguments->n_words, &targets, err);
    }
    if (r < 0)
        return r;
    request.targets = targets.list;
    request.n_targets = targets.n;
    r = engine_refresh(command->engine, &request, dry, &report, err);
    if (r < 0)
        return r;
    if (report->n_results == 0 && !command->json && !command->quiet)
        (void)fputs("Nothing that davit attached is stale.\n", command->out);
    return dry ? report_print_plans(command, report, CHANGE_REFRESH, NULL, err)
               : report_print(command, report, CHANGE_REFRESH, NULL, err);
}
