// Text from outside: names, paths, labels, messages. Raw bytes are for system calls; what a
// person or a JSON reader sees went through text_clean() first.
#ifndef DAVIT_BASE_TEXT_H
#define DAVIT_BASE_TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

// Copies `length` bytes as valid UTF-8 without anything a terminal could act upon: bytes that are
// no UTF-8, C0, DEL, C1 and the bidirectional and line-separating format characters become
// U+FFFD. What does not fit in `size` is cut at a character and ends in "…". Always terminated.
void text_clean(char *out, size_t size, const char *bytes, size_t length);

// The same into fresh memory, never cut; NULL when out of memory. The caller frees.
char *text_clean_dup(const char *bytes, size_t length);

// Whether text_clean() would keep every byte as it is.
bool text_is_clean(const char *bytes, size_t length);

// Whether both are there and the same: NULL is the same as no other, not even as NULL.
bool text_same(const char *a, const char *b);
// The order of bytes, of two `char *`: for qsort(3) and bsearch(3).
int text_order(const void *a, const void *b);

// Standard base64 with padding; NULL when out of memory or (decode) not base64. The caller frees.
char *text_base64(const void *bytes, size_t length);
void *text_base64_decode(const char *text, size_t *ret_length);

// printf into fresh memory; NULL when out of memory. The caller frees.
char *text_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

// RFC 3339 in UTC with a second's precision, "2026-11-21T22:03:10Z".
#define TEXT_TIME_SIZE 32
void text_time(char out[TEXT_TIME_SIZE], time_t when);

// Whole-string numbers: no sign, no spaces, no overflow. False leaves *ret alone.
bool text_to_u64(const char *text, uint64_t *ret);

// A duration as "10s", "2h", "5m", "250ms", "1d" or bare seconds, in milliseconds.
bool text_to_milliseconds(const char *text, uint64_t *ret);

// Random lower-case hexadecimal digits; getrandom(2).
void text_random_hex(char *out, size_t digits_and_nul);

#endif
