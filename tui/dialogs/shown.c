#include "tui/dialogs/shown.h"

#include <stdio.h>
#include <string.h>

void shown_time(char out[SHOWN_SIZE], time_t at, time_t now)
{
    struct tm then, today;

    if (!localtime_r(&at, &then) || !localtime_r(&now, &today)) {
        (void)snprintf(out, SHOWN_SIZE, "an unknown time");
        return;
    }
    if (strftime(out, SHOWN_SIZE, then.tm_year == today.tm_year ? "%e %b %H:%M" : "%e %b %Y %H:%M",
                 &then) == 0)
        out[0] = '\0';
    if (out[0] == ' ') // of %e
        memmove(out, out + 1, strlen(out));
}

void shown_ago(char out[SHOWN_SIZE], time_t at, time_t now)
{
    long long s = now > at ? (long long)(now - at) : 0;

    if (s < 120)
        (void)snprintf(out, SHOWN_SIZE, "%lld s ago", s);
    else if (s < 7200)
        (void)snprintf(out, SHOWN_SIZE, "%lld min ago", s / 60);
    else if (s < 172800)
        (void)snprintf(out, SHOWN_SIZE, "%lld hours ago", s / 3600);
    else
        (void)snprintf(out, SHOWN_SIZE, "%lld days ago", s / 86400);
}
