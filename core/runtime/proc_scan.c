#include "core/runtime/proc_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

// The number of "mnt:[4026531840]"; 0 when it is not of that form.
static uint64_t inode_of(const char *link, size_t length)
{
    uint64_t inode = 0;
    const char *open = memchr(link, '[', length);

    if (!open)
        return 0;
    for (const char *s = open + 1; s < link + length && *s >= '0' && *s <= '9'; s++)
        inode = inode * 10 + (uint64_t)(*s - '0');
    return inode;
}

// 0 with errno set when it cannot be read.
static uint64_t namespace_of(int proc, const char *name)
{
    static const char link[] = "/ns/mnt";
    char path[32], target[64];
    size_t n = strlen(name);
    ssize_t length;

    errno = ENAMETOOLONG;
    if (n + sizeof link > sizeof path)
        return 0;
    memcpy(path, name, n);
    memcpy(path + n, link, sizeof link);
    length = readlinkat(proc, path, target, sizeof target);
    return length > 0 ? inode_of(target, (size_t)length) : 0;
}

static pid_t pid_of(const char *name)
{
    pid_t pid = 0;

    for (const char *s = name; *s; s++) {
        if (*s < '0' || *s > '9' || pid > 100000000)
            return 0;
        pid = pid * 10 + (*s - '0');
    }
    return pid;
}

static int by_namespace_and_pid(const void *a, const void *b)
{
    const struct proc_entry *x = a, *y = b;

    if (x->mnt_ns != y->mnt_ns)
        return x->mnt_ns < y->mnt_ns ? -1 : 1;
    return (x->pid > y->pid) - (x->pid < y->pid);
}

static int make_groups(struct proc_scan *scan, size_t n_entries)
{
    size_t n = 0;

    if (n_entries == 0)
        return 0;
    qsort(scan->entries, n_entries, sizeof *scan->entries, by_namespace_and_pid);
    for (size_t i = 0; i < n_entries; i++)
        n += i == 0 || scan->entries[i].mnt_ns != scan->entries[i - 1].mnt_ns;
    scan->groups = calloc(n, sizeof *scan->groups);
    if (!scan->groups)
        return -ENOMEM;
    for (size_t i = 0; i < n_entries; i++) {
        const struct proc_entry *entry = &scan->entries[i];

        if (i == 0 || entry->mnt_ns != entry[-1].mnt_ns)
            scan->groups[scan->n_groups++] = (struct proc_group){entry->mnt_ns, entry, 0};
        scan->groups[scan->n_groups - 1].n_entries++;
    }
    return 0;
}

struct reading {
    struct proc_scan *scan;
    uint64_t own, first;
    size_t n_entries, capacity;
};

static int add_entry(struct reading *reading, struct proc_entry entry)
{
    struct proc_scan *scan = reading->scan;

    if (reading->n_entries == reading->capacity) {
        size_t more = reading->capacity ? 2 * reading->capacity : 256;
        struct proc_entry *entries = reallocarray(scan->entries, more, sizeof *entries);

        if (!entries)
            return -ENOMEM;
        scan->entries = entries;
        reading->capacity = more;
    }
    scan->entries[reading->n_entries++] = entry;
    return 0;
}

static int read_entry(struct reading *reading, const char *name)
{
    pid_t pid = pid_of(name);
    uint64_t inode;

    if (pid <= 1) // pid 1 is the host, readable or not
        return 0;
    inode = namespace_of(reading->scan->proc, name);
    if (inode == 0) // ENOENT and ESRCH: it has ended, or is a zombie
        reading->scan->unreadable += errno == EACCES || errno == EPERM;
    if (inode == 0 || inode == reading->own || inode == reading->first)
        return 0;
    return add_entry(reading, (struct proc_entry){inode, pid});
}

static int read_all(struct reading *reading)
{
    int fd = fcntl(reading->scan->proc, F_DUPFD_CLOEXEC, 3);
    _cleanup_closedir_ DIR *directory = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *d;

    if (!directory) {
        int r = -errno;

        if (fd >= 0)
            (void)close(fd);
        return r;
    }
    while ((errno = 0, d = readdir(directory)) != NULL)
        if (read_entry(reading, d->d_name) < 0)
            return -ENOMEM;
    return -errno;
}

static int read_one(struct reading *reading, pid_t pid)
{
    char name[16];

    (void)snprintf(name, sizeof name, "%d", (int)pid);
    return read_entry(reading, name);
}

int proc_scan_new(pid_t only, struct proc_scan **ret, struct error *err)
{
    _cleanup_proc_scan_ struct proc_scan *scan = calloc(1, sizeof *scan);
    struct reading reading = {.scan = scan};
    int r;

    if (!scan)
        return ERROR_OOM(err);
    scan->proc = open("/proc", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (scan->proc < 0)
        return error_errno(err, errno, "cannot open /proc");
    reading.own = namespace_of(scan->proc, "self");
    reading.first = namespace_of(scan->proc, "1");
    if (reading.own == 0) {
        r = error_errno(err, errno, "cannot read /proc/self/ns/mnt");
        error_hint(err, "mount the processes' filesystem: mount -t proc proc /proc");
        return r;
    }
    r = only > 0 ? read_one(&reading, only) : read_all(&reading);
    if (r == 0)
        r = make_groups(scan, reading.n_entries);
    if (r < 0)
        return error_errno(err, -r, "cannot read /proc");
    *ret = TAKE_POINTER(scan);
    return 0;
}

void proc_scan_free(struct proc_scan *scan)
{
    if (!scan)
        return;
    if (scan->proc >= 0)
        (void)close(scan->proc);
    free(scan->entries);
    free(scan->groups);
    free(scan);
}

int proc_scan_open(const struct proc_scan *scan, pid_t pid)
{
    char digits[16], *name = digits + sizeof digits - 1;
    int fd;

    *name = '\0';
    for (pid_t rest = pid; rest > 0; rest /= 10)
        *--name = (char)('0' + rest % 10);
    fd = openat(scan->proc, name, O_PATH | O_DIRECTORY | O_CLOEXEC);
    return fd >= 0 ? fd : -errno;
}
