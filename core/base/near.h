// Words that are not known, and what they may have been meant to be.
#ifndef DAVIT_BASE_NEAR_H
#define DAVIT_BASE_NEAR_H

#include <limits.h>
#include <stddef.h>

#define NEAR_LENGTH 24 // bytes; a longer word is near to nothing
#define NEAR_NOT    UINT_MAX

// How far `word` is from `name`: letters that are missing, too many, other or exchanged with their
// neighbour; 1 for an abbreviation. NEAR_NOT when it is too far to be meant.
unsigned near_distance(const char *word, size_t length, const char *name, size_t name_length);

#endif
