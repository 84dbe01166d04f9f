// Starts the program that goes inside (entrant.h) from a sealed copy in memory, with nothing but
// its order, and waits until the command runs.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/engine/enter_internal.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x10U // 6.3
#endif
#ifndef F_SEAL_EXEC
#define F_SEAL_EXEC 0x20 // 6.3
#endif
#define HIGH_FD 64 // where descriptors are out of the way of ENTRANT_FDS

static int write_all(int fd, const void *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = write(fd, bytes, length);

        if (n <= 0)
            return n < 0 ? -errno : -EIO;
        bytes = (const char *)bytes + n;
        length -= (size_t)n;
    }
    return 0;
}

// A container that gets hold of the running program's file can write to none of davit's: the file
// is this copy, which nobody can change, and which nobody else runs. Open for reading only, or it
// could not be executed.
static int make_image(int *ret, struct error *err)
{
    const int seals = F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE;
    _cleanup_close_ int fd =
        memfd_create("davit-enter", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
    char path[32];
    int r = 0;

    if (fd < 0 && errno == EINVAL)
        fd = memfd_create("davit-enter", MFD_CLOEXEC | MFD_ALLOW_SEALING);
    if (fd < 0 || (r = write_all(fd, entrant_image, entrant_image_size)) < 0 ||
        fcntl(fd, F_ADD_SEALS, seals) < 0) {
        r = error_errno(err, r < 0 ? -r : errno,
                        "cannot make the copy in memory that goes into a container");
        error_hint(err, "if programs in memory are forbidden here: sysctl vm.memfd_noexec=1");
        return r;
    }
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
    *ret = open(path, O_RDONLY | O_CLOEXEC);
    return *ret < 0 ? error_errno(err, errno, "cannot open the copy that goes into a container")
                    : 0;
}

static int copy_filters(const struct enter *enter, int order)
{
    char buffer[4096];
    ssize_t n = 1;
    int r = 0;

    if (enter->order.filters_size == 0)
        return 0;
    if (lseek(enter->filters, 0, SEEK_SET) < 0)
        return -errno;
    while (r == 0 && (n = read(enter->filters, buffer, sizeof buffer)) > 0)
        r = write_all(order, buffer, (size_t)n);
    return n < 0 ? -errno : r;
}

static int make_order(struct enter *enter, int *ret, struct error *err)
{
    const struct strings *strings[] = {&enter->programs, &enter->arguments, &enter->environment};
    _cleanup_close_ int fd = memfd_create("davit-order", MFD_CLOEXEC);
    struct entrant_order *order = &enter->order;
    int r = fd < 0 ? -errno : 0;

    order->parent = getpid();
    order->n_programs = (uint32_t)enter->programs.n;
    order->n_arguments = (uint32_t)enter->arguments.n;
    order->n_environment = (uint32_t)enter->environment.n;
    order->strings_size = 0;
    for (size_t i = 0; i < ARRAY_SIZE(strings); i++)
        order->strings_size += (uint32_t)strings[i]->length;
    if (sizeof *order + order->filters_size + order->strings_size > ENTRANT_ORDER_LIMIT)
        return error_set(err, ERROR_USAGE, E2BIG, "the command and its environment are too long");
    if (r == 0)
        r = write_all(fd, order, sizeof *order);
    if (r == 0)
        r = copy_filters(enter, fd);
    for (size_t i = 0; r == 0 && i < ARRAY_SIZE(strings); i++)
        r = write_all(fd, strings[i]->text, strings[i]->length);
    if (r < 0)
        return error_errno(err, -r, "cannot write what goes into the container");
    *ret = TAKE_FD(fd);
    return 0;
}

// ---- in the child ----

static void __attribute__((noreturn)) give_up(int says, enum entrant_stage stage, int sys_errno)
{
    const struct entrant_said said = {.stage = (int32_t)stage, .value = sys_errno};

    (void)!write(says, &said, sizeof said);
    _exit(1);
}

// Raised while this process is still the host's; what is lower is set at the end, inside.
static void raise_limits(const struct limits *limits)
{
    for (int i = 0; i < LIMITS_N; i++) {
        struct rlimit own;

        if (!limits->known[i] || getrlimit((__rlimit_resource_t)i, &own) < 0 ||
            limits->of[i].rlim_max <= own.rlim_max)
            continue;
        own.rlim_max = limits->of[i].rlim_max;
        (void)setrlimit((__rlimit_resource_t)i, &own); // or not: the plan has said so
    }
}

static void set_oom_score(int value)
{
    int fd = open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);

    if (fd < 0)
        return;
    (void)dprintf(fd, "%d", value);
    (void)close(fd);
}

static void place(int says, int *fds, int n)
{
    for (int i = 0; i < n; i++)
        if (fds[i] >= 0) {
            fds[i] = fcntl(fds[i], F_DUPFD_CLOEXEC, HIGH_FD);
            if (fds[i] < 0)
                give_up(says, ENTRANT_BEGIN, errno);
        }
    for (int i = 0; i < n; i++)
        if (fds[i] < 0)
            (void)close(i);
        else if (dup2(fds[i], i) < 0)
            give_up(says, ENTRANT_BEGIN, errno);
}

static void __attribute__((noreturn))
be_entrant(const struct enter *enter, const int stdio[3], int says, int order, int image)
{
    static char *const words[] = {(char *)(uintptr_t) "davit-enter", NULL};
    int fds[ENTRANT_FDS] = {
        [0] = stdio[0],
        [1] = stdio[1],
        [2] = stdio[2],
        [ENTRANT_SAYS] = says,
        [ENTRANT_ORDER] = order,
        [ENTRANT_INIT] = enter->inside.init.pidfd,
        [ENTRANT_ROOT] = enter->inside.root,
        [ENTRANT_TOOLS] = enter->tools,
    };
    int program = fcntl(image, F_DUPFD_CLOEXEC, HIGH_FD);
    char path[32];

    for (unsigned i = 0; i < enter->n_procs; i++)
        if (write(enter->procs[i], "0", 1) < 0)
            give_up(says, ENTRANT_GROUP, errno);
    raise_limits(&enter->order.limits);
    set_oom_score(enter->oom_score_adj);
    place(says, fds, ENTRANT_FDS);
    // Only the program is left besides, which is closed by executing it.
    (void)syscall(SYS_close_range, ENTRANT_FDS, program - 1, 0);
    (void)syscall(SYS_close_range, program + 1, ~0U, 0);
    (void)syscall(SYS_execveat, program, "", words, words + 1, 0x1000); // AT_EMPTY_PATH
    // TOMOYO looks "/dev/fd/N" up, which a host need not have.
    (void)snprintf(path, sizeof path, "/proc/self/fd/%d", program);
    (void)execve(path, words, words + 1);
    give_up(ENTRANT_SAYS, ENTRANT_BEGIN, errno);
}

// ---- in davit ----

static const char *stage_text(int stage)
{
    static const char *const texts[] = {
#define X(stage, text) [stage] = text,
        ENTRANT_STAGES(X)
#undef X
    };

    return stage >= 0 && stage < (int)ARRAY_SIZE(texts) ? texts[stage] : "go on";
}

static int failed(const struct enter *enter, const struct entrant_said *said, struct error *err)
{
    const char *name = enter->container->name;
    int r;

    if (said->stage == ENTRANT_EXECUTE) {
        r = error_errno(err, said->value, "cannot start %s in %s", enter->arguments.text, name);
        if (said->value == ENOENT)
            error_hint(err, "if it is there, what it needs is not: the interpreter of a script, or "
                            "the loader of a dynamic program");
        else if (enter->order.n_filters && (said->value == EPERM || said->value == EACCES))
            error_hint(err, "the container's seccomp filters may forbid it: davit enter "
                            "--privileged is without them");
    } else {
        r = error_errno(err, said->value, "cannot %s (%s)", stage_text(said->stage), name);
        if (said->stage == ENTRANT_FILTER || said->stage == ENTRANT_RESTRICT)
            error_hint(err, "its filters forbid what a runtime does there as well; davit enter "
                            "--privileged is without them");
        else if ((said->stage == ENTRANT_FORK || said->stage == ENTRANT_SESSION) &&
                 said->value == EPERM)
            error_hint(err, "its seccomp filters let a call pass for done that is not: a trap for "
                            "who enters");
        else if (said->stage == ENTRANT_NAMESPACES && said->value == EINVAL)
            error_hint(err, "entering by a pidfd needs Linux 5.8 or later");
    }
    error_stage(err, "enter");
    return r;
}

// Until the pipe is closed by the command's start, or by the end of whoever had it. 0, or
// -ETIMEDOUT. What is said may come from a process that the container has taken over.
static int listen_to(int says, pid_t *ret_pid, struct entrant_said *ret_failure)
{
    unsigned long long deadline = monotonic_us() + ENTER_START_MS * 1000ULL;
    struct entrant_said said;

    for (;;) {
        int r = helper_wait(says, deadline);

        if (r == 0)
            return -ETIMEDOUT;
        if (r < 0)
            return r;
        if (read(says, &said, sizeof said) != (ssize_t)sizeof said)
            return 0;
        if (said.stage == ENTRANT_STARTED && *ret_pid == 0)
            *ret_pid = said.value;
        else if (said.stage != ENTRANT_STARTED)
            *ret_failure = said;
    }
}

// A child of this process, and no other one of it: what was said is believed only as far.
static bool is_child(pid_t pid)
{
    siginfo_t info = {.si_pid = 0};

    return pid > 0 && waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0;
}

static int ended(const struct enter *enter, int status, struct error *err)
{
    int r;

    if (WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS) {
        r = error_set(err, ERROR_UNSUPPORTED, EPERM,
                      "the seccomp filters of %s forbid what it takes to enter",
                      enter->container->name);
        error_hint(err, "davit enter --privileged is without them");
        return r;
    }
    r = error_set(err, ERROR_FAILED, ECHILD, "what should enter %s was ended%s%s",
                  enter->container->name, WIFSIGNALED(status) ? " by signal " : "",
                  WIFSIGNALED(status) ? strsignal(WTERMSIG(status)) : "");
    error_hint(err, "the container's memory limit may be reached, or it has just stopped");
    return r;
}

static int await(const struct enter *enter, pid_t entrant, int says, pid_t *ret_pid,
                 struct error *err)
{
    struct entrant_said failure = {.value = 0};
    pid_t pid = 0;
    int status = 0, r = listen_to(says, &pid, &failure);

    // Frozen with the container it does not even end when it is killed.
    if (r < 0)
        (void)helper_end(entrant, 0);
    else
        (void)waitpid(entrant, &status, 0);
    if (pid == entrant || !is_child(pid))
        pid = 0;
    if (r == 0 && failure.value == 0 && pid > 0) {
        *ret_pid = pid;
        return 0;
    }
    if (pid > 0)
        (void)helper_end(pid, 0);
    if (r < 0) {
        r = error_errno(err, -r, "what should enter %s does not get on", enter->container->name);
        error_hint(err,
                   "the container may have been paused just now, or has too little time of the "
                   "processors");
        return r;
    }
    return failure.value ? failed(enter, &failure, err) : ended(enter, status, err);
}

int enter_start(struct enter *enter, const int stdio[3], pid_t *ret_pid, struct error *err)
{
    _cleanup_close_ int image = -1, order = -1, says = -1, tell = -1;
    int pair[2], r = make_image(&image, err);
    pid_t entrant;

    if (r == 0)
        r = make_order(enter, &order, err);
    if (r < 0)
        return r;
    if (pipe2(pair, O_CLOEXEC) < 0)
        return error_errno(err, errno, "cannot make a pipe");
    says = pair[0];
    tell = pair[1];
    entrant = fork();
    if (entrant < 0)
        return error_errno(err, errno, "cannot start what goes into the container");
    if (entrant == 0)
        be_entrant(enter, stdio, tell, order, image);
    (void)close(TAKE_FD(tell));
    return await(enter, entrant, says, ret_pid, err);
}
