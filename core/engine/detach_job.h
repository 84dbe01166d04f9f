// One detach from one target. Internal to the detach_*.c files.
#ifndef DAVIT_ENGINE_DETACH_JOB_H
#define DAVIT_ENGINE_DETACH_JOB_H

#include "core/engine/attachment.h"
#include "core/engine/engine_internal.h"
#include "core/engine/inside.h"

struct held_mount;
struct mount_namespace;
struct snapshot;

// A mount that davit did not attach, which an eject takes away (eject_foreign.c).
struct foreign {
    const struct held_mount *mount;
    const struct mount_namespace *ns;
    const struct snapshot *snapshot; // whose the namespace is
    struct attachment *as;           // what stands for it in the journal; owned
};

struct detach_job {
    // the request's: borrowed
    struct engine *engine;
    const struct detach_request *request;
    const struct target_request *asked;
    uint64_t timeout_ms;
    // surveyed
    struct container *container;
    struct inside inside;
    struct journal_view *view;
    struct attachment *what; // into view
    uint64_t target_us;
    // planned
    struct result *result;
    char id[OPERATION_ID_SIZE];
    // in execution
    bool unmounted, lingering;
    struct foreign *foreign; // borrowed; NULL: it is davit's own
};

#define DETACH_JOB_INIT       \
    {                         \
        .inside = INSIDE_INIT \
    }

void detach_job_done(struct detach_job *job);

// One target from its survey to its end, or with `dry_run` its plan and who holds it; job->result
// is filled. 0, 1 when it is gone already (of what is foreign only), or negative.
int detach_one(struct detach_job *job, bool dry_run, struct error *err);

// Finds the container and which attachment is at the target (detach_survey.c). ERROR_NOT_ATTACHED
// when what is there is none of davit's, ERROR_BUSY when another mount lies over it.
int detach_survey(struct detach_job *job, struct error *err);
// Fills job->result from the survey (detach_plan.c).
int detach_plan(struct detach_job *job, struct error *err);
// The same of what is foreign (eject_foreign.c): 1 when it is gone already. And whether its mount
// is there still: 1 or 0.
int detach_survey_foreign(struct detach_job *job, struct error *err);
int detach_foreign_present(struct detach_job *job, struct error *err);
// Performs the plan (detach_execute.c).
int detach_execute(struct detach_job *job, struct error *err);

// Plans or performs all targets of a request, with the lock held unless `dry_run` (detach.c).
int detach_all(struct engine *engine, const struct detach_request *request, bool dry_run,
               struct report **ret, struct error *err);

// Who holds the tree, into job->result->holders (detach_holders.c): how many.
int detach_find_holders(struct detach_job *job, size_t *ret_n, struct error *err);
// ERROR_BUSY that names them.
int detach_busy(struct detach_job *job, struct error *err);
// Waits until one of them has ended, at most until `deadline` (monotonic_us), but not long: a mount
// has no event for being let go otherwise.
void detach_wait_for_holders(const struct detach_job *job, unsigned long long deadline);

#endif
