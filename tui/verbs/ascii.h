// For terminals that do not show UTF-8: a stream that writes its text to another one in ASCII.
#ifndef DAVIT_TUI_VERBS_ASCII_H
#define DAVIT_TUI_VERBS_ASCII_H

#include <stdio.h>

// "…" becomes "...", "→" "->" and so on (core/base/ascii.h), every other character that is not
// ASCII "?". The caller closes the stream; `to` stays open. NULL with errno set.
FILE *ascii_stream(FILE *to);

#endif
