// Numbers and times for people.
#ifndef DAVIT_TUI_VERBS_HUMAN_H
#define DAVIT_TUI_VERBS_HUMAN_H

#include <stdint.h>
#include <time.h>

#define HUMAN_SIZE 32

// "0", "812", "1.2K", "34G": powers of 1024.
char *human_bytes(char out[HUMAN_SIZE], uint64_t bytes);
// "410 µs", "4.1 ms", "2.1 s".
char *human_microseconds(char out[HUMAN_SIZE], uint64_t microseconds);
// "12s", "5m", "2h", "9d"; empty for 0 or a time to come.
char *human_age(char out[HUMAN_SIZE], time_t since);
// "2026-11-21 22:03:10" in local time; empty for 0.
char *human_time(char out[HUMAN_SIZE], time_t when);

#endif
