// Executes a detach: the steps of its plan, in their order. Once the mount is gone there is no way
// back: a davit that is killed after that leaves the rest to the next run (recover.c).
#include "core/engine/detach_job.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/engine/keeper.h"
#include "core/engine/made.h"
#include "core/engine/reveal.h"
#include "core/engine/unmount.h"

// A filesystem that was written to is written back first.
#define LOOP_GONE_MS 5000

static int step_intent(struct detach_job *job, struct error *err)
{
    struct mover *mover;
    int r = engine_mover(job->engine, &mover, err);

    if (r < 0)
        return r;
    job->what->mover = mover->pid;
    job->what->mover_start = mover->start_time;
    return journal_intent(job->engine->writing, "detach", job->what, job->id, err);
}

static int step_find_holders(struct detach_job *job, struct error *err)
{
    size_t n = 0;
    int r = detach_find_holders(job, &n, err);

    return r < 0 ? r : n > 0 ? detach_busy(job, err) : 0;
}

static void note_enter(struct detach_job *job, const struct mover_answer *answer)
{
    for (size_t i = 0; i < job->result->n_steps; i++)
        if (job->result->steps[i].action == ACTION_ENTER && !job->result->steps[i].done)
            engine_step_took(job->engine, job->result, &job->result->steps[i], answer->enter_errno,
                             answer->enter_us);
}

static int present(struct detach_job *job, struct error *err)
{
    return job->foreign ? detach_foreign_present(job, err) : attachment_present(job->what, err);
}

// Said once: who asked for the wait sees what it is for.
static void say_waiting(struct detach_job *job)
{
    struct error why;

    (void)detach_busy(job, &why);
    engine_notice(job->engine, "%s: waiting for them, at most %llu s", why.message,
                  (unsigned long long)(job->request->wait_ms + 999) / 1000);
}

// What is mounted below an attach is locked onto it, where root inside could take it away.
static int cannot_unmount(const struct detach_job *job, int sys_errno, struct error *err)
{
    int r = error_errno(err, sys_errno, "cannot unmount %s", job->what->identity.target);

    if (sys_errno == EINVAL && job->foreign)
        error_hint_words(err,
                         "if it lies below what davit attached there, it goes with that: "
                         "`davit status` lists it, davit detach %s:PATH",
                         job->container->name);
    return r;
}

static int step_unmount(struct detach_job *job, struct error *err)
{
    unsigned long long deadline = monotonic_us() + job->request->wait_ms * 1000;
    bool lazy = job->request->flags & DETACH_LAZY || job->what->identity.n_mounts > 1;
    bool said = false;
    struct mover_answer answer;
    struct error ignored;

    for (;;) {
        size_t n;
        int r = unmount_attachment(&job->inside, &job->engine->mover, job->what, lazy,
                                   job->timeout_ms, &answer, err);

        // A mover that died may have done it before.
        if ((r == -EPIPE || r == -ETIMEDOUT) && present(job, &ignored) == 0) {
            job->unmounted = true;
            return 0;
        }
        if (r < 0)
            return r;
        note_enter(job, &answer);
        if (answer.enter_errno || answer.act_errno != EBUSY)
            break;
        r = detach_find_holders(job, &n, err);
        if (r < 0)
            return r;
        if (monotonic_us() >= deadline)
            return detach_busy(job, err);
        if (!said)
            say_waiting(job);
        said = true;
        detach_wait_for_holders(job, deadline);
        r = engine_check_interrupted(err);
        if (r < 0)
            return r;
    }
    if (mover_answer_errno(&answer))
        return cannot_unmount(job, mover_answer_errno(&answer), err);
    job->unmounted = true;
    return 0;
}

static int step_confirm(struct detach_job *job, struct error *err)
{
    size_t n = 0;
    int r = present(job, err);

    if (r < 0)
        return r;
    if (r == 1)
        return error_set(err, ERROR_UNVERIFIED, ESTALE,
                         "another mount that lay over %s meanwhile was taken away instead",
                         job->what->identity.target);
    if (job->request->flags & DETACH_LAZY) {
        r = detach_find_holders(job, &n, err);
        if (r < 0)
            return r;
        job->lingering = n > 0;
    }
    return 0;
}

// Another attachment of the same image has the same loop device.
static const struct attachment *find_sharer(const struct detach_job *job)
{
    const struct attachment *what = job->what;

    for (size_t i = 0; job->view && i < job->view->n_attachments; i++) {
        const struct attachment *other = job->view->attachments[i];

        if (other != what && other->has_loop && other->loop == what->loop &&
            (other->state == ATTACHMENT_LIVE || other->state == ATTACHMENT_LINGERING) &&
            strcmp(other->identity.boot_id, what->identity.boot_id) == 0)
            return other;
    }
    return NULL;
}

// The kernel frees it with its last user. That somebody else still uses it does not make the detach
// untrue, but is said.
static int step_free(struct detach_job *job, struct error *err)
{
    const struct attachment *what = job->what, *sharer = find_sharer(job);

    if (loop_wait_gone(what->loop, &what->loop_file, sharer || job->lingering ? 0 : LOOP_GONE_MS))
        return 0;
    if (sharer)
        return result_add_warning(job->result, err,
                                  "/dev/loop%u stays: the image is attached to %s:%s too",
                                  what->loop, sharer->container_name, sharer->target);
    return result_add_warning(job->result, err,
                              "/dev/loop%u still has the image: somebody else uses it, or a file "
                              "on it is open",
                              what->loop);
}

// Whoever still holds what was hidden needs the server.
static int step_end_server(struct detach_job *job, struct error *err)
{
    const struct attachment *what = job->what;
    int r;

    if (job->lingering)
        return result_add_warning(job->result, err, "its server (process %d) goes on until then",
                                  (int)what->server);
    r = keeper_finish(what, KEEPER_ENDS_MS, err);
    if (r == 0)
        return 0;
    return r > 0
               ? result_add_warning(job->result, err,
                                    "its server (process %d) had not ended by itself and was ended",
                                    (int)what->server)
               : result_add_warning(job->result, err, "left behind: %s", err->message);
}

static int step_remove(struct detach_job *job, size_t index, struct error *err)
{
    int r = made_remove(&job->inside, &job->engine->mover, job->what, index, job->timeout_ms, err);

    if (r == 1)
        return result_add_warning(job->result, err,
                                  "%s/%s, which davit made, is in use by now and stays",
                                  job->what->made[index].parent, job->what->made[index].name);
    if (r == 0 && index == 0)
        made_remove_orphans(&job->inside, &job->engine->mover, job->engine->writing, job->what,
                            job->timeout_ms);
    // The mount is gone: what cannot be cleaned up does not make that untrue.
    return r < 0 ? result_add_warning(job->result, err, "left behind: %s", err->message) : 0;
}

static int step_done(struct detach_job *job, struct error *err)
{
    int r = journal_done(job->engine->writing, "detach", job->what, job->id, err);

    if (r == 0 && job->lingering && !job->foreign)
        r = journal_lingering(job->engine->writing, job->what, err);
    return r;
}

static int perform(struct detach_job *job, const struct plan_step *step, struct error *err)
{
    switch (step->action) {
    case ACTION_OPEN_TARGET: // done by the survey
    case ACTION_ENTER:       // with ACTION_UNMOUNT
        return 0;
    case ACTION_WRITE_INTENT:
        return step_intent(job, err);
    case ACTION_FIND_HOLDERS:
        return step_find_holders(job, err);
    case ACTION_MAKE_PRIVATE:
        return unmount_make_private(&job->inside, &job->engine->mover, job->what, job->timeout_ms,
                                    err);
    case ACTION_UNMOUNT:
        return step_unmount(job, err);
    case ACTION_CONFIRM_GONE:
        return step_confirm(job, err);
    case ACTION_FREE:
        return step->index ? step_end_server(job, err) : step_free(job, err);
    case ACTION_REMOVE_MADE:
        return step_remove(job, step->index, err);
    case ACTION_REVEAL:
        job->result->reveals =
            reveal(&job->inside, job->asked->path, job->timeout_ms, &job->result->revealed);
        return job->result->reveals ? 0 : ERROR_OOM(err);
    case ACTION_WRITE_DONE:
        return step_done(job, err);
    case ACTION_OPEN_SOURCE: // of an attach
    case ACTION_LOOP:
    case ACTION_MOUNT:
    case ACTION_RUN_HELPER:
    case ACTION_ENTER_SOURCE:
    case ACTION_LOCK:
    case ACTION_CLONE:
    case ACTION_MAP_OWNERS:
    case ACTION_SET_FLAGS:
    case ACTION_PROVE_READ_ONLY:
    case ACTION_OPEN_WRITABLE:
    case ACTION_MAKE:
    case ACTION_NAME:
    case ACTION_MOVE:
    case ACTION_VERIFY:
    case ACTION_CHECK_ACCESS:
    case ACTION_KEEP:
    case ACTION_KEEP_OLD: // of a replace
    case ACTION_LOOK_BENEATH:
    case ACTION_DETACH_OLD:
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
    return error_set(err, ERROR_FAILED, EINVAL, "no such step in a detach");
}

int detach_execute(struct detach_job *job, struct error *err)
{
    bool intended = false;
    int r = 0;

    for (size_t i = 0; i < job->result->n_steps && r >= 0; i++) {
        struct plan_step *step = &job->result->steps[i];
        unsigned long long start = monotonic_us();

        r = job->unmounted ? 0 : engine_check_interrupted(err);
        if (r < 0)
            break;
        if (step->action == ACTION_OPEN_TARGET)
            start -= job->target_us;
        if (step->action == ACTION_WRITE_INTENT)
            intended = true;
        r = perform(job, step, err);
        if (step->action != ACTION_ENTER) // told by the unmount
            engine_step_done(job->engine, job->result, step, r < 0 ? err->sys_errno : 0, start);
        if (r < 0)
            error_stage(err, plan_action_stage(step->action));
    }
    // Unmounted, but not all the way: the intent stays, and the next run completes it.
    if (r < 0 && intended && !job->unmounted) {
        struct error ignored;

        (void)journal_failed(job->engine->writing, "detach", job->what, job->id, err, &ignored);
    }
    return r < 0 ? r : 0;
}
