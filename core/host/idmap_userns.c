// A user namespace that is nothing but a mapping. A process in it is needed until the two maps are
// written: a child's child, for the maps must be written from outside (user_namespaces(7)), and
// both must end with davit.
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/resolver.h"
#include "core/host/idmap.h"

struct maps {
    const char *uid_map, *gid_map;
};

static int write_map(pid_t pid, const char *file, const char *text)
{
    char path[64];
    _cleanup_close_ int fd = -1;

    (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)pid, file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return -errno;
    return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

// In the child's child: tells the errno of unshare(2), then waits to be ended.
static void __attribute__((noreturn)) dwell(pid_t parent, int tell)
{
    int said;

    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0 || getppid() != parent)
        _exit(1);
    said = unshare(CLONE_NEWUSER) < 0 ? errno : 0;
    if (write(tell, &said, sizeof said) == sizeof said && said == 0)
        for (;;)
            (void)pause();
    _exit(1);
}

static int open_mapped(pid_t pid, int listen, const struct maps *maps)
{
    char path[64];
    int said, fd, r;

    if (read(listen, &said, sizeof said) != sizeof said)
        return -EPIPE;
    if (said != 0)
        return -said;
    r = write_map(pid, "uid_map", maps->uid_map);
    if (r == 0)
        r = write_map(pid, "gid_map", maps->gid_map);
    if (r < 0)
        return r;
    (void)snprintf(path, sizeof path, "/proc/%d/ns/user", (int)pid);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int make_in_child(const void *context, struct resolver_answer *answer)
{
    _cleanup_close_ int listen = -1;
    int pair[2], fd;
    pid_t parent = getpid(), child;

    if (pipe2(pair, O_CLOEXEC) < 0)
        return -errno;
    listen = pair[0];
    child = fork();
    if (child == 0)
        dwell(parent, pair[1]);
    (void)close(pair[1]);
    if (child < 0)
        return -errno;
    fd = open_mapped(child, listen, context);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
    if (fd < 0)
        return fd;
    answer->fds[0] = fd;
    return 0;
}

int userns_make(const char *uid_map, const char *gid_map, uint64_t timeout_ms, int *ret,
                struct error *err)
{
    const struct maps maps = {.uid_map = uid_map, .gid_map = gid_map};
    struct resolver_answer answer;
    int r =
        resolver_ask("a user namespace", make_in_child, &maps, NULL, 0, timeout_ms, &answer, err);

    if (r < 0)
        return r;
    if (answer.result < 0) {
        r = error_errno(err, -answer.result, "cannot make a user namespace for the mapping");
        if (answer.result == -ENOSPC || answer.result == -EUSERS)
            error_hint(err, "/proc/sys/user/max_user_namespaces limits their number");
        return r;
    }
    *ret = answer.fds[0];
    return 0;
}
