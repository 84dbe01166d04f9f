// Signals that ask davit to end wait while a change is under way.
#include <errno.h>

#include "core/engine/engine_internal.h"

static const int ending[] = {SIGINT, SIGTERM, SIGHUP};

void engine_hold_signals(struct engine *engine)
{
    sigset_t held;

    (void)sigemptyset(&held);
    for (size_t i = 0; i < ARRAY_SIZE(ending); i++)
        (void)sigaddset(&held, ending[i]);
    (void)sigprocmask(SIG_BLOCK, &held, &engine->signals);
}

void engine_release_signals(struct engine *engine)
{
    (void)sigprocmask(SIG_SETMASK, &engine->signals, NULL);
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
