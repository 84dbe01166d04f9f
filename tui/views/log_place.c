#include "tui/views/log_view.h"

#include <string.h>

static bool in(const struct match *match, const char *text)
{
    return text && match_text(match, text);
}

static bool entry_matches(const struct match *match, const struct log_entry *entry)
{
    bool found = in(match, entry->text) || in(match, entry->result) || in(match, entry->by);

    for (size_t i = 0; !found && i < entry->n_steps; i++)
        found = in(match, entry->steps[i].text) || in(match, entry->steps[i].call) ||
                in(match, entry->steps[i].result);
    return found;
}

bool log_lets_through(const struct log_view *view, const struct log_entry *entry)
{
    return !match_any(&view->match) || entry_matches(&view->match, entry) != view->match.inverted;
}

// Entries have consecutive numbers: the index of the first that is not below this one.
static size_t index_from(const struct log *log, uint64_t number)
{
    if (log->n == 0 || number <= log->entries[0]->number)
        return 0;
    number -= log->entries[0]->number;
    return number < log->n ? (size_t)number : log->n;
}

const struct log_entry *log_after(const struct log_view *view, uint64_t number)
{
    const struct log *log = view->base.model->log;

    for (size_t i = index_from(log, number + 1); i < log->n; i++)
        if (log_lets_through(view, log->entries[i]))
            return log->entries[i];
    return NULL;
}

const struct log_entry *log_before(const struct log_view *view, uint64_t number)
{
    const struct log *log = view->base.model->log;

    for (size_t i = index_from(log, number); i-- > 0;)
        if (log_lets_through(view, log->entries[i]))
            return log->entries[i];
    return NULL;
}

const struct log_entry *log_first(const struct log_view *view)
{
    const struct log *log = view->base.model->log;

    for (size_t i = 0; i < log->n; i++)
        if (log_lets_through(view, log->entries[i]))
            return log->entries[i];
    return NULL;
}

const struct log_entry *log_last(const struct log_view *view)
{
    return log_before(view, UINT64_MAX);
}

bool log_end(const struct log_view *view, struct log_place *ret)
{
    const struct log_entry *last = log_last(view);

    if (!last)
        return false;
    *ret = (struct log_place){last->number, log_count_rows(view, last) - 1};
    return true;
}

bool log_settle(const struct log_view *view, struct log_place *place)
{
    const struct log_entry *entry = log_find(view->base.model->log, place->number);
    int rows;

    if (!entry || !log_lets_through(view, entry)) {
        const struct log_entry *other = log_after(view, place->number);

        entry = other ? other : log_before(view, place->number);
        if (!entry)
            return false;
        *place = (struct log_place){entry->number, 0};
    }
    rows = log_count_rows(view, entry);
    if (place->row >= rows)
        place->row = rows - 1;
    return true;
}

bool log_is_before(struct log_place a, struct log_place b)
{
    return a.number < b.number || (a.number == b.number && a.row < b.row);
}

static int move_down(const struct log_view *view, struct log_place *place, int by)
{
    const struct log_entry *entry = log_find(view->base.model->log, place->number);
    int moved = 0;

    while (entry && moved < by) {
        int below = log_count_rows(view, entry) - 1 - place->row;

        if (below >= by - moved) {
            place->row += by - moved;
            return by;
        }
        entry = log_after(view, entry->number);
        place->row += below;
        moved += below;
        if (entry) {
            *place = (struct log_place){entry->number, 0};
            moved++;
        }
    }
    return moved;
}

static int move_up(const struct log_view *view, struct log_place *place, int by)
{
    const struct log_entry *entry = log_find(view->base.model->log, place->number);
    int moved = 0;

    while (entry && moved < by) {
        if (place->row >= by - moved) {
            place->row -= by - moved;
            return by;
        }
        moved += place->row;
        place->row = 0;
        entry = log_before(view, entry->number);
        if (entry) {
            *place = (struct log_place){entry->number, log_count_rows(view, entry) - 1};
            moved++;
        }
    }
    return moved;
}

int log_move(const struct log_view *view, struct log_place *place, int by)
{
    return by >= 0 ? move_down(view, place, by) : -move_up(view, place, -by);
}
