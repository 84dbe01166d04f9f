// Thin wrappers of the mount calls that the C library of Debian 12 lacks, and the constants that
// its headers lack. Each returns what the kernel returned, or -errno; none allocates; all may be
// called after setns(2), where only raw system calls are allowed.
//
// Sources: open_tree(2), move_mount(2), mount_setattr(2), statmount(2), listmount(2), statx(2)
// from man-pages 6.9; include/uapi/linux/mount.h and nsfs.h of kernel 6.18.
#ifndef DAVIT_HOST_MOUNTCALLS_H
#define DAVIT_HOST_MOUNTCALLS_H

#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>
#include <sys/types.h>

#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1U
#endif
#define DAVIT_OPEN_TREE_CLOEXEC O_CLOEXEC
#ifndef AT_RECURSIVE
#define AT_RECURSIVE 0x8000
#endif
#ifndef MOVE_MOUNT_F_EMPTY_PATH
#define MOVE_MOUNT_F_EMPTY_PATH 0x4U
#endif
#ifndef MOVE_MOUNT_T_EMPTY_PATH
#define MOVE_MOUNT_T_EMPTY_PATH 0x40U
#endif
#define DAVIT_MOVE_MOUNT_BENEATH 0x200U // 6.5
#ifndef MOUNT_ATTR_RDONLY
#define MOUNT_ATTR_RDONLY 0x1U
#define MOUNT_ATTR_NOSUID 0x2U
#define MOUNT_ATTR_NODEV  0x4U
#define MOUNT_ATTR_NOEXEC 0x8U
#endif
#ifndef MOUNT_ATTR_IDMAP
#define MOUNT_ATTR_IDMAP 0x100000U // 5.12, on a detached mount; by filesystem
#endif

#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x200000U // 5.14
#endif

struct davit_mount_attr { // struct mount_attr of mount_setattr(2), 5.12
    uint64_t set;
    uint64_t clear;
    uint64_t propagation; // MS_PRIVATE, MS_SLAVE, MS_SHARED of <sys/mount.h>, or 0
    uint64_t userns_fd;
};

int call_open_tree(int dirfd, const char *path, unsigned flags);                  // 5.2
int call_move_mount(int from, const char *from_path, int to, const char *to_path, // 5.2
                    unsigned flags);
int call_mount_setattr(int dirfd, const char *path, unsigned flags, // 5.12
                       const struct davit_mount_attr *attr);
int call_pidfd_open(pid_t pid); // 5.3

// fsopen(2), fsconfig(2), fsmount(2): a filesystem made without a mount point; 5.2. `value` as the
// command wants it, NULL for none.
#ifndef FSOPEN_CLOEXEC
#define FSOPEN_CLOEXEC 0x1U
#endif
#ifndef FSMOUNT_CLOEXEC
#define FSMOUNT_CLOEXEC 0x1U
#endif
enum call_fsconfig_command { // of <linux/mount.h>, which cannot stand beside <sys/mount.h>
    CALL_SET_FLAG = 0,
    CALL_SET_STRING = 1,
    CALL_CREATE = 6,
    CALL_CREATE_EXCL = 8, // 6.6
};
int call_fsopen(const char *type);
int call_fsconfig(int fs, enum call_fsconfig_command command, const char *key, const char *value);
int call_fsmount(int fs, unsigned attr); // MOUNT_ATTR_*

// The ids of the mount that an open descriptor (or path below it) is on.
struct mount_ids {
    uint64_t unique; // never reused; 0 before kernel 6.8
    uint64_t old;    // the id in mountinfo, reused at once; 0 before 5.8
    int is_root;     // 1 when the object is the root of its mount, 0 when not, -1 unknown (< 5.8)
};

// With path "" the descriptor itself. Nothing is synced, no automount triggered, the last symbolic
// link not followed. 0 or -errno.
int call_mount_ids(int dirfd, const char *path, struct mount_ids *ret);
// The same of what a link leads to, one of /proc/PID too. It is not opened: a descriptor on a mount
// makes umount(2) say EBUSY, and whoever looks for its holders finds it.
int call_mount_ids_followed(int dirfd, const char *link, struct mount_ids *ret);

// Whether the mount `unique` exists in the mount namespace whose unique id is `ns_id` (0: the
// caller's own): 1 yes, 0 no, -ENOSYS before 6.8, other -errno.
int call_mount_exists(uint64_t unique, uint64_t ns_id);

// statmount(2) of a mount of the caller's own namespace, with all that CALL_STATMOUNT_ASKED names;
// 6.8. `size` bytes at `ret`, which begin with the struct and hold its strings behind it:
// -EOVERFLOW when these are too few.
struct call_statmount { // struct statmount of <linux/mount.h>, whose names the library may have
    uint32_t size, options;
    uint64_t mask;
    uint32_t device_major, device_minor;
    uint64_t magic;
    uint32_t sb_flags, type; // this and `root`, `point`: offsets into what is behind the struct
    uint64_t mount_id, parent_id;
    uint32_t mount_id_old, parent_id_old;
    uint64_t attributes, propagation, peer_group, master, propagate_from;
    uint32_t root, point;
    uint64_t rest[50];
};
_Static_assert(sizeof(struct call_statmount) == 512, "struct statmount is 512 bytes");
#define CALL_STATMOUNT_ASKED 0x3fU // superblock, mount, propagation from, root, mount point, type
#define CALL_STATMOUNT_SIZE  (sizeof(struct call_statmount) + 16384)
int call_statmount(uint64_t unique, struct call_statmount *ret, size_t size);

// The unique ids of the mounts of the caller's own namespace: how many, at most `n`, or
// -errno; 6.8.
int call_listmount(uint64_t *ret, size_t n);

// What a link or path leads to, as its filesystem's cached attributes have it: no server is asked
// for them.
struct call_object {
    uint64_t mount;      // the old id, 0 before 5.8
    dev_t device;        // of its filesystem (of btrfs the subvolume's)
    dev_t node;          // of a block device what it is the node of, else 0
    uint64_t attributes; // STATX_ATTR_*: those that its filesystem knows
};
// The last symbolic link is followed, a link of /proc/PID too; no automount is triggered. With path
// "" the descriptor itself. 0 or -errno.
int call_object(int dirfd, const char *path, struct call_object *ret);

// The next mount namespace after (or before) the one that `ns_fd` is open on, in the order of their
// ids, whether or not it has a process: a descriptor; -ENOENT after the last; 6.12, else -ENOTTY.
int call_mnt_ns_next(int ns_fd, int backwards);

// Unique id of the mount namespace that `ns_fd` is open on; 6.11 (6.8 has none: -ENOTTY).
int call_mnt_ns_id(int ns_fd, uint64_t *ret);

#endif
