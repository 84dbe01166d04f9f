#include "core/engine/attach_job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/stat.h>
#include <time.h>
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
        error_hint(err,
                   "its root is mounted with mapped ids, where the host's root owns nothing: make "
                   "the directory from inside first");
    }
    return r;
}

// Made with its final owner and mode at once: nothing is changed by chmod(2) or chown(2)
// afterwards, when someone inside may have put another directory in its place. In a user namespace
// its owner is the container's root, as if it had been made from inside, and with that one's
// rights.
static int create(const struct attach_job *job, int parent, const char *name, bool is_file,
                  uid_t uid, gid_t gid)
{
    mode_t mode = job->what->mode, mask = umask(0);
    int flags = O_CLOEXEC | O_NOFOLLOW, fd, r = 0;

    (void)setfsgid(gid);
    (void)setfsuid(uid);
    if (is_file)
        fd = openat(parent, name, flags | O_RDWR | O_CREAT | O_EXCL, mode & 0666);
    else
        fd = mkdirat(parent, name, mode) < 0 ? -1
                                             : openat(parent, name, flags | O_PATH | O_DIRECTORY);
    if (fd < 0)
        r = -errno;
    (void)setfsuid(geteuid());
    (void)setfsgid(getegid());
    (void)umask(mask);
    return r < 0 ? r : fd;
}

// What was opened by name is what was made: its owner, empty, and not older than this operation.
static int check_is_new(const struct attach_job *job, int fd, const struct made_node *node,
                        uid_t uid, time_t before, struct error *err)
{
    struct stat st;

    if (fstat(fd, &st) < 0)
        return cannot_make(job, errno, err);
    if (st.st_uid == uid && S_ISDIR(st.st_mode) == !node->is_file &&
        (node->is_file ? st.st_size == 0 : st.st_nlink <= 2) &&
        (node->birth_sec == 0 || node->birth_sec >= before - 1))
        return 0;
    return error_set(err, ERROR_UNSAFE, ESTALE, "%s was changed from inside while it was made",
                     job->asked->path);
}

// Each node is made below the one before, all of them below the temporary name; job->place is the
// last one's descriptor.
int attach_make(struct attach_job *job, size_t index, struct error *err)
{
    struct made_node *node = &job->what->made[index];
    int parent = index ? job->place : job->writable >= 0 ? job->writable : job->target.fd;
    const char *name = index ? node->name : job->what->temporary;
    time_t before = time(NULL);
    uid_t uid = 0;
    gid_t gid = 0;
    int fd, r = 0;

    if (job->inside.own_userns)
        r = process_root_ids(job->inside.init.proc, &uid, &gid, err);
    if (r < 0)
        return r;
    if (uid == (uid_t)-1 || gid == (gid_t)-1)
        return error_set(err, ERROR_UNSUPPORTED, EOVERFLOW,
                         "the user namespace of %s maps no root: nobody could own the mount point",
                         job->container->name);
    job->made = true;
    fd = create(job, parent, name, node->is_file, uid, gid);
    if (fd < 0)
        return cannot_make(job, -fd, err);
    if (job->place >= 0)
        (void)close(job->place);
    job->place = fd;
    r = made_identify(fd, node, err);
    return r < 0 ? r : check_is_new(job, fd, node, uid, before, err);
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
