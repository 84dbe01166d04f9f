// Tells when the list of containers may have changed: births, deaths, pauses, new names. It says
// only that something happened; what is true now is read anew by snapshot_take(). Nothing is read
// again and again: at rest only descriptors are waited for.
//
//   births   inotify on the directories of the control groups (cgroups(7)), of both versions
//   deaths   a pidfd of each init (pidfd_open(2), Linux 5.3), and the directories that go
//   pauses   cgroup.events of version 2 (inotify IN_MODIFY), else the daemon's events
//   daemons  the event streams of Docker and of root's podman service, only of the kinds that
//   change the list; one that is gone is
//            noticed by the end of the stream, its return by inotify on the socket's directory, and
//            one that refuses is asked again with growing pauses (1 s to 60 s)
#ifndef DAVIT_RUNTIME_WATCH_H
#define DAVIT_RUNTIME_WATCH_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/loop.h"
#include "core/runtime/container.h"

struct runtime_watch;

struct runtime_watch_events {
    // Something may have changed: called at once and as often as it happens; the caller gathers
    // (a start is many events) and reads anew when it has been quiet or 100 ms have passed.
    void (*changed)(void *context);
    // What cannot be watched and why, clean text: said once for each reason.
    void (*notice)(const char *text, void *context);
};

// What cannot be watched (no cgroup filesystem, no daemon) is a notice or nothing, not an error.
int runtime_watch_new(struct loop *loop, const struct runtime_options *options,
                      const struct runtime_watch_events *events, void *context,
                      struct runtime_watch **ret, struct error *err);
void runtime_watch_free(struct runtime_watch *watch);
CLEANUP_POINTER(struct runtime_watch, runtime_watch_free);

// The inits that are there now, as the last reading saw them: their deaths are waited for from now
// on, those that are no longer named are forgotten. More than the limit of descriptors allows are
// left to the control groups.
struct watched_init {
    pid_t pid;
    uint64_t start_time; // clock ticks after boot
};
int runtime_watch_inits(struct runtime_watch *watch, const struct watched_init *inits, size_t n,
                        struct error *err);

// A reading has found a container born or dead. Neither is whole at once (its init has not entered
// its root, the daemon does not know its name, nor is its end known everywhere): changed() is
// called a few times more, as after a birth that was seen here.
void runtime_watch_settle(struct runtime_watch *watch);

#endif
