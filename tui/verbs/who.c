#include "tui/verbs/verb.h"

#include <string.h>

#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/holders.h"
#include "tui/verbs/output.h"

static int print_json(struct command *command, const struct who_report *report, struct error *err)
{
    return output_json(command, encode_who(report, 0), err);
}

static int print_text(struct command *command, const struct who_report *report, struct error *err)
{
    const struct holder_list *list = report->holders;
    int r = holders_print(command, command->out, list, err);

    if (r < 0)
        return r;
    if (list->n_holders == 0)
        output_notice(command, "nobody%s", list->complete ? "" : " that could be seen");
    if (arguments_has(command->arguments, OPTION_MOUNTS))
        return 0;
    if (!list->complete)
        output_notice(command, "not complete: %s",
                      list->stuck ? "some processes wait for a server that does not answer"
                                  : "not every process and namespace could be read");
    return 0;
}

int verb_who(struct command *command, struct error *err)
{
    _cleanup_who_report_ struct who_report *report = NULL;
    const struct arguments *arguments = command->arguments;
    const struct who_request request = {
        .what = arguments->words[0],
        .flags = arguments_has(arguments, OPTION_MOUNTS) ? WHO_MOUNTS : 0,
    };
    int r = engine_who(command->engine, &request, &report, err);

    if (r < 0)
        return r;
    return command->json ? print_json(command, report, err) : print_text(command, report, err);
}
