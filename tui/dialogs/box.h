// The frame that pages and questions have in common, and sentences and buttons inside of it.
#ifndef DAVIT_TUI_DIALOGS_BOX_H
#define DAVIT_TUI_DIALOGS_BOX_H

#include <stddef.h>

#include "tui/screen/surface.h"

// A part of at most this size in the middle of another.
struct surface_part box_place(struct surface_part part, int height, int width);
// Clears the part, paints its border with a title in the upper line, and returns the inside, one
// cell of air at the left and right. A part that is too small for a border has none.
struct surface_part box_paint(struct surface_part part, const char *title);
// The border's two lines, and its two columns with the air beside them.
#define BOX_LINES   2
#define BOX_COLUMNS 4

// In the lower border, when not all lines of what scrolls are shown: "1-6 of 18, Down: more"
// (`key`: of ACTION_DOWN, or "").
void box_scrolled(struct surface_part box, size_t top, size_t shown, size_t lines, const char *key);

// A sentence broken into lines from y on; returns how many. Only those inside of the part show.
int box_sentence(struct surface_part part, int y, int x, enum role role, const char *text);
int box_sentence_lines(int width, const char *text);

// "[Back]  [Detach]", broken into lines; returns how many. The cursor is put on the chosen one.
int box_buttons(struct surface_part part, int y, const char *const *labels, size_t n,
                size_t chosen);
int box_buttons_lines(int width, const char *const *labels, size_t n);

#endif
