// Shared by the list's own files only.
#ifndef DAVIT_TUI_VIEWS_LIST_INTERNAL_H
#define DAVIT_TUI_VIEWS_LIST_INTERNAL_H

#include "tui/views/list.h"

struct list {
    const struct list_ops *ops;
    void *context;

    size_t *order; // rows that are shown, in the order shown
    size_t n;      // of them
    size_t n_rows; // all there were at the last list_changed()

    char *filter;  // as typed, "" for none; never NULL
    int sort;      // column, -1: as the rows come
    bool inverted; // the largest first

    char *selected;     // identity; NULL: nothing is
    size_t cursor;      // position in `order`: of what is selected, or where it was
    bool fresh;         // nothing was ever selected: the first row will be
    char *before;       // what was selected before the filter
    bool by_filter;     // what is selected was chosen by the filter, not by a key
    char **marks;       // identities, sorted
    size_t n_marks;     // of them
    size_t top;         // position of the first row on the screen
    size_t page, width; // rows and cells of the last paint

    int needs[LIST_COLUMNS_MAX]; // cells that the widest text of each column takes, 0: it has none
};

// Makes `order` anew from the filter and the sort column. -ENOMEM with err: it is as it was.
int list_arrange(struct list *list, struct error *err);
// Looks how wide the columns need to be, for all rows: what a filter shows keeps its columns.
void list_measure(struct list *list);

// A cell as the rows' owner says it, empty plain text before.
static inline void list_cell_get(const struct list_ops *ops, void *context, size_t row,
                                 size_t column, struct list_cell *ret)
{
    ret->text[0] = '\0';
    ret->role = ROLE_TEXT;
    ret->sort = 0;
    ret->numeric = false;
    ops->cell(context, row, column, ret);
}

bool list_select_at(struct list *list, size_t position); // false: out of memory, nothing is
bool list_is_marked(const struct list *list, const char *key);

// The columns that fit, with their places; returns how many.
struct list_place {
    size_t column;
    int x, width;
};
size_t list_places(const struct list *list, int width, struct list_place *places);

#endif
