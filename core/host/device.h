// Block devices by libudev, which is loaded on first use: a program that asks for none never
// loads it. Without a running udevd the library knows numbers and names only: unknown stays NULL,
// nothing is guessed.
#ifndef DAVIT_HOST_DEVICE_H
#define DAVIT_HOST_DEVICE_H

#include <sys/types.h>

#include "core/base/error.h"

struct block_device {
    char *node;      // canonical device node "/dev/sda2"; clean text all
    char *label;     // ID_FS_LABEL_ENC decoded
    char *uuid;      // ID_FS_UUID
    char *model;     // ID_MODEL of the disk
    char *transport; // ID_BUS ("usb", "ata", "nvme", "scsi"), or "virtio" … from the parents
    char *type;      // ID_FS_TYPE ("ext4", "LVM2_member")
    char *usage;     // ID_FS_USAGE ("filesystem", "raid", "crypto", "other")
    char *table;     // ID_PART_TABLE_TYPE of a whole disk ("gpt")
};

struct device_index;

// 0; 1 when libudev is not there (ret is then an index that knows nothing).
int device_index_new(struct device_index **ret, struct error *err);
void device_index_free(struct device_index *index);

// What is known of the block device `number`; the index owns it. NULL when there is none.
const struct block_device *device_index_find(struct device_index *index, dev_t number);

#endif
