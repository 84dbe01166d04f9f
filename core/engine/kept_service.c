// One keepd for a state directory: a record lock on a file in it, which ends with its process,
// whatever becomes of that, and which nothing that it forks inherits (fcntl(2)).
#include "core/engine/kept_service.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/journal_internal.h"
#include "core/engine/kept.h"

static int open_lock(const char *directory, int flags, struct error *err)
{
    _cleanup_free_ char *path = text_format("%s/keepd.lock", directory);

    return path ? journal_open_owned(AT_FDCWD, path, flags, path, err) : ERROR_OOM(err);
}

int kept_service_runs(const struct engine *engine, struct error *err)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    int fd = open_lock(engine->options.state_dir, O_RDONLY, err), r;

    if (fd < 0)
        return fd == -ENOENT ? 0 : fd;
    r = fcntl(fd, F_GETLK, &lock) < 0 ? -errno : lock.l_type != F_UNLCK;
    (void)close(fd);
    return r < 0 ? error_errno(err, -r, "cannot tell whether keepd runs") : r;
}

int kept_service_lock(const char *state_dir, int *ret, struct error *err)
{
    const char *directory = state_dir ? state_dir : JOURNAL_DEFAULT_DIR;
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET}, other = lock;
    _cleanup_close_ int fd = -1;
    int r = file_make_directories(directory, 0700, err);

    if (r == 0)
        r = fd = open_lock(directory, O_RDWR | O_CREAT, err);
    if (r < 0)
        return r;
    if (fcntl(fd, F_SETLK, &lock) == 0) {
        *ret = TAKE_FD(fd);
        return 0;
    }
    if (errno != EAGAIN && errno != EACCES)
        return error_errno(err, errno, "cannot lock %s/keepd.lock", directory);
    if (fcntl(fd, F_GETLK, &other) < 0 || other.l_type == F_UNLCK)
        other.l_pid = 0;
    r = error_set(err, ERROR_BUSY, EBUSY, "a keepd runs already: process %d", (int)other.l_pid);
    error_hint(err, "one is enough; another one needs a --state-dir of its own");
    return r;
}
