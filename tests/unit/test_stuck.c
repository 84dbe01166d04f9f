// Children that cannot be killed: one is remembered for each filesystem, by all who were forked,
// until it has ended.
#include "core/host/stuck.h"

#include <signal.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/runner.h"

static pid_t sleeper(void)
{
    pid_t pid = fork();

    if (pid == 0) {
        (void)pause();
        _exit(0);
    }
    ck_assert_int_gt(pid, 0);
    return pid;
}

static void end(pid_t pid)
{
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(known_until_it_ends)
{
    pid_t pid = sleeper();

    stuck_share();
    ck_assert(!stuck_waits(7));
    stuck_remember(7, pid);
    ck_assert(stuck_waits(7));
    ck_assert(!stuck_waits(8));
    end(pid);
    ck_assert(!stuck_waits(7));
}
END_TEST

// The worker that left it behind has ended when the next one reads.
START_TEST(told_by_a_child)
{
    pid_t pid = sleeper(), worker;
    int status;

    stuck_share();
    worker = fork();
    if (worker == 0) {
        stuck_remember(7, pid);
        _exit(0);
    }
    ck_assert_int_eq(waitpid(worker, &status, 0), worker);
    ck_assert(stuck_waits(7));
    worker = fork();
    if (worker == 0)
        _exit(stuck_waits(7) ? 3 : 4);
    ck_assert_int_eq(waitpid(worker, &status, 0), worker);
    ck_assert_int_eq(WEXITSTATUS(status), 3);
    end(pid);
}
END_TEST

// Its parent has not asked yet what became of it, and may never do.
START_TEST(a_zombie_waits_for_nothing)
{
    pid_t pid = sleeper();
    siginfo_t info;

    stuck_share();
    stuck_remember(7, pid);
    ck_assert_int_eq(kill(pid, SIGKILL), 0);
    ck_assert_int_eq(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOWAIT), 0);
    ck_assert(!stuck_waits(7));
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}
END_TEST

// A full table forgets, and has room again for as many as have ended.
START_TEST(no_more_than_fit)
{
    pid_t pid = sleeper(), other = sleeper();

    stuck_share();
    for (unsigned i = 0; i < STUCK_MAX; i++)
        stuck_remember(1000 + i, pid);
    stuck_remember(7, other);
    ck_assert(!stuck_waits(7));
    ck_assert(stuck_waits(1000 + STUCK_MAX - 1));
    end(pid);
    ck_assert(!stuck_waits(1000));
    stuck_remember(7, other);
    ck_assert(stuck_waits(7));
    end(other);
}
END_TEST

START_TEST(nothing_is_known_that_was_not_shared)
{
    pid_t pid = sleeper();

    stuck_remember(7, pid);
    ck_assert(!stuck_waits(7));
    end(pid);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, known_until_it_ends);
    tcase_add_test(tcase, told_by_a_child);
    tcase_add_test(tcase, a_zombie_waits_for_nothing);
    tcase_add_test(tcase, no_more_than_fit);
    tcase_add_test(tcase, nothing_is_known_that_was_not_shared);
}

int main(void)
{
    return run_suite("stuck", add);
}
