// Children that ask a server which does not answer, and cannot be killed until it does (KERNEL: a
// process in an uninterruptible sleep). One of them is enough for each filesystem: while it sleeps,
// nobody else has to ask, and its end is the news that the server answers again. Without this every
// reading of a mount table would leave one more process behind for as long as the server is silent.
#ifndef DAVIT_HOST_STUCK_H
#define DAVIT_HOST_STUCK_H

#include <stdbool.h>
#include <sys/types.h>

// From now on this process and those that it forks know of each other's. Called once, before they
// are forked; where it was not called, or there is no memory, nothing is known.
void stuck_share(void);

// A child that was killed and is still there, and what it had asked about. More than
// STUCK_MAX are not remembered.
#define STUCK_MAX 256
void stuck_remember(dev_t device, pid_t child);

// Whether somebody still waits for an answer about this filesystem.
bool stuck_waits(dev_t device);

#endif
