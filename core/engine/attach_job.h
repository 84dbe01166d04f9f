// One attach of one source to one target, from survey to verification. Internal to the attach_*.c
// files, in the order in which they come: survey, plan, (execute: attach.c), make, verify.
#ifndef DAVIT_ENGINE_ATTACH_JOB_H
#define DAVIT_ENGINE_ATTACH_JOB_H

#include "core/engine/attachment.h"
#include "core/engine/engine_internal.h"
#include "core/engine/inside.h"
#include "core/engine/source.h"
#include "core/engine/target.h"
#include "core/host/idmap.h"

// Whose owners the mount shows (attach_idmap.c).
struct owner_map {
    bool on;
    bool spelled;              // range, not the container's own user namespace
    struct id_range range;     // inside the container, on the host
    struct id_map uids, gids;  // of the container's user namespace
    char *uid_text, *gid_text; // of the mount's, when spelled
    int userns;                // the mount's
};
#define OWNER_MAP_INIT \
    {                  \
        .userns = -1   \
    }

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
    struct owner_map owners;
    struct journal_view *view; // of a replace, NULL else ...
    struct attachment *old;    // ... and whose place is taken, into view
    bool beneath;              // MOVE_MOUNT_BENEATH is here: the target is never without a mount
    uint64_t source_us, target_us; // what the two look-ups took
    // planned
    struct result *result;
    struct attachment *what;
    uint64_t attr_set; // MOUNT_ATTR_*
    // in execution
    int tree;     // the detached mount, then the attached one
    int writable; // clone of a read-only parent, when one was needed
    int place;    // O_PATH of the final mount point
    int kept;     // a clone of what is replaced, where there is no MOVE_MOUNT_BENEATH
    bool moved, made;
    bool swapping;          // of a replace: there is no way back but through replace_roll_back()
    bool old_busy, lingers; // it was detached lazily; somebody goes on using it
    bool took_known;        // of the step at hand: it took took_us
    uint64_t took_us;
};

#define ATTACH_JOB_INIT                                                                        \
    {                                                                                          \
        .inside = INSIDE_INIT, .target = TARGET_INIT, .tree = -1, .writable = -1, .place = -1, \
        .kept = -1, .owners = OWNER_MAP_INIT                                                   \
    }

void attach_job_done(struct attach_job *job);

// Finds the container and the target, and refuses what must not be (attach_survey.c).
int attach_survey(struct attach_job *job, struct error *err);

// Chooses the mapping of owners, or refuses (attach_idmap.c); then, of the one that was chosen: its
// warnings, its step in the plan, the step itself, and what a mount_setattr(2) that failed means.
int attach_choose_owners(struct attach_job *job, struct error *err);
int attach_warn_owners(struct attach_job *job, struct error *err);
int attach_plan_owners(struct attach_job *job, struct error *err);
int attach_open_owners(struct attach_job *job, struct error *err);
int attach_cannot_map(const struct attach_job *job, int sys_errno, struct error *err);
// Whether the source's owner is shown inside as it should be; uid and gid: what statx(2) said
// there.
int attach_check_owner(struct attach_job *job, uint32_t uid, uint32_t gid, struct error *err);
void owner_map_done(struct owner_map *owners);

// Locks the tree, into any container with a user namespace of its own (also one whose root has no
// CAP_SYS_ADMIN may have someone outside it who owns that namespace), and into any other whose root
// may have CAP_SYS_ADMIN (attach_lock.c). Where that cannot be, the attach is liftable, and warns.
bool attach_is_liftable(const struct attach_job *job);
int attach_warn_liftable(struct attach_job *job, struct error *err);
int attach_plan_lock(struct attach_job *job, struct error *err);
int attach_lock(struct attach_job *job, struct error *err);

// Fills job->result (steps, prediction, warnings) and job->what from the survey; no system call
// (attach_plan.c). `id` is the operation's, or "ID" for a dry run.
int attach_plan(struct attach_job *job, const char *id, struct error *err);
// Of it the steps, once prediction and job->what are there (attach_steps.c).
int attach_plan_steps(struct attach_job *job, struct error *err);

// The words of those steps that depend on what the source is, once that is known
// (attach_steps.c).
int attach_reword_steps(struct attach_job *job, struct error *err);
// The source, of which only the making could tell, is a directory or a file: refuses it if the
// target is the other, and has the right mount point made (attach_survey.c). Before the intent.
int attach_kind_known(struct attach_job *job, struct error *err);

// The mount point: made under a temporary name, then named (attach_make.c).
int attach_make(struct attach_job *job, size_t index, struct error *err);
int attach_name(struct attach_job *job, struct error *err);

// Looks from inside: identity, flags, propagation; then access as the init (attach_verify.c).
int attach_verify(struct attach_job *job, struct error *err);
int attach_check_access(struct attach_job *job, struct error *err);

// Plans or performs all targets of a request, with the lock held unless `dry_run` (attach.c).
int attach_all(struct engine *engine, const struct attach_request *request, bool dry_run,
               struct report **ret, struct error *err);

// Takes the tree away again by its own handle, if it is in (attach_tree.c).
int attach_detach_tree(struct attach_job *job, struct error *err);

// Performs the plan, and takes back what was done when a step fails (attach_execute.c).
int attach_execute(struct attach_job *job, struct error *err);

// ENOSYS becomes ERROR_UNSUPPORTED that names the call and the kernel it came with.
int attach_needs_kernel(struct error *err, int r, const char *call, const char *since,
                        const char *what);

#endif
