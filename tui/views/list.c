#include "tui/views/list.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/views/list_internal.h"

#define PAGE_BEFORE_PAINT 10

int list_new(const struct list_ops *ops, void *context, struct list **ret, struct error *err)
{
    struct list *list = calloc(1, sizeof *list);

    if (list)
        list->filter = strdup("");
    if (!list || !list->filter) {
        free(list);
        return ERROR_OOM(err);
    }
    list->ops = ops;
    list->context = context;
    list->sort = -1;
    list->fresh = true;
    list->page = PAGE_BEFORE_PAINT;
    list->width = SIZE_MAX;
    *ret = list;
    return 0;
}

void list_free(struct list *list)
{
    if (!list)
        return;
    list_unmark(list);
    free(list->order);
    free(list->filter);
    free(list->selected);
    free(list->before);
    free(list);
}

static const char *key_at(const struct list *list, size_t position)
{
    return list->ops->key(list->context, list->order[position]);
}

// The position of an identity among what is shown; SIZE_MAX: it is not.
static size_t find(const struct list *list, const char *key)
{
    for (size_t i = 0; key && i < list->n; i++)
        if (strcmp(key_at(list, i), key) == 0)
            return i;
    return SIZE_MAX;
}

static void select_nothing(struct list *list)
{
    free(list->selected);
    list->selected = NULL;
    if (list->cursor >= list->n)
        list->cursor = list->n ? list->n - 1 : 0;
}

bool list_select_at(struct list *list, size_t position)
{
    char *key = strdup(key_at(list, position));

    list->cursor = position;
    free(list->selected);
    list->selected = key; // NULL when out of memory: nothing is selected then
    list->fresh = list->fresh && !key;
    list->by_filter = false;
    return key != NULL;
}

// The selected row went from one position to another: it stays on its line of the screen, unless
// the list's beginning is shown, which then stays.
static void follow(struct list *list, size_t from, size_t to)
{
    size_t line = from >= list->top ? from - list->top : 0;

    if (list->top > 0)
        list->top = to > line ? to - line : 0;
    list->cursor = to;
}

bool list_is_marked(const struct list *list, const char *key)
{
    return list->n_marks > 0 &&
           bsearch(&key, list->marks, list->n_marks, sizeof(char *), text_order) != NULL;
}

void list_unmark(struct list *list)
{
    for (size_t i = 0; i < list->n_marks; i++)
        free(list->marks[i]);
    free(list->marks);
    list->marks = NULL;
    list->n_marks = 0;
}

// Marks whose rows are gone, also behind the filter, are dropped.
static void forget_gone_marks(struct list *list)
{
    _cleanup_free_ bool *seen = NULL;
    size_t kept = 0;

    if (list->n_marks == 0)
        return;
    seen = calloc(list->n_marks, sizeof *seen);
    if (!seen) { // a mark that may be of nothing must not be kept
        list_unmark(list);
        return;
    }
    for (size_t row = 0; row < list->n_rows; row++) {
        const char *key = list->ops->key(list->context, row);
        char **mark = bsearch(&key, list->marks, list->n_marks, sizeof(char *), text_order);

        if (mark)
            seen[mark - list->marks] = true;
    }
    for (size_t i = 0; i < list->n_marks; i++) {
        if (seen[i])
            list->marks[kept++] = list->marks[i];
        else
            free(list->marks[i]);
    }
    list->n_marks = kept;
}

static bool exists(const struct list *list, const char *key)
{
    for (size_t row = 0; key && row < list->n_rows; row++)
        if (strcmp(list->ops->key(list->context, row), key) == 0)
            return true;
    return false;
}

int list_changed(struct list *list, struct error *err)
{
    size_t from = list->cursor;
    size_t to;
    int r = list_arrange(list, err);

    if (r < 0)
        return r;
    list_measure(list);
    forget_gone_marks(list);
    if (!exists(list, list->before)) {
        free(list->before);
        list->before = NULL;
    }
    to = find(list, list->selected);
    if (to != SIZE_MAX)
        follow(list, from, to);
    else if (list->fresh && list->n > 0)
        (void)list_select_at(list, 0);
    else
        select_nothing(list);
    return 0;
}

int list_filter(struct list *list, const char *filter, struct error *err)
{
    _cleanup_free_ char *old = list->filter;
    bool cleared = !filter || !*filter;
    size_t from = list->cursor;
    size_t to;
    int r;

    list->filter = strdup(filter ? filter : "");
    r = list->filter ? list_arrange(list, err) : ERROR_OOM(err);
    if (r < 0) {
        free(list->filter);
        list->filter = TAKE_POINTER(old);
        return r;
    }
    if (!list->by_filter && list->selected) {
        free(list->before);
        list->before = strdup(list->selected);
    }
    // What was found stays selected when the filter has done its work.
    to = find(list, cleared ? list->selected : list->before);
    if (to == SIZE_MAX)
        to = find(list, cleared ? list->before : list->selected);
    if (to == SIZE_MAX && list->n > 0 && (list->before || list->fresh || !cleared))
        to = 0;
    if (to == SIZE_MAX) {
        select_nothing(list);
        list->by_filter = true;
        return 0;
    }
    follow(list, from, to);
    (void)list_select_at(list, to);
    if (cleared) {
        free(list->before);
        list->before = NULL;
    } else {
        list->by_filter = !list->before || strcmp(list->before, key_at(list, to)) != 0;
    }
    return 0;
}

const char *list_filter_text(const struct list *list)
{
    return list->filter;
}

size_t list_shown(const struct list *list)
{
    return list->n;
}

long list_selected(const struct list *list)
{
    return list->selected && list->cursor < list->n ? (long)list->order[list->cursor] : -1;
}

void list_restart(struct list *list)
{
    list_unmark(list);
    free(list->selected);
    free(list->before);
    list->selected = NULL;
    list->before = NULL;
    list->by_filter = false;
    list->fresh = true;
    list->cursor = 0;
    list->top = 0;
}

size_t list_marked(const struct list *list, size_t *rows, size_t size)
{
    _cleanup_free_ bool *shown = list->n_marks ? calloc(list->n_rows + 1, sizeof *shown) : NULL;
    size_t n = 0;

    for (size_t i = 0; shown && i < list->n; i++)
        if (list_is_marked(list, key_at(list, i))) {
            shown[list->order[i]] = true;
            if (n++ < size)
                rows[n - 1] = list->order[i];
        }
    for (size_t row = 0; shown && row < list->n_rows; row++)
        if (!shown[row] && list_is_marked(list, list->ops->key(list->context, row)) && n++ < size)
            rows[n - 1] = row;
    return n;
}

void list_spot(const struct list *list, struct list_spot *ret)
{
    bool selected = list_selected(list) >= 0;

    *ret = (struct list_spot){.inverted = list->inverted, .above = list->top};
    if (list->n > list->top + list->page)
        ret->below = list->n - list->top - list->page;
    if (selected) {
        ret->key = list->selected;
        ret->position = list->cursor + 1;
        ret->marked = list_is_marked(list, list->selected);
    }
    if (list->n == 0)
        ret->nothing = list->n_rows > 0     ? "nothing fits the filter"
                       : list->ops->nothing ? list->ops->nothing(list->context)
                                            : "nothing is here";
    if (list->sort >= 0)
        ret->sorted_by = list->ops->columns[list->sort].title;
}
