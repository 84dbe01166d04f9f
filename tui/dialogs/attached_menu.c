#include "tui/dialogs/attached_menu.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/menu.h"
#include "tui/dialogs/shown.h"

struct attached_menu {
    char *container; // key
    attached_chosen *chosen;
    struct attachment_set *set;
    const struct shown_attachment **items;
};

bool attached_in(const struct shown_attachment *a, const struct shown_container *c)
{
    return text_same(a->state, "live") && a->container_id && text_same(a->container_id, c->id) &&
           (!a->runtime || !c->runtime || strcmp(a->runtime, c->runtime) == 0);
}

bool attached_read_only(const struct shown_attachment *a)
{
    const char *options = a->options ? a->options : "";

    return strcmp(options, "ro") == 0 || strncmp(options, "ro,", 3) == 0 ||
           strstr(options, ",ro,") != NULL;
}

static void chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct attached_menu *menu = context;
    const struct shown_container *c = model_container(host->model, menu->container);
    struct error err;

    if (!c)
        host->say(host, LOG_WARNING, "the container is gone meanwhile");
    else if (menu->chosen(host, c, menu->items[index], &err) < 0)
        host->say(host, LOG_WARNING, err.message);
}

static void menu_free(void *context)
{
    struct attached_menu *menu = context;

    attachment_set_unref(menu->set);
    free(menu->items);
    free(menu->container);
    free(menu);
}

static const struct menu_ops ops = {.chosen = chosen, .free = menu_free};

static int fill(struct menu_item *item, const struct shown_attachment *a, time_t now)
{
    char when[SHOWN_SIZE] = "";

    if (a->since)
        shown_time(when, a->since, now);
    item->label = strdup(a->target.text ? a->target.text : "?");
    item->note = text_format("from %s, by %s %s", a->source.text ? a->source.text : "?",
                             a->by ? a->by : "?", when);
    return item->label && item->note ? 0 : -1;
}

static int open_menu(struct dialog_host *host, const char *title, struct attached_menu *menu,
                     size_t n, struct error *err)
{
    struct menu_item *items = calloc(n, sizeof *items);
    int failed = items && title ? 0 : -1;

    for (size_t i = 0; i < n && !failed; i++)
        failed = fill(&items[i], menu->items[i], model_now(host->model));
    if (!failed)
        return menu_open(host, title, items, n, 0, &ops, menu, err);
    menu_items_free(items, n);
    menu_free(menu);
    return ERROR_OOM(err);
}

int attached_menu_open(struct dialog_host *host, const struct shown_container *container,
                       const char *title, attached_chosen *of, struct error *err)
{
    struct attachment_set *set = host->model->attachments;
    struct attached_menu *menu = calloc(1, sizeof *menu);
    _cleanup_free_ char *text = text_format("%s %s: which?", title, container->label);
    const struct shown_attachment *only;
    size_t n = 0;

    if (!menu)
        return ERROR_OOM(err);
    menu->set = attachment_set_ref(set);
    menu->chosen = of;
    menu->container = strdup(container->key);
    menu->items = calloc(set->n + 1, sizeof *menu->items);
    if (!menu->container || !menu->items) {
        menu_free(menu);
        return ERROR_OOM(err);
    }
    for (size_t i = 0; i < set->n; i++)
        if (attached_in(set->items[i], container))
            menu->items[n++] = set->items[i];
    if (n > 1)
        return open_menu(host, text, menu, n, err);
    only = menu->items[0];
    menu_free(menu); // what it points to is the model's
    if (n == 0)
        return error_set(err, ERROR_NOT_ATTACHED, 0, "davit has attached nothing to %s",
                         container->label);
    return of(host, container, only, err);
}
