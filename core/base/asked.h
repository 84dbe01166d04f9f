// How many children of the resolver were given up and still wait for their answer, among all
// processes of one engine. A child that waits for a silent server cannot be killed (KERNEL: a
// process in an uninterruptible sleep), and its asker may itself have been killed, since nobody
// wanted the answer any more: who asks again and again would leave one behind each time. So two of
// them are enough for one place; while they sleep there, nobody else asks.
//
// The kernel keeps the account: asker and child each have a lock of fcntl(2) on one byte of a
// memory file, which ends when they do, in whatever way.
#ifndef DAVIT_BASE_ASKED_H
#define DAVIT_BASE_ASKED_H

#include "core/base/error.h"

#define ASKED_PLACE_MAX 2  // given up, of one place
#define ASKED_ALL_MAX   32 // and of all

// From now on this process and those that it forks know of each other's. Called once, before they
// are forked; where it was not called, or there is no memory, nothing is counted and all is
// allowed.
void asked_share(void);
// What a process has to keep open to go on knowing; -1: nothing.
int asked_descriptor(void);

struct asked {
    int slot; // -1: not counted
};

// In the asker, before the fork: `what` is to be asked about, a path below `root` or, with -1, any
// words. -ETIMEDOUT: that place does not answer, -EBUSY: too many places do not.
int asked_begin(const char *what, int root, struct asked *ret, struct error *err);
// In the child, before it does anything that may hang.
void asked_by_child(const struct asked *asked);
// In the asker: answered or given up.
void asked_end(const struct asked *asked);

#endif
