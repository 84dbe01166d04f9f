// The mounts of one mount namespace, as a process in it sees them: /proc/PID/mountinfo,
// proc_pid_mountinfo(5). All strings are raw bytes, octal escapes undone.
#ifndef DAVIT_HOST_MOUNTTABLE_H
#define DAVIT_HOST_MOUNTTABLE_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

struct mount_entry {
    uint64_t id;        // (1) mount id, reused; equals STATX_MNT_ID
    uint64_t parent_id; // (2)
    dev_t device;       // (3) major:minor; on btrfs not the st_dev of its files
    const char
        *root; // (4) the directory of the filesystem that is the root of this mount: "sub-root"
    const char *target;      // (5) mount point, relative to the process's root
    const char *options;     // (6) per-mount options, "rw,nosuid,relatime"
    uint64_t peer_group;     // (7) shared:N, 0 when not shared
    uint64_t master;         // (7) master:N, 0 when no slave
    uint64_t propagate_from; // (7) propagate_from:N, 0 when absent
    bool unbindable;         // (7)
    const char *type;        // (9) "ext4", "fuse.sshfs"
    const char *source;      // (10) "/dev/sda1", "nas:/vol1", "none"; never NULL
    const char *fs_options;  // (11) superblock options
};

struct mount_table {
    struct mount_entry *entries; // in the file's order; a parent may come after its children
    size_t n_entries;
    char *storage;                        // the file's text, which holds every string
    const struct mount_entry **by_id;     // sorted
    const struct mount_entry **by_parent; // sorted by parent, then as in the file
};

#define MOUNT_TABLE_LIMIT (32 * 1024 * 1024) // bytes of mountinfo that are read at most

// Reads "mountinfo" below the /proc/PID directory descriptor `proc` (AT_FDCWD: own process). A line
// that is none is -EPROTO, since a mount that is not seen is one that is not protected; -EAGAIN
// when the table changed all the time. The process has ended: ERROR_GONE. Another user's:
// ERROR_NOT_PERMITTED.
int mount_table_read(int proc, struct mount_table **ret, struct error *err);
// The same of a text of `length` bytes and a NUL, which becomes the table's, or is freed when it is
// none. -EAGAIN: an id is there twice.
int mount_table_parse(char *text, size_t length, struct mount_table **ret, struct error *err);
void mount_table_free(struct mount_table *table);
CLEANUP_POINTER(struct mount_table, mount_table_free);
#define _cleanup_mount_table_ CLEANUP(mount_table_freep)

// Index of the first whose member at offset `key`, a uint64_t by which they are sorted, is not less
// than `value`; `n` when there is none.
size_t mount_entries_first(const struct mount_entry *const *sorted, size_t n, size_t key,
                           uint64_t value);
const struct mount_entry *mount_table_by_id(const struct mount_table *table, uint64_t id);

// Marks the rows (marks[i] for entries[i]) of the mount `top` and of all that is mounted below it;
// `marks` has n_entries places, all false. Returns how many: 0 when there is no such mount.
size_t mount_table_mark_below(const struct mount_table *table, uint64_t top, bool *marks);

// The mount that a path in the namespace is on: the kernel's way along the path is followed from
// mount to mount, so of those stacked the topmost, and none that another one hides. No file is
// looked at: `path` is canonical. NULL: on a mount that the table does not show (a chroot).
const struct mount_entry *mount_table_containing(const struct mount_table *table, const char *path);

// The topmost mount whose target is exactly `path`, NULL when none that a look-up of the path would
// find. *ret_depth (may be NULL): how many are stacked there.
const struct mount_entry *mount_table_at(const struct mount_table *table, const char *path,
                                         unsigned *ret_depth);

// Whether `path` is `directory` or below it, by components. "/" contains everything.
bool path_is_below(const char *path, const char *directory);

// The entry's own flags: "ro" etc. as a whole word in per-mount options.
bool mount_entry_has_option(const struct mount_entry *entry, const char *option);
// Read-only for any reason: the mount or its superblock.
bool mount_entry_read_only(const struct mount_entry *entry);

// "private", "shared", "slave", "shared,slave", "unbindable".
const char *mount_entry_propagation(const struct mount_entry *entry);

// Whether the mount or one of its peers is in `host`: its peer group is a peer group there, or a
// mount there receives from it. 0 no, else the group. A mount of `host` that receives only through
// a third namespace cannot be told from the two tables.
uint64_t mount_entry_reaches(const struct mount_entry *entry, const struct mount_table *host);

// Whether a look-up in a filesystem of this type may wait for a server: fuse*, nfs*, cifs, 9p,
// ceph, afs, autofs, virtiofs, …
bool filesystem_may_hang(const char *type);
// Whether the kernel makes it: proc, sysfs, cgroup, cgroup2, devpts, securityfs, debugfs, tracefs,
// …
bool filesystem_is_kernel(const char *type);

#endif
