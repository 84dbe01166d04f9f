// Real processes in namespaces and control groups of their own, as containers and those who pass
// for one have them.
#ifndef DAVIT_TESTS_CONTAINER_LAB_H
#define DAVIT_TESTS_CONTAINER_LAB_H

#include "core/runtime/container.h"

#include <check.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/host/process.h"
#include "runner.h"
#include "temporary.h"

enum start_flags {
    START_MNT = 1 << 0,    // a mount namespace of its own
    START_PID = 1 << 1,    // a pid namespace of its own
    START_ROOT = 1 << 2,   // a root of its own: an empty tmpfs
    START_NESTED = 1 << 3, // makes one more process, with one more mount namespace, in …/nested
    START_USER = 1 << 4,   // made by a user, in a user namespace
};

#define USER 4711 // who made what is not root's

static struct error err;
static pid_t runner;                   // the process that starts each test in a child
static char directory[TEMPORARY_SIZE]; // where roots are mounted
static char hierarchy[512];            // a control group of this test's own
static char top[32];                   // its last component
static char name[32];                  // '@' in a group's name: unlike any on this machine
static char id_a[65], id_b[65];        // 'A' and 'B' likewise: two ids of Docker's
static pid_t started[16];              // our children, to be ended
static size_t n_started;
static struct snapshot *snapshot;

static inline bool remove_groups(const char *path)
{
    char *const find[] = {
        (char *)"find",  (char *)path,    (char *)"-depth", (char *)"-type", (char *)"d",
        (char *)"-exec", (char *)"rmdir", (char *)"{}",     (char *)"+",     NULL};
    pid_t pid = fork();
    int status = 1;

    if (pid == 0) {
        (void)close(STDERR_FILENO);
        (void)execvp(find[0], find);
        _exit(127);
    }
    (void)waitpid(pid, &status, 0);
    return access(path, F_OK) < 0;
}

// A group is empty only when the kernel has taken its dead away.
static inline void remove_hierarchy(void)
{
    for (int i = 0; i < 5000 && !remove_groups(hierarchy); i++)
        (void)usleep(1000);
}

// A hierarchy in which this test may make groups: cgroup v2, or one of v1's.
static inline void make_hierarchy(void)
{
    static const char *const mounts[] = {"/sys/fs/cgroup", "/sys/fs/cgroup/unified",
                                         "/sys/fs/cgroup/pids", "/sys/fs/cgroup/memory"};

    (void)snprintf(top, sizeof top, "davit-unit-%d", (int)runner);
    for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
        char file[600];

        (void)snprintf(file, sizeof file, "%s/cgroup.procs", mounts[i]);
        (void)snprintf(hierarchy, sizeof hierarchy, "%s/%s", mounts[i], top);
        if (access(file, W_OK) < 0)
            continue;
        remove_hierarchy(); // of a test that has failed before
        if (mkdir(hierarchy, 0755) == 0)
            return;
    }
    ck_abort_msg("there is no hierarchy of control groups to write to");
}

static inline void set_up(void)
{
    temporary_directory(directory);
    (void)snprintf(name, sizeof name, "web-%d", (int)getpid());
    (void)snprintf(id_a, sizeof id_a, "aa%062x", (unsigned)getpid());
    (void)snprintf(id_b, sizeof id_b, "bb%062x", (unsigned)getpid());
    make_hierarchy();
}

static inline void expand(const char *group, char out[512])
{
    size_t n = 0;

    for (; *group; group++) {
        const char *word = *group == '@'   ? name
                           : *group == 'A' ? id_a
                           : *group == 'B' ? id_b
                                           : NULL;

        if (word)
            n += (size_t)snprintf(out + n, 512 - n, "%s", word);
        else
            out[n++] = *group;
    }
    out[n] = '\0';
}

static inline void tear_down(void)
{
    char file[TEMPORARY_SIZE + 16];

    snapshot_free(snapshot);
    for (size_t i = 0; i < n_started; i++) {
        (void)kill(started[i], SIGKILL);
        (void)waitpid(started[i], NULL, 0);
    }
    remove_hierarchy();
    ck_assert_int_lt(access(hierarchy, F_OK), 0);
    (void)snprintf(file, sizeof file, "%s/s", directory);
    (void)unlink(file); // a daemon's socket
    (void)rmdir(directory);
}

static inline void join(const char *group)
{
    char path[1200];
    int fd;

    (void)snprintf(path, sizeof path, "%s/%s", hierarchy, group);
    if (file_make_directories(path, 0755, &err) < 0)
        _exit(2);
    (void)strcat(path, "/cgroup.procs");
    fd = open(path, O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "0", 1) != 1)
        _exit(3);
    (void)close(fd);
}

static inline void report(int fd, pid_t pid)
{
    if (write(fd, &pid, sizeof pid) != sizeof pid)
        _exit(4);
}

static inline void own_mounts(void)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        _exit(5);
}

static inline void be(const char *group, unsigned flags, int ready)
{
    char nested[600];

    if (flags & START_MNT)
        own_mounts();
    if (flags & START_NESTED && fork() == 0) {
        (void)snprintf(nested, sizeof nested, "%s/nested", group);
        join(nested);
        own_mounts();
    }
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (flags & START_ROOT &&
        (mount("none", directory, "tmpfs", 0, NULL) < 0 || chroot(directory) < 0 || chdir("/") < 0))
        _exit(6);
    if (write(ready, "x", 1) != 1)
        _exit(7);
    for (;;)
        (void)pause();
}

// Starts a process in `group` (NULL: in this test's own) and waits until it is as `flags` say. Its
// parent, when it has a pid namespace of its own, is on the host in the host's namespaces.
static inline pid_t start(const char *template, unsigned flags)
{
    int ready[2], number[2];
    pid_t pid, child;
    char byte, group[512];

    expand(template ? template : "", group);

    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(number, O_CLOEXEC), 0);
    child = fork();
    ck_assert_int_ge(child, 0);
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (template)
            join(group);
        if (flags & START_USER && (setresgid(USER, USER, USER) < 0 ||
                                   setresuid(USER, USER, USER) < 0 || unshare(CLONE_NEWUSER) < 0))
            _exit(9);
        if (flags & START_PID && unshare(CLONE_NEWPID) < 0)
            _exit(8);
        pid = flags & START_PID ? fork() : 0;
        if (pid == 0) {
            if (!(flags & START_PID))
                report(number[1], getpid());
            be(group, flags, ready[1]);
        }
        report(number[1], pid);
        (void)waitpid(pid, NULL, 0);
        _exit(0);
    }
    started[n_started++] = child;
    (void)close(ready[1]);
    (void)close(number[1]);
    ck_assert_int_eq((int)read(number[0], &pid, sizeof pid), (int)sizeof pid);
    for (int i = 0; i < (flags & START_NESTED ? 2 : 1); i++)
        ck_assert_msg(read(ready[0], &byte, 1) == 1, "the process could not be set up");
    (void)close(ready[0]);
    (void)close(number[0]);
    return pid;
}

// No daemon is asked: there is none behind this socket.
static struct runtime_options options = {.docker_endpoint = "/nonexistent/docker.sock"};

static inline void look(void)
{
    snapshot_free(snapshot);
    snapshot = NULL;
    ck_assert_msg(snapshot_take(&options, &snapshot, &err) == 0, "%s", err.message);
}

static const struct container *of_pid(pid_t pid)
{
    for (size_t i = 0; i < snapshot->n_containers; i++)
        if (snapshot->containers[i].pid == pid)
            return &snapshot->containers[i];
    return NULL;
}

static inline uint64_t inode_of(pid_t pid, const char *which)
{
    char path[64], link[64];
    ssize_t n;

    (void)snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, which);
    n = readlink(path, link, sizeof link - 1);
    ck_assert_int_gt((int)n, 0);
    link[n] = '\0';
    return strtoull(strchr(link, '[') + 1, NULL, 10);
}

static const struct container *of_id(const char *id)
{
    const struct container *found = NULL;

    for (size_t i = 0; i < snapshot->n_containers; i++) {
        if (strcmp(snapshot->containers[i].id, id) != 0)
            continue;
        ck_assert_ptr_null(found); // listed once
        found = &snapshot->containers[i];
    }
    ck_assert_ptr_nonnull(found);
    return found;
}

static inline void join_namespace(pid_t pid, const char *which)
{
    char path[64];
    int fd;

    (void)snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, which);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, 0) < 0)
        _exit(1);
    (void)close(fd);
}

static inline void put(pid_t pid, const char *group)
{
    char file[700], number[16];
    int fd;

    (void)snprintf(file, sizeof file, "%s/cgroup.procs", group);
    (void)snprintf(number, sizeof number, "%d", (int)pid);
    ck_assert_int_eq(file_make_directories(group, 0755, &err), 0);
    fd = open(file, O_WRONLY | O_CLOEXEC);
    ck_assert_int_eq((int)write(fd, number, strlen(number)), (int)strlen(number));
    (void)close(fd);
}

#endif
