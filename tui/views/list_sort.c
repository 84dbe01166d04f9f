#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/views/list_internal.h"
#include "tui/views/match.h"

struct sort_row {
    size_t row;
    long long number;
    char *text; // NULL: by number
};

static bool lets_through(const struct list *list, const struct match *match, size_t row,
                         struct list_cell *cell)
{
    bool found = false;

    if (!match_any(match))
        return true;
    for (size_t column = 0; !found && column < list->ops->n_columns; column++) {
        list_cell_get(list->ops, list->context, row, column, cell);
        found = match_text(match, cell->text);
    }
    return found != match->inverted;
}

static int compare(const void *a, const void *b, void *context)
{
    const struct list *list = context;
    const struct sort_row *x = a;
    const struct sort_row *y = b;
    int order = 0;

    if (x->text && y->text)
        order = strcasecmp(x->text, y->text);
    else if (!x->text != !y->text)
        order = x->text ? 1 : -1;
    else
        order = (x->number > y->number) - (x->number < y->number);
    if (order == 0 || list->sort < 0) // as they come
        return (x->row > y->row) - (x->row < y->row);
    return list->inverted ? -order : order;
}

static int sort(const struct list *list, size_t *order, size_t n, struct list_cell *cell)
{
    struct sort_row *rows = calloc(n + 1, sizeof *rows);
    int r = rows ? 0 : -1;

    for (size_t i = 0; r == 0 && i < n; i++) {
        list_cell_get(list->ops, list->context, order[i], (size_t)list->sort, cell);
        rows[i] = (struct sort_row){.row = order[i], .number = cell->sort};
        if (!cell->numeric) {
            rows[i].text = strdup(cell->text);
            r = rows[i].text ? 0 : -1;
        }
    }
    if (r == 0) {
        qsort_r(rows, n, sizeof *rows, compare, (void *)(uintptr_t)list);
        for (size_t i = 0; i < n; i++)
            order[i] = rows[i].row;
    }
    for (size_t i = 0; rows && i < n; i++)
        free(rows[i].text);
    free(rows);
    return r;
}

void list_measure(struct list *list)
{
    struct list_cell cell;

    for (size_t column = 0; column < list->ops->n_columns && column < LIST_COLUMNS_MAX; column++) {
        int title = text_columns(list->ops->columns[column].title) + 1; // and its sign
        int need = 0;

        for (size_t row = 0; row < list->n_rows; row++) {
            int columns;

            list_cell_get(list->ops, list->context, row, column, &cell);
            columns = text_columns(cell.text);
            need = columns > need ? columns : need;
        }
        list->needs[column] = need > 0 && need < title ? title : need;
    }
}

int list_arrange(struct list *list, struct error *err)
{
    size_t count = list->ops->count(list->context);
    size_t *order = calloc(count + 1, sizeof *order);
    struct list_cell cell;
    struct match match;
    size_t n = 0;

    if (!order)
        return ERROR_OOM(err);
    match_set(&match, list->filter);
    for (size_t row = 0; row < count; row++)
        if (lets_through(list, &match, row, &cell))
            order[n++] = row;
    if (list->sort >= 0 && sort(list, order, n, &cell) < 0) {
        free(order);
        return ERROR_OOM(err);
    }
    if (list->sort < 0 && list->inverted)
        for (size_t i = 0; i < n / 2; i++) {
            size_t other = order[n - 1 - i];

            order[n - 1 - i] = order[i];
            order[i] = other;
        }
    free(list->order);
    list->order = order;
    list->n = n;
    list->n_rows = count;
    return 0;
}
