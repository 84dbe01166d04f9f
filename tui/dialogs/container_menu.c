#include "tui/dialogs/container_menu.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/dialogs/menu.h"

// Holds what the menu's rows and the subject were when it was opened.
struct container_menu {
    struct container_set *containers;
    const struct shown_container **rows; // of the set, by name
    struct filesystem_set *filesystems;  // keeps the subject's one alive
    const struct shown_filesystem *filesystem;
};

static void chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct container_menu *menu = context;
    const struct shown_container *c = model_container(host->model, menu->rows[index]->key);
    struct subject subject = {
        .kind = menu->filesystem ? SUBJECT_FILESYSTEM : SUBJECT_CONTAINER,
        .container = c,
        .filesystem = menu->filesystem,
    };
    struct error err;

    if (!c)
        host->say(host, LOG_WARNING, "this container is gone meanwhile");
    else if (attach_page_open(host, &subject, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
}

static void menu_free(void *context)
{
    struct container_menu *menu = context;

    free(menu->rows);
    container_set_unref(menu->containers);
    filesystem_set_unref(menu->filesystems);
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

static struct container_menu *make(const struct model *model, const struct subject *subject)
{
    struct container_menu *menu = calloc(1, sizeof *menu);
    size_t n = model->containers->n;

    if (!menu)
        return NULL;
    menu->containers = container_set_ref(model->containers);
    menu->filesystems = filesystem_set_ref(model->filesystems);
    menu->filesystem = subject->kind == SUBJECT_FILESYSTEM ? subject->filesystem : NULL;
    menu->rows = calloc(n, sizeof *menu->rows);
    for (size_t i = 0; menu->rows && i < n; i++)
        menu->rows[i] = model->containers->items[i];
    if (menu->rows)
        qsort(menu->rows, n, sizeof *menu->rows, by_label);
    return menu;
}

int container_menu_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct model *model = host->model;
    size_t n = model->containers->n, chosen = 0;
    struct container_menu *menu;
    struct menu_item *items;
    int failed;

    if (n == 0)
        return error_set(err, ERROR_NO_CONTAINER, 0, "there is no container to attach to");
    menu = make(model, subject);
    items = calloc(n, sizeof *items);
    failed = menu && menu->rows && items ? 0 : -1;
    for (size_t i = 0; !failed && i < n; i++) {
        failed = fill(&items[i], menu->rows[i]);
        // The one that is selected in the list is probably meant.
        if (model->mounts_of && strcmp(model->mounts_of, menu->rows[i]->key) == 0)
            chosen = i;
    }
    if (!failed)
        return menu_open(host, "Attach to which container?", items, n, chosen, &ops, menu, err);
    menu_items_free(items, n);
    if (menu)
        menu_free(menu);
    return ERROR_OOM(err);
}
