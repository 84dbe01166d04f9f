// How the detached mount of a source is made: the part of an attach that differs from method to
// method. What comes after (its flags, their proof, the journal, the move, the look from inside) is
// the same for all of them (attach_execute.c).
//
// A maker appends its steps (the source is resolved by then: source.h) to the plan, performs each
// when its turn comes, and ends with job->tree (attach_set_tree()). Nothing outside of davit's own
// processes may be changed by it that is not gone when they are, since the journal's intent comes
// after it; what cannot be so (a mount helper whose server process lives on) notes it in the
// journal itself, before it begins.
#ifndef DAVIT_ENGINE_MAKER_H
#define DAVIT_ENGINE_MAKER_H

#include "core/base/error.h"
#include "core/engine/attach_job.h"
#include "core/engine/plan.h"

//
// One that works inside the container changes it before there is a tree: its steps come after the
// intent, and what they leave is taken back when the attach fails, or by recover.c.
struct mover_answer;
struct maker_inside {
    int (*plan_move)(struct attach_job *job, struct error *err); // adds ACTION_MOVE, ACTION_FREE
    int (*move)(struct attach_job *job, int target, struct mover_answer *ret, struct error *err);
    int (*take_back)(struct attach_job *job, struct error *err);
};

struct tree_maker {
    const char *method; // one of METHODS
    int (*plan)(struct attach_job *job, struct error *err);
    // One of the steps that plan() added; *step is not changed but by attach_step_took().
    int (*perform)(struct attach_job *job, const struct plan_step *step, struct error *err);
    // The intent is in the journal: what the maker has begun may outlive davit now. NULL: nothing.
    int (*intended)(struct attach_job *job, struct error *err);
    void (*done)(struct source *source); // frees source->state; NULL: there is none
    const struct maker_inside *inside;   // NULL: it works in davit's own processes alone
};

extern const struct tree_maker maker_helper;    // by a program of the host
extern const struct tree_maker maker_tree;      // open_tree(2) of a mount of the host
extern const struct tree_maker maker_container; // ... of a mount of a container
extern const struct tree_maker maker_tmpfs;     // of nothing
extern const struct tree_maker maker_device;    // of a block device or an image

// What source_resolve() does for each kind but SOURCE_HOST: source->maker, name, type, sub_path
// and, for what is no path of the host, source_set_made(); options are checked here, nothing is
// changed.
typedef int source_resolver(struct engine *engine, const struct attach_request *request,
                            struct source *source, struct error *err);
source_resolver source_resolve_container, source_resolve_helper;
source_resolver source_resolve_tmpfs;
source_resolver source_resolve_volume;
source_resolver source_resolve_device, source_resolve_image;

// The tree is made: job->tree (taken over also on failure) and its ids.
int attach_set_tree(struct attach_job *job, int tree, struct error *err);

// What the step at hand took, when it was done elsewhere (in a child, or before): the executor then
// notes this instead of its own measurement.
void attach_step_took(struct attach_job *job, uint64_t us);

#endif
