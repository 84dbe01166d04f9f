// Which process of a container is its init: the one that is entered and that names its identity.
#ifndef DAVIT_RUNTIME_PROC_INIT_H
#define DAVIT_RUNTIME_PROC_INIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/host/process.h"
#include "core/runtime/proc_scan.h"

struct proc_init {
    pid_t pid; // 0: none found
    uint64_t start_time, mnt_ns, userns;
    unsigned ns_depth; // pid namespaces it is in; 0: not known before proc_init_complete()
    pid_t ns_pid;      // its pid in the innermost
    char comm[64];
};

// The look-out for the init of one mount namespace's processes.
struct proc_init_search {
    const struct proc_group *group;
    const char *cgroup;      // what its own is or is below; NULL: any. A process that came in from
                             // outside, say by nsenter(1), keeps its own.
    const char *host_cgroup; // /proc/PID/cgroup of the host's, as cgroup_identify() wants it
    bool own_pid_ns;         // it has a pid namespace of its own; who made that for it, say
                             // unshare(1), may be in the same mount namespace
    pid_t known;             // a process whose cgroup is known to fit, and
    int known_proc;          // its /proc/PID, or -1
};
// ret->pid is 0 when none was found, or all have ended. The only process of a mount namespace whose
// cgroup is known to fit is it, whatever pid it has: that much is not looked at.
void proc_init_find(const struct proc_scan *scan, const struct proc_init_search *search,
                    struct proc_init *ret);

// Looks at what was left out: ns_depth, ns_pid and comm. It has no pid any more when it has ended.
void proc_init_complete(const struct proc_scan *scan, struct proc_init *init);

// Whether `a` is rather the container's init than `b`: closer to the host's pid namespace, then
// pid 1 of its own, then the older. A container with the host's pid namespace (docker run
// --pid=host) has no pid 1: its oldest process is it.
bool proc_init_before(const struct proc_init *a, const struct proc_init *b);

#endif
