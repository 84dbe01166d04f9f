// The least that an attach in a running engine can cost on this machine: the bare calls, without a
// check, a journal or a word of JSON, in as many processes as davit has, each asleep until it is
// its turn. A benchmark's floor, not an example.
//
//     the caller -> a server that passes on -> a worker: opens, open_tree, mount_setattr
//                                                     -> a mover: setns, move_mount, setns
//                                                     <- the worker looks at what is there
//     the caller <- the server                        <-
#ifndef DAVIT_LAB_BENCH_FLOOR_H
#define DAVIT_LAB_BENCH_FLOOR_H

#include <sys/types.h>

struct floor_times {       // microseconds
    unsigned long request; // from the request written to its answer read
    unsigned long inside;  // in the worker, from its waking up to the look
    unsigned long mover;   // of that, from the message to the mover to its answer
};

// Starts the three. They end when the caller does. NULL on failure: none.
struct floor *floor_start(pid_t pid, const char *source, const char *target);
// Read-only, into the mount namespace of `pid`; 0, or the errno of what failed.
int floor_attach(struct floor *floor, struct floor_times *ret);
int floor_detach(struct floor *floor);

#endif
