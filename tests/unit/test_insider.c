// Taking on the identity of a process of a container, seen by what it may then do.
#include "core/engine/insider.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/capability.h>

#include "core/base/cleanup.h"
#include "core/host/process.h"
#include "tests/unit/runner.h"
#include "tests/unit/temporary.h"

#define MAPPED 300000 // the container's root, out here
#define GROUP  4711   // a supplementary group of who runs davit; not mapped

static char dir[TEMPORARY_SIZE];
static pid_t init;      // has a user namespace
static int userns = -1; // that one

static void write_map(const char *file)
{
    char path[64];
    _cleanup_close_ int fd = -1;

    (void)snprintf(path, sizeof path, "/proc/%d/%s", init, file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq(write(fd, "0 300000 65536", 14), 14);
}

static void start_init(void)
{
    int ready[2];
    char byte;

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    init = fork();
    ck_assert_int_ge(init, 0);
    if (init == 0) {
        if (unshare(CLONE_NEWUSER) < 0 || write(ready[1], "x", 1) != 1)
            _exit(1);
        (void)pause();
        _exit(0);
    }
    (void)close(ready[1]);
    ck_assert_msg(read(ready[0], &byte, 1) == 1, "no user namespace");
    (void)close(ready[0]);
    write_map("uid_map");
    write_map("gid_map");
}

static void make(const char *name, uid_t uid, gid_t gid, mode_t mode)
{
    char path[TEMPORARY_SIZE + 32];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(chown(path, uid, gid), 0);
    ck_assert_int_eq(chmod(path, mode), 0);
}

static void setup(void)
{
    static const gid_t group = GROUP;
    char path[64];

    temporary_directory(dir);
    ck_assert_msg(unshare(CLONE_NEWNS) == 0, "no mount namespace (root is needed)");
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("davit-test", dir, "tmpfs", 0, "mode=0755"), 0);
    ck_assert_int_eq(setgroups(1, &group), 0);
    make("own", MAPPED, MAPPED, 0755);
    make("user", MAPPED + 1000, MAPPED + 1000, 0700);
    make("host", 0, 0, 0755);
    make("group", 0, GROUP, 0775);
    start_init();
    (void)snprintf(path, sizeof path, "/proc/%d/ns/user", init);
    userns = open(path, O_RDONLY | O_CLOEXEC);
    ck_assert_int_ge(userns, 0);
}

static void teardown(void)
{
    (void)close(userns);
    (void)kill(init, SIGKILL);
    (void)waitpid(init, NULL, 0);
    (void)umount2(dir, MNT_DETACH);
    (void)rmdir(dir);
}

static const struct who {
    const char *name;
    bool in_userns;
    uid_t uid;
    uint64_t capabilities;
} root = {"root here", false, 0, INSIDER_ALL_CAPABILITIES},
  contained = {"root inside", true, MAPPED, INSIDER_ALL_CAPABILITIES},
  limited = {"root inside without capabilities", true, MAPPED, 0},
  user = {"a user of the host", false, MAPPED, 0};

// errno of making a directory in `name`; in a child, for there is no way back.
static int try_mkdir(const struct who *who, const char *name)
{
    char path[TEMPORARY_SIZE + 32];
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct insider insider = {.uid = who->uid,
                                  .gid = who->uid,
                                  .userns = who->in_userns ? userns : -1,
                                  .capabilities = who->capabilities};

        (void)snprintf(path, sizeof path, "%s/%s/new", dir, name);
        if (insider_become(&insider) < 0)
            _exit(255);
        _exit(mkdir(path, 0755) < 0 ? errno : 0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert(WIFEXITED(status) && WEXITSTATUS(status) != 255);
    return WEXITSTATUS(status);
}

static const struct {
    const struct who *who;
    const char *directory;
    int result;
} tries[] = {
    {&root, "own", 0},
    {&root, "user", 0},
    {&root, "group", 0},
    {&contained, "own", 0},
    {&contained, "user", 0}, // CAP_DAC_OVERRIDE of its namespace
    {&contained, "host", EACCES},
    {&contained, "group", EACCES}, // not by a group that davit's own caller is in
    {&limited, "own", 0},
    {&limited, "user", EACCES},
    {&limited, "group", EACCES},
    {&user, "own", 0},
    {&user, "user", EACCES},
    {&user, "group", EACCES},
};

START_TEST(may_what_it_may)
{
    char path[TEMPORARY_SIZE + 32];
    struct stat st;
    int result = try_mkdir(tries[_i].who, tries[_i].directory);

    ck_assert_msg(result == tries[_i].result, "%s in %s: %s", tries[_i].who->name,
                  tries[_i].directory, strerror(result));
    (void)snprintf(path, sizeof path, "%s/%s/new", dir, tries[_i].directory);
    ck_assert_int_eq(stat(path, &st), result == 0 ? 0 : -1);
    if (result == 0)
        ck_assert_uint_eq(st.st_uid, tries[_i].who->uid);
}
END_TEST

// What it is then: ids, groups and namespace, as the kernel has them.
START_TEST(is_who_it_should_be)
{
    static const gid_t given[] = {MAPPED + 5, MAPPED + 7};
    int n_groups = _i == 0 ? 0 : 2, status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        struct insider insider = {.uid = MAPPED,
                                  .gid = MAPPED,
                                  .groups = given,
                                  .n_groups = (unsigned)n_groups,
                                  .userns = userns,
                                  .capabilities = INSIDER_ALL_CAPABILITIES};
        struct stat ours, theirs;
        gid_t groups[8];

        if (insider_become(&insider) < 0 || fstat(userns, &theirs) < 0 ||
            stat("/proc/self/ns/user", &ours) < 0)
            _exit(1);
        if (ours.st_ino != theirs.st_ino || geteuid() != 0 || getuid() != 0 || getegid() != 0)
            _exit(2);
        if (getgroups(8, groups) != n_groups || (n_groups && (groups[0] != 5 || groups[1] != 7)))
            _exit(3);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

// As a service with a bounding set: a container's root may have more than davit.
START_TEST(has_no_more_than_we)
{
    const uint64_t override = UINT64_C(1) << CAP_DAC_OVERRIDE, more = override | UINT64_C(1)
                                                                                     << CAP_NET_RAW;
    const struct insider insider = {.userns = -1, .capabilities = more};
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2];
    int status;
    pid_t child = fork();

    ck_assert_int_ge(child, 0);
    if (child == 0) {
        if (syscall(SYS_capget, &header, data) < 0)
            _exit(1);
        data[0].effective &= ~(1U << CAP_NET_RAW);
        data[0].permitted &= ~(1U << CAP_NET_RAW);
        if (syscall(SYS_capset, &header, data) < 0)
            _exit(2);
        if (insider_become(&insider) < 0)
            _exit(3);
        _exit(process_own_capabilities() == override ? 0 : 4);
    }
    ck_assert_int_eq(waitpid(child, &status, 0), child);
    ck_assert_int_eq(status, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, may_what_it_may, 0, sizeof tries / sizeof tries[0]);
    tcase_add_loop_test(tcase, is_who_it_should_be, 0, 2);
    tcase_add_test(tcase, has_no_more_than_we);
}

int main(void)
{
    return run_suite("insider", add);
}
