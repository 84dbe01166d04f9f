// The parser of mountinfo against libmount's: both read the same text, of every process here and
// made up, and every field is compared. Where davit is meant to say something else, that is in
// test_differs and those after it.
#include "core/host/mountinfo.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <libmount/libmount.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "temporary.h"
#include "tests/unit/runner.h"

static struct error err;

static void cleanup_table(struct libmnt_table **table)
{
    mnt_unref_table(*table);
}
#define _cleanup_theirs_ CLEANUP(cleanup_table)

static int count_bad_line(struct libmnt_table *table, const char *file, int line)
{
    size_t *bad = mnt_table_get_userdata(table);

    (void)file;
    (void)line;
    ++*bad;
    return 1; // go on
}

// As libmount reads it. *ret_bad: how many lines it could not parse.
static struct libmnt_table *theirs_of(const char *text, size_t *ret_bad)
{
    struct libmnt_table *table = mnt_new_table();
    _cleanup_fclose_ FILE *stream = fmemopen((char *)text, strlen(text), "r");

    ck_assert(table && stream);
    *ret_bad = 0;
    mnt_table_set_userdata(table, ret_bad);
    ck_assert_int_eq(mnt_table_set_parser_errcb(table, count_bad_line), 0);
    ck_assert_int_eq(mnt_table_parse_stream(table, stream, "mountinfo"), 0);
    return table;
}

static struct mount_table *ours_of(const char *text)
{
    struct mount_table *table = NULL;
    char *copy = strdup(text);

    ck_assert_ptr_nonnull(copy);
    ck_assert_msg(mount_table_parse(copy, strlen(text), &table, &err) == 0, "%s: %s", err.message,
                  text);
    return table;
}

// NULL: libmount has nothing there.
static void check_text(const char *what, const char *mine, const char *other)
{
    ck_assert_msg(strcmp(mine, other ? other : "") == 0, "%s: davit '%s', libmount '%s'", what,
                  mine, other ? other : "");
}

static uint64_t number_in(const char *fields, const char *tag)
{
    const char *at = fields;
    size_t length = strlen(tag);

    while ((at = at ? strstr(at, tag) : NULL) && at != fields && at[-1] != ' ')
        at += length;
    return at ? strtoull(at + length, NULL, 10) : 0;
}

static void check_entry(const struct mount_entry *mine, struct libmnt_fs *other)
{
    const char *fields = mnt_fs_get_optional_fields(other);

    ck_assert_uint_eq(mine->id, (uint64_t)mnt_fs_get_id(other));
    ck_assert_uint_eq(mine->parent_id, (uint64_t)mnt_fs_get_parent_id(other));
    ck_assert_uint_eq(mine->device, mnt_fs_get_devno(other));
    check_text("root", mine->root, mnt_fs_get_root(other));
    check_text("target", mine->target, mnt_fs_get_target(other));
    check_text("options", mine->options, mnt_fs_get_vfs_options(other));
    check_text("type", mine->type, mnt_fs_get_fstype(other));
    check_text("superblock options", mine->fs_options, mnt_fs_get_fs_options(other));
    // libmount puts the device there that the kernel was started with, whosever mount this is.
    if (strcmp(mine->source, "/dev/root") != 0)
        check_text("source", mine->source, mnt_fs_get_source(other));
    ck_assert_uint_eq(mine->peer_group, number_in(fields, "shared:"));
    ck_assert_uint_eq(mine->master, number_in(fields, "master:"));
    ck_assert_uint_eq(mine->propagate_from, number_in(fields, "propagate_from:"));
    ck_assert_int_eq(mine->unbindable, fields && strstr(fields, "unbindable"));
}

static size_t compare(const char *text)
{
    _cleanup_mount_table_ struct mount_table *mine = ours_of(text);
    size_t bad;
    _cleanup_theirs_ struct libmnt_table *theirs = theirs_of(text, &bad);
    struct libmnt_iter *iter = mnt_new_iter(MNT_ITER_FORWARD);
    struct libmnt_fs *fs;
    size_t n = 0;

    ck_assert_ptr_nonnull(iter);
    ck_assert_uint_eq(bad, 0);
    ck_assert_uint_eq(mine->n_entries, (size_t)mnt_table_get_nents(theirs));
    while (mnt_table_next_fs(theirs, iter, &fs) == 0)
        check_entry(&mine->entries[n++], fs);
    ck_assert_uint_eq(n, mine->n_entries);
    mnt_free_iter(iter);
    return n;
}

// 0 when it cannot be read, has ended, or has none.
static size_t compare_process(const char *process)
{
    _cleanup_free_ char *path = text_format("/proc/%s/mountinfo", process), *text = NULL;

    ck_assert_ptr_nonnull(path);
    if (file_read(AT_FDCWD, path, MOUNT_TABLE_LIMIT, &text, NULL, &err) < 0 || !*text)
        return 0;
    return compare(text);
}

START_TEST(test_processes)
{
    _cleanup_closedir_ DIR *proc = opendir("/proc");
    struct dirent *entry;
    size_t n = 0;

    ck_assert_ptr_nonnull(proc);
    while ((entry = readdir(proc)))
        if (entry->d_name[strspn(entry->d_name, "0123456789")] == '\0')
            n += compare_process(entry->d_name);
    ck_assert_uint_gt(n, 0);
}
END_TEST

// One mount at the end of a path of nearly 4 KiB, whose every byte but the slashes is escaped.
static void mount_deep(const char *base)
{
    char name[251];
    int back = open(".", O_PATH | O_DIRECTORY | O_CLOEXEC);

    memset(name, '\n', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    ck_assert_int_eq(chdir(base), 0);
    for (int i = 0; i < 15; i++) {
        ck_assert_int_eq(mkdir(name, 0755), 0);
        ck_assert_int_eq(chdir(name), 0);
    }
    ck_assert_int_eq(mount("deep", ".", "tmpfs", 0, "size=64k"), 0);
    ck_assert_int_eq(fchdir(back), 0);
    ck_assert_int_eq(close(back), 0);
}

// What the running kernel writes of mounts that somebody made to be hard to read.
START_TEST(test_hard_names)
{
    static const char *const names[] = {
        "sp ace",  "new\nline", "tab\there", "back\\slash",   "octal\\040", "ha#sh",
        "- x rw ", "\xff\xfe",  "com,ma=\"", "x\\040deleted", "shared:1",
    };
    char base[TEMPORARY_SIZE], path[256];

    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    temporary_directory(base);
    ck_assert_int_eq(mount("none", base, "tmpfs", 0, "mode=700"), 0);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        (void)snprintf(path, sizeof path, "%s/%s", base, names[i]);
        ck_assert_int_eq(mkdir(path, 0755), 0);
        ck_assert_int_eq(mount(names[i], path, "tmpfs", MS_NOEXEC, "size=64k"), 0);
        ck_assert_int_eq(mount(NULL, path, NULL, i % 2 ? MS_SHARED : MS_UNBINDABLE, NULL), 0);
    }
    mount_deep(base);
    ck_assert_uint_ge(compare_process("self"), ARRAY_SIZE(names) + 2);
    ck_assert_int_eq(umount2(base, MNT_DETACH), 0);
    ck_assert_int_eq(rmdir(base), 0);
}
END_TEST

static const char *const alike[] = {
    "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
    "1 0 259:1048575 / / rw - ext4 /dev/nvme0n1p1 ro\n",
    "1 0 4095:1048575 / / rw - ext4 x ro\n",
    "2147483647 2147483647 0:1 / /a rw shared:5 master:7 propagate_from:9 - tmpfs none rw\n",
    "2 1 0:1 / /a rw unbindable future:3 plain - tmpfs  rw\n",
    "2 1 0:1 / /a rw xshared:3 shared:4 - tmpfs none rw\n",
    "2 1 0:1 /a\\040b\\011c\\012d\\134e\\043 /t\\134040\\040\\012 rw - t a\\134\\040 rw,x=\\040\n",
    "2 1 0:1 / /a rw - fuse.s\\040x x rw\n",
    "2 1 0:1 /gone//deleted /x\\040(deleted) rw - tmpfs t rw\n",
    "2 1 0:1 / /x\\134040(deleted) rw - tmpfs t rw\n",
    "2 1 0:1 / /- rw - - UUID=1-2 -\n",
    "2 1 0:1 / /\xff\xfe\xc3\xa4 rw - nfs4 nas:/vol:/\"x' rw\n",
    "2 1 0:4 net:[4026531992] /run/netns/x rw shared:2 - nsfs nsfs rw\n",
    "2 1 0:1 / /\\377\\001\\200 rw - t \\134 rw\n",
    "2 1 0:1 / /a\\ rw - t \\x rw,a=\\04,b=\\9\n", // no escape
    "2 1 0:1 / /\"a\" rw,idmapped - overlay overlay rw,lowerdir=/a\\\\:b:/c,upperdir=/d\n",
};

START_TEST(test_alike)
{
    ck_assert_uint_eq(compare(alike[_i]), 1);
}
END_TEST

// Where davit is meant to say something else than libmount; what that one says is as of 2.38.
static const struct {
    const char *text;
    size_t n; // entries; 0: refused
} differs[] = {
    // Ids are 32 bits there: the first line is that of mount 1, the second is none.
    {"4294967297 1 0:1 / /a rw - t s rw\n", 1},
    {"1 18446744073709551615 0:1 / /a rw - t s rw\n", 1},
    // What is no mount, or was cut, is an error here that names the line. There it is left out in
    // silence, or taken as far as it goes.
    {"# comment\n1 0 0:1 / / rw - t s rw\n", 0},
    {"\n1 0 0:1 / / rw - t s rw\n", 0},
    {"1 0 0:1 / / rw - t s rw", 0},
    {"1 0 0:1 / / rw - t s r", 0},
    {"1 0 0:1 / relative rw - t s rw\n", 0},
    // The kernel puts one space between fields, and an empty field is one. There any number does.
    {"1  0 0:1 / / rw - t s rw\n", 0},
    {"1\t0 0:1 / / rw - t s rw\n", 0},
    {"1 0 0:1 /  / rw - t s rw\n", 0},
    {" 1 0 0:1 / / rw - t s rw\n", 0},
};

START_TEST(test_differs)
{
    struct mount_table *mine = NULL;
    char *copy = strdup(differs[_i].text);
    int r = mount_table_parse(copy, strlen(copy), &mine, &err);

    ck_assert_int_eq(r, differs[_i].n ? 0 : -EPROTO);
    ck_assert_uint_eq(mine ? mine->n_entries : 0, differs[_i].n);
    if (r < 0)
        ck_assert_msg(strstr(err.message, "line 1 of mountinfo") != NULL, "%s", err.message);
    mount_table_free(mine);
}
END_TEST

START_TEST(test_large_ids)
{
    _cleanup_mount_table_ struct mount_table *mine =
        ours_of("18446744073709551615 4294967296 0:1 / /a rw shared:18446744073709551615 - t s rw\n"
                "4294967296 0 0:1 / / rw - t s rw\n");

    ck_assert_uint_eq(mine->entries[0].id, UINT64_MAX);
    ck_assert_uint_eq(mine->entries[0].parent_id, UINT64_C(1) << 32);
    ck_assert_uint_eq(mine->entries[0].peer_group, UINT64_MAX);
    ck_assert_ptr_eq(mount_table_by_id(mine, UINT64_MAX), &mine->entries[0]);
    ck_assert_ptr_eq(mount_table_at(mine, "/a", NULL), &mine->entries[0]);
}
END_TEST

// Nothing of a field is lost: there the options end at the first space, a name at \000, and other
// numbers that are no byte become one.
START_TEST(test_fields_differ)
{
    static const struct {
        const char *line, *target, *fs_options;
    } cases[] = {
        {"1 0 0:1 / / rw - t s rw,a=b c\td - e\n", "/", "rw,a=b c\td - e"},
        {"1 0 0:1 / /a\\000b rw - t s rw\n", "/a\\000b", "rw"},
        {"1 0 0:1 / /a\\501 rw - t s rw,\\777\n", "/a\\501", "rw,\\777"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_mount_table_ struct mount_table *mine = ours_of(cases[i].line);

        ck_assert_str_eq(mine->entries[0].target, cases[i].target);
        ck_assert_str_eq(mine->entries[0].fs_options, cases[i].fs_options);
    }
}
END_TEST

// A source that only looks like a device of the kernel's command line stays what it is.
START_TEST(test_dev_root)
{
    _cleanup_mount_table_ struct mount_table *mine =
        ours_of("1 0 0:1 / / rw - tmpfs /dev/root rw\n2 1 0:2 / /a rw - tmpfs rootfs rw\n");

    ck_assert_str_eq(mine->entries[0].source, "/dev/root");
    ck_assert_str_eq(mine->entries[1].source, "rootfs");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, test_processes);
    tcase_add_test(tcase, test_hard_names);
    tcase_add_loop_test(tcase, test_alike, 0, ARRAY_SIZE(alike));
    tcase_add_loop_test(tcase, test_differs, 0, ARRAY_SIZE(differs));
    tcase_add_test(tcase, test_large_ids);
    tcase_add_test(tcase, test_fields_differ);
    tcase_add_test(tcase, test_dev_root);
}

int main(void)
{
    return run_suite("mountinfo", add);
}
