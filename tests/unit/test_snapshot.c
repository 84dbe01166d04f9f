// Real processes in real namespaces and control groups, as one snapshot sees them.
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
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
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

static bool remove_groups(const char *path)
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
static void remove_hierarchy(void)
{
    for (int i = 0; i < 5000 && !remove_groups(hierarchy); i++)
        (void)usleep(1000);
}

// A hierarchy in which this test may make groups: cgroup v2, or one of v1's.
static void make_hierarchy(void)
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

static void set_up(void)
{
    temporary_directory(directory);
    (void)snprintf(name, sizeof name, "web-%d", (int)getpid());
    (void)snprintf(id_a, sizeof id_a, "aa%062x", (unsigned)getpid());
    (void)snprintf(id_b, sizeof id_b, "bb%062x", (unsigned)getpid());
    make_hierarchy();
}

static void expand(const char *group, char out[512])
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

static void tear_down(void)
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

static void join(const char *group)
{
    char path[1024];
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

static void report(int fd, pid_t pid)
{
    if (write(fd, &pid, sizeof pid) != sizeof pid)
        _exit(4);
}

static void own_mounts(void)
{
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
        _exit(5);
}

static void be(const char *group, unsigned flags, int ready)
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
static pid_t start(const char *template, unsigned flags)
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

static void look(void)
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

static uint64_t inode_of(pid_t pid, const char *which)
{
    char path[64], link[64];
    ssize_t n;

    (void)snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, which);
    n = readlink(path, link, sizeof link - 1);
    ck_assert_int_gt((int)n, 0);
    link[n] = '\0';
    return strtoull(strchr(link, '[') + 1, NULL, 10);
}

// Services and shells with namespaces of their own are no containers, alone or all together.
static const unsigned none[] = {0, START_MNT, START_PID, START_MNT | START_PID,
                                START_MNT | START_ROOT};

START_TEST(test_no_container)
{
    pid_t pid = start(NULL, none[_i]);
    pid_t in_group = start("web", none[_i]);

    look();
    ck_assert_ptr_null(of_pid(pid));
    ck_assert_ptr_null(of_pid(in_group));
}
END_TEST

START_TEST(test_general)
{
    pid_t pid = start("web", START_MNT | START_PID | START_ROOT);
    const struct container *c;

    look();
    c = of_pid(pid);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(c->runtime, top);
    ck_assert_str_eq(c->name, "web");
    ck_assert_str_eq(c->id, "web");
    ck_assert_int_eq(c->name_source, NAME_FROM_CGROUP);
    ck_assert_int_eq(c->state, CONTAINER_RUNNING);
    ck_assert_uint_eq(c->mnt_ns, inode_of(pid, "mnt"));
    ck_assert_uint_eq(c->userns, 0);
    ck_assert_uint_ne(c->start_time, 0);
    ck_assert_uint_eq(c->n_processes, 1);
    ck_assert(c->started > 1700000000);
}
END_TEST

START_TEST(test_without_group)
{
    pid_t pid = start(NULL, START_MNT | START_PID | START_ROOT);
    const struct container *c;

    look();
    c = of_pid(pid);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(c->runtime, "proc");
    ck_assert_str_eq(c->name, "test_snapshot");
}
END_TEST

// Mount namespaces of one container, made by it or by services in it, and its subgroups.
static const struct {
    const char *group;
    unsigned flags;
    const char *runtime, *id;
} nested[] = {
    {"lxc.payload.@", START_MNT | START_PID | START_ROOT, "lxc", "@"},
    {"docker/A", START_MNT | START_PID, "docker", "A"},
    {"docker/A", START_MNT, "docker", "A"}, // --pid=host
    {"docker/A/docker/B", START_MNT | START_PID, "docker", "B"},
    {"scratch/@", START_MNT | START_PID | START_ROOT, "scratch", "@"},
};

START_TEST(test_nested)
{
    pid_t pid = start(nested[_i].group, nested[_i].flags | START_NESTED);
    const struct container *c;
    char id[512];
    size_t n = 0;

    expand(nested[_i].id, id);
    look();
    c = of_pid(pid);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(c->runtime, nested[_i].runtime);
    ck_assert_str_eq(c->id, id);
    ck_assert_uint_eq(c->mnt_ns, inode_of(pid, "mnt"));
    ck_assert_uint_eq(c->n_nested, 1);
    ck_assert_uint_ne(c->nested[0], c->mnt_ns);
    ck_assert_uint_eq(c->n_processes, 2);
    for (size_t i = 0; i < snapshot->n_containers; i++)
        n += strstr(snapshot->containers[i].id, id) != NULL;
    ck_assert_uint_eq(n, 1);
}
END_TEST

// A process that has entered from the host is not the container's init, although it is older and
// has a lower pid.
static const unsigned visited[] = {START_MNT | START_PID, START_MNT};

START_TEST(test_visitor)
{
    int orders[2], ready[2], ns;
    pid_t visitor, init;
    char path[64], byte;

    ck_assert_int_eq(pipe2(orders, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    visitor = fork();
    if (visitor == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        if (read(orders[0], path, sizeof path) != sizeof path)
            _exit(1);
        ns = open(path, O_RDONLY | O_CLOEXEC);
        if (ns < 0 || setns(ns, CLONE_NEWNS) < 0 || write(ready[1], "x", 1) != 1)
            _exit(2);
        for (;;)
            (void)pause();
    }
    started[n_started++] = visitor;
    (void)close(ready[1]);
    init = start("docker/A", visited[_i]);
    memset(path, 0, sizeof path);
    (void)snprintf(path, sizeof path, "/proc/%d/ns/mnt", (int)init);
    ck_assert_int_eq((int)write(orders[1], path, sizeof path), (int)sizeof path);
    ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
    look();
    ck_assert_ptr_null(of_pid(visitor));
    ck_assert_ptr_nonnull(of_pid(init));
    ck_assert_uint_eq(of_pid(init)->n_processes, 2);
}
END_TEST

START_TEST(test_same_names)
{
    unsigned flags = START_MNT | START_PID | START_ROOT;
    pid_t one = start("a/scratch/@", flags), two = start("b/scratch/@", flags);
    char id[64];

    look();
    ck_assert_ptr_nonnull(of_pid(one));
    ck_assert_ptr_nonnull(of_pid(two));
    ck_assert_str_eq(of_pid(one)->name, name);
    ck_assert_str_eq(of_pid(two)->name, name);
    (void)snprintf(id, sizeof id, "%s-%d", name, (int)one);
    ck_assert_str_eq(of_pid(one)->id, id);
    (void)snprintf(id, sizeof id, "%s-%d", name, (int)two);
    ck_assert_str_eq(of_pid(two)->id, id);
}
END_TEST

// A container that may make control groups gives itself another's id: the other keeps it.
START_TEST(test_forged_id)
{
    pid_t forger = start("docker/B/docker/A", START_MNT | START_PID);
    pid_t real = start("docker/A", START_MNT | START_PID);

    look();
    ck_assert_ptr_nonnull(of_pid(real));
    ck_assert_str_eq(of_pid(real)->id, id_a);
    ck_assert_ptr_nonnull(of_pid(forger));
    ck_assert_str_ne(of_pid(forger)->id, id_a);
}
END_TEST

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

static void assert_refused(const char *selector, pid_t one, pid_t two)
{
    struct container *c = NULL;
    char number[16];

    err = (struct error){.code = ERROR_NONE};
    ck_assert_int_lt(container_find(&options, selector, &c, &err), 0);
    ck_assert_msg(err.code == ERROR_AMBIGUOUS, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, "two unrelated process trees"));
    (void)snprintf(number, sizeof number, "pid %d", (int)one);
    ck_assert_ptr_nonnull(strstr(err.message, number));
    (void)snprintf(number, sizeof number, "pid %d", (int)two);
    ck_assert_ptr_nonnull(strstr(err.message, number));
    ck_assert_ptr_nonnull(strstr(err.hint, "pid:N"));
}

// A container that may write to the groups' filesystem moves itself into another's group, or into
// one that only looks like it. Neither is taken; who is the first of the two says nothing.
static const struct {
    const char *group;
    unsigned flags;
    const char *other_group;
    unsigned other_flags;
    bool first; // which of them is listed
} claims[] = {
    {"docker/A", START_MNT | START_PID, "docker/A", START_MNT | START_PID, true},
    {"docker/A", START_MNT | START_PID, "docker/A/deeper", START_MNT | START_PID, true},
    {"docker/A", START_MNT | START_PID, "x/y/z/docker-A.scope", START_MNT | START_PID, true},
    {"x/y/z/docker-A.scope", START_MNT | START_PID, "docker/A", START_MNT | START_PID, true},
    {"libpod-A.scope", START_MNT | START_PID, "docker/A", START_MNT | START_PID, true},
    // docker run --pid=host: both, the attacker, the victim
    {"docker/A", START_MNT, "docker/A", START_MNT, true},
    {"docker/A", START_MNT | START_PID, "docker/A", START_MNT, false},
    {"docker/A", START_MNT, "docker/A", START_MNT | START_PID, true},
};

START_TEST(test_contested)
{
    pid_t one = start(claims[_i].group, claims[_i].flags);
    pid_t two = start(claims[_i].other_group, claims[_i].other_flags);
    const struct container *c;

    look();
    c = of_id(id_a);
    ck_assert(c->contested);
    ck_assert_int_eq(c->pid, claims[_i].first ? one : two);
    ck_assert_int_eq(c->rival, claims[_i].first ? two : one);
    ck_assert_uint_eq(c->n_nested, 0);
    ck_assert_uint_eq(c->n_processes, 1);
    assert_refused(id_a, one, two);
    // Without an engine's id too: …/RUNTIME/NAME.
    one = start("scratch/@", START_MNT | START_PID | START_ROOT);
    two = start("scratch/@", START_MNT | START_PID | START_ROOT);
    assert_refused(name, one, two);
}
END_TEST

static void join_namespace(pid_t pid, const char *which)
{
    char path[64];
    int fd;

    (void)snprintf(path, sizeof path, "/proc/%d/ns/%s", (int)pid, which);
    fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || setns(fd, 0) < 0)
        _exit(1);
    (void)close(fd);
}

static void put(pid_t pid, const char *group)
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

static int confirm(const struct container *known)
{
    struct container *found = NULL;
    int r = container_confirm(known, &found, &err);

    if (r == 0) {
        ck_assert_str_eq(found->id, known->id);
        ck_assert_str_eq(found->name, known->name);
        ck_assert_str_eq(found->runtime, known->runtime);
        ck_assert_int_eq(found->pid, known->pid);
        ck_assert_uint_eq(found->start_time, known->start_time);
        ck_assert_uint_eq(found->mnt_ns, known->mnt_ns);
        container_free(found);
    }
    return r;
}

// Of a control group with an id alone (dockerd's --cgroup-parent) a daemon has said whose it is.
START_TEST(test_confirm_said)
{
    pid_t pid = start("workloads/A", START_MNT | START_PID);
    struct container known;

    look();
    ck_assert_ptr_nonnull(of_pid(pid));
    known = *of_pid(pid);
    known.name = (char *)"web";
    known.runtime = (char *)"docker";
    known.name_source = NAME_FROM_DISK;
    ck_assert_int_eq(confirm(&known), 1);
    known.name_source = NAME_FROM_DAEMON;
    ck_assert_int_eq(confirm(&known), 0);
}
END_TEST

// Everything that is known must be so still.
START_TEST(test_confirm)
{
    pid_t pid = start("docker/A", START_MNT | START_PID);
    struct container known;
    char group[600];

    look();
    ck_assert_ptr_nonnull(of_pid(pid));
    known = *of_pid(pid);
    ck_assert_int_eq(confirm(&known), 1); // nobody has named it: a daemon may know better
    known.name = (char *)"web";
    known.name_source = NAME_FROM_DAEMON;
    ck_assert_int_eq(confirm(&known), 0);
    known.contested = true;
    ck_assert_int_eq(confirm(&known), 1);
    known.contested = false;
    known.start_time++;
    ck_assert_int_eq(confirm(&known), 1);
    known.start_time--;
    known.mnt_ns++;
    ck_assert_int_eq(confirm(&known), 1);
    known.mnt_ns--;
    known.userns++;
    ck_assert_int_eq(confirm(&known), 1);
    known.userns--;
    known.outer = id_b;
    ck_assert_int_eq(confirm(&known), 1);
    known.outer = NULL;
    known.pid = getpid();
    ck_assert_int_eq(confirm(&known), 1);
    known.pid = pid;
    ck_assert_int_eq(confirm(&known), 0);
    // The same process, by another container's id.
    (void)snprintf(group, sizeof group, "%s/docker/%s", hierarchy, id_b);
    put(pid, group);
    ck_assert_int_eq(confirm(&known), 1);
    (void)snprintf(group, sizeof group, "%s/docker/%s", hierarchy, id_a);
    put(pid, group);
    ck_assert_int_eq(confirm(&known), 0);
    (void)kill(pid, SIGKILL);
    (void)waitpid(started[--n_started], NULL, 0);
    ck_assert_int_eq(confirm(&known), 1);
}
END_TEST

// Without a cgroup that names it there is nothing to compare.
START_TEST(test_confirm_nameless)
{
    pid_t pid = start(NULL, START_MNT | START_PID | START_ROOT);

    look();
    ck_assert_ptr_nonnull(of_pid(pid));
    ck_assert_int_eq(confirm(of_pid(pid)), 1);
}
END_TEST

// One hierarchy names one container, another one another: with cgroup v1 and on hybrid hosts.
START_TEST(test_two_hierarchies)
{
    static const char mounted[] = "/sys/fs/cgroup/systemd";
    char second[512], group[600], id[65];
    struct container *c = NULL;
    pid_t pid;

    if (access("/sys/fs/cgroup/systemd/cgroup.procs", W_OK) < 0)
        return;
    pid = start("docker/A", START_MNT | START_PID);
    (void)snprintf(second, sizeof second, "%s/%s", mounted, top);
    (void)snprintf(group, sizeof group, "%s/docker/%s", second, id_b);
    put(pid, group);
    look();
    ck_assert_ptr_nonnull(of_pid(pid));
    ck_assert(of_pid(pid)->contested);
    ck_assert_int_eq(of_pid(pid)->rival, 0);
    (void)snprintf(id, sizeof id, "%s", of_pid(pid)->id);
    ck_assert_int_lt(container_find(&options, id, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_AMBIGUOUS);
    ck_assert_ptr_nonnull(strstr(err.message, "and another one"));
    (void)snprintf(group, sizeof group, "pid:%d", (int)pid);
    ck_assert_int_eq(container_find(&options, group, &c, &err), 0);
    ck_assert_int_eq(c->pid, pid);
    container_free(c);
    put(pid, mounted);
    ck_assert(remove_groups(second));
}
END_TEST

// A process in the init's pid namespace and group whose parent is outside, with a mount namespace
// of its own: as docker exec makes it, or with a root too docker run --pid=container:ID.
static void enter(pid_t init, unsigned flags)
{
    char group[512], byte;
    pid_t child;
    int ready[2];

    expand("docker/A", group);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    child = fork();
    if (child == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        join(group);
        join_namespace(init, "pid");
        if (fork() == 0) {
            if (!(flags & START_ROOT))
                join_namespace(init, "mnt");
            be(group, START_MNT | flags, ready[1]);
        }
        (void)waitpid(-1, NULL, 0);
        _exit(0);
    }
    started[n_started++] = child;
    (void)close(ready[1]);
    ck_assert_int_eq((int)read(ready[0], &byte, 1), 1);
    (void)close(ready[0]);
}

START_TEST(test_entered)
{
    pid_t init = start("docker/A", START_MNT | START_PID);

    enter(init, 0);
    look();
    ck_assert_int_eq(of_id(id_a)->pid, init);
    ck_assert(!of_id(id_a)->contested);
    // Not out of the container, but beside it: whose id it is cannot be told.
    enter(init, START_ROOT);
    look();
    ck_assert_int_eq(of_id(id_a)->pid, init);
    ck_assert(of_id(id_a)->contested);
}
END_TEST

// Named from inside a container: nobody of this host's is called so.
START_TEST(test_named_inside)
{
    pid_t init = start("docker/A/lxc.payload.@", START_MNT | START_PID);
    const struct container *found, *c;
    char id[256], listed[128], selector[64];

    (void)start("docker/A", START_MNT | START_PID);
    (void)snprintf(id, sizeof id, "lxc/%s/%s", id_a, name);
    (void)snprintf(listed, sizeof listed, "%.12s/%s", id_a, name);
    (void)snprintf(selector, sizeof selector, "lxc/%s", name);
    look();
    c = of_pid(init);
    ck_assert_ptr_nonnull(c);
    ck_assert_str_eq(c->runtime, "lxc");
    ck_assert_str_eq(c->name, listed);
    ck_assert_str_eq(c->id, id);
    ck_assert_str_eq(c->outer, id_a);
    ck_assert_int_lt(container_select(snapshot, name, &found, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    ck_assert_int_lt(container_select(snapshot, selector, &found, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    ck_assert_int_eq(container_select(snapshot, id, &found, &err), 0);
    ck_assert_ptr_eq(found, c);
}
END_TEST

// A daemon that has container A, of this name and pid.
static void serve(int socket, pid_t pid)
{
    char list[512], details[512], request[4096];

    (void)snprintf(list, sizeof list, "[{\"Id\":\"%s\",\"Names\":[\"/%s\"],\"State\":\"running\"}]",
                   id_a, name);
    (void)snprintf(details, sizeof details,
                   "{\"Id\":\"%s\",\"Name\":\"/%s\",\"State\":{\"Running\":%s,\"Pid\":%d}}", id_a,
                   name, pid ? "true" : "false", (int)pid);
    for (;;) {
        int fd = accept4(socket, NULL, NULL, SOCK_CLOEXEC);
        ssize_t n;

        while (fd >= 0 && (n = read(fd, request, sizeof request - 1)) > 0) {
            const char *body;

            request[n] = '\0';
            body = strstr(request, "filters") ? (strstr(request, name) ? list : "[]") : details;

            (void)dprintf(fd,
                          "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: "
                          "application/json\r\nContent-Length: %zu\r\n\r\n%s",
                          strlen(body), body);
        }
        (void)close(fd);
    }
}

static void start_daemon(pid_t pid)
{
    static char path[TEMPORARY_SIZE + 16];
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    (void)snprintf(path, sizeof path, "%s/s", directory);
    (void)unlink(path);
    ck_assert_uint_lt(strlen(path), sizeof address.sun_path);
    strcpy(address.sun_path, path);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 4), 0);
    started[n_started] = fork();
    if (started[n_started] == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        serve(fd, pid);
    }
    n_started++;
    (void)close(fd);
    options.docker_endpoint = path;
}

static const struct container *listed_with_pid(pid_t pid)
{
    for (size_t i = 0; i < snapshot->n_containers; i++)
        if (snapshot->containers[i].pid == pid)
            return &snapshot->containers[i];
    ck_abort_msg("process %d is in no list", (int)pid);
    return NULL;
}

// A user who may make control groups, as systemd's users may, claims root's ids and names: root's
// is what is found, is not contested, and the user's goes by the user.
START_TEST(test_users_claims)
{
    static const char *const groups[] = {"docker/A", "lxc.payload.@", "scratch/@"};
    const char *const selectors[] = {id_a, name, name};
    const struct container *user;
    char selector[64];
    struct container *c = NULL;
    // The user's is the older one.
    pid_t users = start(groups[_i], START_MNT | START_PID | START_ROOT | START_USER);
    pid_t roots = start(groups[_i], START_MNT | START_PID | START_ROOT);

    ck_assert_msg(container_find(&options, selectors[_i], &c, &err) == 0, "%s", err.message);
    ck_assert_int_eq(c->pid, roots);
    ck_assert(!c->contested && !c->user);
    container_free(c);
    ck_assert_int_eq(snapshot_take(&options, &snapshot, &err), 0);
    user = listed_with_pid(users);
    ck_assert_uint_eq(user->owner, USER);
    ck_assert(!user->contested);
    ck_assert_str_eq(user->user, "4711");
    ck_assert_str_ne(user->id, listed_with_pid(roots)->id);
    (void)snprintf(selector, sizeof selector, "4711/%s", user->name);
    ck_assert_msg(container_find(&options, selector, &c, &err) == 0, "%s", err.message);
    ck_assert_int_eq(c->pid, users);
    container_free(c);
}
END_TEST

// Nothing of root's is there, and the user's is not taken for it.
START_TEST(test_users_name)
{
    pid_t users = start("lxc.payload.@", START_MNT | START_PID | START_ROOT | START_USER);
    char selector[64];
    struct container *c = NULL;

    ck_assert_int_lt(container_find(&options, name, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    (void)snprintf(selector, sizeof selector, "lxc/%s", name);
    ck_assert_int_lt(container_find(&options, selector, &c, &err), 0);
    ck_assert_ptr_nonnull(strstr(err.hint, "4711/"));
    (void)snprintf(selector, sizeof selector, "pid:%d", (int)users);
    ck_assert_int_eq(container_find(&options, selector, &c, &err), 0);
    ck_assert_uint_eq(c->owner, USER);
    container_free(c);
}
END_TEST

// What a daemon says of the pid decides, if that process's group says so too.
START_TEST(test_daemon_decides)
{
    const char *const selectors[] = {id_a, name};
    pid_t attacker = start("docker/A", START_MNT | START_PID);
    pid_t victim = start("docker/A", START_MNT | START_PID);
    pid_t other = start("docker/B", START_MNT | START_PID);
    struct container *c = NULL;

    start_daemon(victim);
    for (size_t i = 0; i < ARRAY_SIZE(selectors); i++) {
        ck_assert_msg(container_find(&options, selectors[i], &c, &err) == 0, "%s", err.message);
        ck_assert_int_eq(c->pid, victim);
        ck_assert_uint_eq(c->mnt_ns, inode_of(victim, "mnt"));
        ck_assert(!c->contested);
        ck_assert_str_eq(c->name, name);
        container_free(c);
    }
    start_daemon(other);
    assert_refused(name, attacker, victim);
    start_daemon(0);
    assert_refused(name, attacker, victim);
}
END_TEST

// The only process that claims an id, and the daemon knows better.
START_TEST(test_daemon_contradicts)
{
    struct container *c = NULL;

    (void)start("docker/A", START_MNT | START_PID);
    start_daemon(0);
    ck_assert_int_lt(container_find(&options, id_a, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_GONE);
}
END_TEST

START_TEST(test_pid)
{
    pid_t service = start(NULL, START_MNT), host = start(NULL, 0);
    pid_t init = start("docker/A", START_MNT | START_PID | START_NESTED);
    struct container *c = NULL;
    char selector[32];

    (void)snprintf(selector, sizeof selector, "pid:%d", (int)init);
    ck_assert_int_eq(container_find(&options, selector, &c, &err), 0);
    ck_assert_str_eq(c->id, id_a);
    ck_assert_str_eq(c->runtime, "docker");
    ck_assert_int_eq(c->pid, init);
    ck_assert_uint_eq(c->mnt_ns, inode_of(init, "mnt"));
    container_free(c);
    // Asked for by its number a service will do: the administrator has said what is meant.
    (void)snprintf(selector, sizeof selector, "pid:%d", (int)service);
    ck_assert_int_eq(container_find(&options, selector, &c, &err), 0);
    ck_assert_int_eq(c->pid, service);
    ck_assert_str_eq(c->runtime, "proc");
    container_free(c);
    (void)snprintf(selector, sizeof selector, "pid:%d", (int)host);
    ck_assert_int_lt(container_find(&options, selector, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NO_CONTAINER);
    ck_assert_ptr_nonnull(strstr(err.message, "the host's"));
    ck_assert_int_lt(container_find(&options, "pid:2147483647", &c, &err), 0);
    ck_assert_ptr_nonnull(strstr(err.message, "no process 2147483647"));
}
END_TEST

// By name, and without a daemon.
START_TEST(test_find)
{
    pid_t web = start("lxc.payload.@", START_MNT | START_PID | START_ROOT);
    struct container *c = NULL;
    char selector[64];

    (void)start("scratch/@", START_MNT | START_PID | START_ROOT);
    (void)start("docker/A", START_MNT);
    (void)snprintf(selector, sizeof selector, "lxc/%s", name);
    ck_assert_int_eq(container_find(&options, selector, &c, &err), 0);
    ck_assert_int_eq(c->pid, web);
    container_free(c);
    ck_assert_int_eq(container_find(&options, id_a, &c, &err), 0);
    ck_assert_str_eq(c->id, id_a);
    container_free(c);
    ck_assert_int_lt(container_find(&options, name, &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_AMBIGUOUS);
    ck_assert_int_lt(container_find(&options, "/web", &c, &err), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
}
END_TEST

START_TEST(test_runtimes_and_order)
{
    unsigned flags = START_MNT | START_PID | START_ROOT;
    struct runtime_options only = options;
    struct snapshot *some = NULL;

    (void)start("scratch/b", flags);
    (void)start("scratch/a", flags);
    (void)start("lxc.payload.z", flags);
    look();
    for (size_t i = 1; i < snapshot->n_containers; i++)
        ck_assert_int_le(
            strcmp(snapshot->containers[i - 1].runtime, snapshot->containers[i].runtime), 0);
    only.runtimes = "nothing,scratch";
    ck_assert_int_eq(snapshot_take(&only, &some, &err), 0);
    ck_assert_uint_ge(some->n_containers, 2);
    for (size_t i = 0; i < some->n_containers; i++)
        ck_assert_str_eq(some->containers[i].runtime, "scratch");
    snapshot_free(some);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_checked_fixture(tests, set_up, tear_down);
    tcase_add_loop_test(tests, test_no_container, 0, ARRAY_SIZE(none));
    tcase_add_test(tests, test_general);
    tcase_add_test(tests, test_without_group);
    tcase_add_loop_test(tests, test_nested, 0, ARRAY_SIZE(nested));
    tcase_add_loop_test(tests, test_visitor, 0, ARRAY_SIZE(visited));
    tcase_add_test(tests, test_same_names);
    tcase_add_test(tests, test_forged_id);
    tcase_add_loop_test(tests, test_contested, 0, ARRAY_SIZE(claims));
    tcase_add_test(tests, test_confirm);
    tcase_add_test(tests, test_confirm_said);
    tcase_add_test(tests, test_confirm_nameless);
    tcase_add_test(tests, test_two_hierarchies);
    tcase_add_test(tests, test_entered);
    tcase_add_test(tests, test_named_inside);
    tcase_add_loop_test(tests, test_users_claims, 0, 3);
    tcase_add_test(tests, test_users_name);
    tcase_add_test(tests, test_daemon_decides);
    tcase_add_test(tests, test_daemon_contradicts);
    tcase_add_test(tests, test_pid);
    tcase_add_test(tests, test_find);
    tcase_add_test(tests, test_runtimes_and_order);
}

int main(void)
{
    runner = getpid();
    return run_suite("snapshot", add);
}
