// --plain: what a turn has brought, said in lines. Nothing is said twice, and nothing at rest.
#ifndef DAVIT_TUI_CONSOLE_SPEAK_H
#define DAVIT_TUI_CONSOLE_SPEAK_H

#include <stdbool.h>

struct console;
struct speaker;

// NULL: out of memory.
struct speaker *speaker_new(struct console *console);
void speaker_free(struct speaker *speaker); // NULL is fine

// Something that stands in the footer for others: said with the next turn. Copied.
void speaker_message(struct speaker *speaker, const char *text);
// All of it is to be said again: Ctrl-L, or back from a shell.
void speaker_again(struct speaker *speaker);
// After each key (by_key), and at the end of each turn in which something changed.
void speaker_turn(struct speaker *speaker, bool by_key);

#endif
