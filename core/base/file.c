#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

static ssize_t read_some(int fd, void *buffer, size_t size)
{
    ssize_t n;

    do {
        n = read(fd, buffer, size);
    } while (n < 0 && errno == EINTR);
    return n < 0 ? -errno : n;
}

int file_read(int dirfd, const char *path, size_t limit, char **ret, size_t *ret_length,
              struct error *err)
{
    int nofollow = path[0] == '/' ? 0 : O_NOFOLLOW;
    // Not to wait for who writes into a FIFO.
    _cleanup_close_ int fd =
        openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | nofollow);
    _cleanup_free_ char *buffer = NULL;
    size_t size = 0, used = 0;
    struct stat st;

    if (fd < 0)
        return error_errno(err, errno, "cannot open %s", path);
    if (fstat(fd, &st) < 0)
        return error_errno(err, errno, "cannot read %s", path);
    if (!S_ISREG(st.st_mode))
        return error_set(err, ERROR_WRONG_TYPE, S_ISDIR(st.st_mode) ? EISDIR : EINVAL,
                         "cannot read %s: it is no regular file", path);
    for (;;) {
        ssize_t n;

        if (size - used < 2) {
            size_t larger = size ? 2 * size : 4096;
            char *grown = realloc(buffer, larger);

            if (!grown)
                return ERROR_OOM(err);
            buffer = grown;
            size = larger;
        }
        n = read_some(fd, buffer + used, size - used - 1);
        if (n < 0)
            return error_errno(err, (int)-n, "cannot read %s", path);
        if (n == 0)
            break;
        used += (size_t)n;
        if (used > limit)
            return error_set(err, ERROR_FAILED, EFBIG, "%s is larger than %zu bytes", path, limit);
    }
    buffer[used] = '\0';
    *ret = TAKE_POINTER(buffer);
    if (ret_length)
        *ret_length = used;
    return 0;
}

ssize_t file_read_into(int dirfd, const char *path, char *buffer, size_t size)
{
    _cleanup_close_ int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
    ssize_t n;

    if (fd < 0)
        return -errno;
    n = read_some(fd, buffer, size - 1);
    if (n >= 0)
        buffer[n] = '\0';
    return n;
}

static int write_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return -errno;
        bytes += n;
        length -= (size_t)n;
    }
    return 0;
}

static int sync_parent(const char *path)
{
    _cleanup_free_ char *parent = strdup(path);
    char *slash = parent ? strrchr(parent, '/') : NULL;
    _cleanup_close_ int fd = -1;

    if (!parent)
        return -ENOMEM;
    if (slash)
        slash[slash == parent ? 1 : 0] = '\0';
    fd = open(slash ? parent : ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return fd < 0 || fsync(fd) < 0 ? -errno : 0;
}

int file_replace(const char *path, const void *bytes, size_t length, mode_t mode, struct error *err)
{
    char suffix[9];
    _cleanup_free_ char *temporary = NULL;
    _cleanup_close_ int fd = -1;
    int r;

    text_random_hex(suffix, sizeof suffix);
    temporary = text_format("%s.%s", path, suffix);
    if (!temporary)
        return ERROR_OOM(err);
    fd = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
    if (fd < 0)
        return error_errno(err, errno, "cannot create %s", temporary);
    r = write_all(fd, bytes, length);
    if (r == 0 && fsync(fd) < 0)
        r = -errno;
    if (r == 0 && rename(temporary, path) < 0)
        r = -errno;
    if (r < 0) {
        (void)unlink(temporary);
        return error_errno(err, -r, "cannot write %s", path);
    }
    r = sync_parent(path);
    return r < 0 ? error_errno(err, -r, "cannot write %s", path) : 0;
}

unsigned file_raise_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return 0;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
    return files.rlim_cur < INT_MAX ? (unsigned)files.rlim_cur : INT_MAX;
}

void file_cut(int fd, off_t size)
{
    if (ftruncate(fd, size) < 0)
        return;
}

int file_make_directories(const char *path, mode_t mode, struct error *err)
{
    _cleanup_free_ char *copy = strdup(path);

    if (!copy)
        return ERROR_OOM(err);
    for (char *s = copy + 1;; s++) {
        char kept = *s;

        if (kept != '/' && kept != '\0')
            continue;
        *s = '\0';
        if (mkdir(copy, mode) < 0 && errno != EEXIST)
            return error_errno(err, errno, "cannot make directory %s", copy);
        if (kept == '\0')
            return 0;
        *s = kept;
    }
}

int file_open_resolved(int root, const char *path, uint64_t flags, uint64_t resolve)
{
    struct open_how how = {
        .flags = flags | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS | resolve,
    };
    long fd;

    // EAGAIN: a rename or mount raced with "..", and the kernel cannot tell whether the result is
    // beneath the root (openat2(2)). A hostile container can cause it at will: so, bounded.
    for (int i = 0; i < 64; i++) {
        fd = syscall(SYS_openat2, root, path, &how, sizeof how);
        if (fd >= 0 || (errno != EAGAIN && errno != EINTR))
            break;
    }
    return fd < 0 ? -errno : (int)fd;
}

int file_open_in_root(int root, const char *path, uint64_t flags)
{
    return file_open_resolved(root, path, flags, 0);
}

char *file_descriptor_path(int fd)
{
    char link[32];
    size_t size = 256;

    (void)snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    for (;;) {
        char *buffer = malloc(size);
        ssize_t n = buffer ? readlink(link, buffer, size) : -1;

        if (n >= 0 && (size_t)n < size) {
            buffer[n] = '\0';
            return buffer;
        }
        free(buffer);
        if (n < 0)
            return NULL;
        size *= 2;
    }
}
