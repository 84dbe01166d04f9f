#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum {
    GRACE_MS = 1000, /* between TERM and KILL for what the command left running */
    BUSY_MS = 500,   /* how long a busy volume is waited for before it goes lazily */
    BUSY_PAUSE_MS = 5,
};

static void pause_ms(long ms)
{
    const struct timespec t = {.tv_nsec = ms * 1000000L};

    nanosleep(&t, NULL);
}

static long elapsed_ms(const struct timespec *since)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

/* Ends every other process of the container. Returns when all are reaped. */
static void end_the_rest(const sigset_t *chld)
{
    const struct timespec grace = {.tv_sec = GRACE_MS / 1000,
                                   .tv_nsec = GRACE_MS % 1000 * 1000000L};
    struct timespec start;
    pid_t pid;

    clock_gettime(CLOCK_MONOTONIC, &start);
    kill(-1, SIGTERM);
    kill(-1, SIGCONT);
    while ((pid = waitpid(-1, NULL, WNOHANG)) >= 0) {
        if (pid > 0)
            continue;
        if (elapsed_ms(&start) >= GRACE_MS || sigtimedwait(chld, NULL, &grace) < 0)
            break;
    }
    kill(-1, SIGKILL);
    while (waitpid(-1, NULL, 0) > 0 || errno == EINTR)
        ;
}

/* Processes of the container may hold a volume: they are ended first. Others (somebody on the
 * host who entered) are waited for a little, then the volume goes lazily. */
static void volumes_unmount(const struct options *o, const sigset_t *chld)
{
    struct timespec start;

    end_the_rest(chld);
    for (size_t i = o->n_volumes; i-- > 0;) {
        const char *target = o->volumes[i].target;

        clock_gettime(CLOCK_MONOTONIC, &start);
        while (unmount_below(target, 0) > 0) {
            if (elapsed_ms(&start) < BUSY_MS) {
                pause_ms(BUSY_PAUSE_MS);
                continue;
            }
            fprintf(stderr, "scratch: %s: %s is still busy, unmounting it lazily\n", o->name,
                    target);
            unmount_below(target, MNT_DETACH);
            break;
        }
    }
}

static int log_open(const struct container *c)
{
    char path[4096];

    snprintf(path, sizeof path, "%s/log", c->dir);
    return open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
}

static void to_log(int log)
{
    int null = open("/dev/null", O_RDONLY | O_CLOEXEC);

    if (null >= 0)
        dup2(null, STDIN_FILENO);
    dup2(log, STDOUT_FILENO);
    dup2(log, STDERR_FILENO);
    if (null >= 0)
        close(null);
}

static pid_t command_start(const struct options *o, const sigset_t *blocked, int status_fd, int log)
{
    pid_t pid = fork();
    int saved, code;

    if (pid != 0)
        return pid;
    sigprocmask(SIG_UNBLOCK, blocked, NULL);
    clearenv();
    setenv("PATH", "/usr/local/bin:/bin:/sbin:/usr/bin:/usr/sbin", 1);
    setenv("HOME", "/root", 1);
    setenv("TERM", "xterm", 1);
    setenv("HOSTNAME", o->name, 1);
    saved = fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, 3);
    if (log >= 0) {
        setsid();
        to_log(log);
    }
    execvp(o->command[0], o->command);
    code = errno == ENOENT ? SCRATCH_NO_COMMAND : SCRATCH_CANNOT_EXEC;
    dprintf(saved, "scratch: cannot execute %s in the container: %s\n", o->command[0],
            strerror(errno));
    if (write(status_fd, "X", 1) != 1)
        code = SCRATCH_FAILED;
    _exit(code);
}

/* Reaps everything until the command ends; returns its wait status. A signal that the terminal
 * sent (SI_KERNEL) has reached the command already. */
static int command_wait(pid_t command, const sigset_t *signals)
{
    siginfo_t info;
    int status;
    pid_t pid;

    for (;;) {
        while ((pid = waitpid(-1, &status, WNOHANG)) > 0)
            if (pid == command)
                return status;
        if (sigwaitinfo(signals, &info) < 0)
            continue;
        if (info.si_signo != SIGCHLD && info.si_code != SI_KERNEL)
            kill(command, info.si_signo);
    }
}

int init_run(struct container *c, const struct options *o, int go_fd, int status_fd)
{
    struct pollfd hang_up = {.fd = go_fd};
    sigset_t signals, chld;
    int log = -1, status;
    pid_t command;
    char go;

    /* the order closes the gap: a supervisor that died before prctl has hung up the pipe */
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NAME, "scratch-init") != 0)
        return fail_errno("cannot tie init to its supervisor");
    if (read(go_fd, &go, 1) != 1 || poll(&hang_up, 1, 0) < 0 || (hang_up.revents & POLLHUP))
        return -1;
    close(go_fd);
    sigemptyset(&chld);
    sigaddset(&chld, SIGCHLD);
    signals = chld;
    for (size_t i = 0; i < 6; i++)
        sigaddset(&signals, (const int[]){SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2}[i]);
    sigprocmask(SIG_BLOCK, &signals, NULL);
    if (o->detach) {
        log = log_open(c);
        if (log < 0)
            return fail_errno("cannot open the log of %s", o->name);
    }
    if (root_set_up(c, o) != 0 || write(status_fd, "S", 1) != 1)
        return -1;
    command = command_start(o, &signals, status_fd, log);
    close(status_fd);
    close(c->record_fd);
    if (command < 0)
        return fail_errno("cannot start the command");
    if (log >= 0) {
        to_log(log);
        close(log);
    }
    status = command_wait(command, &signals);
    volumes_unmount(o, &chld);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
