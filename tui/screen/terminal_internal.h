// The inside of a terminal; for terminal*.c alone.
#ifndef DAVIT_TUI_SCREEN_TERMINAL_INTERNAL_H
#define DAVIT_TUI_SCREEN_TERMINAL_INTERNAL_H

#include <stdio.h>
#include <termios.h>

#include "tui/screen/surface_paint.h"
#include "tui/screen/terminal.h"
#include "tui/screen/terminal_term.h"

// What waits to be sent.
struct terminal_queue {
    char *bytes;
    size_t used, sent, room;
};

struct terminal {
    struct loop *loop;
    struct terminal_events events;
    void *context;
    unsigned flags;
    struct surface surface;
    char term[TERM_SIZE];
    enum theme_depth depth;
    int colors; // what the terminal calls them; more than 256: its numbers are RGB

    // curses writes into `sink`, a file in memory; what it wrote is sent from there without ever
    // waiting for the terminal.
    SCREEN *screen;
    FILE *nothing, *sink;
    struct terminal_queue queue;
    bool begun; // a line of terminal_echo() has no end yet
    bool plain; // no attribute and no colour is set at the end of the queue
    bool fresh; // everything is sent at the next flush
    bool owed;  // a flush was refused: resized() when the queue is empty

    int tty;                    // -1: off screen
    bool shared;                // it could not be opened anew: its flags are the shell's too
    struct termios before, raw; // the terminal's settings, and ours as the terminal keeps them
    bool lent;                  // to another program, or
    bool away;                  // suspended, or
    bool gone;                  // without a terminal for good
    struct loop_source *input, *timer, *signals[6];
    struct key_decoder *decoder;
};

static inline bool terminal_off_screen(const struct terminal *terminal)
{
    return terminal->flags & TERMINAL_OFF_SCREEN;
}

static inline bool terminal_lines_only(const struct terminal *terminal)
{
    return terminal->flags & TERMINAL_PLAIN;
}

// terminal_plain.c: lines instead of a screen.
size_t plain_enter(const struct terminal *terminal, const char **ret); // bytes to begin with
size_t plain_leave(const struct terminal *terminal, const char **ret); // ... and to end with
int plain_copy(struct terminal *terminal, const char *text, struct error *err); // always refuses
void plain_finish(struct terminal *terminal); // what is queued is written, for a while at most

// terminal_tty.c: the device.
int tty_open(struct terminal *terminal, struct error *err);
void tty_raw(struct termios *termios); // changes what is there to what the console needs
void tty_size(const struct terminal *terminal, int *ret_height, int *ret_width);
unsigned tty_esc_ms(const struct terminal *terminal);

// terminal_curses.c: the description of the terminal, and curses on it.
int curses_begin(struct terminal *terminal, const struct terminal_headless *headless,
                 struct error *err);
void curses_end(struct terminal *terminal);
int curses_resize(struct terminal *terminal, int height, int width, struct error *err);
void curses_keys(struct key_decoder *decoder); // the keys in the description
// A string of the description without its delays, at most `size` bytes; its length, 0: has none.
size_t curses_string(const char *capability, char *out, size_t size);

// terminal_queue.c
bool queue_add(struct terminal *terminal, const char *bytes, size_t length);
bool queue_add_frame(struct terminal *terminal); // what curses wrote
bool queue_send(struct terminal *terminal);      // true: all is sent
void queue_drop(struct terminal *terminal);      // what was begun is broken off when restored

// terminal_life.c: taking the terminal over and giving it back, again and again.
int life_enter(struct terminal *terminal, bool again, struct error *err);
int life_signals(struct terminal *terminal, struct error *err);
void life_prefix(struct terminal *terminal); // before a whole screen is sent

// terminal_input.c
int input_begin(struct terminal *terminal, struct error *err);
void input_end(struct terminal *terminal);

#endif
