/*
 * Many processes that do nothing, for what a scan of all processes costs.
 *
 *   bench_crowd COUNT                has COUNT children, makes the file /crowd, stays until SIGTERM
 *   bench_crowd --start FILE COUNT   the same in the background, with its pid in FILE; returns when
 *                                    all of them are there
 *   bench_crowd --stop FILE          ends that crowd and returns when all of them are gone
 *
 * With CROWD_GROUPS=DIRECTORY of a control group hierarchy each child is a container to whoever
 * looks: it has a mount namespace and DIRECTORY/lxc.payload.crowd-0000 of its own, from 0000 on.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MOST 100000

static int failed(const char *what)
{
    fprintf(stderr, "bench_crowd: %s: %s\n", what, strerror(errno));
    return 1;
}

static int write_pid(const char *path, pid_t pid)
{
    FILE *file = fopen(path, "w");

    if (!file)
        return failed(path);
    fprintf(file, "%d\n", (int)pid);
    return fclose(file) == 0 ? 0 : failed(path);
}

static void group_of(char *out, size_t size, int number, const char *file)
{
    (void)snprintf(out, size, "%s/lxc.payload.crowd-%04d%s", getenv("CROWD_GROUPS"), number, file);
}

// Into a group and a mount namespace of its own.
static int be_container(int number)
{
    char path[4096];
    int fd;

    group_of(path, sizeof path, number, "");
    if (mkdir(path, 0755) != 0 || unshare(CLONE_NEWNS) != 0)
        return -1;
    group_of(path, sizeof path, number, "/cgroup.procs");
    fd = open(path, O_WRONLY | O_CLOEXEC);
    return fd >= 0 && write(fd, "0", 1) == 1 && close(fd) == 0 ? 0 : -1;
}

// A member ends with its leader, however that ends.
static void be_member(pid_t leader, int number, int ready)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != leader)
        _exit(1);
    if (getenv("CROWD_GROUPS") && (be_container(number) != 0 || write(ready, "", 1) != 1)) {
        perror("bench_crowd: a container");
        _exit(1);
    }
    for (;;)
        pause();
}

// Writes a byte to `ready` when the crowd is complete.
static int lead(int count, const char *file, int ready)
{
    pid_t leader = getpid(), *members = calloc((size_t)count, sizeof *members);
    int n = 0, signal_number, made[2];
    sigset_t set;
    char byte;

    // Blocked from the start, for SIGTERM has to find an init of a pid namespace too.
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    if (!members || sigprocmask(SIG_BLOCK, &set, NULL) != 0 || pipe2(made, O_CLOEXEC) != 0)
        return failed("setup");
    for (; n < count; n++) {
        members[n] = fork();
        if (members[n] == 0)
            be_member(leader, n, made[1]);
        if (members[n] < 0 || (getenv("CROWD_GROUPS") && read(made[0], &byte, 1) != 1))
            break;
    }
    if (n < count)
        (void)failed("fork");
    else if (write_pid(file, leader) == 0 && write(ready, "", 1) == 1)
        (void)sigwait(&set, &signal_number);
    for (int i = 0; i < n; i++)
        (void)kill(members[i], SIGKILL);
    for (int i = 0; i < n; i++)
        (void)waitpid(members[i], NULL, 0);
    for (int i = 0; i < n && getenv("CROWD_GROUPS"); i++) {
        char path[4096];

        group_of(path, sizeof path, i, "");
        // It is empty only when the kernel has taken its dead away.
        for (int tries = 0; rmdir(path) != 0 && errno == EBUSY && tries < 1000; tries++)
            (void)usleep(1000);
    }
    free(members);
    return n == count ? 0 : 1;
}

static int start(const char *file, int count)
{
    int ready[2];
    char byte;

    if (pipe2(ready, O_CLOEXEC) != 0)
        return failed("pipe");
    switch (fork()) {
    case -1:
        return failed("fork");
    case 0:
        (void)setsid();
        (void)close(ready[0]);
        _exit(lead(count, file, ready[1]));
    default:
        (void)close(ready[1]);
        // The members hold the other end too: it closes when the last of them has ended.
        return read(ready[0], &byte, 1) == 1 ? 0 : 1;
    }
}

static int stop(const char *path)
{
    struct pollfd leader = {.events = POLLIN};
    FILE *file = fopen(path, "r");
    int pid, n = file ? fscanf(file, "%d", &pid) : 0;

    if (file)
        (void)fclose(file);
    if (n != 1 || pid <= 1)
        return failed(path);
    leader.fd = (int)syscall(SYS_pidfd_open, pid, 0);
    if (leader.fd < 0 || kill(pid, SIGTERM) != 0 || poll(&leader, 1, -1) != 1)
        return failed("stop");
    return unlink(path) == 0 ? 0 : failed(path);
}

int main(int argc, char **argv)
{
    int count = argc > 1 ? atoi(argv[argc - 1]) : 0, none;

    if (argc == 3 && strcmp(argv[1], "--stop") == 0)
        return stop(argv[2]);
    if (argc == 4 && strcmp(argv[1], "--start") == 0 && count > 0 && count <= MOST)
        return start(argv[2], count);
    none = open("/dev/null", O_WRONLY | O_CLOEXEC);
    if (argc == 2 && count > 0 && count <= MOST && none >= 0)
        return lead(count, "/crowd", none);
    fputs("usage: bench_crowd COUNT | --start FILE COUNT | --stop FILE\n", stderr);
    return 2;
}
