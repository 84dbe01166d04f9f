#include "core/host/filesystem.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/host/filesystem_usage.h"

// The number of the block device below a mount. btrfs has numbers of its own, without a device:
// there the source is asked, as far as it is a device node.
static dev_t device_number(const struct mount_entry *mount)
{
    struct stat st;

    if (major(mount->device) != 0)
        return mount->device;
    if (strcmp(mount->type, "btrfs") == 0 && strncmp(mount->source, "/dev/", 5) == 0 &&
        stat(mount->source, &st) == 0 && S_ISBLK(st.st_mode))
        return st.st_rdev;
    return 0;
}

// What holds no files of anyone: the kernel's own, and a tmpfs that is only there to carry those
// (the one of cgroup v1) or to hide them.
static bool is_furniture(const struct mount_table *table, const struct mount_entry *mount)
{
    const struct mount_entry *parent = mount_table_by_id(table, mount->parent_id);

    if (filesystem_is_kernel(mount->type))
        return true;
    return strcmp(mount->type, "tmpfs") == 0 && parent &&
           (strcmp(parent->type, "sysfs") == 0 || strcmp(parent->type, "proc") == 0);
}

static int fill(struct filesystem_inventory *inventory, unsigned flags, struct error *err)
{
    const struct mount_table *table = inventory->table;

    inventory->filesystems = calloc(table->n_entries + 1, sizeof *inventory->filesystems);
    if (!inventory->filesystems)
        return ERROR_OOM(err);
    for (size_t i = 0; i < table->n_entries; i++) {
        const struct mount_entry *mount = &table->entries[i];
        struct filesystem *fs = &inventory->filesystems[inventory->n_filesystems];

        if (!(flags & INVENTORY_KERNEL) && is_furniture(table, mount))
            continue;
        fs->mount = mount;
        fs->device = device_index_find(inventory->devices, device_number(mount));
        inventory->n_filesystems++;
    }
    return 0;
}

int filesystem_inventory_new(unsigned flags, struct filesystem_inventory **ret, struct error *err)
{
    CLEANUP(filesystem_inventory_freep)
    struct filesystem_inventory *inventory = calloc(1, sizeof *inventory);
    int r;

    if (!inventory)
        return ERROR_OOM(err);
    r = mount_table_read(AT_FDCWD, &inventory->table, err);
    if (r == 0)
        r = device_index_new(&inventory->devices, err);
    // 1: without libudev the devices stay unknown, and all the rest is there.
    if (r >= 0)
        r = fill(inventory, flags, err);
    if (r == 0 && flags & INVENTORY_USAGE)
        r = filesystem_usage_read(inventory, FILESYSTEM_USAGE_MS, err);
    if (r == 0)
        *ret = TAKE_POINTER(inventory);
    return r;
}

void filesystem_inventory_free(struct filesystem_inventory *inventory)
{
    if (!inventory)
        return;
    free(inventory->filesystems);
    device_index_free(inventory->devices);
    mount_table_free(inventory->table);
    free(inventory);
}
