// Shared by the engine's own files only.
#ifndef DAVIT_ENGINE_ENGINE_INTERNAL_H
#define DAVIT_ENGINE_ENGINE_INTERNAL_H

#include "core/engine/engine.h"
#include "core/engine/mover.h"

struct engine {
    struct engine_options options;
    struct journal *reading; // opened on first use
    struct journal *writing; // opened on first use; holds the lock while a change is under way
    struct mover mover;      // started on first use
};

// The journal, opened on first use and owned by the engine: for reading (never makes anything on
// disk), or for a change (makes the state directory).
int engine_journal_reading(struct engine *engine, struct journal **ret, struct error *err);
int engine_journal_writing(struct engine *engine, struct journal **ret, struct error *err);

// The lock for a change: refuses under ENGINE_NO_CHANGES, waits for another davit at most
// ENGINE_LOCK_MS, and recovers first what a killed davit left. Unlock with journal_unlock().
#define ENGINE_LOCK_MS 10000
int engine_begin_change(struct engine *engine, struct journal **ret, struct error *err);

// Recovery proper, with the lock held (recover.c).
int engine_recover_locked(struct engine *engine, struct journal *journal, struct error *err);

// Starts the mover unless it runs.
int engine_mover(struct engine *engine, struct mover **ret, struct error *err);

// Runs `step` as done with this outcome, and tells on_step.
void engine_step_done(struct engine *engine, struct result *result, struct plan_step *step,
                      int sys_errno, uint64_t started_us);
void engine_notice(struct engine *engine, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

#endif
