// The kernel's calls, each asked in a way that has no effect: with a bad descriptor or a bad
// pointer a call that exists says so, one that does not says ENOSYS.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "core/engine/doctor_internal.h"
#include "core/host/mountcalls.h"

#ifndef SYS_statmount
#define SYS_statmount 457 // the same number on every architecture
#endif

static int failed(long value)
{
    return value < 0 ? -errno : 0;
}

static int probe_openat2(void)
{
    return failed(syscall(SYS_openat2, -1, "", NULL, 0)); // EINVAL: a struct of no size
}

static int probe_open_tree(void)
{
    return call_open_tree(-1, "", AT_EMPTY_PATH);
}

static int probe_move_mount(void)
{
    return call_move_mount(-1, "", -1, "", MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH);
}

static int probe_mount_setattr(void)
{
    const struct davit_mount_attr attr = {.set = MOUNT_ATTR_RDONLY};

    return call_mount_setattr(-1, "", AT_EMPTY_PATH, &attr);
}

static int probe_pidfd_open(void)
{
    return call_pidfd_open(-1);
}

static int probe_close_range(void)
{
    return failed(syscall(SYS_close_range, 1, 0, 0)); // EINVAL: from 1 to 0
}

static int probe_faccessat2(void)
{
    return failed(syscall(SYS_faccessat2, -1, "", 0, AT_EMPTY_PATH));
}

static int probe_mount_id(void)
{
    struct mount_ids ids;
    int r = call_mount_ids(AT_FDCWD, "/", &ids);

    return r < 0 ? r : ids.old ? 0 : -ENOSYS;
}

static int probe_unique_id(void)
{
    struct mount_ids ids;
    int r = call_mount_ids(AT_FDCWD, "/", &ids);

    return r < 0 ? r : ids.unique ? 0 : -ENOSYS;
}

static int probe_statmount(void)
{
    return failed(syscall(SYS_statmount, NULL, NULL, 0, 0)); // EFAULT
}

static int probe_ns_id(void)
{
    _cleanup_close_ int fd = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
    uint64_t id;
    int r = fd < 0 ? -errno : call_mnt_ns_id(fd, &id);

    return r == -ENOTTY ? -ENOSYS : r;
}

#define RECIPE_HINT \
    "a newer kernel is needed; what is on a block device is attached by --method recipe meanwhile"

static const struct {
    const char *name, *since, *purpose;
    int (*probe)(void);
    const char *instead; // what davit does without it; NULL: it cannot
    const char *hint;    // what it can do all the same, or NULL
} calls[] = {
    {"openat2", "5.6", "resolves paths inside a container's root", probe_openat2, NULL, NULL},
    {"open_tree", "5.2", "clones a mount", probe_open_tree, NULL, RECIPE_HINT},
    {"move_mount", "5.2", "attaches the clone", probe_move_mount, NULL, RECIPE_HINT},
    {"mount_setattr", "5.12", "sets and proves the flags of the clone", probe_mount_setattr, NULL,
     RECIPE_HINT},
    {"pidfd_open", "5.3", "holds a container's init", probe_pidfd_open, NULL, NULL},
    {"faccessat2", "5.8", "checks access as the container's init", probe_faccessat2, NULL, NULL},
    {"statx mount id", "5.8", "knows a mount by its id", probe_mount_id, NULL, NULL},
    {"close_range", "5.9", "closes what a helper does not need", probe_close_range,
     "descriptors are closed one by one", NULL},
    {"statx unique mount id", "6.8", "knows a mount by an id that is never reused", probe_unique_id,
     "boot, namespace, init, mount id, device, root and target are compared together", NULL},
    {"statmount", "6.8", "asks for one mount by its unique id", probe_statmount,
     "the container's mountinfo is read", NULL},
    {"namespace id", "6.11", "asks for a mount in another namespace", probe_ns_id,
     "the container's mountinfo is read", NULL},
};

int doctor_kernel(struct doctor_report *report, struct error *err)
{
    struct utsname name;
    int r = uname(&name) < 0 ? 0
                             : doctor_add(report, "kernel", CHECK_OK, NULL, err, "%s %s",
                                          name.sysname, name.release);

    for (size_t i = 0; i < ARRAY_SIZE(calls) && r == 0; i++) {
        if (calls[i].probe() != -ENOSYS)
            r = doctor_add(report, calls[i].name, CHECK_OK, NULL, err, "%s (since Linux %s)",
                           calls[i].purpose, calls[i].since);
        else if (calls[i].instead)
            r = doctor_add(report, calls[i].name, CHECK_OK, NULL, err,
                           "not here (it came with Linux %s): %s", calls[i].since,
                           calls[i].instead);
        else
            r = doctor_add(report, calls[i].name, CHECK_MISSING,
                           calls[i].hint ? calls[i].hint : "a newer kernel is needed", err,
                           "not here (it came with Linux %s), or a seccomp filter hides it: %s",
                           calls[i].since, calls[i].purpose);
    }
    return r;
}
