// A rectangle to paint on. All text is clean UTF-8 (text_clean() is applied again to be sure); it
// is cut at the rectangle, and what a terminal without UTF-8 cannot show is written in ASCII, each
// character in as many columns as it would have ("~" for "…", ">" for "→"), so that a layout is the
// same in both.
// Nothing is sent before terminal_flush(), which sends only what is other than before.
#ifndef DAVIT_TUI_SCREEN_SURFACE_H
#define DAVIT_TUI_SCREEN_SURFACE_H

#include <stddef.h>

#include "tui/screen/role.h"

struct surface;

int surface_height(const struct surface *surface);
int surface_width(const struct surface *surface);

// A part of a surface, with its own coordinates; cut to fit. A value: nothing to free; valid as
// long as the whole and until the next resize.
struct surface_part {
    struct surface *whole;
    int y, x, height, width;
};
struct surface_part surface_all(struct surface *surface);
struct surface_part surface_within(struct surface_part part, int y, int x, int height, int width);

// How text that does not fit is cut: names lose their middle ("shop/api-7d9f…x2lqz:app"), sentences
// their end.
enum surface_cut { CUT_END, CUT_MIDDLE };

void surface_clear(struct surface_part part, enum role role);
// At most `width` cells from y, x on (negative: to the right edge); returns the cells written.
int surface_text(struct surface_part part, int y, int x, int width, enum role role,
                 enum surface_cut cut, const char *text);
int surface_format(struct surface_part part, int y, int x, int width, enum role role,
                   const char *format, ...) __attribute__((format(printf, 6, 7)));
// Right-aligned in `width` cells.
void surface_right(struct surface_part part, int y, int x, int width, enum role role,
                   const char *text);
// Blanks to the end of the row, or `width` cells.
void surface_blank(struct surface_part part, int y, int x, int width, enum role role);

// Lines: a frame around the part, into whose upper line a title is written afterwards; a line
// across, or down, that joins the frame at both sides. Where lines meet they join, those of parts
// that share a row or column too; what is not to be joined is cleared first.
void surface_frame(struct surface_part part, enum role border);
void surface_rule(struct surface_part part, int y, enum role border); // ├───┤ over the whole width

void surface_rule_down(struct surface_part part, int x, enum role border); // ┬│┴

// Where the terminal's cursor is put: on the selected row or in the line that is typed. To be said
// whenever something is painted; it is hidden when nobody said.
void surface_cursor(struct surface_part part, int y, int x);

// Columns that text takes (wcwidth(3)), the same in every locale.
int text_columns(const char *text);
// Breaks sentences into lines of at most `width`, at spaces where there are any. Calls line() for
// each (NULL: only counts); returns how many, at least one.
int text_wrap(const char *text, int width, void (*line)(const char *line, void *context),
              void *context);

// Signs with their ASCII form: ▌ > for the selected row, ● * for marked, … ~ , → -> and so on.
const char *surface_sign_selected(const struct surface *surface);
const char *surface_sign_marked(const struct surface *surface);

#endif
