// Loop devices, loop(4): a file as a block device. One that davit makes is made by one call
// (LOOP_CONFIGURE, kernel 5.8) and with AUTOCLEAR, so that the kernel takes it away when the last
// one has let go of it: the mount, or a davit that was killed.
#ifndef DAVIT_HOST_LOOPDEVICE_H
#define DAVIT_HOST_LOOPDEVICE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"

// A file, or a part of it. All zero: none.
struct loop_file {
    dev_t device; // the file's, as in stat(2)
    ino_t inode;
    uint64_t offset; // bytes
    uint64_t limit;  // bytes from there, 0: to its end
};

struct loop_device {
    unsigned number; // of /dev/loopN
    struct loop_file file;
    bool read_only;
    dev_t block; // the file is the node of this block device, 0: it is none
    dev_t node;  // its own number
};

#define LOOP_NODE_SIZE 24
void loop_node(char node[LOOP_NODE_SIZE], unsigned number);

// What the loop device `number` is bound to: 0, -ENXIO when to nothing, other -errno.
int loop_look(unsigned number, struct loop_device *ret);

// Calls `visit` for each loop device that is bound to a file, until it does not return 0. Asks the
// filesystem that each loop device's file is on, which may not answer: for a child.
int loop_each(int (*visit)(const struct loop_device *device, void *context), void *context);

// Looks for a loop device that has `file` and may be used for it, read-only or not. 1: *ret may be;
// 0: there is none; -EBUSY: *ret has it in a way that does not go with this one (read-only, or a
// part of it that overlaps).
// Asks the filesystem that each loop device's file is on, which may not answer: for a child.
int loop_find(const struct loop_file *file, bool read_only, struct loop_device *ret);
// The same in a child of its own, within timeout_ms: -ETIMEDOUT too, and err is filled on what is
// none of the three.
int loop_find_within(const struct loop_file *file, bool read_only, uint64_t timeout_ms,
                     struct loop_device *ret, struct error *err);

// Makes one of the open descriptor `fd` (`name` is what losetup(8) shows, for a person only).
// Returns a descriptor of the device, which keeps it until the filesystem on it is mounted, and its
// number; or -errno: -ENOSYS before 5.8, -EBUSY when another came to the same file meanwhile.
int loop_make(int fd, const char *name, const struct loop_file *file, bool read_only,
              unsigned *ret_number);

// Waits, in a child, until the loop device is no longer bound to that file, at most `timeout_ms`:
// true when it is not.
bool loop_wait_gone(unsigned number, const struct loop_file *file, uint64_t timeout_ms);

#endif
