// One directory, read by a child with a time limit.
#ifndef DAVIT_ENGINE_LISTING_H
#define DAVIT_ENGINE_LISTING_H

#include <stdbool.h>
#include <stdint.h>

#include "core/engine/engine.h"

// Whether `place` is CONTAINER:PATH and not a host path: the command line's rule. A bare word is
// neither: ERROR_USAGE.
int listing_place(const char *place, bool *ret_container, struct error *err);

// Lists `path` (absolute) with the descriptor `root` as its "/". Of anything but a directory: one
// entry, itself. Nothing is mounted by it: a path on or below an autofs is ERROR_UNSAFE.
int listing_read(int root, const char *path, uint64_t timeout_ms, struct listing **ret,
                 struct error *err);

#endif
