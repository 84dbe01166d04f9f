// The workshop: a child in a mount namespace of its own, where a filesystem is mounted out of
// everyone's sight, one directory of it is cloned, and nothing is left. The namespace ends with the
// child, whether it finishes or is killed; only the clone, a detached mount, comes out.
//
// Why not in the engine itself: below kernel 6.15 a directory of a mount can be cloned only where
// that mount is attached; a mount may hang on its device or server; and mountinfo, which names the
// filesystem's device and root as they will be seen inside, lists attached mounts only.
#ifndef DAVIT_ENGINE_WORKSHOP_H
#define DAVIT_ENGINE_WORKSHOP_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/engine/attach_job.h"
#include "core/engine/plan.h"

#define WORKSHOP_STEPS 8
#define WORKSHOP_SAID  1024 // bytes

// ---- in the child ----

struct workshop;

// Does the work, in a mount namespace of its own in which every mount is private. Each step that
// the plan names is ended by workshop_step(); the first that fails ends the work: return its
// -errno.
typedef int workshop_work(const void *context, struct workshop *workshop);

// Ends a step: notes what it took since the one before. Returns `r`.
int workshop_step(struct workshop *workshop, int r);
// What a tool or the kernel said about a failure, shown with it (cleaned by the engine).
void workshop_say(struct workshop *workshop, const char *text);
// Mounts what `fsmount` (a mount of fsmount(2), or any detached tree) is onto "/", where no look-up
// comes past it, so that directories below it can be cloned. 0 or -errno.
int workshop_mount(int fsmount);
// Clones `sub_path` ("" or "/…") of the mount that `root` (O_PATH) is the root of: no symbolic link
// leads out of it (RESOLVE_IN_ROOT). The clone is what the work comes to. 0 or -errno.
int workshop_clone(struct workshop *workshop, int root, const char *sub_path);

// ---- in the engine ----

struct workshop_answer {
    int tree;         // the clone, -1: none; the caller's
    unsigned n_steps; // that were ended, the failed one included
    int sys_errno;    // of the last one; 0: all went well
    uint64_t took_us[WORKSHOP_STEPS];
    char said[WORKSHOP_SAID]; // clean text, may be empty
    // The mount that was cloned, as the workshop's own mountinfo had it; raw bytes, "" when the
    // mount is not in it (it was made elsewhere).
    dev_t device;
    char root[PATH_MAX], fs_type[64], from[PATH_MAX], options[PATH_MAX];
    char sub_path[PATH_MAX]; // "" or "/…": where in that mount the clone really is
    mode_t type;             // of the clone's root: S_IFDIR, …
    uid_t uid;
    gid_t gid;
    mode_t mode; // permission bits
};
#define WORKSHOP_ANSWER_INIT \
    {                        \
        .tree = -1           \
    }

// Runs `work`, within timeout_ms; `keep` are descriptors that it uses. 0 also when a step of it
// failed (look at the answer); ERROR_TIMED_OUT, or negative when it could not be run. `what` names
// it in messages.
int workshop_run(const char *what, workshop_work *work, const void *context, const int *keep,
                 unsigned n_keep, uint64_t timeout_ms, struct workshop_answer *ret,
                 struct error *err);

// For a maker's perform(): step `index` (from 0) of those that the work ended, with its time noted
// for the job. 0: it went well. The failed one: its -errno; err says that `what` failed, and what
// was said.
int workshop_perform(struct attach_job *job, const struct workshop_answer *answer, unsigned index,
                     const char *what, struct error *err);
// After the last step: the tree becomes the job's, and the row, if any, what is known of the mount
// (source->made, type and owner, job->what->identity, job->result).
int workshop_take(struct attach_job *job, struct workshop_answer *answer, struct error *err);

#endif
