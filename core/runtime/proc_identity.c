#include "core/runtime/proc_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/host/process.h"

#define LOOKS_MAX 4 // processes of a mount namespace that are asked for their cgroup

bool proc_root_read(int proc, struct proc_root *ret)
{
    struct statx sx;

    if (statx(proc, "root", AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC, STATX_INO, &sx) < 0)
        return false;
    *ret = (struct proc_root){sx.stx_ino, sx.stx_dev_major, sx.stx_dev_minor};
    return true;
}

bool proc_root_same(const struct proc_root *a, const struct proc_root *b)
{
    return a->inode == b->inode && a->device_major == b->device_major &&
           a->device_minor == b->device_minor;
}

int proc_host_read(struct proc_host *ret, struct error *err)
{
    _cleanup_close_ int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    ssize_t n;

    if (proc < 0)
        return error_errno(err, errno, "cannot open /proc/self");
    ret->pid_ns = process_ns_inode(proc, PROCESS_NS_PID);
    ret->userns = process_ns_inode(proc, PROCESS_NS_USER);
    n = file_read_into(proc, "cgroup", ret->cgroup, sizeof ret->cgroup);
    if (n < 0)
        ret->cgroup[0] = '\0'; // a kernel without control groups
    if (!proc_root_read(proc, &ret->root))
        return error_errno(err, errno, "cannot look at the host's own root");
    return 0;
}

static bool has_own_root(int proc, const struct proc_host *host)
{
    struct proc_root root;

    return proc_root_read(proc, &root) && !proc_root_same(&root, &host->root);
}

// The identity of one process: `proc` is its /proc/PID. An engine's cgroup makes it a container's;
// without one it needs a pid namespace and a root of its own (ret->kind is then CGROUP_GENERAL or
// CGROUP_HOST, and *ret_pid_ns says which). False: no container's. A service with PrivateTmp=, a
// shell under unshare -m or a snap has a mount namespace and is no container.
static bool identify(int proc, const struct proc_host *host, struct cgroup_identity *ret,
                     uint64_t *ret_pid_ns)
{
    char text[CGROUP_TEXT_SIZE];

    if (file_read_into(proc, "cgroup", text, sizeof text) < 0)
        text[0] = '\0';
    cgroup_identify(text, host->cgroup, ret);
    *ret_pid_ns = 0;
    if (ret->kind == CGROUP_CONTAINER)
        return true;
    *ret_pid_ns = process_ns_inode(proc, PROCESS_NS_PID);
    return *ret_pid_ns != 0 && *ret_pid_ns != host->pid_ns && has_own_root(proc, host);
}

void proc_group_identify(const struct proc_scan *scan, const struct proc_group *group,
                         const struct proc_host *host, struct proc_belonging *ret)
{
    *ret = (struct proc_belonging){.pid = group->entries[0].pid, .proc = -1};
    for (size_t i = 0; i < group->n_entries && i < LOOKS_MAX; i++) {
        _cleanup_close_ int proc = proc_scan_open(scan, group->entries[i].pid);
        struct cgroup_identity identity;
        uint64_t pid_ns;
        bool contained;

        if (proc < 0 || process_ns_inode(proc, PROCESS_NS_MNT) != group->mnt_ns)
            continue;
        contained = identify(proc, host, &identity, &pid_ns);
        if (ret->proc >= 0 &&
            !(contained && (!ret->contained || identity.kind == CGROUP_CONTAINER)))
            continue;
        if (ret->proc >= 0)
            (void)close(ret->proc);
        *ret = (struct proc_belonging){contained, identity, pid_ns, group->entries[i].pid,
                                       TAKE_FD(proc)};
        if (identity.kind == CGROUP_CONTAINER)
            break;
    }
}
