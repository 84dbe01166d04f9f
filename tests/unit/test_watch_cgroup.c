// Births and ends of real control groups, of both versions where this machine has both.
#include "core/runtime/watch.h"

#include <fcntl.h>
#include <stdbool.h>

#include "tests/unit/runner.h"
#include "watching.h"

static int hierarchy;  // where
static char group[32]; // a control group of this test's own is, "" when there is none

// A group is empty only when the kernel has taken its dead away.
static void remove_group(void)
{
    int r = -1;

    for (int i = 0; i < 5000 && r < 0; i++) {
        empty(directory);
        r = unlinkat(hierarchy, group, AT_REMOVEDIR);
        (void)usleep(r < 0 ? 1000 : 0);
    }
    ck_assert_int_eq(r, 0);
    (void)close(hierarchy);
    ck_assert_int_eq(umount2(directory, MNT_DETACH), 0);
}

static void tear_down(void)
{
    end_child();
    if (group[0])
        remove_group();
    watching_end();
}

// A group of our own, which is all that the watch can see: other people's are hidden. False when
// this machine has none of the kind.
static bool only_own_groups(bool version2)
{
    static const char *const places[2][2] = {{"/sys/fs/cgroup/memory", "/sys/fs/cgroup/pids"},
                                             {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}};

    for (size_t i = 0; i < 2; i++) {
        const char *place = places[version2][i];

        if (access(in(place, "cgroup.procs"), W_OK) < 0 ||
            (access(in(place, "cgroup.controllers"), F_OK) == 0) != version2)
            continue;
        (void)snprintf(group, sizeof group, "davit-unit-%d", (int)getpid());
        hierarchy = open(place, O_PATH | O_DIRECTORY | O_CLOEXEC);
        ck_assert_int_eq(mkdirat(hierarchy, group, 0755), 0);
        ck_assert_int_eq(mount(in(place, group), directory, NULL, MS_BIND, NULL), 0);
        hide_groups();
        return true;
    }
    return false;
}

static void some_own_groups(void)
{
    ck_assert(only_own_groups(true) || only_own_groups(false));
}

static void put(const char *file, const char *text)
{
    int fd = open(in(directory, file), O_WRONLY | O_CLOEXEC);

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(write(fd, text, strlen(text)), (int)strlen(text));
    (void)close(fd);
}

// Waits until a birth has been told as often as it is.
static void settle(void)
{
    unsigned before;

    do {
        before = changes;
        turns_for(loop, 1200);
    } while (changes > before);
}

START_TEST(test_births_and_ends_of_groups)
{
    if (!only_own_groups(_i))
        return;
    make("old");
    watch_begin("none", NULL);
    turns_for(loop, 50);
    ck_assert_uint_eq(changes + notices, 0);
    make("web");
    turns_until(loop, &changes, 1); // at once
    turns_until(loop, &changes, 4); // and again while it may still be beginning
    turns_for(loop, 100);
    ck_assert_uint_eq(changes, 4);
    make("old/in"); // one that was there before
    turns_until(loop, &changes, 8);
    take_away("old/in");
    turns_until(loop, &changes, 9);
    turns_for(loop, 200);
    ck_assert_uint_eq(changes, 9);
    take_away("old");
    turns_until(loop, &changes, 10);
}
END_TEST

// Made faster than they are heard of: all must be watched in the end.
START_TEST(test_groups_made_at_once)
{
    char path[256] = "a";

    some_own_groups();
    watch_begin("none", NULL);
    for (unsigned i = 0; i < 20; i++) {
        make(path);
        (void)strcat(path, "/b");
    }
    turns_until(loop, &changes, 1);
    settle();
    changes = 0;
    make(path); // in the deepest
    turns_until(loop, &changes, 1);
}
END_TEST

// More than are read in one turn, and one that goes before it is read.
START_TEST(test_many_groups)
{
    char name[32];

    some_own_groups();
    for (unsigned i = 0; i < 300; i++) {
        (void)snprintf(name, sizeof name, "g%u", i);
        make(name);
    }
    watch_begin("none", NULL);
    take_away(name);
    turns_until(loop, &changes, 2); // that it went, and that all is watched now
    changes = 0;
    for (unsigned i = 0; i < 299; i++) {
        (void)snprintf(name, sizeof name, "g%u/in", i);
        make(name);
        turns_until(loop, &changes, 1);
        changes = 0;
        take_away(name);
        turns_until(loop, &changes, 1);
        changes = 0;
    }
}
END_TEST

// More than inotify keeps: fs.inotify.max_queued_events, 16384 unless it was set.
START_TEST(test_groups_more_than_are_told)
{
    some_own_groups();
    watch_begin("none", NULL);
    for (unsigned i = 0; i < 8300; i++) {
        make("short");
        take_away("short");
    }
    make("last");
    turns_until(loop, &changes, 1);
    settle();
    changes = 0;
    make("last/in");
    turns_until(loop, &changes, 1);
    ck_assert_uint_eq(notices, 0);
}
END_TEST

START_TEST(test_a_group_that_is_renamed)
{
    char to[1024];

    if (!only_own_groups(false)) // version 2 has no renaming
        return;
    make("a");
    make("a/b");
    watch_begin("none", NULL);
    (void)snprintf(to, sizeof to, "%s/z", directory);
    ck_assert_int_eq(rename(in(directory, "a"), to), 0);
    turns_until(loop, &changes, 1);
    settle();
    changes = 0;
    make("z/b/c");
    make("z/b/c/d"); // whose path was put together from the new name
    turns_until(loop, &changes, 1);
    settle();
    changes = 0;
    take_away("z/b/c/d");
    turns_until(loop, &changes, 1);
}
END_TEST

START_TEST(test_groups_that_fill_freeze_and_empty)
{
    char pid[16];

    if (!only_own_groups(true))
        return;
    make("web");
    watch_begin("none", NULL);
    start_child();
    (void)snprintf(pid, sizeof pid, "%d", (int)child);
    put("web/cgroup.procs", pid);
    turns_until(loop, &changes, 1);
    turns_for(loop, 100);
    changes = 0;
    put("web/cgroup.freeze", "1");
    turns_until(loop, &changes, 1);
    turns_for(loop, 100);
    changes = 0;
    put("web/cgroup.freeze", "0");
    turns_until(loop, &changes, 1);
    turns_for(loop, 100);
    changes = 0;
    end_child();
    turns_until(loop, &changes, 1);
}
END_TEST

// The limit of inotify watches is each user namespace's own. In a child, for there is no way back.
static bool is_cut_by_limit(void)
{
    int fd;

    if (unshare(CLONE_NEWUSER) < 0)
        return false;
    fd = open("/proc/sys/user/max_inotify_watches", O_WRONLY | O_CLOEXEC);
    if (fd < 0 || write(fd, "3", 1) != 1)
        return false;
    watch_begin("none", NULL);
    return notices == 1 && strstr(notice, "max_user_watches");
}

START_TEST(test_more_groups_than_may_be_watched)
{
    int status = -1;
    pid_t pid;

    if (!only_own_groups(_i))
        return;
    make("a");
    make("b");
    make("c");
    pid = fork();
    if (pid == 0)
        _exit(is_cut_by_limit() ? 0 : 1);
    ck_assert_int_eq(waitpid(pid, &status, 0), pid);
    ck_assert_int_eq(status, 0);
}
END_TEST

START_TEST(test_no_groups)
{
    hide_groups();
    watch_begin("none", NULL);
    ck_assert_uint_eq(notices, 1);
    ck_assert_ptr_nonnull(strstr(notice, "no control groups"));
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, watching_begin, tear_down);
    tcase_add_loop_test(tcase, test_births_and_ends_of_groups, 0, 2);
    tcase_add_test(tcase, test_groups_made_at_once);
    tcase_add_test(tcase, test_many_groups);
    tcase_add_test(tcase, test_groups_more_than_are_told);
    tcase_add_test(tcase, test_a_group_that_is_renamed);
    tcase_add_test(tcase, test_groups_that_fill_freeze_and_empty);
    tcase_add_loop_test(tcase, test_more_groups_than_may_be_watched, 0, 2);
    tcase_add_test(tcase, test_no_groups);
}

int main(void)
{
    return run_suite("watch_cgroup", add);
}
