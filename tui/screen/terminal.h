// The terminal: taken over, given back in every case, painted in one place.
//
// It is restored after q, TERM, INT, HUP, SEGV and ABRT: by bytes and a termios that were prepared
// beforehand, written with write(2), since no library may be called in a signal.
// SIGWINCH, TSTP, CONT, INT, TERM and HUP are taken by the loop while it is open. One terminal at a
// time (curses has but one current screen).
// A TERM that is unknown, missing or dumb falls back to xterm-256color, xterm or vt100; a terminal
// without UTF-8 (nl_langinfo(CODESET)) gets borders and signs in ASCII.
#ifndef DAVIT_TUI_SCREEN_TERMINAL_H
#define DAVIT_TUI_SCREEN_TERMINAL_H

#include <stdbool.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/loop.h"
#include "tui/screen/key.h"
#include "tui/screen/surface.h"
#include "tui/screen/theme.h"

struct terminal;

enum terminal_flags {
    TERMINAL_NO_COLOR = 1 << 0,   // NO_COLOR or --no-color
    TERMINAL_OFF_SCREEN = 1 << 1, // no tty: for replays; size and TERM come from `headless`
    TERMINAL_PLAIN = 1 << 2,      // no screen: lines alone, see terminal_line()
};

struct terminal_headless {
    int width, height;
    const char *term; // "xterm-256color", "vt100", …
    bool utf8;
};

// key, resized, resumed, hangup and interrupt are needed. terminal_close() is not for these
// functions: they say that the program is to end.
struct terminal_events {
    void (*key)(struct key_event event, void *context);
    void (*resized)(void *context);
    void (*resumed)(void *context);   // after Ctrl-Z and fg
    void (*hangup)(void *context);    // the terminal is gone, or TERM, HUP
    void (*interrupt)(void *context); // INT from outside (kill -INT); Ctrl-C is a key
    void (*notice)(const char *text, void *context); // "TERM=foo is unknown here: using
                                                     // xterm"; from within terminal_open()
};

// Standard input and output must be the terminal (ERROR_USAGE). Off screen the environment does not
// matter, but for where terminfo is. LC_CTYPE is set for the process (setlocale(3)).
int terminal_open(struct loop *loop, unsigned flags, const struct terminal_headless *headless,
                  const struct terminal_events *events, void *context, struct terminal **ret,
                  struct error *err);
void terminal_close(struct terminal *terminal); // restores
CLEANUP_POINTER(struct terminal, terminal_close);

void terminal_set_theme(struct terminal *terminal, const struct theme *theme); // copied
// How long an Esc waits for its sequence; 0: 100, over ssh 500.
void terminal_set_esc(struct terminal *terminal, unsigned esc_ms);

// The whole screen to paint on. terminal_flush() sends what changed, once per turn of the loop, and
// nothing when nothing did. It never waits: while a slow line has not taken the frame before, 1:
// this one was not sent, and resized() is called when it is time to paint and flush again.
struct surface *terminal_surface(struct terminal *terminal);
int terminal_flush(struct terminal *terminal);
void terminal_redraw(struct terminal *terminal); // Ctrl-L: everything anew at the next flush
// Ctrl-Z: restores, stops, comes back. SIGTSTP goes to the whole process group, as from the
// terminal itself, so that a script that runs the console is stopped too; who must go on ignores
// it.
void terminal_suspend(struct terminal *terminal);

// Restores and leaves the terminal to somebody else until terminal_take(): nothing is read or
// written, and resized() is told of each new size. Off screen nothing happens.
void terminal_lend(struct terminal *terminal);
void terminal_take(struct terminal *terminal);
bool terminal_lent(const struct terminal *terminal);

// OSC 52. `text` is cleaned and at most 64 KiB; -ERANGE (err) when longer. With TERMINAL_PLAIN its
// lines are written and -ENOTSUP tells that this is all.
int terminal_copy(struct terminal *terminal, const char *text, struct error *err);

// Writes the cells as text (UTF-8, without blanks at the ends of rows), a line "-- attributes --",
// per row and cell a letter for its attributes and colours ("." has none), a line "-- legend --",
// what the letters mean ("b fg 4 bold"; colours are the terminal's numbers), and where the cursor
// is ("cursor in row 3, column 1"). As painted, flushed or not. For goldens and bug reports.
int terminal_save(struct terminal *terminal, const char *path, struct error *err);

// With TERMINAL_PLAIN: writes a line that scrolls, cleaned, in ASCII where there is no UTF-8, never
// cut; off screen to standard output. Nothing else is written then: a flush sends nothing, TERM
// does not matter, and the surface is there for what is computed while painting and for
// terminal_save(). 0, or -ENOMEM: it is lost.
int terminal_line(struct terminal *terminal, const char *text);
// The same without its end: the next line begins below ("" only ends it), the next echo goes on.
int terminal_echo(struct terminal *terminal, const char *text);

// Feeds keys as if they were typed (scripts).
void terminal_press(struct terminal *terminal, struct key_event event);

#endif
