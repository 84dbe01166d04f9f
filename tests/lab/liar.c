/*
 * The first process of a container that is after what enters it, by lies: its seccomp filter lets
 * system calls pass for done that are not made, and what enters takes the filter on.
 *
 *   liar fork|session COMMAND [ARGUMENT…]
 *
 * fork: clone(2) with CLONE_PARENT gives 0, as in the child. session: setsid(2) gives 0, and so
 * does TIOCSCTTY. Nothing of that is needed by COMMAND, which then runs with the filter. Static, so
 * that it runs in any image.
 */
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#define LOAD(field) \
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (unsigned)offsetof(struct seccomp_data, field))
#define UNLESS(test, value, n) BPF_JUMP(BPF_JMP | (test) | BPF_K, (unsigned)(value), 0, n)
#define LIE                    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 0)
#define ALLOW                  BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)

static struct sock_filter no_child[] = {
    LOAD(nr), UNLESS(BPF_JEQ, SYS_clone, 3), LOAD(args[0]), UNLESS(BPF_JSET, CLONE_PARENT, 1), LIE,
    ALLOW,
};

static struct sock_filter no_session[] = {
    LOAD(nr),      UNLESS(BPF_JEQ, SYS_setsid, 1), LIE, UNLESS(BPF_JEQ, SYS_ioctl, 3),
    LOAD(args[1]), UNLESS(BPF_JEQ, TIOCSCTTY, 1),  LIE, ALLOW,
};

int main(int argc, char **argv)
{
    struct sock_fprog program = {sizeof no_child / sizeof *no_child, no_child};

    if (argc < 3)
        return 2;
    if (strcmp(argv[1], "session") == 0)
        program = (struct sock_fprog){sizeof no_session / sizeof *no_session, no_session};
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ||
        syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) < 0) {
        perror("liar");
        return 1;
    }
    (void)execv(argv[2], argv + 2);
    perror(argv[2]);
    return 127;
}
