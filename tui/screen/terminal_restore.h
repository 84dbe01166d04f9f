// Giving the terminal back, from anywhere: prepared bytes and a termios in static memory, so that
// it works in a signal handler, at exit(3) and when the heap is broken. One terminal at a time.
#ifndef DAVIT_TUI_SCREEN_TERMINAL_RESTORE_H
#define DAVIT_TUI_SCREEN_TERMINAL_RESTORE_H

#include <stdbool.h>
#include <stddef.h>
#include <termios.h>

#define RESTORE_LIMIT 512 // bytes of the sequence

// From now on the terminal `fd` is restored to `before` when the process ends by itself or by a
// signal that nobody can continue from; and its flags (F_SETFL) to `flags`, unless -1. `bytes`
// longer than RESTORE_LIMIT are an error (false).
bool restore_arm(int fd, const struct termios *before, int flags, const char *bytes, size_t length);
void restore_disarm(void);

// Whether the last output ended within a sequence: it is broken off first then (CAN).
void restore_torn(bool torn);

// Restores, when armed, and is disarmed then. Waits at most a second for a terminal that takes
// nothing. Async-signal-safe; keeps errno.
void restore_now(void);

#endif
