// What the parts of the watch tell, and when it is passed on.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/watch_internal.h"

// After a birth or a death, ms from one to the next: a container that takes longer than all of them
// between its control group and its namespaces is found with the next event.
static const unsigned short pauses[] = {100, 300, 1000};

void watch_changed(struct runtime_watch *watch)
{
    watch->events.changed(watch->context);
}

void watch_changed_soon(struct runtime_watch *watch)
{
    loop_timer_start(watch->soon, 0);
}

void runtime_watch_settle(struct runtime_watch *watch)
{
    watch->pause = 0;
    loop_timer_start(watch->again, pauses[0]);
}

void watch_born(struct runtime_watch *watch)
{
    runtime_watch_settle(watch);
    watch_changed(watch);
}

void watch_stirred(struct runtime_watch *watch)
{
    if (loop_timer_running(watch->again))
        watch_born(watch);
    else
        watch_changed(watch);
}

void watch_notice(struct runtime_watch *watch, enum watch_notice which, const char *format, ...)
{
    char raw[1024], text[1024];
    va_list arguments;

    if (watch->noticed & 1u << which || !watch->events.notice)
        return;
    watch->noticed |= 1u << which;
    va_start(arguments, format);
    (void)vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_clean(text, sizeof text, raw, strlen(raw));
    watch->events.notice(text, watch->context);
}

static void soon_passed(void *context)
{
    watch_changed(context);
}

static void pause_passed(void *context)
{
    struct runtime_watch *watch = context;

    if (++watch->pause < ARRAY_SIZE(pauses))
        loop_timer_start(watch->again, pauses[watch->pause]);
    watch_changed(watch);
}

int watch_timers(struct loop *loop, struct runtime_watch *watch, struct error *err)
{
    int r = loop_timer(loop, soon_passed, watch, &watch->soon, err);

    return r < 0 ? r : loop_timer(loop, pause_passed, watch, &watch->again, err);
}
