#include "core/runtime/proc_related.h"

#include <fcntl.h>
#include <linux/nsfs.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/host/process.h"
#include "core/runtime/proc_identity.h"

#define ANCESTORS_MAX 256

static bool has_ancestor_in(const struct proc_scan *scan, pid_t pid, uint64_t mnt_ns)
{
    for (int i = 0; i < ANCESTORS_MAX && pid > 1; i++) {
        _cleanup_close_ int proc = proc_scan_open(scan, pid);
        struct process_status status;
        struct error ignored;

        if (proc < 0)
            return false;
        if (i > 0 && process_ns_inode(proc, PROCESS_NS_MNT) == mnt_ns)
            return true;
        if (process_status_read(proc, &status, &ignored) < 0)
            return false;
        pid = status.ppid;
    }
    return false;
}

static int open_init(const struct proc_scan *scan, const struct proc_init *init)
{
    int proc = proc_scan_open(scan, init->pid);

    if (proc >= 0 && process_start_time(proc) != init->start_time) {
        (void)close(proc);
        return -1;
    }
    return proc;
}

// The pid namespace `levels` above that of the process; 0 when it cannot be read.
static uint64_t pid_ns_above(int proc, unsigned levels)
{
    _cleanup_close_ int ns = openat(proc, "ns/pid", O_RDONLY | O_CLOEXEC);
    struct stat st;

    while (ns >= 0 && levels-- > 0) {
        int parent = ioctl(ns, NS_GET_PARENT);

        (void)close(ns);
        ns = parent;
    }
    return ns >= 0 && fstat(ns, &st) == 0 ? st.st_ino : 0;
}

static bool same_root(int a, int b)
{
    struct proc_root a_root, b_root;

    return proc_root_read(a, &a_root) && proc_root_read(b, &b_root) &&
           proc_root_same(&a_root, &b_root);
}

static bool is_inside(const struct proc_scan *scan, const struct proc_init *init,
                      const struct proc_init *other)
{
    _cleanup_close_ int outer = open_init(scan, init), inner = open_init(scan, other);
    uint64_t pid_ns = outer >= 0 ? process_ns_inode(outer, PROCESS_NS_PID) : 0;

    if (pid_ns == 0 || inner < 0 || other->ns_depth < init->ns_depth ||
        pid_ns_above(inner, other->ns_depth - init->ns_depth) != pid_ns)
        return false;
    return other->ns_depth > init->ns_depth || same_root(outer, inner);
}

bool proc_init_is_related(const struct proc_scan *scan, const struct proc_init *init,
                          const struct proc_init *other)
{
    bool is_first = init->ns_pid == 1 && init->ns_depth > 1;

    return has_ancestor_in(scan, other->pid, init->mnt_ns) ||
           (is_first && is_inside(scan, init, other));
}
