// Which mount an open descriptor is on, on every kernel since 3.15.
#ifndef DAVIT_HOST_MOUNTID_H
#define DAVIT_HOST_MOUNTID_H

#include <stdbool.h>
#include <stdint.h>

#include "core/host/mountcalls.h"

// The value of "mnt_id:" in a file of fdinfo (proc_pid_fdinfo(5)); 0 when it cannot be read. No
// filesystem is asked.
uint64_t mount_id_in_fdinfo(int dirfd, const char *path);

// As call_mount_ids() of the descriptor itself, and before 5.8 the old id from fdinfo. 0 or -errno.
int mount_ids_of_descriptor(int fd, struct mount_ids *ret);

// The same of what a link of /proc/PID leads to, which is not held meanwhile, but before 5.8
// (O_PATH: neither device nor FIFO is opened).
int mount_ids_of_link(int dirfd, const char *link, struct mount_ids *ret);

// Whether two descriptions are of one mount: by the unique ids where both have them.
bool mount_ids_same(const struct mount_ids *a, const struct mount_ids *b);

#endif
