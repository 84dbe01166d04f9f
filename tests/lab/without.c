/*
 * Runs a command on a kernel that seems older, or that lacks single calls.
 *
 *   without [--since 5.1|5.10|6.1] [--calls NAME[=ERRNO],...] COMMAND [ARGUMENT...]
 *
 * --since V (6.1 if nothing is given): every call and every extension that davit may use and that
 * came after kernel V fails as it does there: ENOSYS for a call; for an extension see `extensions`.
 * Where a filter on numbers and plain arguments cannot do what the old kernel does:
 *   - statx with STATX_MNT_ID_UNIQUE: EINVAL. The old kernel ignores the bit and does not set it in
 *     stx_mask.
 *   - calls whose old limits depend on what a descriptor is (open_tree of a detached mount and
 *     move_mount onto one, 6.15; setns of a pidfd, 5.8) are let through.
 * --calls refuses calls by name, with ENOSYS unless an errno is named: openat2,mount=EPERM
 *
 * The filter is raw seccomp BPF, see seccomp(2); no_new_privs is set only without CAP_SYS_ADMIN.
 */
#include "calls.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#if defined __x86_64__
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined __aarch64__
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#elif defined __riscv && __riscv_xlen == 64
#define NATIVE_ARCH AUDIT_ARCH_RISCV64
#else
#error "add the AUDIT_ARCH of this architecture (linux/audit.h)"
#endif
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "the low half of an argument is first");

enum { FILTER_MAX = 1024, USAGE = 2, FAILED = 125, CANNOT_EXEC = 126, NO_COMMAND = 127 };

/* The first number that the kernel does not know. New calls get the next number everywhere. */
static const struct {
    const char *version;
    uint32_t first_unknown;
} kernels[] = {
    {"5.1", 428},  /* open_tree */
    {"5.10", 441}, /* epoll_pwait2; 442 is mount_setattr */
    {"6.1", 451},  /* cachestat */
};

/* Extensions of older calls, all later than 6.1 unless `until` says otherwise: refused if
 * (argument & mask) == value. */
static const struct {
    uint32_t call;
    unsigned argument;
    uint32_t mask, value;
    int error;
    uint32_t until; /* 0, or: only for kernels whose first unknown call is below this */
} extensions[] = {
    {SYS_statx, 3, 0x4000, 0x4000, EINVAL, 0},         /* STATX_MNT_ID_UNIQUE 6.8 */
    {SYS_move_mount, 4, 0x200, 0x200, EINVAL, 0},      /* MOVE_MOUNT_BENEATH 6.5 */
    {SYS_fsconfig, 1, 0xffffffff, 8, EOPNOTSUPP, 0},   /* FSCONFIG_CMD_CREATE_EXCL 6.6 */
    {SYS_fanotify_init, 0, 0x4000, 0x4000, EINVAL, 0}, /* FAN_REPORT_MNT 6.15 */
    {SYS_fanotify_mark, 1, 0x110, 0x110, EINVAL, 0},   /* FAN_MARK_MNTNS 6.15 */
    {SYS_ioctl, 1, 0xffff, 0xb705, ENOTTY, 0},         /* NS_GET_MNTNS_ID 6.11, _IO and _IOR */
    {SYS_ioctl, 1, 0xffff, 0xb70a, ENOTTY, 0},         /* NS_MNT_GET_INFO 6.12 */
    {SYS_ioctl, 1, 0xffff, 0xb70b, ENOTTY, 0},         /* NS_MNT_GET_NEXT */
    {SYS_ioctl, 1, 0xffff, 0xb70c, ENOTTY, 0},         /* NS_MNT_GET_PREV */
    {SYS_ioctl, 1, 0xffff, 0xb70d, ENOTTY, 0},         /* NS_GET_ID 6.18 */
    {SYS_ioctl, 1, 0xfff0, 0xff00, ENOTTY, 0},         /* PIDFD_GET_*_NAMESPACE 6.11, _INFO 6.13 */
    {SYS_ioctl, 1, 0xffffffff, 0x4c0a, EINVAL, 441},   /* LOOP_CONFIGURE 5.8 */
};

static const struct {
    const char *name;
    uint32_t number;
} calls[] = {
#define X(name) {#name, SYS_##name},
    CALLS(X)
#undef X
};

static struct sock_filter filter[FILTER_MAX];
static unsigned short filter_length;

static void put(uint16_t code, uint32_t k, uint8_t jump_true, uint8_t jump_false)
{
    if (filter_length == FILTER_MAX) {
        fputs("without: too many calls\n", stderr);
        exit(USAGE);
    }
    filter[filter_length++] =
        (struct sock_filter){.code = code, .jt = jump_true, .jf = jump_false, .k = k};
}

static void put_load(size_t offset)
{
    put(BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

static void put_return_errno(int error)
{
    put(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (uint32_t)error, 0, 0);
}

static void put_allow(void)
{
    put(BPF_RET | BPF_K, SECCOMP_RET_ALLOW, 0, 0);
}

static void refuse_call(uint32_t number, int error)
{
    put_load(offsetof(struct seccomp_data, nr));
    put(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1);
    put_return_errno(error);
}

/* Flags and commands are 32 bits wide: the low half of the argument decides. */
static void refuse_extension(size_t i)
{
    put_load(offsetof(struct seccomp_data, nr));
    put(BPF_JMP | BPF_JEQ | BPF_K, extensions[i].call, 0, 4);
    put_load(offsetof(struct seccomp_data, args) + extensions[i].argument * sizeof(uint64_t));
    put(BPF_ALU | BPF_AND | BPF_K, extensions[i].mask, 0, 0);
    put(BPF_JMP | BPF_JEQ | BPF_K, extensions[i].value, 0, 1);
    put_return_errno(extensions[i].error);
}

static void filter_begin(void)
{
    put_load(offsetof(struct seccomp_data, arch));
    put(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0);
    put_allow(); /* another ABI's numbers mean other calls */
}

static bool refuse_since(const char *version)
{
    for (size_t k = 0; k < sizeof kernels / sizeof *kernels; k++) {
        if (strcmp(kernels[k].version, version) != 0)
            continue;
        put_load(offsetof(struct seccomp_data, nr));
        put(BPF_JMP | BPF_JGE | BPF_K, kernels[k].first_unknown, 0, 1);
        put_return_errno(ENOSYS);
        for (size_t i = 0; i < sizeof extensions / sizeof *extensions; i++)
            if (!extensions[i].until || kernels[k].first_unknown < extensions[i].until)
                refuse_extension(i);
        return true;
    }
    fprintf(stderr, "without: --since %s: known are 5.1, 5.10 and 6.1\n", version);
    return false;
}

static int errno_by_name(const char *name)
{
    for (int e = 1; e < 4096; e++) {
        const char *known = strerrorname_np(e);

        if (known && strcmp(known, name) == 0)
            return e;
    }
    return 0;
}

static bool refuse_named(char *item)
{
    char *error_name = strchr(item, '=');
    int error = ENOSYS;

    if (error_name) {
        *error_name++ = '\0';
        error = errno_by_name(error_name);
        if (!error) {
            fprintf(stderr, "without: --calls %s=%s: no such errno\n", item, error_name);
            return false;
        }
    }
    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (strcmp(calls[i].name, item) == 0) {
            refuse_call(calls[i].number, error);
            return true;
        }
    fprintf(stderr, "without: --calls %s: not in the table of calls (calls.h)\n", item);
    return false;
}

static bool refuse_list(char *list)
{
    char *at, *item = strtok_r(list, ",", &at);

    for (; item; item = strtok_r(NULL, ",", &at))
        if (!refuse_named(item))
            return false;
    return true;
}

static int filter_install(void)
{
    struct sock_fprog program;

    put_allow();
    program = (struct sock_fprog){.len = filter_length, .filter = filter};
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
        return 0;
    if (errno == EACCES && prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0)
        return 0;
    fprintf(stderr, "without: cannot install the filter: %s\n", strerror(errno));
    return -1;
}

int main(int argc, char **argv)
{
    bool any = false;
    int i = 1;

    filter_begin();
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        bool good = false;

        if (strcmp(argv[i], "--since") == 0)
            good = refuse_since(argv[i + 1]);
        else if (strcmp(argv[i], "--calls") == 0)
            good = refuse_list(argv[i + 1]);
        else
            break;
        if (!good)
            return USAGE;
        any = true;
    }
    if (i < argc && strcmp(argv[i], "--") == 0)
        i++;
    if (i >= argc || argv[i][0] == '-') {
        fputs("usage: without [--since 5.1|5.10|6.1] [--calls NAME[=ERRNO],...] COMMAND...\n",
              stderr);
        return USAGE;
    }
    if (!any && !refuse_since("6.1"))
        return USAGE;
    if (filter_install() != 0)
        return FAILED;
    execvp(argv[i], &argv[i]);
    fprintf(stderr, "without: cannot execute %s: %s\n", argv[i], strerror(errno));
    return errno == ENOENT ? NO_COMMAND : CANNOT_EXEC;
}
