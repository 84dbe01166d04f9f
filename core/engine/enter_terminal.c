// A terminal for the command: of the container's own devpts, so that what looks it up inside finds
// it, else of the host's. The caller's own terminal never goes inside, where it could be typed
// into (ioctl_tty(2), TIOCSTI) and read.
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/resolver.h"
#include "core/engine/enter_internal.h"

#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41) // 4.13
#endif

// Only what is surely the multiplexer of a devpts is opened: device 5:2 on that filesystem, which
// has no server that could keep us waiting.
static int open_multiplexer(int root)
{
    _cleanup_close_ int path =
        file_open_resolved(root, "/dev/pts/ptmx", O_PATH, RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS);
    struct statfs fs;
    struct stat stat;
    char link[32];
    int fd;

    if (path < 0)
        return path;
    if (fstatfs(path, &fs) < 0 || fstat(path, &stat) < 0)
        return -errno;
    if (fs.f_type != DEVPTS_SUPER_MAGIC || !S_ISCHR(stat.st_mode) || stat.st_rdev != makedev(5, 2))
        return -ENODEV;
    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", path);
    fd = open(link, O_RDWR | O_NOCTTY | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

static int open_pair(int master, int *ret_master, int *ret_slave)
{
    int unlocked = 0, slave;

    if (master < 0)
        return master;
    slave = ioctl(master, TIOCSPTLCK, &unlocked) < 0
                ? -1
                : ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (slave < 0) {
        int r = -errno;

        (void)close(master);
        return r;
    }
    *ret_master = master;
    *ret_slave = slave;
    return 0;
}

// The way to it may lead over a server that does not answer.
static int ask(const void *context, struct resolver_answer *answer)
{
    const struct enter *enter = context;

    return open_pair(open_multiplexer(enter->inside.root), &answer->fds[0], &answer->fds[1]);
}

static int open_containers(struct enter *enter)
{
    struct resolver_answer *answer = calloc(1, sizeof *answer);
    struct error ignored;
    int r = answer ? resolver_ask("the container's terminals", ask, enter, &enter->inside.root, 1,
                                  ENTER_LOOK_MS, answer, &ignored)
                   : -ENOMEM;

    if (r == 0)
        r = answer->result;
    if (r == 0) {
        enter->master = answer->fds[0];
        enter->slave = answer->fds[1];
    }
    free(answer);
    return r;
}

int enter_open_terminal(struct enter *enter, struct error *err)
{
    struct winsize size;
    int r = open_containers(enter);

    if (r < 0) {
        int fd = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);

        enter->host_terminal = true;
        r = open_pair(fd < 0 ? -errno : fd, &enter->master, &enter->slave);
    }
    if (r < 0)
        return error_errno(err, -r, "cannot open a terminal for the command");
    // Its user's, as a login would make it.
    if (fchown(enter->slave, enter->host_uid, (gid_t)-1) < 0 ||
        fchmod(enter->slave, S_IRUSR | S_IWUSR | S_IWGRP) < 0)
        return error_errno(err, errno, "cannot give the terminal to the command's user");
    if (ioctl(enter->request->in, TIOCGWINSZ, &size) == 0)
        (void)ioctl(enter->master, TIOCSWINSZ, &size);
    return 0;
}
