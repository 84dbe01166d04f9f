#include "tui/screen/keymap.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#define KEYS_MOST 8 // of one action

struct keymap {
    struct {
        struct key keys[KEYS_MOST];
        size_t n;
    } of[ACTION_COUNT];
};

static bool same_key(struct key a, struct key b)
{
    return a.code == b.code && a.modifiers == b.modifiers;
}

static bool has_key(const struct keymap *keymap, enum action action, struct key key)
{
    for (size_t i = 0; i < keymap->of[action].n; i++)
        if (same_key(keymap->of[action].keys[i], key))
            return true;
    return false;
}

// Reads "Up k" into an action's place, without looking at other actions.
static int read_keys(struct keymap *keymap, enum action action, const char *keys, struct error *err)
{
    keymap->of[action].n = 0;
    for (const char *s = keys + strspn(keys, " "); *s; s += strspn(s, " ")) {
        size_t length = strcspn(s, " ");
        char name[KEY_NAME_SIZE];
        struct key key;

        if (length < sizeof name) {
            memcpy(name, s, length);
            name[length] = '\0';
        }
        if (length >= sizeof name || !key_parse(name, &key)) {
            (void)error_set(err, ERROR_USAGE, 0, "there is no key \"%.*s\" (for \"%s\")",
                            length > 64 ? 64 : (int)length, s, action_infos[action].name);
            error_hint(err, "keys are single characters and names such as F5, Ctrl-R, PageUp, "
                            "Space, separated by spaces");
            return -EINVAL;
        }
        s += length;
        if (has_key(keymap, action, key))
            continue;
        if (keymap->of[action].n == KEYS_MOST)
            return error_set(err, ERROR_USAGE, 0, "more than %d keys for \"%s\"", KEYS_MOST,
                             action_infos[action].name);
        keymap->of[action].keys[keymap->of[action].n++] = key;
    }
    return 0;
}

// An action whose keys would not do what they say.
static int check(const struct keymap *keymap, enum action action, struct error *err)
{
    static const enum action needed[] = {ACTION_QUIT, ACTION_BACK, ACTION_CANCEL};
    const struct action_info *info = &action_infos[action];

    for (size_t i = 0; i < ARRAY_SIZE(needed); i++)
        if (action == needed[i] && keymap->of[action].n == 0)
            return error_set(err, ERROR_USAGE, 0, "\"%s\" cannot be left without a key",
                             info->name);
    for (size_t i = 0; i < keymap->of[action].n; i++) {
        struct key key = keymap->of[action].keys[i];
        char name[KEY_NAME_SIZE];

        key_format(key, name);
        if (info->contexts & KEYS_INPUT && key_character(key))
            return error_set(err, ERROR_USAGE, 0,
                             "\"%s\" cannot be on %s: it works while text is typed, where that "
                             "is a character",
                             info->name, name);
        for (int other = 0; other < ACTION_COUNT; other++)
            if (other != (int)action && info->contexts & action_infos[other].contexts &&
                has_key(keymap, (enum action)other, key)) {
                (void)error_set(err, ERROR_USAGE, 0, "\"%s\" cannot be on %s: that is \"%s\"",
                                info->name, name, action_infos[other].name);
                error_hint(err, "give \"%s\" another key in the same file",
                           action_infos[other].name);
                return -EINVAL;
            }
    }
    return 0;
}

int keymap_new(struct keymap **ret, struct error *err)
{
    _cleanup_free_ struct keymap *keymap = calloc(1, sizeof *keymap);
    int r;

    if (!keymap)
        return ERROR_OOM(err);
    for (int i = 0; i < ACTION_COUNT; i++) {
        r = read_keys(keymap, (enum action)i, action_infos[i].keys, err);
        if (r < 0)
            return r;
    }
    for (int i = 0; i < ACTION_COUNT; i++) {
        r = check(keymap, (enum action)i, err);
        if (r < 0)
            return r;
    }
    *ret = TAKE_POINTER(keymap);
    return 0;
}

int keymap_copy(const struct keymap *keymap, struct keymap **ret, struct error *err)
{
    struct keymap *copy = malloc(sizeof *copy);

    if (!copy)
        return ERROR_OOM(err);
    *copy = *keymap;
    *ret = copy;
    return 0;
}

void keymap_free(struct keymap *keymap)
{
    free(keymap);
}

int keymap_bind_all(struct keymap *keymap, const struct keymap_binding *bindings, size_t n,
                    struct error *err)
{
    struct keymap changed = *keymap;
    int r;

    for (size_t i = 0; i < n; i++) {
        enum action action = action_by_name(bindings[i].action);

        if (action == ACTION_NONE) {
            (void)error_set(err, ERROR_USAGE, 0, "there is no action \"%.64s\"",
                            bindings[i].action);
            error_hint(err, "? in the console shows the actions with their names");
            return -EINVAL;
        }
        r = read_keys(&changed, action, bindings[i].keys, err);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < n; i++) {
        r = check(&changed, action_by_name(bindings[i].action), err);
        if (r < 0)
            return r;
    }
    *keymap = changed;
    return 0;
}

enum action keymap_find(const struct keymap *keymap, enum key_context context, struct key key)
{
    for (int i = 0; i < ACTION_COUNT; i++)
        if (action_infos[i].contexts & context && has_key(keymap, (enum action)i, key))
            return (enum action)i;
    return ACTION_NONE;
}

void keymap_key(const struct keymap *keymap, enum action action, char out[KEY_NAME_SIZE])
{
    out[0] = '\0';
    if (keymap->of[action].n > 0)
        key_format(keymap->of[action].keys[0], out);
}

void keymap_keys(const struct keymap *keymap, enum action action, char out[KEYMAP_KEYS_SIZE])
{
    size_t used = 0;

    out[0] = '\0';
    for (size_t i = 0; i < keymap->of[action].n; i++) {
        char name[KEY_NAME_SIZE];
        size_t length;

        key_format(keymap->of[action].keys[i], name);
        length = strlen(name) + (used > 0 ? 2 : 0);
        if (used + length >= KEYMAP_KEYS_SIZE)
            break;
        (void)snprintf(out + used, KEYMAP_KEYS_SIZE - used, "%s%s", used > 0 ? ", " : "", name);
        used += length;
    }
}
