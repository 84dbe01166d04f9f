#include "core/engine/attach_job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/lookup.h"
#include "core/base/text.h"
#include "core/engine/made.h"

static int cannot_make(const struct attach_job *job, int sys_errno, struct error *err)
{
    int r = error_errno(err, sys_errno, "cannot make %s in the container", job->asked->path);

    if (sys_errno == EROFS) {
        err->code = ERROR_NO_PATH;
        error_hint(err, "the filesystem itself is read-only there: choose a target that exists");
    } else if (sys_errno == EOVERFLOW) {
        err->code = ERROR_UNSUPPORTED;
        error_hint(err, "its root is mounted with mapped ids, where the host's root owns nothing: make "
                        "the directory from inside first");
    }
    return r;
}

static int make_directory(int parent, const char *name, mode_t mode)
{
    int fd;

    if (mkdirat(parent, name, mode) < 0)
        return -errno;
    fd = openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return fd < 0 || fchmod(fd, mode) < 0 ? -errno : fd;
}

static int make_file(int parent, const char *name, mode_t mode)
{
    int fd = openat(parent, name, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, mode & 0666);

    return fd < 0 || fchmod(fd, mode & 0666) < 0 ? -errno : fd;
}

// Owned by the container's root, as if it had been made from inside.
static int give_to_root_inside(const struct attach_job *job, int fd, struct error *err)
{
    uid_t uid;
    gid_t gid;
    int r = process_root_ids(job->inside.init.proc, &uid, &gid, err);

    if (r < 0 || uid == (uid_t)-1 || gid == (gid_t)-1)
        return r;
    return fchown(fd, uid, gid) < 0 ? cannot_make(job, errno, err) : 0;
}

// Each node is made below the one before, all of them below the temporary name; job->place is the
// last one's descriptor.
int attach_make(struct attach_job *job, size_t index, struct error *err)
{
    struct made_node *node = &job->what->made[index];
    int parent = index ? job->place : job->writable >= 0 ? job->writable : job->target.fd;
    const char *name = index ? node->name : job->what->temporary;
    int fd = node->is_file ? make_file(parent, name, job->what->mode)
                           : make_directory(parent, name, job->what->mode);
    int r;

    job->made = true;
    if (fd < 0)
        return cannot_make(job, -fd, err);
    if (job->place >= 0)
        (void)close(job->place);
    job->place = fd;
    r = job->inside.own_userns ? give_to_root_inside(job, fd, err) : 0;
    return r < 0 ? r : made_identify(fd, node, err);
}

// The handle that the mount will go onto: found anew by its path in the container's own mounts (the
// one it was made through may be a clone's), and proven to be what was made.
static int find_place(struct attach_job *job, struct error *err)
{
    const struct made_node *last = &job->what->made[job->what->n_made - 1];
    _cleanup_free_ char *path = made_path(job->what, job->what->n_made - 1, false);
    struct mount_ids ids;
    int r;

    if (!path)
        return ERROR_OOM(err);
    (void)close(job->place);
    job->place = -1;
    r = lookup_open(job->inside.root, path, O_PATH | O_NOFOLLOW, 0, job->timeout_ms, &job->place,
                    err);
    if (r < 0)
        return r;
    if (!made_is(job->place, last) || call_mount_ids(job->place, "", &ids) < 0 ||
        ids.old != job->target.ids.old)
        return error_set(err, ERROR_UNSAFE, ESTALE, "%s was changed from inside while it was made",
                         job->asked->path);
    return 0;
}

int attach_name(struct attach_job *job, struct error *err)
{
    int parent = job->writable >= 0 ? job->writable : job->target.fd;
    const char *name = job->what->made[0].name;
    int r = journal_made(job->engine->writing, job->what->id, job->what, err);

    if (r < 0)
        return r;
    if (renameat2(parent, job->what->temporary, parent, name, RENAME_NOREPLACE) < 0)
        return errno == EEXIST ? error_set(err, ERROR_BUSY, EEXIST,
                                           "%s was made by someone else meanwhile", name)
                               : cannot_make(job, errno, err);
    return find_place(job, err);
}
