// The host's filesystems as an administrator thinks of them: one per mount that holds files, with
// its device and sub-root. Kernel filesystems (proc, sysfs, …) are left out unless asked for. An
// autofs mount point is listed and never entered.
#ifndef DAVIT_HOST_FILESYSTEM_H
#define DAVIT_HOST_FILESYSTEM_H

#include <stdbool.h>
#include <stdint.h>
#include <time.h>

#include "core/base/error.h"
#include "core/host/device.h"
#include "core/host/mounttable.h"

enum usage_state { USAGE_UNREAD, USAGE_READ, USAGE_NOT_ANSWERING, USAGE_FAILED };

struct filesystem {
    const struct mount_entry *mount;   // into the inventory's table
    const struct block_device *device; // NULL when not on a block device or unknown
    enum usage_state usage_state;
    uint64_t size, used,
        available;   // bytes; statvfs(3) f_blocks, f_blocks - f_bfree, f_bavail × f_frsize
    time_t usage_at; // when it was read
};

struct filesystem_inventory {
    struct mount_table *table;
    struct device_index *devices;
    struct filesystem *filesystems;
    size_t n_filesystems;
};

enum inventory_flags {
    INVENTORY_KERNEL = 1 << 0, // with the kernel's own filesystems
    INVENTORY_USAGE = 1 << 1, // read the usage, each with a time limit; a mount that hangs holds up
                              // only its own row, and mounts of one device are asked once
};

#define FILESYSTEM_USAGE_MS 1000 // for all together

int filesystem_inventory_new(unsigned flags, struct filesystem_inventory **ret, struct error *err);
void filesystem_inventory_free(struct filesystem_inventory *inventory);
CLEANUP_POINTER(struct filesystem_inventory, filesystem_inventory_free);

#endif
