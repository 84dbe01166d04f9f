#include "core/host/mountid.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"

uint64_t mount_id_in_fdinfo(int dirfd, const char *path)
{
    char text[512];
    const char *line = file_read_into(dirfd, path, text, sizeof text) > 0 ? text : NULL;

    // "pos:\t0\nflags:\t0100000\nmnt_id:\t29\n…": the first lines of every kind of file
    while (line && strncmp(line, "mnt_id:", 7) != 0) {
        line = strchr(line, '\n');
        line = line ? line + 1 : NULL;
    }
    return line ? strtoull(line + 7, NULL, 10) : 0;
}

int mount_ids_of_descriptor(int fd, struct mount_ids *ret)
{
    char path[64];
    int r = call_mount_ids(fd, "", ret);

    if (r < 0 || ret->old)
        return r;
    (void)snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
    ret->old = mount_id_in_fdinfo(AT_FDCWD, path);
    return 0;
}

int mount_ids_of_link(int dirfd, const char *link, struct mount_ids *ret)
{
    _cleanup_close_ int fd = -1;
    int r = call_mount_ids_followed(dirfd, link, ret);

    if (r < 0 || ret->old)
        return r;
    fd = openat(dirfd, link, O_PATH | O_CLOEXEC);
    return fd < 0 ? -errno : mount_ids_of_descriptor(fd, ret);
}

bool mount_ids_same(const struct mount_ids *a, const struct mount_ids *b)
{
    if (a->unique && b->unique)
        return a->unique == b->unique;
    return a->old != 0 && a->old == b->old;
}
