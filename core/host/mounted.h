// Where a block device's filesystem is mounted, in whatever mount namespace: there is one
// superblock of it, which all its mounts share, and it is read-only or it is not.
#ifndef DAVIT_HOST_MOUNTED_H
#define DAVIT_HOST_MOUNTED_H

#include <limits.h>
#include <stdbool.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/host/mounttable.h"

struct mounted {
    bool read_only;        // the superblock
    dev_t device;          // mountinfo (3): of btrfs another than the device's own
    pid_t pid;             // 0: in this namespace, else one in whose namespace it is
    char source[PATH_MAX]; // mountinfo (10), raw bytes
    char target[PATH_MAX]; // mountinfo (5), raw bytes
};

// Looks for a mount of the device `number`, on which blkid found `type` with `uuid`: first in this
// namespace (`host`: its table), then in those of all processes. 1: *ret is one; 0: there is none.
int mounted_find(const struct mount_table *host, dev_t number, const char *type, const char *uuid,
                 struct mounted *ret);

// The same in one table only: NULL when it has none.
const struct mount_entry *mounted_in(const struct mount_table *table, dev_t number,
                                     const char *type, const char *uuid);

// Whether that mount is of a filesystem on the device `number`; of a btrfs any of its devices.
bool mounted_on(const struct mount_entry *entry, dev_t number);

// Whether the btrfs with that UUID, in use somewhere, has the device.
bool mounted_btrfs_has(const char *uuid, dev_t number);

// Whether the kernel would refuse it to whoever wants it for themselves: mounted, swap, part of
// another device. Asked by an exclusive open(2), let go of at once. 1, 0 or -errno.
int mounted_in_use(const char *node);

#endif
