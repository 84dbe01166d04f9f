/*
 * Many processes that do nothing, for what a scan of all processes costs.
 *
 *   bench_crowd COUNT                has COUNT children, makes the file /crowd, stays until SIGTERM
 *   bench_crowd --start FILE COUNT   the same in the background, with its pid in FILE; returns when
 *                                    all of them are there
 *   bench_crowd --stop FILE          ends that crowd and returns when all of them are gone
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
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

// A member ends with its leader, however that ends.
static void be_member(pid_t leader)
{
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || getppid() != leader)
        _exit(1);
    for (;;)
        pause();
}

// Writes a byte to `ready` when the crowd is complete.
static int lead(int count, const char *file, int ready)
{
    pid_t leader = getpid(), *members = calloc((size_t)count, sizeof *members);
    sigset_t set;
    int n = 0, signal_number;

    // Blocked from the start, for SIGTERM has to find an init of a pid namespace too.
    sigemptyset(&set);
    sigaddset(&set, SIGTERM);
    if (!members || sigprocmask(SIG_BLOCK, &set, NULL) != 0)
        return failed("setup");
    for (; n < count; n++) {
        members[n] = fork();
        if (members[n] == 0)
            be_member(leader);
        if (members[n] < 0)
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
