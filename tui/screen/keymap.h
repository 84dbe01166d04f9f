// Which key does what: the table's defaults with the user's changes.
#ifndef DAVIT_TUI_SCREEN_KEYMAP_H
#define DAVIT_TUI_SCREEN_KEYMAP_H

#include <stddef.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "tui/screen/action.h"
#include "tui/screen/key.h"

struct keymap;

int keymap_new(struct keymap **ret, struct error *err); // the defaults
// A second one with the same keys, to try something out on.
int keymap_copy(const struct keymap *keymap, struct keymap **ret, struct error *err);
void keymap_free(struct keymap *keymap);
CLEANUP_POINTER(struct keymap, keymap_free);

// Gives actions other keys than they have ("Ctrl-R F6", "" for none), each action at most once.
// Several at once can change places: conflicts are looked for when all are in. ERROR_USAGE: no such
// action, no such key, a letter for an action of KEYS_INPUT, or a conflict (names the action that
// has the key in a shared context); nothing is changed then. Quit, back and cancel cannot be left
// without.
struct keymap_binding {
    const char *action, *keys;
};
int keymap_bind_all(struct keymap *keymap, const struct keymap_binding *bindings, size_t n,
                    struct error *err);

// What a key does in one context (one bit of enum key_context).
enum action keymap_find(const struct keymap *keymap, enum key_context context, struct key key);

// The first key of an action as the footer shows it ("a", "F5"), or all ("Up, k"): "" when none.
void keymap_key(const struct keymap *keymap, enum action action, char out[KEY_NAME_SIZE]);
#define KEYMAP_KEYS_SIZE 160
void keymap_keys(const struct keymap *keymap, enum action action, char out[KEYMAP_KEYS_SIZE]);

#endif
