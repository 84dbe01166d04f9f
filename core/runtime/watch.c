#include "core/runtime/watch.h"

#include <stdlib.h>

#include "core/runtime/backend.h"
#include "core/runtime/watch_internal.h"

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
    r = watch_timers(loop, watch, err);
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
