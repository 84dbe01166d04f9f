#include "tui/views/log_view.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/views/lost.h"
#include "tui/views/plain_rows.h"

static struct log_view *of(struct pane *pane)
{
    return (struct log_view *)pane;
}

static void close_view(struct pane *pane)
{
    struct log_view *view = of(pane);

    log_rows_done(&view->painted);
    free(view->unfolded);
    free(view->filter);
    free(view);
}

static int open_view(struct model *model, struct pane **ret, struct error *err)
{
    struct log_view *view = calloc(1, sizeof *view);

    if (!view)
        return ERROR_OOM(err);
    view->base = (struct pane){.ops = &log_pane, .model = model};
    view->filter = strdup("");
    view->follow = true;
    view->page = 1;
    view->width = 78;
    if (!view->filter) {
        free(view);
        return ERROR_OOM(err);
    }
    *ret = (struct pane *)view;
    return 0;
}

static void drop_unfolded(struct log_view *view, size_t i)
{
    view->n_unfolded--;
    memmove(view->unfolded + i, view->unfolded + i + 1,
            (view->n_unfolded - i) * sizeof *view->unfolded);
}

// What the log has dropped is nobody's to unfold.
static void forget_dropped(struct log_view *view)
{
    const struct log *log = view->base.model->log;

    for (size_t i = view->n_unfolded; i-- > 0;)
        if (log->n == 0 || view->unfolded[i] < log->entries[0]->number)
            drop_unfolded(view, i);
}

static bool changed(struct pane *pane, unsigned what)
{
    if (!(what & (MODEL_LOG | MODEL_ATTACHMENTS)))
        return false;
    forget_dropped(of(pane));
    return true;
}

static size_t count_shown(const struct log_view *view)
{
    const struct log *log = view->base.model->log;
    size_t n = 0;

    for (size_t i = 0; i < log->n; i++)
        n += log_lets_through(view, log->entries[i]);
    return n;
}

static void title(struct pane *pane, char *out, size_t size)
{
    const struct log_view *view = of(pane);

    if (*view->filter)
        (void)snprintf(out, size, "Log %zu/%zu ─ filter: %s", count_shown(view),
                       view->base.model->log->n, view->filter);
    else
        (void)snprintf(out, size, "Log");
}

// How many entries have come since the view was paused that it would show.
static uint64_t count_new(const struct log_view *view)
{
    const struct log *log = view->base.model->log;
    uint64_t n = 0;

    if (!match_any(&view->match))
        return log->next_number - view->seen;
    for (size_t i = log->n; i-- > 0 && log->entries[i]->number >= view->seen;)
        n += log_lets_through(view, log->entries[i]);
    return n;
}

static void state(struct pane *pane, char *out, size_t size)
{
    const struct log_view *view = of(pane);
    uint64_t n = view->follow ? 0 : count_new(view);

    if (view->follow)
        (void)snprintf(out, size, "following");
    else if (n > 0)
        (void)snprintf(out, size, "paused, +%" PRIu64 " new", n);
    else
        (void)snprintf(out, size, "paused");
}

static void paint(struct pane *pane, struct surface_part part, bool focused)
{
    log_paint(of(pane), part, focused);
}

static void pause_view(struct log_view *view)
{
    if (!view->follow)
        return;
    view->follow = false;
    view->seen = view->base.model->log->next_number;
    if (!log_find(view->base.model->log, view->top.number) || view->painted.n == 0) {
        // Never painted yet.
        (void)log_end(view, &view->cursor);
        view->top = view->cursor;
        (void)log_move(view, &view->top, -(view->page - 1));
    }
}

static bool move_by(struct log_view *view, int by)
{
    pause_view(view);
    if (!log_settle(view, &view->cursor))
        return false;
    // What the log has dropped is shown until a key moves away from it.
    if (!log_find(view->base.model->log, view->top.number))
        view->top = view->cursor;
    (void)log_move(view, &view->cursor, by);
    return true;
}

// Pages move the screen with the cursor, which keeps its line.
static bool page_by(struct log_view *view, int by)
{
    struct log_place first;

    if (!move_by(view, by) || !log_settle(view, &view->top))
        return false;
    (void)log_move(view, &view->top, by);
    first = view->top;
    if (by > 0 && log_move(view, &first, view->page - 1) < view->page - 1 &&
        log_end(view, &view->top))
        (void)log_move(view, &view->top, -(view->page - 1));
    return true;
}

static bool to_top(struct log_view *view)
{
    const struct log_entry *first = log_first(view);

    pause_view(view);
    if (!first)
        return false;
    view->cursor = view->top = (struct log_place){first->number, 0};
    return true;
}

static bool set_follow(struct log_view *view, bool follow)
{
    if (follow)
        view->follow = true;
    else
        pause_view(view);
    return true;
}

// Moves the view so that all rows of an entry are on the screen, or as many as there is room for.
static void reveal(struct log_view *view, const struct log_entry *entry)
{
    struct log_place first = {entry->number, 0};
    struct log_place least = {entry->number, log_count_rows(view, entry) - 1};

    (void)log_move(view, &least, -(view->page - 1));
    if (log_is_before(first, least))
        least = first;
    if (log_is_before(view->top, least))
        view->top = least;
}

static bool unfold(struct log_view *view)
{
    const struct log_entry *entry = view->follow ? log_last(view) : NULL;
    uint64_t *grown;

    if (entry && entry->n_steps == 0)
        return false; // no reason to stop following
    pause_view(view);
    if (!log_settle(view, &view->cursor))
        return false;
    entry = log_find(view->base.model->log, view->cursor.number);
    if (entry->n_steps == 0)
        return false;
    for (size_t i = 0; i < view->n_unfolded; i++)
        if (view->unfolded[i] == entry->number) {
            drop_unfolded(view, i);
            view->cursor.row = 0;
            return true;
        }
    if (view->n_unfolded == LOG_UNFOLDED_MAX)
        drop_unfolded(view, 0);
    grown = reallocarray(view->unfolded, view->n_unfolded + 1, sizeof *grown);
    if (!grown)
        return false;
    view->unfolded = grown;
    grown[view->n_unfolded++] = entry->number;
    reveal(view, entry);
    return true;
}

// The row of an entry, from `row` on in this direction, that has what is searched for; -1: none.
static int find_row(const struct log_view *view, const struct log_entry *entry, int row,
                    int direction)
{
    struct log_rows rows = {0};
    int found = -1;

    if (log_rows_add(view, entry, &rows) == 0)
        for (int i = row < 0 ? (int)rows.n - 1 : row; i >= 0 && i < (int)rows.n && found < 0;
             i += direction)
            if (match_text(&view->search, rows.rows[i].text) ||
                (rows.rows[i].tail && match_text(&view->search, rows.rows[i].tail)))
                found = i;
    log_rows_done(&rows);
    return found;
}

static bool find(struct log_view *view, int direction)
{
    const struct log_entry *entry;
    int row;

    if (!match_any(&view->search))
        return false;
    pause_view(view);
    if (!log_settle(view, &view->cursor))
        return false;
    entry = log_find(view->base.model->log, view->cursor.number);
    row = view->cursor.row + direction;
    while (entry) {
        // -1 is "from its last row", which is not meant where the cursor is in its first.
        int found = row < 0 && entry->number == view->cursor.number
                        ? -1
                        : find_row(view, entry, row, direction);

        if (found >= 0) {
            view->cursor = (struct log_place){entry->number, found};
            return true;
        }
        entry = direction > 0 ? log_after(view, entry->number) : log_before(view, entry->number);
        row = direction > 0 ? 0 : -1;
    }
    return false;
}

static bool toggle_wrap(struct log_view *view)
{
    view->wrap = !view->wrap;
    view->cursor.row = view->top.row = 0; // rows are others now
    return true;
}

static bool next_times(struct log_view *view)
{
    view->times = (enum log_times)((view->times + 1) % (LOG_TIMES_NONE + 1));
    return true;
}

static int filter(struct pane *pane, const char *text, struct error *err)
{
    struct log_view *view = of(pane);
    char *copy = strdup(text ? text : "");

    if (!copy)
        return ERROR_OOM(err);
    free(view->filter);
    view->filter = copy;
    match_set(&view->match, copy);
    if (match_any(&view->match)) {
        view->search = view->match;
        view->search.inverted = false;
    }
    if (!view->follow && log_settle(view, &view->cursor))
        (void)log_settle(view, &view->top);
    log_rows_done(&view->painted);
    return 0;
}

static const char *filter_text(struct pane *pane)
{
    return of(pane)->filter;
}

static bool act(struct pane *pane, enum action action)
{
    struct log_view *view = of(pane);
    int page = view->page > 1 ? view->page - 1 : 1;
    int half = view->page > 1 ? view->page / 2 : 1;
    struct error ignored;

    if (action == ACTION_UP)
        return move_by(view, -1);
    if (action == ACTION_DOWN)
        return move_by(view, 1);
    if (action == ACTION_PAGE_UP)
        return page_by(view, -page);
    if (action == ACTION_PAGE_DOWN)
        return page_by(view, page);
    if (action == ACTION_HALF_UP)
        return page_by(view, -half);
    if (action == ACTION_HALF_DOWN)
        return page_by(view, half);
    if (action == ACTION_TOP)
        return to_top(view);
    if (action == ACTION_BOTTOM)
        return set_follow(view, true);
    if (action == ACTION_LOG_FOLLOW)
        return set_follow(view, !view->follow);
    if (action == ACTION_LOG_WRAP)
        return toggle_wrap(view);
    if (action == ACTION_LOG_TIME)
        return next_times(view);
    if (action == ACTION_OPEN)
        return unfold(view);
    if (action == ACTION_FIND_NEXT)
        return find(view, 1);
    if (action == ACTION_FIND_PREVIOUS)
        return find(view, -1);
    return action == ACTION_BACK && *view->filter && filter(pane, "", &ignored) == 0;
}

static int subject(struct pane *pane, struct subject *ret, struct error *err)
{
    const struct log_view *view = of(pane);

    (void)err;
    *ret = (struct subject){.kind = SUBJECT_NONE};
    ret->entry =
        view->follow ? log_last(view) : log_find(view->base.model->log, view->cursor.number);
    if (!ret->entry)
        return 0;
    ret->kind = SUBJECT_LOG;
    ret->attachment = log_lost(view, ret->entry);
    if (ret->attachment)
        ret->container = lost_container(ret->attachment, pane->model);
    return 0;
}

static const enum action footer[] = {ACTION_OPEN,     ACTION_LOG_FOLLOW, ACTION_LOG_WRAP,
                                     ACTION_LOG_TIME, ACTION_FILTER,     ACTION_LOG_FULL,
                                     ACTION_HELP,     ACTION_QUIT,       ACTION_MENU,
                                     ACTION_UNDO,     ACTION_NONE};

const struct pane_ops log_pane = {
    .name = "Log",
    .context = KEYS_LOG,
    .open = open_view,
    .close = close_view,
    .changed = changed,
    .title = title,
    .state = state,
    .paint = paint,
    .act = act,
    .filter = filter,
    .filter_text = filter_text,
    .subject = subject,
    .footer = footer,
    .plain = plain_log,
};
