// The ends of real processes.
#include "core/runtime/watch.h"

#include <sys/resource.h>

#include "core/host/process.h"
#include "tests/unit/runner.h"
#include "watching.h"

static struct watched_init init_of(pid_t pid)
{
    _cleanup_process_ struct process process = PROCESS_INIT;

    ck_assert_int_eq(process_open(pid, &process, &err), 0);
    return (struct watched_init){pid, process.start_time};
}

static unsigned open_pidfds(void)
{
    unsigned n = 0;

    for (int fd = 0; fd < 256; fd++) {
        char path[64], text[4096];
        FILE *file;
        size_t length;

        (void)snprintf(path, sizeof path, "/proc/self/fdinfo/%d", fd);
        file = fopen(path, "re");
        if (!file)
            continue;
        length = fread(text, 1, sizeof text - 1, file);
        text[length] = '\0';
        n += strstr(text, "\nPid:") != NULL;
        (void)fclose(file);
    }
    return n;
}

static void set_inits(const struct watched_init *inits, size_t n)
{
    ck_assert_int_eq(runtime_watch_inits(watch, inits, n, &err), 0);
}

START_TEST(test_the_end_of_an_init)
{
    struct watched_init inits[3];

    hide_groups();
    watch_begin("none", NULL);
    start_child();
    inits[0] = init_of(getppid());
    inits[1] = init_of(child);
    inits[2] = inits[1]; // twice
    set_inits(inits, 3);
    ck_assert_uint_eq(open_pidfds(), 2);
    set_inits(inits + 1, 1); // one is forgotten, one is kept
    ck_assert_uint_eq(open_pidfds(), 1);
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 0);
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    turns_until(loop, &changes, 1); // a zombie by now
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 1);
    ck_assert_uint_eq(open_pidfds(), 0);
}
END_TEST

// It ended between the reading and the watching, or its pid is another's by now.
START_TEST(test_an_init_that_has_ended)
{
    struct watched_init init;

    hide_groups();
    watch_begin("none", NULL);
    start_child();
    init = init_of(child);
    init.start_time--;
    set_inits(&init, 1);
    ck_assert_uint_eq(changes, 0); // not told within the call
    turns_until(loop, &changes, 1);
    init.start_time++;
    end_child();
    set_inits(&init, 1);
    turns_until(loop, &changes, 2);
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 2);
    ck_assert_uint_eq(open_pidfds(), 0);
}
END_TEST

START_TEST(test_more_inits_than_descriptors)
{
    const struct rlimit limit = {129, 4096};
    struct watched_init inits[2];

    hide_groups();
    watch_begin("none", NULL);
    notices = 0;
    start_child();
    inits[0] = init_of(getpid());
    inits[1] = init_of(child);
    ck_assert_int_eq(setrlimit(RLIMIT_NOFILE, &limit), 0);
    set_inits(inits, 2);
    set_inits(inits, 2);
    ck_assert_uint_eq(notices, 1);
    ck_assert_ptr_nonnull(strstr(notice, "1 of 2"));
    ck_assert_uint_eq(open_pidfds(), 1);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, watching_begin, watching_end);
    tcase_add_test(tcase, test_the_end_of_an_init);
    tcase_add_test(tcase, test_an_init_that_has_ended);
    tcase_add_test(tcase, test_more_inits_than_descriptors);
}

int main(void)
{
    return run_suite("watch", add);
}
