// The tree of an attach: what a maker hands over, and the way to take it out again.
#include <errno.h>
#include <unistd.h>

#include "core/engine/attach_job.h"
#include "core/engine/attachment_look.h"
#include "core/engine/maker.h"

int attach_needs_kernel(struct error *err, int r, const char *call, const char *since,
                        const char *what)
{
    if (r != -ENOSYS)
        return error_errno(err, -r, "%s of %s failed", call, what);
    r = error_set(err, ERROR_UNSUPPORTED, ENOSYS, "this kernel has no %s (it came with Linux %s)",
                  call, since);
    error_hint(err, "`davit doctor` lists what works here");
    return r;
}

int attach_set_tree(struct attach_job *job, int tree, struct error *err)
{
    struct mount_ids ids;
    int r;

    if (job->tree >= 0)
        (void)close(job->tree);
    job->tree = tree;
    r = call_mount_ids(tree, "", &ids);
    if (r < 0 || ids.old == 0)
        return attach_needs_kernel(err, r < 0 ? r : -ENOSYS, "statx with STATX_MNT_ID", "5.8",
                                   job->source->name);
    job->what->identity.unique = ids.unique;
    job->what->identity.old_id = ids.old;
    attachment_note_node(&job->what->identity, tree);
    return 0;
}

void attach_step_took(struct attach_job *job, uint64_t us)
{
    job->took_us = us;
    job->took_known = true;
}

// Someone inside may mount over it just now; the topmost mount goes first. That many times, so that
// a race against us has to be won again and again.
#define COVERS_AT_MOST 64

static int detach_once(struct attach_job *job, struct error *err)
{
    struct mover_answer answer;
    struct mover *mover;
    int r = engine_mover(job->engine, &mover, err);

    if (r == 0)
        r = mover_detach_tree(mover, job->inside.ns, job->tree, job->timeout_ms, &answer, err);
    if (r < 0)
        return r;
    // EINVAL: it was never attached, or is not any more.
    if (answer.enter_errno || (answer.act_errno && answer.act_errno != EINVAL))
        return error_errno(err, mover_answer_errno(&answer), "cannot take back the mount at %s",
                           job->asked->path);
    return 0;
}

// Without ids that are never used again: as long as the tree is open, no other mount has its id.
static bool is_in_table(const struct attach_job *job)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    struct error ignored;

    return mount_table_read(job->inside.init.proc, &table, &ignored) == 0 &&
           mount_table_by_id(table, job->what->identity.old_id);
}

static bool is_there(const struct attach_job *job, struct error *err)
{
    return job->what->identity.unique ? attachment_present(job->what, err) == 1 : is_in_table(job);
}

// By the tree's own handle: whatever happens to the path, it is this mount that goes.
int attach_detach_tree(struct attach_job *job, struct error *err)
{
    int r = 0;

    if (!job->moved)
        return 0;
    for (int i = 0; i < COVERS_AT_MOST && r == 0; i++) {
        r = detach_once(job, err);
        if (r < 0 || !is_there(job, err))
            return r;
    }
    return error_set(err, ERROR_BUSY, EBUSY, "something is mounted over %s again and again",
                     job->asked->path);
}
