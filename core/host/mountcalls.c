#include "core/host/mountcalls.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#ifndef SYS_statmount
#define SYS_statmount 457 // the same number on every architecture
#endif
#ifndef SYS_listmount
#define SYS_listmount 458
#endif
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif
#define DAVIT_STATX_MNT_ID_UNIQUE   0x4000U
#define DAVIT_STATX_ATTR_MOUNT_ROOT 0x2000U
#define DAVIT_STATMOUNT_MNT_BASIC   2U
#define DAVIT_LSMT_ROOT             UINT64_MAX
#define DAVIT_NS_GET_MNTNS_ID       _IOR(0xb7, 5, uint64_t)

static int or_errno(long value)
{
    return value < 0 ? -errno : (int)value;
}

int call_open_tree(int dirfd, const char *path, unsigned flags)
{
    return or_errno(syscall(SYS_open_tree, dirfd, path, flags));
}

int call_move_mount(int from, const char *from_path, int to, const char *to_path, unsigned flags)
{
    return or_errno(syscall(SYS_move_mount, from, from_path, to, to_path, flags));
}

int call_fsopen(const char *type)
{
    return or_errno(syscall(SYS_fsopen, type, FSOPEN_CLOEXEC));
}

int call_fsconfig(int fs, enum call_fsconfig_command command, const char *key, const char *value)
{
    return or_errno(syscall(SYS_fsconfig, fs, command, key, value, 0));
}

int call_fsmount(int fs, unsigned attr)
{
    return or_errno(syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, attr));
}

int call_mount_setattr(int dirfd, const char *path, unsigned flags,
                       const struct davit_mount_attr *attr)
{
    return or_errno(syscall(SYS_mount_setattr, dirfd, path, flags, attr, sizeof *attr));
}

int call_pidfd_open(pid_t pid)
{
    return or_errno(syscall(SYS_pidfd_open, pid, 0));
}

// struct statx as far as the mount id; glibc 2.36 has the field, older ones do not.
struct davit_statx {
    uint32_t mask, blksize;
    uint64_t attributes;
    uint32_t nlink, uid, gid;
    uint16_t mode, spare0;
    uint64_t ino, size, blocks, attributes_mask, times[8];
    uint32_t rdev[2], dev[2];
    uint64_t mnt_id, spare1[13];
};
_Static_assert(sizeof(struct davit_statx) == 256, "struct statx is 256 bytes");

static int statx_mount(int dirfd, const char *path, int follow, unsigned mask,
                       struct davit_statx *ret)
{
    int flags = follow | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC | (*path ? 0 : AT_EMPTY_PATH);

    memset(ret, 0, sizeof *ret);
    return or_errno(syscall(SYS_statx, dirfd, path, flags, mask, ret));
}

static int mount_ids(int dirfd, const char *path, int follow, unsigned mask, struct mount_ids *ret)
{
    struct davit_statx sx;
    int r = statx_mount(dirfd, path, follow, mask, &sx);

    if (r < 0)
        return r;
    *ret = (struct mount_ids){.old = sx.mask & STATX_MNT_ID ? sx.mnt_id : 0, .is_root = -1};
    if (sx.attributes_mask & DAVIT_STATX_ATTR_MOUNT_ROOT)
        ret->is_root = (sx.attributes & DAVIT_STATX_ATTR_MOUNT_ROOT) != 0;
    r = statx_mount(dirfd, path, follow, DAVIT_STATX_MNT_ID_UNIQUE, &sx);
    if (r == 0 && sx.mask & DAVIT_STATX_MNT_ID_UNIQUE)
        ret->unique = sx.mnt_id;
    return 0;
}

int call_mount_ids(int dirfd, const char *path, struct mount_ids *ret)
{
    return mount_ids(dirfd, path, AT_SYMLINK_NOFOLLOW, STATX_MNT_ID, ret);
}

// With nothing asked for, as in call_object().
int call_mount_ids_followed(int dirfd, const char *link, struct mount_ids *ret)
{
    return mount_ids(dirfd, link, 0, 0, ret);
}

struct mount_question { // struct mnt_id_req, MNT_ID_REQ_SIZE_VER0
    uint32_t size, spare;
    uint64_t mnt_id, param;
};

int call_statmount(uint64_t unique, struct call_statmount *ret, size_t size)
{
    struct mount_question question = {
        .size = sizeof question, .mnt_id = unique, .param = CALL_STATMOUNT_ASKED};

    return or_errno(syscall(SYS_statmount, &question, ret, size, 0));
}

int call_listmount(uint64_t *ret, size_t n)
{
    struct mount_question question = {.size = sizeof question, .mnt_id = DAVIT_LSMT_ROOT};

    return or_errno(syscall(SYS_listmount, &question, ret, n, 0));
}

int call_object(int dirfd, const char *path, struct call_object *ret)
{
    int flags = AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC | (*path ? 0 : AT_EMPTY_PATH);
    struct davit_statx sx;
    int r;

    memset(&sx, 0, sizeof sx);
    // With nothing asked for, another user's FUSE says its number at least; the mount comes always.
    r = or_errno(syscall(SYS_statx, dirfd, path, flags, 0, &sx));
    if (r < 0)
        return r;
    *ret = (struct call_object){
        .mount = sx.mask & STATX_MNT_ID ? sx.mnt_id : 0,
        .device = makedev(sx.dev[0], sx.dev[1]),
        .node = S_ISBLK(sx.mode) ? makedev(sx.rdev[0], sx.rdev[1]) : 0,
        .attributes = sx.attributes_mask,
    };
    return 0;
}

int call_mnt_ns_next(int ns_fd, int backwards)
{
    struct {
        uint32_t size, n_mounts;
        uint64_t id;
    } info = {.size = sizeof info};

    return or_errno(ioctl(
        ns_fd, backwards ? _IOR(0xb7, 12, __typeof__(info)) : _IOR(0xb7, 11, __typeof__(info)),
        &info));
}

int call_mount_exists(uint64_t unique, uint64_t ns_id)
{
    struct {
        uint32_t size, spare;
        uint64_t mnt_id, param, mnt_ns_id;
    } request = {
        .size = ns_id ? 32 : 24,
        .mnt_id = unique,
        .param = DAVIT_STATMOUNT_MNT_BASIC,
        .mnt_ns_id = ns_id,
    };
    char answer[1024];
    int r = or_errno(syscall(SYS_statmount, &request, answer, sizeof answer, 0));

    return r == 0 ? 1 : r == -ENOENT ? 0 : r;
}

int call_mnt_ns_id(int ns_fd, uint64_t *ret)
{
    return or_errno(ioctl(ns_fd, DAVIT_NS_GET_MNTNS_ID, ret));
}
