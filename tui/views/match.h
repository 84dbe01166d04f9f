// What a filter or a search looks for: text without regard to case.
#ifndef DAVIT_TUI_VIEWS_MATCH_H
#define DAVIT_TUI_VIEWS_MATCH_H

#include <stdbool.h>
#include <stddef.h>

#define MATCH_SIZE 256 // bytes of the text looked for; a longer one is cut

struct match {
    char text[MATCH_SIZE]; // folded to lower case
    bool inverted;         // began with '!': what does not have it
    bool ascii;
};

// "text" or "!text"; NULL, "" and "!" look for nothing.
void match_set(struct match *match, const char *filter);
bool match_any(const struct match *match);
// Whether it is in the text, whatever `inverted` says; false when it looks for nothing.
bool match_text(const struct match *match, const char *text);
// Where: the offset in bytes, or -1; *ret_length is its length in bytes.
long match_find(const struct match *match, const char *text, size_t *ret_length);

#endif
