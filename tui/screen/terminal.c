#include "tui/screen/terminal.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/screen/terminal_internal.h"
#include "tui/screen/terminal_restore.h"

static int begin(struct terminal *terminal, const struct terminal_headless *headless,
                 struct error *err)
{
    int r = 0;

    if (!headless)
        r = tty_open(terminal, err);
    if (r == 0)
        r = curses_begin(terminal, headless, err);
    if (r == 0)
        r = input_begin(terminal, err);
    if (r == 0 && !headless)
        r = life_signals(terminal, err);
    if (r == 0 && !headless)
        r = life_enter(terminal, false, err);
    return r;
}

int terminal_open(struct loop *loop, unsigned flags, const struct terminal_headless *headless,
                  const struct terminal_events *events, void *context, struct terminal **ret,
                  struct error *err)
{
    CLEANUP(terminal_closep) struct terminal *terminal = calloc(1, sizeof *terminal);
    int r;

    if (!terminal)
        return ERROR_OOM(err);
    terminal->loop = loop;
    terminal->events = *events;
    terminal->context = context;
    terminal->flags = flags;
    terminal->tty = -1;
    r = begin(terminal, flags & TERMINAL_OFF_SCREEN ? headless : NULL, err);
    if (r < 0)
        return r;
    *ret = TAKE_POINTER(terminal);
    return 0;
}

void terminal_close(struct terminal *terminal)
{
    if (!terminal)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(terminal->signals); i++)
        loop_source_free(terminal->signals[i]);
    input_end(terminal);
    if (terminal_lines_only(terminal))
        plain_finish(terminal);
    if (terminal->tty >= 0) {
        (void)queue_drop(terminal);
        restore_now();
        restore_disarm();
    }
    curses_end(terminal);
    cleanup_close(&terminal->tty);
    free(terminal->queue.bytes);
    free(terminal);
}

struct surface *terminal_surface(struct terminal *terminal)
{
    return &terminal->surface;
}

// What was painted says where the cursor is; a flush with nothing painted leaves it.
static void place_cursor(struct surface *surface)
{
    if (surface->painted) {
        surface->cursor_shown = surface->cursor_said;
        (void)curs_set(surface->cursor_shown ? 1 : 0);
    }
    if (surface->cursor_y >= surface->height || surface->cursor_x >= surface->width)
        surface->cursor_y = surface->cursor_x = 0;
    (void)wmove(surface->window, surface->cursor_y, surface->cursor_x);
}

int terminal_flush(struct terminal *terminal)
{
    struct surface *surface = &terminal->surface;

    if (terminal->away || terminal_lines_only(terminal))
        return 0;
    if (!queue_send(terminal)) {
        terminal->owed = true;
        return 1;
    }
    if (terminal->fresh) {
        life_prefix(terminal);
        (void)clearok(curscr, TRUE);
    }
    place_cursor(surface);
    (void)wnoutrefresh(surface->window);
    (void)doupdate();
    if (!queue_add_frame(terminal)) { // no memory: curses must not believe that it was sent
        queue_drop(terminal);
        terminal->fresh = true;
        return 1;
    }
    terminal->fresh = terminal->owed = false;
    surface->painted = surface->cursor_said = false;
    (void)queue_send(terminal);
    return 0;
}

void terminal_redraw(struct terminal *terminal)
{
    terminal->fresh = true;
}
