// An open mountinfo remembers the table's state of when poll(2) last looked at it (mounts_poll() in
// fs/proc_namespace.c), so it need not be read again: the look that tells of a change is also the
// one that waits for the next. But epoll_ctl(2) is such a look as well, whose answer epoll_wait(2)
// replaces by a second look: a change between the opening and the adding is never told. libuv adds
// a descriptor at the loop's next turn, after the caller has read the table perhaps. So a second
// open file that no epoll knows is asked once, when the adding is sure to be done.
#include "core/host/mountwatch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

struct mount_watch {
    struct mount_watch_events events;
    void *context;
    int table; // open /proc/PID/mountinfo, pins the namespace
    int probe; // the same, opened before, until it has been asked
    int pidfd; // -1: davit itself
    struct loop_source *table_source, *pidfd_source, *timer;
    bool turned; // the loop has begun a turn since the start
};

static void release(struct mount_watch *watch)
{
    loop_source_free(TAKE_POINTER(watch->table_source));
    loop_source_free(TAKE_POINTER(watch->pidfd_source));
    loop_source_free(TAKE_POINTER(watch->timer));
    cleanup_close(&watch->table);
    cleanup_close(&watch->probe);
    cleanup_close(&watch->pidfd);
    watch->table = watch->probe = watch->pidfd = -1;
}

static void table_changed(int fd, unsigned events, void *context)
{
    struct mount_watch *watch = context;

    (void)fd;
    if (events & LOOP_FAILED) // libuv has stopped; POLLERR comes with POLLPRI, so not of the table
        loop_fd_set(watch->table_source, LOOP_PRIORITY);
    watch->events.changed(watch->context);
}

static void process_ended(int fd, unsigned events, void *context)
{
    struct mount_watch *watch = context;
    void (*ended)(void *) = watch->events.ended;
    void *whose = watch->context;

    (void)fd, (void)events;
    release(watch);
    if (ended)
        ended(whose); // may free the watch
}

// First called before or after the loop has added the table, the second time surely after: a turn
// waits between the two.
static void turn_passed(void *context)
{
    struct mount_watch *watch = context;
    struct pollfd probe = {.fd = watch->probe, .events = POLLPRI};

    if (!watch->turned) {
        watch->turned = true;
        loop_timer_start(watch->timer, 1);
        return;
    }
    loop_source_free(TAKE_POINTER(watch->timer));
    if (poll(&probe, 1, 0) < 0)
        probe.revents = POLLPRI;
    (void)close(TAKE_FD(watch->probe));
    if (probe.revents & POLLPRI)
        watch->events.changed(watch->context);
}

static int open_tables(struct mount_watch *watch, const struct process *process, struct error *err)
{
    int proc = process ? process->proc : AT_FDCWD;
    const char *path = process ? "mountinfo" : "/proc/self/mountinfo";

    watch->probe = openat(proc, path, O_RDONLY | O_CLOEXEC);
    watch->table = watch->probe >= 0 ? openat(proc, path, O_RDONLY | O_CLOEXEC) : -1;
    if (watch->table < 0) {
        bool gone = process && (errno == ENOENT || errno == ESRCH || errno == EINVAL);

        if (gone) // EINVAL: it has left its namespace, for it is ending (mounts_open_common())
            return error_set(err, ERROR_GONE, ESRCH, "process %d has ended", (int)process->pid);
        return error_errno(err, errno, "cannot open the mount table");
    }
    if (!process)
        return 0;
    watch->pidfd = fcntl(process->pidfd, F_DUPFD_CLOEXEC, 3);
    return watch->pidfd >= 0
               ? 0
               : error_errno(err, errno, "cannot keep hold of process %d", (int)process->pid);
}

int mount_watch_new(struct loop *loop, const struct process *process,
                    const struct mount_watch_events *events, void *context,
                    struct mount_watch **ret, struct error *err)
{
    struct mount_watch *watch = calloc(1, sizeof *watch);
    int r;

    if (!watch)
        return ERROR_OOM(err);
    watch->events = *events;
    watch->context = context;
    watch->table = watch->probe = watch->pidfd = -1;
    r = open_tables(watch, process, err);
    if (r == 0)
        r = loop_fd(loop, watch->table, LOOP_PRIORITY, table_changed, watch, &watch->table_source,
                    err);
    if (r == 0 && watch->pidfd >= 0)
        r = loop_fd(loop, watch->pidfd, LOOP_READ, process_ended, watch, &watch->pidfd_source, err);
    if (r == 0)
        r = loop_timer(loop, turn_passed, watch, &watch->timer, err);
    if (r < 0) {
        mount_watch_free(watch);
        return r;
    }
    loop_timer_start(watch->timer, 0);
    *ret = watch;
    return 0;
}

void mount_watch_free(struct mount_watch *watch)
{
    if (!watch)
        return;
    release(watch);
    free(watch);
}
