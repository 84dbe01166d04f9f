// Who holds a device, a path of the host, a container's path or an attachment: every mount of it in
// every mount namespace of the machine, then processes, and what is made of it.
#ifndef DAVIT_ENGINE_WHO_H
#define DAVIT_ENGINE_WHO_H

#include <stdbool.h>
#include <stdint.h>

#include "core/engine/engine.h"
#include "core/host/block_stack.h"
#include "core/host/held.h"
#include "core/host/holders.h"

// A DEVICE is all that is on it and on what is made of it. A HOSTPATH that is a mount point is the
// filesystem that is mounted there, as far as the mount shows it; another path is that path. A
// CONTAINER:PATH is what the path shows, wherever else it is mounted.
struct who_subject {
    char *name;                 // as asked for; clean text
    char *device;               // "/dev/sdb1", "nas:/vol": where the filesystem is; clean text
    dev_t number;               // of the block device that was asked for, 0: none was ...
    char node[64];              // ... and its node
    bool whole;                 // all of a filesystem or device, not a directory of it
    struct held_subject held;   // as asked for, later with all that is made of it ...
    size_t n_places, n_devices; // ... of which these many were asked for
    struct mount_table *host;   // as it was then
};
// ERROR_NO_PATH, ERROR_NO_CONTAINER, ERROR_TIMED_OUT, ERROR_USAGE (neither of the three),
// ERROR_UNSAFE (WHO_NO_LINKS).
struct who_request;
int who_subject_resolve(struct engine *engine, const struct who_request *request,
                        struct who_subject *ret, struct error *err);
// The same again, to be looked for anew, whatever its path leads to by now.
int who_subject_again(const struct who_subject *subject, struct who_subject *ret,
                      struct error *err);
void who_subject_done(struct who_subject *subject);
#define _cleanup_who_subject_ CLEANUP(who_subject_done)

struct who_report {
    struct who_subject subject;
    struct snapshot *snapshot;  // the containers then
    struct held_mounts *mounts; // with all that is known of them
    struct block_stack *stack;
    struct holder_list *holders; // all as one list: mounts first. complete: every process and
                                 // namespace was looked at, to the end
};

enum who_flags {
    WHO_MOUNTS = 1 << 0,   // mounts, and what is made of it, only: not complete then
    WHO_NO_LINKS = 1 << 1, // a HOSTPATH that leads elsewhere by a symbolic link is refused, but
                           // for the names of a device below /dev: for who does more than look
};

struct who_request {
    const char *what;
    const struct who_subject *again; // instead of `what`; or NULL
    unsigned flags;                  // enum who_flags
    uint64_t timeout_ms;             // for what may hang; 0: RESOLVER_DEFAULT_MS
};

int engine_who(struct engine *engine, const struct who_request *request, struct who_report **ret,
               struct error *err);
void who_report_free(struct who_report *report);
CLEANUP_POINTER(struct who_report, who_report_free);
#define _cleanup_who_report_ CLEANUP(who_report_freep)

// The container that has this mount namespace, NULL: none.
const struct container *who_container_of(const struct snapshot *snapshot, uint64_t mnt_ns);

// A command that would make this holder let go: "docker stop web", "systemctl stop cron.service",
// "swapoff /dev/sdb2", last "kill 4711". Clean text, "" when there is none to be named.
void who_stop_command(const struct who_report *report, const struct holder *holder, char *ret,
                      size_t size);
// "cron.service" of "0::/system.slice/cron.service", of /proc/PID/cgroup: a unit of the system's
// manager. False: none, but a user's or a container's perhaps.
bool who_unit_of(const char *groups, char *ret, size_t size);

#endif
