// The steps of a replace.
#include "core/engine/replace.h"

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "core/base/lookup.h"
#include "core/engine/detach_job.h"
#include "core/engine/keeper.h"
#include "core/engine/replace_internal.h"
#include "core/engine/unmount.h"

int replace_keep_old(struct attach_job *job, struct error *err)
{
    struct mover_answer answer;
    struct mover *mover;
    int r = engine_mover(job->engine, &mover, err);

    if (r == 0)
        r = mover_clone(mover, job->inside.ns, job->target.fd, job->old->identity.n_mounts > 1,
                        job->timeout_ms, &answer, err);
    if (r < 0)
        return r;
    if (mover_answer_errno(&answer))
        return error_errno(err, mover_answer_errno(&answer), "cannot keep a clone of what is at %s",
                           job->asked->path);
    job->kept = answer.fd;
    return 0;
}

int replace_look_beneath(struct attach_job *job, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    const struct mount_entry *top, *below;
    int r = mount_table_read(job->inside.init.proc, &table, err);

    if (r < 0)
        return r;
    top = mount_table_by_id(table, job->old->identity.old_id);
    below = mount_table_by_id(table, job->what->identity.old_id);
    if (top && below && top->parent_id == below->id && below->parent_id == job->target.on->id)
        return 0;
    r = error_set(err, ERROR_UNVERIFIED, ESTALE, "the new mount is not directly below %s",
                  job->old->source);
    error_hint(err, "someone inside or another tool changes this path at the same time");
    return r;
}

static bool is_shared(const struct mount_table *table, const struct attachment *old,
                      bool *ret_hangs)
{
    _cleanup_free_ bool *marks = calloc(table->n_entries + 1, sizeof *marks);
    bool shared = false;

    *ret_hangs = true;
    if (!marks)
        return true;
    *ret_hangs = false;
    (void)mount_table_mark_below(table, old->identity.old_id, marks);
    for (size_t i = 0; i < table->n_entries; i++) {
        shared |= marks[i] && table->entries[i].peer_group;
        *ret_hangs |= marks[i] && filesystem_may_hang(table->entries[i].type);
    }
    return shared;
}

int replace_unmount_old(struct engine *engine, const struct inside *inside,
                        const struct attachment *old, uint64_t timeout_ms, bool *ret_busy,
                        struct error *err)
{
    struct mover_answer answer = {.fd = -1};
    struct error ignored;
    bool lazy = false;
    int r = 0;

    if (is_shared(inside->table, old, &lazy))
        r = unmount_make_private(inside, &engine->mover, old, timeout_ms, err);
    if (r < 0)
        return r;
    // Who waits for a dead server is not waited for.
    lazy |= old->identity.n_mounts > 1;
    r = unmount_attachment(inside, &engine->mover, old, lazy, timeout_ms, &answer, err);
    if (r == 0 && !lazy && !answer.enter_errno && answer.act_errno == EBUSY) {
        lazy = true;
        r = unmount_attachment(inside, &engine->mover, old, lazy, timeout_ms, &answer, err);
    }
    *ret_busy = lazy;
    // A mover that died may have done it before.
    if ((r == -EPIPE || r == -ETIMEDOUT) && attachment_present(old, &ignored) == 0)
        return 0;
    if (r < 0)
        return r;
    if (mover_answer_errno(&answer))
        return error_errno(err, mover_answer_errno(&answer), "cannot detach %s from %s",
                           old->source, old->identity.target);
    r = attachment_present(old, err);
    return r <= 0 ? r
                  : error_set(err, ERROR_UNVERIFIED, ESTALE,
                              "another mount that lay over %s meanwhile was taken away instead",
                              old->identity.target);
}

int replace_open_place(struct attach_job *job, int parent, const char *name, struct error *err)
{
    _cleanup_close_ int place = -1;
    struct mount_ids ids;
    int r = lookup_entry(parent, name, job->timeout_ms, &place, err);

    if (r == 0)
        r = call_mount_ids(place, "", &ids);
    if (r < 0)
        return r;
    if (!job->target.on || ids.old != job->target.on->id)
        return error_set(err, ERROR_UNVERIFIED, ESTALE,
                         "%s carries another mount by now: someone inside changes it",
                         job->asked->path);
    job->place = TAKE_FD(place);
    return 0;
}

int replace_detach_old(struct attach_job *job, struct error *err)
{
    _cleanup_close_ int parent = -1;
    const char *name = NULL;
    int r = 0;

    if (!job->beneath)
        r = unmount_open_parent(&job->inside, job->old, job->timeout_ms, &parent, &name, err);
    if (r < 0)
        return r;
    // Our own handle of it would keep it busy.
    if (job->target.fd >= 0)
        (void)close(TAKE_FD(job->target.fd));
    job->swapping = true;
    r = replace_unmount_old(job->engine, &job->inside, job->old, job->timeout_ms, &job->old_busy,
                            err);
    return r < 0 || job->beneath ? r : replace_open_place(job, parent, name, err);
}

int replace_find_holders(struct attach_job *job, struct error *err)
{
    struct detach_job old = {
        .engine = job->engine,
        .inside = job->inside,
        .what = job->old,
        .result = job->result,
    };
    struct error ignored;
    size_t n = 0;

    if (!job->old_busy)
        return 0;
    // Who cannot be told does not undo what is done.
    if (detach_find_holders(&old, &n, &ignored) < 0)
        n = 1;
    job->inside.table = old.inside.table; // read anew
    job->lingers = n > 0;
    return n > 0 ? result_add_warning(job->result, err,
                                      "what was there is still in use, unseen: it ends when its "
                                      "holders let go")
                 : 0;
}

int replace_journal_end(struct journal *journal, const struct attachment *old, bool lingers,
                        struct error *err)
{
    struct error ignored;

    // Whoever still holds the old one needs its server.
    if (!lingers && old->server)
        (void)keeper_finish(old, KEEPER_ENDS_MS, &ignored);
    return lingers ? journal_lingering(journal, old, err)
                   : journal_gone(journal, old, "replaced", err);
}

int replace_write_end(struct attach_job *job, struct error *err)
{
    return replace_journal_end(job->engine->writing, job->old, job->lingers, err);
}
