#include "bench_floor.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include <linux/openat2.h>

#include "core/base/helper.h"
#include "core/host/mountcalls.h"

enum { ORDER_ATTACH, ORDER_DETACH };
enum { FD_NS, FD_TREE, FD_TARGET, FDS };

struct answer {
    int sys_errno;
    struct floor_times times;
};

struct floor {
    int socket;
    pid_t pid;
    const char *source, *target;
};

static int pair_with(void (*serve)(struct floor *, int), struct floor *floor)
{
    pid_t parent = getpid();
    int pair[2];

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return -1;
    switch (fork()) {
    case -1:
        return -1;
    case 0:
        if (helper_begin(parent, &pair[1], 1))
            serve(floor, pair[1]);
        _exit(0);
    }
    (void)close(pair[1]);
    return pair[0];
}

// ---- the mover ----

static int carry_out(const struct floor *floor, int home, int order, const int *fds)
{
    int r;

    if (setns(fds[FD_NS], CLONE_NEWNS) < 0)
        return errno;
    if (order == ORDER_DETACH)
        r = umount2(floor->target, MNT_DETACH) < 0 ? errno : 0;
    else
        r = -call_move_mount(fds[FD_TREE], "", fds[FD_TARGET], "",
                             MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
    return setns(home, CLONE_NEWNS) < 0 ? errno : r;
}

static void move_for(struct floor *floor, int socket)
{
    int home = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC), fds[FDS], order, r;

    while (helper_receive(socket, &order, sizeof order, fds, FDS) == sizeof order) {
        r = carry_out(floor, home, order, fds);
        for (int i = 0; i < FDS; i++)
            if (fds[i] >= 0)
                (void)close(fds[i]);
        (void)helper_send(socket, &r, sizeof r, NULL, 0);
    }
}

// ---- the worker ----

static int look_up(int root, const char *path)
{
    struct open_how how = {
        .flags = O_PATH | O_CLOEXEC,
        .resolve = root == AT_FDCWD ? 0 : RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS,
    };

    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

static int make_tree(const char *source)
{
    struct davit_mount_attr attr = {
        .set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
        .propagation = MS_PRIVATE,
    };
    int from = look_up(AT_FDCWD, source);
    int tree = call_open_tree(from, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);

    if (from >= 0)
        (void)close(from);
    if (tree >= 0 && call_mount_setattr(tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr) < 0)
        return -1;
    return tree;
}

static int ask_mover(int mover, int order, const int *fds, unsigned n_fds, struct answer *answer)
{
    unsigned long long start = monotonic_us();
    int none[1], r = EPIPE;

    (void)helper_send(mover, &order, sizeof order, fds, n_fds);
    (void)helper_receive(mover, &r, sizeof r, none, 1);
    answer->times.mover = (unsigned long)(monotonic_us() - start);
    return r;
}

static int seen(int root, const char *target, int tree)
{
    int there = look_up(root, target);
    struct mount_ids ours, theirs;

    if (call_mount_ids(tree, "", &ours) < 0 || call_mount_ids(there, "", &theirs) < 0)
        return errno;
    (void)close(there);
    return ours.old == theirs.old ? 0 : ESTALE;
}

static int do_order(const struct floor *floor, int mover, int order, struct answer *answer)
{
    char path[64];
    int fds[FDS] = {-1, -1, -1}, root, r;

    (void)snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)floor->pid);
    fds[FD_NS] = open(path, O_RDONLY | O_CLOEXEC);
    (void)snprintf(path, sizeof path, "/proc/%d/root", (int)floor->pid);
    root = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (order == ORDER_ATTACH) {
        fds[FD_TREE] = make_tree(floor->source);
        fds[FD_TARGET] = look_up(root, floor->target);
    }
    r = ask_mover(mover, order, fds, order == ORDER_ATTACH ? FDS : 1, answer);
    if (r == 0 && order == ORDER_ATTACH)
        r = seen(root, floor->target, fds[FD_TREE]);
    for (int i = 0; i < FDS; i++)
        if (fds[i] >= 0)
            (void)close(fds[i]);
    (void)close(root);
    return r;
}

static void work_for(struct floor *floor, int socket)
{
    int mover = pair_with(move_for, floor), order, none[1];

    while (helper_receive(socket, &order, sizeof order, none, 1) == sizeof order) {
        unsigned long long start = monotonic_us();
        struct answer answer = {0};

        answer.sys_errno = do_order(floor, mover, order, &answer);
        answer.times.inside = (unsigned long)(monotonic_us() - start);
        (void)helper_send(socket, &answer, sizeof answer, NULL, 0);
    }
}

// ---- the server ----

static void pass_on(struct floor *floor, int socket)
{
    int worker = pair_with(work_for, floor), order, none[1];
    struct answer answer;

    while (helper_receive(socket, &order, sizeof order, none, 1) == sizeof order) {
        (void)helper_send(worker, &order, sizeof order, NULL, 0);
        (void)helper_receive(worker, &answer, sizeof answer, none, 1);
        (void)helper_send(socket, &answer, sizeof answer, NULL, 0);
    }
}

// ---- the caller ----

struct floor *floor_start(pid_t pid, const char *source, const char *target)
{
    struct floor *floor = calloc(1, sizeof *floor);

    if (!floor)
        return NULL;
    *floor = (struct floor){.pid = pid, .source = source, .target = target};
    floor->socket = pair_with(pass_on, floor);
    return floor->socket < 0 ? NULL : floor;
}

static int ask(struct floor *floor, int order, struct floor_times *ret)
{
    unsigned long long start = monotonic_us();
    struct answer answer = {.sys_errno = EPIPE};
    int none[1];

    (void)helper_send(floor->socket, &order, sizeof order, NULL, 0);
    (void)helper_receive(floor->socket, &answer, sizeof answer, none, 1);
    *ret = answer.times;
    ret->request = (unsigned long)(monotonic_us() - start);
    return answer.sys_errno;
}

int floor_attach(struct floor *floor, struct floor_times *ret)
{
    return ask(floor, ORDER_ATTACH, ret);
}

int floor_detach(struct floor *floor)
{
    struct floor_times ignored;

    return ask(floor, ORDER_DETACH, &ignored);
}
