// The host's mounts read in advance: what is given out is what would be read, or nothing.
#include "core/host/mountcache.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/host/mountcalls.h"
#include "temporary.h"
#include "tests/unit/runner.h"

static char directory[TEMPORARY_SIZE];

static const char *at(const char *name)
{
    static char paths[4][TEMPORARY_SIZE + 64];
    static int next;
    char *path = paths[next++ % 4];

    (void)snprintf(path, sizeof paths[0], "%s%s", directory, name);
    return path;
}

static bool is_possible(void)
{
    uint64_t id;

    return call_listmount(&id, 1) != -ENOSYS; // before Linux 6.8
}

// ---- what this machine has ----

static void assert_same(const struct mount_table *a, const struct mount_table *b)
{
    ck_assert_uint_eq(a->n_entries, b->n_entries);
    for (size_t i = 0; i < a->n_entries; i++) {
        const struct mount_entry *x = &a->entries[i], *y = &b->entries[i];

        ck_assert_uint_eq(x->id, y->id);
        ck_assert_uint_eq(x->parent_id, y->parent_id);
        ck_assert_uint_eq(x->device, y->device);
        ck_assert_uint_eq(x->peer_group, y->peer_group);
        ck_assert_uint_eq(x->master, y->master);
        ck_assert_str_eq(x->root, y->root);
        ck_assert_str_eq(x->target, y->target);
        ck_assert_str_eq(x->options, y->options);
        ck_assert_str_eq(x->type, y->type);
        ck_assert_str_eq(x->source, y->source);
        ck_assert_str_eq(x->fs_options, y->fs_options);
    }
}

// Each of this machine's mounts as the one that is asked for.
static void whole_table(void)
{
    _cleanup_mount_table_ struct mount_table *now = NULL;
    struct error err;

    ck_assert_int_eq(mount_table_read(AT_FDCWD, &now, &err), 0);
    ck_assert_uint_gt(now->n_entries, 1);
    for (size_t i = 0; i < now->n_entries; i++) {
        _cleanup_mount_cache_ struct mount_cache *cache = mount_cache_new();
        _cleanup_mount_table_ struct mount_table *kept = NULL;

        ck_assert_ptr_nonnull(cache);
        kept = mount_cache_take(cache, now->entries[i].id);
        ck_assert_ptr_nonnull(kept);
        assert_same(kept, now);
        ck_assert_ptr_null(mount_cache_take(cache, now->entries[i].id)); // once
    }
}

// ---- what makes it another ----

static int mount_more(void)
{
    return mount("tmpfs", at("/other"), "tmpfs", 0, NULL);
}

static int unmount_one(void)
{
    return umount2(at("/source/a/sub"), MNT_DETACH);
}

static int move_one(void)
{
    return mount(at("/source/a/sub"), at("/other"), NULL, MS_MOVE, NULL);
}

static int set_flags(void)
{
    return mount(NULL, at("/source"), NULL, MS_REMOUNT | MS_BIND | MS_NOSUID, NULL);
}

static int share(void)
{
    return mount(NULL, at("/source"), NULL, MS_SHARED, NULL);
}

static int share_below(void)
{
    return mount(NULL, at("/source/a/sub"), NULL, MS_SHARED, NULL);
}

static int rename_above(void)
{
    return rename(at("/source/a"), at("/source/b"));
}

// From another mount namespace: this one's is not told.
static int superblock_read_only(void)
{
    pid_t pid = fork();
    int status = 1;

    if (pid == 0)
        _exit(unshare(CLONE_NEWNS) < 0 ||
                      mount(NULL, at("/source"), NULL, MS_REMOUNT | MS_RDONLY, NULL) < 0
                  ? 1
                  : 0);
    return waitpid(pid, &status, 0) == pid ? status : -1;
}

static int nothing(void)
{
    return 0;
}

static const struct {
    const char *what;
    int (*change)(void);
    bool same;
} changes[] = {
    {"nothing", nothing, true},
    {"a mount more", mount_more, false},
    {"one less", unmount_one, false},
    {"one moved", move_one, false},
    {"its flags", set_flags, false},
    {"its propagation", share, false},
    {"the propagation of one below", share_below, false},
    {"a directory above one below", rename_above, false},
    {"its superblock, from another namespace", superblock_read_only, false},
};

static int prepare(void)
{
    return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
                   mount("tmpfs", directory, "tmpfs", 0, NULL) < 0 ||
                   mkdir(at("/source"), 0700) < 0 || mkdir(at("/other"), 0700) < 0 ||
                   mount("tmpfs", at("/source"), "tmpfs", 0, NULL) < 0 ||
                   mkdir(at("/source/a"), 0700) < 0 || mkdir(at("/source/a/sub"), 0700) < 0 ||
                   mount("tmpfs", at("/source/a/sub"), "tmpfs", 0, NULL) < 0
               ? -1
               : 0;
}

static void one_change(size_t i)
{
    _cleanup_mount_cache_ struct mount_cache *cache = NULL;
    _cleanup_mount_table_ struct mount_table *kept = NULL;
    struct mount_ids ids;

    ck_assert_int_eq(prepare(), 0);
    ck_assert_int_eq(call_mount_ids(AT_FDCWD, at("/source"), &ids), 0);
    cache = mount_cache_new();
    ck_assert_ptr_nonnull(cache);
    ck_assert_msg(changes[i].change() == 0, "%s: could not be made", changes[i].what);
    kept = mount_cache_take(cache, ids.old);
    ck_assert_msg((kept != NULL) == changes[i].same, "%s: the table %s", changes[i].what,
                  kept ? "was given out" : "was not given out");
}

// In a mount namespace of its own.
START_TEST(given_out_while_it_is_so)
{
    if (!is_possible())
        return;
    ck_assert_msg(unshare(CLONE_NEWNS) == 0, "no mount namespace (root is needed)");
    temporary_directory(directory);
    if ((size_t)_i < sizeof changes / sizeof *changes)
        one_change((size_t)_i);
    else
        whole_table();
    (void)umount2(directory, MNT_DETACH);
    (void)rmdir(directory);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, given_out_while_it_is_so, 0,
                        (int)(sizeof changes / sizeof *changes) + 1);
}

int main(void)
{
    return run_suite("mountcache", add);
}
