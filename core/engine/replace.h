// A replace is an attach whose target carries an attachment already: its new mount is put below the
// old one (MOVE_MOUNT_BENEATH, 6.5), which is then detached, so that the path inside is never
// without a mount. On older kernels the old one is detached first, with a clone of it kept that
// goes back should the new one not come in.
//
// Once the new mount is in its place there is no way back, since what lies beneath cannot be taken
// out: whatever fails or is killed then is completed instead.
#ifndef DAVIT_ENGINE_REPLACE_H
#define DAVIT_ENGINE_REPLACE_H

#include "core/engine/attach_job.h"
#include "core/engine/journal.h"

// Which attachment is at the target: job->old. The target is then the mount point below it.
// ERROR_NOT_ATTACHED when what is there is none of davit's; ERROR_GONE when it is another than was
// planned.
int replace_survey(struct attach_job *job, struct error *err);

// The steps that come after the tree is made, instead of those of an attach; and the mount points
// that were made for the old one pass to `what`.
int replace_add_steps(struct attach_job *job, struct error *err);
void replace_take_over(struct attachment *what, struct attachment *old);

// The steps.
int replace_keep_old(struct attach_job *job, struct error *err);
int replace_look_beneath(struct attach_job *job, struct error *err);
int replace_detach_old(struct attach_job *job, struct error *err);
int replace_find_holders(struct attach_job *job, struct error *err);
// The line that ends the old one, before the new one's done.
int replace_write_end(struct attach_job *job, struct error *err);

// After a step that failed: either all is as it was, or the new one is in and the old one is not.
void replace_roll_back(struct attach_job *job, const struct error *why);

// The same for a davit that was killed. `inside` is what->identity's container, `view` the
// journal's live part. 0 when it is settled and journaled.
int replace_recover(struct engine *engine, struct journal *journal, struct journal_view *view,
                    const struct inside *inside, struct attachment *what, struct error *err);

#endif
