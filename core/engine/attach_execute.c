// Executes an attach: the steps of its plan, in their order.
//
// Nothing outside this process changes before the intent is in the journal. From there on either
// all steps succeed and the journal says "done", or what was made is taken back and it says
// "failed"; a davit that is killed in between leaves the intent to the next run (recover.c).
#include "core/engine/attach_job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/base/lookup.h"
#include "core/base/text.h"
#include "core/engine/keeper.h"
#include "core/engine/kept.h"
#include "core/engine/made.h"
#include "core/engine/maker.h"
#include "core/engine/replace.h"

// ---- the steps ----

static int step_set_flags(struct attach_job *job, struct error *err)
{
    static const uint64_t propagations[] = {MS_PRIVATE, MS_SLAVE, MS_SHARED};
    struct davit_mount_attr attr = {
        .set = job->attr_set,
        .propagation = propagations[job->request->propagation],
    };
    int r;

    if (job->owners.on) {
        attr.set |= MOUNT_ATTR_IDMAP;
        attr.userns_fd = (uint64_t)job->owners.userns;
    }
    r = call_mount_setattr(job->tree, "", AT_EMPTY_PATH | AT_RECURSIVE, &attr);
    if (job->owners.on && (r == -EINVAL || r == -EPERM))
        return attach_cannot_map(job, -r, err);
    if (r == -EINVAL && job->attr_set & MOUNT_ATTR_NOSYMFOLLOW)
        return attach_needs_kernel(err, -ENOSYS, "nosymfollow", "5.14", job->source->name);
    return r < 0 ? attach_needs_kernel(err, r, "mount_setattr", "5.12", job->source->name) : 0;
}

static int write_errno(int fd, mode_t type)
{
    char name[32] = ".davit-";

    if (!S_ISDIR(type))
        return syscall(SYS_faccessat2, fd, "", W_OK, AT_EMPTY_PATH) < 0 ? errno : 0;
    text_random_hex(name + 7, 17);
    return unlinkat(fd, name, 0) < 0 ? errno : 0;
}

// A read-only mount says EROFS before anything is looked up: no server is asked, nothing changes.
static int step_prove(struct attach_job *job, size_t index, struct error *err)
{
    const struct source *source = job->source;
    const char *path = index ? source->below[index - 1]->target : source->name;
    _cleanup_close_ int submount = -1;
    mode_t type = source->type;
    struct statx sx;
    int r;

    if (index) {
        const char *rest = source_path_below(source, source->below[index - 1]);

        r = lookup_open(job->tree, rest, O_PATH, 0, job->timeout_ms, &submount, err);
        // Unbindable mounts are not cloned: what is not there needs no proof.
        if (r == -ENOENT)
            return 0;
        if (r < 0 || statx(submount, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_TYPE, &sx) < 0)
            return r < 0 ? r : error_errno(err, errno, "cannot look at %s", path);
        type = sx.stx_mode & S_IFMT;
    }
    // Through what is neither, writing goes elsewhere.
    if (!S_ISDIR(type) && !S_ISREG(type))
        return 0;
    r = write_errno(index ? submount : job->tree, type);
    if (r == EROFS)
        return 0;
    return error_set(err, ERROR_UNVERIFIED, r,
                     "%s could still be written on the clone (%s): nothing "
                     "was attached",
                     path, error_errno_name(r));
}

static int step_intent(struct attach_job *job, struct error *err)
{
    struct attachment *what = job->what;
    struct mover *mover;
    struct actor actor;
    int r = boot_id_read(what->identity.boot_id, err);

    if (r == 0)
        r = engine_mover(job->engine, &mover, err);
    if (r < 0)
        return r;
    actor_find(&actor);
    what->by = strdup(actor.name);
    what->by_uid = actor.uid;
    what->since = time(NULL);
    what->mover = mover->pid;
    what->mover_start = mover->start_time;
    if (!what->by)
        return ERROR_OOM(err);
    if (job->inside.is_host)
        r = journal_mark_shares(job->engine->writing, err);
    if (r < 0)
        return r;
    r = journal_intent(job->engine->writing, attachment_operation(what), what, what->id, err);
    return r == 0 && job->source->maker->intended ? job->source->maker->intended(job, err) : r;
}

static int step_open_writable(struct attach_job *job, struct error *err)
{
    struct mover_answer answer;
    int r = mover_open_writable(&job->engine->mover, job->inside.ns, job->target.fd,
                                job->timeout_ms, &answer, err);

    if (r < 0)
        return r;
    if (mover_answer_errno(&answer))
        return error_errno(err, mover_answer_errno(&answer),
                           "cannot reach below the read-only mount at %s", job->target.path);
    job->writable = answer.fd;
    return 0;
}

static struct plan_step *step_of(struct result *result, enum plan_action action)
{
    for (size_t i = 0; i < result->n_steps; i++)
        if (result->steps[i].action == action)
            return &result->steps[i];
    return NULL;
}

static int step_move(struct attach_job *job, struct error *err)
{
    struct plan_step *enter = step_of(job->result, ACTION_ENTER);
    const struct maker_inside *inside = job->source->maker->inside;
    int target = job->place >= 0 ? job->place : job->target.fd;
    struct mover_answer answer;
    int r = inside_check_alive(&job->inside, err);

    if (r < 0)
        return r;
    job->moved = true; // from here on it may be in, whatever the mover says
    if (inside)
        r = inside->move(job, target, &answer, err);
    else
        r = (job->old && job->beneath ? mover_move_beneath : mover_move)(
            &job->engine->mover, job->inside.ns, job->tree, target, job->timeout_ms, &answer, err);
    if (r < 0)
        return r;
    engine_step_took(job->engine, job->result, enter, answer.enter_errno, answer.enter_us);
    if (answer.enter_errno)
        return error_errno(err, answer.enter_errno, "cannot enter the mount namespace of %s",
                           job->container->name);
    if (answer.act_errno)
        return attach_needs_kernel(err, -answer.act_errno, inside ? "mount" : "move_mount", "5.2",
                                   job->asked->path);
    job->swapping = job->old;
    return 0;
}

// What goes onto a shared mount is shared with it, whatever it was (mount_namespaces(7)).
static int step_make_private(struct attach_job *job, struct error *err)
{
    struct mover_answer answer;
    int r = mover_make_private(&job->engine->mover, job->inside.ns, job->tree, job->timeout_ms,
                               &answer, err);

    if (r < 0)
        return r;
    return mover_answer_errno(&answer) ? error_errno(err, mover_answer_errno(&answer),
                                                     "cannot make %s private", job->asked->path)
                                       : 0;
}

static int step_done(struct attach_job *job, struct error *err)
{
    int r = inside_check_alive(&job->inside, err);

    if (r == 0 && !attachment_served(job->what))
        r = error_set(err, ERROR_FAILED, EPIPE, "the mount helper's server has ended again");
    if (r == 0 && job->old)
        r = replace_write_end(job, err);
    job->what->state = ATTACHMENT_LIVE;
    return r < 0 ? r
                 : journal_done(job->engine->writing, attachment_operation(job->what), job->what,
                                job->what->id, err);
}

// What a sub-path of a device is shows when it is mounted.
static int step_of_maker(struct attach_job *job, const struct plan_step *step, struct error *err)
{
    const struct source *source = job->source;
    bool kind_known = source->type != 0;
    int r = source->maker->perform(job, step, err);

    return r == 0 && !kind_known && source->type ? attach_kind_known(job, err) : r;
}

static int perform(struct attach_job *job, const struct plan_step *step, struct error *err)
{
    switch (step->action) {
    case ACTION_OPEN_SOURCE: // with the request, once for all targets
        attach_step_took(job, job->source_us);
        return 0;
    case ACTION_OPEN_TARGET: // by the survey
        attach_step_took(job, job->target_us);
        return 0;
    case ACTION_ENTER: // with ACTION_MOVE
        return 0;
    case ACTION_LOOP:
    case ACTION_MOUNT:
    case ACTION_RUN_HELPER:
    case ACTION_ENTER_SOURCE:
    case ACTION_CLONE:
    case ACTION_FREE:
        return step_of_maker(job, step, err);
    case ACTION_MAP_OWNERS:
        return attach_open_owners(job, err);
    case ACTION_SET_FLAGS:
        if (job->source->maker->inside)
            return job->source->maker->perform(job, step, err);
        return step->index ? step_make_private(job, err) : step_set_flags(job, err);
    case ACTION_PROVE_READ_ONLY:
        return step_prove(job, step->index, err);
    case ACTION_LOCK:
        return attach_lock(job, err);
    case ACTION_WRITE_INTENT:
        return step->index ? journal_made(job->engine->writing, job->what->id, job->what, err)
                           : step_intent(job, err);
    case ACTION_OPEN_WRITABLE:
        return step_open_writable(job, err);
    case ACTION_MAKE:
        return attach_make(job, step->index, err);
    case ACTION_NAME:
        return attach_name(job, err);
    case ACTION_MOVE:
        return step_move(job, err);
    case ACTION_VERIFY:
        return attach_verify(job, err);
    case ACTION_CHECK_ACCESS:
        return attach_check_access(job, err);
    case ACTION_KEEP_OLD:
        return replace_keep_old(job, err);
    case ACTION_LOOK_BENEATH:
        return replace_look_beneath(job, err);
    case ACTION_DETACH_OLD:
        return replace_detach_old(job, err);
    case ACTION_KEEP:
        return kept_step(job, err);
    case ACTION_FIND_HOLDERS: // of what was replaced, or of a detach
        return replace_find_holders(job, err);
    case ACTION_WRITE_DONE:
        return step_done(job, err);
    case ACTION_MAKE_PRIVATE:
    case ACTION_UNMOUNT:
    case ACTION_CONFIRM_GONE:
    case ACTION_REMOVE_MADE:
    case ACTION_REVEAL:
    case ACTION_ROLL_BACK:
    case ACTION_READ_FILTERS: // of entering
    case ACTION_TERMINAL:
    case ACTION_COPY:
    case ACTION_GROUP:
    case ACTION_TOOLS:
    case ACTION_RESTRICT:
    case ACTION_EXECUTE:
        break;
    }
    return error_set(err, ERROR_FAILED, EINVAL, "no such step in an attach");
}

// ---- taking back ----

// What cannot be taken back now stays an intent: the next run tries again. A container that is gone
// took everything with it.
static void roll_back(struct attach_job *job, const struct error *why)
{
    const struct maker_inside *inside = job->source->maker->inside;
    struct error err = {0};
    int r = attach_detach_tree(job, &err);

    if (r == 0 && inside)
        r = inside->take_back(job, &err);
    if (job->tree >= 0)
        (void)close(job->tree);
    if (job->place >= 0)
        (void)close(job->place);
    job->tree = job->place = -1;
    if (r >= 0 && job->what->server)
        r = keeper_finish(job->what, 0, &err);
    r = r > 0 ? 0 : r;
    if (job->request->flags & ATTACH_KEEP || job->request->for_ms)
        (void)kept_drop(job->engine, job->what->id, &err);
    for (size_t i = job->made ? job->what->n_made : 0; i-- > 0 && r >= 0;)
        r = made_remove(&job->inside, &job->engine->mover, job->what, i, job->timeout_ms, &err);
    if (r < 0 && process_alive(&job->inside.init)) {
        engine_notice(job->engine, "not all could be taken back: %s; the next davit tries again",
                      err.message);
        return;
    }
    if (r > 0)
        engine_notice(job->engine, "a mount point that davit made at %s is in use by now and stays",
                      job->asked->path);
    if (journal_failed(job->engine->writing, attachment_operation(job->what), job->what,
                       job->what->id, why, &err) < 0)
        engine_notice(job->engine, "%s", err.message);
}

// ---- all of them ----

int attach_execute(struct attach_job *job, struct error *err)
{
    bool intended = false;
    int r = 0;

    for (size_t i = 0; i < job->result->n_steps && r >= 0; i++) {
        struct plan_step *step = &job->result->steps[i];
        unsigned long long start = monotonic_us();

        r = job->swapping ? 0 : engine_check_interrupted(err);
        if (r < 0)
            break;
        if (step->action == ACTION_WRITE_INTENT)
            intended = true;
        job->took_known = false;
        r = perform(job, step, err);
        if (step->action != ACTION_ENTER) // told by the move
            engine_step_took(job->engine, job->result, step, r < 0 ? err->sys_errno : 0,
                             job->took_known ? job->took_us : monotonic_us() - start);
        if (r < 0)
            error_stage(err, plan_action_stage(step->action));
    }
    if (r < 0 && intended)
        (job->old ? replace_roll_back : roll_back)(job, err);
    return r < 0 ? r : 0;
}
