#include "core/wire/settings.h"

const struct setting_info setting_infos[SETTING_COUNT] = {
#define X(id, name, type, least, most, otherwise, meaning) \
    [SETTING_ID_##id] = {name, type, least, most, otherwise, meaning},
    SETTINGS(X)
#undef X
};
