#include "scratch.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILL_WAIT_SECONDS = 20 };

static const char usage[] =
    "usage: scratch run [OPTIONS] NAME -- COMMAND [ARGUMENT...]\n"
    "       scratch kill NAME          end a container at once and wait until it is cleaned up\n"
    "       scratch sweep              remove what dead containers left\n"
    "options of run:\n"
    "  -v SRC:DST[:ro]      mount SRC at DST: an absolute host path, or a bare word for a\n"
    "                       managed volume that is kept between runs\n"
    "  --memory N[k|m|g]    memory limit\n"
    "  --cpu PERCENT        limit, in percent of one CPU\n"
    "  --rootfs DIR         use DIR as root instead of a busybox in a tmpfs\n"
    "  --root-parent DIR    make the busybox root as plain files below DIR\n"
    "  --detach             return when COMMAND runs; print the host pid of the container's init\n"
    "State is kept in $SCRATCH_DIR, else /run/scratch. Exit status: that of COMMAND; 125 scratch\n"
    "failed, 126 COMMAND cannot be executed, 127 COMMAND not found.\n";

int fail(const char *format, ...)
{
    va_list ap;

    fputs("scratch: ", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fputc('\n', stderr);
    return -1;
}

int fail_errno(const char *format, ...)
{
    const char *reason = strerror(errno);
    va_list ap;

    fputs("scratch: ", stderr);
    va_start(ap, format);
    vfprintf(stderr, format, ap);
    va_end(ap);
    fprintf(stderr, ": %s\n", reason);
    return -1;
}

bool name_is_valid(const char *name)
{
    static const char alnum[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    size_t n = strlen(name);

    if (n == 0 || n > 63 || !strchr(alnum, name[0]))
        return false;
    for (size_t i = 1; i < n; i++)
        if (!strchr(alnum, name[i]) && !strchr("_.-", name[i]))
            return false;
    return true;
}

static int make_tree(struct container *c, const struct options *o)
{
    if (!o->root_parent)
        return o->rootfs ? container_note(c, "rootfs", o->rootfs) : 0;
    if (asprintf(&c->tree, "%s/scratch-%s", o->root_parent, o->name) < 0) {
        c->tree = NULL;
        return fail("out of memory");
    }
    if (access(c->tree, F_OK) == 0)
        return fail("--root-parent: %s is there already", c->tree);
    if (container_note(c, "tree", c->tree) != 0)
        return -1;
    return mkdir(c->tree, 0755) != 0 ? fail_errno("cannot make %s", c->tree) : 0;
}

/* Forwards signals until init has ended. A signal of the terminal (SI_KERNEL) has reached the
 * whole foreground group already. */
static int supervise(pid_t init, const sigset_t *signals)
{
    siginfo_t info;
    int status;

    while (waitpid(init, &status, WNOHANG) == 0)
        if (sigwaitinfo(signals, &info) > 0 && info.si_signo != SIGCHLD &&
            info.si_code != SI_KERNEL)
            kill(init, info.si_signo);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* Waits until the command has been executed. Each writer's end closes at exec or death. */
static bool command_runs(int status_fd)
{
    char text[2];
    ssize_t n, have = 0;

    while (have < 2 && ((n = read(status_fd, text + have, sizeof text - (size_t)have)) > 0 ||
                        (n < 0 && errno == EINTR)))
        have += n > 0 ? n : 0;
    return have == 1 && text[0] == 'S';
}

static void let_go_of_stdio(void)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    for (int fd = 0; null >= 0 && fd <= 2; fd++)
        dup2(null, fd);
    if (null > 2)
        close(null);
}

/* Not unshare(CLONE_NEWPID) and fork: once that namespace's init has ended, the supervisor could
 * start no process any more, not even the leak checker's. */
static pid_t fork_in_pid_namespace(void)
{
    struct clone_args args = {.flags = CLONE_NEWPID, .exit_signal = SIGCHLD};

    return (pid_t)syscall(SYS_clone3, &args, sizeof args);
}

/* `ready_fd`: where the pid of init is written once the command runs, or -1. */
static int start_and_supervise(struct container *c, const struct options *o, int ready_fd)
{
    int go[2], status[2];
    sigset_t signals, before;
    char text[64];
    pid_t init;
    int code;

    sigemptyset(&signals);
    for (size_t i = 0; i < 7; i++)
        sigaddset(&signals,
                  (const int[]){SIGTERM, SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2, SIGCHLD}[i]);
    sigprocmask(SIG_BLOCK, &signals, &before);
    if (make_tree(c, o) != 0 || cgroups_create(c, o) != 0)
        return -1;
    if (pipe2(go, O_CLOEXEC) != 0 || pipe2(status, O_CLOEXEC) != 0)
        return fail_errno("cannot make a pipe");
    init = fork_in_pid_namespace();
    if (init == 0) {
        sigprocmask(SIG_SETMASK, &before, NULL);
        close(go[1]);
        close(status[0]);
        if (ready_fd >= 0)
            close(ready_fd);
        code = init_run(c, o, go[0], status[1]);
        _exit(code < 0 ? SCRATCH_FAILED : code);
    }
    if (init < 0)
        return fail_errno("cannot start init");
    close(go[0]);
    close(status[1]);
    snprintf(text, sizeof text, "%d %llu", (int)init, process_start(init));
    /* on failure init sees the pipe hang up and ends */
    if (container_note(c, "init", text) != 0 || cgroups_add(c, init) != 0 ||
        write(go[1], "g", 1) != 1) {
        close(go[1]);
        waitpid(init, NULL, 0);
        return -1;
    }
    if (command_runs(status[0]) && ready_fd >= 0) {
        dprintf(ready_fd, "%d\n", (int)init);
        close(ready_fd);
        let_go_of_stdio();
    }
    return supervise(init, &signals);
}

static int run_here(const char *state, const struct options *o, int ready_fd)
{
    struct container c;
    int code;

    if (container_create(state, o->name, &c) != 0)
        return -1;
    code = start_and_supervise(&c, o, ready_fd);
    if (container_remove(&c) != 0 && code == 0)
        code = -1;
    close(c.record_fd);
    close(c.lock_fd);
    free(c.dir);
    free(c.tree);
    return code;
}

static int run_detached(const char *state, const struct options *o)
{
    int ready[2], status;
    char text[32];
    ssize_t n;
    pid_t pid;

    if (pipe2(ready, O_CLOEXEC) != 0)
        return fail_errno("cannot make a pipe");
    pid = fork();
    if (pid == 0) {
        close(ready[0]);
        setsid();
        return run_here(state, o, ready[1]);
    }
    if (pid < 0)
        return fail_errno("cannot start the supervisor");
    close(ready[1]);
    n = read(ready[0], text, sizeof text);
    close(ready[0]);
    if (n > 0)
        return write(STDOUT_FILENO, text, (size_t)n) == n ? 0 : -1;
    if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) == 0)
        return -1;
    return WEXITSTATUS(status);
}

static int verb_run(int argc, char **argv, const char *state)
{
    struct options o = {0};
    int code = -1;

    if (options_parse(argc, argv, state, &o) == 0) {
        containers_sweep(state); /* what it cannot remove it has said; it is no reason not to run */
        code = o.detach ? run_detached(state, &o) : run_here(state, &o, -1);
    }
    for (size_t i = 0; i < o.n_volumes; i++)
        free(o.volumes[i].source);
    return code;
}

static int verb_kill(const char *state, const char *name)
{
    int pidfd, r;

    if (!name_is_valid(name))
        return fail("%s: not a container name", name);
    pidfd = container_pidfd(state, name, "init");
    if (pidfd < 0)
        return fail("no container %s is running", name);
    r = (int)syscall(SYS_pidfd_send_signal, pidfd, SIGKILL, NULL, 0);
    close(pidfd);
    if (r != 0 && errno != ESRCH)
        return fail_errno("cannot kill %s", name);
    /* the lock is free when its supervisor has removed everything, or is dead itself */
    if (container_wait(state, name, KILL_WAIT_SECONDS) < 0)
        return -1;
    return 0;
}

int main(int argc, char **argv)
{
    const char *verb = argc > 1 ? argv[1] : "--help";
    char *state;
    int code;

    if (strcmp(verb, "--help") == 0) {
        fputs(usage, argc > 1 ? stdout : stderr);
        return argc > 1 ? 0 : SCRATCH_FAILED;
    }
    if (geteuid() != 0) {
        fail("only root can make namespaces and mounts");
        return SCRATCH_FAILED;
    }
    /* what the caller has open would live as long as a detached container */
    close_range(STDERR_FILENO + 1, ~0u, 0);
    state = state_dir();
    if (!state)
        return SCRATCH_FAILED;
    if (strcmp(verb, "run") == 0)
        code = verb_run(argc - 1, argv + 1, state);
    else if (strcmp(verb, "kill") == 0 && argc == 3)
        code = verb_kill(state, argv[2]);
    else if (strcmp(verb, "sweep") == 0 && argc == 2)
        code = containers_sweep(state);
    else
        code = fail("unknown verb or wrong arguments; see `scratch --help`");
    free(state);
    return code < 0 ? SCRATCH_FAILED : code;
}
