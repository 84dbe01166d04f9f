#include "core/runtime/proc_init.h"

#include <string.h>

#include "core/base/file.h"
#include "core/runtime/cgroup_path.h"

#define CANDIDATES_MAX 512 // processes of one mount namespace that are compared

bool proc_init_before(const struct proc_init *a, const struct proc_init *b)
{
    bool a_first = a->ns_pid == 1 && a->ns_depth > 1, b_first = b->ns_pid == 1 && b->ns_depth > 1;

    if (a->pid == 0 || b->pid == 0)
        return b->pid == 0 && a->pid != 0;
    if (a->ns_depth != b->ns_depth)
        return a->ns_depth < b->ns_depth;
    if (a_first != b_first)
        return a_first;
    if (a->start_time != b->start_time)
        return a->start_time < b->start_time;
    return a->pid < b->pid;
}

static bool cgroup_fits(int proc, const struct proc_init_search *search)
{
    char text[CGROUP_TEXT_SIZE];
    struct cgroup_identity identity;

    if (!search->cgroup)
        return true;
    if (file_read_into(proc, "cgroup", text, sizeof text) < 0)
        return false;
    cgroup_identify(text, search->host_cgroup, &identity);
    return cgroup_path_is_below(identity.path, search->cgroup);
}

// False when it has ended.
static bool look_at_ids(int proc, const struct proc_entry *entry, struct proc_init *ret)
{
    *ret = (struct proc_init){.pid = entry->pid,
                              .start_time = process_start_time(proc),
                              .mnt_ns = entry->mnt_ns,
                              .userns = process_ns_inode(proc, PROCESS_NS_USER)};
    return ret->start_time != 0;
}

static bool look_at_status(int proc, struct proc_init *init, pid_t *ret_parent)
{
    struct process_status status;
    struct error ignored;

    if (process_status_read(proc, &status, &ignored) < 0)
        return false;
    init->ns_depth = status.ns_depth;
    init->ns_pid = status.ns_pid;
    memcpy(init->comm, status.comm, sizeof init->comm);
    *ret_parent = status.ppid;
    return true;
}

// False when it has ended or does not belong.
static bool look_at(int proc, const struct proc_entry *entry, const struct proc_init_search *search,
                    struct proc_init *ret, pid_t *ret_parent)
{
    return look_at_ids(proc, entry, ret) && look_at_status(proc, ret, ret_parent) &&
           !(search->own_pid_ns && ret->ns_depth < 2);
}

// The same for a process of which only the pid is known, and that may be another one by now.
static bool open_and_look_at(const struct proc_scan *scan, const struct proc_entry *entry,
                             const struct proc_init_search *search, struct proc_init *ret,
                             pid_t *ret_parent)
{
    _cleanup_close_ int proc = proc_scan_open(scan, entry->pid);

    return proc >= 0 && process_ns_inode(proc, PROCESS_NS_MNT) == entry->mnt_ns &&
           cgroup_fits(proc, search) && look_at(proc, entry, search, ret, ret_parent);
}

static bool has_pid(const struct proc_group *group, pid_t pid)
{
    for (size_t i = 0; i < group->n_entries; i++)
        if (group->entries[i].pid == pid)
            return true;
    return false;
}

void proc_init_find(const struct proc_scan *scan, const struct proc_init_search *search,
                    struct proc_init *ret)
{
    const struct proc_group *group = search->group;

    *ret = (struct proc_init){.pid = 0};
    // /proc/PID/status costs as much as all the rest, and most containers are one process.
    if (group->n_entries == 1 && search->cgroup && !search->own_pid_ns &&
        search->known == group->entries[0].pid && search->known_proc >= 0) {
        if (!look_at_ids(search->known_proc, &group->entries[0], ret))
            ret->pid = 0;
        return;
    }
    for (size_t i = 0; i < group->n_entries && i < CANDIDATES_MAX; i++) {
        const struct proc_entry *entry = &group->entries[i];
        bool known = entry->pid == search->known && search->known_proc >= 0;
        struct proc_init candidate;
        pid_t parent;

        if (known ? !look_at(search->known_proc, entry, search, &candidate, &parent)
                  : !open_and_look_at(scan, entry, search, &candidate, &parent))
            continue;
        if (proc_init_before(&candidate, ret))
            *ret = candidate;
        // Pid 1 of a pid namespace that was started from outside the mount namespace: the usual
        // case, and there is no better one. (Pids may have wrapped around: the lowest pid may also
        // be pid 1 of a sandbox that the container itself has made.)
        if (candidate.ns_pid == 1 && candidate.ns_depth > 1 && !has_pid(group, parent))
            return;
    }
}

void proc_init_complete(const struct proc_scan *scan, struct proc_init *init)
{
    _cleanup_close_ int proc = -1;
    pid_t parent;

    if (init->pid == 0 || init->ns_depth > 0)
        return;
    proc = proc_scan_open(scan, init->pid);
    if (proc < 0 || process_start_time(proc) != init->start_time ||
        !look_at_status(proc, init, &parent))
        init->pid = 0;
}
