#include "core/base/resolver.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/asked.h"
#include "core/base/cleanup.h"
#include "core/base/helper.h"

#define KEEP_MAX   14
#define STARVED_US 2000000 // at most so much longer for a child that gets no processor

struct message {
    int result;
    char data[RESOLVER_ANSWER_SIZE];
};

static void send_answer(int socket, const struct resolver_answer *answer, unsigned n_fds)
{
    struct message message;

    message.result = answer->result;
    memcpy(message.data, answer->data, answer->length);
    (void)helper_send(socket, &message, offsetof(struct message, data) + answer->length,
                      answer->fds, n_fds);
}

static void __attribute__((noreturn))
run_child(int socket, pid_t parent, resolver_question *question, const void *context,
          const int *keep, unsigned n_keep, const struct asked *asked,
          struct resolver_answer *answer)
{
    int kept[KEEP_MAX + 2] = {socket, asked_descriptor()};
    unsigned n_fds = 0;

    for (unsigned i = 0; i < n_keep; i++)
        kept[i + 2] = keep[i];
    if (!helper_begin(parent, kept, n_keep + 2))
        _exit(1);
    asked_by_child(asked);
    answer->result = question(context, answer);
    while (n_fds < RESOLVER_FDS && answer->fds[n_fds] >= 0)
        n_fds++;
    send_answer(socket, answer, n_fds);
    _exit(0);
}

// 1 answered, 0 the time is up, -EPIPE the child died, -errno.
static int receive_answer(int socket, unsigned long long deadline, struct resolver_answer *answer)
{
    const size_t header = offsetof(struct message, data);
    struct message message;
    int r = helper_wait(socket, deadline);
    ssize_t n;

    if (r <= 0)
        return r;
    n = helper_receive(socket, &message, sizeof message, answer->fds, RESOLVER_FDS);
    if (n < 0)
        return (int)n;
    if ((size_t)n < header)
        return -EPIPE;
    answer->result = message.result;
    answer->length = (size_t)n - header;
    memcpy(answer->data, message.data, answer->length);
    return 1;
}

// The time is up for one that waits for a server. One that had no processor gets as much again.
static int wait_for_answer(int socket, pid_t child, uint64_t timeout_us,
                           unsigned long long deadline, struct resolver_answer *answer)
{
    unsigned long long last = deadline + STARVED_US;
    int r;

    while ((r = receive_answer(socket, deadline, answer)) == 0 && deadline < last &&
           helper_runs(child))
        deadline = deadline + timeout_us < last ? deadline + timeout_us : last;
    return r;
}

int resolver_ask(const char *what, resolver_question *question, const void *context,
                 const int *keep, unsigned n_keep, uint64_t timeout_ms,
                 struct resolver_answer *answer, struct error *err)
{
    unsigned long long deadline = monotonic_us() + timeout_ms * 1000;
    _cleanup_close_ int ours = -1, theirs = -1;
    struct asked asked;
    int pair[2], r;
    pid_t parent = getpid(), child;

    answer->left_behind = 0;
    answer->length = 0;
    for (unsigned i = 0; i < RESOLVER_FDS; i++)
        answer->fds[i] = -1;
    if (n_keep > KEEP_MAX)
        return error_set(err, ERROR_FAILED, E2BIG, "too many descriptors for one question");
    r = asked_begin(what, n_keep > 0 ? keep[0] : -1, &asked, err);
    if (r < 0)
        return r;
    child = -1;
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) == 0) {
        ours = pair[0];
        theirs = pair[1];
        child = fork();
    }
    if (child < 0) {
        r = error_errno(err, errno, "cannot ask about %s", what);
        asked_end(&asked);
        return r;
    }
    if (child == 0)
        run_child(theirs, parent, question, context, keep, n_keep, &asked, answer);
    (void)close(TAKE_FD(theirs));
    r = wait_for_answer(ours, child, timeout_ms * 1000, deadline, answer);
    answer->left_behind = helper_end(child, r == 1) && r == 0 ? child : 0;
    asked_end(&asked);
    if (r == 1)
        return 0;
    if (r == 0) {
        error_set(err, ERROR_TIMED_OUT, ETIMEDOUT, "%s: no answer within %llu ms", what,
                  (unsigned long long)timeout_ms);
        error_hint(err, "its server (FUSE, NFS, …) is not answering; davit has let go of it");
        return -ETIMEDOUT;
    }
    return error_errno(err, -r, "%s: the question ended without an answer", what);
}
