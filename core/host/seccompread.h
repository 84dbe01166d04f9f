// The seccomp filters of another process: ptrace(2), PTRACE_SECCOMP_GET_FILTER, Linux 4.4, of a
// kernel built with CONFIG_CHECKPOINT_RESTORE, for who has CAP_SYS_ADMIN and no filter itself.
#ifndef DAVIT_HOST_SECCOMPREAD_H
#define DAVIT_HOST_SECCOMPREAD_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"

#define SECCOMP_FILTERS_MAX 32
#define SECCOMP_LENGTH_MAX  4096 // instructions of one filter, BPF_MAXINSNS

struct seccomp_program {
    uint32_t flags;  // SECCOMP_FILTER_FLAG_LOG as far as the kernel tells, 4.16
    uint32_t length; // instructions of 8 bytes (struct sock_filter)
};

// Reads them, the oldest first, into `fd` (a memfd): a seccomp_program and its instructions each.
// The process is stopped for some microseconds: a call that cannot be restarted ends with EINTR
// then. Asked of a child, which lets the process go on however it ends, with a time limit.
// How many there are, or negative: ERROR_UNSUPPORTED with the reason.
int seccomp_read(pid_t pid, int fd, uint64_t timeout_ms, struct error *err);

#endif
