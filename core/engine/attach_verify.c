#include "core/engine/attach_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "core/base/lookup.h"
#include "core/base/resolver.h"
#include "core/engine/insider.h"
#include "core/engine/label.h"

static int mismatch(struct error *err, const char *target, const char *what)
{
    int r = error_set(err, ERROR_UNVERIFIED, ESTALE, "%s shows %s: the attach is taken back",
                      target, what);

    error_hint(err, "someone inside or another tool changes this path at the same time");
    return r;
}

// ---- identity and flags ----

static int check_identity(struct attach_job *job, struct error *err)
{
    struct mount_ids ours, seen;
    int r = call_mount_ids(job->tree, "", &ours);
    _cleanup_close_ int fd = -1;

    if (r == 0)
        r = lookup_open(job->inside.root, job->asked->path, O_PATH, 0, job->timeout_ms, &fd, err);
    if (r == -ETIMEDOUT)
        return r;
    if (r < 0)
        return mismatch(err, job->asked->path, "nothing");
    r = call_mount_ids(fd, "", &seen);
    if (r < 0 || (ours.unique ? ours.unique != seen.unique : ours.old != seen.old))
        return mismatch(err, job->asked->path, "another mount than the one that was moved in");
    job->result->mount_id = ours.unique ? ours.unique : ours.old;
    return 0;
}

static bool has_flags(const struct mount_entry *entry, uint64_t set)
{
    return (!(set & MOUNT_ATTR_RDONLY) || mount_entry_has_option(entry, "ro")) &&
           (!(set & MOUNT_ATTR_NOSUID) || mount_entry_has_option(entry, "nosuid")) &&
           (!(set & MOUNT_ATTR_NODEV) || mount_entry_has_option(entry, "nodev")) &&
           (!(set & MOUNT_ATTR_NOEXEC) || mount_entry_has_option(entry, "noexec")) &&
           (!(set & MOUNT_ATTR_NOSYMFOLLOW) || mount_entry_has_option(entry, "nosymfollow"));
}

// The mount it was moved onto is still what the survey judged: on the same mount, and that one does
// not reach the host by now.
static int check_parent(const struct attach_job *job, const struct mount_entry *top,
                        struct error *err)
{
    const struct mount_entry *parent = mount_table_by_id(job->inside.table, top->parent_id);
    _cleanup_mount_table_ struct mount_table *host = NULL;
    int r;

    if (!parent || parent->id != job->target.on->id)
        return mismatch(err, job->asked->path, "a mount on another one than was looked at");
    if (parent->peer_group == 0 || job->inside.is_host)
        return 0;
    r = mount_table_read(AT_FDCWD, &host, err);
    if (r < 0)
        return r;
    return mount_entry_reaches(parent, host)
               ? mismatch(err, job->asked->path, "on a mount that is shared with the host by now")
               : 0;
}

static int check_mount(const struct attach_job *job, const struct mount_entry *entry,
                       bool parent_shared, struct error *err)
{
    if (!has_flags(entry, job->attr_set))
        return mismatch(err, entry->target, "other flags than were set");
    if (job->owners.on && !mount_entry_has_option(entry, "idmapped"))
        return mismatch(err, entry->target, "owners that are not mapped");
    if (job->request->propagation == PROPAGATION_PRIVATE && !parent_shared &&
        (entry->peer_group || entry->master))
        return mismatch(err, entry->target, "propagation that was not asked for");
    return 0;
}

// Every mount of the tree, as the container's own table has it.
static int check_table(struct attach_job *job, struct error *err)
{
    const struct mount_table *table = job->inside.table;
    struct mount_identity *known = &job->what->identity;
    const struct mount_entry *top = mount_table_by_id(table, known->old_id);
    _cleanup_free_ bool *marks = calloc(table->n_entries + 1, sizeof *marks);
    bool parent_shared = job->target.on->peer_group != 0 && !job->inside.is_host;
    int r;

    if (!marks)
        return ERROR_OOM(err);
    if (!top || top->device != known->device || strcmp(top->root, known->root) != 0)
        return mismatch(err, job->asked->path, "another filesystem or directory");
    free(known->target);
    known->target = strdup(top->target);
    if (!known->target)
        return ERROR_OOM(err);
    r = check_parent(job, top, err);
    known->n_mounts = (unsigned)mount_table_mark_below(table, known->old_id, marks);
    for (size_t i = 0; i < table->n_entries && r == 0; i++)
        if (marks[i])
            r = check_mount(job, &table->entries[i], parent_shared, err);
    job->result->read_only = mount_entry_read_only(top);
    return r;
}

int attach_verify(struct attach_job *job, struct error *err)
{
    struct mount_table *before = job->inside.table;
    int r;

    // The target's row points into the old table: it is kept until the new one has been judged.
    job->inside.table = NULL;
    r = mount_table_read(job->inside.init.proc, &job->inside.table, err);
    if (r == 0)
        r = inside_check_alive(&job->inside, err);
    if (r == 0)
        r = check_identity(job, err);
    if (r == 0)
        r = check_table(job, err);
    job->target.on = NULL;
    mount_table_free(before);
    return r;
}

// ---- access as the container's init ----

struct access_question {
    int mount; // O_PATH of the attached mount
    struct insider who;
};

// Of the root of the mount, as the container's user namespace has it.
struct owner {
    bool known;
    uint32_t uid, gid;
};

enum { ACCESS_READ = 1, ACCESS_WRITE = 2 };

static int try_access(int fd, int mode)
{
    return syscall(SYS_faccessat2, fd, "", mode, AT_EMPTY_PATH | AT_EACCESS) < 0 ? errno : 0;
}

// ACCESS_ bits, or -errno when the filesystem fails.
static int access_of(int mount)
{
    int read_errno = try_access(mount, R_OK);

    if (read_errno != 0 && read_errno != EACCES)
        return -read_errno;
    return (read_errno == 0 ? ACCESS_READ : 0) | (try_access(mount, W_OK) == 0 ? ACCESS_WRITE : 0);
}

static int access_in_child(const void *context, struct resolver_answer *answer)
{
    const struct access_question *question = context;
    struct owner owner = {.known = false};
    struct statx sx;
    int r = insider_become(&question->who);

    if (r < 0)
        return r;
    if (statx(question->mount, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_UID | STATX_GID,
              &sx) == 0)
        owner = (struct owner){.known = true, .uid = sx.stx_uid, .gid = sx.stx_gid};
    memcpy(answer->data, &owner, sizeof owner);
    answer->length = sizeof owner;
    return access_of(question->mount);
}

// An init with the rights that this process has itself needs no child to try them.
static bool is_like_us(const struct attach_job *job)
{
    const uint64_t overrides = UINT64_C(1) << CAP_DAC_OVERRIDE;
    const struct process_status *init = &job->inside.status;

    return !job->inside.own_userns && !job->owners.on && init->euid == 0 && geteuid() == 0 &&
           (init->cap_effective & overrides) && !filesystem_may_hang(job->source->mount->type);
}

static int judge_access(struct attach_job *job, int can, struct error *err)
{
    const char *path = job->asked->path;
    unsigned uid = job->inside.status.euid;

    if (can == -ENOSYS)
        return result_add_warning(job->result, err,
                                  "access was not tried: faccessat2 is in Linux 5.8");
    if (can < 0) {
        error_errno(err, -can, "access as the container's init (uid %u) failed", uid);
        err->code = ERROR_UNVERIFIED;
        return can;
    }

    if (job->request->flags & ATTACH_READ_ONLY && can & ACCESS_WRITE &&
        (S_ISDIR(job->source->type) || S_ISREG(job->source->type)))
        return mismatch(err, path, "a mount that can be written");
    if (!(can & ACCESS_READ))
        return result_add_warning(
            job->result, err,
            "uid %u, the container's init, may not read it: it belongs to %u:%u, "
            "mode %04o",
            uid, job->source->uid, job->source->gid, job->source->mode);
    if (!job->result->read_only && !(can & ACCESS_WRITE))
        return result_add_warning(job->result, err,
                                  "uid %u, the container's init, may not write it: it belongs to "
                                  "%u:%u, mode %04o",
                                  uid, job->source->uid, job->source->gid, job->source->mode);
    return 0;
}

static int judge_owner(struct attach_job *job, const struct resolver_answer *answer,
                       struct error *err)
{
    struct owner owner;

    if (answer->length != sizeof owner)
        return 0; // said by the answer's result
    memcpy(&owner, answer->data, sizeof owner);
    return owner.known ? attach_check_owner(job, owner.uid, owner.gid, err) : 0;
}

static int warn_label(struct attach_job *job, struct error *err)
{
    char process[LABEL_SIZE], file[LABEL_SIZE];

    if (filesystem_may_hang(job->source->mount->type) ||
        !label_read(job->inside.init.proc, job->tree, process, file) || !label_clash(process, file))
        return 0;
    return result_add_warning(job->result, err,
                              "the source's security label %s is none that the container's %s may "
                              "use: SELinux may deny access",
                              file, process);
}

int attach_check_access(struct attach_job *job, struct error *err)
{
    const struct process_status *init = &job->inside.status;
    struct access_question question = {
        .mount = job->tree,
        .who = {.uid = init->euid,
                .gid = init->egid,
                .groups = init->groups,
                .n_groups = init->n_groups,
                .userns = -1,
                .capabilities = init->cap_effective},
    };
    _cleanup_close_ int userns = -1;
    struct resolver_answer answer;
    int keep[2], r;

    r = warn_label(job, err);
    if (r < 0)
        return r;
    if (is_like_us(job))
        return judge_access(job, access_of(job->tree), err);
    if (job->inside.own_userns) {
        userns = r = process_ns_open(&job->inside.init, PROCESS_NS_USER, err);
        if (r < 0)
            return r;
        question.who.userns = userns;
    }
    keep[0] = job->tree;
    keep[1] = userns;
    r = resolver_ask(job->asked->path, access_in_child, &question, keep, userns >= 0 ? 2 : 1,
                     job->timeout_ms, &answer, err);
    if (r < 0) {
        err->code = ERROR_UNVERIFIED;
        error_prefix(err, "the source does not answer from inside: the attach is taken back");
        return r;
    }
    r = judge_owner(job, &answer, err);
    return r < 0 ? r : judge_access(job, answer.result, err);
}
