#include "tui/views/log_view.h"

#include <string.h>

#include "core/base/cleanup.h"

static bool is_same(struct log_place a, struct log_place b)
{
    return a.number == b.number && a.row == b.row;
}

// Where the screen begins. Following: so that the end is its last row. Paused: where it was, unless
// the cursor would be off the screen.
static bool choose_top(struct log_view *view)
{
    struct log_place last;
    int below;

    if (view->follow) {
        if (!log_end(view, &view->cursor))
            return false;
        view->top = view->cursor;
        (void)log_move(view, &view->top, -(view->page - 1));
        return true;
    }
    if (!log_settle(view, &view->top) || !log_settle(view, &view->cursor))
        return false;
    if (log_is_before(view->cursor, view->top))
        view->top = view->cursor;
    last = view->top;
    below = view->page - 1 - log_move(view, &last, view->page - 1);
    // A pane that has grown shows what is above rather than nothing.
    (void)log_move(view, &view->top, -below);
    if (log_is_before(last, view->cursor)) {
        view->top = view->cursor;
        (void)log_move(view, &view->top, -(view->page - 1));
    }
    return true;
}

// The rows from `top` on into view->painted.
static void collect(struct log_view *view)
{
    const struct log_entry *entry = log_find(view->base.model->log, view->top.number);
    struct log_rows rows = {0};

    while (entry && rows.n < (size_t)(view->top.row + view->page)) {
        if (log_rows_add(view, entry, &rows) < 0)
            break; // what there is is shown
        entry = log_after(view, entry->number);
    }
    log_rows_done(&view->painted);
    view->painted = rows;
}

// What was found, over the text that is there already.
static void paint_found(const struct log_view *view, struct surface_part part, int y, int x,
                        const char *text)
{
    const char *at = text;
    size_t length;
    long found;

    while ((found = match_find(&view->search, at, &length)) >= 0 && length > 0) {
        char piece[MATCH_SIZE * 4];
        char before[4096];
        size_t offset = (size_t)(at - text) + (size_t)found;
        int column;

        if (offset >= sizeof before || length >= sizeof piece)
            return;
        memcpy(before, text, offset);
        before[offset] = '\0';
        memcpy(piece, text + offset, length);
        piece[length] = '\0';
        column = x + text_columns(before);
        if (column + text_columns(piece) >= part.width)
            return;
        (void)surface_text(part, y, column, -1, ROLE_FOUND, CUT_END, piece);
        at = text + offset + length;
    }
}

static int paint_text(const struct log_view *view, struct surface_part part, int y, int x,
                      enum role role, const char *text)
{
    int used = surface_text(part, y, x, -1, role, CUT_END, text);

    paint_found(view, part, y, x, text);
    return used;
}

// A step: what was called is cut before what came of it is.
static void paint_step(const struct log_view *view, struct surface_part part, int y, int x,
                       const struct log_row *row)
{
    const char *end = row->tail + strlen(row->tail) - row->kept;
    _cleanup_free_ char *call = strndup(row->tail, (size_t)(end - row->tail));
    int kept = text_columns(end);
    struct surface_part left = surface_within(part, 0, 0, part.height, part.width - kept);

    x += paint_text(view, left, y, x, row->role, row->text) + 1;
    if (call && x + 2 < left.width)
        (void)paint_text(view, left, y, x, row->tail_role, call);
    (void)surface_text(part, y, left.width, kept, row->tail_role, CUT_END, end);
}

static void paint_row(const struct log_view *view, struct surface_part part, int y,
                      const struct log_row *row, bool selected)
{
    int x = 1;

    if (selected)
        (void)surface_text(part, y, 0, 1, ROLE_LIST_MARKER, CUT_END,
                           surface_sign_selected(part.whole));
    if (row->time && *row->time)
        (void)surface_text(part, y, x, -1, ROLE_LOG_TIME, CUT_END, row->time);
    x += view->times == LOG_TIMES_CLOCK ? 9 : view->times == LOG_TIMES_DATE ? 20 : 0;
    if (x >= part.width)
        return;
    if (row->tail && row->kept > 0 &&
        x + text_columns(row->text) + 1 + text_columns(row->tail) > part.width) {
        paint_step(view, part, y, x, row);
        return;
    }
    x += paint_text(view, part, y, x, row->role, row->text) + 1;
    if (row->tail && x + 2 < part.width)
        (void)paint_text(view, part, y, x, row->tail_role, row->tail);
}

static void paint_nothing(const struct log_view *view, struct surface_part part)
{
    bool filtered = view->base.model->log->n > 0;

    (void)surface_text(part, 0, 1, -1, ROLE_TEXT_DIM, CUT_END,
                       filtered ? "no line fits the filter; Esc clears it"
                                : "nothing has been attached or detached yet");
}

void log_paint(struct log_view *view, struct surface_part part, bool focused)
{
    size_t skip;

    surface_clear(part, ROLE_TEXT);
    if (part.height <= 0 || part.width <= 0)
        return;
    view->width = part.width;
    view->page = part.height;
    // A paused view whose beginning the log has dropped shows what it has shown.
    if (view->follow || view->painted.n == 0 || log_find(view->base.model->log, view->top.number)) {
        if (!choose_top(view)) {
            paint_nothing(view, part);
            if (focused)
                surface_cursor(part, 0, 0);
            return;
        }
        collect(view);
    }
    skip = 0;
    while (skip < view->painted.n && log_is_before(view->painted.rows[skip].place, view->top))
        skip++;
    if (focused)
        surface_cursor(part, 0, 0);
    for (int y = 0; y < part.height && skip + (size_t)y < view->painted.n; y++) {
        const struct log_row *row = &view->painted.rows[skip + (size_t)y];
        bool selected = focused && is_same(row->place, view->cursor);

        paint_row(view, part, y, row, selected);
        if (selected)
            surface_cursor(part, y, 0);
    }
}
