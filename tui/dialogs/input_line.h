// One line of text that is typed: UTF-8, bounded, with a cursor. Home End Ctrl-A Ctrl-E Left Right
// move, Backspace Delete Ctrl-W (a word, or a part of a path) Ctrl-U (all before the cursor) Ctrl-K
// (all behind it) take away, what is pasted goes in as text.
#ifndef DAVIT_TUI_DIALOGS_INPUT_LINE_H
#define DAVIT_TUI_DIALOGS_INPUT_LINE_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screen/key.h"
#include "tui/screen/surface.h"

#define INPUT_LINE_LIMIT 4096 // bytes

struct input_line {
    char text[INPUT_LINE_LIMIT + 1]; // clean, terminated
    size_t length, cursor;           // bytes; the cursor is at the beginning of a character
    size_t first;                    // the first byte that is shown
};

enum input_outcome {
    INPUT_NOT_MINE, // Tab, Enter, Esc, arrows up and down, …
    INPUT_MOVED,    // or nothing to do
    INPUT_CHANGED,
};

// Cut at the limit; the cursor at the end. NULL is "".
void input_line_set(struct input_line *line, const char *text);
enum input_outcome input_line_type(struct input_line *line, const struct key_event *event);

// Paints what fits into `width` cells, the part with the cursor; focused: puts the terminal's
// cursor there.
void input_line_paint(struct input_line *line, struct surface_part part, int y, int x, int width,
                      bool focused);
// The same, with a dot for each character.
void input_line_paint_dots(struct input_line *line, struct surface_part part, int y, int x,
                           int width, bool focused);

#endif
