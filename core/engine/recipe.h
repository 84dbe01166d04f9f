// Method recipe: what the 2015 recipe did by hand, for kernels without the new mount calls and for
// sources on a block device. The filesystem is mounted anew inside the container's own mount
// namespace, out of sight (recipe_work.h), its part is moved to the target, the rest is taken away.
//
// Unlike the other methods it changes the container before there is a mount to be known by: the
// intent is written first, with the place that is worked in (attachment.workplace), and a second
// line once the mount has its ids.
#ifndef DAVIT_ENGINE_RECIPE_H
#define DAVIT_ENGINE_RECIPE_H

#include <limits.h>

#include "core/engine/maker.h"

extern const struct tree_maker maker_recipe;

struct recipe {          // source->state
    char node[PATH_MAX]; // the host's name of the device
    dev_t number;
    const char *missing, *since; // the call that the kernel lacks, NULL: the method was asked for
    char why[PATH_MAX + 128];    // why it cannot be, to follow a colon; "" it can
    struct mover_answer answer;
};

// After source_locate() of a source that maker_tree would clone: gives it to this method when the
// request names it, or names none and the kernel lacks a call that maker_tree needs.
int recipe_choose(struct source *source, const struct attach_request *request, struct error *err);

// ERROR_UNSUPPORTED when the kernel lacks a call that each of the other methods needs, and the
// source is given to one of them. Asked before anything is made or started for it.
int recipe_or_kernel(const struct source *source, struct error *err);

// Of an attachment's intent: takes away what is left in its workplace. 0 also when there is
// nothing.
int recipe_take_back(const struct inside *inside, struct mover *mover,
                     const struct attachment *what, uint64_t timeout_ms, struct error *err);

#endif
