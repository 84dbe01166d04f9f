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

// Where the hierarchy is mounted; the length of that. Of several controllers that are mounted as
// one each has a link.
static size_t find_hierarchy(const char *controllers, char *out, size_t size)
{
    int n;

    if (strncmp(controllers, NAMED, strlen(NAMED)) == 0)
        controllers += strlen(NAMED);
    if (*controllers)
        n = snprintf(out, size, "%s/%.*s", HIERARCHIES, (int)strcspn(controllers, ","),
                     controllers);
    else
        n = snprintf(out, size, "%s%s", HIERARCHIES, is_cgroup(HIERARCHIES) ? "" : "/unified");
    return (size_t)n;
}

// Of the group and of the one that it was made in, when neither is root's. Root may have given the
// group away (runc does so for a container that may make groups of its own), but it was root who
// named it. Most are root's, and one look at them is enough.
static uid_t cgroup_owner(const struct cgroup_identity *identity)
{
    char place[CGROUP_PATH_SIZE + sizeof identity->controllers + 32];
    struct stat own, parent;

    // "/..": of another cgroup namespace.
    if (identity->kind == CGROUP_HOST || strncmp(identity->path, "/..", 3) == 0)
        return 0;
    strcpy(place + find_hierarchy(identity->controllers, place, sizeof place), identity->path);
    if (stat(place, &own) < 0 || own.st_uid == 0 || !is_cgroup(place))
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
