// The inside of a surface; for surface*.c and terminal*.c alone, which are all that knows curses.
#ifndef DAVIT_TUI_SCREEN_SURFACE_PAINT_H
#define DAVIT_TUI_SCREEN_SURFACE_PAINT_H

#define NCURSES_NOMACROS
#define NCURSES_WIDECHAR 1
#include <curses.h>

#include "tui/screen/surface.h"

struct surface_style {
    attr_t attributes;
    short pair;
};

struct surface {
    WINDOW *window;
    int height, width;
    bool utf8;
    bool painted;      // since the last flush
    bool cursor_said;  // since then
    bool cursor_shown; // as the last flush left it
    int cursor_y, cursor_x;
    struct surface_style styles[ROLE_COUNT];
    // The same for blanks, without what cannot be seen of them: so that curses can clear to the end
    // of a line instead of writing spaces.
    struct surface_style blanks[ROLE_COUNT];
    unsigned char *lines; // of each cell, whether it is a line and to which sides it goes
};

// One character with those that combine with it.
struct text_piece {
    wchar_t characters[CCHARW_MAX + 1];
    const char *start;
    size_t bytes;
    int columns;
};

// The piece at the start of clean text that is not empty. Between text_begin() and text_end(),
// which set the locale in which widths are known and put back that of the caller.
struct text_piece text_piece(const char *text);
struct text_locale;
struct text_locale *text_begin(void);
void text_end(struct text_locale *before);

#endif
