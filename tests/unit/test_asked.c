// Children that were given up are counted for as long as they live, whoever of their askers has
// ended, and are too many at some time.
#include "core/base/asked.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/runner.h"

static struct error err;

static void in_child(const struct asked *asked, int ready)
{
    asked_by_child(asked);
    (void)!write(ready, "", 1);
    for (;;)
        (void)pause();
}

struct given_up {
    pid_t asker, child;
};

// An asker that asks about `what`, and the child of it; both go on until they are ended.
static struct given_up begin(const char *what, int root)
{
    struct given_up ret = {0};
    int pids[2], ready[2];
    char one;

    // Whom an asker leaves behind is ours.
    ck_assert_int_eq(prctl(PR_SET_CHILD_SUBREAPER, 1), 0);
    ck_assert_int_eq(pipe2(pids, O_CLOEXEC), 0);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    ret.asker = fork();
    if (ret.asker == 0) {
        struct asked asked;

        if (asked_begin(what, root, &asked, &err) < 0)
            _exit(1);
        ret.child = fork();
        if (ret.child == 0)
            in_child(&asked, ready[1]);
        (void)!write(pids[1], &ret.child, sizeof ret.child);
        for (;;)
            (void)pause();
    }
    ck_assert_int_eq(read(pids[0], &ret.child, sizeof ret.child), sizeof ret.child);
    ck_assert_int_eq(read(ready[0], &one, 1), 1);
    for (int i = 0; i < 2; i++) {
        (void)close(pids[i]);
        (void)close(ready[i]);
    }
    return ret;
}

static void end_asker(const struct given_up *one)
{
    ck_assert_int_eq(kill(one->asker, SIGKILL), 0);
    ck_assert_int_eq(waitpid(one->asker, NULL, 0), one->asker);
}

static void end_child(const struct given_up *one)
{
    ck_assert_int_eq(kill(one->child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(one->child, NULL, 0), one->child);
}

static int ask(const char *what, int root)
{
    struct asked asked;
    int r = asked_begin(what, root, &asked, &err);

    if (r == 0)
        asked_end(&asked);
    return r;
}

START_TEST(two_of_a_place)
{
    struct given_up one, two;

    asked_share();
    one = begin("/srv/dead", -1);
    end_asker(&one);
    ck_assert_int_eq(ask("/srv/dead", -1), 0);
    two = begin("/srv/dead", -1);
    // Its asker still waits for the answer: it is not given up.
    ck_assert_int_eq(ask("/srv/dead", -1), 0);
    end_asker(&two);
    ck_assert_int_eq(ask("/srv/dead", -1), -ETIMEDOUT);
    ck_assert_int_eq(err.code, ERROR_TIMED_OUT);
    ck_assert_ptr_nonnull(strstr(err.message, "/srv/dead: not asked again, since 2 "));
    ck_assert_str_ne(err.hint, "");
    ck_assert_int_eq(ask("/srv/other", -1), 0);
    end_child(&one);
    ck_assert_int_eq(ask("/srv/dead", -1), 0);
    end_child(&two);
}
END_TEST

// What another process of the same engine has given up.
START_TEST(the_same_path_in_another_root)
{
    int here = open("/", O_PATH | O_CLOEXEC), there = open("/proc", O_PATH | O_CLOEXEC);
    struct given_up both[2];

    asked_share();
    for (int i = 0; i < 2; i++) {
        both[i] = begin("/srv/dead", here);
        end_asker(&both[i]);
    }
    ck_assert_int_eq(ask("/srv/dead", here), -ETIMEDOUT);
    ck_assert_int_eq(ask("/srv/dead", there), 0);
    for (int i = 0; i < 2; i++)
        end_child(&both[i]);
    (void)close(here);
    (void)close(there);
}
END_TEST

START_TEST(so_many_in_all)
{
    struct given_up all[ASKED_ALL_MAX];
    char name[32];

    asked_share();
    for (int i = 0; i < ASKED_ALL_MAX; i++) {
        ck_assert_int_eq(ask("/srv/free", -1), 0);
        (void)snprintf(name, sizeof name, "/srv/dead/%d", i / 2);
        all[i] = begin(name, -1);
        end_asker(&all[i]);
    }
    ck_assert_int_eq(ask("/srv/free", -1), -EBUSY);
    ck_assert_int_eq(err.code, ERROR_BUSY);
    ck_assert_ptr_nonnull(strstr(err.message, "/srv/free: not asked, since 32 "));
    ck_assert_ptr_nonnull(strstr(err.message, "/srv/dead/"));
    end_child(&all[7]);
    ck_assert_int_eq(ask("/srv/free", -1), 0);
    for (int i = 0; i < ASKED_ALL_MAX; i++)
        if (i != 7)
            end_child(&all[i]);
}
END_TEST

START_TEST(nothing_is_counted_that_was_not_shared)
{
    struct given_up both[2];

    for (int i = 0; i < 2; i++) {
        both[i] = begin("/srv/dead", -1);
        end_asker(&both[i]);
    }
    ck_assert_int_eq(asked_descriptor(), -1);
    ck_assert_int_eq(ask("/srv/dead", -1), 0);
    for (int i = 0; i < 2; i++)
        end_child(&both[i]);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, two_of_a_place);
    tcase_add_test(tcase, the_same_path_in_another_root);
    tcase_add_test(tcase, so_many_in_all);
    tcase_add_test(tcase, nothing_is_counted_that_was_not_shared);
}

int main(void)
{
    return run_suite("asked", add);
}
