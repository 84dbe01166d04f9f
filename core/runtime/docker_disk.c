#include "core/runtime/docker_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/host/mounttable.h"
#include "core/host/process.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/disk.h"
#include "core/runtime/docker_json.h"

#define CONFIG_LIMIT (1024 * 1024) // bytes of config.v2.json
#define DAEMON_FILE  "/etc/docker/daemon.json"
#define USUAL_ROOT   "/var/lib/docker"
#define ROOTS_MAX    16

struct docker_disk {
    char *roots[ROOTS_MAX];
    size_t n_roots;
    struct mount_table *host; // read when first needed
};

static int add_root(struct docker_disk *disk, const char *path)
{
    for (size_t i = 0; i < disk->n_roots; i++)
        if (strcmp(disk->roots[i], path) == 0)
            return 0;
    if (disk->n_roots == ROOTS_MAX)
        return 0;
    disk->roots[disk->n_roots] = strdup(path);
    return disk->roots[disk->n_roots++] ? 0 : -ENOMEM;
}

int docker_disk_new(const char *data_root, struct docker_disk **ret, struct error *err)
{
    _cleanup_docker_disk_ struct docker_disk *disk = calloc(1, sizeof *disk);
    _cleanup_free_ char *text = NULL, *configured = NULL;
    struct error ignored;
    size_t length;

    if (!disk || (data_root && add_root(disk, data_root) < 0))
        return ERROR_OOM(err);
    if (file_read(AT_FDCWD, DAEMON_FILE, CONFIG_LIMIT, &text, &length, &ignored) == 0)
        configured = docker_json_data_root(text, length);
    if ((configured && add_root(disk, configured) < 0) || add_root(disk, USUAL_ROOT) < 0)
        return ERROR_OOM(err);
    *ret = TAKE_POINTER(disk);
    return 0;
}

void docker_disk_free(struct docker_disk *disk)
{
    if (!disk)
        return;
    for (size_t i = 0; i < disk->n_roots; i++)
        free(disk->roots[i]);
    mount_table_free(disk->host);
    free(disk);
}

const char *docker_disk_root(const struct docker_disk *disk, size_t index)
{
    return index < disk->n_roots ? disk->roots[index] : NULL;
}

// 0 found, 1 not there or not to be believed.
static int read_config(const char *root, struct container *container, struct error *err)
{
    _cleanup_close_ int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ char *text = NULL;
    char path[128];
    size_t length;
    int r;

    (void)snprintf(path, sizeof path, "containers/%s/config.v2.json", container->id);
    r = dir >= 0 ? disk_read(dir, path, CONFIG_LIMIT, &text, &length, err) : 1;
    if (r == 0)
        r = docker_json_disk(text, length, container, err);
    return r == -EPROTO || r == -EACCES ? 1 : r;
}

// The part of a mount's root before "/containers/ID/hosts" and its like; 0 when it has another.
static size_t data_root_length(const char *root, const char *id)
{
    static const char *const files[] = {"hosts", "hostname", "resolv.conf"};
    size_t length = strlen(root);

    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        char end[128];
        int n = snprintf(end, sizeof end, "/containers/%s/%s", id, files[i]);

        if (n > 0 && n < (int)sizeof end && length >= (size_t)n &&
            strcmp(root + length - n, end) == 0)
            return length - (size_t)n;
    }
    return 0;
}

// Whether nobody but root could have put something there: every directory down to the container's
// is root's, and nobody else can replace what is in it. No symbolic link is followed.
static bool is_roots_own(const char *root, const char *id)
{
    _cleanup_free_ char *path = text_format("%s/containers/%s", root, id);
    _cleanup_close_ int fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char *rest = path;

    for (const char *name; path && fd >= 0;) {
        struct stat st;
        int next;

        if (fstat(fd, &st) < 0 || st.st_uid != 0 ||
            (st.st_mode & (S_IWGRP | S_IWOTH) && !(st.st_mode & S_ISVTX)))
            return false;
        do
            name = strsep(&rest, "/");
        while (name && !*name);
        if (!name)
            return true;
        next = openat(fd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
        (void)close(fd);
        fd = next;
    }
    return false;
}

// Whether the directory is on a filesystem that the container has as its own: its root, a volume.
static bool is_containers_own(const struct mount_table *table, dev_t device, const char *path)
{
    for (size_t i = 0; i < table->n_entries; i++)
        if (table->entries[i].device == device && path_is_below(path, table->entries[i].root))
            return true;
    return false;
}

// Every path of the host at which the directory `path` of the device is to be seen. What is found
// is believed for this container alone.
static int try_host_paths(struct docker_disk *disk, dev_t device, const char *path,
                          struct container *container, struct error *err)
{
    for (size_t i = 0; i < disk->host->n_entries; i++) {
        const struct mount_entry *entry = &disk->host->entries[i];
        _cleanup_free_ char *root = NULL;
        const char *below;
        int r = 1;

        if (entry->device != device || !path_is_below(path, entry->root))
            continue;
        below = strcmp(entry->root, "/") == 0 ? path : path + strlen(entry->root);
        root = text_format("%s%s", strcmp(entry->target, "/") == 0 ? "" : entry->target, below);
        if (!root)
            return ERROR_OOM(err);
        // An overlay is some container's root.
        if (strcmp(entry->type, "overlay") != 0 && is_roots_own(root, container->id))
            r = read_config(root, container, err);
        if (r != 1)
            return r;
    }
    return 1;
}

// A container that may mount could choose these lines: hence only its own name is at stake, and
// only what it cannot have written is read.
static int try_mounts(struct docker_disk *disk, struct container *container, struct error *err)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    _cleanup_mount_table_ struct mount_table *table = NULL;

    if (container->pid == 0 || process_open(container->pid, &process, err) < 0 ||
        process.start_time != container->start_time ||
        mount_table_read(process.proc, &table, err) < 0 ||
        (!disk->host && mount_table_read(AT_FDCWD, &disk->host, err) < 0))
        return 1;
    for (size_t i = 0; i < table->n_entries; i++) {
        const struct mount_entry *mount = &table->entries[i];
        size_t length = data_root_length(mount->root, container->id);
        _cleanup_free_ char *path = length > 0 ? strndup(mount->root, length) : NULL;
        int r = 1;

        if (length > 0 && !path)
            return ERROR_OOM(err);
        if (path && !is_containers_own(table, mount->device, path))
            r = try_host_paths(disk, mount->device, path, container, err);
        if (r != 1)
            return r;
    }
    return 1;
}

int docker_disk_fill(struct docker_disk *disk, struct container *container, struct error *err)
{
    if (!cgroup_id_is_hex(container->id))
        return 1;
    for (size_t i = 0; i < disk->n_roots; i++) {
        int r = read_config(disk->roots[i], container, err);

        if (r != 1)
            return r;
    }
    return try_mounts(disk, container, err);
}
