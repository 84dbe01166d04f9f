#include "core/engine/detach_job.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/base/lookup.h"
#include "core/engine/made.h"

void detach_job_done(struct detach_job *job)
{
    inside_done(&job->inside);
    if (job->container)
        container_free(job->container);
    if (job->view)
        journal_view_free(job->view);
    if (job->foreign && job->foreign->as)
        attachment_free(TAKE_POINTER(job->foreign->as));
    *job = (struct detach_job)DETACH_JOB_INIT;
}

static bool of_this_container(const struct detach_job *job, const struct attachment *attachment)
{
    return attachment->identity.mnt_ns == job->inside.mnt_ns &&
           attachment->identity.init == job->inside.init.pid &&
           attachment->identity.init_start == job->inside.init.start_time;
}

// What davit attached at this place lies under something else, or is not there any more.
// `top`: the mount that is seen there, if any.
static int explain_absence(struct detach_job *job, const struct mount_entry *top, struct error *err)
{
    const char *asked = job->asked->path;
    int r;

    for (size_t i = job->view->n_attachments; i-- > 0;) {
        const struct attachment *other = job->view->attachments[i];
        struct error ignored;

        if (other->state != ATTACHMENT_LIVE || !of_this_container(job, other) ||
            (strcmp(other->target, asked) != 0 && strcmp(other->identity.target, asked) != 0))
            continue;
        if (attachment_present(other, &ignored) == 1) {
            r = error_set(err, ERROR_BUSY, EBUSY, "%s was mounted over what davit attached at %s",
                          top ? top->source : "something", asked);
            error_hint(err, "unmount what lies over it first: davit takes away only its own");
            return r;
        }
        r = error_set(err, ERROR_NOT_ATTACHED, ENOENT,
                      "what davit attached at %s was unmounted by someone else", asked);
        error_hint(err, "`davit status` shows what is attached now");
        return r;
    }
    if (top)
        r = error_set(err, ERROR_NOT_ATTACHED, ENOENT,
                      "%s (%s) was not attached by davit: it takes away only what it attached",
                      asked, top->source);
    else
        r = error_set(err, ERROR_NOT_ATTACHED, ENOENT, "nothing is attached at %s", asked);
    error_hint_words(err, "`davit mounts %s` shows what is there and where it comes from",
                     job->container->name);
    return r;
}

// Someone inside may have renamed a directory above the mount point: its unique id says that it is
// the mount, the table says where it is now.
static int follow_moved(struct attachment *attachment, const struct mount_entry *entry,
                        struct error *err)
{
    char *target = strdup(entry->target);

    if (!target)
        return ERROR_OOM(err);
    free(attachment->identity.target);
    attachment->identity.target = target;
    return 0;
}

static int find_attachment(struct detach_job *job, struct error *err)
{
    unsigned long long start = monotonic_us();
    _cleanup_close_ int fd = -1;
    const struct mount_entry *top;
    struct mount_ids ids;
    int r = lookup_open(job->inside.root, job->asked->path, O_PATH, 0, job->timeout_ms, &fd, err);

    job->target_us = monotonic_us() - start;
    if (r == -ENOENT || r == -ENOTDIR)
        return explain_absence(job, NULL, err);
    if (r < 0)
        return r;
    r = call_mount_ids(fd, "", &ids);
    if (r < 0)
        return error_errno(err, -r, "cannot look at %s", job->asked->path);
    top = mount_table_by_id(job->inside.table, ids.old);
    if (!top)
        return error_set(err, ERROR_GONE, ESTALE, "%s changed while it was looked at",
                         job->asked->path);
    for (size_t i = job->view->n_attachments; i-- > 0 && ids.is_root != 0;) {
        struct attachment *attachment = job->view->attachments[i];

        if (attachment->state != ATTACHMENT_GONE &&
            attachment_is_mount(attachment, &job->inside, fd, &ids, top)) {
            job->what = attachment;
            return follow_moved(attachment, top, err);
        }
    }
    return explain_absence(job, ids.is_root != 0 ? top : NULL, err);
}

// One certain attachment, wherever its mount is by now; that it is there is proven when its mount
// point is opened.
static int find_only(struct detach_job *job, struct error *err)
{
    const struct mount_entry *entry;

    job->what = journal_view_find(job->view, job->request->only);
    entry = job->what ? mount_table_by_id(job->inside.table, job->what->identity.old_id) : NULL;
    if (!entry || !of_this_container(job, job->what) || attachment_present(job->what, err) != 1) {
        job->what = NULL;
        return error_set(err, ERROR_NOT_ATTACHED, ENOENT, "what %s attached is not there any more",
                         job->request->only);
    }
    return follow_moved(job->what, entry, err);
}

// What lies there may be another attachment than the one that was shown.
static int check_same(const struct detach_job *job, struct error *err)
{
    const struct mount_identity *known = &job->what->identity;
    uint64_t now = known->unique ? known->unique : known->old_id;
    int r;

    if (job->asked->mount_id == 0 || job->asked->mount_id == now)
        return 0;
    r = error_set(err, ERROR_GONE, ESTALE,
                  "the mount at %s is another than was planned: %s attached it from %s",
                  job->asked->path, job->what->by ? job->what->by : "somebody", job->what->source);
    error_hint(err, "plan again, and look at what it is now");
    return r;
}

int detach_survey(struct detach_job *job, struct error *err)
{
    struct journal *journal;
    int r = engine_find_target(job->engine, job->asked, &job->container, err);

    if (r == 0)
        r = inside_open(job->container, &job->inside, err);
    if (r == 0)
        r = engine_journal_reading(job->engine, &journal, err);
    if (r == 0)
        r = journal_read_live(journal, &job->view, err);
    if (r == 0)
        r = job->request->only ? find_only(job, err) : find_attachment(job, err);
    if (r == 0)
        r = check_same(job, err);
    if (r < 0)
        error_stage(err, "resolve");
    return r;
}
