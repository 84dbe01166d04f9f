// Shared by the engine's own files only.
#ifndef DAVIT_ENGINE_ENGINE_INTERNAL_H
#define DAVIT_ENGINE_ENGINE_INTERNAL_H

#include <signal.h>

#include "core/engine/engine.h"
#include "core/engine/mover.h"
#include "core/host/mountcache.h"

struct engine {
    struct engine_options options;
    struct journal *reading;    // opened on first use
    struct journal *writing;    // opened on first use; holds the lock while a change is under way
    struct mover mover;         // started on first use
    struct mount_cache *mounts; // of the host, read in advance, or NULL
    bool answers_first;         // warmed up: whoever waits is told before the mover is ended
    sigset_t signals;           // the caller's mask while a change is under way
};

// The journal, opened on first use and owned by the engine: for reading (never makes anything on
// disk), or for a change (makes the state directory).
int engine_journal_reading(struct engine *engine, struct journal **ret, struct error *err);
int engine_journal_writing(struct engine *engine, struct journal **ret, struct error *err);

// The lock for a change: refuses under ENGINE_NO_CHANGES, waits for another davit at most
// ENGINE_LOCK_MS, and recovers first what a killed davit left. From there to engine_end_change()
// SIGINT, SIGTERM and SIGHUP wait: what was begun is finished or taken back, each step of it with
// its time limit.
// A signal that waits makes what can still be taken back end with ECANCELED.
#define ENGINE_LOCK_MS 10000
int engine_begin_change(struct engine *engine, struct error *err);
void engine_end_change(struct engine *engine);
// The part of it that concerns the signals; whether one waits and is not ignored: -ECANCELED
// (interrupt.c).
void engine_hold_signals(struct engine *engine);
void engine_release_signals(struct engine *engine);
int engine_check_interrupted(struct error *err);

// Recovery proper, with the lock held (recover.c): 0 also when something had to stay an intent.
int engine_recover_locked(struct engine *engine, struct journal *journal, struct error *err);

// The container that a target names, and that it is the one that was meant: what is known of it
// when that is confirmed, else what container_find() finds. container_free() frees it, and it may
// be set when this fails.
int engine_find_target(const struct engine *engine, const struct target_request *target,
                       struct container **ret, struct error *err);

// Starts the mover unless it runs.
int engine_mover(struct engine *engine, struct mover **ret, struct error *err);

// Notes what a step came to, and tells on_step: since `started_us` (monotonic_us), or took_us.
void engine_step_done(struct engine *engine, struct result *result, struct plan_step *step,
                      int sys_errno, uint64_t started_us);
void engine_step_took(struct engine *engine, struct result *result, struct plan_step *step,
                      int sys_errno, uint64_t took_us);
void engine_notice(struct engine *engine, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
