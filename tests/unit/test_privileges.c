// What a process may do, read from /proc, and the seccomp filters of another one.
#include "core/host/privileges.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <linux/filter.h>
#include <linux/seccomp.h>

#include "core/base/cleanup.h"
#include "core/host/seccompread.h"
#include "tests/unit/runner.h"

START_TEST(reads_a_status)
{
    char text[] = "Name:\tCapEff: 1\nTracerPid:\t17\nCapInh:\t0000000000000001\n"
                  "CapPrm:\t00000000a80425fb\nCapEff:\t00000000a80425f3\n"
                  "CapBnd:\t000001ffffffffff\nCapAmb:\t0000000000000400\nNoNewPrivs:\t1\n"
                  "Seccomp:\t2\nSeccomp_filters:\t3\n";
    struct privileges found;

    ck_assert(privileges_parse(text, &found));
    ck_assert_uint_eq(found.sets.inheritable, 1);
    ck_assert_uint_eq(found.sets.permitted, 0xa80425fb);
    ck_assert_uint_eq(found.sets.effective, 0xa80425f3);
    ck_assert_uint_eq(found.sets.bounding, 0x1ffffffffff);
    ck_assert_uint_eq(found.sets.ambient, 0x400);
    ck_assert(found.no_new_privs);
    ck_assert_int_eq(found.seccomp, SECCOMP_FILTER);
    ck_assert_uint_eq(found.n_filters, 3);
    ck_assert_int_eq(found.tracer, 17);
}
END_TEST

// A process can call itself anything, but cannot put a line of its own there.
START_TEST(a_status_without_capabilities_is_none)
{
    char text[] = "Name:\tCapInh\nCapPrm:\t0\nCapEff:\t0\nCapBnd:\t0\n";
    struct privileges found;

    ck_assert(!privileges_parse(text, &found));
}
END_TEST

START_TEST(reads_limits)
{
    static const char text[] =
        "Limit                     Soft Limit           Hard Limit           Units     \n"
        "Max cpu time              unlimited            unlimited            seconds   \n"
        "Max open files            1024                 524288               files     \n"
        "Max processes             bad                  1                    processes \n";
    struct limits found;

    limits_parse(text, &found);
    ck_assert(found.known[RLIMIT_CPU] && found.of[RLIMIT_CPU].rlim_max == RLIM_INFINITY);
    ck_assert(found.known[RLIMIT_NOFILE]);
    ck_assert_uint_eq(found.of[RLIMIT_NOFILE].rlim_cur, 1024);
    ck_assert_uint_eq(found.of[RLIMIT_NOFILE].rlim_max, 524288);
    ck_assert(!found.known[RLIMIT_NPROC] && !found.known[RLIMIT_AS]);
}
END_TEST

START_TEST(own_limits_are_those_of_the_kernel)
{
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    struct limits found;
    struct error err;

    ck_assert_int_eq(limits_read(self, &found, &err), 0);
    for (int i = 0; i < LIMITS_N; i++) {
        struct rlimit own;

        ck_assert_msg(found.known[i], "limit %d", i);
        ck_assert_int_eq(getrlimit((__rlimit_resource_t)i, &own), 0);
        ck_assert_uint_eq(found.of[i].rlim_cur, own.rlim_cur);
        ck_assert_uint_eq(found.of[i].rlim_max, own.rlim_max);
    }
}
END_TEST

#define FORBIDDEN SYS_getpgid
static struct sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, FORBIDDEN, 0, 1),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EXDEV),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

static void put_on(void)
{
    struct sock_fprog program = {.len = ARRAY_SIZE(filter), .filter = filter};

    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0)
        _exit(1);
}

START_TEST(reads_the_filters_of_another_process)
{
    _cleanup_close_ int fd = memfd_create("filters", MFD_CLOEXEC);
    struct sock_filter read_back[ARRAY_SIZE(filter)];
    struct seccomp_program head;
    int there[2], back[2], n;
    struct error err = {.code = ERROR_NONE};
    pid_t child;
    char byte;

    ck_assert_int_eq(pipe2(there, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(back, O_CLOEXEC), 0);
    child = fork();
    if (child == 0) {
        put_on();
        put_on();
        do {
            if (write(back[1], "x", 1) != 1)
                _exit(1);
        } while (read(there[0], &byte, 1) == 1);
        _exit(1);
    }
    ck_assert_int_eq(read(back[0], &byte, 1), 1);
    n = seccomp_read(child, fd, 5000, &err);
    if (n < 0 && geteuid() != 0) {
        ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
    } else {
        ck_assert_msg(n == 2, "%d: %s", n, err.message);
        for (int i = 0; i < 2; i++) {
            off_t at = (off_t)(sizeof head + sizeof read_back) * i;

            ck_assert_int_eq(pread(fd, &head, sizeof head, at), sizeof head);
            ck_assert_uint_eq(head.length, ARRAY_SIZE(filter));
            ck_assert_int_eq(pread(fd, read_back, sizeof read_back, at + (off_t)sizeof head),
                             sizeof read_back);
            ck_assert_mem_eq(read_back, filter, sizeof filter);
        }
    }
    // It goes on.
    ck_assert_int_eq(write(there[1], "y", 1), 1);
    ck_assert_int_eq(read(back[0], &byte, 1), 1);
    (void)kill(child, SIGKILL);
    ck_assert_int_eq(waitpid(child, &n, 0), child);
    for (int i = 0; i < 2; i++) {
        (void)close(there[i]);
        (void)close(back[i]);
    }
}
END_TEST

START_TEST(a_process_without_filters_has_none)
{
    _cleanup_close_ int fd = memfd_create("filters", MFD_CLOEXEC);
    struct error err = {.code = ERROR_NONE};
    pid_t child = fork();

    if (child == 0)
        for (;;)
            (void)pause();
    ck_assert_int_lt(seccomp_read(child, fd, 5000, &err), 0);
    ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
    ck_assert_uint_gt(strlen(err.message), 0);
    (void)kill(child, SIGKILL);
    (void)waitpid(child, NULL, 0);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, reads_a_status);
    tcase_add_test(tests, a_status_without_capabilities_is_none);
    tcase_add_test(tests, reads_limits);
    tcase_add_test(tests, own_limits_are_those_of_the_kernel);
    tcase_add_test(tests, reads_the_filters_of_another_process);
    tcase_add_test(tests, a_process_without_filters_has_none);
}

int main(void)
{
    return run_suite("privileges", add);
}
