// The rows of each pane as sentences. For the panes' own files.
#ifndef DAVIT_TUI_VIEWS_PLAIN_ROWS_H
#define DAVIT_TUI_VIEWS_PLAIN_ROWS_H

#include "tui/views/list_pane.h"
#include "tui/views/mounts_rows.h"

// Each: 0, or -ENOMEM with nothing left in *ret. Nothing selected: NULL as the row.

// What lists have in common. `more`: what is said behind the facts.
int plain_list(const struct list_pane *pane, const char *title, size_t total, const char *name,
               const char *facts, const char *more, struct spoken *ret);
// `state`: of container_state_text().
int plain_container(const struct list_pane *pane, const struct container_set *set,
                    const struct shown_container *container, const char *state, struct spoken *ret);
// `hidden`: how many are left out of the list.
int plain_filesystem(const struct list_pane *pane, size_t total, size_t hidden,
                     const struct shown_filesystem *filesystem, struct spoken *ret);
int plain_mount(const struct list_pane *pane, const struct shown_container *container, size_t total,
                const struct mount_row *row, struct spoken *ret);
int plain_log(struct pane *pane, struct spoken *ret);

#endif
