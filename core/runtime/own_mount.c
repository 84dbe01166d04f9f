#include "core/runtime/own_mount.h"

#include <stdio.h>
#include <string.h>

#include "core/runtime/cgroup_path.h"

#define ID_SIZE 65 // 64 digits and NUL

static bool is_of_runtime(const char *name, size_t length)
{
    static const char containerd[] = "io.containerd.";
    char id[ID_SIZE];

    if (length >= sizeof containerd - 1 && strncmp(name, containerd, sizeof containerd - 1) == 0)
        return true;
    if (length != ID_SIZE - 1)
        return false;
    (void)snprintf(id, sizeof id, "%s", name);
    return cgroup_id_is_hex(id);
}

bool runtime_mounted_for_itself(const struct mount_entry *mount)
{
    bool root =
        strcmp(mount->type, "overlay") == 0 || strcmp(mount->type, "fuse.fuse-overlayfs") == 0;
    bool shm = strcmp(mount->type, "tmpfs") == 0 && strcmp(mount->source, "shm") == 0;

    if (!root && !shm)
        return false;
    for (const char *at = mount->target; *at;) {
        size_t length;

        at += strspn(at, "/");
        length = strcspn(at, "/");
        if (is_of_runtime(at, length))
            return true;
        at += length;
    }
    return false;
}
