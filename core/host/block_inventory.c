#include "core/host/block_inventory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/host/block_sysfs.h"
#include "core/host/device.h"
#include "core/host/filesystem_rule.h"
#include "core/host/mounted.h"
#include "core/host/superblock.h"

#define PROBE_MS    1000
#define DEVICES_MAX 4096

static void free_device(struct inventory_device *device)
{
    free(device->node);
    free(device->type);
    free(device->label);
    free(device->uuid);
    free(device->model);
    free(device->transport);
    free(device->refused);
    for (size_t i = 0; i < device->n_mounted; i++)
        free(device->mounted[i]);
    free(device->mounted);
}

void block_inventory_free(struct block_inventory *inventory)
{
    for (size_t i = 0; i < inventory->n_devices; i++)
        free_device(&inventory->devices[i]);
    free(inventory->devices);
    free(inventory);
}

static char *dup_or_null(const char *text)
{
    return text && *text ? strdup(text) : NULL;
}

struct reading {
    const struct mount_table *host;
    struct device_index *udev;
    bool udev_runs;
};

static void from_udev(const struct block_device *known, struct superblock *ret)
{
    const struct {
        const char *from;
        char *to;
        size_t size;
    } values[] = {
        {known->type, ret->type, sizeof ret->type},
        {known->usage, ret->usage, sizeof ret->usage},
        {known->uuid, ret->uuid, sizeof ret->uuid},
        {known->label, ret->label, sizeof ret->label},
        {known->table, ret->table, sizeof ret->table},
    };

    for (size_t i = 0; i < ARRAY_SIZE(values); i++)
        (void)snprintf(values[i].to, values[i].size, "%s", values[i].from ? values[i].from : "");
}

// Why not, as attaching it would say.
static char *refusal(const struct inventory_device *device, const struct superblock *found)
{
    char partitions[256], holders[256];
    struct error err;

    block_sysfs_partitions(device->number, partitions, sizeof partitions);
    block_sysfs_holders(device->number, holders, sizeof holders);
    if (superblock_refuse(device->node, found, partitions, &err) < 0)
        return strdup(err.message);
    return *holders ? text_format("%s is in use by %s", device->node, holders) : NULL;
}

static int add_mounted(const struct reading *reading, struct inventory_device *device,
                       const struct superblock *found, struct error *err)
{
    for (size_t i = 0; i < reading->host->n_entries; i++) {
        const struct mount_entry *entry = &reading->host->entries[i];
        struct mount_table one = {.entries = (struct mount_entry *)(uintptr_t)entry,
                                  .n_entries = 1};
        char **grown;

        if (!mounted_in(&one, device->number, found->type, found->uuid))
            continue;
        grown = reallocarray(device->mounted, device->n_mounted + 2, sizeof *grown);
        if (!grown)
            return ERROR_OOM(err);
        device->mounted = grown;
        grown[device->n_mounted] = strdup(entry->target);
        if (!grown[device->n_mounted])
            return ERROR_OOM(err);
        grown[++device->n_mounted] = NULL;
    }
    return 0;
}

static int fill(const struct reading *reading, struct inventory_device *device, struct error *err)
{
    const struct block_device *known = device_index_find(reading->udev, device->number);
    struct superblock found = {.size = 0};
    struct error why = {.code = ERROR_NONE};

    if (known && reading->udev_runs)
        from_udev(known, &found);
    else
        (void)superblock_read(device->node, -1, 0, PROBE_MS, &found, &why);
    device->type = dup_or_null(found.type);
    device->uuid = dup_or_null(found.uuid);
    device->label = dup_or_null(found.label);
    device->model = known ? dup_or_null(known->model) : NULL;
    device->transport = known ? dup_or_null(known->transport) : NULL;
    device->refused = why.code != ERROR_NONE ? strdup(why.message) : refusal(device, &found);
    return add_mounted(reading, device, &found, err);
}

// 1: an entry of /sys/class/block that counts.
static int begin(int directory, const char *name, struct inventory_device *ret)
{
    char path[300], text[64], node[PATH_MAX];
    unsigned major_number, minor_number;
    uint64_t sectors;

    if (name[0] == '.' || strncmp(name, "ram", 3) == 0)
        return 0;
    (void)snprintf(path, sizeof path, "%s/dev", name);
    if (file_read_into(directory, path, text, sizeof text) <= 0 ||
        sscanf(text, "%u:%u", &major_number, &minor_number) != 2)
        return 0;
    (void)snprintf(path, sizeof path, "%s/size", name);
    if (file_read_into(directory, path, text, sizeof text) <= 0)
        return 0;
    text[strcspn(text, "\n")] = '\0';
    *ret = (struct inventory_device){.number = makedev(major_number, minor_number)};
    if (!text_to_u64(text, &sectors) || sectors == 0 || sectors > UINT64_MAX / 512 ||
        block_sysfs_node(ret->number, node) < 0)
        return 0;
    ret->size = sectors * 512;
    ret->node = text_clean_dup(node, strlen(node));
    return ret->node ? 1 : -ENOMEM;
}

static int by_name(const void *a, const void *b)
{
    return strverscmp(((const struct inventory_device *)a)->node,
                      ((const struct inventory_device *)b)->node);
}

static int read_all(const struct reading *reading, DIR *directory, struct block_inventory *ret,
                    struct error *err)
{
    struct dirent *entry;
    int r = 0;

    while (r >= 0 && ret->n_devices < DEVICES_MAX && (entry = readdir(directory))) {
        struct inventory_device device, *grown;

        r = begin(dirfd(directory), entry->d_name, &device);
        if (r <= 0)
            continue;
        grown = reallocarray(ret->devices, ret->n_devices + 1, sizeof *grown);
        if (!grown) {
            free_device(&device);
            return ERROR_OOM(err);
        }
        ret->devices = grown;
        ret->devices[ret->n_devices++] = device;
        r = fill(reading, &ret->devices[ret->n_devices - 1], err);
    }
    if (r < 0)
        return r == -ENOMEM ? ERROR_OOM(err) : r;
    qsort(ret->devices, ret->n_devices, sizeof *ret->devices, by_name);
    return 0;
}

int block_inventory_read(const struct mount_table *host, struct block_inventory **ret,
                         struct error *err)
{
    _cleanup_block_inventory_ struct block_inventory *inventory = calloc(1, sizeof *inventory);
    _cleanup_closedir_ DIR *directory = opendir("/sys/class/block");
    struct reading reading = {.host = host, .udev_runs = access("/run/udev/control", F_OK) == 0};
    int r;

    if (!inventory)
        return ERROR_OOM(err);
    if (!directory)
        return error_errno(err, errno, "cannot list the block devices in /sys/class/block");
    r = device_index_new(&reading.udev, err);
    if (r < 0)
        return r;
    reading.udev_runs = reading.udev_runs && r == 0;
    r = read_all(&reading, directory, inventory, err);
    device_index_free(reading.udev);
    if (r < 0)
        return r;
    *ret = TAKE_POINTER(inventory);
    return 0;
}
