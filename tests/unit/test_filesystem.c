#include "core/host/filesystem.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "image.h"
#include "temporary.h"
#include "core/base/file.h"
#include "core/host/stuck.h"
#include "tests/unit/runner.h"

static struct error err;
static char base[TEMPORARY_SIZE]; // a tmpfs of the test's own namespace

static void setup(void)
{
    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    temporary_directory(base);
    ck_assert_int_eq(mount("none", base, "tmpfs", 0, "mode=755"), 0);
}

static void teardown(void)
{
    (void)umount2(base, MNT_DETACH);
    ck_assert_int_eq(rmdir(base), 0);
}

static const char *place(const char *name)
{
    static char paths[8][256];
    static unsigned next;
    char *path = paths[next++ % ARRAY_SIZE(paths)];

    (void)snprintf(path, sizeof paths[0], "%s/%s", base, name);
    return path;
}

static const char *directory(const char *name)
{
    const char *path = place(name);

    ck_assert_int_eq(mkdir(path, 0755), 0);
    return path;
}

static struct filesystem_inventory *inventory_of(unsigned flags)
{
    struct filesystem_inventory *inventory = NULL;

    ck_assert_msg(filesystem_inventory_new(flags, &inventory, &err) == 0, "%s", err.message);
    return inventory;
}

// The filesystem whose mount is on `path` and came from `source` (NULL: any).
static const struct filesystem *find(const struct filesystem_inventory *inventory, const char *path,
                                     const char *source)
{
    for (size_t i = 0; i < inventory->n_filesystems; i++) {
        const struct mount_entry *mount = inventory->filesystems[i].mount;

        if (strcmp(mount->target, path) == 0 && (!source || strcmp(mount->source, source) == 0))
            return &inventory->filesystems[i];
    }
    return NULL;
}

static unsigned long long milliseconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long long)now.tv_sec * 1000 + (unsigned long long)now.tv_nsec / 1000000;
}

START_TEST(test_listing)
{
    CLEANUP(filesystem_inventory_freep)
    struct filesystem_inventory *some = inventory_of(0);
    CLEANUP(filesystem_inventory_freep)
    struct filesystem_inventory *all = inventory_of(INVENTORY_KERNEL);

    ck_assert_ptr_nonnull(find(some, "/", NULL));
    ck_assert_ptr_nonnull(find(some, base, "none"));
    ck_assert_ptr_null(find(some, "/proc", NULL));
    ck_assert_int_eq(find(some, base, "none")->usage_state, USAGE_UNREAD);
    ck_assert_ptr_nonnull(find(all, "/proc", NULL));
    ck_assert_uint_eq(all->n_filesystems, all->table->n_entries);
    filesystem_inventory_free(NULL);
}
END_TEST

START_TEST(test_usage)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    static const char bytes[256 * 1024] = {1};
    const char *path = directory("u");
    const struct filesystem *fs;
    time_t before = time(NULL);
    FILE *file;

    ck_assert_int_eq(mount("none", path, "tmpfs", 0, "size=1m"), 0);
    file = fopen(place("u/file"), "w");
    ck_assert_uint_eq(fwrite(bytes, 1, sizeof bytes, file), sizeof bytes);
    ck_assert_int_eq(fclose(file), 0);
    inventory = inventory_of(INVENTORY_USAGE);
    fs = find(inventory, path, NULL);
    ck_assert_int_eq(fs->usage_state, USAGE_READ);
    ck_assert_uint_eq(fs->size, 1 << 20);
    ck_assert_uint_eq(fs->used, sizeof bytes);
    ck_assert_uint_eq(fs->available, (1 << 20) - sizeof bytes);
    ck_assert_int_ge(fs->usage_at, before);
    ck_assert_int_le(fs->usage_at, time(NULL));
    ck_assert_ptr_null(fs->device);
    // Whatever this machine has: where statvfs(3) answers, it is the same.
    for (size_t i = 0; i < inventory->n_filesystems; i++) {
        struct statvfs st;

        fs = &inventory->filesystems[i];
        if (fs->usage_state != USAGE_READ || filesystem_may_hang(fs->mount->type) ||
            statvfs(fs->mount->target, &st) < 0)
            continue;
        ck_assert_msg(fs->size == st.f_blocks * st.f_frsize, "%s", fs->mount->target);
    }
}
END_TEST

// A path leads to the topmost mount only: the one below it must not be told to be as full.
START_TEST(test_covered)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    const char *path = directory("c"), *other = directory("other"), *deep;

    ck_assert_int_eq(mount("lower", path, "tmpfs", 0, "size=1m"), 0);
    deep = directory("c/deep");
    ck_assert_int_eq(mount("deep", deep, "tmpfs", 0, "size=3m"), 0);
    ck_assert_int_eq(mount("upper", path, "tmpfs", 0, "size=2m"), 0);
    ck_assert_int_eq(mkdir(deep, 0755), 0); // the same path on the upper one
    inventory = inventory_of(INVENTORY_USAGE);
    ck_assert_uint_eq(find(inventory, path, "upper")->size, 2 << 20);
    ck_assert_int_eq(find(inventory, path, "lower")->usage_state, USAGE_UNREAD);
    ck_assert_int_eq(find(inventory, deep, "deep")->usage_state, USAGE_UNREAD);
    filesystem_inventory_free(TAKE_POINTER(inventory));

    // But a covered one that is also somewhere else is known from there.
    ck_assert_int_eq(umount(path), 0);
    ck_assert_int_eq(mount(path, other, NULL, MS_BIND, NULL), 0);
    ck_assert_int_eq(mount("upper", path, "tmpfs", 0, "size=2m"), 0);
    inventory = inventory_of(INVENTORY_USAGE);
    ck_assert_uint_eq(find(inventory, path, "lower")->size, 1 << 20);
    ck_assert_uint_eq(find(inventory, other, "lower")->size, 1 << 20);
    ck_assert_uint_eq(find(inventory, path, "upper")->size, 2 << 20);
}
END_TEST

// A file as a mount point, and one below a symbolic link's name.
START_TEST(test_file_mount)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    const char *source = place("source"), *target = place("target");

    ck_assert_int_eq(close(creat(source, 0600)), 0);
    ck_assert_int_eq(mkfifo(target, 0600), 0);
    ck_assert_int_eq(mount(source, target, NULL, MS_BIND, NULL), 0);
    ck_assert_int_eq(mount(target, source, NULL, MS_BIND, NULL), 0);
    inventory = inventory_of(INVENTORY_USAGE);
    ck_assert_int_eq(find(inventory, target, NULL)->usage_state, USAGE_READ);
    ck_assert_str_eq(find(inventory, target, NULL)->mount->root, "/source");
}
END_TEST

static void run(const char *program, const char *argument)
{
    char command[512];

    (void)snprintf(command, sizeof command, "%s %s >/dev/null", program, argument);
    ck_assert_msg(system(command) == 0, "%s", command);
}

START_TEST(test_ext4)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    char node[32];
    int device = image_open(temporary_root(), 4 << 20, node);
    const struct filesystem *whole, *bind;
    const char *path = directory("e"), *other = directory("bind");

    run("mkfs.ext4 -q -F", node);
    ck_assert_int_eq(mount(node, path, "ext4", 0, NULL), 0);
    (void)close(device);
    ck_assert_int_eq(mkdir(place("e/sub"), 0755), 0);
    ck_assert_int_eq(mount(place("e/sub"), other, NULL, MS_BIND, NULL), 0);
    inventory = inventory_of(INVENTORY_USAGE);
    whole = find(inventory, path, NULL);
    bind = find(inventory, other, NULL);
    ck_assert_str_eq(whole->device->node, node);
    ck_assert_ptr_eq(bind->device, whole->device);
    ck_assert_str_eq(bind->mount->root, "/sub");
    ck_assert_int_eq(bind->usage_state, USAGE_READ);
    ck_assert_uint_eq(bind->size, whole->size);
    ck_assert_uint_gt(whole->size, 1 << 20);
    ck_assert_int_eq(umount(other) | umount(path), 0);
}
END_TEST

// Sub-volumes share one device, which has another number than the mount table says.
START_TEST(test_btrfs)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    char node[32];
    int device = image_open(temporary_root(), 128 << 20, node);
    const struct filesystem *whole, *sub;
    const char *path = directory("b"), *other = directory("subvolume");

    run("mkfs.btrfs -q", node);
    ck_assert_int_eq(mount(node, path, "btrfs", 0, NULL), 0);
    (void)close(device);
    run("btrfs -q subvolume create", place("b/v"));
    ck_assert_int_eq(mount(node, other, "btrfs", 0, "subvol=v"), 0);
    inventory = inventory_of(INVENTORY_USAGE);
    whole = find(inventory, path, NULL);
    sub = find(inventory, other, NULL);
    ck_assert_uint_eq(major(whole->mount->device), 0);
    ck_assert_str_eq(whole->device->node, node);
    ck_assert_ptr_eq(sub->device, whole->device);
    ck_assert_str_eq(sub->mount->root, "/v");
    ck_assert_int_eq(sub->usage_state, USAGE_READ);
    ck_assert_uint_eq(sub->size, 128 << 20);
    ck_assert_int_eq(umount(other) | umount(path), 0);
}
END_TEST

// Starts the test FUSE server on `path` and waits until it says that the mount stands.
static pid_t start_fuse(const char *path, bool hang)
{
    char program[4096], text[64] = "";
    ssize_t n = readlink("/proc/self/exe", program, sizeof program - 32);
    int out[2];
    pid_t pid;

    ck_assert_int_gt(n, 0);
    program[n] = '\0';
    (void)strcat(dirname(program), "/../lab/fuse");
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    pid = fork();
    if (pid == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGTERM); // also when the test fails in between
        (void)dup2(out[1], STDOUT_FILENO);
        (void)execl(program, "fuse", path, "--foreground", hang ? "--hang" : NULL, NULL);
        _exit(127);
    }
    (void)close(out[1]);
    ck_assert_msg(read(out[0], text, sizeof text - 1) > 0, "cannot start %s", program);
    ck_assert_ptr_nonnull(strstr(text, "ready"));
    (void)close(out[0]);
    return pid;
}

static void end_fuse(pid_t pid)
{
    ck_assert_int_eq(kill(pid, SIGTERM), 0);
    ck_assert_int_eq(waitpid(pid, NULL, 0), pid);
}

START_TEST(test_hanging_server)
{
    static const char *const names[] = {"h0", "h1", "h2", "ok"};
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    const char *after = NULL;
    unsigned long long before, took;
    pid_t servers[ARRAY_SIZE(names)];

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        servers[i] = start_fuse(directory(names[i]), names[i][0] == 'h');
    after = directory("after");
    ck_assert_int_eq(mount("none", after, "tmpfs", 0, "size=1m"), 0);
    before = milliseconds();
    inventory = inventory_of(INVENTORY_USAGE);
    took = milliseconds() - before;
    for (size_t i = 0; i < 3; i++)
        ck_assert_int_eq(find(inventory, place(names[i]), NULL)->usage_state, USAGE_NOT_ANSWERING);
    ck_assert_int_eq(find(inventory, place("ok"), NULL)->usage_state, USAGE_READ);
    ck_assert_int_eq(find(inventory, after, NULL)->usage_state, USAGE_READ);
    ck_assert_int_eq(find(inventory, "/", NULL)->usage_state, USAGE_READ);
    ck_assert_uint_ge(took, 100);
    ck_assert_uint_lt(took, FILESYSTEM_USAGE_MS + 1000);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        end_fuse(servers[i]);
}
END_TEST

// An overlay waits for a server that its lower layer is on, and it is asked together with others.
START_TEST(test_hanging_below)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    const char *lower = directory("lower"), *first = directory("first"), *after;
    char options[600];
    pid_t server = start_fuse(lower, false);

    (void)snprintf(options, sizeof options, "lowerdir=%s:%s", lower, directory("empty"));
    ck_assert_int_eq(mount("over", first, "overlay", 0, options), 0);
    after = directory("after");
    ck_assert_int_eq(mount("none", after, "tmpfs", 0, "size=1m"), 0);
    ck_assert_int_eq(kill(server, SIGSTOP), 0);
    inventory = inventory_of(INVENTORY_USAGE);
    ck_assert_int_eq(find(inventory, first, NULL)->usage_state, USAGE_NOT_ANSWERING);
    ck_assert_int_eq(find(inventory, after, NULL)->usage_state, USAGE_READ);
    ck_assert_int_eq(find(inventory, lower, NULL)->usage_state, USAGE_NOT_ANSWERING);
    ck_assert_int_eq(kill(server, SIGCONT), 0);
    ck_assert_int_eq(umount2(first, MNT_DETACH), 0);
    end_fuse(server);
}
END_TEST

// More hanging servers than there are children at a time hold up no other.
START_TEST(test_many_hanging)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    pid_t servers[41];
    unsigned long long before, took;
    unsigned hanging = 0;

    for (size_t i = 0; i < ARRAY_SIZE(servers); i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "m%zu", i);
        servers[i] = start_fuse(directory(name), i + 1 < ARRAY_SIZE(servers));
    }
    before = milliseconds();
    inventory = inventory_of(INVENTORY_USAGE);
    took = milliseconds() - before;
    for (size_t i = 0; i < inventory->n_filesystems; i++)
        hanging += inventory->filesystems[i].usage_state == USAGE_NOT_ANSWERING;
    ck_assert_uint_eq(hanging, 40);
    ck_assert_int_eq(find(inventory, place("m40"), NULL)->usage_state, USAGE_READ);
    ck_assert_uint_lt(took, FILESYSTEM_USAGE_MS + 2000);
    for (size_t i = 0; i < ARRAY_SIZE(servers); i++)
        end_fuse(servers[i]);
}
END_TEST

static unsigned children(void)
{
    char path[64], text[4096], *rest = text;
    unsigned n = 0;

    (void)snprintf(path, sizeof path, "/proc/self/task/%d/children", (int)getpid());
    ck_assert_int_ge(file_read_into(AT_FDCWD, path, text, sizeof text), 0);
    while (strsep(&rest, " "))
        n++;
    return n;
}

// Each reading would leave one more process behind, for as long as the server is silent.
START_TEST(test_hanging_server_is_asked_once)
{
    pid_t server = start_fuse(directory("h"), true);
    unsigned left = 0;

    stuck_share();
    for (unsigned i = 0; i < 5; i++) {
        CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;

        inventory = inventory_of(INVENTORY_USAGE);
        ck_assert_int_eq(find(inventory, place("h"), NULL)->usage_state, USAGE_NOT_ANSWERING);
        ck_assert_int_eq(find(inventory, "/", NULL)->usage_state, USAGE_READ);
        left = i == 0 ? children() : left;
        ck_assert_uint_eq(children(), left);
    }
    end_fuse(server);
}
END_TEST

static bool asked_to_mount(int pipe, int timeout)
{
    struct pollfd one = {.fd = pipe, .events = POLLIN};

    return poll(&one, 1, timeout) == 1;
}

// The kernel writes to the automounter's pipe as soon as somebody triggers a mount.
START_TEST(test_autofs_is_not_entered)
{
    static const char *const kinds[] = {"direct", "indirect"};
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    const char *path = directory("auto"), *trigger = _i ? place("auto/sub") : path;
    char options[128];
    int out[2];
    pid_t daemon = fork(), child; // processes of its group would not trigger

    if (daemon == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        (void)setpgid(0, 0);
        for (;;)
            pause();
    }
    (void)setpgid(daemon, daemon);
    ck_assert_int_eq(pipe2(out, O_CLOEXEC), 0);
    (void)snprintf(options, sizeof options, "fd=%d,pgrp=%d,minproto=5,maxproto=5,%s", out[1],
                   (int)daemon, kinds[_i]);
    ck_assert_int_eq(mount("automount", path, "autofs", 0, options), 0);
    inventory = inventory_of(INVENTORY_USAGE);
    ck_assert_int_eq(find(inventory, path, NULL)->usage_state, USAGE_UNREAD);
    ck_assert(!asked_to_mount(out[0], 0));

    // That this test can see it: opening does trigger.
    child = fork();
    if (child == 0) {
        (void)!open(trigger, O_RDONLY | O_DIRECTORY);
        _exit(0);
    }
    ck_assert(asked_to_mount(out[0], 5000));
    ck_assert_int_eq(kill(child, SIGKILL), 0);
    ck_assert_int_eq(waitpid(child, NULL, 0), child);
    // Only the automounter's group gets past the mount that is still waited for.
    ck_assert_int_eq(setpgid(0, daemon), 0);
    ck_assert_int_eq(umount2(path, MNT_DETACH), 0);
    ck_assert_int_eq(kill(daemon, SIGKILL), 0);
    ck_assert_int_eq(waitpid(daemon, NULL, 0), daemon);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_listing);
    tcase_add_test(tcase, test_usage);
    tcase_add_test(tcase, test_covered);
    tcase_add_test(tcase, test_file_mount);
    tcase_add_test(tcase, test_ext4);
    tcase_add_test(tcase, test_btrfs);
    tcase_add_test(tcase, test_hanging_server);
    tcase_add_test(tcase, test_hanging_server_is_asked_once);
    tcase_add_test(tcase, test_hanging_below);
    tcase_add_test(tcase, test_many_hanging);
    tcase_add_loop_test(tcase, test_autofs_is_not_entered, 0, 2);
}

int main(void)
{
    return run_suite("filesystem", add);
}
