#include "tui/dialogs/container_menu.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/dialogs/menu.h"

struct container_menu {
    struct container_set *containers;    // as it was when the menu was opened
    const struct shown_container **rows; // of the set, by name
    struct container_menu_ops ops;
    void *context;
};

static void chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct container_menu *menu = context;
    const struct shown_container *c = model_container(host->model, menu->rows[index]->key);

    if (c)
        menu->ops.chosen(host, c, menu->context);
    else
        host->say(host, LOG_WARNING, "this container is gone meanwhile");
}

static void menu_free(void *context)
{
    struct container_menu *menu = context;

    menu->ops.free(menu->context);
    free(menu->rows);
    container_set_unref(menu->containers);
    free(menu);
}

static const struct menu_ops ops = {.chosen = chosen, .free = menu_free};

static int fill(struct menu_item *item, const struct shown_container *c)
{
    item->label = strdup(c->label);
    item->impossible = c->pid <= 0;
    item->note = text_format("%s, %s%s", c->runtime ? c->runtime : "?", c->state ? c->state : "?",
                             item->impossible ? ": it has no process here" : "");
    return item->label && item->note ? 0 : -1;
}

static int by_label(const void *a, const void *b)
{
    const struct shown_container *const *x = a, *const *y = b;

    return strcmp((*x)->label, (*y)->label);
}

static struct container_menu *make(const struct model *model)
{
    struct container_menu *menu = calloc(1, sizeof *menu);
    size_t n = model->containers->n;

    if (!menu)
        return NULL;
    menu->rows = calloc(n, sizeof *menu->rows);
    if (!menu->rows) {
        free(menu);
        return NULL;
    }
    menu->containers = container_set_ref(model->containers);
    for (size_t i = 0; i < n; i++)
        menu->rows[i] = model->containers->items[i];
    qsort(menu->rows, n, sizeof *menu->rows, by_label);
    return menu;
}

int container_menu_open(struct dialog_host *host, const char *title,
                        const struct container_menu_ops *menu_of, void *context, struct error *err)
{
    const struct model *model = host->model;
    size_t n = model->containers->n, chosen_row = 0;
    struct container_menu *menu = n > 0 ? make(model) : NULL;
    struct menu_item *items = menu ? calloc(n, sizeof *items) : NULL;
    int failed = items ? 0 : -1;

    for (size_t i = 0; !failed && i < n; i++) {
        failed = fill(&items[i], menu->rows[i]);
        // The one that is selected in the list is probably meant.
        if (text_same(model->mounts_of, menu->rows[i]->key))
            chosen_row = i;
    }
    if (menu) {
        menu->ops = *menu_of;
        menu->context = context;
    } else {
        menu_of->free(context);
    }
    if (!failed)
        return menu_open(host, title, items, n, chosen_row, &ops, menu, err);
    menu_items_free(items, n);
    if (menu)
        menu_free(menu);
    return n == 0 ? error_set(err, ERROR_NO_CONTAINER, 0, "there is no container to attach to")
                  : ERROR_OOM(err);
}
