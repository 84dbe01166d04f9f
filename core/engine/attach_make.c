#include "core/engine/attach_job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "core/base/lookup.h"
#include "core/base/resolver.h"
#include "core/engine/insider.h"
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

// ---- in a child, with a time limit: the filesystem inside may be served by the container ----

struct making {
    struct insider who;
    int parent;
    const char *name, *new_name; // new_name: renamed, not made
    bool is_file;
    mode_t mode;
};

// Made with its final owner and mode at once: nothing is changed by chmod(2) or chown(2)
// afterwards, when someone inside may have put another directory in its place.
static int make_in_child(const void *context, struct resolver_answer *answer)
{
    const struct making *making = context;
    int flags = O_CLOEXEC | O_NOFOLLOW, fd, r = insider_become(&making->who);

    if (r < 0)
        return r;
    (void)umask(0);
    if (making->new_name)
        return renameat2(making->parent, making->name, making->parent, making->new_name,
                         RENAME_NOREPLACE) < 0
                   ? -errno
                   : 0;
    if (making->is_file)
        fd = openat(making->parent, making->name, flags | O_RDWR | O_CREAT | O_EXCL,
                    making->mode & 0666);
    else
        fd = mkdirat(making->parent, making->name, making->mode) < 0
                 ? -1
                 : openat(making->parent, making->name, flags | O_PATH | O_DIRECTORY);
    if (fd < 0)
        return -errno;
    answer->fds[0] = fd;
    return 0;
}

// As the container's root, in its user namespace if it has one: the owner is then the one that it
// would be from inside. *ret (may be NULL): the descriptor of what was made.
static int make(const struct attach_job *job, struct making *making, int *ret, struct error *err)
{
    _cleanup_close_ int userns = -1;
    struct resolver_answer answer;
    int keep[2], r = 0;

    making->who = (struct insider){.userns = -1, .capabilities = INSIDER_ALL_CAPABILITIES};
    if (job->inside.own_userns) {
        r = process_root_ids(job->inside.init.proc, &making->who.uid, &making->who.gid, err);
        if (r == 0)
            r = userns = process_ns_open(&job->inside.init, PROCESS_NS_USER, err);
        if (r < 0)
            return r;
        making->who.userns = userns;
    }
    if (making->who.uid == (uid_t)-1 || making->who.gid == (gid_t)-1)
        return error_set(err, ERROR_UNSUPPORTED, EOVERFLOW,
                         "the user namespace of %s maps no root: nobody could own the mount point",
                         job->container->name);
    keep[0] = making->parent;
    keep[1] = userns;
    r = resolver_ask(job->asked->path, make_in_child, making, keep, userns >= 0 ? 2 : 1,
                     job->timeout_ms, &answer, err);
    if (r < 0)
        return r;
    if (answer.result == -EEXIST && making->new_name)
        return error_set(err, ERROR_BUSY, EEXIST, "%s was made by someone else meanwhile",
                         making->new_name);
    if (answer.result < 0)
        return cannot_make(job, -answer.result, err);
    if (ret)
        *ret = answer.fds[0];
    return 0;
}

// ---- in the engine ----

// What was opened by name is what was made: its owner, empty, and not older than this operation.
static int check_is_new(const struct attach_job *job, int fd, const struct made_node *node,
                        uid_t uid, time_t before, struct error *err)
{
    struct statx sx;

    if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &sx) < 0)
        return cannot_make(job, errno, err);
    if (sx.stx_uid == uid && S_ISDIR(sx.stx_mode) == !node->is_file &&
        (node->is_file ? sx.stx_size == 0 : sx.stx_nlink <= 2) &&
        (node->birth_sec == 0 || node->birth_sec >= before - 1))
        return 0;
    return error_set(err, ERROR_UNSAFE, ESTALE, "%s was changed from inside while it was made",
                     job->asked->path);
}

static int make_below(const struct attach_job *job)
{
    return job->writable >= 0 ? job->writable : job->target.fd;
}

// Each node is made below the one before, all of them below the temporary name; job->place is the
// last one's descriptor.
int attach_make(struct attach_job *job, size_t index, struct error *err)
{
    struct made_node *node = &job->what->made[index];
    struct making making = {
        .parent = index ? job->place : make_below(job),
        .name = index ? node->name : job->what->temporary,
        .is_file = node->is_file,
        .mode = job->what->mode,
    };
    time_t before = time(NULL);
    int fd = -1, r;

    job->made = true;
    r = make(job, &making, &fd, err);
    if (r < 0)
        return r;
    if (job->place >= 0)
        (void)close(job->place);
    job->place = fd;
    r = made_identify(fd, node, err);
    return r < 0 ? r : check_is_new(job, fd, node, making.who.uid, before, err);
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
    struct making making = {
        .parent = make_below(job),
        .name = job->what->temporary,
        .new_name = job->what->made[0].name,
    };
    int r = journal_made(job->engine->writing, job->what->id, job->what, err);

    if (r == 0)
        r = make(job, &making, NULL, err);
    return r < 0 ? r : find_place(job, err);
}
