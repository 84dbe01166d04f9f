// The frame of every change: its privileges, the lock, what has to be recovered first, and signals
// that wait until it is whole; and the requests that are such a frame with one room in it.
#include <errno.h>

#include <linux/capability.h>

#include "core/engine/attach_job.h"
#include "core/engine/detach_job.h"
#include "core/host/process.h"

// What entering a namespace, mounting there and looking through /proc/PID/root take.
int engine_check_privileges(struct error *err)
{
    static const struct {
        unsigned bit;
        const char *name;
    } needed[] = {{CAP_SYS_ADMIN, "CAP_SYS_ADMIN"},
                  {CAP_SYS_CHROOT, "CAP_SYS_CHROOT"},
                  {CAP_SYS_PTRACE, "CAP_SYS_PTRACE"}};
    uint64_t have = process_own_capabilities();
    int r = 0;

    for (size_t i = 0; i < ARRAY_SIZE(needed) && r == 0; i++)
        if (!(have & UINT64_C(1) << needed[i].bit)) {
            r = error_set(err, ERROR_NOT_PERMITTED, EPERM, "changing a container's mounts needs %s",
                          needed[i].name);
            error_hint(err, "run it as root: sudo davit …");
        }
    return r;
}

int engine_may_change(const struct engine *engine, struct error *err)
{
    int r;

    if (!(engine->options.flags & ENGINE_NO_CHANGES))
        return engine_check_privileges(err);
    r = error_set(err, ERROR_NOT_PERMITTED, EROFS, "changes are switched off");
    error_hint(err, "leave out --no-changes");
    return r;
}

int engine_begin_change(struct engine *engine, struct error *err)
{
    struct journal *journal;
    bool pending = false;
    int r = engine_may_change(engine, err);

    if (r == 0)
        r = engine_journal_writing(engine, &journal, err);
    if (r == 0)
        r = journal_lock(journal, ENGINE_LOCK_MS, &pending, err);
    if (r < 0)
        return r;
    engine_hold_signals(engine);
    r = pending ? engine_recover_locked(engine, journal, err) : 0;
    if (r < 0)
        engine_end_change(engine);
    return r;
}

void engine_end_change(struct engine *engine)
{
    if (!engine->answers_first)
        mover_dismiss(&engine->mover);
    journal_unlock(engine->writing);
    engine_release_signals(engine);
}

// ---- attach, replace, share ----

int engine_attach(struct engine *engine, const struct attach_request *request, bool dry_run,
                  struct report **ret, struct error *err)
{
    int r = dry_run ? 0 : engine_begin_change(engine, err);

    if (r < 0)
        return r;
    r = attach_all(engine, request, dry_run, ret, err);
    if (!dry_run)
        engine_end_change(engine);
    return r;
}

static int check_share(const struct attach_request *request, struct error *err)
{
    enum source_kind kind;
    int r = source_parse(request->source, &kind, err);

    if (r < 0 || kind == SOURCE_CONTAINER)
        return r < 0 ? r : 0;
    r = error_set(err, ERROR_USAGE, EINVAL, "%s is no container's: there is nothing to share",
                  request->source);
    error_hint(err, "davit share CONTAINER:PATH HOSTPATH");
    return r;
}

int engine_share(struct engine *engine, const struct attach_request *request, bool dry_run,
                 struct report **ret, struct error *err)
{
    int r = check_share(request, err);

    return r < 0 ? r : engine_attach(engine, request, dry_run, ret, err);
}

// ---- detach ----

int engine_detach(struct engine *engine, const struct detach_request *request, bool dry_run,
                  struct report **ret, struct error *err)
{
    int r = dry_run ? 0 : engine_begin_change(engine, err);

    if (r < 0)
        return r;
    r = detach_all(engine, request, dry_run, ret, err);
    if (!dry_run)
        engine_end_change(engine);
    return r;
}
