#include "core/engine/mover.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/helper.h"
#include "core/base/warm.h"
#include "core/host/mountcalls.h"
#include "core/host/process.h"

enum mover_task {
    TASK_MOVE,
    TASK_UNMOUNT,
    TASK_DETACH_TREE,
    TASK_MAKE_PRIVATE,
    TASK_REMOVE,
    TASK_OPEN_WRITABLE,
    TASK_CLONE,
    TASK_RECIPE_MAKE,
    TASK_RECIPE_MOVE,
    TASK_RECIPE_CLEAR,
    TASK_REHEARSE,
};

enum { FD_NS, FD_FIRST, FD_SECOND, FDS };

struct mover_request {
    enum mover_task task;
    int flag; // beneath, lazy, is_file, recursive
    char name[NAME_MAX + 1];
    struct recipe_order recipe; // of TASK_RECIPE_MAKE only: not sent with the others
};
#define REQUEST_SHORT offsetof(struct mover_request, recipe)

// ---- in the mover ----

static int task_unmount(int parent, const struct mover_request *request)
{
    int flags = UMOUNT_NOFOLLOW | (request->flag ? MNT_DETACH : 0);

    return fchdir(parent) < 0 || umount2(request->name, flags) < 0 ? -errno : 0;
}

// By way of the host's /proc, opened before the namespace was entered: a descriptor's magic link
// names its mount. With UMOUNT_NOFOLLOW that would be EINVAL.
static int task_detach_tree(int proc, int tree)
{
    char path[32];

    (void)snprintf(path, sizeof path, "self/fd/%d", tree);
    return fchdir(proc) < 0 || umount2(path, MNT_DETACH) < 0 ? -errno : 0;
}

static int task_make_private(int target)
{
    struct davit_mount_attr attr = {.propagation = MS_PRIVATE};

    return call_mount_setattr(target, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr);
}

static int task_open_writable(int parent, int *ret_fd)
{
    struct davit_mount_attr attr = {.clear = MOUNT_ATTR_RDONLY, .propagation = MS_PRIVATE};
    int tree = call_open_tree(parent, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | O_CLOEXEC);
    int r;

    if (tree < 0)
        return tree;
    r = call_mount_setattr(tree, "", AT_EMPTY_PATH, &attr);
    if (r < 0) {
        (void)close(tree);
        return r;
    }
    *ret_fd = tree;
    return 0;
}

static int task_clone(int source, int recursive, int *ret_fd)
{
    int tree = call_open_tree(
        source, "", AT_EMPTY_PATH | OPEN_TREE_CLONE | O_CLOEXEC | (recursive ? AT_RECURSIVE : 0));

    *ret_fd = tree < 0 ? -1 : tree;
    return tree < 0 ? tree : 0;
}

static int perform(int proc, const struct mover_request *request, const int *fds,
                   struct mover_answer *answer)
{
    int *ret_fd = &answer->fd;

    switch (request->task) {
    case TASK_MOVE:
        return call_move_mount(fds[FD_FIRST], "", fds[FD_SECOND], "",
                               MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH |
                                   (request->flag ? DAVIT_MOVE_MOUNT_BENEATH : 0));
    case TASK_UNMOUNT:
        return task_unmount(fds[FD_FIRST], request);
    case TASK_DETACH_TREE:
        return task_detach_tree(proc, fds[FD_FIRST]);
    case TASK_MAKE_PRIVATE:
        return task_make_private(fds[FD_FIRST]);
    case TASK_REMOVE:
        return unlinkat(fds[FD_FIRST], request->name, request->flag ? 0 : AT_REMOVEDIR) < 0 ? -errno
                                                                                            : 0;
    case TASK_OPEN_WRITABLE:
        return task_open_writable(fds[FD_FIRST], ret_fd);
    case TASK_CLONE:
        return task_clone(fds[FD_FIRST], request->flag, ret_fd);
    case TASK_RECIPE_MAKE:
        return recipe_make(proc, fds[FD_FIRST], &request->recipe, &answer->recipe, ret_fd);
    case TASK_RECIPE_MOVE:
        return recipe_move(proc, fds[FD_FIRST], fds[FD_SECOND]);
    case TASK_RECIPE_CLEAR:
        return recipe_clear(fds[FD_FIRST], request->name);
    case TASK_REHEARSE:
        return 0;
    }
    return -EINVAL;
}

static void carry_out(int home, int proc, const struct mover_request *request, const int *fds,
                      struct mover_answer *answer)
{
    unsigned long long start = monotonic_us();

    if (setns(fds[FD_NS], CLONE_NEWNS) < 0)
        answer->enter_errno = errno;
    answer->enter_us = monotonic_us() - start;
    if (answer->enter_errno != 0)
        return;
    answer->act_errno = -perform(proc, request, fds, answer);
    // Back at once: a process parked in the namespace would keep it alive. If that fails there is
    // no safe way on.
    if (setns(home, CLONE_NEWNS) < 0)
        _exit(2);
}

static void __attribute__((noreturn)) serve(int socket, int home, int proc)
{
    warm_memory();
    for (;;) {
        struct mover_answer answer = {.fd = -1};
        struct mover_request request;
        int fds[FDS];
        ssize_t n = helper_receive(socket, &request, sizeof request, fds, FDS);

        if (n < (ssize_t)REQUEST_SHORT || fds[FD_NS] < 0 ||
            (request.task == TASK_RECIPE_MAKE && n != sizeof request))
            _exit(n == 0 ? 0 : 1);
        request.name[NAME_MAX] = '\0';
        carry_out(home, proc, &request, fds, &answer);
        // Closed before the engine goes on: the descriptor of a tree stays bound to it after the
        // attach and would keep the mount busy.
        for (unsigned i = 0; i < FDS; i++)
            if (fds[i] >= 0)
                (void)close(fds[i]);
        (void)helper_send(socket, &answer, sizeof answer, &answer.fd, answer.fd >= 0 ? 1 : 0);
        if (answer.fd >= 0)
            (void)close(answer.fd);
    }
}

// ---- in the engine ----

void mover_dismiss(struct mover *mover)
{
    if (mover->socket < 0)
        return;
    (void)close(mover->socket);
    mover->socket = -1;
    (void)kill(mover->pid, SIGKILL);
}

void mover_stop(struct mover *mover)
{
    if (mover->pid <= 0)
        return;
    mover_dismiss(mover);
    (void)helper_end(mover->pid, 0);
    *mover = (struct mover)MOVER_INIT;
}

int mover_start(struct mover *mover, struct error *err)
{
    _cleanup_close_ int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    _cleanup_close_ int proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int ours = -1, theirs = -1, self = -1;
    pid_t parent = getpid(), child;
    char path[32];
    int pair[2];

    mover_stop(mover); // one that was dismissed
    if (home < 0 || proc < 0)
        return error_errno(err, errno, "cannot open the host's own mount namespace");
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(err, errno, "cannot start the mover");
    ours = pair[0];
    theirs = pair[1];
    child = fork();
    if (child < 0)
        return error_errno(err, errno, "cannot start the mover");
    if (child == 0) {
        int keep[] = {theirs, home, proc};

        if (!helper_begin(parent, keep, ARRAY_SIZE(keep)))
            _exit(1);
        serve(theirs, home, proc);
    }
    (void)snprintf(path, sizeof path, "%d", (int)child);
    self = openat(proc, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    *mover = (struct mover){.pid = child, .socket = TAKE_FD(ours)};
    if (self >= 0)
        mover->start_time = process_start_time(self);
    return 0;
}

static int send_request(struct mover *mover, const struct mover_request *request, size_t length,
                        const int fds[FDS], unsigned n_fds, uint64_t timeout_ms,
                        struct mover_answer *ret, struct error *err)
{
    ssize_t n;
    int r, fd = -1;

    if (mover->socket < 0 && mover_start(mover, err) < 0)
        return -err->sys_errno;
    r = helper_send(mover->socket, request, length, fds, n_fds);
    if (r == 0)
        r = helper_wait(mover->socket, monotonic_us() + timeout_ms * 1000);
    n = r == 1 ? helper_receive(mover->socket, ret, sizeof *ret, &fd, 1) : 0;
    if (n == sizeof *ret) {
        ret->fd = fd;
        return 0;
    }
    mover_stop(mover);
    if (r == 0)
        return error_set(err, ERROR_TIMED_OUT, ETIMEDOUT,
                         "the kernel has not answered within %llu ms inside the container",
                         (unsigned long long)timeout_ms);
    return error_set(err, ERROR_FAILED, EPIPE, "the mover died before it answered");
}

static int ask(struct mover *mover, enum mover_task task, const char *name, int flag,
               const int fds[FDS], unsigned n_fds, uint64_t timeout_ms, struct mover_answer *ret,
               struct error *err)
{
    struct mover_request request = {.task = task, .flag = flag};

    if (name && strlen(name) > NAME_MAX)
        return error_set(err, ERROR_FAILED, ENAMETOOLONG, "the name is too long");
    if (name)
        strcpy(request.name, name);
    return send_request(mover, &request, REQUEST_SHORT, fds, n_fds, timeout_ms, ret, err);
}

int mover_move(struct mover *mover, int ns, int tree, int target, uint64_t timeout_ms,
               struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, tree, target};

    return ask(mover, TASK_MOVE, NULL, 0, fds, 3, timeout_ms, ret, err);
}

int mover_move_beneath(struct mover *mover, int ns, int tree, int target, uint64_t timeout_ms,
                       struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, tree, target};

    return ask(mover, TASK_MOVE, NULL, 1, fds, 3, timeout_ms, ret, err);
}

int mover_unmount(struct mover *mover, int ns, int parent, const char *name, int lazy,
                  uint64_t timeout_ms, struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, parent, -1};

    return ask(mover, TASK_UNMOUNT, name, lazy, fds, 2, timeout_ms, ret, err);
}

int mover_detach_tree(struct mover *mover, int ns, int tree, uint64_t timeout_ms,
                      struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, tree, -1};

    return ask(mover, TASK_DETACH_TREE, NULL, 0, fds, 2, timeout_ms, ret, err);
}

int mover_make_private(struct mover *mover, int ns, int target, uint64_t timeout_ms,
                       struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, target, -1};

    return ask(mover, TASK_MAKE_PRIVATE, NULL, 0, fds, 2, timeout_ms, ret, err);
}

int mover_remove(struct mover *mover, int ns, int parent, const char *name, int is_file,
                 uint64_t timeout_ms, struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, parent, -1};

    return ask(mover, TASK_REMOVE, name, is_file, fds, 2, timeout_ms, ret, err);
}

int mover_open_writable(struct mover *mover, int ns, int parent, uint64_t timeout_ms,
                        struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, parent, -1};

    return ask(mover, TASK_OPEN_WRITABLE, NULL, 0, fds, 2, timeout_ms, ret, err);
}

int mover_clone(struct mover *mover, int ns, int source, int recursive, uint64_t timeout_ms,
                struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, source, -1};

    return ask(mover, TASK_CLONE, NULL, recursive, fds, 2, timeout_ms, ret, err);
}

int mover_recipe_make(struct mover *mover, int ns, int place, const struct recipe_order *order,
                      uint64_t timeout_ms, struct mover_answer *ret, struct error *err)
{
    struct mover_request request = {.task = TASK_RECIPE_MAKE, .recipe = *order};
    int fds[] = {ns, place, -1};

    return send_request(mover, &request, sizeof request, fds, 2, timeout_ms, ret, err);
}

int mover_recipe_move(struct mover *mover, int ns, int part, int target, uint64_t timeout_ms,
                      struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, part, target};

    return ask(mover, TASK_RECIPE_MOVE, NULL, 0, fds, 3, timeout_ms, ret, err);
}

int mover_recipe_clear(struct mover *mover, int ns, int place, const char *name,
                       uint64_t timeout_ms, struct mover_answer *ret, struct error *err)
{
    int fds[] = {ns, place, -1};

    return ask(mover, TASK_RECIPE_CLEAR, name, 0, fds, 2, timeout_ms, ret, err);
}

int mover_rehearse(struct mover *mover, struct error *err)
{
    _cleanup_close_ int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    int fds[] = {home, -1, -1};
    struct mover_answer answer;

    if (home < 0)
        return error_errno(err, errno, "cannot open the host's own mount namespace");
    return ask(mover, TASK_REHEARSE, NULL, 0, fds, 1, MOVER_REHEARSAL_MS, &answer, err);
}
