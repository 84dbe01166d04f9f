// Tells when a mount namespace's table changes (proc_pid_mountinfo(5): poll(2) gives POLLPRI).
#ifndef DAVIT_HOST_MOUNTWATCH_H
#define DAVIT_HOST_MOUNTWATCH_H

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/loop.h"
#include "core/host/process.h"

struct mount_watch;

// The namespace that `process` is in; NULL: davit's own. `changed` is called after each change;
// `ended` (may be NULL) once, when that process has ended: nothing is called after it, and the
// namespace is no longer kept by the watch.
struct mount_watch_events {
    void (*changed)(void *context);
    void (*ended)(void *context);
};
int mount_watch_new(struct loop *loop, const struct process *process,
                    const struct mount_watch_events *events, void *context,
                    struct mount_watch **ret, struct error *err);
void mount_watch_free(struct mount_watch *watch);
CLEANUP_POINTER(struct mount_watch, mount_watch_free);

#endif
