// Which filesystems davit mounts itself from a device or an image, and how each is kept from
// writing when it is to be read only. What blkid calls by another name is refused with a reason.
#ifndef DAVIT_HOST_FILESYSTEM_RULE_H
#define DAVIT_HOST_FILESYSTEM_RULE_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/host/superblock.h"

// What keeps a read-only mount from replaying the journal, of ext4(5), xfs(5), btrfs(5).
struct filesystem_rule {
    const char *type;          // as blkid and fsopen(2) call it
    bool always_read_only;     // there is no writing it
    bool never_writes;         // a read-only mount does not write, without any option
    const char *no_replay;     // "noload", "rescue=nologreplay"; NULL: nothing is needed or known
    const char *no_replay_old; // what older kernels call it, or NULL
    const char *top;           // what mounts the whole of it and not a part: "subvolid=5", or NULL
};

// NULL: davit does not mount this type itself.
const struct filesystem_rule *filesystem_rule_find(const char *type);

// Whether what was found on `what` can be attached at all: 0, ERROR_WRONG_TYPE (a member of a
// volume group, swap, a partition table, …: says what to name instead), ERROR_UNSUPPORTED (nothing
// known, or a filesystem without a rule). `partitions` ("sda1, sda2", or NULL) are the kernel's.
int superblock_refuse(const char *what, const struct superblock *found, const char *partitions,
                      struct error *err);

#endif
