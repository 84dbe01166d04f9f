/*
 * Kills a process of a command at its N-th system call, for tests of what is left behind.
 *
 *   killat [FILTER] [-o FILE] N COMMAND [ARGUMENT...]
 *   killat --trace [FILTER] [-o FILE] COMMAND [ARGUMENT...]
 *   FILTER: [--acts] [--main-only | --helpers-only | --keeper-only]
 *
 * Counted are the system calls of COMMAND and all its descendants, from 1, beginning after the
 * exec of COMMAND, in the order in which they are entered. The process that enters the N-th gets
 * SIGKILL before the call is executed. Everything else is then let go untraced, and killat waits
 * until each descendant has ended by itself (it is their subreaper). It writes one line
 *     killed PID COMM at N CALL            exit status 0
 *     ended STATUS after M calls           exit status 1: the tree ended before
 * to FILE, else to standard output. STATUS is COMMAND's exit status, or 128 + its signal.
 *
 * --trace kills nothing, exits with 0, and writes "INDEX PID CALL" for each call, then the line
 * "ended …", to FILE, else to descriptor 3.
 *
 * --main-only counts COMMAND's own process and traces no other: what it leaves, a server perhaps,
 * is not waited for. --helpers-only counts all others. --keeper-only counts the first process of
 * each pid namespace that is made; here, too, it is COMMAND alone that is waited for.
 *
 * --acts leaves out the calls that only look, or whose effect ends with the process anyway: one
 * that is killed before such a call leaves what it leaves when it is killed after it. Calls that
 * wait for somebody count, for meanwhile others act.
 */
#include "calls.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

enum { KILLED = 0, ENDED = 1, USAGE = 2, FAILED = 125, NO_COMMAND = 127, TRACE_FD = 3 };

enum counted { COUNT_ALL, COUNT_MAIN, COUNT_HELPERS, COUNT_KEEPER };

/* A thread that was seen, and whether its process is counted: neither changes while it lives, and
 * to ask /proc at each of its stops takes longer than its calls. */
struct seen {
    pid_t thread, process;
    bool counts;
};

struct watch {
    enum counted counted;
    struct seen seen[64]; /* by thread, the last one at its place */
    uint64_t target;      /* the call to kill at; 0 when tracing */
    uint64_t calls;
    pid_t main;
    bool acts;     /* count no mere looks */
    bool counting; /* COMMAND has been executed */
    bool over;     /* the kill has been done: let everything go */
    int main_status;
    FILE *out;
};

static const char *call_name(uint64_t number, char buffer[24])
{
    switch (number) {
#define X(name)      \
    case SYS_##name: \
        return #name;
        CALLS(X)
#undef X
    default:
        snprintf(buffer, 24, "%llu", (unsigned long long)number);
        return buffer;
    }
}

/* A line "KEY:\tVALUE" of /proc/PID/status. */
static void proc_status(pid_t pid, const char *key, char *value, size_t size)
{
    size_t n = strlen(key);
    char path[64], line[256];
    FILE *f;

    snprintf(value, size, "?");
    snprintf(path, sizeof path, "/proc/%d/status", (int)pid);
    f = fopen(path, "re");
    while (f && fgets(line, sizeof line, f)) {
        line[strcspn(line, "\n")] = '\0';
        if (strncmp(line, key, n) == 0 && line[n] == ':' && line[n + 1] == '\t') {
            snprintf(value, size, "%s", line + n + 2);
            break;
        }
    }
    if (f)
        fclose(f);
}

static pid_t process_of(pid_t thread)
{
    char text[32];

    proc_status(thread, "Tgid", text, sizeof text);
    return text[0] == '?' ? thread : (pid_t)strtol(text, NULL, 10);
}

/* "NSpid: 1234 1": its pid here, and in the namespaces below */
static bool is_keeper(pid_t process)
{
    char text[64], *last;

    proc_status(process, "NSpid", text, sizeof text);
    last = strrchr(text, '\t');
    return last && strcmp(last, "\t1") == 0;
}

static bool counts(const struct watch *w, pid_t process)
{
    switch (w->counted) {
    case COUNT_ALL:
        return true;
    case COUNT_MAIN:
        return process == w->main;
    case COUNT_HELPERS:
        return process != w->main;
    case COUNT_KEEPER:
        return is_keeper(process);
    }
    return false;
}

static struct seen *seen_at(struct watch *w, pid_t thread)
{
    return &w->seen[(size_t)thread % (sizeof w->seen / sizeof w->seen[0])];
}

static const struct seen *look(struct watch *w, pid_t thread)
{
    struct seen *seen = seen_at(w, thread);

    if (seen->thread != thread) {
        seen->thread = thread;
        seen->process = process_of(thread);
        seen->counts = counts(w, seen->process);
    }
    return seen;
}

/* A read from a pipe or a socket waits for who writes to it. */
static bool is_file(pid_t process, unsigned long long fd)
{
    char path[64], name[8];

    snprintf(path, sizeof path, "/proc/%d/fd/%llu", (int)process, fd);
    return readlink(path, name, sizeof name) > 0 && name[0] == '/';
}

static bool makes_nothing(unsigned long long flags)
{
    return !(flags & (O_CREAT | O_TRUNC));
}

/* After a kill nobody can tell whether this call was made. */
static bool only_looks(pid_t thread, const struct __ptrace_syscall_info *info)
{
    switch (info->entry.nr) {
#define X(name)      \
    case SYS_##name: \
        return true;
        CALLS_THAT_LOOK(X)
#undef X
    case SYS_read:
        return is_file(thread, info->entry.args[0]);
    case SYS_openat:
        return makes_nothing(info->entry.args[2]);
    case SYS_openat2: /* its flags come first in struct open_how */
        errno = 0;
        return makes_nothing((unsigned long long)ptrace(PTRACE_PEEKDATA, thread,
                                                        (void *)info->entry.args[2], NULL)) &&
               errno == 0;
    default:
        return false;
    }
}

static void on_call(struct watch *w, pid_t thread)
{
    struct __ptrace_syscall_info info;
    const struct seen *seen;
    char buffer[24], comm[64];
    pid_t process;

    if (!w->counting || ptrace(PTRACE_GET_SYSCALL_INFO, thread, (void *)sizeof info, &info) < 0 ||
        info.op != PTRACE_SYSCALL_INFO_ENTRY)
        return;
    seen = look(w, thread);
    if (!seen->counts || (w->acts && only_looks(thread, &info)))
        return;
    process = seen->process;
    w->calls++;
    if (!w->target) {
        fprintf(w->out, "%llu %d %s\n", (unsigned long long)w->calls, (int)process,
                call_name(info.entry.nr, buffer));
    } else if (w->calls == w->target) {
        proc_status(process, "Name", comm, sizeof comm);
        /* a fatal signal at the entry stop: the kernel skips the call */
        kill(process, SIGKILL);
        fprintf(w->out, "killed %d %s at %llu %s\n", (int)process, comm,
                (unsigned long long)w->calls, call_name(info.entry.nr, buffer));
        w->over = true;
    }
}

/* Answers one ptrace stop. A tracee can only be let go while it is stopped, so that each goes at
 * its next stop once the kill has been done. */
static void on_stop(struct watch *w, pid_t pid, int status)
{
    int signal = WSTOPSIG(status), event = status >> 16;
    bool group_stop = event == PTRACE_EVENT_STOP && signal != SIGTRAP;

    if (event == PTRACE_EVENT_EXEC && pid == w->main)
        w->counting = true;
    if (signal == (SIGTRAP | 0x80) && !w->over)
        on_call(w, pid);
    if (signal == (SIGTRAP | 0x80) || event != 0)
        signal = 0; /* a stop of ptrace's own, not a signal on its way to the process */
    if (w->over)
        ptrace(PTRACE_DETACH, pid, NULL, (void *)(intptr_t)signal);
    else if (group_stop)
        ptrace(PTRACE_LISTEN, pid, NULL, NULL);
    else
        ptrace(PTRACE_SYSCALL, pid, NULL, (void *)(intptr_t)signal);
}

static void follow(struct watch *w)
{
    int status;
    pid_t pid;

    /* children and tracees; a subreaper inherits what its children leave */
    while ((pid = waitpid(-1, &status, __WALL)) > 0 || errno == EINTR) {
        if (pid > 0 && WIFSTOPPED(status)) {
            on_stop(w, pid, status);
            continue;
        }
        if (pid > 0 && seen_at(w, pid)->thread == pid)
            seen_at(w, pid)->thread = 0; /* its number may be given out again */
        if (pid == w->main) {
            w->main_status = status;
            if (w->counted == COUNT_MAIN || w->counted == COUNT_KEEPER)
                return;
        }
    }
}

static int start(struct watch *w, char **command)
{
    const long others = PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK | PTRACE_O_TRACECLONE;
    /* what outlives COMMAND goes on when this tracer ends */
    const long end = w->counted == COUNT_KEEPER ? 0 : PTRACE_O_EXITKILL;
    const long options =
        PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXEC | end | (w->counted == COUNT_MAIN ? 0 : others);
    int go[2];
    char byte;

    if (prctl(PR_SET_CHILD_SUBREAPER, 1) != 0 || pipe2(go, O_CLOEXEC) != 0)
        return -1;
    w->main = fork();
    if (w->main == 0) {
        close(go[1]);
        if (read(go[0], &byte, 1) == 1)
            execvp(command[0], command);
        fprintf(stderr, "killat: cannot execute %s: %s\n", command[0], strerror(errno));
        _exit(NO_COMMAND);
    }
    close(go[0]);
    if (w->main < 0 || ptrace(PTRACE_SEIZE, w->main, NULL, (void *)options) != 0 ||
        ptrace(PTRACE_INTERRUPT, w->main, NULL, NULL) != 0 || write(go[1], "g", 1) != 1)
        return -1;
    close(go[1]);
    return 0;
}

static int usage(void)
{
    fputs("usage: killat [FILTER] [-o FILE] N COMMAND...\n"
          "       killat --trace [FILTER] [-o FILE] COMMAND...\n",
          stderr);
    return USAGE;
}

static int open_output(struct watch *w, const char *path)
{
    if (path)
        w->out = fopen(path, "we");
    else if (w->target)
        w->out = stdout;
    else if (fcntl(TRACE_FD, F_SETFD, FD_CLOEXEC) == 0)
        w->out = fdopen(TRACE_FD, "w");
    if (w->out)
        return 0;
    fprintf(stderr, "killat: cannot write to %s: %s\n", path ? path : "descriptor 3",
            strerror(errno));
    return -1;
}

int main(int argc, char **argv)
{
    struct watch w = {0};
    const char *path = NULL;
    bool trace = false;
    char *end;
    int i = 1;

    for (; i < argc && argv[i][0] == '-'; i++) {
        if (strcmp(argv[i], "--trace") == 0)
            trace = true;
        else if (strcmp(argv[i], "--acts") == 0)
            w.acts = true;
        else if (strcmp(argv[i], "--main-only") == 0)
            w.counted = COUNT_MAIN;
        else if (strcmp(argv[i], "--helpers-only") == 0)
            w.counted = COUNT_HELPERS;
        else if (strcmp(argv[i], "--keeper-only") == 0)
            w.counted = COUNT_KEEPER;
        else if (strcmp(argv[i], "-o") == 0 && i + 1 < argc)
            path = argv[++i];
        else
            return usage();
    }
    if (!trace) {
        if (i >= argc)
            return usage();
        w.target = strtoull(argv[i], &end, 10);
        if (!w.target || *end)
            return usage();
        i++;
    }
    if (i >= argc)
        return usage();
    if (open_output(&w, path) != 0)
        return USAGE;
    if (start(&w, &argv[i]) != 0) {
        fprintf(stderr, "killat: cannot trace: %s\n", strerror(errno));
        return FAILED;
    }
    follow(&w);
    if (!w.over)
        fprintf(w.out, "ended %d after %llu calls\n",
                WIFEXITED(w.main_status) ? WEXITSTATUS(w.main_status)
                                         : 128 + WTERMSIG(w.main_status),
                (unsigned long long)w.calls);
    if (fflush(w.out) != 0)
        return FAILED;
    return w.over || trace ? KILLED : ENDED;
}
