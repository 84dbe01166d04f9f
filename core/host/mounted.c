#include "core/host/mounted.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/file.h"
#include "core/host/process.h"

#define NAMESPACES_MAX 16384

// A btrfs may have several devices, and its mounts may name any of them: the kernel lists those of
// one that is mounted in /sys/fs/btrfs/UUID/devices. A copy of it has its UUID, and is not there.
bool mounted_btrfs_has(const char *uuid, dev_t number)
{
    char path[160], text[32];
    _cleanup_closedir_ DIR *devices = NULL;
    struct dirent *entry;
    unsigned major_number, minor_number;

    (void)snprintf(path, sizeof path, "/sys/fs/btrfs/%.64s/devices", uuid);
    devices = strchr(uuid, '/') ? NULL : opendir(path);
    while (devices && (entry = readdir(devices))) {
        char dev[300];

        (void)snprintf(dev, sizeof dev, "%s/dev", entry->d_name);
        if (entry->d_name[0] != '.' && file_read_into(dirfd(devices), dev, text, sizeof text) > 0 &&
            sscanf(text, "%u:%u", &major_number, &minor_number) == 2 &&
            makedev(major_number, minor_number) == number)
            return true;
    }
    return false;
}

static bool is_btrfs_mount(const struct mount_entry *entry, dev_t number, const char *uuid)
{
    struct stat st;

    return strcmp(entry->type, "btrfs") == 0 && entry->source[0] == '/' &&
           stat(entry->source, &st) == 0 && S_ISBLK(st.st_mode) &&
           (st.st_rdev == number ||
            (mounted_btrfs_has(uuid, number) && mounted_btrfs_has(uuid, st.st_rdev)));
}

bool mounted_on(const struct mount_entry *entry, dev_t number)
{
    _cleanup_closedir_ DIR *all = NULL;
    struct dirent *uuid;

    if (entry->device == number)
        return true;
    all = strcmp(entry->type, "btrfs") == 0 ? opendir("/sys/fs/btrfs") : NULL;
    while (all && (uuid = readdir(all)))
        if (mounted_btrfs_has(uuid->d_name, number) && is_btrfs_mount(entry, number, uuid->d_name))
            return true;
    return false;
}

const struct mount_entry *mounted_in(const struct mount_table *table, dev_t number,
                                     const char *type, const char *uuid)
{
    bool btrfs = strcmp(type, "btrfs") == 0;

    for (size_t i = 0; i < table->n_entries; i++)
        if (table->entries[i].device == number ||
            (btrfs && is_btrfs_mount(&table->entries[i], number, uuid)))
            return &table->entries[i];
    return NULL;
}

static int found(const struct mount_entry *entry, pid_t pid, struct mounted *ret)
{
    *ret = (struct mounted){
        .read_only = strncmp(entry->fs_options, "ro", 2) == 0 &&
                     (entry->fs_options[2] == ',' || entry->fs_options[2] == '\0'),
        .device = entry->device,
        .pid = pid,
    };
    (void)snprintf(ret->source, sizeof ret->source, "%s", entry->source);
    (void)snprintf(ret->target, sizeof ret->target, "%s", entry->target);
    return 1;
}

struct search {
    dev_t number;
    const char *type, *uuid;
    uint64_t *seen; // inodes of the namespaces that were looked at
    size_t n_seen;
};

static int look_at_process(struct search *search, int proc, pid_t pid, struct mounted *ret)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    uint64_t inode = process_ns_inode(proc, PROCESS_NS_MNT);
    const struct mount_entry *entry;
    struct error ignored;

    for (size_t i = 0; i < search->n_seen; i++)
        if (search->seen[i] == inode)
            return 0;
    if (inode == 0 || search->n_seen == NAMESPACES_MAX)
        return 0;
    search->seen[search->n_seen++] = inode;
    if (mount_table_read(proc, &table, &ignored) < 0)
        return 0;
    entry = mounted_in(table, search->number, search->type, search->uuid);
    return entry ? found(entry, pid, ret) : 0;
}

int mounted_find(const struct mount_table *host, dev_t number, const char *type, const char *uuid,
                 struct mounted *ret)
{
    const struct mount_entry *entry = mounted_in(host, number, type, uuid);
    _cleanup_free_ uint64_t *seen = calloc(NAMESPACES_MAX, sizeof *seen);
    struct search search = {number, type, uuid, seen, 0};
    _cleanup_closedir_ DIR *processes = NULL;
    struct dirent *process;
    int r = entry ? found(entry, 0, ret) : 0;

    processes = r == 0 && seen ? opendir("/proc") : NULL;
    while (r == 0 && processes && (process = readdir(processes))) {
        _cleanup_close_ int proc = -1;

        if (!isdigit((unsigned char)process->d_name[0]))
            continue;
        proc = openat(dirfd(processes), process->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC);
        if (proc >= 0)
            r = look_at_process(&search, proc, atoi(process->d_name), ret);
    }
    return r;
}

int mounted_in_use(const char *node)
{
    _cleanup_close_ int fd = open(node, O_RDONLY | O_EXCL | O_NONBLOCK | O_CLOEXEC);

    return fd >= 0 ? 0 : errno == EBUSY ? 1 : -errno;
}
