#include "core/host/namespaces.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <linux/nsfs.h>

#include "core/base/file.h"
#include "core/base/helper.h"
#include "core/base/text.h"
#include "core/host/mountcalls.h"
#include "core/host/namespaces_visit.h"
#include "core/host/process.h"

#define FDS_LEFT 128 // of all that may be open

void namespace_list_free(struct namespace_list *list)
{
    if (!list)
        return;
    for (size_t i = 0; i < list->n_items; i++) {
        if (list->items[i].fd >= 0)
            (void)close(list->items[i].fd);
        free(list->items[i].keeper);
    }
    free(list->items);
    free(list);
}

bool namespaces_have(const struct namespace_list *list, uint64_t inode)
{
    for (size_t i = 0; i < list->n_items; i++)
        if (list->items[i].inode == inode)
            return true;
    return false;
}

// Any user can make more of them than files may be open: what is left is for those who look at
// them.
static bool is_room_for(int fd)
{
    unsigned limit = file_raise_limit();

    return (unsigned)fd + (limit > 4 * FDS_LEFT ? FDS_LEFT : limit / 4) < limit;
}

static int append(struct namespace_list *list, const struct mount_namespace *ns, struct error *err)
{
    struct mount_namespace *grown;

    if (list->n_items >= NAMESPACES_MAX || (ns->fd >= 0 && !is_room_for(ns->fd))) {
        list->complete = false;
        return -ENOSPC;
    }
    grown = reallocarray(list->items, list->n_items + 1, sizeof *grown);
    if (!grown)
        return ERROR_OOM(err);
    list->items = grown;
    grown[list->n_items++] = *ns;
    return 0;
}

int namespaces_add(struct namespace_list *list, int fd, const char *keeper, struct error *err)
{
    _cleanup_free_ char *copy = keeper ? strdup(keeper) : NULL;
    _cleanup_close_ int own = fd;
    struct mount_namespace ns = {.fd = fd};
    struct stat st;
    int r;

    if (keeper && !copy)
        return ERROR_OOM(err);
    if (fstat(own, &st) < 0 || namespaces_have(list, st.st_ino))
        return 0;
    ns.inode = st.st_ino;
    ns.keeper = copy;
    r = append(list, &ns, err);
    if (r < 0)
        return r == -ENOSPC ? 0 : r;
    (void)TAKE_FD(own);
    (void)TAKE_POINTER(copy);
    return 1;
}

// ---- by process ----

static int by_inode_and_pid(const void *a, const void *b)
{
    const struct mount_namespace *x = a, *y = b;

    if (x->inode != y->inode)
        return x->inode < y->inode ? -1 : 1;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

struct reading {
    struct mount_namespace *found; // one for each process
    size_t n_found, room;
    bool complete;
};

static uint64_t inode_in(const char *link, ssize_t length)
{
    uint64_t inode = 0;

    for (const char *s = memchr(link, '[', (size_t)length); s && isdigit((unsigned char)*++s);)
        inode = inode * 10 + (uint64_t)(*s - '0');
    return inode;
}

static int read_process(struct reading *reading, int proc, const char *name)
{
    char path[64], link[64] = "";
    ssize_t n;

    (void)snprintf(path, sizeof path, "%.16s/ns/mnt", name);
    n = readlinkat(proc, path, link, sizeof link - 1);
    if (n <= 0) { // ENOENT, ESRCH: it has ended, or is a zombie
        reading->complete &= n == 0 || errno == ENOENT || errno == ESRCH;
        return 0;
    }
    if (reading->n_found == reading->room) {
        size_t room = reading->room ? 2 * reading->room : 1024;
        struct mount_namespace *grown = reallocarray(reading->found, room, sizeof *grown);

        if (!grown)
            return -ENOMEM;
        reading->found = grown;
        reading->room = room;
    }
    reading->found[reading->n_found++] =
        (struct mount_namespace){.inode = inode_in(link, n), .pid = (pid_t)atoi(name), .fd = -1};
    return 0;
}

// One of each, with its first process; that of davit itself before all others.
static int keep_firsts(struct reading *reading, struct namespace_list *list, struct error *err)
{
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    uint64_t own = process_ns_inode(self, PROCESS_NS_MNT);
    struct mount_namespace first = {.inode = own, .pid = 1, .fd = -1, .own = true};
    int r;

    if (own == 0)
        return error_errno(err, errno, "cannot read /proc/self/ns/mnt");
    if (reading->n_found > 0)
        qsort(reading->found, reading->n_found, sizeof *reading->found, by_inode_and_pid);
    for (size_t i = 0; i < reading->n_found; i++)
        if (reading->found[i].pid == 1 && reading->found[i].inode != own)
            first.pid = getpid();
    r = append(list, &first, err);
    for (size_t i = 0; i < reading->n_found && r == 0; i++)
        if (reading->found[i].inode != own &&
            (i == 0 || reading->found[i].inode != reading->found[i - 1].inode))
            r = append(list, &reading->found[i], err);
    return r == -ENOSPC ? 0 : r;
}

static int find_by_process(struct namespace_list *list, struct error *err)
{
    struct reading reading = {.complete = true};
    _cleanup_closedir_ DIR *directory = opendir("/proc");
    struct dirent *entry;
    int r = directory ? 0 : error_errno(err, errno, "cannot read /proc");

    while (r == 0 && (entry = readdir(directory)))
        if (isdigit((unsigned char)entry->d_name[0]) &&
            read_process(&reading, dirfd(directory), entry->d_name) < 0)
            r = ERROR_OOM(err);
    if (r == 0)
        r = keep_firsts(&reading, list, err);
    list->complete &= reading.complete;
    free(reading.found);
    return r;
}

// ---- by the kernel's list ----

// 1: this kernel has one.
static int find_by_list(struct namespace_list *list, struct error *err)
{
    for (int backwards = 0; backwards < 2; backwards++) {
        _cleanup_close_ int at = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

        for (size_t n = 0; at >= 0 && n < NAMESPACES_MAX; n++) {
            int copy, r, next = call_mnt_ns_next(at, backwards);

            if (next < 0 && next != -ENOENT) {
                list->complete &=
                    next == -ENOTTY || next == -EPERM; // of an older kernel, or not root
                return 0;
            }
            if (next < 0)
                break;
            (void)close(at);
            at = next;
            copy = fcntl(at, F_DUPFD_CLOEXEC, 3);
            list->complete &= copy >= 0;
            r = copy < 0 ? 0 : namespaces_add(list, copy, NULL, err);
            if (r < 0)
                return r;
        }
    }
    return 1;
}

// ---- by descriptors and threads, where there is no such list ----

// A descriptor of a namespace that was bound to a file has that file's name, or after an umount
// none.
static bool is_namespace(int directory, const char *name, const char *link)
{
    struct call_object object, own;

    if (strncmp(link, "mnt:[", 5) == 0)
        return true;
    return link[0] == '/' && call_object(AT_FDCWD, "/proc/self/ns/mnt", &own) == 0 &&
           call_object(directory, name, &object) == 0 && object.device == own.device;
}

static int add_link(struct namespace_list *list, int directory, const char *name, const char *what,
                    pid_t pid, struct error *err)
{
    char link[64] = "", keeper[96];
    ssize_t n = readlinkat(directory, name, link, sizeof link - 1);
    int fd;

    if (n <= 0 || !is_namespace(directory, name, link) ||
        (link[0] != '/' && namespaces_have(list, inode_in(link, n))))
        return 0;
    fd = openat(directory, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0)
        return 0;
    if (ioctl(fd, NS_GET_NSTYPE) != CLONE_NEWNS) {
        (void)close(fd);
        return 0;
    }
    (void)snprintf(keeper, sizeof keeper, "%s %.16s of process %d", what, name, (int)pid);
    return namespaces_add(list, fd, keeper, err) < 0 ? -ENOMEM : 0;
}

static int look_into(struct namespace_list *list, int proc, const char *directory, pid_t pid,
                     struct error *err)
{
    int fd = openat(proc, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    bool threads = strcmp(directory, "task") == 0;
    struct dirent *entry;
    int r = 0;

    if (!dir && fd >= 0)
        (void)close(fd);
    while (r == 0 && dir && (entry = readdir(dir))) {
        char name[64];

        if (!isdigit((unsigned char)entry->d_name[0]))
            continue;
        (void)snprintf(name, sizeof name, threads ? "%.16s/ns/mnt" : "%.16s", entry->d_name);
        r = add_link(list, dirfd(dir), name, threads ? "thread" : "descriptor", pid, err);
    }
    return r;
}

static int find_by_descriptors(struct namespace_list *list, struct error *err)
{
    _cleanup_closedir_ DIR *directory = opendir("/proc");
    struct dirent *entry;
    int r = 0;

    while (r == 0 && directory && (entry = readdir(directory))) {
        pid_t pid = isdigit((unsigned char)entry->d_name[0]) ? (pid_t)atoi(entry->d_name) : 0;
        _cleanup_close_ int proc =
            pid > 0 ? openat(dirfd(directory), entry->d_name, O_PATH | O_DIRECTORY | O_CLOEXEC)
                    : -1;
        struct stat st;

        if (proc < 0 || pid == getpid())
            continue;
        r = look_into(list, proc, "fd", pid, err);
        // Its directory has a link for each thread, and two more.
        if (r == 0 && fstatat(proc, "task", &st, 0) == 0 && st.st_nlink > 3)
            r = look_into(list, proc, "task", pid, err);
    }
    return r;
}

int namespaces_find(unsigned flags, struct namespace_list **ret, struct error *err)
{
    _cleanup_namespace_list_ struct namespace_list *list = calloc(1, sizeof *list);
    int r;

    if (!list)
        return ERROR_OOM(err);
    list->complete = true;
    r = find_by_process(list, err);
    if (r == 0)
        r = find_by_list(list, err);
    if (r == 0 && flags & NAMESPACES_BY_DESCRIPTORS)
        r = find_by_descriptors(list, err);
    if (r < 0)
        return r;
    *ret = TAKE_POINTER(list);
    return 0;
}

// ---- one of them ----

bool namespace_find_process(struct mount_namespace *ns)
{
    struct reading reading = {.complete = true};
    _cleanup_closedir_ DIR *directory = opendir("/proc");
    struct dirent *entry;
    bool found = false;

    while (!found && directory && (entry = readdir(directory))) {
        reading.n_found = 0;
        if (!isdigit((unsigned char)entry->d_name[0]) || atoi(entry->d_name) == (int)ns->pid ||
            read_process(&reading, dirfd(directory), entry->d_name) < 0 || reading.n_found == 0)
            continue;
        found = reading.found[0].inode == ns->inode;
        if (found)
            ns->pid = reading.found[0].pid;
    }
    free(reading.found);
    return found;
}

static int open_process(const struct mount_namespace *ns, struct process *ret, struct error *err)
{
    int r = process_open(ns->own ? getpid() : ns->pid, ret, err);

    if (r == 0 && process_ns_inode(ret->proc, PROCESS_NS_MNT) != ns->inode)
        r = error_set(err, ERROR_GONE, ESRCH, "process %d has left its mount namespace",
                      (int)ns->pid);
    return r;
}

int namespace_mounts(const struct mount_namespace *ns, struct mount_table **ret, struct error *err)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    int r;

    if (ns->fd >= 0)
        return namespace_visit(ns->fd, ret, NULL, err);
    r = open_process(ns, &process, err);
    return r < 0 ? r : mount_table_read(process.proc, ret, err);
}

int namespace_root_open(const struct mount_namespace *ns, int *ret, struct error *err)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    int r;

    if (ns->fd >= 0)
        return namespace_visit(ns->fd, NULL, ret, err);
    r = open_process(ns, &process, err);
    if (r == 0)
        r = process_root_open(&process, err);
    if (r < 0)
        return r;
    *ret = r;
    return 0;
}
