// The keeper: a child that is the first process of a pid namespace of its own, in a mount namespace
// of its own, where it runs the host's mount helper (mount.TYPE), clones what that mounted and
// hands the clone out.
//
// A mount helper may leave a server process behind (FUSE). In there none is ever lost: when the
// keeper ends, the kernel ends them all (pid_namespaces(7)). Until keeper_commit() the keeper ends
// with the davit that made it, however that ends; afterwards it stays until its last process has
// ended by itself, and its pid and start time, which the journal has by then, are all that is
// needed to end it.
//
// Mounts in there follow the host's (MS_SLAVE), so that what is unmounted on a host with shared
// mounts is not kept by a server that lives on.
#ifndef DAVIT_ENGINE_KEEPER_H
#define DAVIT_ENGINE_KEEPER_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/engine/workshop.h"

// A server whose last mount has gone ends by itself within this time.
#define KEEPER_ENDS_MS 3000

struct keeper {
    pid_t pid;           // 0: there is none
    uint64_t start_time; // clock ticks after boot
    int socket;          // -1: none
};
#define KEEPER_INIT                             \
    {                                           \
        .pid = 0, .start_time = 0, .socket = -1 \
    }

// The helper's command line, and what is added to its environment, which is otherwise clean.
struct keeper_order {
    const char *program; // absolute
    // "%" stands for the directory it mounts on, anything else for itself; NULL-terminated.
    const char *const *arguments;
    const char *variable; // "NAME=value" or NULL
    const char *source;   // what is not to be hidden by that directory
};

// Runs it. 0: *answer is filled (sys_errno: EIO when the helper failed, with what it said in
// `said`, the end of it, as raw bytes; ENODEV when it mounted nothing). ERROR_TIMED_OUT: it was
// ended, with all that it had started. keeper_end() in any case.
int keeper_run(struct keeper *keeper, const struct keeper_order *order, uint64_t timeout_ms,
               struct workshop_answer *answer, struct error *err);
// It may outlive this process from now on. 0, or negative when it has ended meanwhile.
int keeper_commit(struct keeper *keeper, struct error *err);
// Ends it with all its processes, unless it was committed: then it is let go. Also when there is
// none.
void keeper_end(struct keeper *keeper);

// The attachment's (what->server, known again by boot, pid and start time), if there is one: waits
// for its end at most `wait_ms`, then ends it. 1: it had to be ended; 0: it was gone by itself.
// Negative: it cannot be ended.
int keeper_finish(const struct attachment *what, uint64_t wait_ms, struct error *err);

#endif
