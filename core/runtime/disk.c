#include "core/runtime/disk.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"

static ssize_t read_whole(int fd, char *out, size_t size)
{
    size_t used = 0;

    while (used < size) {
        ssize_t n = read(fd, out + used, size - used);

        if (n < 0 && errno == EINTR)
            continue;
        if (n <= 0)
            return n < 0 ? -errno : (ssize_t)used;
        used += (size_t)n;
    }
    return (ssize_t)used;
}

int disk_read(int root, const char *path, size_t limit, char **ret, size_t *ret_length,
              struct error *err)
{
    _cleanup_close_ int fd =
        file_open_resolved(root, path, O_RDONLY | O_NONBLOCK | O_NOCTTY, RESOLVE_NO_SYMLINKS);
    _cleanup_free_ char *text = NULL;
    struct stat st;
    ssize_t n;

    if (fd == -EACCES || fd == -EPERM)
        return error_errno(err, EACCES, "cannot read %s", path);
    if (fd < 0 || fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_uid != 0 ||
        st.st_mode & (S_IWGRP | S_IWOTH) || st.st_size < 0 || (size_t)st.st_size > limit)
        return 1;
    text = malloc((size_t)st.st_size + 1);
    if (!text)
        return ERROR_OOM(err);
    n = read_whole(fd, text, (size_t)st.st_size);
    if (n <= 0)
        return 1;
    text[n] = '\0';
    *ret = TAKE_POINTER(text);
    *ret_length = (size_t)n;
    return 0;
}
