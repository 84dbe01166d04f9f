// What a path inside a container shows: said after a detach, and before an attach hides it.
#ifndef DAVIT_ENGINE_REVEAL_H
#define DAVIT_ENGINE_REVEAL_H

#include <stdint.h>

#include "core/engine/inside.h"
#include "core/engine/plan.h"

// "nothing: the path does not exist", "an empty directory", "a directory with 3 entries",
// "a file of 12 bytes", "the mount of tmpfs", "not answering": fresh memory, clean text; NULL when
// out of memory. *ret: whether that is anything.
char *reveal(struct inside *inside, const char *path, uint64_t timeout_ms, enum revealed *ret);

#endif
