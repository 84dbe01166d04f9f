#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/menu.h"

struct action_menu {
    enum action actions[ACTION_COUNT];
    size_t n;
};

static void chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct action_menu *menu = context;

    host->perform(host, menu->actions[index], NULL);
}

// The row's own keys work here as they do in the list.
static long find(struct dialog_host *host, struct key key, void *context)
{
    const struct action_menu *menu = context;
    enum action action = keymap_find(host->keymap, KEYS_LIST, key);

    if (action == ACTION_NONE)
        action = keymap_find(host->keymap, KEYS_LOG, key);
    for (size_t i = 0; action != ACTION_NONE && i < menu->n; i++)
        if (menu->actions[i] == action)
            return (long)i;
    return -1;
}

static const struct menu_ops ops = {.chosen = chosen, .find = find, .free = free};

static int fill(const struct dialog_host *host, const struct subject *subject, enum action action,
                struct menu_item *item)
{
    char key[KEY_NAME_SIZE], reason[256] = "";

    keymap_key(host->keymap, action, key);
    item->impossible = !action_possible(action, subject, host->model, reason, sizeof reason);
    item->key = strdup(key);
    item->label = strdup(action_infos[action].label);
    item->note = strdup(*reason ? reason : action_infos[action].help);
    return item->key && item->label && item->note ? 0 : -1;
}

static char *title_of(const struct subject *subject)
{
    const char *name = NULL, *of = NULL;

    switch (subject->kind) {
    case SUBJECT_CONTAINER:
        name = subject->container ? subject->container->label : NULL;
        break;
    case SUBJECT_FILESYSTEM:
        name = subject->filesystem ? subject->filesystem->mount_point.text : NULL;
        break;
    case SUBJECT_MOUNT:
        name = subject->mount ? subject->mount->target.text : NULL;
        of = subject->container ? subject->container->label : NULL;
        break;
    case SUBJECT_ATTACHMENT:
        name = subject->attachment ? subject->attachment->target.text : NULL;
        of = subject->attachment ? subject->attachment->container : NULL;
        break;
    case SUBJECT_LOG:
        name = subject->entry ? subject->entry->text : NULL;
        break;
    case SUBJECT_NONE:
        break;
    }
    if (subject->n_marked > 0)
        return text_format("%s · %s, %s, %s: the %zu marked", name ? name : "Nothing selected",
                           action_infos[ACTION_ATTACH].label, action_infos[ACTION_DETACH].label,
                           action_infos[ACTION_REFRESH].label, subject->n_marked);
    return text_format("%s%s%s", name ? name : "Nothing selected", of ? " in " : "", of ? of : "");
}

int action_menu_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const enum action *actions = subject_actions(subject);
    struct action_menu *menu = calloc(1, sizeof *menu);
    struct menu_item *items = calloc(ACTION_COUNT, sizeof *items);
    _cleanup_free_ char *title = title_of(subject);
    int failed = menu && items && title ? 0 : -1;

    for (; !failed && *actions != ACTION_NONE && menu->n < ACTION_COUNT; actions++) {
        menu->actions[menu->n] = *actions;
        failed = fill(host, subject, *actions, &items[menu->n]);
        menu->n++;
    }
    if (failed || menu->n == 0) {
        menu_items_free(items, menu ? menu->n : 0);
        free(menu);
        return failed ? ERROR_OOM(err)
                      : error_set(err, ERROR_FAILED, 0, "nothing can be done with this row");
    }
    return menu_open(host, title, items, menu->n, 0, &ops, menu, err);
}
