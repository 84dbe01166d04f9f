// A container held by handles, so that nothing of it can be mistaken for another's later: its init
// by pidfd, its mount namespace, its root as the init sees it, and its mounts.
#ifndef DAVIT_ENGINE_INSIDE_H
#define DAVIT_ENGINE_INSIDE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"
#include "core/engine/attachment.h"
#include "core/host/mounttable.h"
#include "core/host/process.h"
#include "core/runtime/container.h"

struct inside {
    struct process init; // PROCESS_INIT: the namespace has no process
    int ns;              // its mount namespace (pins it: closed as soon as the change is done)
    int root;            // O_PATH of /proc/PID/root
    uint64_t mnt_ns;
    bool own_userns;
    bool is_host; // the host itself: the target of a share. All handles are then of davit's own
                  // process; init.pid is HOST_INIT and init.start_time 0
    struct process_status status; // of the init
    struct mount_table *table;    // as of inside_open() or the last inside_reread()
};
#define INSIDE_INIT                                \
    {                                              \
        .init = PROCESS_INIT, .ns = -1, .root = -1 \
    }

// Takes hold of the container. ERROR_GONE when its init has died or is another process by now;
// ERROR_UNSAFE when its mount namespace is the host's own, or of container->host when it is not.
int inside_open(const struct container *container, struct inside *ret, struct error *err);
int inside_reread(struct inside *inside, struct error *err);
void inside_done(struct inside *inside);
#define _cleanup_inside_ CLEANUP(inside_done)

// ERROR_GONE unless the init still lives in the same namespace.
int inside_check_alive(const struct inside *inside, struct error *err);

#endif
