// A child process for a question that may hang: a path on a dead FUSE or NFS server, statvfs(3), a
// directory listing. The child has no side effect and enters no mount namespace (but for making a
// mount point, which may hang as well and is journaled before); it answers with data and at most
// four descriptors. When the time is up it is abandoned (a process in uninterruptible
// sleep cannot be killed) and its answer is thrown away: it can never commit. One that got no
// processor until then is given up to two seconds more.
#ifndef DAVIT_BASE_RESOLVER_H
#define DAVIT_BASE_RESOLVER_H

#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"

#define RESOLVER_FDS         4
#define RESOLVER_ANSWER_SIZE (64 * 1024)
#define RESOLVER_DEFAULT_MS  5000

struct resolver_answer {
    int result;            // what the question returned
    int fds[RESOLVER_FDS]; // -1 where none; the asker owns them
    size_t length;         // bytes of data
    char data[RESOLVER_ANSWER_SIZE];
    pid_t left_behind; // 0, or the child that could not be killed when the time was up
};

// Runs in the child. Fills answer->data, length and fds; returns a value for answer->result. The
// child has every descriptor in `keep` at its own number and none else but standard ones.
typedef int resolver_question(const void *context, struct resolver_answer *answer);

// Asks. 0: answered (look at answer->result). -ETIMEDOUT: the child hangs and was abandoned,
// err->message names `what`. `answer` is filled only on 0 (but left_behind always).
// `keep` is a list of n_keep descriptors that the question uses, the first of them the root of
// `what` where that is a path. -ETIMEDOUT or -EBUSY without asking: asked_begin().
int resolver_ask(const char *what, resolver_question *question, const void *context,
                 const int *keep, unsigned n_keep, uint64_t timeout_ms,
                 struct resolver_answer *answer, struct error *err);

#endif
