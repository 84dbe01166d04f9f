#include "core/base/format.h"

#include <inttypes.h>
#include <stdio.h>

#include "core/base/cleanup.h"

char *format_bytes(char out[FORMAT_SIZE], uint64_t bytes)
{
    static const char units[] = "KMGTPE";
    uint64_t whole = bytes;
    uint64_t rest = 0;
    int unit = -1;

    while (whole >= 1024) {
        rest = whole % 1024;
        whole /= 1024;
        unit++;
    }
    if (unit < 0)
        (void)snprintf(out, FORMAT_SIZE, "%" PRIu64, bytes);
    else if (whole < 10)
        (void)snprintf(out, FORMAT_SIZE, "%" PRIu64 ".%" PRIu64 "%c", whole, rest * 10 / 1024,
                       units[unit]);
    else
        (void)snprintf(out, FORMAT_SIZE, "%" PRIu64 "%c", whole, units[unit]);
    return out;
}

char *format_took(char out[FORMAT_SIZE], int64_t microseconds)
{
    out[0] = '\0';
    if (microseconds >= 1000000)
        (void)snprintf(out, FORMAT_SIZE, "%" PRId64 ".%" PRId64 " s", microseconds / 1000000,
                       microseconds / 100000 % 10);
    else if (microseconds >= 1000)
        (void)snprintf(out, FORMAT_SIZE, "%" PRId64 ".%" PRId64 " ms", microseconds / 1000,
                       microseconds / 100 % 10);
    else if (microseconds >= 0)
        (void)snprintf(out, FORMAT_SIZE, "%" PRId64 " µs", microseconds);
    return out;
}

char *format_age(char out[FORMAT_SIZE], time_t since, time_t now)
{
    static const struct {
        time_t seconds;
        char unit;
    } units[] = {{86400, 'd'}, {3600, 'h'}, {60, 'm'}, {1, 's'}};
    time_t age = now - since;

    out[0] = '\0';
    if (since == 0 || age < 0)
        return out;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (age >= units[i].seconds || units[i].seconds == 1) {
            (void)snprintf(out, FORMAT_SIZE, "%lld%c", (long long)(age / units[i].seconds),
                           units[i].unit);
            break;
        }
    return out;
}

char *format_day(char out[FORMAT_SIZE], time_t when)
{
    // Not strftime's %b: the rest of the screen is English too.
    static const char *const months[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                         "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    struct tm tm;

    out[0] = '\0';
    if (when != 0 && localtime_r(&when, &tm))
        (void)snprintf(out, FORMAT_SIZE, "%d %s", tm.tm_mday, months[tm.tm_mon % 12]);
    return out;
}

char *format_time(char out[FORMAT_SIZE], time_t when)
{
    struct tm tm;

    out[0] = '\0';
    if (when != 0 && localtime_r(&when, &tm))
        (void)strftime(out, FORMAT_SIZE, "%Y-%m-%d %H:%M:%S", &tm);
    return out;
}
