// Words of a command line that someone may paste into a shell.
#ifndef DAVIT_BASE_SHELL_H
#define DAVIT_BASE_SHELL_H

#include <stddef.h>

// What shell_quote() needs for a word of this length, with the NUL.
#define SHELL_QUOTED_SIZE(length) (4 * (length) + 4)

// Writes `word` as sh(1) reads it back, in quotes where it needs them; what a terminal or a line
// could stumble over in the form $'…' of bash(1). Returns where it ends, at a NUL.
char *shell_quote(char *out, const char *word);

// Appends a space (unless `out` is NULL or empty) and `word`, quoted. Takes `out` over; NULL when
// out of memory.
char *shell_append(char *out, const char *word);

#endif
