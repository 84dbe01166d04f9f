#include "core/host/mountwatch.h"

#include <dirent.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "temporary.h"
#include "tests/unit/runner.h"
#include "turns.h"

static struct error err;
static struct loop *loop;
static struct mount_watch *watch;
static char place[TEMPORARY_SIZE]; // to mount at
static unsigned changes, ends;

static void one_change(void *context)
{
    (void)context;
    changes++;
}

static void one_end(void *context)
{
    (void)context;
    ends++;
}

static void end_and_free(void *context)
{
    one_end(context);
    mount_watch_free(watch);
    watch = NULL;
}

static const struct mount_watch_events events = {one_change, one_end};

static void mount_one(void)
{
    ck_assert_int_eq(mount("none", place, "tmpfs", 0, NULL), 0);
}

static void unmount_one(void)
{
    ck_assert_int_eq(umount2(place, 0), 0);
}

static void set_up(void)
{
    temporary_directory(place);
    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(loop_new(&loop, &err), 0);
    changes = ends = 0;
}

static void tear_down(void)
{
    mount_watch_free(watch);
    loop_free(loop);
    while (umount2(place, MNT_DETACH) == 0)
        continue;
    ck_assert_int_eq(rmdir(place), 0);
}

// A child in a mount namespace of its own, which mounts or unmounts at each byte it gets.
struct child {
    struct process process;
    int order, done;
};

static void child_main(int order, int done)
{
    char byte = 'x';
    bool mounted = false;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    if (unshare(CLONE_NEWNS) < 0 || write(done, &byte, 1) != 1)
        _exit(1);
    while (read(order, &byte, 1) == 1) {
        int r = mounted ? umount2(place, 0) : mount("none", place, "tmpfs", 0, NULL);

        mounted = !mounted;
        if (r < 0 || write(done, &byte, 1) != 1)
            _exit(1);
    }
    _exit(0);
}

static void start(struct child *child)
{
    int order[2], done[2];
    char byte;
    pid_t pid;

    ck_assert_int_eq(pipe(order) | pipe(done), 0);
    pid = fork();
    if (pid == 0) {
        (void)close(order[1]);
        child_main(order[0], done[1]);
    }
    (void)close(order[0]), (void)close(done[1]);
    child->order = order[1];
    child->done = done[0];
    child->process = (struct process)PROCESS_INIT;
    ck_assert_int_eq(read(child->done, &byte, 1), 1);
    ck_assert_int_eq(process_open(pid, &child->process, &err), 0);
}

static void command(const struct child *child)
{
    char byte = 'x';

    ck_assert_int_eq(write(child->order, &byte, 1), 1);
    ck_assert_int_eq(read(child->done, &byte, 1), 1);
}

static void stop(struct child *child)
{
    ck_assert_int_eq(kill(child->process.pid, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child->process.pid, NULL, 0), child->process.pid);
    process_done(&child->process);
    (void)close(child->order), (void)close(child->done);
}

static unsigned open_tables(void)
{
    DIR *directory = opendir("/proc/self/fd");
    const struct dirent *d;
    unsigned n = 0;

    while ((d = readdir(directory)) != NULL) {
        char path[280], target[256];
        ssize_t length;

        (void)snprintf(path, sizeof path, "/proc/self/fd/%s", d->d_name);
        length = readlink(path, target, sizeof target - 1);
        target[length > 0 ? length : 0] = '\0';
        n += strstr(target, "/mountinfo") != NULL;
    }
    (void)closedir(directory);
    return n;
}

START_TEST(test_each_change_once_and_nothing_else)
{
    ck_assert_int_eq(mount_watch_new(loop, NULL, &events, NULL, &watch, &err), 0);
    turns_for(loop, 50);
    ck_assert_uint_eq(changes, 0);
    for (unsigned i = 1; i <= 3; i++) { // the table is never read in between
        mount_one();
        turns_until(loop, &changes, i);
        turns_for(loop, 20);
        ck_assert_uint_eq(changes, i);
    }
    ck_assert_int_eq(mount(NULL, place, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL), 0);
    turns_until(loop, &changes, 4);
    unmount_one();
    turns_until(loop, &changes, 5);
    ck_assert_uint_eq(ends, 0);
}
END_TEST

// Between mount_watch_new() and the loop's next turn, when the caller reads the table.
START_TEST(test_a_change_before_the_first_turn)
{
    ck_assert_int_eq(mount_watch_new(loop, NULL, &events, NULL, &watch, &err), 0);
    mount_one();
    turns_until(loop, &changes, 1);
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 1);
    ck_assert_uint_eq(open_tables(), 1);
    unmount_one();
    turns_until(loop, &changes, 2);
}
END_TEST

static void mount_in_turn(void *context)
{
    (void)context;
    mount_one();
}

// In the first turn, from a timer, before libuv has added the descriptor.
START_TEST(test_a_change_in_the_first_turn)
{
    struct loop_source *timer;

    ck_assert_int_eq(loop_timer(loop, mount_in_turn, NULL, &timer, &err), 0);
    loop_timer_start(timer, 0);
    ck_assert_int_eq(mount_watch_new(loop, NULL, &events, NULL, &watch, &err), 0);
    turns_until(loop, &changes, 1);
}
END_TEST

START_TEST(test_another_namespace_and_its_end)
{
    struct child child;

    start(&child);
    ck_assert_int_eq(mount_watch_new(loop, &child.process, &events, NULL, &watch, &err), 0);
    turns_for(loop, 20);
    mount_one(); // here
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 0);
    command(&child);
    turns_until(loop, &changes, 1);
    command(&child);
    turns_until(loop, &changes, 2);
    stop(&child);
    turns_until(loop, &ends, 1);
    ck_assert_uint_eq(open_tables(), 0);
    turns_for(loop, 20);
    ck_assert_uint_eq(ends, 1);
}
END_TEST

START_TEST(test_freed_when_told_of_the_end)
{
    static const struct mount_watch_events freeing = {one_change, end_and_free};
    struct child child;

    start(&child);
    ck_assert_int_eq(mount_watch_new(loop, &child.process, &freeing, NULL, &watch, &err), 0);
    stop(&child);
    turns_until(loop, &ends, 1);
    ck_assert_ptr_null(watch);
}
END_TEST

START_TEST(test_a_process_that_has_ended)
{
    struct process process = PROCESS_INIT;
    struct child child;

    start(&child);
    ck_assert_int_eq(process_open(child.process.pid, &process, &err), 0);
    stop(&child);
    ck_assert_int_eq(mount_watch_new(loop, &process, &events, NULL, &watch, &err), -ESRCH);
    ck_assert_int_eq(err.code, ERROR_GONE);
    ck_assert_uint_eq(open_tables(), 0);
    process_done(&process);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, set_up, tear_down);
    tcase_add_test(tcase, test_each_change_once_and_nothing_else);
    tcase_add_test(tcase, test_a_change_before_the_first_turn);
    tcase_add_test(tcase, test_a_change_in_the_first_turn);
    tcase_add_test(tcase, test_another_namespace_and_its_end);
    tcase_add_test(tcase, test_freed_when_told_of_the_end);
    tcase_add_test(tcase, test_a_process_that_has_ended);
}

int main(void)
{
    return run_suite("mountwatch", add);
}
