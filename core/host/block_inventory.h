// The block devices of this machine, and what is on each: for who picks one, and for UUID= and
// LABEL=. From /sys/class/block; what is on them from udev's database where udevd runs, else read
// from the devices (superblock.h).
#ifndef DAVIT_HOST_BLOCK_INVENTORY_H
#define DAVIT_HOST_BLOCK_INVENTORY_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/host/mounttable.h"

struct inventory_device {
    dev_t number;
    // clean text all, NULL when unknown
    char *node; // as mount tables name it; never NULL
    uint64_t size;
    char *type;
    char *label;
    char *uuid;
    char *model;
    char *transport;
    char **mounted; // mount points on the host, raw bytes, NULL-terminated
    size_t n_mounted;
    char *refused; // why it cannot be attached, NULL when it can
};

struct block_inventory {
    struct inventory_device *devices; // by name, those of a number by number: sda2 before sda10
    size_t n_devices;
};

// `host` is this namespace's table. Devices without a medium, RAM disks and loop devices without a
// file are left out.
int block_inventory_read(const struct mount_table *host, struct block_inventory **ret,
                         struct error *err);
void block_inventory_free(struct block_inventory *inventory);
CLEANUP_POINTER(struct block_inventory, block_inventory_free);
#define _cleanup_block_inventory_ CLEANUP(block_inventory_freep)

#endif
