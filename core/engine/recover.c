// What a davit that was killed left: an intent in the journal that is neither done nor failed. An
// attach is taken back, whatever of it came about; a replace is completed if the new mount is in
// its place, and taken back if it is not; a detach is completed if the mount is gone, and forgotten
// if it is not.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/helper.h"
#include "core/base/resolver.h"
#include "core/engine/attachment_look.h"
#include "core/engine/engine_internal.h"
#include "core/engine/inside.h"
#include "core/engine/keeper.h"
#include "core/engine/kept.h"
#include "core/engine/made.h"
#include "core/engine/recipe.h"
#include "core/engine/replace.h"
#include "core/engine/unmount.h"

#define MOVER_END_US (5 * 1000000ULL)

// The kernel ends a mover with its engine, but not in the same instant: until then it may still do
// what it was told.
static int wait_for_mover(pid_t pid, uint64_t start_time, struct error *err)
{
    _cleanup_process_ struct process mover = PROCESS_INIT;

    if (pid <= 0 || process_open(pid, &mover, err) < 0 || mover.start_time != start_time)
        return 0;
    if (helper_wait(mover.pidfd, monotonic_us() + MOVER_END_US) == 1)
        return 0;
    return error_set(err, ERROR_BUSY, EBUSY,
                     "process %d of an interrupted change does not end: it waits in the kernel",
                     (int)pid);
}

// The container the attachment was made in: 1; 0 when it is gone.
static int open_container(const struct attachment *what, struct inside *ret, struct error *err)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    struct container container = {
        .id = what->container_id,
        .name = what->container_name,
        .pid = what->identity.init,
        .start_time = what->identity.init_start,
        .host = attachment_is_share(what),
    };
    int r = attachment_container(what, &process, err);

    if (r <= 0)
        return r;
    r = inside_open(&container, ret, err);
    return r == 0 ? 1 : err->code == ERROR_GONE ? 0 : r;
}

// A restart leaves the writable layer: a mount point that was made there is still there.
static int open_restarted(struct engine *engine, const struct attachment *what, struct inside *ret,
                          struct error *err)
{
    _cleanup_container_ struct container *container = NULL;

    if ((what->n_made == 0 && !what->workplace) || attachment_is_share(what) ||
        container_find(&engine->options.runtime, what->container_id, &container, err) < 0)
        return 0;
    return inside_open(container, ret, err) == 0;
}

static int remove_made(struct engine *engine, const struct inside *inside,
                       const struct attachment *what, struct error *err)
{
    int r = 0;

    for (size_t i = what->n_made; i-- > 0 && r >= 0;)
        r = made_remove(inside, &engine->mover, what, i, RESOLVER_DEFAULT_MS, err);
    return r < 0 ? r : 0;
}

// What lies there covers nothing but hides the mount, when it was not moved yet: goes first.
static int clear_workplace(struct engine *engine, struct inside *inside,
                           const struct attachment *what, struct error *err)
{
    struct mover *mover;
    int r = what->workplace ? engine_mover(engine, &mover, err) : 0;

    if (r < 0 || !what->workplace)
        return r;
    r = recipe_take_back(inside, mover, what, RESOLVER_DEFAULT_MS, err);
    return r < 0 ? r : inside_reread(inside, err);
}

// Where the tree came to be attached is known from the table alone: its ids are in the intent.
static const struct mount_entry *find_tree(const struct inside *inside,
                                           const struct attachment *what)
{
    const struct mount_entry *entry = mount_table_by_id(inside->table, what->identity.old_id);

    return entry && entry->device == what->identity.device &&
                   attachment_same_root(entry->root, what->identity.root)
               ? entry
               : NULL;
}

static int unmount_if_there(struct engine *engine, struct inside *inside, struct attachment *what,
                            struct error *err)
{
    const struct mount_entry *entry = find_tree(inside, what);
    struct mover_answer answer;
    int r;

    if (!entry)
        return 0;
    free(what->identity.target);
    what->identity.target = strdup(entry->target);
    if (!what->identity.target)
        return ERROR_OOM(err);
    r = unmount_attachment(inside, &engine->mover, what, true, RESOLVER_DEFAULT_MS, &answer, err);
    if (r == 0 && (mover_answer_errno(&answer)))
        r = error_errno(err, mover_answer_errno(&answer), "cannot take back the mount at %s",
                        what->identity.target);
    if (r == 0)
        r = inside_reread(inside, err);
    // What was mounted over it just then has gone instead.
    if (r == 0 && find_tree(inside, what))
        r = error_set(err, ERROR_BUSY, EBUSY, "%s is covered or was moved meanwhile",
                      what->identity.target);
    return r;
}

static int recover_attach(struct engine *engine, struct journal *journal, struct journal_view *view,
                          struct attachment *what, struct error *err)
{
    _cleanup_inside_ struct inside inside = INSIDE_INIT;
    struct error why;
    int r = wait_for_mover(what->mover, what->mover_start, err), there = 0, in_place;

    if (r == 0)
        r = there = open_container(what, &inside, err);
    if (r == 1 && *what->replaces)
        return replace_recover(engine, journal, view, &inside, what, err);
    in_place = there == 1;
    if (r == 0 && !*what->replaces)
        there = open_restarted(engine, what, &inside, err);
    if (r >= 0 && there == 1)
        r = clear_workplace(engine, &inside, what, err);
    if (r == 0 && in_place)
        r = unmount_if_there(engine, &inside, what, err);
    if (r == 0 && what->server)
        r = keeper_finish(what, 0, err);
    r = r > 0 ? 0 : r;
    if (r == 0 && there)
        r = remove_made(engine, &inside, what, err);
    if (r < 0)
        return r;
    error_set(&why, ERROR_FAILED, EINTR, "interrupted; taken back by the next run");
    r = journal_failed(journal, attachment_operation(what), what, what->id, &why, err);
    if (r == 0)
        (void)kept_drop(engine, what->id, &why); // it was to be noted by then, or was
    if (r == 0)
        engine_notice(engine, "%s %s of %s to %s:%s was interrupted: taken back",
                      attachment_operation(what), what->id, what->source, what->container_name,
                      what->target);
    return r;
}

static int recover_detach(struct engine *engine, struct journal *journal, struct attachment *what,
                          const char *id, struct error *err)
{
    _cleanup_inside_ struct inside inside = INSIDE_INIT;
    struct error why;
    int r = attachment_present(what, err), there;

    if (r < 0)
        return r;
    if (r == 1) {
        error_set(&why, ERROR_FAILED, EINTR, "interrupted; still attached");
        r = journal_failed(journal, "detach", what, id, &why, err);
        if (r == 0)
            engine_notice(engine, "detach %s of %s:%s was interrupted: it is still attached", id,
                          what->container_name, what->target);
        return r;
    }
    there = open_container(what, &inside, err);
    if (there == 0)
        there = open_restarted(engine, what, &inside, err);
    r = there == 1 ? remove_made(engine, &inside, what, err) : there;
    if (r == 0 && what->server)
        r = keeper_finish(what, KEEPER_ENDS_MS, err);
    if (r >= 0)
        r = journal_done(journal, "detach", what, id, err);
    if (r == 0)
        engine_notice(engine, "detach %s of %s:%s was interrupted: completed", id,
                      what->container_name, what->target);
    return r;
}

// An eject unmounts what is not davit's by one call, which was made or was not: nothing is left to
// be cleared.
static int recover_foreign(struct engine *engine, struct journal *journal, const char *id,
                           struct error *err)
{
    struct attachment nobody = {.state = ATTACHMENT_GONE};
    struct error why;
    int r;

    (void)error_set(&why, ERROR_FAILED, EINTR, "interrupted; davit who shows what is left");
    r = journal_failed(journal, "detach", &nobody, id, &why, err);
    if (r == 0)
        engine_notice(engine, "an eject (%s) was interrupted: davit who shows what is left", id);
    return r;
}

// One container that makes its recovery impossible must not keep the others from theirs, nor davit
// from its work: what fails stays an intent, is said each time, and is tried again by the next run.
static int recover_all(struct engine *engine, struct journal *journal, struct journal_view *view,
                       struct error *err)
{
    int failed = 0;

    for (size_t i = 0; i < view->n_attachments; i++) {
        struct attachment *what = view->attachments[i];

        if (what->state != ATTACHMENT_INTENT ||
            recover_attach(engine, journal, view, what, err) == 0)
            continue;
        engine_notice(engine, "attach %s to %s:%s was interrupted and cannot be taken back: %s",
                      what->id, what->container_name, what->target, err->message);
        failed = 1;
    }
    for (size_t i = 0; i < view->n_open_detaches; i++) {
        struct attachment *what = journal_view_find(view, view->open_detaches[i].attachment);
        int r =
            wait_for_mover(view->open_detaches[i].mover, view->open_detaches[i].mover_start, err);

        if (r == 0)
            r = what ? recover_detach(engine, journal, what, view->open_detaches[i].id, err)
                     : recover_foreign(engine, journal, view->open_detaches[i].id, err);
        if (r == 0)
            continue;
        engine_notice(engine, "detach %s was interrupted and cannot be completed: %s",
                      view->open_detaches[i].id, err->message);
        failed = 1;
    }
    return failed;
}

int engine_recover_locked(struct engine *engine, struct journal *journal, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    int r = journal_read_live(journal, &view, err);

    if (r == 0)
        r = recover_all(engine, journal, view, err);
    if (r == 0)
        r = journal_settled(journal, err);
    return r < 0 ? r : 0;
}
