// One attach of one source to one target, from survey to verification. Internal to the attach_*.c
// files, in the order in which they come: survey, plan, (execute: attach.c), make, verify.
#ifndef DAVIT_ENGINE_ATTACH_JOB_H
#define DAVIT_ENGINE_ATTACH_JOB_H

#include "core/engine/attachment.h"
#include "core/engine/engine_internal.h"
#include "core/engine/inside.h"
#include "core/engine/source.h"
#include "core/engine/target.h"

struct attach_job {
    // the request's: borrowed
    struct engine *engine;
    const struct attach_request *request;
    struct source *source;
    const struct mount_table *host; // the source's
    const struct target_request *asked;
    uint64_t timeout_ms;
    // surveyed
    struct container *container;
    struct inside inside;
    struct target target;
    uint64_t source_us, target_us; // what the two look-ups took
    // planned
    struct result *result;
    struct attachment *what;
    uint64_t attr_set; // MOUNT_ATTR_*
    // in execution
    int tree;     // the detached mount, then the attached one
    int writable; // clone of a read-only parent, when one was needed
    int place;    // O_PATH of the final mount point
    bool moved, made;
    bool took_known; // of the step at hand: it took took_us
    uint64_t took_us;
};

#define ATTACH_JOB_INIT                                                                       \
    {                                                                                         \
        .inside = INSIDE_INIT, .target = TARGET_INIT, .tree = -1, .writable = -1, .place = -1 \
    }

void attach_job_done(struct attach_job *job);

// Finds the container and the target, and refuses what must not be (attach_survey.c).
int attach_survey(struct attach_job *job, struct error *err);

// Fills job->result (steps, prediction, warnings) and job->what from the survey; no system call
// (attach_plan.c). `id` is the operation's, or "ID" for a dry run.
int attach_plan(struct attach_job *job, const char *id, struct error *err);

// The mount point: made under a temporary name, then named (attach_make.c).
int attach_make(struct attach_job *job, size_t index, struct error *err);
int attach_name(struct attach_job *job, struct error *err);

// Looks from inside: identity, flags, propagation; then access as the init (attach_verify.c).
int attach_verify(struct attach_job *job, struct error *err);
int attach_check_access(struct attach_job *job, struct error *err);

// Performs the plan, and takes back what was done when a step fails (attach_execute.c).
int attach_execute(struct attach_job *job, struct error *err);

// ENOSYS becomes ERROR_UNSUPPORTED that names the call and the kernel it came with.
int attach_needs_kernel(struct error *err, int r, const char *call, const char *since,
                        const char *what);

#endif
