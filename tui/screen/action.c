#include "tui/screen/action.h"

#include <string.h>

const struct action_info action_infos[ACTION_COUNT] = {
#define X(id, name, keys, contexts, label, help) {name, keys, contexts, label, help},
    ACTIONS(X)
#undef X
};

enum action action_by_name(const char *name)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (strcmp(action_infos[i].name, name) == 0)
            return (enum action)i;
    return ACTION_NONE;
}
