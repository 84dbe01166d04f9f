// All processes of this host by mount namespace, as one reading of /proc sees them: one
// readlink(2) per process, nothing more.
#ifndef DAVIT_RUNTIME_PROC_SCAN_H
#define DAVIT_RUNTIME_PROC_SCAN_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

struct proc_entry {
    uint64_t mnt_ns; // inode of its mount namespace, namespaces(7)
    pid_t pid;
};

struct proc_group { // the processes of one mount namespace that is not the host's
    uint64_t mnt_ns;
    const struct proc_entry *entries; // in ascending order of pid; into the scan
    size_t n_entries;
};

struct proc_scan {
    int proc; // O_DIRECTORY descriptor of /proc
    struct proc_entry *entries;
    struct proc_group *groups;
    size_t n_groups;
    unsigned unreadable; // processes whose namespace could not be read (no privilege)
};

// The host's mount namespaces are that of the calling process and that of pid 1. `only`: look at no
// process but this one; 0: at all.
int proc_scan_new(pid_t only, struct proc_scan **ret, struct error *err);
void proc_scan_free(struct proc_scan *scan);
CLEANUP_POINTER(struct proc_scan, proc_scan_free);
#define _cleanup_proc_scan_ CLEANUP(proc_scan_freep)

// Opens /proc/PID as an O_PATH directory, which stays that process's; -errno.
int proc_scan_open(const struct proc_scan *scan, pid_t pid);

#endif
