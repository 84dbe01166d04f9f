#include "core/base/helper.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"

static void close_between(unsigned first, unsigned last)
{
    if (first > last)
        return;
    // close_range(2), 5.9. Without it by hand, as far as a table of this size can reach.
    if (syscall(SYS_close_range, first, last, 0) < 0)
        for (unsigned fd = first; fd <= last && fd < 4096; fd++)
            (void)close((int)fd);
}

static void close_all_but(const int *keep, unsigned n_keep)
{
    unsigned next = 0;

    for (;;) {
        unsigned least = ~0U;

        for (unsigned i = 0; i < n_keep; i++)
            if (keep[i] >= 0 && (unsigned)keep[i] >= next && (unsigned)keep[i] < least)
                least = (unsigned)keep[i];
        if (least == ~0U)
            break;
        if (least > next)
            close_between(next, least - 1);
        next = least + 1;
    }
    close_between(next, ~0U);
}

int helper_begin(pid_t parent, const int *keep, unsigned n_keep)
{
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (getppid() != parent)
        return 0;
    (void)prctl(PR_SET_DUMPABLE, 0);
    close_all_but(keep, n_keep);
    return 1;
}

int helper_send(int socket, const void *bytes, size_t length, const int *fds, unsigned n_fds)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * HELPER_FDS_MAX)];
    } control = {0};
    struct iovec part = {.iov_base = (void *)(uintptr_t)bytes, .iov_len = length};
    struct msghdr message = {.msg_iov = &part, .msg_iovlen = 1};
    ssize_t n;

    if (n_fds > HELPER_FDS_MAX)
        return -E2BIG;
    if (n_fds > 0) {
        control.header.cmsg_level = SOL_SOCKET;
        control.header.cmsg_type = SCM_RIGHTS;
        control.header.cmsg_len = CMSG_LEN(sizeof(int) * n_fds);
        memcpy(CMSG_DATA(&control.header), fds, sizeof(int) * n_fds);
        message.msg_control = &control;
        message.msg_controllen = CMSG_SPACE(sizeof(int) * n_fds);
    }
    do {
        n = sendmsg(socket, &message, MSG_NOSIGNAL);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : 0;
}

ssize_t helper_receive(int socket, void *bytes, size_t size, int *fds, unsigned max_fds)
{
    union {
        struct cmsghdr header;
        char space[CMSG_SPACE(sizeof(int) * HELPER_FDS_MAX)];
    } control;
    struct iovec part = {.iov_base = bytes, .iov_len = size};
    struct msghdr message = {
        .msg_iov = &part,
        .msg_iovlen = 1,
        .msg_control = &control,
        .msg_controllen = sizeof control,
    };
    unsigned used = 0;
    ssize_t n;

    for (unsigned i = 0; i < max_fds; i++)
        fds[i] = -1;
    do {
        n = recvmsg(socket, &message, MSG_CMSG_CLOEXEC);
    } while (n < 0 && errno == EINTR);
    if (n < 0)
        return -errno;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(&message); c; c = CMSG_NXTHDR(&message, c)) {
        size_t count;

        if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
            continue;
        count = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
        for (size_t i = 0; i < count; i++) {
            int fd;

            memcpy(&fd, CMSG_DATA(c) + i * sizeof fd, sizeof fd);
            if (used < max_fds)
                fds[used++] = fd;
            else
                (void)close(fd);
        }
    }
    return message.msg_flags & MSG_TRUNC ? -EMSGSIZE : n;
}

unsigned long long monotonic_us(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000000 + (unsigned long long)now.tv_nsec / 1000;
}

int helper_wait(int fd, unsigned long long deadline)
{
    for (;;) {
        unsigned long long now = monotonic_us();
        unsigned long long left = deadline > now ? deadline - now : 0;
        struct pollfd one = {.fd = fd, .events = POLLIN};
        struct timespec limit = {
            .tv_sec = (time_t)(left / 1000000),
            .tv_nsec = (long)(left % 1000000) * 1000,
        };
        int r = ppoll(&one, 1, &limit, NULL);

        if (r >= 0)
            return r;
        if (errno != EINTR)
            return -errno;
    }
}

bool helper_runs(pid_t child)
{
    char path[32], stat[512];
    const char *end;

    (void)snprintf(path, sizeof path, "/proc/%d/stat", (int)child);
    if (file_read_into(AT_FDCWD, path, stat, sizeof stat) <= 0)
        return false;
    end = strrchr(stat, ')'); // of its name, which may hold brackets itself
    return end && strncmp(end, ") R ", 4) == 0;
}

int helper_end(pid_t child, int finished)
{
    int pidfd = (int)syscall(SYS_pidfd_open, child, 0), reaped = 0;

    if (!finished)
        (void)kill(child, SIGKILL);
    // Without pidfd_open(2), 5.3, there is nothing to wait on: it is reaped if it is dead by now.
    if (pidfd < 0 || helper_wait(pidfd, monotonic_us() + 100000) == 1)
        reaped = waitpid(child, NULL, pidfd < 0 ? WNOHANG : 0) == child;
    if (pidfd >= 0)
        (void)close(pidfd);
    return !reaped;
}
