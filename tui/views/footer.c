#include "tui/views/pane.h"

#define GAP 2

// One "a Attach"; returns the cells it takes, 0 when it does not fit (or has no key).
static int paint_one(struct surface_part part, int x, struct footer_key shown,
                     const struct keymap *keymap)
{
    const char *label = shown.label ? shown.label : action_infos[shown.action].label;
    char key[KEY_NAME_SIZE];
    int key_width, width;

    keymap_key(keymap, shown.action, key);
    key_width = text_columns(key);
    width = key_width + 1 + text_columns(label);
    if (!*key || x + width > part.width)
        return 0;
    (void)surface_text(part, 0, x, key_width, ROLE_KEY, CUT_END, key);
    (void)surface_text(part, 0, x + key_width + 1, -1, ROLE_KEY_LABEL, CUT_END, label);
    return width;
}

// Where the keys begin; -1: the message stands in their place.
static int begin(struct surface_part part, const char *message)
{
    int x = part.width > 20 ? 1 : 0;

    surface_clear(part, ROLE_KEY_LABEL);
    if (!message)
        return x;
    (void)surface_text(part, 0, x, -1, ROLE_KEY_LABEL, CUT_END, message);
    return -1;
}

void footer_paint_keys(struct surface_part part, const struct footer_key *keys,
                       const struct keymap *keymap, const char *message)
{
    int x = begin(part, message);

    for (; x >= 0 && keys->action != ACTION_NONE; keys++) {
        int width = paint_one(part, x, *keys, keymap);

        x += width > 0 ? width + GAP : 0;
    }
}

void footer_paint(struct surface_part part, const enum action *actions, bool zoomed,
                  const struct keymap *keymap, const char *message)
{
    int x = begin(part, message);

    if (x >= 0 && zoomed) { // first: whoever came here by a slip looks for the way back
        int width = paint_one(part, x, (struct footer_key){ACTION_UNZOOM, NULL}, keymap);

        x += width > 0 ? width + GAP : 0;
    }
    for (; x >= 0 && actions && *actions != ACTION_NONE; actions++) {
        int width = zoomed && *actions == ACTION_LOG_FULL
                        ? 0
                        : paint_one(part, x, (struct footer_key){*actions, NULL}, keymap);

        x += width > 0 ? width + GAP : 0;
    }
}
