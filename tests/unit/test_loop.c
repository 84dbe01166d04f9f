// The event loop: what is waited for is called, and a turn ends when something was.
#include "core/base/loop.h"

#include <signal.h>
#include <unistd.h>

#include "runner.h"

static struct loop *loop;
static int called;

static void begin(void)
{
    struct error err;

    called = 0;
    ck_assert_int_eq(loop_new(&loop, &err), 0);
}

static void on_timer(void *context)
{
    (void)context;
    called++;
}

static void on_signal(int number, void *context)
{
    (void)context;
    called = number;
}

static void on_fd(int fd, unsigned events, void *context)
{
    char byte;

    (void)context;
    called = (int)events;
    ck_assert_int_eq(read(fd, &byte, 1), 1);
}

// A turn that slept after the timer was called would never end: nothing else is there to wake it
// but a descriptor that stays silent.
START_TEST(a_timer_that_is_due_ends_the_turn)
{
    struct loop_source *timer;
    struct loop_source *silent;
    struct error err;
    int fds[2];

    begin();
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(loop_fd(loop, fds[0], LOOP_READ, on_fd, NULL, &silent, &err), 0);
    ck_assert_int_eq(loop_timer(loop, on_timer, NULL, &timer, &err), 0);
    ck_assert(!loop_timer_running(timer));
    loop_timer_start(timer, 0);
    ck_assert(loop_timer_running(timer));
    ck_assert_int_eq(loop_turn(loop), 0);
    ck_assert_int_eq(called, 1);
    ck_assert(!loop_timer_running(timer));
    loop_timer_start(timer, 20);
    ck_assert_int_eq(loop_turn(loop), 0);
    ck_assert_int_eq(called, 2);
    loop_timer_start(timer, 20);
    loop_timer_stop(timer);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    ck_assert_int_eq(loop_turn(loop), 0);
    ck_assert_int_eq(called, LOOP_READ);
    loop_free(loop); // with sources left
    (void)close(fds[0]);
    (void)close(fds[1]);
}
END_TEST

START_TEST(signals_are_events)
{
    struct loop_source *source;
    struct error err;

    begin();
    ck_assert_int_eq(loop_signal(loop, SIGUSR1, on_signal, NULL, &source, &err), 0);
    ck_assert_int_eq(raise(SIGUSR1), 0);
    while (called == 0)
        (void)loop_turn(loop);
    ck_assert_int_eq(called, SIGUSR1);
    loop_source_free(source);
    ck_assert_int_eq(loop_turn(loop), 1); // nothing is waited for
    loop_free(loop);
}
END_TEST

static struct loop_source *own;

static void free_own(int fd, unsigned events, void *context)
{
    (void)fd;
    (void)events;
    (void)context;
    called++;
    loop_source_free(own);
}

START_TEST(a_source_may_free_itself)
{
    struct error err;
    int fds[2];

    begin();
    ck_assert_int_eq(pipe(fds), 0);
    ck_assert_int_eq(write(fds[1], "x", 1), 1);
    ck_assert_int_eq(loop_fd(loop, fds[0], LOOP_READ, free_own, NULL, &own, &err), 0);
    while (loop_turn(loop) == 0)
        continue;
    ck_assert_int_eq(called, 1);
    loop_free(loop);
    (void)close(fds[0]);
    (void)close(fds[1]);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_timer_that_is_due_ends_the_turn);
    tcase_add_test(tcase, signals_are_events);
    tcase_add_test(tcase, a_source_may_free_itself);
}

int main(void)
{
    return run_suite("loop", add);
}
