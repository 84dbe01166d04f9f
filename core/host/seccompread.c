#include "core/host/seccompread.h"

#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/filter.h>

#include "core/base/resolver.h"

#define GET_FILTER   0x420c // PTRACE_SECCOMP_GET_FILTER, 4.4
#define GET_METADATA 0x420d // PTRACE_SECCOMP_GET_METADATA, 4.16

struct question {
    pid_t pid;
    int fd;
};

static int stop(pid_t pid)
{
    int status;

    if (ptrace((enum __ptrace_request)PTRACE_SEIZE, pid, NULL, NULL) < 0 ||
        ptrace((enum __ptrace_request)PTRACE_INTERRUPT, pid, NULL, NULL) < 0 ||
        waitpid(pid, &status, __WALL) != pid)
        return -errno;
    return WIFSTOPPED(status) ? 0 : -ESRCH;
}

static int write_one(int fd, const struct seccomp_program *program,
                     const struct sock_filter *instructions)
{
    size_t length = program->length * sizeof *instructions;

    if (write(fd, program, sizeof *program) != (ssize_t)sizeof *program ||
        write(fd, instructions, length) != (ssize_t)length)
        return -EIO;
    return 0;
}

static int read_one(const struct question *question, unsigned long index)
{
    static struct sock_filter instructions[SECCOMP_LENGTH_MAX];
    struct {
        uint64_t index, flags;
    } metadata = {.index = index};
    struct seccomp_program program = {.flags = 0};
    long n;

    n = ptrace((enum __ptrace_request)GET_FILTER, question->pid, index, NULL);
    if (n < 0)
        return -errno;
    if (n > SECCOMP_LENGTH_MAX)
        return -E2BIG;
    n = ptrace((enum __ptrace_request)GET_FILTER, question->pid, index, instructions);
    if (n < 0)
        return -errno;
    program.length = (uint32_t)n;
    if (ptrace((enum __ptrace_request)GET_METADATA, question->pid, sizeof metadata, &metadata) ==
        (long)sizeof metadata)
        program.flags = (uint32_t)metadata.flags;
    return write_one(question->fd, &program, instructions);
}

// The kernel lets go of whom a tracer that ends has stopped.
static int read_all(const void *context, struct resolver_answer *answer)
{
    const struct question *question = context;
    int r = stop(question->pid), n = 0;

    (void)answer;
    while (r == 0 && n <= SECCOMP_FILTERS_MAX) {
        r = read_one(question, (unsigned long)n);
        n += r == 0;
    }
    (void)ptrace(PTRACE_DETACH, question->pid, NULL, NULL);
    if (r == 0)
        return -E2BIG;
    return r == -ENOENT && n > 0 ? n : r;
}

static const char *reason(int sys_errno)
{
    switch (sys_errno) {
    case EIO:
    case EINVAL:
        return "this kernel does not tell filters (CONFIG_CHECKPOINT_RESTORE)";
    case EACCES:
        return "davit itself is under seccomp, or lacks CAP_SYS_ADMIN";
    case EPERM:
        return "its first process is being traced, or must not be";
    case E2BIG:
        return "it has too many filters";
    case ENOENT:
        return "it has no filter any more";
    default:
        return strerror(sys_errno);
    }
}

int seccomp_read(pid_t pid, int fd, uint64_t timeout_ms, struct error *err)
{
    struct question question = {.pid = pid, .fd = fd};
    struct resolver_answer answer;
    int r =
        resolver_ask("the seccomp filters", read_all, &question, &fd, 1, timeout_ms, &answer, err);

    if (r < 0)
        return r;
    if (answer.result < 0)
        return error_set(err, ERROR_UNSUPPORTED, -answer.result, "%s", reason(-answer.result));
    return answer.result;
}
