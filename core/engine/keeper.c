#include "core/engine/keeper.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include "core/base/helper.h"
#include "core/base/text.h"

#define END_WAIT_US 5000000ULL

// What the keeper says, with the clone.
struct said {
    int sys_errno;
    int has_server;
    uint64_t run_us, clone_us;
    char said[WORKSHOP_SAID];
    dev_t device;
    mode_t mode;
    uid_t uid;
    gid_t gid;
    char root[PATH_MAX], type[64], from[PATH_MAX], options[PATH_MAX];
};

// ---- in the keeper ----

// Where the helper mounts: a fresh tmpfs over a directory that hides nothing of use.
static const char *make_place(const struct keeper_order *order)
{
    static const char *const places[] = {"/run/mount", "/mnt", "/media", "/srv", "/opt"};

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        static char place[64];

        if (path_is_below(order->source, places[i]) ||
            mount("davit", places[i], "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0700") < 0)
            continue;
        (void)snprintf(place, sizeof place, "%s/davit", places[i]);
        return mkdir(place, 0700) == 0 ? place : NULL;
    }
    return NULL;
}

static int prepare(const struct keeper_order *order, const char **ret_place)
{
    if (mount("none", "/", NULL, MS_REC | MS_SLAVE, NULL) < 0 ||
        mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC, NULL) < 0)
        return -errno;
    // What libmount would note about the mount (utab) is nobody's business out there.
    (void)mount("davit", "/run/mount", "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0755");
    *ret_place = make_place(order);
    return *ret_place ? 0 : -errno;
}

static void __attribute__((noreturn))
execute(const struct keeper_order *order, const char *place, int log)
{
    const char *arguments[32], *environment[8];
    char utab[80];
    size_t n = 0, e = 0;
    int null = open("/dev/null", O_RDWR); // of the lowest, may be 0 itself

    for (; order->arguments[n] && n + 1 < ARRAY_SIZE(arguments); n++)
        arguments[n] = strcmp(order->arguments[n], "%") == 0 ? place : order->arguments[n];
    arguments[n] = NULL;
    (void)snprintf(utab, sizeof utab, "LIBMOUNT_UTAB=%s.utab", place);
    environment[e++] = "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
    environment[e++] = "HOME=/root";
    environment[e++] = "LC_ALL=C";
    environment[e++] = utab;
    if (order->variable)
        environment[e++] = order->variable;
    environment[e] = NULL;
    (void)dup2(null, 0);
    (void)dup2(log, 1);
    (void)dup2(log, 2);
    (void)syscall(SYS_close_range, 3U, ~0U, 0U);
    (void)signal(SIGPIPE, SIG_DFL);
    (void)setsid(); // no terminal: nothing can ask for a password
    (void)execve(order->program, (char *const *)(uintptr_t)arguments,
                 (char *const *)(uintptr_t)environment);
    (void)dprintf(2, "cannot run %s: %s\n", order->program, strerror(errno));
    _exit(127);
}

// The end of what was said: there the reason is.
static void read_log(int log, char *out, size_t size)
{
    off_t length = lseek(log, 0, SEEK_END);
    off_t from = length > (off_t)size - 1 ? length - ((off_t)size - 1) : 0;
    ssize_t n = pread(log, out, size - 1, from);

    out[n > 0 ? n : 0] = '\0';
    while (n > 0 && (out[n - 1] == '\n' || out[n - 1] == ' '))
        out[--n] = '\0';
}

static int run_helper(const struct keeper_order *order, const char *place, struct said *said)
{
    _cleanup_close_ int file = memfd_create("davit-helper", MFD_CLOEXEC);
    // The keeper's standard descriptors are closed: none of these may be one of them.
    _cleanup_close_ int log = file < 0 ? -1 : fcntl(file, F_DUPFD_CLOEXEC, 10);
    pid_t child = log < 0 ? -1 : fork();
    int status;

    if (child == 0)
        execute(order, place, log);
    if (child < 0)
        return -errno;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            return -errno;
    read_log(log, said->said, sizeof said->said);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0 ? 0 : -EIO;
}

static int note_row(int root, struct said *said)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    const struct mount_entry *entry;
    struct mount_ids ids;
    struct error err;

    if (call_mount_ids(root, "", &ids) < 0 || mount_table_read(AT_FDCWD, &table, &err) < 0)
        return -EIO;
    entry = mount_table_by_id(table, ids.old);
    if (!entry)
        return -ENODEV;
    said->device = entry->device;
    (void)snprintf(said->root, sizeof said->root, "%s", entry->root);
    (void)snprintf(said->type, sizeof said->type, "%s", entry->type);
    (void)snprintf(said->from, sizeof said->from, "%s", entry->source);
    (void)snprintf(said->options, sizeof said->options, "%s", entry->fs_options);
    return strcmp(entry->source, "davit") == 0 ? -ENODEV : 0;
}

static int clone_it(const char *place, struct said *said, int *ret_tree)
{
    _cleanup_close_ int root = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct statx sx;
    int r = root < 0 ? -errno : note_row(root, said);

    if (r < 0)
        return r;
    if (statx(root, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &sx) == 0) {
        said->mode = sx.stx_mode;
        said->uid = sx.stx_uid;
        said->gid = sx.stx_gid;
    }
    *ret_tree = call_open_tree(root, "", OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH);
    // The clone is then all there is of it: when that goes, the server has nobody left.
    return *ret_tree < 0 ? *ret_tree : umount2(place, MNT_DETACH) < 0 ? -errno : 0;
}

static void __attribute__((noreturn)) keep(int socket, const struct keeper_order *order)
{
    static struct said said;
    unsigned long long start = monotonic_us();
    const char *place = NULL;
    int tree = -1, r = prepare(order, &place);
    char commit;

    if (r == 0)
        r = run_helper(order, place, &said);
    said.run_us = monotonic_us() - start;
    start = monotonic_us();
    if (r == 0)
        r = clone_it(place, &said, &tree);
    said.clone_us = monotonic_us() - start;
    said.sys_errno = -r;
    while ((r = waitpid(-1, NULL, WNOHANG)) > 0)
        continue;
    said.has_server = r == 0;
    (void)helper_send(socket, &said, sizeof said, &tree, tree >= 0 ? 1 : 0);
    if (tree >= 0)
        (void)close(tree);
    // A davit that ends now takes all this with it: its end of the socket closes, too.
    if (said.sys_errno || recv(socket, &commit, 1, 0) != 1)
        _exit(1);
    (void)prctl(PR_SET_PDEATHSIG, 0);
    (void)helper_send(socket, &commit, 1, NULL, 0);
    (void)close(socket);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        continue;
    _exit(0);
}

// ---- in the engine ----

static int no_answer(const struct keeper_order *order, struct error *err)
{
    return error_set(err, ERROR_FAILED, EPIPE, "%s: the keeper ended without an answer",
                     order->program);
}

static int start(struct keeper *keeper, const struct keeper_order *order, struct error *err)
{
    struct process process = PROCESS_INIT;
    int pair[2];
    long child;
    int r;

    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        return error_errno(err, errno, "cannot start the keeper");
    child = syscall(SYS_clone, (long)(CLONE_NEWPID | CLONE_NEWNS | SIGCHLD), 0L, 0L, 0L, 0L);
    if (child == 0) {
        // Its parent's pid is 0 in there; the socket tells when the parent has ended already.
        if (!helper_begin(getppid(), &pair[1], 1))
            _exit(1);
        (void)prctl(PR_SET_NAME, "davit-keeper");
        (void)setsid();
        keep(pair[1], order);
    }
    (void)close(pair[1]);
    if (child < 0) {
        (void)close(pair[0]);
        return error_errno(err, errno, "cannot make a pid namespace for the mount helper");
    }
    *keeper = (struct keeper){.pid = (pid_t)child, .socket = pair[0]};
    r = process_open(keeper->pid, &process, err);
    if (r == -ESRCH)
        return 0; // it was that quick: why it ended stands in the socket
    if (r < 0)
        return r;
    keeper->start_time = process.start_time;
    process_done(&process);
    return 0;
}

static void take(const struct said *said, int tree, struct workshop_answer *answer)
{
    answer->tree = tree;
    answer->sys_errno = said->sys_errno;
    answer->n_steps = tree >= 0 ? 2 : 1;
    answer->took_us[0] = said->run_us;
    answer->took_us[1] = said->clone_us;
    (void)snprintf(answer->said, sizeof answer->said, "%s", said->said);
    answer->device = said->device;
    answer->type = said->mode & S_IFMT ? said->mode & S_IFMT : S_IFDIR;
    answer->mode = said->mode & 07777;
    answer->uid = said->uid;
    answer->gid = said->gid;
    (void)snprintf(answer->root, sizeof answer->root, "%s", said->root);
    (void)snprintf(answer->fs_type, sizeof answer->fs_type, "%s", said->type);
    (void)snprintf(answer->from, sizeof answer->from, "%s", said->from);
    (void)snprintf(answer->options, sizeof answer->options, "%s", said->options);
}

int keeper_run(struct keeper *keeper, const struct keeper_order *order, uint64_t timeout_ms,
               struct workshop_answer *answer, struct error *err)
{
    unsigned long long deadline = monotonic_us() + timeout_ms * 1000;
    static struct said said;
    int r = start(keeper, order, err), tree = -1;
    ssize_t n;

    if (r < 0)
        return r;
    // In slices, so that who waits can interrupt it.
    do {
        unsigned long long soon = monotonic_us() + 200000;

        r = helper_wait(keeper->socket, soon < deadline ? soon : deadline);
        if (r == 0 && engine_check_interrupted(err) < 0)
            return -ECANCELED;
    } while (r == 0 && monotonic_us() < deadline);
    if (r == 0) {
        r = error_set(err, ERROR_TIMED_OUT, ETIMEDOUT, "%s has not ended within %llu s",
                      order->program, (unsigned long long)timeout_ms / 1000);
        error_hint(err, "its server does not answer; the helper and all it had started was ended");
        return r;
    }
    n = r < 0 ? r : helper_receive(keeper->socket, &said, sizeof said, &tree, 1);
    if (n != sizeof said) {
        if (tree >= 0)
            (void)close(tree);
        return no_answer(order, err);
    }
    take(&said, tree, answer);
    if (!said.has_server)
        keeper_end(keeper);
    return 0;
}

int keeper_commit(struct keeper *keeper, struct error *err)
{
    char byte = 1;

    if (keeper->pid == 0)
        return 0;
    if (helper_send(keeper->socket, &byte, 1, NULL, 0) < 0 ||
        helper_wait(keeper->socket, monotonic_us() + END_WAIT_US) != 1 ||
        recv(keeper->socket, &byte, 1, 0) != 1)
        return error_set(err, ERROR_FAILED, EPIPE, "the mount helper's server has ended again");
    (void)close(keeper->socket);
    *keeper = (struct keeper)KEEPER_INIT;
    return 0;
}

void keeper_end(struct keeper *keeper)
{
    if (keeper->socket >= 0)
        (void)close(keeper->socket);
    if (keeper->pid > 0)
        (void)helper_end(keeper->pid, 0);
    *keeper = (struct keeper)KEEPER_INIT;
}

int keeper_finish(const struct attachment *what, uint64_t wait_ms, struct error *err)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    char boot[BOOT_ID_SIZE];
    int r;

    if (what->server <= 0)
        return 0;
    r = boot_id_read(boot, err);
    if (r < 0)
        return r;
    if (strcmp(boot, what->identity.boot_id) != 0 ||
        process_open(what->server, &process, err) < 0 || process.start_time != what->server_start)
        return 0;
    if (helper_wait(process.pidfd, monotonic_us() + wait_ms * 1000) == 1)
        return 0;
    r = syscall(SYS_pidfd_send_signal, process.pidfd, SIGKILL, NULL, 0) < 0 ? -errno : 0;
    if (r < 0 && r != -ESRCH)
        return error_errno(err, -r, "cannot end process %d, the mount's server", (int)what->server);
    if (helper_wait(process.pidfd, monotonic_us() + END_WAIT_US) == 1)
        return 1;
    return error_set(err, ERROR_BUSY, EBUSY, "process %d, the mount's server, does not end",
                     (int)what->server);
}
