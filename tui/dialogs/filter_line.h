// The line at the bottom of a page in which a filter or a search is typed.
#ifndef DAVIT_TUI_DIALOGS_FILTER_LINE_H
#define DAVIT_TUI_DIALOGS_FILTER_LINE_H

#include "tui/dialogs/input_line.h"
#include "tui/screen/action.h"
#include "tui/views/match.h"
#include "tui/views/pane.h"

struct filter_line {
    bool typing; // it has the keys
    struct input_line line;
    struct match match;
};

enum filter_outcome {
    FILTER_NOT_MINE, // another action, or it is not being typed
    FILTER_SAME,
    FILTER_CHANGED, // its text is another one
};

void filter_line_begin(struct filter_line *filter, const char *text);
enum filter_outcome filter_line_act(struct filter_line *filter, enum action action);
enum filter_outcome filter_line_type(struct filter_line *filter, const struct key_event *event);
void filter_line_clear(struct filter_line *filter);
// Whether one of the two texts (the second may be NULL) has it, or with "!" before it has not.
bool filter_line_fits(const struct filter_line *filter, const char *text, const char *other);

// It has the last row while it is typed or is not empty: how many rows that are.
int filter_line_rows(const struct filter_line *filter, struct surface_part part);
void filter_line_paint(struct filter_line *filter, struct surface_part part, const char *label);
extern const struct footer_key filter_line_footer[];                          // while it is typed
const struct input_line *filter_line_typed(const struct filter_line *filter); // NULL: it is not

#endif
