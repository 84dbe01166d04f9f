// The mount table of this process's namespace, read in advance, for who wants it without waiting:
// reading it takes the kernel some microseconds a mount.
//
// It is given out only while it is the same as one read now would be, as far as one mount and what
// is mounted below it go: no mount was made, moved, taken away or had its flags changed since
// (poll(2) of mountinfo, mounts_poll() in fs/proc_namespace.c), and what poll does not tell of, the
// propagation by mount(2), the flags of a superblock and the names of directories above a mount
// point, is asked of each of these mounts (statmount(2), Linux 6.8). Of the others the propagation,
// the superblock's flags and the path may have changed.
#ifndef DAVIT_HOST_MOUNTCACHE_H
#define DAVIT_HOST_MOUNTCACHE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/host/mounttable.h"

#define MOUNT_CACHE_ROWS_MAX 512 // more are not kept

struct mount_cache;

// NULL where that is not possible: before Linux 6.8, too many mounts, no memory.
struct mount_cache *mount_cache_new(void);
void mount_cache_free(struct mount_cache *cache); // NULL is fine
CLEANUP_POINTER(struct mount_cache, mount_cache_free);
#define _cleanup_mount_cache_ CLEANUP(mount_cache_freep)

// The table, which is the caller's then, if it is still so for the mount of this id (mountinfo's)
// and what is below it; else NULL. Once: the cache is empty afterwards.
struct mount_table *mount_cache_take(struct mount_cache *cache, uint64_t mount_id);

// What becomes readable as by POLLPRI when the table has changed.
int mount_cache_descriptor(const struct mount_cache *cache);

#endif
