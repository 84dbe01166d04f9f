#include "tui/verbs/verb.h"

#include <errno.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/verbs/report.h"
#include "tui/verbs/targets.h"

static int check_id(const char *id, struct error *err)
{
    if (!id || (strlen(id) == OPERATION_ID_SIZE - 1 &&
                strspn(id, "0123456789abcdef") == OPERATION_ID_SIZE - 1))
        return 0;
    (void)error_set(err, ERROR_USAGE, 0, "'%.40s' is no id of a change: %d hexadecimal digits", id,
                    OPERATION_ID_SIZE - 1);
    error_hint(err, "davit events lists the changes and their ids");
    return -EINVAL;
}

// "Undo the attach of web:/mnt/log?"
static int ask(struct command *command, const struct report *plans, struct error *err)
{
    const struct result *plan = plans->n_results > 0 ? plans->results[0] : NULL;
    _cleanup_free_ char *question =
        plan ? text_format("Undo the %s of %s:%s?", plans->undone, plan->container, plan->target)
             : text_format("Undo the %s?", plans->undone);

    return question ? report_confirm(command, plans, CHANGE_UNDO, question, err) : ERROR_OOM(err);
}

int verb_undo(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    const char *id = arguments->n_words > 0 ? arguments->words[0] : NULL;
    bool dry = arguments_has(arguments, OPTION_DRY_RUN);
    _cleanup_report_ struct report *plans = NULL, *report = NULL;
    struct source_expected expected = {NULL, NULL, NULL};
    int r = check_id(id, err);

    if (r == 0)
        r = dry ? 1 : confirm_needed(command, err);
    // With --yes the plan would be made twice: the engine makes it again when it performs it.
    if (r > 0)
        r = engine_undo(command->engine, id, NULL, true, &plans, err);
    if (r < 0)
        return r;
    if (dry)
        return report_print_plans(command, plans, CHANGE_UNDO, NULL, err);
    r = plans ? ask(command, plans, err) : 0;
    if (r == 0 && plans) {
        id = plans->undoes; // what was shown, not what is the last by now
        if (plans->n_results > 0)
            expected =
                (struct source_expected){plans->results[0]->major_minor,
                                         plans->results[0]->sub_root, plans->results[0]->sub_path};
    }
    if (r == 0)
        r = engine_undo(command->engine, id, &expected, false, &report, err);
    return r != 0 ? r : report_print(command, report, CHANGE_UNDO, NULL, err);
}
