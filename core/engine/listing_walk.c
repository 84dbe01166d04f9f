#include "core/engine/listing_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"

#define LINKS_MAX 40 // as in path_resolution(7)

struct walk {
    int root;
    int fd;              // O_PATH of `done`
    char done[PATH_MAX]; // what is behind: no links, no dots; "" is the root
    char rest[PATH_MAX]; // what is ahead
    unsigned links;
};

// Takes the first component off the front of `rest`: false at the end.
static bool next_component(struct walk *walk, char component[NAME_MAX + 1], int *ret_error)
{
    const char *start = walk->rest + strspn(walk->rest, "/");
    size_t length = strcspn(start, "/");

    *ret_error = length > NAME_MAX ? -ENAMETOOLONG : 0;
    if (length == 0 || length > NAME_MAX)
        return false;
    memcpy(component, start, length);
    component[length] = '\0';
    memmove(walk->rest, start + length, strlen(start + length) + 1);
    return true;
}

// There is no link in `path`: the last component may be one, and is not followed.
static int open_step(const struct walk *walk, const char *path)
{
    return file_open_resolved(walk->root, path, O_PATH | O_NOFOLLOW, RESOLVE_NO_SYMLINKS);
}

static int check_filesystem(int fd)
{
    struct statfs fs;

    if (fstatfs(fd, &fs) < 0)
        return -errno;
    return fs.f_type == AUTOFS_SUPER_MAGIC ? -EREMOTE : 0;
}

static int go_to(struct walk *walk, const char *path)
{
    int fd = open_step(walk, *path ? path : "/"), r;

    if (fd < 0)
        return fd;
    r = check_filesystem(fd);
    if (r < 0) {
        (void)close(fd);
        return r;
    }
    cleanup_close(&walk->fd);
    walk->fd = fd;
    (void)snprintf(walk->done, sizeof walk->done, "%s", path);
    return 0;
}

static int follow(struct walk *walk, int link)
{
    char target[PATH_MAX], joined[2 * PATH_MAX];
    ssize_t n = readlinkat(link, "", target, sizeof target - 1);

    if (n <= 0)
        return n < 0 ? -errno : -ENOENT;
    if (++walk->links > LINKS_MAX)
        return -ELOOP;
    target[n] = '\0';
    if ((size_t)snprintf(joined, sizeof joined, "%s/%s", target, walk->rest) >= sizeof walk->rest)
        return -ENAMETOOLONG;
    memcpy(walk->rest, joined, strlen(joined) + 1);
    return target[0] == '/' ? go_to(walk, "") : 0;
}

static int go_up(struct walk *walk)
{
    char path[PATH_MAX];
    char *slash;

    memcpy(path, walk->done, sizeof path);
    slash = strrchr(path, '/');
    if (slash)
        *slash = '\0';
    return go_to(walk, path);
}

static int go_down(struct walk *walk, const char *component)
{
    char path[PATH_MAX];
    _cleanup_close_ int fd = -1;
    struct stat st;

    if (fstat(walk->fd, &st) < 0)
        return -errno;
    if (!S_ISDIR(st.st_mode))
        return -ENOTDIR;
    if ((size_t)snprintf(path, sizeof path, "%s/%s", walk->done, component) >= sizeof path)
        return -ENAMETOOLONG;
    // RESOLVE_NO_SYMLINKS lets a link at the end through with O_PATH|O_NOFOLLOW (openat2(2)).
    fd = open_step(walk, path);
    if (fd < 0)
        return fd;
    if (fstatat(fd, "", &st, AT_EMPTY_PATH | AT_NO_AUTOMOUNT) < 0)
        return -errno;
    return S_ISLNK(st.st_mode) ? follow(walk, fd) : go_to(walk, path);
}

int listing_walk(int root, const char *path)
{
    struct walk walk = {.root = root, .fd = -1};
    char component[NAME_MAX + 1];
    int r;

    if (strlen(path) >= sizeof walk.rest)
        return -ENAMETOOLONG;
    memcpy(walk.rest, path, strlen(path) + 1);
    r = go_to(&walk, "");
    while (r == 0 && next_component(&walk, component, &r)) {
        if (strcmp(component, ".") == 0)
            continue;
        r = strcmp(component, "..") == 0 ? go_up(&walk) : go_down(&walk, component);
    }
    if (r < 0)
        cleanup_close(&walk.fd);
    return r < 0 ? r : walk.fd;
}
