#include "core/host/holders.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/host/holders_scan.h"
#include "core/host/mountid.h"
#include "core/host/process.h"
#include "temporary.h"
#include "tests/unit/runner.h"

static struct error err;
static char base[TEMPORARY_SIZE]; // the mount in question, a tmpfs
static struct mount_ids ids;
static dev_t device;

static const char *in_base(const char *name)
{
    static char path[256];

    (void)snprintf(path, sizeof path, "%s/%s", base, name);
    return path;
}

static void setup(void)
{
    struct stat st;
    int fd, file;

    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    temporary_directory(base);
    ck_assert_int_eq(mount("none", base, "tmpfs", 0, "mode=755"), 0);
    fd = open(base, O_PATH | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_eq(mount_ids_of_descriptor(fd, &ids), 0);
    ck_assert_uint_ne(ids.old, 0);
    ck_assert_int_eq(fstat(fd, &st), 0);
    device = st.st_dev;
    (void)close(fd);
    ck_assert_int_eq(mkdir(in_base("sub"), 0755), 0);
    file = open(in_base("file"), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    ck_assert_int_eq(ftruncate(file, 8192), 0);
    (void)close(file);
}

static void teardown(void)
{
    (void)umount2(base, MNT_DETACH);
    ck_assert_int_eq(rmdir(base), 0);
}

// A grandchild, since children of the asker are left out. Ready when this returns; it holds what
// `hold` takes. Killed when its pipe closes.
struct other {
    pid_t pid, parent;
    int end;
};

static int says_ready;

static struct other start(void (*hold)(void))
{
    struct other other;
    int ready[2], end[2];
    char byte;

    // Of packets: the pid and the byte come in either order.
    ck_assert_int_eq(pipe2(ready, O_DIRECT) | pipe(end), 0);
    other.parent = fork();
    if (other.parent == 0) {
        other.pid = fork();
        if (other.pid == 0) {
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
            (void)prctl(PR_SET_NAME, "hol\x1b"
                                     "der");
            (void)close(end[1]);
            says_ready = ready[1];
            if (hold)
                hold();
            (void)!write(ready[1], "x", 1);
            for (;;)
                pause();
        }
        (void)close(end[1]);
        (void)!write(ready[1], &other.pid, sizeof other.pid);
        (void)!read(end[0], &byte, 1);
        (void)kill(other.pid, SIGKILL);
        (void)waitpid(other.pid, NULL, 0);
        _exit(0);
    }
    (void)close(ready[1]);
    (void)close(end[0]);
    other.pid = 0;
    for (int got = 0; got < 2; got++) {
        char packet[sizeof other.pid];
        ssize_t n = read(ready[0], packet, sizeof packet);

        ck_assert_int_gt(n, 0);
        if (n == sizeof other.pid)
            memcpy(&other.pid, packet, sizeof other.pid);
    }
    (void)close(ready[0]);
    other.end = end[1];
    ck_assert_int_gt(other.pid, 0);
    return other;
}

static void stop(struct other other)
{
    (void)close(other.end);
    ck_assert_int_eq(waitpid(other.parent, NULL, 0), other.parent);
}

static void hold_nothing(void)
{
    (void)!chdir("/");
}

static void hold_cwd(void)
{
    (void)!chdir(in_base("sub"));
}

static void *__attribute__((noreturn)) be_apart(void *unused)
{
    (void)unused;
    if (unshare(CLONE_FS | CLONE_FILES) == 0 && chdir(in_base("sub")) == 0 &&
        open(in_base("file"), O_RDWR | O_CLOEXEC) >= 0)
        (void)!write(says_ready, "x", 1);
    for (;;)
        pause();
}

// A thread has what the process has not.
static void hold_apart(void)
{
    pthread_t thread;

    (void)!chdir("/");
    (void)pthread_create(&thread, NULL, be_apart, NULL);
    for (;;)
        pause();
}

static void *__attribute__((noreturn)) outlive(void *unused)
{
    struct stat st;
    char path[64];

    (void)unused;
    (void)snprintf(path, sizeof path, "/proc/%d/cwd", (int)getpid());
    while (stat(path, &st) == 0)
        (void)sched_yield();
    (void)!write(says_ready, "x", 1);
    for (;;)
        pause();
}

// The first thread has ended, the process has not.
static void hold_outlived(void)
{
    pthread_t thread;

    (void)!chdir(in_base("sub"));
    (void)!open(in_base("file"), O_RDWR | O_CLOEXEC);
    (void)pthread_create(&thread, NULL, outlive, NULL);
    pthread_exit(NULL);
}

static void hold_root(void)
{
    (void)!chdir("/");
    (void)!chroot(in_base("sub"));
}

static void hold_fds(void)
{
    (void)open(in_base("file"), O_RDONLY);
    (void)open(in_base("file"), O_RDWR);
    (void)open(in_base("sub"), O_PATH);
}

static void hold_map(void)
{
    int fd = open(in_base("file"), O_RDWR);

    (void)mmap(NULL, 4096, PROT_READ, MAP_SHARED, fd, 0);
    (void)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 4096);
    (void)close(fd);
}

static void hold_everything(void)
{
    hold_fds();
    hold_map();
    hold_cwd();
}

static void hold_elsewhere(void)
{
    (void)unshare(CLONE_NEWNS); // a copy of the mount: another one
    (void)!chdir(in_base("sub"));
    (void)open(in_base("file"), O_RDONLY);
}

static const struct {
    void (*hold)(void);
    unsigned counts[HOLDER_N_KINDS];
    const char *path;
} cases[] = {
    {hold_nothing, {0}, NULL},
    {hold_cwd, {[HOLDER_CWD] = 1}, "sub"},
    {hold_root, {[HOLDER_ROOT] = 1}, "sub"},
    {hold_fds, {[HOLDER_FD] = 3}, "file"},
    {hold_map, {[HOLDER_MAP] = 2}, "file"},
    {hold_everything, {[HOLDER_CWD] = 1, [HOLDER_FD] = 3, [HOLDER_MAP] = 2}, NULL},
    {hold_elsewhere, {0}, NULL},
    {hold_apart, {[HOLDER_CWD] = 1, [HOLDER_FD] = 1}, NULL},
    {hold_outlived, {[HOLDER_CWD] = 1, [HOLDER_FD] = 1}, NULL},
};

static struct holder_list *look(uint64_t ns_inode)
{
    struct holder_list *list = NULL;

    ck_assert_msg(holders_of_mount(ns_inode, &ids, device, &list, &err) == 0, "%s", err.message);
    return list;
}

static uint64_t own_ns(void)
{
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY);

    return process_ns_inode(self, PROCESS_NS_MNT);
}

// Whether this machine lets the test look at every process: not so where a capability is missing
// that another process has (ptrace(2)).
static bool sees_all(void)
{
    _cleanup_closedir_ DIR *dir = opendir("/proc");
    struct dirent *entry;
    bool all = true;

    while ((entry = readdir(dir))) {
        _cleanup_close_ int proc =
            atoi(entry->d_name) > 0 ? openat(dirfd(dir), entry->d_name, O_PATH | O_DIRECTORY) : -1;

        if (proc >= 0 && process_ns_inode(proc, PROCESS_NS_MNT) == 0 && errno == EACCES)
            all = false;
    }
    return all;
}

static void assert_found(const struct holder_list *list, int i, struct other other)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    unsigned seen[HOLDER_N_KINDS] = {0};

    ck_assert_int_eq(process_open(other.pid, &process, &err), 0);
    ck_assert_int_eq(list->complete, sees_all());
    for (size_t k = 0; k < list->n_holders; k++) {
        const struct holder *holder = &list->holders[k];

        ck_assert_int_eq(holder->pid, other.pid);
        ck_assert_uint_eq(holder->start_time, process.start_time);
        ck_assert_uint_eq(holder->mnt_ns, own_ns());
        ck_assert_str_eq(holder->comm, "hol\xef\xbf\xbd"
                                       "der");
        ck_assert_str_ne(holder->command, "");
        ck_assert_uint_eq(seen[holder->kind], 0);
        seen[holder->kind] = holder->count;
        if (cases[i].path)
            ck_assert_msg(strstr(holder->path, cases[i].path) != NULL, "%s", holder->path);
    }
    for (int kind = 0; kind < HOLDER_N_KINDS; kind++)
        ck_assert_msg(seen[kind] == cases[i].counts[kind], "%u %s, not %u", seen[kind],
                      holder_kind_name((enum holder_kind)kind), cases[i].counts[kind]);
}

// Attached, and after a lazy detach; in the namespace, and in all.
START_TEST(test_holder)
{
    struct other other = start(cases[_i].hold);

    for (int lazy = 0; lazy < 2; lazy++) {
        CLEANUP(holder_list_freep) struct holder_list *here = look(own_ns());
        CLEANUP(holder_list_freep) struct holder_list *all = look(0);

        if (cases[_i].hold != hold_elsewhere) {
            assert_found(here, _i, other);
            assert_found(all, _i, other);
        }
        ck_assert_uint_eq(here->n_holders, all->n_holders);
        if (!lazy)
            ck_assert_int_eq(umount2(base, MNT_DETACH), 0);
    }
    stop(other);
}
END_TEST

// Without unique ids, as before kernel 6.8.
START_TEST(test_old_ids)
{
    CLEANUP(holder_list_freep) struct holder_list *list = NULL;
    struct other other = start(hold_everything);

    ids.unique = 0;
    list = look(own_ns());
    ck_assert_uint_eq(list->n_holders, 3);
    assert_found(list, 5, other);
    stop(other);
}
END_TEST

// With a unique id only: what an intent in the journal still knows.
START_TEST(test_unique_id_only)
{
    CLEANUP(holder_list_freep) struct holder_list *list = NULL;
    struct other other = start(hold_everything);

    if (ids.unique) { // Linux 6.8
        ids.old = 0;
        device = 0;
        list = look(own_ns());
        ck_assert_uint_eq(list->n_holders, 3);
        assert_found(list, 5, other);
    }
    stop(other);
}
END_TEST

// The old id of a mount that is gone is given to the next one: its users are none of the first.
START_TEST(test_reused_id)
{
    CLEANUP(holder_list_freep) struct holder_list *list = NULL;
    struct other other = start(hold_fds);

    if (ids.unique) {
        ids.unique += 1000000;
        list = look(own_ns());
        ck_assert_uint_eq(list->n_holders, 0);
    }
    stop(other);
}
END_TEST

START_TEST(test_exe)
{
    CLEANUP(holder_list_freep) struct holder_list *list = NULL;
    char command[512];
    int out[2];
    char line[16] = "";
    pid_t pid, found = 0;

    ck_assert_int_eq(umount(base), 0);
    ck_assert_int_eq(mount("none", base, "tmpfs", 0, "mode=755"), 0);
    ck_assert_int_eq(call_mount_ids(AT_FDCWD, base, &ids), 0);
    (void)snprintf(command, sizeof command, "cp /bin/sleep '%s'", in_base("sleep"));
    ck_assert_int_eq(system(command), 0);
    ck_assert_int_eq(pipe(out), 0);
    pid = fork();
    if (pid == 0) {
        (void)dup2(out[1], 1);
        (void)snprintf(command, sizeof command, "%s 1000 >/dev/null & echo $!; wait",
                       in_base("sleep"));
        (void)execl("/bin/sh", "sh", "-c", command, NULL);
        _exit(127);
    }
    ck_assert_int_gt(read(out[0], line, sizeof line - 1), 0);
    // The shell says the pid before the program runs.
    for (int i = 0; i < 1000 && found == 0; i++) {
        if (list)
            holder_list_free(TAKE_POINTER(list));
        list = look(own_ns());
        for (size_t k = 0; k < list->n_holders; k++)
            if (list->holders[k].kind == HOLDER_EXE)
                found = list->holders[k].pid;
    }
    ck_assert_int_eq(found, atoi(line));
    ck_assert_ptr_nonnull(strstr(list->holders[0].command, "1000"));
    ck_assert_str_eq(list->holders[0].comm, "sleep");
    ck_assert_int_eq(kill(found, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

// The asker itself and its children.
START_TEST(test_left_out)
{
    CLEANUP(holder_list_freep) struct holder_list *list = NULL;
    pid_t pid = fork();

    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;)
            pause();
    }
    hold_everything();
    list = look(own_ns());
    ck_assert_uint_eq(list->n_holders, 0);
    ck_assert_int_eq(list->complete, sees_all());
    ck_assert_int_eq(chdir("/"), 0);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

#define MANY 200

static void hold_many(void)
{
    (void)!chdir("/");
    for (int i = 0; i < MANY; i++)
        (void)!open(in_base("file"), O_RDONLY | O_CLOEXEC);
}

static pid_t looked_at;

static bool hears_enough(void *context, const struct holder_message *message)
{
    (void)context;
    (void)message;
    return false;
}

// Again and again at that one process.
static void __attribute__((noreturn)) look_all_the_time(void)
{
    struct holder_progress progress = {0};
    struct holder_scan scan = {.mount = ids,
                               .asker = getpid(),
                               .after = looked_at - 1,
                               .progress = &progress,
                               .found = hears_enough};

    (void)!chdir("/");
    (void)!write(says_ready, "x", 1);
    for (;;)
        (void)holder_scan_run(&scan);
}

// Who looks holds nothing of what is looked at: another one would find it, and umount(2) fail.
START_TEST(test_each_other)
{
    struct other other = start(hold_many), beside;
    char path[64], link[256];

    looked_at = other.pid;
    beside = start(look_all_the_time);
    for (int i = 0; i < 10000; i++) {
        ssize_t n;

        (void)snprintf(path, sizeof path, "/proc/%d/fd/%d", (int)beside.pid, 3 + i % 10);
        n = readlink(path, link, sizeof link - 1);
        link[n > 0 ? n : 0] = '\0';
        ck_assert_msg(strncmp(link, base, strlen(base)) != 0, "%s is %s", path, link);
    }
    stop(beside);
    stop(other);
}
END_TEST

// Who may not look says so instead of naming nobody.
START_TEST(test_incomplete)
{
    struct other other = start(hold_cwd);
    int status;
    pid_t pid = fork();

    if (pid == 0) {
        struct holder_list *list;

        if (setresgid(65534, 65534, 65534) < 0 || setresuid(65534, 65534, 65534) < 0 ||
            holders_of_mount(0, &ids, device, &list, &err) < 0)
            _exit(1);
        _exit(list->n_holders == 0 && !list->complete ? 0 : 2);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    stop(other);
}
END_TEST

START_TEST(test_list_is_bounded)
{
    struct holder_list *list = calloc(1, sizeof *list);
    struct holder holder = {.pid = 1, .path = (char *)"/x"};

    list->complete = true;
    for (int i = 0; i < HOLDERS_MAX; i++)
        ck_assert_int_eq(holder_list_add(list, &holder, &err), 0);
    ck_assert(list->complete);
    ck_assert_int_eq(holder_list_add(list, &holder, &err), 0);
    ck_assert_uint_eq(list->n_holders, HOLDERS_MAX);
    ck_assert(!list->complete);
    ck_assert_ptr_ne(list->holders[0].path, holder.path);
    holder_list_free(list);
    holder_list_free(NULL);
}
END_TEST

START_TEST(test_names)
{
    static const char *const names[] = {"mount", "cwd",  "root", "exe", "fd",    "map",
                                        "loop",  "swap", "dm",   "md",  "device"};

    ck_assert_uint_eq(ARRAY_SIZE(names), HOLDER_N_KINDS);
    for (int kind = 0; kind < HOLDER_N_KINDS; kind++)
        ck_assert_str_eq(holder_kind_name((enum holder_kind)kind), names[kind]);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, test_holder, 0, ARRAY_SIZE(cases));
    tcase_add_test(tcase, test_old_ids);
    tcase_add_test(tcase, test_unique_id_only);
    tcase_add_test(tcase, test_reused_id);
    tcase_add_test(tcase, test_exe);
    tcase_add_test(tcase, test_left_out);
    tcase_add_test(tcase, test_each_other);
    tcase_add_test(tcase, test_incomplete);
    tcase_add_test(tcase, test_list_is_bounded);
    tcase_add_test(tcase, test_names);
}

int main(void)
{
    return run_suite("holders", add);
}
