// Locks a detached tree: nobody in the mount namespace that it goes to can lift read-only, nosuid,
// nodev and noexec from its mounts, not even with CAP_SYS_ADMIN, nor take away what is mounted
// below it.
#ifndef DAVIT_ENGINE_TREE_LOCK_H
#define DAVIT_ENGINE_TREE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/error.h"

struct tree_locking {
    int tree;          // borrowed
    int userns;        // by which it is locked, borrowed; -1: one that is made for it
    bool is_directory; // the tree's root
    uint64_t attr_set; // MOUNT_ATTR_* that the tree has; of them the four above are proven locked
    const char *name;  // of the source, for messages
    uint64_t timeout_ms;
};

// *ret: a locked copy of the tree, private or a slave. 1: this machine makes no user namespace
// (user.max_user_namespaces), without which nothing can be locked. ERROR_UNVERIFIED when a flag
// could still be lifted.
int tree_lock(const struct tree_locking *locking, int *ret, struct error *err);

#endif
