// Opening a path that may lie on a server that does not answer. First from the kernel's cache only
// (RESOLVE_CACHED, 5.12: fails at once where it would have to wait), then by a resolver child with
// a time limit.
#ifndef DAVIT_BASE_LOOKUP_H
#define DAVIT_BASE_LOOKUP_H

#include <stdint.h>

#include "core/base/error.h"

// Opens `path` with `flags` (O_PATH among them) and O_CLOEXEC. `root` is a descriptor: the path is
// resolved with it as "/", RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS (openat2(2), 5.6); or AT_FDCWD: an
// ordinary path of this process. `resolve`: further bits of it. 0, or -errno with err filled
// (ERROR_TIMED_OUT after timeout_ms; ERROR_UNSUPPORTED without openat2).
int lookup_open(int root, const char *path, uint64_t flags, uint64_t resolve, uint64_t timeout_ms,
                int *ret, struct error *err);

// One entry of a directory, the last symbolic link not followed: O_PATH|O_NOFOLLOW. A mount point
// gives the root of what is mounted there.
int lookup_entry(int directory, const char *name, uint64_t timeout_ms, int *ret, struct error *err);

#endif
