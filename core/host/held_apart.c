// Two things have to be found out without a mount. Of a btrfs the filesystem: each subvolume has a
// device number of its own there, and only mountinfo has the common one, so that it is told by what
// statfs(2) says. Of a part of a filesystem the path: by a file handle, opened on the mount through
// which the part was named (open_by_handle_at(2)).
#include "core/host/held_apart.h"

#include <arpa/inet.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/magic.h>
#include <linux/stat.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/host/mounted.h"

// Subvolumes are numbered from 256; 5 is the top (btrfs-progs, btrfs-subvolume(8)).
#define BTRFS_TOP    5
#define BTRFS_FIRST  256
#define HANDLE_BYTES 128 // MAX_HANDLE_SZ

// ---- btrfs ----

// "5c2bd2f2-57a8-…": as fs/btrfs/super.c folds it in btrfs_statfs().
static bool fold_uuid(const char *text, struct held_btrfs *ret)
{
    uint32_t words[4] = {0};
    unsigned digits = 0;

    for (; *text; text++) {
        char digit[2] = {*text, '\0'}, *end;
        unsigned long value;

        if (*text == '-')
            continue;
        value = strtoul(digit, &end, 16);
        if (end == digit || digits == 32)
            return false;
        words[digits / 8] = words[digits / 8] << 4 | (uint32_t)value;
        digits++;
    }
    *ret = (struct held_btrfs){words[0] ^ words[2], words[1] ^ words[3]};
    return digits == 32;
}

int held_apart_find(struct held_subject *subject, struct error *err)
{
    _cleanup_closedir_ DIR *all = subject->n_devices > 0 ? opendir("/sys/fs/btrfs") : NULL;
    struct dirent *entry;

    while (all && (entry = readdir(all))) {
        struct held_btrfs *grown, btrfs;
        bool ours = false;

        for (size_t i = 0; i < subject->n_devices && !ours; i++)
            ours = mounted_btrfs_has(entry->d_name, subject->devices[i]);
        if (!ours || !fold_uuid(entry->d_name, &btrfs))
            continue;
        grown = reallocarray(subject->btrfs, subject->n_btrfs + 1, sizeof *grown);
        if (!grown)
            return ERROR_OOM(err);
        subject->btrfs = grown;
        grown[subject->n_btrfs++] = btrfs;
    }
    return 0;
}

// Of all filesystems without a device number these attributes are btrfs's (fs/btrfs/inode.c): no
// server has to be asked before it is known to be none.
static bool may_be_btrfs(const struct call_object *object)
{
    const uint64_t its = STATX_ATTR_COMPRESSED | STATX_ATTR_NODUMP;

    return major(object->device) == 0 && (object->attributes & its) == its;
}

static bool btrfs_of(int fd, struct held_btrfs *ret)
{
    struct statfs fs;
    int value[2];

    if (fstatfs(fd, &fs) < 0 || fs.f_type != BTRFS_SUPER_MAGIC)
        return false;
    _Static_assert(sizeof fs.f_fsid == sizeof value, "statfs(2): fsid_t is two integers");
    memcpy(value, &fs.f_fsid, sizeof value);
    *ret = (struct held_btrfs){(uint32_t)value[0], (uint32_t)value[1]};
    return true;
}

// statfs(2) has the number of the subvolume in it as well, by exclusive or.
static bool is_whole_of(const struct held_subject *subject, const struct held_btrfs *seen)
{
    for (size_t i = 0; i < subject->n_btrfs; i++) {
        uint32_t subvolume = subject->btrfs[i].low ^ seen->low;

        if (subject->btrfs[i].high == seen->high &&
            (subvolume == BTRFS_TOP || subvolume >= BTRFS_FIRST))
            return true;
    }
    return false;
}

// ---- a part of a filesystem ----

static int open_by_handle(int fd, int mount)
{
    union {
        struct file_handle handle;
        char room[sizeof(struct file_handle) + HANDLE_BYTES];
    } at = {.handle.handle_bytes = HANDLE_BYTES};
    int ignored;

    if (name_to_handle_at(fd, "", &at.handle, &ignored, AT_EMPTY_PATH) < 0)
        return -errno;
    fd = open_by_handle_at(mount, &at.handle, O_PATH | O_CLOEXEC);
    return fd < 0 ? -errno : fd;
}

// Where the file would be on the mount that the part was named by.
static enum held_apart compare_path(const struct held_subject *subject, int anchor, int fd)
{
    _cleanup_close_ int here = open_by_handle(fd, anchor);
    _cleanup_free_ char *path = here >= 0 ? file_descriptor_path(here) : NULL;

    if (!path)
        return HELD_APART_UNKNOWN;
    return path_is_below(path, subject->host_path) ? HELD_APART_HELD : HELD_APART_BESIDE;
}

enum held_apart held_apart(const struct held_subject *subject, const struct call_object *object,
                           int dirfd, const char *link)
{
    bool btrfs = may_be_btrfs(object), same = held_subject_has(subject, object->device);
    _cleanup_close_ int fd = -1, anchor = -1;
    struct held_btrfs seen, asked;

    if (!same && !btrfs)
        return HELD_APART_OTHER;
    fd = openat(dirfd, link, O_PATH | O_CLOEXEC);
    if (fd < 0 || (!same && !btrfs_of(fd, &seen)))
        return HELD_APART_OTHER;
    if (!same && is_whole_of(subject, &seen))
        return HELD_APART_HELD;
    if (subject->host_path)
        anchor = open(subject->host_path, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (!same && (anchor < 0 || !btrfs_of(anchor, &asked) || asked.high != seen.high))
        return HELD_APART_OTHER;
    return anchor < 0 ? HELD_APART_UNKNOWN : compare_path(subject, anchor, fd);
}
