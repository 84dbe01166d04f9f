// A process and its namespaces, held so that a reused pid is never mistaken for it.
#ifndef DAVIT_HOST_PROCESS_H
#define DAVIT_HOST_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

struct process {
    pid_t pid;
    int pidfd;           // pidfd_open(2); readable when the process is dead
    int proc;            // O_PATH directory /proc/PID (does not pin its namespaces)
    uint64_t start_time; // clock ticks after boot; proc_pid_stat(5) field 22
};
#define PROCESS_INIT                                       \
    {                                                      \
        .pid = 0, .pidfd = -1, .proc = -1, .start_time = 0 \
    }

// Takes hold of the process `pid`: pidfd first, then /proc/PID, then a look that it still lives,
// so that all three are the same process. -ESRCH (ERROR_GONE) when there is none. `ret` must be
// PROCESS_INIT; process_done() frees it.
int process_open(pid_t pid, struct process *ret, struct error *err);
void process_done(struct process *process);
bool process_alive(const struct process *process);

// Inode numbers as in readlink("ns/mnt") of /proc/PID; 0 when not readable.
enum process_ns { PROCESS_NS_MNT, PROCESS_NS_PID, PROCESS_NS_USER };
uint64_t process_ns_inode(int proc, enum process_ns which);
int process_ns_open(const struct process *process, enum process_ns which, struct error *err);

// O_PATH handle of the process's root as it sees it: /proc/PID/root.
int process_root_open(const struct process *process, struct error *err);

#define PROCESS_GROUPS_MAX 64
struct process_status { // /proc/PID/status, proc_pid_status(5)
    char comm[64];      // clean text
    pid_t ppid;
    pid_t ns_pid;      // innermost NSpid: 1 for the init of a pid namespace
    unsigned ns_depth; // how many NSpid values
    uid_t euid;
    gid_t egid;
    gid_t groups[PROCESS_GROUPS_MAX];
    unsigned n_groups; // at most PROCESS_GROUPS_MAX; the rest is cut
    uint64_t cap_effective, cap_bounding;
};
int process_status_read(int proc, struct process_status *ret, struct error *err);
// The effective capabilities of this process: capget(2). 0: none.
uint64_t process_own_capabilities(void);

// Field 22 of /proc/PID/stat; 0 when not readable.
uint64_t process_start_time(int proc);
// Field 4, its parent; 0 when there is none in our pid namespace, or not readable.
pid_t process_parent(int proc);

// start_time as seconds since the epoch.
time_t process_started_at(uint64_t start_time);

// Host ids that the container's root (0:0) has: from uid_map and gid_map. 0 and 0 in the initial
// user namespace; -1 (as uid_t) when 0 is not mapped.
int process_root_ids(int proc, uid_t *ret_uid, gid_t *ret_gid, struct error *err);

// Boot id (/proc/sys/kernel/random/boot_id), 36 characters and NUL.
#define BOOT_ID_SIZE 37
int boot_id_read(char out[BOOT_ID_SIZE], struct error *err);

#define _cleanup_process_ CLEANUP(process_done)

#endif
