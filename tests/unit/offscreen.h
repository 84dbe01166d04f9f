// A screen that is none, to paint on and to read again, row by row.
#ifndef DAVIT_TESTS_OFFSCREEN_H
#define DAVIT_TESTS_OFFSCREEN_H

#include "screen_lab.h"

#define OFFSCREEN_ROWS 64

struct offscreen {
    struct screen_lab lab;
    struct surface *surface;
    const char *rows[OFFSCREEN_ROWS]; // of the last picture
    int cursor_y, cursor_x;           // from 0; -1: hidden
};

static inline void offscreen_open(struct offscreen *screen, int height, int width, bool utf8)
{
    screen_lab_open(&screen->lab, width, height, "xterm-256color", utf8, 0);
    screen->surface = screen->lab.surface;
}

static inline void offscreen_close(struct offscreen *screen)
{
    screen_lab_close(&screen->lab);
}

// Sends what was painted and takes a picture.
static inline void offscreen_look(struct offscreen *screen)
{
    const char *cursor;
    char *at;

    (void)terminal_flush(screen->lab.terminal);
    cursor = strstr(screen_lab_read(&screen->lab), "cursor in row ");
    screen->cursor_y = screen->cursor_x = -1;
    if (cursor &&
        sscanf(cursor, "cursor in row %d, column %d", &screen->cursor_y, &screen->cursor_x) == 2) {
        screen->cursor_y--;
        screen->cursor_x--;
    }
    at = screen->lab.text;
    for (int i = 0; i < OFFSCREEN_ROWS; i++) {
        char *end = i < surface_height(screen->surface) ? strchr(at, '\n') : NULL;

        screen->rows[i] = end ? at : "";
        if (!end)
            continue;
        *end = '\0';
        at = end + 1;
    }
}

#endif
