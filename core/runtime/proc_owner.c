#include "core/runtime/proc_owner.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include <linux/magic.h>

#include "core/base/cleanup.h"
#include "core/host/userns.h"

#define HIERARCHIES "/sys/fs/cgroup"
#define NAMED       "name=" // of version 1, without a controller

static bool is_cgroup(const char *directory)
{
    struct statfs fs;

    return statfs(directory, &fs) == 0 &&
           (fs.f_type == CGROUP_SUPER_MAGIC || fs.f_type == CGROUP2_SUPER_MAGIC);
}

// Where the hierarchy is, in *ret_length bytes of `out`. Of several controllers that are mounted as
// one each has a link.
static bool find_hierarchy(const char *controllers, char *out, size_t size, size_t *ret_length)
{
    bool named = strncmp(controllers, NAMED, strlen(NAMED)) == 0;
    int n;

    if (named)
        controllers += strlen(NAMED);
    if (!*controllers && is_cgroup(HIERARCHIES))
        n = snprintf(out, size, "%s", HIERARCHIES);
    else if (!*controllers)
        n = snprintf(out, size, "%s/unified", HIERARCHIES);
    else
        n = snprintf(out, size, "%s/%.*s", HIERARCHIES, (int)strcspn(controllers, ","),
                     controllers);
    *ret_length = n > 0 ? (size_t)n : 0;
    return n > 0 && n < (int)size && is_cgroup(out);
}

// Of the group and of the one that it was made in, when neither is root's. Root may have given the
// group away (runc does so for a container that may make groups of its own), but it was root who
// named it.
static uid_t cgroup_owner(const struct cgroup_identity *identity)
{
    char place[CGROUP_PATH_SIZE + 256];
    size_t root, length = strlen(identity->path);
    struct stat own, parent;

    // "/..": of another cgroup namespace.
    if (identity->kind == CGROUP_HOST || strncmp(identity->path, "/..", 3) == 0 ||
        !find_hierarchy(identity->controllers, place, sizeof place, &root) ||
        root + length >= sizeof place)
        return 0;
    memcpy(place + root, identity->path, length + 1);
    if (!is_cgroup(place) || stat(place, &own) < 0 || own.st_uid == 0)
        return 0;
    *strrchr(place, '/') = '\0';
    return stat(place, &parent) == 0 && parent.st_uid != 0 ? own.st_uid : 0;
}

uid_t proc_owner(const struct proc_scan *scan, const struct proc_init *init,
                 const struct proc_host *host, const struct cgroup_identity *claim)
{
    _cleanup_close_ int proc = -1;

    if (init->pid == 0)
        return 0;
    if (init->userns == host->userns)
        return cgroup_owner(claim);
    proc = proc_scan_open(scan, init->pid);
    return proc >= 0 && process_start_time(proc) == init->start_time
               ? userns_owner(proc, host->userns)
               : USERNS_OWNER_UNKNOWN;
}
