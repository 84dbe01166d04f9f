#include "tui/screen/key.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/screen/key_sequence.h"

static const struct {
    enum key_code code;
    const char *name;
} names[] = {
#define X(id, name) {KEYCODE_##id, name},
    KEYS(X)
#undef X
};

static bool parse_one(const char *name, uint32_t *ret)
{
    struct key key;
    size_t length = strlen(name);

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strcmp(names[i].name, name) == 0) {
            *ret = names[i].code;
            return true;
        }
    if (length == 0 || !text_is_clean(name, length) || *name == ' ' ||
        sequence_character(name, length, &key) != length || !key.code || key.modifiers)
        return false;
    *ret = key.code;
    return true;
}

bool key_parse(const char *name, struct key *ret)
{
    struct key key = {0, 0};

    for (;;) {
        if (strncmp(name, "Ctrl-", 5) == 0 && name[5] && !(key.modifiers & KEY_CTRL)) {
            key.modifiers |= KEY_CTRL;
            name += 5;
        } else if (strncmp(name, "Alt-", 4) == 0 && name[4] && !(key.modifiers & KEY_ALT)) {
            key.modifiers |= KEY_ALT;
            name += 4;
        } else {
            break;
        }
    }
    if (!parse_one(name, &key.code))
        return false;
    if (key.modifiers & KEY_CTRL) {
        // Ctrl-H, Ctrl-I, Ctrl-J, Ctrl-M and Ctrl-[ are Backspace, Tab, Enter and Esc on the wire.
        if (key.code < KEY_FIRST_ &&
            (key.code < '@' || key.code > 'z' || strchr("`HIJM[hijm", (int)key.code)))
            return false;
        if (key.code >= 'a' && key.code <= 'z')
            key.code -= 'a' - 'A';
    }
    *ret = key;
    return true;
}

static const char *code_name(uint32_t code)
{
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (names[i].code == code)
            return names[i].name;
    return NULL;
}

uint32_t key_character(struct key key)
{
    if (key.modifiers)
        return 0;
    if (key.code == KEYCODE_SPACE)
        return ' ';
    return key.code < KEY_FIRST_ ? key.code : 0;
}

size_t key_utf8(uint32_t character, char out[5])
{
    size_t n = 0;

    if (character < 0x80) {
        out[n++] = (char)character;
    } else if (character < 0x800) {
        out[n++] = (char)(0xc0 | character >> 6);
    } else if (character < 0x10000) {
        out[n++] = (char)(0xe0 | character >> 12);
        out[n++] = (char)(0x80 | (character >> 6 & 0x3f));
    } else {
        out[n++] = (char)(0xf0 | character >> 18);
        out[n++] = (char)(0x80 | (character >> 12 & 0x3f));
        out[n++] = (char)(0x80 | (character >> 6 & 0x3f));
    }
    if (character >= 0x80)
        out[n++] = (char)(0x80 | (character & 0x3f));
    out[n] = '\0';
    return n;
}

void key_format(struct key key, char out[KEY_NAME_SIZE])
{
    const char *name = code_name(key.code);
    char character[5];

    if (!name) {
        (void)key_utf8(key.code, character);
        name = character;
    }
    (void)snprintf(out, KEY_NAME_SIZE, "%s%s%s", key.modifiers & KEY_CTRL ? "Ctrl-" : "",
                   key.modifiers & KEY_ALT ? "Alt-" : "", name);
}
