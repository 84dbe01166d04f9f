#include "core/runtime/watch.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/backend.h"
#include "core/runtime/watch_internal.h"

// After a birth or a death, ms from one to the next: a container that takes longer than all of them
// between its control group and its namespaces is found with the next event.
static const unsigned short pauses[] = {100, 300, 1000};

struct runtime_watch {
    struct runtime_watch_events events;
    void *context;
    unsigned noticed; // bits of enum watch_notice
    struct cgroup_watch *cgroups;
    struct init_watch *inits;
    struct docker_watch *docker, *podman;
    struct loop_source *soon;
    struct loop_source *again;
    size_t pause; // index of the one that `again` waits for
};

void watch_changed(struct runtime_watch *watch)
{
    watch->events.changed(watch->context);
}

void watch_changed_soon(struct runtime_watch *watch)
{
    loop_timer_start(watch->soon, 0);
}

static void soon_passed(void *context)
{
    watch_changed(context);
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

static void pause_passed(void *context)
{
    struct runtime_watch *watch = context;

    if (++watch->pause < ARRAY_SIZE(pauses))
        loop_timer_start(watch->again, pauses[watch->pause]);
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

int runtime_watch_new(struct loop *loop, const struct runtime_options *options,
                      const struct runtime_watch_events *events, void *context,
                      struct runtime_watch **ret, struct error *err)
{
    struct runtime_watch *watch = calloc(1, sizeof *watch);
    int r;

    if (!watch)
        return ERROR_OOM(err);
    watch->events = *events;
    watch->context = context;
    r = loop_timer(loop, soon_passed, watch, &watch->soon, err);
    if (r == 0)
        r = loop_timer(loop, pause_passed, watch, &watch->again, err);
    if (r == 0)
        r = cgroup_watch_new(loop, watch, &watch->cgroups, err);
    if (r == 0)
        r = init_watch_new(loop, watch, &watch->inits, err);
    // Podman may be what answers at Docker's socket.
    if (r == 0 && (runtime_list_has(options->runtimes, "docker") ||
                   runtime_list_has(options->runtimes, "podman")))
        r = docker_watch_new(loop, DOCKER_DAEMON, options, watch, &watch->docker, err);
    if (r == 0 && runtime_list_has(options->runtimes, "podman"))
        r = docker_watch_new(loop, PODMAN_SERVICE, options, watch, &watch->podman, err);
    if (r < 0) {
        runtime_watch_free(watch);
        return r;
    }
    *ret = watch;
    return 0;
}

void runtime_watch_free(struct runtime_watch *watch)
{
    if (!watch)
        return;
    docker_watch_free(watch->podman);
    docker_watch_free(watch->docker);
    init_watch_free(watch->inits);
    cgroup_watch_free(watch->cgroups);
    loop_source_free(watch->again);
    loop_source_free(watch->soon);
    free(watch);
}

int runtime_watch_inits(struct runtime_watch *watch, const struct watched_init *inits, size_t n,
                        struct error *err)
{
    return init_watch_set(watch->inits, inits, n, err);
}
