// The look at the processes, for the child that holders_of_mount() starts.
#ifndef DAVIT_HOST_HOLDERS_SCAN_H
#define DAVIT_HOST_HOLDERS_SCAN_H

#include "core/host/held.h"
#include "core/host/holders.h"

struct holder_message {
    struct holder holder; // without its path
    bool is_end;          // nothing else counts then but `complete`
    bool complete;
    char path[2048]; // clean text
};

// In memory that the child shares with its parent.
struct holder_progress {
    volatile pid_t at;       // the process that is being looked at
    volatile uint64_t steps; // moves while it goes on
};

#define HOLDER_SCAN_PASSED 16

struct holder_scan {
    uint64_t ns_inode;
    struct mount_ids mount;
    dev_t device;
    const struct held_subject *subject;  // NULL: the mount above; else what is asked about ...
    const struct held_mounts *held;      // ... and its mounts
    uint64_t passed[HOLDER_SCAN_PASSED]; // ids of mounts of no namespace (pipes, sockets, …) that
                                         // are none of it
    pid_t asker;                         // left out, with its children
    pid_t after;                         // the processes up to this one have been looked at
    struct holder_progress *progress;    // says which process is being looked at
    // What is found; false ends the scan.
    bool (*found)(void *context, const struct holder_message *message);
    void *context;
};

// True when every process could be looked at.
bool holder_scan_run(struct holder_scan *scan);

#endif
