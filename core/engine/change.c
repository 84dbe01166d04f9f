// The frame of every change: its privileges, the lock, what has to be recovered first, and signals
// that wait until it is whole.
#include <errno.h>

#include <linux/capability.h>

#include "core/engine/engine_internal.h"
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

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

static void hold_signals(struct engine *engine)
{
    sigset_t held;

    (void)sigemptyset(&held);
    for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
        (void)sigaddset(&held, ending[i]);
    (void)sigprocmask(SIG_BLOCK, &held, &engine->signals);
}

int engine_check_interrupted(struct error *err)
{
    sigset_t pending;

    if (sigpending(&pending) < 0)
        return 0;
    for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
        struct sigaction action = {.sa_handler = SIG_DFL};

        // While it is blocked an ignored one waits too (nohup).
        if (sigismember(&pending, ending[i]) == 1 && sigaction(ending[i], NULL, &action) == 0 &&
            action.sa_handler != SIG_IGN)
            return error_set(err, ERROR_FAILED, ECANCELED, "interrupted: nothing was changed");
    }
    return 0;
}

int engine_begin_change(struct engine *engine, struct error *err)
{
    struct journal *journal;
    bool pending = false;
    int r;

    if (engine->options.flags & ENGINE_NO_CHANGES) {
        r = error_set(err, ERROR_NOT_PERMITTED, EROFS, "changes are switched off");
        error_hint(err, "leave out --no-changes");
        return r;
    }
    r = engine_check_privileges(err);
    if (r == 0)
        r = engine_journal_writing(engine, &journal, err);
    if (r == 0)
        r = journal_lock(journal, ENGINE_LOCK_MS, &pending, err);
    if (r < 0)
        return r;
    hold_signals(engine);
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
    (void)sigprocmask(SIG_SETMASK, &engine->signals, NULL);
}
