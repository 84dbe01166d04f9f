#include "core/engine/listing.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
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
#include "tests/unit/runner.h"

#define TIMEOUT_MS 20000

static char dir[64];
static int root; // "/" of the paths, as a container's root is
static struct error err;

static void setup(void)
{
    (void)snprintf(dir, sizeof dir, "/tmp/davit-test.XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    // A tmpfs of this test's own, that goes with its namespace.
    ck_assert_msg(unshare(CLONE_NEWNS) == 0, "unshare: %s (root is needed)", strerror(errno));
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("davit-test", dir, "tmpfs", 0, "mode=0755"), 0);
    root = open(dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(root, 0);
}

static void teardown(void)
{
    (void)close(root);
    ck_assert_int_eq(umount2(dir, MNT_DETACH), 0);
    ck_assert_int_eq(rmdir(dir), 0);
}

static int make(const char *name, mode_t type, size_t size)
{
    int fd;

    if (type == S_IFDIR)
        return mkdirat(root, name, 0751);
    fd = openat(root, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);
    if (fd < 0 || ftruncate(fd, (off_t)size) < 0 || close(fd) < 0)
        return -1;
    return 0;
}

static const struct listing_entry *entry_of(const struct listing *listing, const char *name)
{
    for (size_t i = 0; i < listing->n_entries; i++)
        if (strcmp(listing->entries[i].name, name) == 0)
            return &listing->entries[i];
    ck_abort_msg("%s is not listed", name);
    return NULL;
}

START_TEST(entries_are_what_they_are)
{
    CLEANUP(listing_freep) struct listing *listing = NULL;
    const struct timespec times[] = {{.tv_sec = 1000}, {.tv_sec = 1234567890}};
    char longest[NAME_MAX + 1];
    struct stat st;

    memset(longest, 'n', NAME_MAX);
    longest[NAME_MAX] = '\0';
    ck_assert_int_eq(make("file", S_IFREG, 5000000000), 0);
    ck_assert_int_eq(make("directory", S_IFDIR, 0), 0);
    ck_assert_int_eq(make("new\nline", S_IFREG, 0), 0);
    ck_assert_int_eq(make("\xff", S_IFREG, 0), 0);
    ck_assert_int_eq(make(longest, S_IFREG, 0), 0);
    ck_assert_int_eq(symlinkat("to\xff somewhere", root, "link"), 0);
    ck_assert_int_eq(mkfifoat(root, "fifo", 0600), 0);
    ck_assert_int_eq(fchownat(root, "file", 4711, 4712, 0), 0);
    ck_assert_int_eq(utimensat(root, "file", times, 0), 0);

    ck_assert_msg(listing_read(root, "/", TIMEOUT_MS, &listing, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(listing->n_entries, 7);
    ck_assert(!listing->truncated);
    for (size_t i = 1; i < listing->n_entries; i++)
        ck_assert_int_lt(strcmp(listing->entries[i - 1].name, listing->entries[i].name), 0);
    ck_assert_uint_eq(entry_of(listing, "file")->type, S_IFREG);
    ck_assert_uint_eq(entry_of(listing, "file")->mode, 0640);
    ck_assert_uint_eq(entry_of(listing, "file")->size, 5000000000);
    ck_assert_uint_eq(entry_of(listing, "file")->uid, 4711);
    ck_assert_uint_eq(entry_of(listing, "file")->gid, 4712);
    ck_assert_int_eq(entry_of(listing, "file")->mtime, 1234567890);
    ck_assert_ptr_null(entry_of(listing, "file")->link);
    ck_assert_uint_eq(entry_of(listing, "directory")->type, S_IFDIR);
    ck_assert_uint_eq(entry_of(listing, "directory")->mode, 0751);
    ck_assert_uint_eq(entry_of(listing, "fifo")->type, S_IFIFO);
    ck_assert_uint_eq(entry_of(listing, "link")->type, S_IFLNK);
    ck_assert_str_eq(entry_of(listing, "link")->link, "to\xff somewhere");
    ck_assert_uint_eq(entry_of(listing, longest)->type, S_IFREG);
    ck_assert_uint_eq(entry_of(listing, "new\nline")->type, S_IFREG);
    ck_assert_uint_eq(entry_of(listing, "\xff")->type, S_IFREG);
    ck_assert_int_eq(fstatat(root, "file", &st, 0), 0);
    ck_assert_int_eq(st.st_atim.tv_sec, 1000); // looking changes nothing
}
END_TEST

// A path, and what is listed: the only entry's name, or NULL and an error.
static const struct {
    const char *path;
    const char *name;
    int code;
} paths[] = {
    {"/a", "inner", 0},
    {"/a/", "inner", 0},
    {"//a/./b/..", "inner", 0},
    {"/../../../a", "inner", 0},       // ".." ends at the root
    {"/absolute", "inner", 0},         // -> /a
    {"/a/b/absolute", "inner", 0},     // -> /a, from below
    {"/climbing", "inner", 0},         // -> ../../../a
    {"/a/inner", "inner", 0},          // a file: itself
    {"/chain", "inner", 0},            // -> absolute
    {"/outside", NULL, ERROR_NO_PATH}, // -> /etc, which is not in this root
    {"/nothing", NULL, ERROR_NO_PATH},
    {"/a/inner/x", NULL, ERROR_NO_PATH},
    {"/loop", NULL, ERROR_NO_PATH},
    {"/empty", "", 0},
};

START_TEST(paths_stay_in_the_root)
{
    CLEANUP(listing_freep) struct listing *listing = NULL;
    int r;

    ck_assert_int_eq(make("a", S_IFDIR, 0), 0);
    ck_assert_int_eq(make("a/inner", S_IFREG, 0), 0);
    ck_assert_int_eq(make("empty", S_IFDIR, 0), 0);
    ck_assert_int_eq(symlinkat("/a", root, "absolute"), 0);
    ck_assert_int_eq(symlinkat("../../../a", root, "climbing"), 0);
    ck_assert_int_eq(symlinkat("absolute", root, "chain"), 0);
    ck_assert_int_eq(symlinkat("/etc", root, "outside"), 0);
    ck_assert_int_eq(symlinkat("loop", root, "loop"), 0);
    ck_assert_int_eq(make("a/b", S_IFDIR, 0), 0);
    ck_assert_int_eq(symlinkat("/a", root, "a/b/absolute"), 0);
    r = listing_read(root, paths[_i].path, TIMEOUT_MS, &listing, &err);
    if (!paths[_i].name) {
        ck_assert_int_lt(r, 0);
        ck_assert_int_eq((int)err.code, paths[_i].code);
        ck_assert_str_ne(err.path, "");
        return;
    }
    ck_assert_msg(r == 0, "%s: %s", paths[_i].path, err.message);
    if (*paths[_i].name)
        (void)entry_of(listing, paths[_i].name);
    else
        ck_assert_uint_eq(listing->n_entries, 0);
}
END_TEST

START_TEST(large_directories)
{
    static const size_t sizes[] = {9999, 10000, 10001};
    size_t n = sizes[_i];
    CLEANUP(listing_freep) struct listing *listing = NULL;
    char name[NAME_MAX + 1], previous[NAME_MAX + 1] = "";

    for (size_t i = 0; i < n; i++) {
        (void)snprintf(name, sizeof name, "%06zu-and-a-tail-that-makes-it-longer", i);
        ck_assert_int_eq(symlinkat("target", root, name), 0);
    }
    ck_assert_msg(listing_read(root, "/", TIMEOUT_MS, &listing, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(listing->n_entries, n > LISTING_LIMIT ? LISTING_LIMIT : n);
    ck_assert_int_eq(listing->truncated, n > LISTING_LIMIT);
    for (size_t i = 0; i < listing->n_entries; i++) {
        ck_assert_int_lt(strcmp(previous, listing->entries[i].name), 0); // none twice
        (void)snprintf(previous, sizeof previous, "%s", listing->entries[i].name);
        ck_assert_str_eq(listing->entries[i].link, "target");
    }
}
END_TEST

START_TEST(long_links_need_many_answers)
{
    CLEANUP(listing_freep) struct listing *listing = NULL;
    char link[PATH_MAX], name[16];

    memset(link, 'l', sizeof link);
    link[sizeof link - 1] = '\0';
    for (unsigned i = 0; i < 200; i++) {
        (void)snprintf(name, sizeof name, "%u", i);
        ck_assert_int_eq(symlinkat(link, root, name), 0);
    }
    ck_assert_msg(listing_read(root, "/", TIMEOUT_MS, &listing, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(listing->n_entries, 200);
    for (size_t i = 0; i < 200; i++)
        ck_assert_uint_eq(strlen(listing->entries[i].link), PATH_MAX - 1);
}
END_TEST

// A FUSE that nobody serves: every question to it waits.
START_TEST(dead_server_holds_up_nothing)
{
    CLEANUP(listing_freep) struct listing *listing = NULL;
    _cleanup_close_ int fuse = open("/dev/fuse", O_RDWR | O_CLOEXEC);
    unsigned long long before;
    char path[128], options[128];

    ck_assert_int_ge(fuse, 0);
    (void)snprintf(path, sizeof path, "%s/hung", dir);
    (void)snprintf(options, sizeof options, "fd=%d,rootmode=40000,user_id=0,group_id=0", fuse);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    ck_assert_int_eq(mount("davit-test", path, "fuse", MS_NODEV | MS_NOSUID, options), 0);
    before = monotonic_us();
    ck_assert_int_eq(listing_read(root, "/hung", 200, &listing, &err), -ETIMEDOUT);
    ck_assert_int_eq(err.code, ERROR_TIMED_OUT);
    ck_assert_uint_lt(monotonic_us() - before, 10000000);
    // Its parent is listed, and it in there.
    ck_assert_msg(listing_read(root, "/", TIMEOUT_MS, &listing, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(entry_of(listing, "hung")->type, S_IFDIR);
    (void)umount2(path, MNT_DETACH);
}
END_TEST

// An automount point whose daemon is this test: what reaches its pipe is a mount that was wanted.
static int mount_autofs(const char *path, const char *kind, pid_t daemon)
{
    char options[128];
    int pair[2];

    ck_assert_int_eq(pipe2(pair, O_CLOEXEC), 0);
    (void)snprintf(options, sizeof options, "fd=%d,pgrp=%d,minproto=5,maxproto=5,%s", pair[1],
                   daemon, kind);
    ck_assert_int_eq(mkdir(path, 0755), 0);
    if (mount("davit-test", path, "autofs", 0, options) < 0)
        ck_abort_msg("autofs: %s", strerror(errno));
    (void)close(pair[1]);
    return pair[0];
}

START_TEST(automounts_are_not_triggered)
{
    static const struct {
        const char *kind, *path;
    } cases[] = {{"direct", "/auto"},     {"direct", "/auto/below"}, {"direct", "/link"},
                 {"indirect", "/auto"},   {"indirect", "/auto/key"}, {"indirect", "/auto/key/x"},
                 {"indirect", "/link/x"}, {"indirect", "/auto/../x"}};
    CLEANUP(listing_freep) struct listing *listing = NULL;
    struct pollfd wanted = {.events = POLLIN};
    char path[128];
    int status;
    // Its process group is the daemon's, whose look-ups would trigger nothing.
    pid_t daemon = fork();

    ck_assert_int_ge(daemon, 0);
    if (daemon == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)setpgid(0, 0);
        (void)pause();
        _exit(0);
    }
    (void)setpgid(daemon, daemon);
    (void)snprintf(path, sizeof path, "%s/auto", dir);
    wanted.fd = mount_autofs(path, cases[_i].kind, daemon);
    ck_assert_int_eq(symlinkat("auto", root, "link"), 0);
    ck_assert_int_eq(listing_read(root, cases[_i].path, 2000, &listing, &err), -EREMOTE);
    ck_assert_int_eq(err.code, ERROR_UNSAFE);
    ck_assert_int_eq(poll(&wanted, 1, 0), 0);
    ck_assert_msg(listing_read(root, "/", TIMEOUT_MS, &listing, &err) == 0, "%s", err.message);
    ck_assert_uint_eq(entry_of(listing, "auto")->type, S_IFDIR);
    ck_assert_int_eq(poll(&wanted, 1, 0), 0);
    (void)umount2(path, MNT_DETACH);
    (void)close(wanted.fd);
    (void)kill(daemon, SIGKILL);
    (void)waitpid(daemon, &status, 0);
}
END_TEST

static const struct {
    const char *place;
    int in_container; // -1: neither
} places[] = {
    {"/srv", 0},  {"./srv", 0},    {"../srv", 0}, {".", 0},        {"..", 0},
    {"/a:/b", 0}, {"./a:/b", 0},   {"web:/", 1},  {"web:/a:b", 1}, {"pid:1:/", 1},
    {"srv", -1},  {"web:srv", -1}, {"", -1},      {"...:/x", 1},   {"docker/web:/x", 1},
};

START_TEST(places_are_told_apart)
{
    bool in_container = places[_i].in_container != 1;
    int r = listing_place(places[_i].place, &in_container, &err);

    if (places[_i].in_container < 0) {
        ck_assert_int_lt(r, 0);
        ck_assert_int_eq(err.code, ERROR_USAGE);
        return;
    }
    ck_assert_int_eq(r, 0);
    ck_assert_int_eq(in_container, places[_i].in_container);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, entries_are_what_they_are);
    tcase_add_loop_test(tcase, paths_stay_in_the_root, 0, (int)ARRAY_SIZE(paths));
    tcase_add_loop_test(tcase, large_directories, 0, 3);
    tcase_add_test(tcase, long_links_need_many_answers);
    tcase_add_test(tcase, dead_server_holds_up_nothing);
    tcase_add_loop_test(tcase, automounts_are_not_triggered, 0, 8);
    tcase_add_loop_test(tcase, places_are_told_apart, 0, (int)ARRAY_SIZE(places));
}

int main(void)
{
    return run_suite("listing", add);
}
