#include "core/base/resolver.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/helper.h"
#include "tests/unit/runner.h"

static struct error err;
static struct resolver_answer answer;

static int echo(const void *context, struct resolver_answer *out)
{
    out->length = strlen(context);
    memcpy(out->data, context, out->length);
    out->fds[0] = open("/proc/self/stat", O_RDONLY | O_CLOEXEC);
    return 42;
}

START_TEST(answers_with_data_and_descriptor)
{
    ck_assert_int_eq(resolver_ask("echo", echo, "hello", NULL, 0, 5000, &answer, &err), 0);
    ck_assert_int_eq(answer.result, 42);
    ck_assert_uint_eq(answer.length, 5);
    ck_assert(memcmp(answer.data, "hello", 5) == 0);
    ck_assert_int_ge(answer.fds[0], 0);
    ck_assert_int_eq(answer.fds[1], -1);
    ck_assert_int_eq(fcntl(answer.fds[0], F_GETFD), FD_CLOEXEC);
    ck_assert_int_eq(close(answer.fds[0]), 0);
}
END_TEST

static int hang(const void *context, struct resolver_answer *out)
{
    (void)context;
    (void)out;
    while (pause() < 0)
        ;
    return 0;
}

START_TEST(time_is_up)
{
    unsigned long long start = monotonic_us();
    int r = resolver_ask("/srv/dead", hang, NULL, NULL, 0, 100, &answer, &err);

    ck_assert_int_eq(r, -ETIMEDOUT);
    ck_assert_int_eq(err.code, ERROR_TIMED_OUT);
    ck_assert_ptr_nonnull(strstr(err.message, "/srv/dead"));
    ck_assert_uint_ge(monotonic_us() - start, 100000);
}
END_TEST

// Computes for so many microseconds, as one that has no processor is ready to; NULL: without end.
static int compute(const void *context, struct resolver_answer *out)
{
    const unsigned long long *for_us = context, start = monotonic_us();

    (void)out;
    while (!for_us || monotonic_us() - start < *for_us)
        ;
    return 7;
}

START_TEST(has_time_while_it_waits_for_nothing)
{
    const unsigned long long for_us = 350000;

    ck_assert_int_eq(resolver_ask("x", compute, &for_us, NULL, 0, 100, &answer, &err), 0);
    ck_assert_int_eq(answer.result, 7);
    ck_assert_int_eq(resolver_ask("x", compute, NULL, NULL, 0, 100, &answer, &err), -ETIMEDOUT);
    ck_assert_int_eq(answer.left_behind, 0);
}
END_TEST

static int die(const void *context, struct resolver_answer *out)
{
    (void)context;
    (void)out;
    (void)raise(SIGKILL);
    return 0;
}

START_TEST(a_child_that_dies_is_no_answer)
{
    ck_assert_int_lt(resolver_ask("x", die, NULL, NULL, 0, 5000, &answer, &err), 0);
    ck_assert_int_ne(err.code, ERROR_TIMED_OUT);
    ck_assert_str_ne(err.message, "");
}
END_TEST

static int count_descriptors(const void *context, struct resolver_answer *out)
{
    int n = 0;

    (void)context;
    (void)out;
    for (int fd = 0; fd < 1024; fd++)
        n += fcntl(fd, F_GETFD) >= 0;
    return n;
}

START_TEST(holds_no_descriptor_but_its_own)
{
    int kept = open("/dev/null", O_RDONLY | O_CLOEXEC);
    int other = open("/dev/null", O_RDONLY); // not even close-on-exec

    ck_assert_int_ge(other, 0);
    ck_assert_int_eq(resolver_ask("x", count_descriptors, NULL, &kept, 1, 5000, &answer, &err), 0);
    ck_assert_int_eq(answer.result, 2); // its socket and `kept`
    ck_assert_int_eq(close(kept), 0);
    ck_assert_int_eq(close(other), 0);
}
END_TEST

static int fill(const void *context, struct resolver_answer *out)
{
    (void)context;
    memset(out->data, 'x', sizeof out->data);
    out->length = sizeof out->data;
    return 0;
}

START_TEST(largest_answer)
{
    ck_assert_int_eq(resolver_ask("x", fill, NULL, NULL, 0, 5000, &answer, &err), 0);
    ck_assert_uint_eq(answer.length, RESOLVER_ANSWER_SIZE);
    ck_assert_int_eq(answer.data[RESOLVER_ANSWER_SIZE - 1], 'x');
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, answers_with_data_and_descriptor);
    tcase_add_test(tcase, time_is_up);
    tcase_add_test(tcase, has_time_while_it_waits_for_nothing);
    tcase_add_test(tcase, a_child_that_dies_is_no_answer);
    tcase_add_test(tcase, holds_no_descriptor_but_its_own);
    tcase_add_test(tcase, largest_answer);
}

int main(void)
{
    return run_suite("resolver", add);
}
