// Sizes, ages and times as people read them. Each returns `out`.
#ifndef DAVIT_BASE_FORMAT_H
#define DAVIT_BASE_FORMAT_H

#include <stdint.h>
#include <time.h>

#define FORMAT_SIZE 48

char *format_bytes(char out[FORMAT_SIZE], uint64_t bytes);      // "1.2G", powers of 1024
char *format_took(char out[FORMAT_SIZE], int64_t microseconds); // "410 µs"; "" when negative
// Coarse, so that what is painted now stays true for a while: "12s", "5m", "2h", "9d"; "" when
// `since` is 0 or in the future.
char *format_age(char out[FORMAT_SIZE], time_t since, time_t now);
char *format_day(char out[FORMAT_SIZE], time_t when);  // "14 Mar", local time; "" for 0
char *format_time(char out[FORMAT_SIZE], time_t when); // "2026-11-21 22:03:10", local; "" for 0

#endif
