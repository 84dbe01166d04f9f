#include "tui/verbs/verb.h"

#include "tui/verbs/report.h"
#include "tui/verbs/targets.h"

static int change(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_targets_ struct targets targets = {.list = NULL};
    _cleanup_report_ struct report *report = NULL;
    bool keep = arguments->verb == VERB_KEEP;
    int r = targets_parse(arguments->words, arguments->n_words, &targets, err);

    if (r == 0)
        r = keep ? engine_keep(command->engine, targets.list, targets.n,
                               arguments_has(arguments, OPTION_FORCE), &report, err)
                 : engine_forget(command->engine, targets.list, targets.n, &report, err);
    return r < 0 ? r : report_print(command, report, keep ? CHANGE_KEEP : CHANGE_FORGET, NULL, err);
}

int verb_keep(struct command *command, struct error *err)
{
    return change(command, err);
}

int verb_forget(struct command *command, struct error *err)
{
    return change(command, err);
}
