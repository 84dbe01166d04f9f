// Which container a mount namespace belongs to, if any.
#ifndef DAVIT_RUNTIME_PROC_IDENTITY_H
#define DAVIT_RUNTIME_PROC_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/proc_scan.h"

// The directory that a process has as "/": another device or inode is another root. (A bind mount
// of the same directory is the same.)
struct proc_root {
    uint64_t inode;
    uint32_t device_major, device_minor;
};
// By cached attributes: whoever serves that root is not asked. False when it cannot be looked at.
bool proc_root_read(int proc, struct proc_root *ret);
bool proc_root_same(const struct proc_root *a, const struct proc_root *b);

// What the host itself has: a process that has the same has nothing of its own.
struct proc_host {
    uint64_t pid_ns, userns;
    struct proc_root root;
    char cgroup[CGROUP_TEXT_SIZE];
};
int proc_host_read(struct proc_host *ret, struct error *err);

// The runtime of a container that no cgroup names: it has no id but its init's command.
#define PROC_NAMELESS "proc"

// What a whole mount namespace is: that of the first of its processes that is a container's, an
// engine's before others.
struct proc_belonging {
    bool contained; // false: no container's; the rest is then the first process's
    struct cgroup_identity identity;
    uint64_t pid_ns; // 0 when an engine's cgroup has already told
    pid_t pid;       // which process that was
    int proc;        // its /proc/PID, or -1; the caller closes it
};
void proc_group_identify(const struct proc_scan *scan, const struct proc_group *group,
                         const struct proc_host *host, struct proc_belonging *ret);

#endif
