#include "core/host/holders_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/kcmp.h>

#include "core/base/text.h"
#include "core/host/held_apart.h"
#include "core/host/mountid.h"
#include "core/host/process.h"
#include "core/host/process_memory.h"

// One process under the lens.
struct look {
    struct holder_scan *scan;
    int proc; // of one of its threads for a while
    pid_t pid;
    pid_t apart[2];  // threads that were looked at: for their descriptors, for their directories
    uint64_t mnt_ns; // of the process, or of a thread that has outlived the first one
    bool blocked;    // something of it may not be seen
    bool beside;     // the one just looked at is on the filesystem asked about, in another part
    struct holder_message rows[HOLDER_N_KINDS]; // count 0: none of this kind
};

static const char *const link_names[HOLDER_N_KINDS] = {
    [HOLDER_CWD] = "cwd",
    [HOLDER_ROOT] = "root",
    [HOLDER_EXE] = "exe",
};

// What has gone in the meantime holds nothing; what may not be seen might.
static void note_errno(struct look *look, int sys_errno)
{
    if (sys_errno != ENOENT && sys_errno != ESRCH && sys_errno != EINVAL)
        look->blocked = true;
}

static void add(struct look *look, enum holder_kind kind, const char *link)
{
    struct holder_message *row = &look->rows[kind];
    char path[4096];
    ssize_t n;

    row->holder.kind = kind;
    if (row->holder.count++ > 0)
        return;
    n = readlinkat(look->proc, link, path, sizeof path);
    text_clean(row->path, sizeof row->path, path, n > 0 ? (size_t)n : 0);
}

// On a mount that no namespace has.
static bool is_held_apart(struct look *look, const struct call_object *object, const char *link)
{
    switch (held_apart(look->scan->subject, object, look->proc, link)) {
    case HELD_APART_OTHER:
        return false;
    case HELD_APART_UNKNOWN:
        look->blocked = true;
        look->beside = true;
        return false;
    case HELD_APART_BESIDE:
        look->beside = true;
        return false;
    case HELD_APART_HELD:
        return true;
    }
    return false;
}

// By its mount, and its filesystem when no namespace has that mount.
static bool is_held(struct look *look, const char *link)
{
    const struct holder_scan *scan = look->scan;
    struct call_object object;
    char path[4096];
    ssize_t n;
    int r = call_object(look->proc, link, &object);

    look->scan->progress->steps++;
    if (r < 0) {
        note_errno(look, -r);
        return false;
    }
    if (object.mount == 0) { // before 5.8
        struct mount_ids ids;

        if (mount_ids_of_link(look->proc, link, &ids) == 0)
            object.mount = ids.old;
    }
    if (held_object(scan->subject, scan->held, &object, NULL))
        return true;
    if (held_by_mount(scan->held, object.mount) != HELD_LOOK)
        return false;
    if (!held_has_mount(scan->held, object.mount))
        return is_held_apart(look, &object, link);
    n = readlinkat(look->proc, link, path, sizeof path - 1);
    if (n <= 0)
        return false;
    path[n] = '\0';
    return held_object(scan->subject, scan->held, &object, path);
}

// Whether a link of /proc/PID leads onto the mount.
static bool leads_there(struct look *look, const char *link)
{
    struct mount_ids ids;
    int r;

    if (look->scan->subject)
        return is_held(look, link);
    r = mount_ids_of_link(look->proc, link, &ids);
    look->scan->progress->steps++;
    if (r < 0)
        note_errno(look, -r);
    return r == 0 && mount_ids_same(&ids, &look->scan->mount);
}

// A directory of the process whose entries are looked at one by one.
static void each_entry(struct look *look, const char *directory,
                       void (*visit)(struct look *look, const char *name))
{
    int fd = openat(look->proc, directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *dir = fd >= 0 ? fdopendir(fd) : NULL;
    struct dirent *entry;

    if (!dir) {
        note_errno(look, errno);
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    while ((entry = readdir(dir)))
        if (entry->d_name[0] != '.')
            visit(look, entry->d_name);
}

// What is on a mount of some namespace is told by that alone; a dead server is not asked.
static void visit_held(struct look *look, const char *fdinfo, const char *link)
{
    uint64_t mount = mount_id_in_fdinfo(look->proc, fdinfo);
    size_t slot = mount % HOLDER_SCAN_PASSED;
    enum held_verdict verdict;

    if (mount != 0 && look->scan->passed[slot] == mount)
        return;
    verdict = held_by_mount(look->scan->held, mount);
    look->beside = false;
    if (verdict == HELD_YES || (verdict == HELD_LOOK && is_held(look, link)))
        add(look, HOLDER_FD, link);
    else if (verdict == HELD_LOOK && !look->beside && !held_has_mount(look->scan->held, mount))
        look->scan->passed[slot] = mount;
}

// fdinfo asks no filesystem. Its id is the old one, which is used again once a mount is gone: what
// is known by its unique id is looked at twice.
static void visit_descriptor(struct look *look, const char *name)
{
    char path[300], link[300];

    look->scan->progress->steps++;
    (void)snprintf(path, sizeof path, "fdinfo/%s", name);
    (void)snprintf(link, sizeof link, "fd/%s", name);
    if (look->scan->subject) {
        visit_held(look, path, link);
        return;
    }
    if (look->scan->mount.old && mount_id_in_fdinfo(look->proc, path) != look->scan->mount.old)
        return;
    if (leads_there(look, link))
        add(look, HOLDER_FD, link);
}

// A btrfs that is mounted nowhere has a number that nothing else tells.
static bool may_be_held(const struct held_subject *subject, dev_t device)
{
    return held_subject_has(subject, device) || (subject->n_btrfs > 0 && major(device) == 0);
}

// A line of maps, "START-END perms offset major:minor inode path": the entry in map_files, when it
// is a file of the filesystem in question.
static void visit_mapping(struct look *look, const char *line)
{
    unsigned long long start, end, inode;
    unsigned major, minor;
    char link[64];
    dev_t device = look->scan->device;

    look->scan->progress->steps++;
    if (sscanf(line, "%llx-%llx %*s %*s %x:%x %llu", &start, &end, &major, &minor, &inode) != 5 ||
        inode == 0 || (device && device != makedev(major, minor)) ||
        (look->scan->subject && !may_be_held(look->scan->subject, makedev(major, minor))))
        return;
    (void)snprintf(link, sizeof link, "map_files/%llx-%llx", start, end);
    if (leads_there(look, link))
        add(look, HOLDER_MAP, link);
}

static void look_at_mappings(struct look *look)
{
    int fd = openat(look->proc, "maps", O_RDONLY | O_CLOEXEC);
    _cleanup_fclose_ FILE *file = fd >= 0 ? fdopen(fd, "r") : NULL;
    char line[512];
    bool at_start = true;

    if (!file) {
        note_errno(look, errno);
        if (fd >= 0)
            (void)close(fd);
        return;
    }
    while (fgets(line, sizeof line, file)) {
        if (at_start)
            visit_mapping(look, line);
        at_start = strchr(line, '\n') != NULL;
    }
}

static bool is_askers_child(const struct look *look)
{
    struct process_status status;
    struct error err;

    return process_status_read(look->proc, &status, &err) == 0 && status.ppid == look->scan->asker;
}

static void describe(struct look *look, pid_t pid, struct holder *holder)
{
    struct process_status status = {.comm = "?"};
    struct error err;

    (void)process_status_read(look->proc, &status, &err);
    holder->pid = pid;
    holder->start_time = process_start_time(look->proc);
    holder->mnt_ns = look->mnt_ns;
    (void)snprintf(holder->comm, sizeof holder->comm, "%s", status.comm);
    process_command(look->proc, 0, holder->command, sizeof holder->command);
    if (!holder->command[0])
        (void)snprintf(holder->command, sizeof holder->command, "[%s]", status.comm);
}

// Reports what was found of one process. False when nobody wants to hear more.
static bool scan_process(struct look *look, pid_t pid)
{
    bool any = false;

    for (int kind = 0; kind < HOLDER_N_KINDS; kind++)
        any = any || look->rows[kind].holder.count > 0;
    if (!any || is_askers_child(look))
        return true;
    for (int kind = 0; kind < HOLDER_N_KINDS; kind++) {
        struct holder_message *row = &look->rows[kind];

        if (row->holder.count == 0)
            continue;
        describe(look, pid, &row->holder);
        if (!look->scan->found(look->scan->context, row))
            return false;
    }
    return true;
}

static bool in_question(struct look *look)
{
    uint64_t inode = process_ns_inode(look->proc, PROCESS_NS_MNT);

    if (inode == 0)
        note_errno(look, errno);
    if (inode == 0 || (look->scan->ns_inode != 0 && look->scan->ns_inode != inode))
        return false;
    look->mnt_ns = inode;
    return true;
}

static void look_at_links(struct look *look)
{
    for (int kind = 0; kind < HOLDER_N_KINDS; kind++)
        if (link_names[kind] && !(kind == HOLDER_EXE && look->rows[kind].holder.count > 0) &&
            leads_there(look, link_names[kind]))
            add(look, (enum holder_kind)kind, link_names[kind]);
}

// Whether a thread has its own; kcmp(2). Not when it is that of the one looked at before.
static bool is_apart(struct look *look, pid_t thread, int type, pid_t *before)
{
    if (syscall(SYS_kcmp, look->pid, thread, type, 0, 0) <= 0 ||
        (*before != 0 && syscall(SYS_kcmp, *before, thread, type, 0, 0) == 0))
        return false;
    *before = thread;
    return true;
}

static void look_at_thread(struct look *look, const char *name)
{
    pid_t thread = (pid_t)atoi(name);
    bool files = is_apart(look, thread, KCMP_FILES, &look->apart[0]);
    bool places = is_apart(look, thread, KCMP_FS, &look->apart[1]);
    char path[300];
    int process = look->proc;

    look->scan->progress->steps++;
    if (!files && !places)
        return;
    (void)snprintf(path, sizeof path, "task/%s", name);
    look->proc = openat(process, path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (look->proc >= 0 && in_question(look)) {
        if (places)
            look_at_links(look);
        if (files)
            each_entry(look, "fd", visit_descriptor);
    }
    if (look->proc >= 0)
        (void)close(look->proc);
    look->proc = process;
}

// Nearly all have the descriptors and the directories of the first one in common. When that one has
// ended before them, it has none.
static void look_at_threads(struct look *look)
{
    struct stat st;

    if (fstatat(look->proc, "task", &st, 0) == 0 && st.st_nlink > 3) // ".", ".." and the first
        each_entry(look, "task", look_at_thread);
}

// False when nobody wants to hear more.
static bool look_at(struct holder_scan *scan, struct look *look, int proc_root, const char *name)
{
    _cleanup_close_ int proc = openat(proc_root, name, O_PATH | O_DIRECTORY | O_CLOEXEC);

    *look = (struct look){.scan = scan, .proc = proc, .pid = (pid_t)atoi(name)};
    if (proc < 0)
        return true;
    if (in_question(look)) {
        look_at_links(look);
        each_entry(look, "fd", visit_descriptor);
        look_at_mappings(look);
    }
    look_at_threads(look);
    return scan_process(look, look->pid);
}

bool holder_scan_run(struct holder_scan *scan)
{
    _cleanup_closedir_ DIR *dir = opendir("/proc");
    _cleanup_free_ struct look *look = malloc(sizeof *look);
    bool complete = dir && look;
    struct dirent *entry;

    while (dir && look && (entry = readdir(dir))) {
        pid_t pid = (pid_t)atoi(entry->d_name);

        // In ascending order, as the kernel lists them.
        if (pid <= scan->after || pid == scan->asker || pid == getpid())
            continue;
        scan->progress->at = pid;
        if (!look_at(scan, look, dirfd(dir), entry->d_name))
            return false;
        complete = complete && !look->blocked;
    }
    return complete;
}
