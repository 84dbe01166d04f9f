#include "core/engine/unmount.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <string.h>

#include "core/base/lookup.h"
#include "core/host/mountcalls.h"

int unmount_open_parent(const struct inside *inside, const struct attachment *what,
                        uint64_t timeout_ms, int *ret, const char **ret_name, struct error *err)
{
    const struct mount_identity *known = &what->identity;
    const char *slash = strrchr(known->target, '/');
    _cleanup_free_ char *directory =
        strndup(known->target, slash > known->target ? (size_t)(slash - known->target) : 1);
    _cleanup_close_ int fd = -1, entry = -1;
    struct mount_ids ids;
    int r;

    if (!directory)
        return ERROR_OOM(err);
    r = lookup_open(inside->root, directory, O_PATH | O_DIRECTORY, RESOLVE_NO_SYMLINKS, timeout_ms,
                    &fd, err);
    if (r < 0)
        return r;
    r = lookup_entry(fd, slash + 1, timeout_ms, &entry, err);
    if (r < 0)
        return r;
    r = call_mount_ids(entry, "", &ids);
    if (r < 0 ||
        (known->unique && ids.unique ? known->unique != ids.unique : known->old_id != ids.old))
        return error_set(err, ERROR_BUSY, EBUSY, "%s is covered or was moved meanwhile",
                         known->target);
    *ret = TAKE_FD(fd);
    *ret_name = slash + 1;
    return 0;
}

int unmount_make_private(const struct inside *inside, struct mover *mover,
                         const struct attachment *what, uint64_t timeout_ms, struct error *err)
{
    _cleanup_close_ int parent = -1, fd = -1;
    struct mover_answer answer;
    const char *name;
    int r = unmount_open_parent(inside, what, timeout_ms, &parent, &name, err);

    if (r == 0)
        r = lookup_entry(parent, name, timeout_ms, &fd, err);
    if (r == 0)
        r = mover_make_private(mover, inside->ns, fd, timeout_ms, &answer, err);
    if (r == 0 && mover_answer_errno(&answer))
        r = error_errno(err, mover_answer_errno(&answer), "cannot end the propagation of %s",
                        what->identity.target);
    return r;
}

int unmount_attachment(const struct inside *inside, struct mover *mover,
                       const struct attachment *what, bool lazy, uint64_t timeout_ms,
                       struct mover_answer *answer, struct error *err)
{
    _cleanup_close_ int parent = -1;
    const char *name;
    int r = unmount_open_parent(inside, what, timeout_ms, &parent, &name, err);

    return r < 0 ? r
                 : mover_unmount(mover, inside->ns, parent, name, lazy, timeout_ms, answer, err);
}
