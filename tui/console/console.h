// The console: panes below, dialogs above, keys in, one painting a turn. Shared by the files of
// tui/console only, each of which calls those below it: console.c (life and turns), keys.c, act.c,
// engine.c, theme.c, stack.c (dialogs), paint.c, say.c, speak*.c.
#ifndef DAVIT_TUI_CONSOLE_CONSOLE_H
#define DAVIT_TUI_CONSOLE_CONSOLE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/base/loop.h"
#include "tui/dialogs/dialog.h"
#include "tui/model/client.h"
#include "tui/model/model.h"
#include "tui/screen/config.h"
#include "tui/screen/keymap.h"
#include "tui/screen/terminal.h"
#include "tui/screen/theme.h"
#include "tui/views/pane.h"

#define CONSOLE_DIALOGS_MAX 8
#define CONSOLE_RUNS_MAX    16

// The command line of the console, opened as far as it must be before privileges are dropped.
struct console_options {
    const char *theme;  // or NULL
    const char *config; // or NULL
    const char *record, *replay, *script;
    int engine_fd;                     // -1 with replay
    const struct theme_places *places; // opened before privileges were dropped
    bool no_color;
    bool plain;                          // lines instead of a screen
    struct terminal_headless off_screen; // width 0: on the terminal
};

struct console {
    struct console_options options;
    struct loop *loop;
    struct terminal *terminal;
    struct client *client;
    struct model *model;
    struct keymap *keymap;
    struct config config;
    struct script *script;   // or NULL
    struct speaker *speaker; // NULL: a screen is painted

    struct pane *panes[PANE_COUNT];
    enum pane_id focus;
    bool zoomed;

    struct dialog_host host;
    struct dialog *dialogs[CONSOLE_DIALOGS_MAX]; // the last is on top
    size_t n_dialogs;
    struct dialog *closed[CONSOLE_DIALOGS_MAX]; // freed at the end of the turn
    size_t n_closed;

    char message[512];        // in the footer until the next key
    struct loop_source *rest; // the keys have rested: the selected container's mounts are asked for
    char *watched;            // key of the container whose mounts are told, or NULL
    uint64_t runs[CONSOLE_RUNS_MAX]; // changes that were started
    size_t n_runs;
    uint64_t entered; // request of the shell that has the terminal, 0: none
    char *entering;   // the container's key
    bool dirty;
    bool quit;
    struct error why; // why it ended, if not by the user
};

static inline struct console *console_of(struct dialog_host *host)
{
    return (struct console *)(void *)((char *)host - offsetof(struct console, host));
}

// Opens everything and runs until it is closed. 0 or negative with err.
int console_run(const struct console_options *options, struct error *err);

// One line for the footer, and with LOG_WARNING for the log too.
void console_say(struct console *console, enum log_kind kind, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
// One line for the log alone; clean text.
void console_log(struct console *console, enum log_kind kind, const char *text);

// Changes under way: how many, and the newest in *ret_last (may be NULL).
size_t console_runs(struct console *console, uint64_t *ret_last);

// Keys, and what they do.
void console_key(struct console *console, const struct key_event *event);
void console_perform(struct console *console, enum action action, const char *argument);

// A shell in a container (enter.c). And what the terminal tells while the shell has it: true when
// that was the shell's.
void console_enter(struct console *console, const struct subject *subject);
bool console_enter_resized(struct console *console);
bool console_enter_interrupted(struct console *console);

// dialog_host's functions, but for perform() and show_container().
void console_dialogs_init(struct console *console);
void console_dialogs_reap(struct console *console);
void console_dialogs_changed(struct console *console, unsigned what);
static inline struct dialog *console_top(const struct console *console)
{
    return console->n_dialogs ? console->dialogs[console->n_dialogs - 1] : NULL;
}

// The engine's side: news, end, what is watched.
int console_connect(struct console *console, struct error *err);
void console_selection_moved(struct console *console); // begins the rest
void console_watch_selected(struct console *console);  // ends it

void console_paint(struct console *console);

// Themes by name; a theme that cannot be loaded is said and leaves the one that is there.
void console_theme(struct console *console, const char *name);

#endif
