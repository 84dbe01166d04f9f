#include "tui/verbs/values.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/verbs/options.h"

#define VALUE_SHOWN 60 // bytes of a bad value that are repeated

static int bad(const char *spelled, const char *value, const char *why, struct error *err)
{
    return error_set(err, ERROR_USAGE, 0, "%s '%.*s': %s", spelled, VALUE_SHOWN, value, why);
}

static bool mode_parse(const char *text, mode_t *ret)
{
    size_t length = strlen(text);
    unsigned long value;

    if (length == 0 || length > 5 || strspn(text, "01234567") != length)
        return false;
    value = strtoul(text, NULL, 8);
    if (value == 0 || value > 07777)
        return false;
    *ret = (mode_t)value;
    return true;
}

static unsigned choice_find(const char *choices, const char *value)
{
    const char *name = NULL;
    size_t length = 0;

    for (unsigned i = 0; (name = name_next(choices, name, &length)); i++)
        if (strlen(value) == length && memcmp(name, value, length) == 0)
            return i;
    return UINT32_MAX;
}

static int choice_check(const struct option_spec *option, const char *spelled, const char *value,
                        struct error *err)
{
    char why[128];
    size_t used = 0;

    if (choice_find(option->choices, value) != UINT32_MAX)
        return 0;
    for (const char *c = option->choices; *c && used + 3 < sizeof why; c++) {
        if (*c == '|')
            why[used++] = ',';
        why[used++] = *c == '|' ? ' ' : *c;
    }
    why[used] = '\0';
    (void)bad(spelled, value, "is none of its values", err);
    error_hint(err, "one of %s", why);
    return -EINVAL;
}

static int list_check(const char *spelled, const char *value, struct error *err)
{
    size_t length = strlen(value);

    if (length > 255 ||
        strspn(value, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-,") !=
            length ||
        value[0] == ',' || value[length - 1] == ',' || strstr(value, ",,"))
        return bad(spelled, value, "is no list of names parted by commas", err);
    return 0;
}

int value_check(const struct option_spec *option, const char *spelled, const char *value,
                struct error *err)
{
    uint64_t milliseconds;
    mode_t mode;

    if (!*value)
        return error_set(err, ERROR_USAGE, 0, "%s has an empty value: it needs %s", spelled,
                         option->argument);
    if (strlen(value) >= PATH_MAX)
        return error_set(err, ERROR_USAGE, ENAMETOOLONG, "the value of %s is longer than %d bytes",
                         spelled, PATH_MAX - 1);
    switch (option->kind) {
    case VALUE_NONE:
    case VALUE_TEXT:
    case VALUE_PATH:
        return 0;
    case VALUE_CHOICE:
        return choice_check(option, spelled, value, err);
    case VALUE_LIST:
        return list_check(spelled, value, err);
    case VALUE_DURATION:
        if (text_to_milliseconds(value, &milliseconds) && milliseconds <= DURATION_LIMIT_MS)
            return 0;
        return bad(spelled, value, "is no duration of at most a day, as 500ms, 10s, 2m, 1h", err);
    case VALUE_MODE:
        if (mode_parse(value, &mode))
            return 0;
        return bad(spelled, value, "is no mode: octal, as 0755, from 1 to 07777", err);
    }
    return 0;
}

uint64_t arguments_milliseconds(const struct arguments *arguments, enum option_id id,
                                uint64_t otherwise)
{
    uint64_t value;

    return arguments->value[id] && text_to_milliseconds(arguments->value[id], &value) ? value
                                                                                      : otherwise;
}

mode_t arguments_mode(const struct arguments *arguments, enum option_id id, mode_t otherwise)
{
    mode_t value;

    return arguments->value[id] && mode_parse(arguments->value[id], &value) ? value : otherwise;
}

unsigned arguments_choice(const struct arguments *arguments, enum option_id id, unsigned otherwise)
{
    return arguments->value[id] ? choice_find(option_specs[id].choices, arguments->value[id])
                                : otherwise;
}
