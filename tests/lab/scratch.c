#include "scratch.h"

#include <ctype.h>
#include <dirent.h>
#include <fcntl.h>
#include <getopt.h>
#include <linux/sched.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILL_WAIT_MS = 20000, REMOVE_WAIT_MS = 5000 };

static const char usage[] =
    "usage: scratch run [-v SRC:DST[:ro]]... [--memory N[k|m|g]] [--cpu PERCENT] [--detach]\n"
    "                   NAME -- COMMAND [ARGUMENT]...\n"
    "       scratch kill NAME    end a container and wait until it is removed\n"
    "       scratch sweep        remove what dead containers left\n"
    "SRC is an absolute path, or the name of a managed volume, which is kept. --cpu 100 is one\n"
    "CPU. --detach returns when COMMAND runs, and prints the host's pid of the container's init.\n";

static bool name_is_valid(const char *name)
{
    static const char set[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-";
    size_t n = strlen(name);

    return n > 0 && n < NAME_SIZE && !strchr("_.-", name[0]) && strspn(name, set) == n;
}

static int state_enter(void)
{
    const char *state = getenv("SCRATCH_DIR");

    if (!state || !*state)
        state = "/run/scratch";
    mkdir(state, 0755); /* all of them may be there; what needs them tells */
    if (chdir(state) != 0)
        return fail("state directory %s", state);
    mkdir("containers", 0700);
    mkdir("volumes", 0700);
    return 0;
}

/* Whoever makes or removes a containers/NAME holds this lock: close the descriptor to unlock. */
static int state_lock(void)
{
    int fd = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

    return fd < 0 || flock(fd, LOCK_EX) != 0 ? fail("cannot lock the state directory") : fd;
}

/* Whether its supervisor lives, which has the record locked until it ends. *ret: a pidfd of it; -1
 * if it is in a pid namespace that cannot be seen from here. */
static bool container_lives(const char *name, int *ret)
{
    struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char path[NAME_SIZE + 32];
    bool lives;
    int fd;

    *ret = -1;
    snprintf(path, sizeof path, "containers/%s/record", name);
    fd = open(path, O_RDWR | O_CLOEXEC);
    lives = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    if (lives && (*ret = pidfd_open(lock.l_pid, 0)) >= 0) {
        /* if the lock is still there, the pid has not been given to another in between */
        lock.l_type = F_WRLCK;
        lives = fcntl(fd, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
    }
    close(fd);
    return lives;
}

/* The lock must be held. */
static int container_remove(const char *name)
{
    char path[NAME_SIZE + 32];

    if (cgroups_remove(name, REMOVE_WAIT_MS) != 0)
        return -1; /* the record stays, for the next sweep */
    snprintf(path, sizeof path, "containers/%s/record", name);
    unlink(path);
    *strrchr(path, '/') = '\0';
    return rmdir(path) != 0 ? fail("cannot remove %s", path) : 0;
}

/* Removes what dead containers left. The lock must be held. */
static int containers_sweep(void)
{
    DIR *d = opendir("containers");
    struct dirent *e;
    int r = 0, supervisor;

    if (!d)
        return fail("containers");
    while ((e = readdir(d))) {
        if (!name_is_valid(e->d_name))
            continue;
        if (!container_lives(e->d_name, &supervisor) && container_remove(e->d_name) != 0)
            r = -1;
        close(supervisor);
    }
    closedir(d);
    return r;
}

/* The record, locked: as long as it is open. */
static int container_create(const char *name)
{
    struct flock whole = {.l_type = F_WRLCK, .l_whence = SEEK_SET};
    char path[NAME_SIZE + 32];
    int lock = state_lock(), r = -1;

    if (lock < 0)
        return -1;
    containers_sweep(); /* it has said what it cannot remove; that is no reason not to run */
    snprintf(path, sizeof path, "containers/%s", name);
    if (access(path, F_OK) == 0) {
        r = failx("%s runs already", name);
    } else if (cgroups_remove(name, 0) == 0) { /* else: another state directory has it */
        r = mkdir(path, 0700);
        strcat(path, "/record");
        r = r == 0 ? open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600) : -1;
        if (fcntl(r, F_SETLK, &whole) != 0)
            r = fail("%s", path);
    }
    close(lock);
    return r;
}

static int parse_volume(char *text, struct options *o)
{
    struct volume v = {0};
    char managed[NAME_SIZE + 16];
    const char *source = strsep(&text, ":"), *mode;

    v.target = strsep(&text, ":");
    mode = strsep(&text, ":");
    v.read_only = mode && strcmp(mode, "ro") == 0;
    if (!v.target || *v.target != '/' || (mode && !v.read_only) || text ||
        o->n_volumes == VOLUMES_MAX)
        return failx("-v %s: not SRC:DST[:ro] with an absolute DST, or too many", source);
    if (name_is_valid(source)) {
        snprintf(managed, sizeof managed, "volumes/%s", source);
        mkdir(managed, 0755); /* it may be there; realpath tells */
        source = managed;
    } else if (*source != '/') {
        return failx("-v %s: neither an absolute path nor a volume's name", source);
    }
    v.source = realpath(source, NULL);
    o->volumes[o->n_volumes++] = v;
    return v.source ? 0 : fail("-v %s", source);
}

static int parse_options(int argc, char **argv, struct options *o)
{
    static const struct option options[] = {
        {"memory", required_argument, NULL, 'm'},
        {"cpu", required_argument, NULL, 'c'},
        {"detach", no_argument, NULL, 'd'},
        {NULL, 0, NULL, 0},
    };
    int option;

    while ((option = getopt_long(argc, argv, "+v:", options, NULL)) != -1) {
        if (option == 'm' && isdigit((unsigned char)*optarg))
            o->memory = optarg;
        else if (option == 'c' && *optarg && optarg[strspn(optarg, "0123456789")] == '\0')
            o->cpu = optarg;
        else if (option == 'd')
            o->detach = true;
        else if (option != 'v')
            return failx("run: unknown option, or its value is not a number");
        else if (parse_volume(optarg, o) != 0)
            return -1;
    }
    if (argc - optind < 3 || !name_is_valid(argv[optind]) || strcmp(argv[optind + 1], "--") != 0)
        return failx("run: give a NAME of letters, digits and _.-, then -- COMMAND");
    o->name = argv[optind];
    o->command = &argv[optind + 2];
    return 0;
}

static pid_t init;

static void end_init(int signal)
{
    (void)signal;
    if (init > 0)
        kill(init, SIGKILL);
}

/* `ready_fd`: where init's pid goes when the command runs, or -1. */
static int start_and_wait(struct options *o, int ready_fd)
{
    /* not unshare and fork: after init's end even the leak checker could fork no more */
    struct clone_args args = {.flags = CLONE_NEWPID, .exit_signal = SIGCHLD};
    int status_pipe[2], status;
    siginfo_t ended;
    char byte;

    if (pipe2(status_pipe, O_CLOEXEC) != 0 ||
        (init = (pid_t)syscall(SYS_clone3, &args, sizeof args)) < 0)
        return fail("cannot start init");
    if (init == 0) {
        close_range(STDERR_FILENO + 1, (unsigned)status_pipe[1] - 1, 0); /* all of the host's */
        _exit(init_run(o, status_pipe[1]));
    }
    close(status_pipe[1]);
    signal(SIGTERM, end_init);
    signal(SIGINT, SIG_IGN); /* of the terminal: the command gets them too, and its end is ours */
    signal(SIGQUIT, SIG_IGN);
    if (read(status_pipe[0], &byte, 1) == 1 && ready_fd >= 0) {
        if (write(ready_fd, &init, sizeof init) != sizeof init)
            kill(init, SIGKILL);
        let_go_of_stdio();
    }
    waitid(P_PID, (id_t)init, &ended, WEXITED | WNOWAIT);
    signal(SIGTERM, SIG_IGN); /* the pid may be another's from here on */
    if (waitpid(init, &status, 0) != init)
        return fail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int supervise(struct options *o, int ready_fd)
{
    int code;

    if (container_create(o->name) < 0)
        return -1;
    code = start_and_wait(o, ready_fd);
    return state_lock() < 0 || container_remove(o->name) != 0 ? -1 : code;
}

static int run_detached(struct options *o)
{
    int ready[2], status;
    pid_t supervisor;

    if (pipe2(ready, O_CLOEXEC) != 0 || (supervisor = fork()) < 0)
        return fail("cannot start the supervisor");
    if (supervisor == 0) {
        close(ready[0]);
        setsid();
        return supervise(o, ready[1]);
    }
    close(ready[1]);
    if (read(ready[0], &init, sizeof init) == sizeof init)
        return printf("%d\n", init) > 0 && fflush(stdout) == 0 ? 0 : fail("stdout");
    return waitpid(supervisor, &status, 0) == supervisor && WIFEXITED(status) ? WEXITSTATUS(status)
                                                                              : -1;
}

static int kill_container(const char *name)
{
    struct pollfd supervisor = {.events = POLLIN};

    if (!container_lives(name, &supervisor.fd))
        return failx("%s does not run", name);
    if (pidfd_send_signal(supervisor.fd, SIGTERM, NULL, 0) != 0)
        return fail("cannot end the supervisor of %s", name);
    if (poll(&supervisor, 1, KILL_WAIT_MS) != 1)
        return failx("the supervisor of %s does not end", name);
    return 0;
}

int main(int argc, char **argv)
{
    static struct options o;
    const char *verb = argc > 1 ? argv[1] : "";
    int code = -1;

    close_range(STDERR_FILENO + 1, ~0u, 0);
    umask(022);
    if (state_enter() != 0)
        return EXIT_SCRATCH;
    if (strcmp(verb, "run") == 0) {
        if (parse_options(argc - 1, argv + 1, &o) == 0)
            code = o.detach ? run_detached(&o) : supervise(&o, -1);
    } else if (strcmp(verb, "kill") == 0 && argc == 3 && name_is_valid(argv[2])) {
        code = kill_container(argv[2]);
    } else if (strcmp(verb, "sweep") == 0 && argc == 2) {
        code = state_lock() < 0 ? -1 : containers_sweep();
    } else {
        fputs(usage, stderr);
    }
    return code < 0 ? EXIT_SCRATCH : code;
}
