// The program that goes inside; entrant.h. It has no privilege left that the container lacks when
// the first process that the container can see is made, and the container's own programs see of it:
// a process that is not dumpable, whose program is a sealed file in memory, with standard
// descriptors and a pipe.
//
// After setns(2) raw system calls only. It is no part of the library: davit carries it as bytes.
#include "core/engine/entrant.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/openat2.h>
#include <linux/seccomp.h>

#define MOVE_EMPTY_SOURCE 0x4U // MOVE_MOUNT_F_EMPTY_PATH; <linux/mount.h> is not for beside this
#define STRINGS_MAX       8192

static struct {
    const struct entrant_order *order;
    const char *filters;
    char *programs[STRINGS_MAX], *arguments[STRINGS_MAX], *environment[STRINGS_MAX];
} job;

static void say(enum entrant_stage stage, int value)
{
    const struct entrant_said said = {.stage = (int32_t)stage, .value = value};

    (void)!write(ENTRANT_SAYS, &said, sizeof said);
}

static void __attribute__((noreturn)) give_up(enum entrant_stage stage, int sys_errno)
{
    say(stage, sys_errno);
    _exit(1);
}

static void must(enum entrant_stage stage, long result)
{
    if (result < 0)
        give_up(stage, errno);
}

// ---- the order ----

static char *take_strings(char *at, const char *end, char **list, uint32_t n)
{
    if (n >= STRINGS_MAX)
        give_up(ENTRANT_READ, E2BIG);
    for (uint32_t i = 0; i < n; i++) {
        char *nul = at < end ? memchr(at, '\0', (size_t)(end - at)) : NULL;

        if (!nul)
            give_up(ENTRANT_READ, EBADMSG);
        list[i] = at;
        at = nul + 1;
    }
    list[n] = NULL;
    return at;
}

static void read_order(void)
{
    struct stat stat;
    char *text, *end;

    must(ENTRANT_READ, fstat(ENTRANT_ORDER, &stat));
    if (stat.st_size < (off_t)sizeof *job.order || stat.st_size > ENTRANT_ORDER_LIMIT)
        give_up(ENTRANT_READ, EBADMSG);
    text = mmap(NULL, (size_t)stat.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, ENTRANT_ORDER, 0);
    if (text == MAP_FAILED)
        give_up(ENTRANT_READ, errno);
    (void)close(ENTRANT_ORDER);
    end = text + stat.st_size;
    job.order = (const void *)text;
    text += sizeof *job.order;
    if ((uint64_t)job.order->filters_size + job.order->strings_size != (uint64_t)(end - text))
        give_up(ENTRANT_READ, EBADMSG);
    job.filters = text;
    text += job.order->filters_size;
    text = take_strings(text, end, job.programs, job.order->n_programs);
    text = take_strings(text, end, job.arguments, job.order->n_arguments);
    (void)take_strings(text, end, job.environment, job.order->n_environment);
}

// ---- out here ----

// What the caller of davit has in its session's keyring is not the container's.
static void leave_keyring(void)
{
    if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, NULL, 0, 0, 0) < 0 && errno != ENOSYS)
        give_up(ENTRANT_KEYRING, errno);
}

// Takes effect when the command is executed; a child inherits it.
static void set_label(void)
{
    char path[64] = "/proc/thread-self/";
    int fd;

    if (!*job.order->label_file)
        return;
    strcat(path, job.order->label_file);
    fd = open(path, O_WRONLY | O_CLOEXEC);
    must(ENTRANT_LABEL, fd);
    must(ENTRANT_LABEL, write(fd, job.order->label, strlen(job.order->label)));
    (void)close(fd);
}

// ---- the way in ----

static void enter(unsigned namespaces)
{
    if (namespaces)
        must(ENTRANT_NAMESPACES, setns(ENTRANT_INIT, (int)namespaces));
}

static void enter_root(int directory)
{
    must(ENTRANT_CHROOT, fchdir(directory));
    must(ENTRANT_CHROOT, chroot("."));
}

// A copy of the container's mount namespace that nobody else has: what is mounted in it is nowhere
// else, and ends with the last process in it. The working directory, the container's root, becomes
// that of the copy. Nothing made here goes back, even where the container's mounts are shared.
static void copy_mounts(void)
{
    must(ENTRANT_CHROOT, fchdir(ENTRANT_ROOT));
    must(ENTRANT_SHOW_TOOLS, unshare(CLONE_NEWNS));
    must(ENTRANT_SHOW_TOOLS, mount(NULL, "/", NULL, MS_REC | MS_SLAVE, NULL));
    must(ENTRANT_CHROOT, chroot("."));
}

static int open_directory(int root, const char *path)
{
    struct open_how how = {.flags = O_PATH | O_DIRECTORY | O_CLOEXEC,
                           .resolve = RESOLVE_NO_MAGICLINKS | RESOLVE_IN_ROOT};

    return (int)syscall(SYS_openat2, root, path, &how, sizeof how);
}

// In a user namespace, root inside could take the flags off a mount that it has made itself. So
// they are mounted with the host's rights, and what the container's user namespace gets then is a
// copy in which every mount is locked.
static void enter_with_tools(void)
{
    unsigned rest = job.order->namespaces & ~(unsigned)CLONE_NEWNS;
    bool locked = rest & CLONE_NEWUSER;
    int place;

    enter(job.order->namespaces & CLONE_NEWNS);
    copy_mounts();
    place = open_directory(AT_FDCWD, job.order->tools_at);
    must(ENTRANT_SHOW_TOOLS, place);
    must(ENTRANT_SHOW_TOOLS, syscall(SYS_move_mount, ENTRANT_TOOLS, "", place, "",
                                     MOVE_EMPTY_SOURCE | 0x40U)); // MOVE_MOUNT_T_EMPTY_PATH
    (void)close(place);
    enter(rest);
    if (locked)
        must(ENTRANT_SHOW_TOOLS, unshare(CLONE_NEWNS));
}

static void go_in(void)
{
    must(ENTRANT_BE_USER, setgroups(0, NULL)); // the host's are none of the container's
    must(ENTRANT_SESSION, setsid());           // nor is the terminal that davit was started from
    if (job.order->flags & ENTRANT_HAS_TOOLS) {
        enter_with_tools();
    } else {
        enter(job.order->namespaces);
        enter_root(ENTRANT_ROOT);
    }
    (void)close(ENTRANT_INIT);
    (void)close(ENTRANT_ROOT);
    (void)close(ENTRANT_TOOLS);
    (void)prctl(PR_SET_DUMPABLE, 0); // new credentials: anew
}

// ---- who it is inside ----

static void set_capabilities(uint64_t permitted, uint64_t effective, uint64_t inheritable)
{
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};

    for (int i = 0; i < 2; i++) {
        data[i].permitted = (uint32_t)(permitted >> (32 * i));
        data[i].effective = (uint32_t)(effective >> (32 * i));
        data[i].inheritable = (uint32_t)(inheritable >> (32 * i));
    }
    must(ENTRANT_RESTRICT, syscall(SYS_capset, &header, data));
}

// All that this process has at the moment stays permitted and effective over the change of ids: the
// rest still has to be given up one by one. Raw calls: what the C library does for threads is
// nothing that is needed here.
static void be_user(void)
{
    const struct entrant_order *order = job.order;
    struct __user_cap_header_struct header = {.version = _LINUX_CAPABILITY_VERSION_3};
    struct __user_cap_data_struct data[2] = {0};

    if (!(order->flags & ENTRANT_IDS))
        return;
    if (!(order->flags & ENTRANT_KEEP_GROUPS))
        must(ENTRANT_BE_USER, syscall(SYS_setgroups, order->n_groups, order->groups));
    must(ENTRANT_BE_USER, prctl(PR_SET_KEEPCAPS, 1));
    must(ENTRANT_BE_USER, syscall(SYS_setresgid, order->gid, order->gid, order->gid));
    must(ENTRANT_BE_USER, syscall(SYS_setresuid, order->uid, order->uid, order->uid));
    must(ENTRANT_BE_USER, prctl(PR_SET_KEEPCAPS, 0));
    must(ENTRANT_BE_USER, syscall(SYS_capget, &header, data));
    set_capabilities(data[0].permitted | (uint64_t)data[1].permitted << 32,
                     data[0].permitted | (uint64_t)data[1].permitted << 32, 0);
    (void)prctl(PR_SET_DUMPABLE, 0);
}

// Not reachable from the root: the kernel says so in front of the path, or with ENOENT.
static bool stand_in(int directory)
{
    static char where[PATH_MAX];

    return directory >= 0 && fchdir(directory) == 0 &&
           syscall(SYS_getcwd, where, sizeof where) >= 0 && where[0] == '/';
}

// With the container's root around it; what leads out of it, or is no directory, is left for "/".
// Returns whether it is there.
static bool begin_in(const char *directory)
{
    int root = open_directory(AT_FDCWD, "/"), inner = open_directory(root, directory);
    bool there = stand_in(inner);

    if (!there && !stand_in(root))
        give_up(ENTRANT_CHROOT, EXDEV);
    (void)close(inner);
    (void)close(root);
    return there;
}

static void bound(void)
{
    for (unsigned i = 0; i <= job.order->last_capability; i++)
        if (!(job.order->sets.bounding >> i & 1) && prctl(PR_CAPBSET_READ, i) == 1)
            must(ENTRANT_RESTRICT, prctl(PR_CAPBSET_DROP, i));
}

static void restrict_capabilities(void)
{
    const struct capability_sets *sets = &job.order->sets;

    set_capabilities(sets->permitted, sets->effective, sets->inheritable);
    for (unsigned i = 0; i <= job.order->last_capability; i++)
        if (sets->ambient >> i & 1)
            must(ENTRANT_RESTRICT, prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, i, 0, 0));
}

static void filter(void)
{
    const char *at = job.filters, *end = at + job.order->filters_size;

    for (uint32_t i = 0; i < job.order->n_filters; i++) {
        struct seccomp_head {
            uint32_t flags, length;
        } head;
        struct sock_fprog program;
        size_t size;

        if ((size_t)(end - at) < sizeof head)
            give_up(ENTRANT_READ, EBADMSG);
        memcpy(&head, at, sizeof head);
        at += sizeof head;
        size = head.length * sizeof(struct sock_filter);
        if (head.length == 0 || head.length > BPF_MAXINSNS || (size_t)(end - at) < size)
            give_up(ENTRANT_READ, EBADMSG);
        program.len = (unsigned short)head.length;
        program.filter = (struct sock_filter *)(uintptr_t)at;
        must(ENTRANT_FILTER, syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, head.flags, &program));
        at += size;
    }
}

// Without no_new_privs a filter takes CAP_SYS_ADMIN, so it comes before what gives that up; as with
// any runtime, the container's filters allow these last steps.
static void give_up_privileges(void)
{
    if (job.order->flags & ENTRANT_PRIVILEGED)
        return;
    bound();
    if (!(job.order->flags & ENTRANT_NO_NEW_PRIVS))
        filter();
    restrict_capabilities();
    if (job.order->flags & ENTRANT_NO_NEW_PRIVS) {
        must(ENTRANT_RESTRICT, prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
        filter();
    }
}

// What cannot be raised stays as it is: the plan has said so.
static void limit(void)
{
    for (int i = 0; i < LIMITS_N; i++) {
        struct rlimit wanted = job.order->limits.of[i], own;

        if (!job.order->limits.known[i] || syscall(SYS_prlimit64, 0, i, NULL, &own) < 0)
            continue;
        if (wanted.rlim_max > own.rlim_max)
            wanted.rlim_max = own.rlim_max;
        if (wanted.rlim_cur > wanted.rlim_max)
            wanted.rlim_cur = wanted.rlim_max;
        must(ENTRANT_LIMIT, syscall(SYS_prlimit64, 0, i, &wanted, NULL));
    }
}

// ---- the command ----
// The container's filters hold by now: they may say of a call that is not made that it gave 0.

static void default_signals(void)
{
    sigset_t none;

    for (int i = 1; i < NSIG; i++)
        (void)signal(i, SIG_DFL);
    (void)sigemptyset(&none);
    (void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static void __attribute__((noreturn)) be_command(void)
{
    int said = ENOENT;

    // Without davit nobody reads what it writes: it is hung up, as by a terminal that goes away.
    (void)prctl(PR_SET_PDEATHSIG, SIGHUP);
    if (setsid() <= 0)
        give_up(ENTRANT_SESSION, EPERM);
    if (job.order->flags & ENTRANT_TERMINAL)
        must(ENTRANT_SESSION, ioctl(STDIN_FILENO, TIOCSCTTY, 0));
    default_signals();
    for (char **program = job.programs; *program; program++) {
        (void)execve(*program, job.arguments, job.environment);
        // As a shell does it: what is there and cannot be executed counts more than what is not.
        if (errno != ENOENT && errno != ENOTDIR)
            said = errno;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES)
            break;
    }
    give_up(ENTRANT_EXECUTE, said);
}

// A child of davit's, not of this process, which ends: davit is told how the command ended. Its id
// is written by the kernel alone: without one this would be the command, outside the container.
static int make_child(void)
{
    const unsigned long flags = CLONE_PARENT | CLONE_CHILD_SETTID | SIGCHLD;
    static volatile pid_t own;
    long child = syscall(SYS_clone, flags, NULL, NULL, &own, &own); // or the TLS, which is not set

    if (child == 0 && own == 0)
        give_up(ENTRANT_FORK, EPERM);
    must(ENTRANT_FORK, child);
    if (child == 0)
        be_command();
    return (int)child;
}

int main(void)
{
    bool there;

    (void)prctl(PR_SET_DUMPABLE, 0);
    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)fcntl(ENTRANT_SAYS, F_SETFD, FD_CLOEXEC);
    read_order();
    if (getppid() != job.order->parent)
        return 1;
    leave_keyring();
    set_label();
    go_in();
    // As a runtime does it: a declared directory need not be open to the user. One that is open to
    // nobody else (on a network filesystem, say) is tried again as the user.
    there = begin_in(job.order->directory);
    be_user();
    (void)umask(022);
    if (!there)
        (void)begin_in(job.order->directory);
    (void)personality(job.order->personality);
    give_up_privileges();
    limit();
    (void)prctl(PR_SET_DUMPABLE, 0);
    say(ENTRANT_STARTED, make_child());
    _exit(0);
}
