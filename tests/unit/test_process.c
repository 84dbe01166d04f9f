#include "core/host/process.h"
#include "core/host/process_memory.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "temporary.h"
#include "tests/unit/runner.h"

static struct error err;

// A child that is ready when this returns and lives until it is killed. `prepare` runs in it.
static pid_t start_child(void (*prepare)(void))
{
    int ready[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(ready), 0);
    pid = fork();
    ck_assert_int_ge(pid, 0);
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (prepare)
            prepare();
        (void)!write(ready[1], "x", 1);
        for (;;)
            pause();
    }
    close(ready[1]);
    ck_assert_int_eq(read(ready[0], &byte, 1), 1);
    close(ready[0]);
    return pid;
}

static void end_child(pid_t pid)
{
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(test_open_self)
{
    _cleanup_process_ struct process self = PROCESS_INIT;

    ck_assert_int_eq(process_open(getpid(), &self, &err), 0);
    ck_assert_int_eq(self.pid, getpid());
    ck_assert(process_alive(&self));
    ck_assert_uint_gt(self.start_time, 0);
    ck_assert_uint_eq(self.start_time, process_start_time(self.proc));
    process_done(&self);
    ck_assert_int_eq(self.pidfd, -1);
    ck_assert_int_eq(self.proc, -1);
    ck_assert(!process_alive(&self));
}
END_TEST

START_TEST(test_no_such_process)
{
    static const pid_t none[] = {0, -1, 0x7fffffff};
    struct process process = PROCESS_INIT;

    ck_assert_int_eq(process_open(none[_i], &process, &err), -ESRCH);
    ck_assert_int_eq(err.code, ERROR_GONE);
    ck_assert_str_ne(err.hint, "");
    ck_assert_int_eq(process.pidfd, -1);
}
END_TEST

START_TEST(test_zombie_is_gone)
{
    struct process process = PROCESS_INIT;
    siginfo_t info;
    pid_t pid = fork();

    if (pid == 0)
        _exit(0);
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert_int_eq(process_open(pid, &process, &err), -ESRCH);
    ck_assert_int_eq(err.code, ERROR_GONE);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

START_TEST(test_death_is_seen)
{
    _cleanup_process_ struct process child = PROCESS_INIT;
    struct process_status status;
    pid_t pid = start_child(NULL);

    ck_assert_int_eq(process_open(pid, &child, &err), 0);
    ck_assert(process_alive(&child));
    end_child(pid);
    ck_assert(!process_alive(&child));
    ck_assert_int_lt(process_ns_open(&child, PROCESS_NS_MNT, &err), 0);
    ck_assert_int_eq(err.code, ERROR_GONE);
    ck_assert_int_lt(process_root_open(&child, &err), 0);
    ck_assert_int_eq(err.code, ERROR_GONE);
    ck_assert_int_eq(process_status_read(child.proc, &status, &err), -ESRCH);
    ck_assert_int_eq(err.code, ERROR_GONE);
    ck_assert_uint_eq(process_ns_inode(child.proc, PROCESS_NS_MNT), 0);
    ck_assert_uint_eq(process_start_time(child.proc), 0);
}
END_TEST

static void own_mounts(void)
{
    (void)unshare(CLONE_NEWNS);
}

START_TEST(test_namespaces)
{
    static const struct {
        enum process_ns which;
        const char *path;
        int same; // as the parent's
    } cases[] = {{PROCESS_NS_MNT, "ns/mnt", 0},
                 {PROCESS_NS_PID, "ns/pid", 1},
                 {PROCESS_NS_USER, "ns/user", 1}};
    _cleanup_process_ struct process child = PROCESS_INIT;
    pid_t pid = start_child(own_mounts);

    ck_assert_int_eq(process_open(pid, &child, &err), 0);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY);
        _cleanup_close_ int fd = process_ns_open(&child, cases[i].which, &err);
        uint64_t inode = process_ns_inode(child.proc, cases[i].which);
        struct stat st;

        ck_assert_int_ge(fd, 0);
        ck_assert_int_eq(fstat(fd, &st), 0);
        ck_assert_uint_eq(inode, st.st_ino);
        ck_assert_int_eq(inode == process_ns_inode(self, cases[i].which), cases[i].same);
    }
    end_child(pid);
}
END_TEST

static char root_directory[TEMPORARY_SIZE];

static void own_root(void)
{
    (void)!chroot(root_directory);
}

START_TEST(test_root)
{
    _cleanup_process_ struct process child = PROCESS_INIT;
    struct stat wanted, seen;
    int fd;
    pid_t pid;

    temporary_directory(root_directory);
    pid = start_child(own_root);
    ck_assert_int_eq(process_open(pid, &child, &err), 0);
    fd = process_root_open(&child, &err);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(fstat(fd, &seen), 0);
    ck_assert_int_eq(stat(root_directory, &wanted), 0);
    ck_assert_uint_eq(seen.st_ino, wanted.st_ino);
    close(fd);
    end_child(pid);
    ck_assert_int_eq(rmdir(root_directory), 0);
}
END_TEST

static void as_nobody(void)
{
    static const gid_t groups[] = {4242, 17};

    (void)prctl(PR_SET_NAME, "a)\n\x1b[31m\\ b");
    if (setgroups(2, groups) < 0 || setresgid(1, 65534, 1) < 0 || setresuid(1, 65534, 1) < 0)
        _exit(1);
    (void)prctl(PR_SET_DUMPABLE, 1);
}

START_TEST(test_status)
{
    _cleanup_process_ struct process child = PROCESS_INIT;
    struct process_status status;
    pid_t pid = start_child(as_nobody);

    // A name with brackets and a newline: the start time is the same as without.
    ck_assert_int_eq(process_open(pid, &child, &err), 0);
    ck_assert_int_eq(process_status_read(child.proc, &status, &err), 0);
    ck_assert_str_eq(status.comm, "a)\xef\xbf\xbd\xef\xbf\xbd[31m\\ b");
    ck_assert_int_eq(status.ppid, getpid());
    ck_assert_uint_eq(status.euid, 65534);
    ck_assert_uint_eq(status.egid, 65534);
    ck_assert_uint_eq(status.n_groups, 2);
    ck_assert_uint_eq(status.groups[0], 17);
    ck_assert_uint_eq(status.groups[1], 4242);
    ck_assert_uint_eq(status.cap_effective, 0);
    ck_assert_uint_ne(status.cap_bounding, 0);
    ck_assert_uint_ge(status.ns_depth, 1);
    ck_assert_int_eq(status.ns_pid, pid);
    ck_assert_uint_gt(child.start_time, 1);
    end_child(pid);
}
END_TEST

static gid_t many[5000];

static void in_many_groups(void)
{
    for (size_t i = 0; i < ARRAY_SIZE(many); i++)
        many[i] = 4000000000U + (gid_t)i;
    if (setgroups(ARRAY_SIZE(many), many) < 0)
        _exit(1);
}

// The groups stand before the capabilities: a long list must not hide those.
START_TEST(test_many_groups)
{
    _cleanup_process_ struct process child = PROCESS_INIT;
    struct process_status status, own;
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY);
    pid_t pid = start_child(in_many_groups);

    ck_assert_int_eq(process_open(pid, &child, &err), 0);
    ck_assert_int_eq(process_status_read(child.proc, &status, &err), 0);
    ck_assert_int_eq(process_status_read(self, &own, &err), 0);
    ck_assert_uint_eq(status.n_groups, PROCESS_GROUPS_MAX);
    ck_assert_uint_eq(status.groups[63], 4000000063U);
    ck_assert_uint_ne(own.cap_effective, 0);
    ck_assert_uint_eq(status.cap_effective, own.cap_effective);
    ck_assert_uint_eq(status.cap_bounding, own.cap_bounding);
    end_child(pid);
}
END_TEST

// In a pid namespace of its own the first process is 1. Made by a child, since who has called
// unshare(CLONE_NEWPID) can fork no more once that first process is dead.
START_TEST(test_inner_pid)
{
    _cleanup_process_ struct process init = PROCESS_INIT;
    struct process_status status;
    pid_t pid = 0, child;
    int ready[2];

    ck_assert_int_eq(pipe(ready), 0);
    child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (unshare(CLONE_NEWPID) < 0 || (pid = fork()) < 0)
            _exit(1);
        if (pid == 0)
            (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        while (pid == 0)
            pause();
        (void)!write(ready[1], &pid, sizeof pid);
        _exit(waitpid(pid, NULL, 0) == pid ? 0 : 2);
    }
    ck_assert_int_eq(read(ready[0], &pid, sizeof pid), sizeof pid);
    ck_assert_int_eq(process_open(pid, &init, &err), 0);
    ck_assert_int_eq(process_status_read(init.proc, &status, &err), 0);
    ck_assert_int_eq(status.ns_pid, 1);
    ck_assert_uint_ge(status.ns_depth, 2);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
}
END_TEST

static void write_file(const char *directory, const char *name, const char *text)
{
    char path[256];
    FILE *file;

    (void)snprintf(path, sizeof path, "%s/%s", directory, name);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
    ck_assert_int_eq(fclose(file), 0);
}

static void remove_files(const char *directory, const char *const names[])
{
    for (size_t i = 0; names[i]; i++) {
        char path[256];

        (void)snprintf(path, sizeof path, "%s/%s", directory, names[i]);
        ck_assert_int_eq(unlink(path), 0);
    }
    ck_assert_int_eq(rmdir(directory), 0);
}

#define REST "PPid:\t1\nUid:\t0\t0\t0\t0\nGid:\t0\t0\t0\t0\nCapEff:\t0\nCapBnd:\tff\n"

START_TEST(test_status_text)
{
    static const struct {
        const char *text;
        int result;
        const char *says; // in the message
    } cases[] = {
        {"Name:\tx\n" REST, 0, NULL},
        {"Name:\tx\n" REST "NSpid:\t7\t1\n", 0, NULL},
        {"", -EPROTO, "Name"},
        {"nonsense\n\n:\n::::\n", -EPROTO, "Name"},
        {"Name:\tx\nPPid:\t-3\n", -EPROTO, "PPid"},
        {"Name:\tx\nPPid:\t99999999999999999999999\n", -EPROTO, "PPid"},
        {"Name:\tx\nPPid:\t1\nUid:\t0\t0\n", -EPROTO, "Uid"},
        {"Name:\tx\nPPid:\t1\nUid:\t0 0 0 0\nGid:\t0 0 0 0 0\n", -EPROTO, "Gid"},
        {"Name:\tx\nPPid:\t1\nUid:\t0 0 0 0\nGid:\t0 0 0 0\nCapEff:\tzz\n", -EPROTO, "CapEff"},
        {"Name:\tx\nPPid:\t1\nUid:\t0 0 0 0\nGid:\t0 0 0 0\nCapEff:\t11111111111111111\n", -EPROTO,
         "CapEff"},
    };
    char directory[TEMPORARY_SIZE];
    _cleanup_close_ int fd = -1;
    struct process_status status;

    temporary_directory(directory);
    write_file(directory, "status", cases[_i].text);
    fd = open(directory, O_PATH | O_DIRECTORY);
    ck_assert_int_eq(process_status_read(fd, &status, &err), cases[_i].result);
    if (cases[_i].says) {
        ck_assert_ptr_nonnull(strstr(err.message, cases[_i].says));
    } else {
        ck_assert_uint_eq(status.cap_bounding, 0xff);
        ck_assert_uint_eq(status.ns_depth, strstr(cases[_i].text, "NSpid") ? 2 : 1);
    }
    remove_files(directory, (const char *const[]){"status", NULL});
}
END_TEST

START_TEST(test_root_ids)
{
    static const struct {
        const char *uid_map, *gid_map;
        uid_t uid;
        gid_t gid;
    } cases[] = {
        {"         0          0 4294967295\n", "         0          0 4294967295\n", 0, 0},
        {"0 300000 65536\n", "0 400000 65536\n", 300000, 400000},
        {"1 100000 10\n0 1000 1\n", "1 1 1\n", 1000, (gid_t)-1},
        {"", "", (uid_t)-1, (gid_t)-1},
        {"rubbish\n0 x 1\n", "0 5 0\n", (uid_t)-1, (gid_t)-1},
    };
    char directory[TEMPORARY_SIZE];
    _cleanup_close_ int fd = -1;
    uid_t uid;
    gid_t gid;

    temporary_directory(directory);
    write_file(directory, "uid_map", cases[_i].uid_map);
    write_file(directory, "gid_map", cases[_i].gid_map);
    fd = open(directory, O_PATH | O_DIRECTORY);
    ck_assert_int_eq(process_root_ids(fd, &uid, &gid, &err), 0);
    ck_assert_uint_eq(uid, cases[_i].uid);
    ck_assert_uint_eq(gid, cases[_i].gid);
    remove_files(directory, (const char *const[]){"uid_map", "gid_map", NULL});
}
END_TEST

START_TEST(test_command)
{
    static const struct {
        const char *bytes;
        size_t length, size;
        const char *text;
    } cases[] = {
        {"sleep\0 10\0", 10, 64, "sleep  10"},
        {"", 0, 64, ""},
        {"a\0\0\0", 4, 64, "a"},
        {"\x1b]0;x\a\0b", 8, 64, "\xef\xbf\xbd]0;x\xef\xbf\xbd b"},
        {"abcdefgh", 8, 6, "ab\xe2\x80\xa6"},
    };
    char directory[TEMPORARY_SIZE], path[256], out[64];
    _cleanup_close_ int fd = -1;
    FILE *file;

    temporary_directory(directory);
    (void)snprintf(path, sizeof path, "%s/cmdline", directory);
    file = fopen(path, "w");
    ck_assert_uint_eq(fwrite(cases[_i].bytes, 1, cases[_i].length, file), cases[_i].length);
    ck_assert_int_eq(fclose(file), 0);
    fd = open(directory, O_PATH | O_DIRECTORY);
    process_command(fd, _i % 2 ? PROCESS_MEMORY_MS : 0, out, cases[_i].size);
    ck_assert_str_eq(out, cases[_i].text);
    remove_files(directory, (const char *const[]){"cmdline", NULL});
}
END_TEST

START_TEST(test_started_at)
{
    _cleanup_process_ struct process child = PROCESS_INIT;
    time_t before = time(NULL), started;
    pid_t pid = start_child(NULL);

    ck_assert_int_eq(process_open(pid, &child, &err), 0);
    started = process_started_at(child.start_time);
    ck_assert_int_ge(started, before - 2);
    ck_assert_int_le(started, time(NULL) + 1);
    end_child(pid);
}
END_TEST

START_TEST(test_boot_id)
{
    char id[BOOT_ID_SIZE], again[BOOT_ID_SIZE];

    ck_assert_int_eq(boot_id_read(id, &err), 0);
    ck_assert_uint_eq(strlen(id), 36);
    ck_assert_int_eq(boot_id_read(again, &err), 0);
    ck_assert_str_eq(id, again);
}
END_TEST

// Another user's process may not be looked into; the error says which capability is missing.
START_TEST(test_not_permitted)
{
    pid_t pid, target = start_child(NULL);
    int status;

    pid = fork();
    if (pid == 0) {
        struct process process = PROCESS_INIT;
        int fd;

        if (setgroups(0, NULL) < 0 || setresgid(65534, 65534, 65534) < 0 ||
            setresuid(65534, 65534, 65534) < 0 || process_open(target, &process, &err) < 0)
            _exit(1);
        fd = process_ns_open(&process, PROCESS_NS_MNT, &err);
        if (fd != -EACCES || err.code != ERROR_NOT_PERMITTED || !strstr(err.hint, "CAP_SYS_PTRACE"))
            _exit(2);
        fd = process_root_open(&process, &err);
        if (fd != -EACCES || err.code != ERROR_NOT_PERMITTED || !strstr(err.hint, "sudo"))
            _exit(3);
        _exit(process_ns_inode(process.proc, PROCESS_NS_MNT) == 0 ? 0 : 4);
    }
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
    end_child(target);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, test_open_self);
    tcase_add_loop_test(tcase, test_no_such_process, 0, 3);
    tcase_add_test(tcase, test_zombie_is_gone);
    tcase_add_test(tcase, test_death_is_seen);
    tcase_add_test(tcase, test_namespaces);
    tcase_add_test(tcase, test_root);
    tcase_add_test(tcase, test_status);
    tcase_add_test(tcase, test_many_groups);
    tcase_add_test(tcase, test_inner_pid);
    tcase_add_loop_test(tcase, test_status_text, 0, 10);
    tcase_add_loop_test(tcase, test_root_ids, 0, 5);
    tcase_add_loop_test(tcase, test_command, 0, 5);
    tcase_add_test(tcase, test_started_at);
    tcase_add_test(tcase, test_boot_id);
    tcase_add_test(tcase, test_not_permitted);
}

int main(void)
{
    return run_suite("process", add);
}
