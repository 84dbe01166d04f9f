#include "tui/views/pane.h"

#define GAP 2

// One "a Attach"; returns the cells it takes, 0 when it does not fit (or has no key).
static int paint_one(struct surface_part part, int x, enum action action,
                     const struct keymap *keymap)
{
    const struct action_info *info = &action_infos[action];
    char key[KEY_NAME_SIZE];
    int key_width, width;

    keymap_key(keymap, action, key);
    key_width = text_columns(key);
    width = key_width + 1 + text_columns(info->label);
    if (!*key || x + width > part.width)
        return 0;
    (void)surface_text(part, 0, x, key_width, ROLE_KEY, CUT_END, key);
    (void)surface_text(part, 0, x + key_width + 1, -1, ROLE_KEY_LABEL, CUT_END, info->label);
    return width;
}

void footer_paint(struct surface_part part, const enum action *actions, const struct keymap *keymap,
                  const char *message)
{
    int x = part.width > 20 ? 1 : 0;

    surface_clear(part, ROLE_KEY_LABEL);
    if (message) {
        (void)surface_text(part, 0, x, -1, ROLE_KEY_LABEL, CUT_END, message);
        return;
    }
    for (; actions && *actions != ACTION_NONE; actions++) {
        int width = paint_one(part, x, *actions, keymap);

        x += width > 0 ? width + GAP : 0;
    }
}
