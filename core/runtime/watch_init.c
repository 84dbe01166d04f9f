// The deaths: one pidfd for each init, all in one epoll(7) of their own, which the loop waits for:
// a thousand of them are a thousand descriptors, but one source.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>

#include "core/host/process.h"
#include "core/runtime/watch_internal.h"

#define DESCRIPTORS_KEPT 128 // for everything else that this program opens
#define DEATHS_AT_ONCE   64

struct held_init {
    struct watched_init init;
    int pidfd;
};

struct init_watch {
    struct runtime_watch *watch;
    int epoll;
    struct loop_source *source;
    struct held_init *held; // in ascending order of pid
    size_t n_held;
};

// A child of ours may have a copy: then closing it alone would leave it in the epoll.
static void release(const struct init_watch *inits, int pidfd)
{
    (void)epoll_ctl(inits->epoll, EPOLL_CTL_DEL, pidfd, NULL);
    (void)close(pidfd);
}

static void forget(struct init_watch *inits, int pidfd)
{
    for (size_t i = 0; i < inits->n_held; i++) {
        if (inits->held[i].pidfd != pidfd)
            continue;
        memmove(&inits->held[i], &inits->held[i + 1], (--inits->n_held - i) * sizeof *inits->held);
        release(inits, pidfd);
        return;
    }
}

static void some_died(int fd, unsigned events, void *context)
{
    struct init_watch *inits = context;
    struct epoll_event dead[DEATHS_AT_ONCE];
    int n = epoll_wait(fd, dead, DEATHS_AT_ONCE, 0);

    (void)events;
    for (int i = 0; i < n; i++)
        forget(inits, dead[i].data.fd);
    if (n > 0)
        watch_changed(inits->watch);
}

int init_watch_new(struct loop *loop, struct runtime_watch *watch, struct init_watch **ret,
                   struct error *err)
{
    struct init_watch *inits = calloc(1, sizeof *inits);
    int r = 0;

    if (!inits)
        return ERROR_OOM(err);
    inits->watch = watch;
    inits->epoll = epoll_create1(EPOLL_CLOEXEC);
    if (inits->epoll < 0)
        r = error_errno(err, errno, "cannot wait for the end of processes");
    if (r == 0)
        r = loop_fd(loop, inits->epoll, LOOP_READ, some_died, inits, &inits->source, err);
    if (r < 0) {
        init_watch_free(inits);
        return r;
    }
    *ret = inits;
    return 0;
}

void init_watch_free(struct init_watch *inits)
{
    if (!inits)
        return;
    loop_source_free(inits->source);
    for (size_t i = 0; i < inits->n_held; i++)
        (void)close(inits->held[i].pidfd);
    cleanup_close(&inits->epoll);
    free(inits->held);
    free(inits);
}

static int by_pid(const void *a, const void *b)
{
    const struct held_init *x = a, *y = b;

    if (x->init.pid != y->init.pid)
        return x->init.pid < y->init.pid ? -1 : 1;
    return (x->init.start_time > y->init.start_time) - (x->init.start_time < y->init.start_time);
}

static size_t most(void)
{
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == RLIM_INFINITY)
        return SIZE_MAX;
    return limit.rlim_cur > DESCRIPTORS_KEPT ? (size_t)limit.rlim_cur - DESCRIPTORS_KEPT : 0;
}

// 0; 1 when it cannot be waited for; -errno when that goes for all others too.
static int hold(struct init_watch *inits, struct held_init *one)
{
    struct epoll_event event = {.events = EPOLLIN};
    _cleanup_process_ struct process process = PROCESS_INIT;
    struct error err;
    int r = process_open(one->init.pid, &process, &err);

    if (r == -ESRCH || (r == 0 && process.start_time != one->init.start_time)) {
        watch_changed_soon(inits->watch); // it died since the reading
        return 1;
    }
    if (r < 0)
        return r == -EMFILE || r == -ENFILE || r == -ENOMEM || r == -ENOSYS ? r : 1;
    event.data.fd = process.pidfd;
    if (epoll_ctl(inits->epoll, EPOLL_CTL_ADD, process.pidfd, &event) < 0)
        return -errno; // ENOSPC: /proc/sys/fs/epoll/max_user_watches
    one->pidfd = TAKE_FD(process.pidfd);
    return 0;
}

// Takes the descriptors of those who are in both lists, and closes the others'.
static void keep_known(struct init_watch *inits, struct held_init *wanted, size_t n)
{
    size_t w = 0;

    for (size_t i = 0; i < inits->n_held; i++) {
        struct held_init *old = &inits->held[i];

        while (w < n && by_pid(&wanted[w], old) < 0)
            w++;
        if (w < n && by_pid(&wanted[w], old) == 0)
            wanted[w].pidfd = old->pidfd;
        else
            release(inits, old->pidfd);
    }
}

static struct held_init *sorted(const struct watched_init *wanted, size_t *n)
{
    struct held_init *list = calloc(*n ? *n : 1, sizeof *list);
    size_t kept = 0;

    if (!list)
        return NULL;
    for (size_t i = 0; i < *n; i++)
        list[i] = (struct held_init){wanted[i], -1};
    qsort(list, *n, sizeof *list, by_pid);
    for (size_t i = 0; i < *n; i++)
        if (kept == 0 || by_pid(&list[i], &list[kept - 1]) != 0)
            list[kept++] = list[i];
    *n = kept;
    return list;
}

int init_watch_set(struct init_watch *inits, const struct watched_init *wanted, size_t n,
                   struct error *err)
{
    struct held_init *list = sorted(wanted, &n);
    size_t room = most(), held = 0;
    int r = 0;

    if (!list)
        return ERROR_OOM(err);
    keep_known(inits, list, n);
    for (size_t i = 0; i < n; i++)
        room -= list[i].pidfd >= 0 && room > 0;
    for (size_t i = 0; i < n; i++) {
        if (list[i].pidfd < 0 && r >= 0) {
            r = room > 0 ? hold(inits, &list[i]) : -EMFILE;
            room -= r == 0;
        }
        if (list[i].pidfd >= 0)
            list[held++] = list[i];
    }
    free(inits->held);
    inits->held = list;
    inits->n_held = held;
    if (r < 0)
        watch_notice(inits->watch, WATCH_INITS_CUT,
                     "the end of a container may show late: only %zu of %zu processes can be "
                     "waited for (%s); raise the limit of open files (ulimit -n)",
                     held, n, strerror(-r));
    return 0;
}
