// A target inside a container, resolved with the container's root as "/". Every path there is
// hostile: it is looked up once, and from then on only the handle counts.
#ifndef DAVIT_ENGINE_TARGET_H
#define DAVIT_ENGINE_TARGET_H

#include <stdbool.h>
#include <sys/stat.h>

#include "core/base/error.h"
#include "core/engine/inside.h"
#include "core/host/mountcalls.h"

#define TARGET_MISSING_MAX 64

struct target {
    int fd;        // O_PATH of the target, or of its deepest existing directory when missing
    char *path;    // canonical path of `fd` inside the container, raw bytes
    char *asked;   // as asked for, without "//", "." and a "/" at the end
    char *missing; // "a/b/c": components that do not exist, NULL when the target exists
    size_t n_missing;
    struct stat st;               // of `fd`; cached attributes, no server was asked
    struct mount_ids ids;         // of `fd`
    const struct mount_entry *on; // the mount that `fd` is on, in inside->table
    unsigned depth;               // mounts stacked with their root there; 0: no mount point
};
#define TARGET_INIT \
    {               \
        .fd = -1    \
    }

// Resolves. Missing components are kept in target->missing; no ".." may stand among them.
// ERROR_NO_PATH, ERROR_TIMED_OUT, ERROR_UNSAFE (a dangling symbolic link).
int target_resolve(const struct inside *inside, const char *path, uint64_t timeout_ms,
                   struct target *ret, struct error *err);
void target_done(struct target *target);
#define _cleanup_target_ CLEANUP(target_done)

// Refuses what is unsafe wherever it lies: the container's root, a filesystem of the kernel (or
// anything mounted on one), a mount whose peer group reaches the host. `host` is davit's own table.
int target_check_safe(const struct inside *inside, const struct target *target,
                      const struct mount_table *host, struct error *err);

#endif
