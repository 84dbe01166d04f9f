// A worker is a fork of the server.
#include "core/wire/worker.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/asked.h"
#include "core/base/cleanup.h"
#include "core/base/helper.h"
#include "core/base/loop.h"

// What the server has set for itself, and what libuv's handlers would do in a child.
static void become_worker(const struct engine_options *options, const struct rlimit *files,
                          const int sockets[2], int terminal, unsigned flags, pid_t parent,
                          const sigset_t *mask)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    const int kept[] = {sockets[0], sockets[1], asked_descriptor(), terminal};
    sigset_t blocked = *mask;

    (void)signal(SIGCHLD, SIG_DFL);
    for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
        (void)signal(ending[i], SIG_DFL);
        (void)sigaddset(&blocked, ending[i]);
    }
    loop_forked();
    if (!helper_begin(parent, kept, ARRAY_SIZE(kept)))
        _exit(1);
    // 0, 1 and 2, so that nothing that is opened later is taken for them.
    for (int fd = 0; fd <= 2; fd++)
        (void)(terminal < 0 ? open("/dev/null", O_RDWR) : dup2(terminal, fd));
    cleanup_close(&terminal);
    (void)setrlimit(RLIMIT_NOFILE, files);
    (void)sigprocmask(SIG_SETMASK, &blocked, NULL);
    worker_main(sockets[0], sockets[1], options, flags);
}

static pid_t fork_with(const struct engine_options *options, const struct rlimit *files,
                       const int sockets[2], int terminal, unsigned flags)
{
    pid_t parent = getpid(), pid;
    sigset_t all, before;

    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0)
        become_worker(options, files, sockets, terminal, flags, parent, &before);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

// The two ends of each of its sockets; closed on failure.
static int make_pairs(int ours[2], int theirs[2], struct error *err)
{
    for (int i = 0; i < 2; i++) {
        int pair[2];

        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
            int r = error_errno(err, errno, "cannot start a worker");

            while (i-- > 0) {
                (void)close(ours[i]);
                (void)close(theirs[i]);
            }
            return r;
        }
        ours[i] = pair[0];
        theirs[i] = pair[1];
    }
    return 0;
}

int worker_fork(const struct engine_options *options, const struct rlimit *files, int terminal,
                unsigned flags, pid_t *ret_pid, int ret_sockets[2], struct error *err)
{
    int theirs[2] = {-1, -1}, r = make_pairs(ret_sockets, theirs, err);

    if (r < 0)
        return r;
    *ret_pid = fork_with(options, files, theirs, terminal, flags);
    r = *ret_pid < 0 ? error_errno(err, errno, "cannot start a worker") : 0;
    for (int i = 0; i < 2; i++) {
        (void)close(theirs[i]);
        if (r < 0)
            (void)close(ret_sockets[i]);
    }
    return r;
}
