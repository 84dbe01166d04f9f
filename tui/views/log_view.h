// The log pane's own: shared by its files only.
//
// The view is a place in the log (an entry and a row of it), so that what arrives or is dropped
// does not move it. A row is a line of the screen; an entry has one or more.
#ifndef DAVIT_TUI_VIEWS_LOG_VIEW_H
#define DAVIT_TUI_VIEWS_LOG_VIEW_H

#include <stdint.h>

#include "tui/views/match.h"
#include "tui/views/pane.h"

#define LOG_UNFOLDED_MAX 1000 // entries that show their steps; one more folds the oldest

struct log_place {
    uint64_t number; // of the entry
    int row;         // of the entry, from 0
};

struct log_row {
    struct log_place place;
    char *time; // NULL: blank
    char *text, *tail;
    enum role role, tail_role;
    size_t kept; // bytes at the tail's end that are shown also where there is no room for all of it
};
struct log_rows {
    struct log_row *rows;
    size_t n;
};

struct log_view {
    struct pane base;
    char *filter;        // as typed, never NULL
    struct match match;  // of the filter
    struct match search; // the last filter's text: n and N go to it also when it is cleared
    bool follow, wrap;
    enum log_times { LOG_TIMES_CLOCK, LOG_TIMES_DATE, LOG_TIMES_NONE } times;
    struct log_place cursor, top;
    uint64_t seen;      // the number that was next when the view was paused
    uint64_t *unfolded; // numbers of entries, oldest fold first
    size_t n_unfolded;
    int width, page;         // cells and rows of the last paint
    struct log_rows painted; // what it showed: shown again when the log has dropped it meanwhile
};

// Whether the filter shows an entry.
bool log_lets_through(const struct log_view *view, const struct log_entry *entry);

// What an entry tells to be lost and still is, NULL: nothing.
const struct shown_attachment *log_lost(const struct log_view *view, const struct log_entry *entry);

// The entry after (before) this number that the filter shows, NULL: none.
const struct log_entry *log_after(const struct log_view *view, uint64_t number);
const struct log_entry *log_before(const struct log_view *view, uint64_t number);
const struct log_entry *log_first(const struct log_view *view);
const struct log_entry *log_last(const struct log_view *view);

// The rows of one entry as this view shows it, added to `ret`; 0 or -ENOMEM.
int log_rows_add(const struct log_view *view, const struct log_entry *entry, struct log_rows *ret);
void log_rows_done(struct log_rows *rows);
int log_count_rows(const struct log_view *view, const struct log_entry *entry); // 1 at least

bool log_is_before(struct log_place a, struct log_place b);
// Moves a place by rows, as far as there are any; returns by how many it has moved.
int log_move(const struct log_view *view, struct log_place *place, int by);
// The last row of all.
bool log_end(const struct log_view *view, struct log_place *ret);
// Makes a place whose entry is gone or filtered out the nearest that is shown; false: none is.
bool log_settle(const struct log_view *view, struct log_place *place);

void log_paint(struct log_view *view, struct surface_part part, bool focused);

#endif
