#include "core/host/namespaces_visit.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/helper.h"

#define VISIT_MS 5000

struct visit {
    int ns_fd, memory, socket;
    pid_t asker;
    char buffer[65536];
};

// The child's own mountinfo, which is the namespace's once it is in there: by the directory of
// /proc that it opened before.
static int copy_mounts(struct visit *visit, int self)
{
    long fd = syscall(SYS_openat, self, "mountinfo", O_RDONLY | O_CLOEXEC, 0), n;
    size_t total = 0;

    if (fd < 0)
        return errno;
    while ((n = syscall(SYS_read, fd, visit->buffer, sizeof visit->buffer)) > 0) {
        total += (size_t)n;
        if (total > MOUNT_TABLE_LIMIT)
            return EFBIG;
        if (syscall(SYS_write, visit->memory, visit->buffer, n) != n)
            return ENOSPC;
    }
    return n < 0 ? errno : 0;
}

static void __attribute__((noreturn)) run_child(struct visit *visit)
{
    int keep[] = {visit->socket, visit->ns_fd, visit->memory}, self, result = 0;
    long root;

    if (!helper_begin(visit->asker, keep, ARRAY_SIZE(keep)))
        _exit(1);
    self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (self < 0 || syscall(SYS_setns, visit->ns_fd, CLONE_NEWNS) < 0)
        result = errno;
    if (result == 0)
        result = copy_mounts(visit, self);
    root = syscall(SYS_openat, AT_FDCWD, "/", O_PATH | O_DIRECTORY | O_CLOEXEC, 0);
    if (result == 0 && root < 0)
        result = errno;
    (void)helper_send(visit->socket, &result, sizeof result, (int[]){(int)root}, result == 0);
    syscall(SYS_exit_group, 0);
    __builtin_unreachable();
}

static int take_table(int memory, struct mount_table **ret, struct error *err)
{
    _cleanup_free_ char *text = NULL;
    struct stat st;
    size_t length;

    if (fstat(memory, &st) < 0)
        return error_errno(err, errno, "cannot read what was copied");
    length = (size_t)st.st_size;
    text = malloc(length + 1);
    if (!text)
        return ERROR_OOM(err);
    for (size_t done = 0; done < length;) {
        ssize_t n = pread(memory, text + done, length - done, (off_t)done);

        if (n <= 0)
            return error_errno(err, n < 0 ? errno : EIO, "cannot read what was copied");
        done += (size_t)n;
    }
    text[length] = '\0';
    return mount_table_parse(TAKE_POINTER(text), length, ret, err);
}

static int wait_for_child(int socket, int *ret_root, struct error *err)
{
    int result = 0, r = helper_wait(socket, monotonic_us() + VISIT_MS * 1000ULL);

    if (r == 1 && helper_receive(socket, &result, sizeof result, ret_root, 1) != sizeof result)
        r = -EPIPE;
    if (r <= 0)
        return error_errno(err, r < 0 ? -r : ETIMEDOUT,
                           "cannot look at a mount namespace that no process is in");
    return result ? error_errno(err, result, "cannot enter a mount namespace that no process is in")
                  : 0;
}

int namespace_visit(int ns_fd, struct mount_table **ret_table, int *ret_root, struct error *err)
{
    _cleanup_free_ struct visit *visit = malloc(sizeof *visit);
    _cleanup_close_ int memory = memfd_create("davit-mounts", MFD_CLOEXEC), ours = -1, root = -1;
    int pair[2], r;
    pid_t child;

    if (!visit || memory < 0)
        return ERROR_OOM(err);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(err, errno, "cannot look at a mount namespace");
    ours = pair[0];
    visit->ns_fd = ns_fd;
    visit->memory = memory;
    visit->socket = pair[1];
    visit->asker = getpid();
    child = fork();
    if (child == 0)
        run_child(visit);
    (void)close(pair[1]);
    if (child < 0)
        return error_errno(err, errno, "cannot look at a mount namespace");
    r = wait_for_child(ours, &root, err);
    (void)helper_end(child, r == 0);
    if (r == 0 && ret_table)
        r = take_table(memory, ret_table, err);
    if (r == 0 && ret_root)
        *ret_root = TAKE_FD(root);
    return r;
}
