// A list with columns: rows with an identity, one of them selected, some marked, filtered and
// sorted. What is selected is an identity: when its row goes, nothing is selected (the cursor
// stays where it was on the screen until a key moves it); when rows come or are sorted anew, the
// selected row stays the same.
#ifndef DAVIT_TUI_VIEWS_LIST_H
#define DAVIT_TUI_VIEWS_LIST_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/error.h"
#include "tui/screen/action.h"
#include "tui/screen/surface.h"

#define LIST_COLUMNS_MAX 12
#define LIST_CELL_SIZE   512 // bytes of one cell's text
#define LIST_EXTRA       80  // cells

struct list_column {
    const char *title;
    int least, most; // cells; most 0: takes what is left. None takes more than its rows need.
    int wide_only;   // shown only when the list is at least this wide; 0: always. Of those from
                     // LIST_EXTRA on: only when there is something in it, and the first column has
                     // what it needs too.
    bool right;      // numbers
    enum surface_cut cut;
};

struct list_cell {
    char text[LIST_CELL_SIZE]; // clean
    enum role role;
    long long sort; // what numeric columns sort by
    bool numeric;
};

// What the rows are: the list asks for what it shows only.
struct list_ops {
    const struct list_column *columns;
    size_t n_columns;
    size_t (*count)(void *context);
    // Identity of a row: valid until the rows change.
    const char *(*key)(void *context, size_t row);
    void (*cell)(void *context, size_t row, size_t column, struct list_cell *ret);
    const char *(*nothing)(void *context); // what stands there when there are no rows at all
};

struct list;
int list_new(const struct list_ops *ops, void *context, struct list **ret, struct error *err);
void list_free(struct list *list);

// The rows are others than before: filters, sorts, and finds the selected one again.
int list_changed(struct list *list, struct error *err);

// "text", "!text"; NULL or "": none. Matches any cell, without regard to case. A filter is the
// user's own act: when it hides the row that is selected, the first row shown is selected instead,
// and the former again when another filter lets it through. What is selected when the filter is
// cleared stays so.
int list_filter(struct list *list, const char *filter, struct error *err);
const char *list_filter_text(const struct list *list); // "" when none
size_t list_shown(const struct list *list);            // rows that the filter lets through

// Moves, marks, sorts, clears the filter (BACK). False: not a list's action, or nothing to do.
// Where nothing is selected, Down takes the row that stands where the cursor is, Up the one above.
bool list_act(struct list *list, enum action action);
// Selects the row with this key, if the filter lets it through.
void list_select(struct list *list, const char *key);
// The row (as list_ops counts them) that is selected, or -1.
long list_selected(const struct list *list);
// The rows are those of something else (another container's mounts): forgets selection and marks,
// keeps filter and sort. The next list_changed() selects the first row.
void list_restart(struct list *list);
// Sorts by a column (-1: as the rows come) from the next list_changed() on.
void list_sort(struct list *list, int column);
// Marked rows in the order shown, then those that the filter hides; at most `size`; returns how
// many there are.
size_t list_marked(const struct list *list, size_t *rows, size_t size);
void list_unmark(struct list *list);

enum list_flags {
    LIST_FOCUSED = 1 << 0,
    LIST_NO_HEADER = 1 << 1,
    LIST_NO_MARKER = 1 << 2, // what is selected matters only when the list is focused
};
void list_paint(struct list *list, struct surface_part part, unsigned flags);

// Where the list stands. Valid until something in it changes.
struct list_spot {
    const char *key;       // identity of what is selected, NULL: nothing is
    size_t position;       // of it among what is shown, from 1; 0: nothing is selected
    bool marked;           // it is
    const char *nothing;   // why nothing is shown, NULL: something is
    const char *sorted_by; // title of a column, NULL: as the rows come
    bool inverted;         // the largest first
    size_t above, below;   // rows shown that the last paint had no line for
};
void list_spot(const struct list *list, struct list_spot *ret);

#endif
