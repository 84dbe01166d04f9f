// Which container a mount namespace belongs to, if any.
#ifndef DAVIT_RUNTIME_PROC_IDENTITY_H
#define DAVIT_RUNTIME_PROC_IDENTITY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/proc_scan.h"

// What the host itself has: a process that has the same has nothing of its own.
struct proc_host {
    uint64_t pid_ns, userns;
    dev_t root_device; // of the mount at "/", mountinfo columns 3 and 4
    char *root;
    char cgroup[CGROUP_TEXT_SIZE];
};
int proc_host_read(struct proc_host *ret, struct error *err);
void proc_host_done(struct proc_host *host);
#define _cleanup_proc_host_ CLEANUP(proc_host_done)

// What is mounted at the process's "/": device and sub-root, fresh memory; 0 and "" when nothing
// is.
int proc_root_read(int proc, dev_t *ret_device, char **ret_root, struct error *err);

// The identity of one process: `proc` is its /proc/PID. An engine's cgroup makes it a container's;
// without one it needs a pid namespace and a root of its own (ret->kind is then CGROUP_GENERAL or
// CGROUP_HOST, and *ret_pid_ns says which). False: no container's. A service with PrivateTmp=, a
// shell under unshare -m or a snap has a mount namespace and is no container.
bool proc_identify(int proc, const struct proc_host *host, struct cgroup_identity *ret,
                   uint64_t *ret_pid_ns);

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
