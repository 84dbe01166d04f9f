#include "core/engine/mounts_explain.h"

#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/base/text.h"
#include "core/engine/engine.h"
#include "tests/unit/runner.h"

static struct error err;

// ---- propagation in words ----

static char slash[] = "/", mnt[] = "/mnt", usb[] = "/mnt/usb", data[] = "/data",
            odd[] = "/o\x1b\xff";
static struct mount_entry host_entries[] = {
    {.id = 1, .device = 1, .root = slash, .target = slash, .peer_group = 5},
    {.id = 2, .device = 2, .root = slash, .target = mnt, .peer_group = 12},
    {.id = 3, .device = 2, .root = usb, .target = data, .peer_group = 12},
    {.id = 4, .device = 3, .root = slash, .target = odd, .peer_group = 13},
};
static struct mount_entry own_entries[] = {
    {.id = 50, .device = 9, .root = slash, .target = slash},
    {.id = 51, .device = 2, .root = usb, .target = data, .peer_group = 70},
};
static const struct mount_table host_table = {.entries = host_entries, .n_entries = 4};
static const struct mount_table own_table = {.entries = own_entries, .n_entries = 2};

static const struct {
    struct mount_entry entry;
    const char *receives; // NULL: none
    const char *why;      // is in the sentence
    const char *why_too;
} words[] = {
    {{.id = 60}, NULL, "private: ", "stays here"},
    {{.id = 60, .unbindable = true}, NULL, "unbindable", "cannot be cloned"},
    {{.id = 60, .peer_group = 12, .device = 2},
     NULL,
     "shared in peer group 12 with the host's /mnt:",
     "or unmounted"},
    {{.id = 60, .peer_group = 70}, NULL, "shared in peer group 70 with this container's /data", ""},
    {{.id = 51, .peer_group = 70}, NULL, "shared in peer group 70, which has no other", ""},
    {{.id = 60, .master = 12, .device = 2},
     "host /mnt (peer group 12)",
     "slave of peer group 12: what is mounted below the host's /mnt shows here",
     "nothing from here"},
    {{.id = 60, .master = 99}, NULL, "slave of peer group 99, which neither the host", ""},
    {{.id = 60, .master = 99, .propagate_from = 7}, NULL, "(through group 7)", "another namespace"},
    {{.id = 60, .master = 12, .device = 2, .peer_group = 70},
     "host /mnt (peer group 12)",
     "slave of peer group 12",
     "; and shared in peer group 70"},
    {{.id = 60, .master = 13, .device = 3},
     "host /o\xef\xbf\xbd\xef\xbf\xbd (peer group 13)",
     "\xef\xbf\xbd",
     ""},
};

START_TEST(propagation_in_words)
{
    _cleanup_mount_groups_ struct mount_groups own = {.members = NULL}, host = {.members = NULL};
    struct mount_entry entry = words[_i].entry;
    char *receives = NULL, *gives = NULL, *why = NULL;

    entry.root = slash;
    entry.target = data;
    ck_assert_int_eq(mount_groups_make(&own_table, &own, &err), 0);
    ck_assert_int_eq(mount_groups_make(&host_table, &host, &err), 0);
    ck_assert_int_eq(mounts_explain(&entry, &own, &host, &receives, &gives, &why, &err), 0);
    ck_assert_pstr_eq(receives, words[_i].receives);
    ck_assert_msg(strstr(why, words[_i].why) != NULL, "%s", why);
    ck_assert_msg(!words[_i].why_too || strstr(why, words[_i].why_too) != NULL, "%s", why);
    ck_assert(text_is_clean(why, strlen(why)));
    ck_assert(!gives || entry.peer_group);
    free(gives);
    free(receives);
    free(why);
}
END_TEST

// Of several members, the one that holds the part of the filesystem which the mount shows.
START_TEST(nearest_member_is_named)
{
    struct mount_entry entry = {.id = 60, .device = 2, .root = usb, .target = data, .master = 12};
    struct mount_table table = {.entries = host_entries + 2, .n_entries = 1};
    _cleanup_mount_groups_ struct mount_groups own = {.members = NULL}, host = {.members = NULL},
                                               later = {.members = NULL};
    char *receives = NULL, *gives = NULL, *why = NULL;

    ck_assert_int_eq(mount_groups_make(&own_table, &own, &err), 0);
    ck_assert_int_eq(mount_groups_make(&host_table, &host, &err), 0);
    ck_assert_int_eq(mount_groups_make(&table, &later, &err), 0);
    ck_assert_int_eq(mounts_explain(&entry, &own, &host, &receives, &gives, &why, &err), 0);
    ck_assert_str_eq(receives, "host /mnt (peer group 12)");
    free(receives);
    free(why);
    ck_assert_int_eq(mounts_explain(&entry, &own, &later, &receives, &gives, &why, &err), 0);
    ck_assert_str_eq(receives, "host /data (peer group 12)");
    free(receives);
    free(why);
}
END_TEST

START_TEST(who_gets_what_is_mounted_here)
{
    _cleanup_mount_groups_ struct mount_groups own = {.members = NULL}, host = {.members = NULL};
    struct mount_entry entry = {
        .id = 60, .device = 2, .root = slash, .target = data, .peer_group = 12};
    char *receives = NULL, *gives = NULL, *why = NULL;

    ck_assert_int_eq(mount_groups_make(&own_table, &own, &err), 0);
    ck_assert_int_eq(mount_groups_make(&host_table, &host, &err), 0);
    ck_assert_int_eq(mounts_explain(&entry, &own, &host, &receives, &gives, &why, &err), 0);
    ck_assert_ptr_null(receives);
    ck_assert_str_eq(gives, "host /mnt (peer group 12)");
    free(gives);
    free(why);
}
END_TEST

// ---- a process with a mount namespace of its own ----

static char dir[64], state[80];
static pid_t init;

// Each bind of the tree into itself doubles it.
static void make_many(unsigned doublings)
{
    char path[128], place[160];

    (void)snprintf(path, sizeof path, "%s/many", dir);
    if (doublings == 0)
        return;
    if (mkdir(path, 0755) < 0 || mount("davit-test", path, "tmpfs", 0, "mode=0755") < 0 ||
        mount(NULL, path, NULL, MS_SHARED, NULL) < 0)
        _exit(1);
    for (unsigned i = 0; i < doublings; i++) {
        (void)snprintf(place, sizeof place, "%s/%u", path, i);
        if (mkdir(place, 0755) < 0)
            _exit(1);
    }
    (void)mount(NULL, path, NULL, MS_PRIVATE, NULL);
    for (unsigned i = 0; i < doublings; i++) {
        (void)snprintf(place, sizeof place, "%s/%u", path, i);
        if (mount(path, place, NULL, MS_BIND | MS_REC, NULL) < 0)
            _exit(1);
    }
    // All in one peer group, each of which has thousands of others.
    (void)mount(NULL, path, NULL, MS_SHARED | MS_REC, NULL);
}

static void run_init(int ready, int fuse, unsigned doublings)
{
    char path[128], options[128];

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
    if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
        mount("davit-test", dir, "tmpfs", 0, "mode=0755") < 0)
        _exit(1);
    (void)snprintf(path, sizeof path, "%s/hung", dir);
    if (mkdir(path, 0755) < 0 || mount("davit-test", path, "fuse", MS_NODEV, options) < 0)
        _exit(1);
    (void)snprintf(path, sizeof path, "%s/bound", dir);
    if (mkdir(path, 0755) < 0 || mount(dir, path, NULL, MS_BIND, NULL) < 0)
        _exit(1);
    make_many(doublings);
    if (write(ready, "x", 1) != 1)
        _exit(1);
    (void)pause();
    _exit(0);
}

static void teardown(void)
{
    if (init > 0) {
        (void)kill(init, SIGKILL);
        (void)waitpid(init, NULL, 0);
    }
    if (*dir)
        (void)rmdir(dir);
}

static void begin(int fuse, unsigned doublings)
{
    int ready[2];
    char byte;

    (void)snprintf(dir, sizeof dir, "/tmp/davit-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    (void)snprintf(state, sizeof state, "%s/state", dir);
    ck_assert_int_eq(pipe2(ready, O_CLOEXEC), 0);
    init = fork();
    ck_assert_int_ge(init, 0);
    if (init == 0)
        run_init(ready[1], fuse, doublings);
    (void)close(ready[1]);
    ck_assert_msg(read(ready[0], &byte, 1) == 1, "no namespace of its own (root is needed)");
    (void)close(ready[0]);
}

static const struct container_mount *at(const struct container_mounts *mounts, const char *name)
{
    char path[128];

    (void)snprintf(path, sizeof path, "%s/%s", dir, name);
    for (size_t i = 0; i < mounts->n_mounts; i++)
        if (strcmp(mounts->mounts[i].entry->target, path) == 0)
            return &mounts->mounts[i];
    ck_abort_msg("nothing at %s", path);
    return NULL;
}

START_TEST(server_that_does_not_answer_is_stale)
{
    _cleanup_close_ int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    CLEANUP(container_mounts_freep) struct container_mounts *mounts = NULL;
    _cleanup_engine_ struct engine *engine = NULL;
    struct engine_options options = {.state_dir = state,
                                     .runtime = {.docker_endpoint = "unix:///nonexistent/s"}};
    unsigned long long before;
    char selector[32];

    ck_assert_int_ge(fuse, 0);
    begin(fuse, 0);
    (void)snprintf(selector, sizeof selector, "pid:%d", init);
    ck_assert_int_eq(engine_open(&options, &engine, &err), 0);
    before = monotonic_us();
    ck_assert_msg(engine_mounts(engine, selector, NULL, 0, &mounts, &err) == 0, "%s", err.message);
    ck_assert_uint_lt(monotonic_us() - before, 10000000);
    ck_assert(at(mounts, "hung")->stale);
    ck_assert(!at(mounts, "bound")->stale);
    ck_assert_int_eq(at(mounts, "bound")->origin, ORIGIN_OTHER);
    ck_assert_int_eq(mounts->mounts[0].origin, ORIGIN_IMAGE);
    for (size_t i = 0; i < mounts->n_mounts; i++) {
        ck_assert_ptr_nonnull(mounts->mounts[i].why);
        ck_assert_str_eq(mounts->mounts[i].attachment, "");
    }
}
END_TEST

// A container may have as many as it likes: all are told of, or as many as were asked for.
START_TEST(thousands)
{
    _cleanup_close_ int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    struct container_mounts *mounts;
    _cleanup_engine_ struct engine *engine = NULL;
    struct engine_options options = {.state_dir = state,
                                     .runtime = {.docker_endpoint = "unix:///nonexistent/s"}};
    unsigned long long before;
    char selector[32];

    begin(fuse, 13);
    (void)snprintf(selector, sizeof selector, "pid:%d", init);
    ck_assert_int_eq(engine_open(&options, &engine, &err), 0);
    before = monotonic_us();
    ck_assert_msg(engine_mounts(engine, selector, NULL, 0, &mounts, &err) == 0, "%s", err.message);
    ck_assert_uint_lt(monotonic_us() - before, 20000000);
    ck_assert_uint_gt(mounts->n_mounts, 8192);
    ck_assert(!mounts->truncated);
    container_mounts_free(mounts);
    ck_assert_msg(engine_mounts(engine, selector, NULL, 4096, &mounts, &err) == 0, "%s",
                  err.message);
    ck_assert_uint_eq(mounts->n_mounts, 4096);
    ck_assert(mounts->truncated);
    ck_assert_int_eq(mounts->mounts[0].origin, ORIGIN_IMAGE);
    for (size_t i = 0; i < mounts->n_mounts; i++)
        ck_assert_ptr_nonnull(mounts->mounts[i].why);
    container_mounts_free(mounts);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, NULL, teardown);
    tcase_add_loop_test(tcase, propagation_in_words, 0, (int)ARRAY_SIZE(words));
    tcase_add_test(tcase, nearest_member_is_named);
    tcase_add_test(tcase, who_gets_what_is_mounted_here);
    tcase_add_test(tcase, server_that_does_not_answer_is_stale);
    tcase_add_test(tcase, thousands);
}

int main(void)
{
    return run_suite("mounts", add);
}
