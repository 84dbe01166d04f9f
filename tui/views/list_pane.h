// What the panes that are lists have in common.
#ifndef DAVIT_TUI_VIEWS_LIST_PANE_H
#define DAVIT_TUI_VIEWS_LIST_PANE_H

#include "tui/views/list.h"
#include "tui/views/pane.h"

struct list_pane {
    struct pane base;
    struct list *list;
};

// What all of their pane_ops have.
#define LIST_PANE_OPS                                                       \
    .context = KEYS_LIST, .state = list_pane_state, .more = list_pane_more, \
    .filter = list_pane_filter, .filter_text = list_pane_filter_text
// The end of open(): makes the list, sorted by a column (-1: as the rows come). `r`: how the making
// of the rows went; when that or this fails the pane is closed. 0 or negative with err.
int list_pane_begin(struct list_pane *pane, int r, const struct list_ops *ops, int sort,
                    struct pane **ret, struct error *err);

// "Containers 3/200 ─ filter: api", "Mounts 12 in web": `after` stands behind the numbers.
void list_pane_title(const struct list_pane *pane, const char *name, size_t total,
                     const char *after, char *out, size_t size);
void list_pane_state(struct pane *pane, char *out, size_t size); // "2 marked"
void list_pane_more(struct pane *pane, char *out, size_t size);  // "↑3 ↓14 more"
void list_pane_paint(struct pane *pane, struct surface_part part, bool focused);
bool list_pane_act(struct pane *pane, enum action action);
// The same for lists whose rows are not marked, and whose selected row drives nothing else: its
// marker is shown only when they are focused.
void list_pane_paint_quiet(struct pane *pane, struct surface_part part, bool focused);
bool list_pane_act_unmarked(struct pane *pane, enum action action);
int list_pane_filter(struct pane *pane, const char *text, struct error *err);
const char *list_pane_filter_text(struct pane *pane);

// Fill a cell: text; a number, "?" when unknown.
void list_cell_text(struct list_cell *cell, const char *text);
void list_cell_number(struct list_cell *cell, long long number, bool known);

// Makes keys that are the same into different ones ("KEY #2"); 0 or -ENOMEM. `key` says where that
// of a row is, which is fresh memory each.
int list_keys_differ(void *rows, size_t n, char **(*key)(void *rows, size_t row));

#endif
