// A container has several attachments: which one?
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/detach_page.h"
#include "tui/dialogs/menu.h"
#include "tui/dialogs/shown.h"

struct detach_choose {
    char *container; // key
    struct attachment_set *set;
    const struct shown_attachment **items;
};

static bool is_in(const struct shown_attachment *a, const struct shown_container *c)
{
    // What was detached lazily lingers, and is no more to be detached.
    return a->state && strcmp(a->state, "live") == 0 && a->container_id && c->id &&
           strcmp(a->container_id, c->id) == 0 &&
           (!a->runtime || !c->runtime || strcmp(a->runtime, c->runtime) == 0);
}

static bool is_read_only(const struct shown_attachment *a)
{
    const char *options = a->options ? a->options : "";

    return strcmp(options, "ro") == 0 || strncmp(options, "ro,", 3) == 0 ||
           strstr(options, ",ro,") != NULL;
}

static void chosen(struct dialog_host *host, size_t index, void *context)
{
    const struct detach_choose *choose = context;
    const struct shown_attachment *a = choose->items[index];
    const struct shown_container *c = model_container(host->model, choose->container);
    struct error err;

    if (!c)
        host->say(host, LOG_WARNING, "the container is gone meanwhile");
    else if (detach_page_for(host, c, a->id, &a->target, is_read_only(a), &err) < 0)
        host->say(host, LOG_WARNING, err.message);
}

static void choose_free(void *context)
{
    struct detach_choose *choose = context;

    attachment_set_unref(choose->set);
    free(choose->items);
    free(choose->container);
    free(choose);
}

static const struct menu_ops ops = {.chosen = chosen, .free = choose_free};

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

static int open_menu(struct dialog_host *host, const struct shown_container *container,
                     struct detach_choose *choose, size_t n, struct error *err)
{
    struct menu_item *items = calloc(n, sizeof *items);
    _cleanup_free_ char *title = text_format("Detach from %s: which?", container->label);
    int failed = items && title ? 0 : -1;

    for (size_t i = 0; i < n && !failed; i++)
        failed = fill(&items[i], choose->items[i], model_now(host->model));
    if (!failed)
        return menu_open(host, title, items, n, 0, &ops, choose, err);
    menu_items_free(items, n);
    choose_free(choose);
    return ERROR_OOM(err);
}

int detach_choose_open(struct dialog_host *host, const struct shown_container *container,
                       struct error *err)
{
    struct attachment_set *set = host->model->attachments;
    struct detach_choose *choose = calloc(1, sizeof *choose);
    const struct shown_attachment *only;
    size_t n = 0;

    if (!choose)
        return ERROR_OOM(err);
    choose->set = attachment_set_ref(set);
    choose->container = strdup(container->key);
    choose->items = calloc(set->n + 1, sizeof *choose->items);
    if (!choose->container || !choose->items) {
        choose_free(choose);
        return ERROR_OOM(err);
    }
    for (size_t i = 0; i < set->n; i++)
        if (is_in(set->items[i], container))
            choose->items[n++] = set->items[i];
    if (n > 1)
        return open_menu(host, container, choose, n, err);
    only = choose->items[0];
    choose_free(choose); // what it points to is the model's
    if (n == 0)
        return error_set(err, ERROR_NOT_ATTACHED, 0, "davit has attached nothing to %s",
                         container->label);
    return detach_page_for(host, container, only->id, &only->target, is_read_only(only), err);
}
