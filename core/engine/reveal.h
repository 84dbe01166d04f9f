// What a path inside a container shows: said after a detach.
#ifndef DAVIT_ENGINE_REVEAL_H
#define DAVIT_ENGINE_REVEAL_H

#include <stdint.h>

#include "core/engine/inside.h"

// "nothing: the path does not exist", "an empty directory", "a directory with 3 entries",
// "a file of 12 bytes", "the mount of tmpfs", "not answering": fresh memory, clean text; NULL when
// out of memory.
char *reveal(struct inside *inside, const char *path, uint64_t timeout_ms);

#endif
