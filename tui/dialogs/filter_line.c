#include "tui/dialogs/filter_line.h"

const struct footer_key filter_line_footer[] = {
    {ACTION_ACCEPT, "Take it"},
    {ACTION_LEAVE, "Without it"},
    {ACTION_NONE, NULL},
};

static void set(struct filter_line *filter, const char *text)
{
    input_line_set(&filter->line, text);
    match_set(&filter->match, filter->line.text);
}

void filter_line_begin(struct filter_line *filter, const char *text)
{
    filter->typing = true;
    set(filter, text);
}

void filter_line_clear(struct filter_line *filter)
{
    set(filter, "");
}

enum filter_outcome filter_line_act(struct filter_line *filter, enum action action)
{
    if (!filter->typing || action == ACTION_ABOVE || action == ACTION_BELOW)
        return FILTER_NOT_MINE;
    if (action == ACTION_ACCEPT) {
        filter->typing = false;
    } else if (action == ACTION_LEAVE || action == ACTION_BACK || action == ACTION_CANCEL) {
        filter->typing = false;
        set(filter, "");
        return FILTER_CHANGED;
    }
    return FILTER_SAME;
}

enum filter_outcome filter_line_type(struct filter_line *filter, const struct key_event *event)
{
    if (!filter->typing)
        return FILTER_NOT_MINE;
    if (input_line_type(&filter->line, event) != INPUT_CHANGED)
        return FILTER_SAME;
    match_set(&filter->match, filter->line.text);
    return FILTER_CHANGED;
}

bool filter_line_fits(const struct filter_line *filter, const char *text, const char *other)
{
    const struct match *match = &filter->match;

    return !match_any(match) ||
           (match_text(match, text) || (other && match_text(match, other))) != match->inverted;
}

int filter_line_rows(const struct filter_line *filter, struct surface_part part)
{
    return (filter->typing || filter->line.length > 0) && part.height > 1;
}

void filter_line_paint(struct filter_line *filter, struct surface_part part, const char *label)
{
    int y = part.height - 1, x;

    if (!filter_line_rows(filter, part))
        return;
    x = surface_text(part, y, 0, -1, ROLE_DIALOG_FIELD, CUT_END, label) + 1;
    if (filter->typing)
        input_line_paint(&filter->line, part, y, x, part.width - x, true);
    else
        (void)surface_text(part, y, x, -1, ROLE_TITLE_FILTER, CUT_END, filter->line.text);
}

const struct input_line *filter_line_typed(const struct filter_line *filter)
{
    return filter->typing ? &filter->line : NULL;
}
