// Descriptions of terminals. Apart, since <term.h> takes words such as "lines" and "hangup" for
// itself.
#ifndef DAVIT_TUI_SCREEN_TERMINAL_TERM_H
#define DAVIT_TUI_SCREEN_TERMINAL_TERM_H

#include <stddef.h>

enum term_found { TERM_GOOD, TERM_UNKNOWN, TERM_NO_CURSOR };

#define TERM_SIZE 64 // bytes of a name with its NUL

// Whether the console can use the terminal `name` (may be NULL): it is known and its cursor can be
// placed. `fd` is any descriptor; nothing is written to it.
enum term_found term_look_up(const char *name, int fd);

#endif
