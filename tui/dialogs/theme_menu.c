// ":theme" without a name: the themes, each shown while it is the chosen one.
#include <stdlib.h>
#include <string.h>

#include "tui/dialogs/dialog.h"
#include "tui/dialogs/menu.h"
#include "tui/screen/theme.h"

struct theme_menu {
    char **names;
    char *before; // what Esc brings back
};

static void show(struct dialog_host *host, size_t index, void *context)
{
    const struct theme_menu *menu = context;

    host->perform(host, ACTION_THEME, menu->names[index]);
}

static void left(struct dialog_host *host, void *context)
{
    const struct theme_menu *menu = context;

    host->perform(host, ACTION_THEME, menu->before);
}

static void menu_free(void *context)
{
    struct theme_menu *menu = context;

    theme_names_free(menu->names);
    free(menu->before);
    free(menu);
}

static const struct menu_ops ops = {.chosen = show, .moved = show, .left = left, .free = menu_free};

static struct menu_item *items_of(char *const *names, size_t n)
{
    struct menu_item *items = calloc(n + 1, sizeof *items);

    for (size_t i = 0; items && i < n; i++) {
        items[i].label = strdup(names[i]);
        if (!items[i].label) {
            menu_items_free(items, n);
            return NULL;
        }
    }
    return items;
}

int theme_menu_open(struct dialog_host *host, struct error *err)
{
    struct theme_menu *menu = calloc(1, sizeof *menu);
    struct menu_item *items = NULL;
    size_t n = 0;
    size_t now = 0;
    int r = menu ? theme_names(host->places, &menu->names, err) : ERROR_OOM(err);

    if (r < 0) {
        free(menu);
        return r;
    }
    menu->before = strdup(host->theme ? host->theme : "default");
    for (; menu->names[n]; n++)
        if (menu->before && strcmp(menu->names[n], menu->before) == 0)
            now = n;
    items = menu->before ? items_of(menu->names, n) : NULL;
    if (!items) {
        menu_free(menu);
        return ERROR_OOM(err);
    }
    return menu_open(host, "Theme", items, n, now, &ops, menu, err);
}
