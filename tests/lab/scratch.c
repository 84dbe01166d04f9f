#include "scratch.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
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

enum { KILL_WAIT_MS = 20000, REMOVE_TRIES = 500 };

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

/* 0 if it is gone. A command's name with a bracket in it is none of ours, whatever comes out. */
static unsigned long long start_time(int pid)
{
    unsigned long long start = 0;
    char path[32];
    FILE *f;

    snprintf(path, sizeof path, "/proc/%d/stat", pid);
    f = fopen(path, "re");
    if (!f)
        return 0;
    if (fscanf(f,
               "%*d (%*[^)]) %*c %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s "
               "%*s %*s %*s %llu",
               &start) != 1)
        start = 0;
    fclose(f);
    return start;
}

static int container_note(const char *name, const char *key, int pid)
{
    char path[NAME_SIZE + 32];
    int fd, n;

    snprintf(path, sizeof path, "containers/%s/record", name);
    fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if (fd < 0)
        return fail("%s", path);
    n = dprintf(fd, "%s %d %llu\n", key, pid, start_time(pid));
    close(fd);
    return n < 0 ? fail("%s", path) : 0;
}

/* A pidfd of the record's "supervisor" or "init"; -1, without a message, if it is gone. */
static int container_process(const char *name, const char *key)
{
    char path[NAME_SIZE + 32], word[16];
    struct pollfd process = {.fd = -1, .events = POLLIN}; /* readable: a zombie */
    unsigned long long start;
    int pid;
    FILE *f;

    snprintf(path, sizeof path, "containers/%s/record", name);
    f = fopen(path, "re");
    while (f && process.fd < 0 && fscanf(f, "%15s %d %llu", word, &pid, &start) == 3)
        if (strcmp(word, key) == 0)
            process.fd = pidfd_open(pid, 0);
    if (f)
        fclose(f);
    if (process.fd < 0 || (start_time(pid) == start && poll(&process, 1, 0) == 0))
        return process.fd;
    close(process.fd); /* ended, or the pid has been given to another */
    return -1;
}

/* The lock must be held. */
static int container_remove(const char *name)
{
    char path[NAME_SIZE + 32];

    if (cgroups_remove(name, REMOVE_TRIES) != 0)
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
        supervisor = container_process(e->d_name, "supervisor");
        if (supervisor >= 0)
            close(supervisor);
        else if (container_remove(e->d_name) != 0)
            r = -1;
    }
    closedir(d);
    return r;
}

static int container_create(const char *name)
{
    char dir[NAME_SIZE + 32];
    int lock = state_lock(), r;

    if (lock < 0)
        return -1;
    containers_sweep(); /* it has said what it cannot remove; that is no reason not to run */
    snprintf(dir, sizeof dir, "containers/%s", name);
    if (access(dir, F_OK) == 0)
        r = failx("%s runs already", name);
    else if (cgroups_remove(name, 1) != 0) /* in use: by a container in another state directory */
        r = -1;
    else
        r = mkdir(dir, 0700) != 0 ? fail("%s", dir) : container_note(name, "supervisor", getpid());
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

/* `ready_fd`: where init's pid goes when the command runs, or -1. */
static int start_and_wait(struct options *o, int ready_fd)
{
    /* not unshare and fork: after init's end even the leak checker could fork no more */
    struct clone_args args = {.flags = CLONE_NEWPID, .exit_signal = SIGCHLD};
    int status_pipe[2], status;
    pid_t init;
    char byte;

    if (pipe2(status_pipe, O_CLOEXEC) != 0 ||
        (init = (pid_t)syscall(SYS_clone3, &args, sizeof args)) < 0)
        return fail("cannot start init");
    if (init == 0) {
        close(status_pipe[0]);
        _exit(init_run(o, status_pipe[1]));
    }
    close(status_pipe[1]);
    signal(SIGINT, SIG_IGN); /* of the terminal: the command gets them too, and its end is ours */
    signal(SIGQUIT, SIG_IGN);
    if (container_note(o->name, "init", init) != 0)
        kill(init, SIGKILL);
    if (read(status_pipe[0], &byte, 1) == 1 && ready_fd >= 0) {
        if (write(ready_fd, &init, sizeof init) != sizeof init)
            kill(init, SIGKILL);
        let_go_of_stdio();
    }
    if (waitpid(init, &status, 0) != init)
        return fail("waitpid");
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static int supervise(struct options *o, int ready_fd)
{
    int code;

    if (container_create(o->name) != 0)
        return -1;
    code = start_and_wait(o, ready_fd);
    return state_lock() < 0 || container_remove(o->name) != 0 ? -1 : code;
}

static int run_detached(struct options *o)
{
    int ready[2], status;
    pid_t supervisor, init;

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
    struct pollfd supervisor = {.fd = container_process(name, "supervisor"), .events = POLLIN};
    int init = container_process(name, "init");

    if (init < 0)
        return failx("%s does not run", name);
    pidfd_send_signal(init, SIGKILL, NULL, 0);
    if (supervisor.fd >= 0 && poll(&supervisor, 1, KILL_WAIT_MS) != 1)
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
