#include "tui/verbs/holders.h"

#include <string.h>

#include "core/base/text.h"
#include "tui/verbs/columns.h"

static int add_row(struct columns *columns, const struct holder *holder, struct error *err)
{
    _cleanup_free_ char *pid = holder->pid ? text_format("%d", (int)holder->pid) : strdup("");
    _cleanup_free_ char *path =
        text_format("%s%s", holder->path ? holder->path : "", holder->count > 1 ? " and more" : "");
    const char *what = *holder->command ? holder->command : holder->comm;

    if (!pid || !path)
        return ERROR_OOM(err);
    return columns_add(
        columns,
        (const char *const[]){holder_kind_name(holder->kind), path, pid, holder->container, what},
        err);
}

int holders_print(struct command *command, FILE *out, const struct holder_list *list,
                  struct error *err)
{
    static const struct column what[] = {{"KIND", 0},
                                         {"PATH", COLUMN_SHRINK},
                                         {"PID", COLUMN_RIGHT},
                                         {"CONTAINER", COLUMN_SHRINK},
                                         {"COMMAND", COLUMN_SHRINK}};
    _cleanup_columns_ struct columns *columns = NULL;
    int r = columns_new(what, ARRAY_SIZE(what), &columns, err);

    for (size_t i = 0; r == 0 && i < list->n_holders; i++)
        r = add_row(columns, &list->holders[i], err);
    if (r == 0 && list->n_holders > 0)
        columns_print(columns, out, command->width);
    return r;
}
