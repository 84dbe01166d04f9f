// A source that is a path of the host in the end: opened and looked at.
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/lookup.h"
#include "core/engine/attach_job.h"

int source_open_path(struct source *source, const char *text, uint64_t timeout_ms,
                     struct error *err)
{
    struct mount_ids ids;
    struct statx sx;
    int r = lookup_open(AT_FDCWD, text, O_PATH, 0, timeout_ms, &source->fd, err);
    if (r == -ENOENT) {
        error_set(err, ERROR_NO_PATH, ENOENT, "the source %s does not exist", text);
        error_path(err, text);
        error_hint(err, "davit never makes up a source: create it first");
    }
    if (r < 0)
        return r;
    if (statx(source->fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
              STATX_BASIC_STATS, &sx) < 0)
        return error_errno(err, errno, "cannot look at %s", text);
    source->size = sx.stx_size;
    source->type = sx.stx_mode & S_IFMT;
    source->mode = sx.stx_mode & 07777;
    source->uid = sx.stx_uid;
    source->gid = sx.stx_gid;
    r = call_mount_ids(source->fd, "", &ids);
    if (r < 0 || ids.old == 0)
        return attach_needs_kernel(err, r < 0 ? r : -ENOSYS, "statx with STATX_MNT_ID", "5.8",
                                   text);
    source->mount_id = ids.old;
    source->path = file_descriptor_path(source->fd);
    return source->path ? 0 : error_errno(err, errno, "cannot tell the path of %s", text);
}
