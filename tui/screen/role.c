#include "tui/screen/role.h"

#include <string.h>

const struct role_info role_infos[ROLE_COUNT] = {
#define X(id, name, meaning) [ROLE_##id] = {name, meaning},
    ROLES(X)
#undef X
};

const char *role_name(enum role role)
{
    return role_infos[role].name;
}

enum role role_find(const char *name, size_t length)
{
    for (enum role role = 0; role < ROLE_COUNT; role++)
        if (strlen(role_infos[role].name) == length &&
            memcmp(role_infos[role].name, name, length) == 0)
            return role;
    return ROLE_COUNT;
}

bool role_is_group(const char *name)
{
    size_t length = strlen(name);

    if (length == 0 || role_find(name, length) != ROLE_COUNT)
        return false;
    for (enum role role = 0; role < ROLE_COUNT; role++)
        if (strncmp(role_infos[role].name, name, length) == 0 &&
            role_infos[role].name[length] == '.')
            return true;
    return false;
}
