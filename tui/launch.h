// The two programs behind davit: the engine's server and the console. They are programs of their
// own so that the verbs load neither libuv nor curses.
#ifndef DAVIT_TUI_LAUNCH_H
#define DAVIT_TUI_LAUNCH_H

#include "core/base/error.h"
#include "tui/verbs/options.h"

// Each returns only when it cannot: negative with err.

// davit engine: the server in this process's place. `argv` as davit was given it.
int launch_engine(char **argv, struct error *err);
// davit without a verb: the engine in a child, the console in this process's place.
int launch_console(const struct arguments *arguments, struct error *err);

// What the engine finds in its environment when it has the console's terminal as descriptor 3: a
// shell in a container runs on it (protocol.h, enter).
#define DAVIT_TERMINAL_FD "DAVIT_TERMINAL_FD"

#endif
