#include "tui/views/list.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/views/list_internal.h"

static const char *key_at(const struct list *list, size_t position)
{
    return list->ops->key(list->context, list->order[position]);
}

// Moves to a position, which is cut to what there is.
static bool move_to(struct list *list, long position)
{
    size_t last = list->n ? list->n - 1 : 0;
    size_t to = position < 0 ? 0 : (size_t)position > last ? last : (size_t)position;

    if (list->n == 0 || (list->selected && to == list->cursor))
        return false;
    free(list->before); // a key has chosen: the filter no longer does
    list->before = NULL;
    return list_select_at(list, to);
}

void list_select(struct list *list, const char *key)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(key_at(list, i), key) == 0) {
            (void)move_to(list, (long)i);
            return;
        }
}

static bool step(struct list *list, long by)
{
    long from = (long)list->cursor;

    // Where nothing is selected, what was there stood just above the row that is there now.
    if (!list->selected && by > 0)
        from--;
    return move_to(list, from + by);
}

static bool add_mark(struct list *list, const char *key)
{
    char **grown;
    char *mark;
    size_t at = list->n_marks;

    if (list_is_marked(list, key))
        return false;
    grown = reallocarray(list->marks, list->n_marks + 1, sizeof *grown);
    if (grown)
        list->marks = grown;
    mark = grown ? strdup(key) : NULL;
    if (!mark)
        return false;
    while (at > 0 && strcmp(list->marks[at - 1], key) > 0)
        at--;
    memmove(list->marks + at + 1, list->marks + at, (list->n_marks - at) * sizeof(char *));
    list->marks[at] = mark;
    list->n_marks++;
    return true;
}

static void drop_mark(struct list *list, const char *key)
{
    char **found = list->n_marks
                       ? bsearch(&key, list->marks, list->n_marks, sizeof(char *), text_order)
                       : NULL;
    size_t at = found ? (size_t)(found - list->marks) : 0;

    if (!found)
        return;
    free(*found);
    list->n_marks--;
    memmove(found, found + 1, (list->n_marks - at) * sizeof(char *));
}

static bool mark(struct list *list)
{
    if (!list->selected)
        return false;
    if (list_is_marked(list, list->selected))
        drop_mark(list, list->selected);
    else
        (void)add_mark(list, list->selected);
    (void)step(list, 1);
    return true;
}

// All at once: adding one by one would be the product of rows and marks.
static bool mark_shown(struct list *list)
{
    char **grown = reallocarray(list->marks, list->n_marks + list->n, sizeof *grown);
    size_t before = list->n_marks;
    size_t n = before;

    if (!grown)
        return false;
    list->marks = grown;
    for (size_t i = 0; i < list->n; i++) {
        const char *key = key_at(list, i);
        char *copy = list_is_marked(list, key) ? NULL : strdup(key);

        if (copy)
            grown[n++] = copy;
    }
    list->n_marks = n;
    qsort(grown, n, sizeof *grown, text_order);
    return n > before;
}

static bool mark_all(struct list *list)
{
    if (list->n == 0)
        return false;
    if (mark_shown(list))
        return true;
    for (size_t i = 0; i < list->n; i++)
        drop_mark(list, key_at(list, i));
    return true;
}

void list_sort(struct list *list, int column)
{
    list->sort = column;
    list->inverted = false;
}

static bool is_shown(const struct list *list, int column)
{
    struct list_place places[LIST_COLUMNS_MAX];
    size_t n = list_places(list, list->width > 10000 ? 10000 : (int)list->width, places);

    for (size_t i = 0; i < n; i++)
        if (places[i].column == (size_t)column)
            return true;
    return false;
}

static bool sort_by(struct list *list, int direction)
{
    int n = (int)list->ops->n_columns;
    int column = list->sort < 0 && direction < 0 ? n : list->sort;
    struct error ignored;

    for (int i = 0; i < n; i++) {
        column = (column + direction + n) % n;
        if (is_shown(list, column)) {
            list_sort(list, column);
            return list_changed(list, &ignored) == 0;
        }
    }
    return false;
}

static bool invert(struct list *list)
{
    struct error ignored;

    list->inverted = !list->inverted;
    return list_changed(list, &ignored) == 0;
}

static bool clear_filter(struct list *list)
{
    struct error ignored;

    return *list->filter && list_filter(list, "", &ignored) == 0;
}

bool list_act(struct list *list, enum action action)
{
    long page = list->page > 1 ? (long)list->page - 1 : 1; // one row of the old page stays in sight
    long half = list->page > 1 ? (long)list->page / 2 : 1;

    if (action == ACTION_UP)
        return step(list, -1);
    if (action == ACTION_DOWN)
        return step(list, 1);
    if (action == ACTION_PAGE_UP)
        return step(list, -page);
    if (action == ACTION_PAGE_DOWN)
        return step(list, page);
    if (action == ACTION_HALF_UP)
        return step(list, -half);
    if (action == ACTION_HALF_DOWN)
        return step(list, half);
    if (action == ACTION_TOP)
        return move_to(list, 0);
    if (action == ACTION_BOTTOM)
        return move_to(list, (long)list->n - 1);
    if (action == ACTION_MARK)
        return mark(list);
    if (action == ACTION_MARK_ALL)
        return mark_all(list);
    if (action == ACTION_SORT_NEXT)
        return sort_by(list, 1);
    if (action == ACTION_SORT_PREVIOUS)
        return sort_by(list, -1);
    if (action == ACTION_SORT_INVERT)
        return invert(list);
    return action == ACTION_BACK && clear_filter(list);
}
