// What the kernel itself says of a block device, in /sys/dev/block; with or without udev.
#ifndef DAVIT_HOST_BLOCK_SYSFS_H
#define DAVIT_HOST_BLOCK_SYSFS_H

#include <limits.h>
#include <sys/types.h>

// The name that mount(8) would give it, and that is the same in every mount table: /dev/mapper/NAME
// of the device mapper, else /dev/ and the kernel's own. 0, or -ENOENT when there is no such node
// here, or it is another device.
int block_sysfs_node(dev_t number, char node[PATH_MAX]);

// "sda1, sda2": its partitions, or "dm-0, md1": the devices made of it. Cut when there are many; ""
// when there are none.
void block_sysfs_partitions(dev_t number, char *ret, size_t size);
void block_sysfs_holders(dev_t number, char *ret, size_t size);

// "a loop device of /srv/disk.img", "a removable disk": where a disk may be another than the last
// time. "" for one that is built in, as far as the kernel says. Of a partition: its disk.
void block_sysfs_passing(dev_t number, char *ret, size_t size);

#endif
