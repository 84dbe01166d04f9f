#include <stdio.h>
#include <string.h>

#include "tui/dialogs/dialog.h"
#include "tui/dialogs/text_page.h"

static const char *context_name(enum key_context context)
{
    switch (context) {
    case KEYS_LIST:
        return "Keys in the lists";
    case KEYS_LOG:
        return "Keys in the log";
    case KEYS_TEXT:
        return "Keys in a text";
    case KEYS_PLAN:
        return "Keys on a plan";
    case KEYS_BROWSER:
        return "Keys in the directory browser";
    case KEYS_MENU:
        return "Keys in menus";
    case KEYS_FIELDS:
        return "Keys on boxes and buttons";
    case KEYS_INPUT:
        return "Keys in a line that is typed";
    }
    return "Keys";
}

// Keys that are no actions, since they are text or part of what a page is.
static const char *const input_keys[][2] = {
    {"Left, Right", "one character"},
    {"Home, Ctrl-A", "to the beginning of the line"},
    {"End, Ctrl-E", "to the end of the line"},
    {"Backspace", "takes away the character before the cursor"},
    {"Delete", "takes away the character at the cursor"},
    {"Ctrl-W", "takes away a word, or a part of a path"},
    {"Ctrl-U", "takes away all before the cursor"},
    {"Ctrl-K", "takes away all behind the cursor"},
    {NULL, NULL},
};
static const char *const browser_keys[][2] = {
    {"Right", "into the directory"},
    {NULL, NULL},
};
static const char *const field_keys[][2] = {
    {"Left, Right", "turns the box; to the button before or behind"},
    {NULL, NULL},
};
static const char *const menu_keys[][2] = {
    {"Tab, Shift-Tab", "to the next row, to the one before"},
    {NULL, NULL},
};

static int add_fixed(struct text_page *page, enum key_context context)
{
    const char *const(*keys)[2] = context == KEYS_INPUT     ? input_keys
                                  : context == KEYS_BROWSER ? browser_keys
                                  : context == KEYS_MENU    ? menu_keys
                                  : context == KEYS_FIELDS  ? field_keys
                                                            : NULL;
    int r = 0;

    for (; keys && (*keys)[0] && r == 0; keys++)
        r = text_page_field(page, (*keys)[0], (*keys)[1]);
    return r;
}

static int add_action(struct text_page *page, const struct keymap *keymap, enum action action)
{
    const struct action_info *info = &action_infos[action];
    char keys[KEYMAP_KEYS_SIZE];

    keymap_keys(keymap, action, keys);
    if (!*keys)
        (void)snprintf(keys, sizeof keys, ":%s", info->name);
    return text_page_format(page, keys, "%s: %s", info->label, info->help);
}

int help_open(struct dialog_host *host, enum key_context context, struct error *err)
{
    struct text_page *page = text_page_new(host, context_name(context));
    int r = page ? add_fixed(page, context) : -1;

    for (int i = 0; i < ACTION_COUNT && r == 0; i++)
        if (action_infos[i].contexts & context)
            r = add_action(page, host->keymap, (enum action)i);
    if (r == 0 && (context & KEYS_PANES)) {
        r = text_page_add(page, ROLE_DIALOG, "");
        r = r < 0
                ? r
                : text_page_add(page, ROLE_DIALOG,
                                "No key of a list changes anything: attach, detach and undo open "
                                "a page that shows its plan first, and the plan has its own key.");
    }
    if (r < 0) {
        if (page)
            text_page_free(page);
        return ERROR_OOM(err);
    }
    text_page_show(page);
    return 0;
}
