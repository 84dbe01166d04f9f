#include "tui/verbs/human.h"

#include <inttypes.h>
#include <stdio.h>

char *human_bytes(char out[HUMAN_SIZE], uint64_t bytes)
{
    static const char units[] = "KMGTPE";
    uint64_t tenths;
    int unit = -1;

    if (bytes < 1024) {
        (void)snprintf(out, HUMAN_SIZE, "%" PRIu64, bytes);
        return out;
    }
    // Kept as whole units and a rest, so that tenths cannot overflow.
    uint64_t whole = bytes, rest = 0;

    while (whole >= 1024) {
        rest = whole % 1024;
        whole /= 1024;
        unit++;
    }
    tenths = whole * 10 + rest * 10 / 1024;
    if (tenths < 100)
        (void)snprintf(out, HUMAN_SIZE, "%" PRIu64 ".%" PRIu64 "%c", tenths / 10, tenths % 10,
                       units[unit]);
    else
        (void)snprintf(out, HUMAN_SIZE, "%" PRIu64 "%c", whole, units[unit]);
    return out;
}

char *human_microseconds(char out[HUMAN_SIZE], uint64_t microseconds)
{
    if (microseconds < 1000)
        (void)snprintf(out, HUMAN_SIZE, "%" PRIu64 " µs", microseconds);
    else if (microseconds < 1000000)
        (void)snprintf(out, HUMAN_SIZE, "%" PRIu64 ".%" PRIu64 " ms", microseconds / 1000,
                       microseconds / 100 % 10);
    else
        (void)snprintf(out, HUMAN_SIZE, "%" PRIu64 ".%" PRIu64 " s", microseconds / 1000000,
                       microseconds / 100000 % 10);
    return out;
}

char *human_age(char out[HUMAN_SIZE], time_t since)
{
    static const struct {
        time_t seconds;
        char unit;
    } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    time_t age = time(NULL) - since;

    out[0] = '\0';
    if (since == 0 || age < 0)
        return out;
    for (unsigned i = 0; i < sizeof units / sizeof units[0]; i++)
        if (age >= units[i].seconds || units[i].seconds == 1) {
            (void)snprintf(out, HUMAN_SIZE, "%lld%c", (long long)(age / units[i].seconds),
                           units[i].unit);
            break;
        }
    return out;
}

char *human_time(char out[HUMAN_SIZE], time_t when)
{
    struct tm tm;

    out[0] = '\0';
    if (when != 0 && localtime_r(&when, &tm))
        (void)strftime(out, HUMAN_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
    return out;
}
