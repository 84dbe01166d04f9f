#include "tui/views/list_pane.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

int list_pane_begin(struct list_pane *pane, int r, const struct list_ops *ops, int sort,
                    struct pane **ret, struct error *err)
{
    if (r == 0)
        r = list_new(ops, pane, &pane->list, err);
    if (r == 0) {
        list_sort(pane->list, sort);
        r = list_changed(pane->list, err);
    }
    if (r < 0)
        pane->base.ops->close(&pane->base);
    else
        *ret = &pane->base;
    return r;
}

void list_pane_title(const struct list_pane *pane, const char *name, size_t total,
                     const char *after, char *out, size_t size)
{
    const char *filter = list_filter_text(pane->list);
    size_t shown = list_shown(pane->list);

    if (*filter)
        (void)snprintf(out, size, "%s %zu/%zu%.512s ─ filter: %s", name, shown, total, after,
                       filter);
    else
        (void)snprintf(out, size, "%s %zu%s", name, total, after);
}

void list_pane_state(struct pane *pane, char *out, size_t size)
{
    const struct list *list = ((struct list_pane *)pane)->list;
    size_t marked = list_marked(list, NULL, 0);

    out[0] = '\0';
    if (marked > 0)
        (void)snprintf(out, size, "%zu marked", marked);
}

void list_pane_more(struct pane *pane, char *out, size_t size)
{
    struct list_spot spot;
    char above[32] = "", below[32] = "";

    list_spot(((struct list_pane *)pane)->list, &spot);
    if (spot.above > 0)
        (void)snprintf(above, sizeof above, "↑%zu", spot.above);
    if (spot.below > 0)
        (void)snprintf(below, sizeof below, "↓%zu", spot.below);
    (void)snprintf(out, size, "%s%s%s%s", above, *above && *below ? " " : "", below,
                   *above || *below ? " more" : "");
}

void list_pane_paint(struct pane *pane, struct surface_part part, bool focused)
{
    list_paint(((struct list_pane *)pane)->list, part, focused ? LIST_FOCUSED : 0);
}

bool list_pane_act(struct pane *pane, enum action action)
{
    return list_act(((struct list_pane *)pane)->list, action);
}

void list_pane_paint_quiet(struct pane *pane, struct surface_part part, bool focused)
{
    list_paint(((struct list_pane *)pane)->list, part, focused ? LIST_FOCUSED : LIST_NO_MARKER);
}

bool list_pane_act_unmarked(struct pane *pane, enum action action)
{
    return action != ACTION_MARK && action != ACTION_MARK_ALL && list_pane_act(pane, action);
}

int list_pane_filter(struct pane *pane, const char *text, struct error *err)
{
    return list_filter(((struct list_pane *)pane)->list, text, err);
}

const char *list_pane_filter_text(struct pane *pane)
{
    return list_filter_text(((struct list_pane *)pane)->list);
}

void list_cell_text(struct list_cell *cell, const char *text)
{
    (void)snprintf(cell->text, sizeof cell->text, "%s", text ? text : "");
}

void list_cell_number(struct list_cell *cell, long long number, bool known)
{
    cell->numeric = true;
    cell->sort = known ? number : -1;
    (void)snprintf(cell->text, sizeof cell->text, "%lld", number);
    if (!known)
        list_cell_text(cell, "?");
}

static int by_text(const void *a, const void *b)
{
    int order = strcmp(**(char **const *)a, **(char **const *)b);

    if (order != 0)
        return order;
    return *(char **const *)a < *(char **const *)b ? -1 : 1; // the first one stays the first
}

int list_keys_differ(void *rows, size_t n, char **(*key)(void *rows, size_t row))
{
    _cleanup_free_ char ***places = calloc(n + 1, sizeof(char **));
    size_t again = 1;

    if (!places)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++)
        places[i] = key(rows, i);
    qsort(places, n, sizeof *places, by_text);
    // From the end, so that the one compared with is not changed yet.
    for (size_t end = n; end > 0; end -= again) {
        again = 1;
        while (again < end && strcmp(*places[end - 1 - again], *places[end - 1]) == 0)
            again++;
        for (size_t i = 1; i < again; i++) {
            char **place = places[end - again + i];
            char *fresh = text_format("%s #%zu", *place, i + 1);

            if (!fresh)
                return -ENOMEM;
            free(*place);
            *place = fresh;
        }
    }
    return 0;
}
