// The survey and the plan of a replace.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/kept.h"
#include "core/engine/made.h"
#include "core/engine/maker.h"
#include "core/engine/replace.h"

// ---- survey ----

// Bad descriptors are looked at after the flags.
static bool has_beneath(void)
{
    return call_move_mount(-1, "", -1, "",
                           MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH |
                               DAVIT_MOVE_MOUNT_BENEATH) == -EBADF;
}

static int nothing_there(const struct attach_job *job, struct error *err)
{
    int r = error_set(err, ERROR_NOT_ATTACHED, ENOENT, "nothing that davit attached is at %s",
                      job->asked->path);

    error_path(err, job->asked->path);
    error_hint_words(
        err, "davit attach attaches where nothing is yet; davit mounts %s shows what is there",
        job->container->name);
    return r;
}

static int check_same(const struct attach_job *job, struct error *err)
{
    const struct mount_identity *known = &job->old->identity;
    uint64_t now = known->unique ? known->unique : known->old_id;
    int r;

    job->result->mount_id = now; // as a plan tells it; the new one's takes its place
    if (job->asked->mount_id == 0 || job->asked->mount_id == now)
        return 0;
    r = error_set(err, ERROR_GONE, ESTALE,
                  "the mount at %s is another than was planned: %s attached it from %s",
                  job->asked->path, job->old->by ? job->old->by : "somebody", job->old->source);
    error_hint(err, "plan again, and look at what it is now");
    return r;
}

static int find_old(struct attach_job *job, struct error *err)
{
    struct journal *journal;
    int r = engine_journal_reading(job->engine, &journal, err);

    if (r == 0)
        r = journal_read_live(journal, &job->view, err);
    if (r < 0)
        return r;
    for (size_t i = job->view->n_attachments; i-- > 0;) {
        struct attachment *other = job->view->attachments[i];

        if (!job->target.missing && job->target.ids.is_root != 0 &&
            other->state == ATTACHMENT_LIVE &&
            attachment_is_mount(other, &job->inside, job->target.fd, &job->target.ids,
                                job->target.on)) {
            job->old = other;
            return 0;
        }
    }
    return nothing_there(job, err);
}

int replace_survey(struct attach_job *job, struct error *err)
{
    struct target *target = &job->target;
    int r;

    if (job->source->maker->inside) {
        r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
                      "method %s mounts in the container itself, and cannot replace",
                      job->source->maker->method);
        error_hint(err, "davit detach, then davit attach");
        return r;
    }
    r = find_old(job, err);
    if (r == 0)
        r = check_same(job, err);
    if (r < 0)
        return r;
    // Someone inside may have renamed a directory above it since.
    free(job->old->identity.target);
    job->old->identity.target = strdup(target->on->target);
    if (!job->old->identity.target)
        return ERROR_OOM(err);
    target->on = mount_table_by_id(job->inside.table, target->on->parent_id);
    if (!target->on)
        return error_set(err, ERROR_GONE, ESTALE, "%s changed while it was looked at",
                         job->asked->path);
    target->depth -= target->depth > 0;
    job->beneath = has_beneath();
    return 0;
}

// ---- plan ----

static int add(struct attach_job *job, enum plan_action action, char *text, char *call,
               struct error *err)
{
    return result_add_step(job->result, action, 0, err, text, call);
}

static int add_enter(struct attach_job *job, struct error *err)
{
    const char *name = job->container->name;

    return add(job, ACTION_ENTER, text_format("enter the mount namespace of %s", name),
               text_format("setns(<mount namespace of %s>, CLONE_NEWNS)", name), err);
}

static int add_detach(struct attach_job *job, struct error *err)
{
    const char *target = job->old->identity.target, *slash = strrchr(target, '/');
    bool tree = job->old->identity.n_mounts > 1;

    return add(job, ACTION_DETACH_OLD,
               text_format("detach %s, also if it is in use%s", job->old->source,
                           job->beneath ? "" : ": from here on nothing is there"),
               text_format("umount2(\"%s\", UMOUNT_NOFOLLOW%s)", slash ? slash + 1 : target,
                           tree ? "|MNT_DETACH" : "[|MNT_DETACH]"),
               err);
}

static int add_beneath(struct attach_job *job, struct error *err)
{
    const char *asked = job->asked->path;
    int r = add_enter(job, err);

    if (r == 0)
        r = add(job, ACTION_MOVE,
                text_format("put the clone below %s at %s", job->old->source, asked),
                text_format("move_mount(<clone>, \"\", <%s>, \"\", MOVE_MOUNT_F_EMPTY_PATH|"
                            "MOVE_MOUNT_T_EMPTY_PATH|MOVE_MOUNT_BENEATH)",
                            asked),
                err);
    if (r == 0)
        r = add(job, ACTION_LOOK_BENEATH, text_format("look whether it is directly below it"),
                text_format("read(mountinfo)"), err);
    return r < 0 ? r : add_detach(job, err);
}

static int add_with_gap(struct attach_job *job, struct error *err)
{
    const char *asked = job->asked->path;
    int r = add_enter(job, err);

    if (r == 0)
        r = add_detach(job, err);
    return r < 0 ? r
                 : add(job, ACTION_MOVE, text_format("move the clone to %s", asked),
                       text_format("move_mount(<clone>, \"\", <%s>, \"\", "
                                   "MOVE_MOUNT_F_EMPTY_PATH|MOVE_MOUNT_T_EMPTY_PATH)",
                                   asked),
                       err);
}

int replace_add_steps(struct attach_job *job, struct error *err)
{
    const char *asked = job->asked->path;
    // Before anything is changed, since there is no way back afterwards.
    int r =
        add(job, ACTION_CHECK_ACCESS,
            text_format("try access as uid %u of the container's init", job->inside.status.euid),
            text_format("faccessat2(<clone>, \"\", R_OK, AT_EMPTY_PATH|AT_EACCESS)"), err);

    if (r == 0 && !job->beneath)
        r = add(job, ACTION_KEEP_OLD,
                text_format("keep a clone of %s, to put it back if need be", job->old->source),
                text_format("open_tree(<%s>, \"\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH"
                            "%s)",
                            asked, job->old->identity.n_mounts > 1 ? "|AT_RECURSIVE" : ""),
                err);
    if (r == 0)
        r = add(job, ACTION_WRITE_INTENT,
                text_format("note in the journal what is about to be done"),
                text_format("write(<journal>, intent)"), err);
    if (r == 0)
        r = job->beneath ? add_beneath(job, err) : add_with_gap(job, err);
    if (r == 0)
        r = add(job, ACTION_VERIFY,
                text_format("look at %s from inside: the same mount, its flags", asked),
                text_format("openat2(<root of %s>, \"%s\", {flags=O_PATH|O_CLOEXEC, "
                            "resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})",
                            job->container->name, asked),
                err);
    if (r == 0)
        r = add(job, ACTION_FIND_HOLDERS, text_format("if it was busy, look who goes on using it"),
                text_format("statx(</proc/PID/…>, STATX_MNT_ID)"), err);
    if (r == 0)
        r = kept_add_step(job, err);
    if (r == 0)
        r = add(job, ACTION_WRITE_DONE, text_format("note in the journal that it is done"),
                text_format("write(<journal>, done)"), err);
    return r;
}

void replace_take_over(struct attachment *what, struct attachment *old)
{
    memcpy(what->replaces, old->id, sizeof what->replaces);
    what->made = TAKE_POINTER(old->made);
    what->n_made = old->n_made;
    what->temporary = TAKE_POINTER(old->temporary);
    old->n_made = 0;
}
