#include "tui/verbs/verb.h"

#include "tui/verbs/report.h"
#include "tui/verbs/targets.h"

static int keep_or_forget(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_targets_ struct targets targets = {.list = NULL};
    _cleanup_report_ struct report *report = NULL;
    bool keep = arguments->verb == VERB_KEEP, dry = arguments_has(arguments, OPTION_DRY_RUN);
    enum change change = keep ? CHANGE_KEEP : CHANGE_FORGET;
    int r = targets_parse(arguments->words, arguments->n_words, &targets, err);

    if (r == 0)
        r = keep ? engine_keep(command->engine, targets.list, targets.n,
                               arguments_has(arguments, OPTION_FORCE), dry, &report, err)
                 : engine_forget(command->engine, targets.list, targets.n, dry, &report, err);
    if (r < 0)
        return r;
    return dry ? report_print_plans(command, report, change, NULL, err)
               : report_print(command, report, change, NULL, err);
}

int verb_keep(struct command *command, struct error *err)
{
    return keep_or_forget(command, err);
}

int verb_forget(struct command *command, struct error *err)
{
    return keep_or_forget(command, err);
}
