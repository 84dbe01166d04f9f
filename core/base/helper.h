// What every helper process (resolver, mover) does first, and how descriptors travel.
#ifndef DAVIT_BASE_HELPER_H
#define DAVIT_BASE_HELPER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#define HELPER_FDS_MAX 8

// In the child, right after fork(2): dies with `parent`, is not dumpable, and closes every
// descriptor but those in `keep` (standard ones too: a helper that hangs must not keep the pipe of
// `davit ps | less` open). False when the parent is gone already: exit then.
int helper_begin(pid_t parent, const int *keep, unsigned n_keep);

// One message with descriptors (SCM_RIGHTS) over a SOCK_SEQPACKET socket. 0 or -errno.
int helper_send(int socket, const void *bytes, size_t length, const int *fds, unsigned n_fds);

// Receives one: the length, 0 at the end of the stream, or -errno. Descriptors are close-on-exec;
// the unused ones of `fds` (size `max_fds`) are -1.
ssize_t helper_receive(int socket, void *bytes, size_t size, int *fds, unsigned max_fds);

// Waits until `fd` is readable: 1, 0 when `deadline` (monotonic_us) has passed, or -errno.
int helper_wait(int fd, unsigned long long deadline);

// Whether a helper has something to do, and perhaps no processor for it; false when it waits or has
// ended. State R of proc_pid_stat(5).
bool helper_runs(pid_t child);

// Reaps a helper, killing it first unless it `finished` by itself. One that cannot be killed (it
// sleeps uninterruptibly on a dead server) is left behind: it holds nothing. 1: it was.
int helper_end(pid_t child, int finished);

// CLOCK_MONOTONIC in microseconds.
unsigned long long monotonic_us(void);

#endif
