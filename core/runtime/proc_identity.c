#include "core/runtime/proc_identity.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/host/mounttable.h"
#include "core/host/process.h"

#define LOOKS_MAX 4 // processes of a mount namespace that are asked for their cgroup

int proc_root_read(int proc, dev_t *ret_device, char **ret_root, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    const struct mount_entry *root;
    int r = mount_table_read(proc, &table, err);

    if (r < 0)
        return r;
    root = mount_table_at(table, "/", NULL);
    // After chroot(2) into a directory that is no mount point no mount is at "/".
    *ret_device = root ? root->device : 0;
    *ret_root = strdup(root ? root->root : "");
    return *ret_root ? 0 : ERROR_OOM(err);
}

int proc_host_read(struct proc_host *ret, struct error *err)
{
    _cleanup_close_ int proc = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    ssize_t n;
    int r;

    if (proc < 0)
        return error_errno(err, errno, "cannot open /proc/self");
    ret->pid_ns = process_ns_inode(proc, PROCESS_NS_PID);
    ret->userns = process_ns_inode(proc, PROCESS_NS_USER);
    n = file_read_into(proc, "cgroup", ret->cgroup, sizeof ret->cgroup);
    if (n < 0)
        ret->cgroup[0] = '\0'; // a kernel without control groups
    r = proc_root_read(proc, &ret->root_device, &ret->root, err);
    if (r < 0)
        error_prefix(err, "cannot read the host's own mounts");
    return r;
}

void proc_host_done(struct proc_host *host)
{
    free(host->root);
    host->root = NULL;
}

static bool has_own_root(int proc, const struct proc_host *host)
{
    _cleanup_free_ char *root = NULL;
    struct error err;
    dev_t device;

    if (proc_root_read(proc, &device, &root, &err) < 0)
        return false;
    return device != host->root_device || strcmp(root, host->root) != 0;
}

bool proc_identify(int proc, const struct proc_host *host, struct cgroup_identity *ret,
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
        contained = proc_identify(proc, host, &identity, &pid_ns);
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
