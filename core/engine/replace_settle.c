// A replace that did not come to its end. What is in the namespace decides: with the new mount in
// its place the replace is completed, else all is as it was before.
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/lookup.h"
#include "core/base/text.h"
#include "core/engine/attachment_look.h"
#include "core/engine/keeper.h"
#include "core/engine/replace_internal.h"

// Whether it is that mount is for attachment_present() to say: ids are reused.
static const struct mount_entry *row_of(const struct inside *inside,
                                        const struct attachment *attachment)
{
    const struct mount_identity *known = &attachment->identity;
    const struct mount_entry *row = mount_table_by_id(inside->table, known->old_id);

    return row && row->device == known->device ? row : NULL;
}

static size_t count_of(const struct mount_table *table, const struct mount_entry *row)
{
    _cleanup_free_ bool *marks = calloc(table->n_entries + 1, sizeof *marks);

    return row && marks ? mount_table_mark_below(table, row->id, marks) : 0;
}

int replace_look(const struct inside *inside, struct attachment *what, const struct attachment *old,
                 enum replace_found *ret, struct error *err)
{
    const struct mount_entry *is_new = row_of(inside, what);
    const struct mount_entry *is_old = old ? row_of(inside, old) : NULL;
    int r;

    if (is_old) {
        r = attachment_present(old, err);
        if (r < 0)
            return r;
        is_old = r == 1 ? is_old : NULL;
    }
    if (is_new) {
        free(what->identity.target);
        what->identity.target = strdup(is_new->target);
        if (!what->identity.target)
            return ERROR_OOM(err);
        r = attachment_present(what, err);
        if (r < 0)
            return r;
        is_new = r == 1 ? is_new : NULL; // ids are reused
    }
    if (!is_new) {
        *ret = is_old ? REPLACE_FOUND_OLD : REPLACE_FOUND_NEITHER;
        return 0;
    }
    what->identity.n_mounts =
        (unsigned)(count_of(inside->table, is_new) - count_of(inside->table, is_old));
    *ret = is_old && is_old->parent_id != is_new->id ? REPLACE_FOUND_ASTRAY : REPLACE_FOUND_NEW;
    return 0;
}

int replace_complete(struct engine *engine, struct journal *journal, const struct inside *inside,
                     struct attachment *what, const struct attachment *old, uint64_t timeout_ms,
                     struct error *err)
{
    bool busy = false;
    int r = 0;

    if (old && row_of(inside, old) && attachment_present(old, err) == 1)
        r = replace_unmount_old(engine, inside, old, timeout_ms, &busy, err);
    // Whether somebody holds it shows when it is looked at next.
    if (r == 0 && old)
        r = replace_journal_end(journal, old, busy, err);
    what->state = ATTACHMENT_LIVE;
    return r < 0 ? r : journal_done(journal, "attach", what, what->id, err);
}

// The clone of the old one goes to its place. It is another mount, so that it gets an entry of its
// own in the journal, which replaces that of the old one.
static int put_back(struct attach_job *job, struct error *err)
{
    struct attachment *old = job->old, *what = job->what;
    struct attachment gone = {.target = NULL};
    struct mover_answer answer;
    struct mount_ids ids;
    int r = call_mount_ids(job->kept, "", &ids);

    if (r < 0)
        return error_errno(err, -r, "cannot look at the clone of %s", old->source);
    memcpy(gone.id, old->id, sizeof gone.id);
    memcpy(old->replaces, old->id, sizeof old->replaces);
    text_random_hex(old->id, sizeof old->id);
    old->identity.unique = ids.unique;
    old->identity.old_id = ids.old;
    old->made = TAKE_POINTER(what->made);
    old->n_made = what->n_made;
    old->temporary = TAKE_POINTER(what->temporary);
    what->n_made = 0;
    old->mover = job->engine->mover.pid;
    old->mover_start = job->engine->mover.start_time;
    r = journal_intent(job->engine->writing, "attach", old, old->id, err);
    if (r == 0)
        r = mover_move(&job->engine->mover, job->inside.ns, job->kept, job->place, job->timeout_ms,
                       &answer, err);
    if (r == 0 && (mover_answer_errno(&answer)))
        r = error_errno(err, mover_answer_errno(&answer), "cannot put %s back to %s", old->source,
                        job->asked->path);
    if (r == 0)
        r = journal_gone(job->engine->writing, &gone, "replaced", err);
    return r < 0 ? r : journal_done(job->engine->writing, "attach", old, old->id, err);
}

// Without MOVE_MOUNT_BENEATH the new one is never below the old one: it can be taken out.
static int roll_back_gap(struct attach_job *job, struct error *err)
{
    int r = attach_detach_tree(job, err);

    if (r == 0)
        r = attachment_present(job->old, err);
    if (r != 0 || !process_alive(&job->inside.init))
        return r;
    if (job->place < 0) {
        _cleanup_close_ int parent = -1;
        _cleanup_free_ char *above = strdup(job->old->identity.target);
        char *slash = above ? strrchr(above, '/') : NULL;

        if (!slash)
            return ERROR_OOM(err);
        *slash = '\0';
        r = lookup_open(job->inside.root, *above ? above : "/", O_PATH | O_DIRECTORY,
                        RESOLVE_NO_SYMLINKS, job->timeout_ms, &parent, err);
        if (r == 0)
            r = replace_open_place(job, parent, slash + 1, err);
    }
    return r < 0 ? r : put_back(job, err);
}

static int roll_back_beneath(struct attach_job *job, bool *ret_completed, struct error *err)
{
    enum replace_found found = REPLACE_FOUND_NEITHER;
    int r = inside_reread(&job->inside, err);

    job->target.on = NULL; // was in the table before
    if (r == 0)
        r = replace_look(&job->inside, job->what, job->old, &found, err);
    if (r < 0)
        return process_alive(&job->inside.init) ? r : 0;
    if (found == REPLACE_FOUND_ASTRAY)
        return attach_detach_tree(job, err);
    if (found != REPLACE_FOUND_NEW)
        return 0;
    if (job->target.fd >= 0)
        (void)close(TAKE_FD(job->target.fd));
    *ret_completed = true;
    return replace_complete(job->engine, job->engine->writing, &job->inside, job->what, job->old,
                            job->timeout_ms, err);
}

void replace_roll_back(struct attach_job *job, const struct error *why)
{
    struct error err = {0};
    bool completed = false;
    int r = 0;

    if (job->beneath && job->moved)
        r = roll_back_beneath(job, &completed, &err);
    else if (job->swapping)
        r = roll_back_gap(job, &err);
    if (r >= 0 && !completed && job->what->server)
        r = keeper_finish(job->what, 0, &err);
    if (r >= 0 && !completed)
        r = journal_failed(job->engine->writing, "attach", job->what, job->what->id, why, &err);
    if (r < 0)
        engine_notice(job->engine,
                      "the replace at %s could not be settled: %s; the next davit "
                      "tries again",
                      job->asked->path, err.message);
    else if (completed)
        engine_notice(job->engine, "%s is at %s nevertheless: there was no way back any more",
                      job->what->source, job->asked->path);
}
