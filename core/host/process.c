#include "core/host/process.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/host/idmap.h"
#include "core/host/mountcalls.h"

#define STAT_SIZE 1024 // /proc/PID/stat

#define PROCESS_NS_HINT \
    "Looking into another user's process needs CAP_SYS_PTRACE: run davit as root, with sudo"

static bool dead(int pidfd)
{
    struct pollfd poll_pidfd = {.fd = pidfd, .events = POLLIN};
    int n;

    do {
        n = poll(&poll_pidfd, 1, 0);
    } while (n < 0 && errno == EINTR);
    return n != 0;
}

static int no_process(pid_t pid, struct error *err)
{
    int r = error_set(err, ERROR_GONE, ESRCH, "there is no process %d", (int)pid);

    error_hint(err, "It may just have ended; `davit ps` lists what runs now");
    return r;
}

static int pidfd_failed(pid_t pid, int sys_errno, struct error *err)
{
    // EINVAL and ENOENT: a thread that is not its process's leader (pidfd_open(2)).
    if (sys_errno == ESRCH || sys_errno == EINVAL || sys_errno == ENOENT)
        return no_process(pid, err);
    (void)error_errno(err, sys_errno, "cannot take hold of process %d (pidfd_open)", (int)pid);
    if (sys_errno == ENOSYS)
        error_hint(err, "pidfd_open(2) needs Linux 5.3 or later");
    return -sys_errno;
}

static int directory_failed(const struct process *process, int sys_errno, struct error *err)
{
    if (sys_errno == ENOENT || sys_errno == ESRCH) {
        if (dead(process->pidfd))
            return no_process(process->pid, err);
        (void)error_set(err, ERROR_NOT_PERMITTED, EACCES, "/proc does not show process %d",
                        (int)process->pid);
        error_hint(err, "/proc is mounted with hidepid or belongs to another pid namespace; run "
                        "davit as root, with sudo, on the host");
        return -EACCES;
    }
    return error_errno(err, sys_errno, "cannot open /proc/%d", (int)process->pid);
}

int process_open(pid_t pid, struct process *ret, struct error *err)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    char path[32];

    if (pid <= 0)
        return no_process(pid, err);
    process.pid = pid;
    process.pidfd = call_pidfd_open(pid);
    if (process.pidfd < 0)
        return pidfd_failed(pid, -process.pidfd, err);
    (void)snprintf(path, sizeof path, "/proc/%d", (int)pid);
    process.proc = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (process.proc < 0)
        return directory_failed(&process, errno, err);
    process.start_time = process_start_time(process.proc);
    // Alive after the directory was opened: so the pid was not reused in between.
    if (dead(process.pidfd))
        return no_process(pid, err);
    if (process.start_time == 0)
        return error_set(err, ERROR_FAILED, EIO, "cannot read the start time in /proc/%d/stat",
                         (int)pid);
    *ret = process;
    process = (struct process)PROCESS_INIT;
    return 0;
}

void process_done(struct process *process)
{
    cleanup_close(&process->pidfd);
    cleanup_close(&process->proc);
    *process = (struct process)PROCESS_INIT;
}

bool process_alive(const struct process *process)
{
    return process->pidfd >= 0 && !dead(process->pidfd);
}

static const struct {
    const char *path, *what;
} namespaces[] = {
    [PROCESS_NS_MNT] = {"ns/mnt", "mount"},
    [PROCESS_NS_PID] = {"ns/pid", "pid"},
    [PROCESS_NS_USER] = {"ns/user", "user"},
};

uint64_t process_ns_inode(int proc, enum process_ns which)
{
    char link[64];
    ssize_t n = readlinkat(proc, namespaces[which].path, link, sizeof link - 1);
    char *number, *end;
    uint64_t inode;

    if (n <= 0)
        return 0;
    link[n] = '\0';
    number = strchr(link, '[');
    end = number ? strchr(number, ']') : NULL;
    if (!end)
        return 0;
    *end = '\0';
    return text_to_u64(number + 1, &inode) ? inode : 0;
}

// What opening one of the process's links says about why it failed.
static int link_failed(const struct process *process, int sys_errno, const char *what,
                       struct error *err)
{
    if ((sys_errno == ENOENT || sys_errno == ESRCH) && dead(process->pidfd))
        return no_process(process->pid, err);
    (void)error_errno(err, sys_errno, "cannot open the %s of process %d", what, (int)process->pid);
    if (sys_errno == EACCES || sys_errno == EPERM)
        error_hint(err, PROCESS_NS_HINT);
    return -sys_errno;
}

int process_ns_open(const struct process *process, enum process_ns which, struct error *err)
{
    char what[32];
    int fd = openat(process->proc, namespaces[which].path, O_RDONLY | O_CLOEXEC);

    if (fd >= 0)
        return fd;
    (void)snprintf(what, sizeof what, "%s namespace", namespaces[which].what);
    return link_failed(process, errno, what, err);
}

int process_root_open(const struct process *process, struct error *err)
{
    int fd = openat(process->proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);

    return fd >= 0 ? fd : link_failed(process, errno, "root directory", err);
}

// proc_pid_stat(5); NULL when not readable.
static char *stat_field(int proc, const char *file, int wanted, char stat[STAT_SIZE])
{
    char *s;

    if (file_read_into(proc, file, stat, STAT_SIZE) <= 0)
        return NULL;
    // The name, field 2, is in brackets and may hold brackets and spaces itself.
    s = strrchr(stat, ')');
    for (int field = 2; s && field < wanted; field++) {
        s = strchr(s, ' ');
        s = s ? s + 1 : NULL;
    }
    if (s)
        s[strcspn(s, " \n")] = '\0';
    return s;
}

// 0 when not readable.
static uint64_t stat_number(int proc, int wanted)
{
    char stat[STAT_SIZE], *s = stat_field(proc, "stat", wanted, stat);
    uint64_t number = 0;

    return s && text_to_u64(s, &number) ? number : 0;
}

uint64_t process_start_time(int proc)
{
    return stat_number(proc, 22);
}

pid_t process_parent(int proc)
{
    uint64_t pid = stat_number(proc, 4);

    return pid <= INT32_MAX ? (pid_t)pid : 0;
}

time_t process_started_at(uint64_t start_time)
{
    struct timespec now, since_boot;
    long ticks = sysconf(_SC_CLK_TCK);
    double age;

    if (ticks <= 0)
        ticks = 100; // USER_HZ of every architecture that davit is built for
    (void)clock_gettime(CLOCK_REALTIME, &now);
    (void)clock_gettime(CLOCK_BOOTTIME, &since_boot);
    age = (double)since_boot.tv_sec + (double)since_boot.tv_nsec / 1e9 -
          (double)start_time / (double)ticks;
    return (time_t)((double)now.tv_sec + (double)now.tv_nsec / 1e9 - age);
}

static int mapped_root(int proc, const char *file, uint32_t *ret, struct error *err)
{
    _cleanup_id_map_ struct id_map map = {.ranges = NULL};
    int r = id_map_read(proc, file, &map, err);

    if (r == 0 && !id_map_outward(&map, 0, ret))
        *ret = (uint32_t)-1;
    return r;
}

int process_root_ids(int proc, uid_t *ret_uid, gid_t *ret_gid, struct error *err)
{
    uint32_t uid, gid;
    int r = mapped_root(proc, "uid_map", &uid, err);

    if (r == 0)
        r = mapped_root(proc, "gid_map", &gid, err);
    if (r < 0)
        return r;
    *ret_uid = uid;
    *ret_gid = gid;
    return 0;
}

// It stays the same as long as this process lives.
int boot_id_read(char out[BOOT_ID_SIZE], struct error *err)
{
    static const char path[] = "/proc/sys/kernel/random/boot_id";
    static char known[BOOT_ID_SIZE];
    char text[64];
    ssize_t n;

    if (*known) {
        memcpy(out, known, BOOT_ID_SIZE);
        return 0;
    }
    n = file_read_into(AT_FDCWD, path, text, sizeof text);
    if (n < 0)
        return error_errno(err, (int)-n, "cannot read %s", path);
    if (n < BOOT_ID_SIZE - 1 || strspn(text, "0123456789abcdef-") != BOOT_ID_SIZE - 1)
        return error_set(err, ERROR_FAILED, EPROTO, "%s holds no boot id: %s", path, text);
    memcpy(known, text, BOOT_ID_SIZE - 1);
    memcpy(out, known, BOOT_ID_SIZE);
    return 0;
}
