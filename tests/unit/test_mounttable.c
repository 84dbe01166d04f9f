#include "core/host/mounttable.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/host/mountcalls.h"
#include "temporary.h"
#include "tests/unit/runner.h"

static struct error err;

// Reads `length` bytes as the mountinfo of a process directory.
static int read_bytes(const char *text, size_t length, struct mount_table **ret)
{
    char directory[TEMPORARY_SIZE], path[256];
    _cleanup_close_ int fd = -1;
    FILE *file;
    int r;

    temporary_directory(directory);
    (void)snprintf(path, sizeof path, "%s/mountinfo", directory);
    file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(text, 1, length, file), length);
    ck_assert_int_eq(fclose(file), 0);
    fd = open(directory, O_PATH | O_DIRECTORY);
    ck_assert_int_ge(fd, 0);
    r = mount_table_read(fd, ret, &err);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(directory), 0);
    return r;
}

static struct mount_table *table_of(const char *text)
{
    struct mount_table *table = NULL;

    ck_assert_msg(read_bytes(text, strlen(text), &table) == 0, "%s: %s", text, err.message);
    return table;
}

static const struct {
    const char *line;
    struct mount_entry entry;
} good[] = {
    {"36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 - ext3 /dev/root rw,errors=continue\n",
     {.id = 36,
      .parent_id = 35,
      .device = 0x6200,
      .root = "/mnt1",
      .target = "/mnt2",
      .options = "rw,noatime",
      .master = 1,
      .type = "ext3",
      .source = "/dev/root",
      .fs_options = "rw,errors=continue"}},
    {"1 0 259:1048575 / / rw - ext4 /dev/nvme0n1p1 ro\n", // no optional field, the largest minor
     {.id = 1,
      .device = 0xfff103ff,
      .root = "/",
      .target = "/",
      .options = "rw",
      .type = "ext4",
      .source = "/dev/nvme0n1p1",
      .fs_options = "ro"}},
    {"2147483647 2 0:1 / /a rw shared:5 master:7 propagate_from:9 - tmpfs none rw\n",
     {.id = 2147483647,
      .parent_id = 2,
      .device = 1,
      .root = "/",
      .target = "/a",
      .options = "rw",
      .peer_group = 5,
      .master = 7,
      .propagate_from = 9,
      .type = "tmpfs",
      .source = "none",
      .fs_options = "rw"}},
    {"2 1 0:1 / /a rw unbindable future:3 plain - tmpfs  rw\n", // an empty source
     {.id = 2,
      .parent_id = 1,
      .device = 1,
      .root = "/",
      .target = "/a",
      .options = "rw",
      .unbindable = true,
      .type = "tmpfs",
      .source = "",
      .fs_options = "rw"}},
    {"2 1 0:1 /a\\040b\\011c\\012d\\134e\\043 /t\\134040\\040\\012 rw - fuse.s\\040x a\\134\\040 "
     "rw,x=\\040\n",
     {.id = 2,
      .parent_id = 1,
      .device = 1,
      .root = "/a b\tc\nd\\e#",
      .target = "/t\\040 \n",
      .options = "rw",
      .type = "fuse.s x",
      .source = "a\\ ",
      .fs_options = "rw,x= "}},
    {"2 1 0:1 /gone//deleted /x\\040(deleted) rw - tmpfs t rw\n", // both are what the kernel says
     {.id = 2,
      .parent_id = 1,
      .device = 1,
      .root = "/gone//deleted",
      .target = "/x (deleted)",
      .options = "rw",
      .type = "tmpfs",
      .source = "t",
      .fs_options = "rw"}},
    {"2 1 0:1 / /x\\134040(deleted) rw - tmpfs t rw\n",
     {.id = 2,
      .parent_id = 1,
      .device = 1,
      .root = "/",
      .target = "/x\\040(deleted)",
      .options = "rw",
      .type = "tmpfs",
      .source = "t",
      .fs_options = "rw"}},
    {"2 1 0:1 / /- rw - - UUID=1-2 -\n", // names that look like the separator or like a tag
     {.id = 2,
      .parent_id = 1,
      .device = 1,
      .root = "/",
      .target = "/-",
      .options = "rw",
      .type = "-",
      .source = "UUID=1-2",
      .fs_options = "-"}},
    {"2 1 0:1 / /\xff\xfe\xc3\xa4 rw - nfs4 nas:/vol:/\"x' rw\n", // bytes stay as they are
     {.id = 2,
      .parent_id = 1,
      .device = 1,
      .root = "/",
      .target = "/\xff\xfe\xc3\xa4",
      .options = "rw",
      .type = "nfs4",
      .source = "nas:/vol:/\"x'",
      .fs_options = "rw"}},
};

START_TEST(test_good_line)
{
    _cleanup_mount_table_ struct mount_table *table = table_of(good[_i].line);
    const struct mount_entry *wanted = &good[_i].entry, *seen = table->entries;

    ck_assert_uint_eq(table->n_entries, 1);
    ck_assert_uint_eq(seen->id, wanted->id);
    ck_assert_uint_eq(seen->parent_id, wanted->parent_id);
    ck_assert_uint_eq(seen->device, wanted->device);
    ck_assert_str_eq(seen->root, wanted->root);
    ck_assert_str_eq(seen->target, wanted->target);
    ck_assert_str_eq(seen->options, wanted->options);
    ck_assert_uint_eq(seen->peer_group, wanted->peer_group);
    ck_assert_uint_eq(seen->master, wanted->master);
    ck_assert_uint_eq(seen->propagate_from, wanted->propagate_from);
    ck_assert_int_eq(seen->unbindable, wanted->unbindable);
    ck_assert_str_eq(seen->type, wanted->type);
    ck_assert_str_eq(seen->source, wanted->source);
    ck_assert_str_eq(seen->fs_options, wanted->fs_options);
}
END_TEST

// No line is skipped in silence: a mount that is not seen is a mount that is not protected.
static const char *const bad[] = {
    "garbage\n",
    "1\n",
    "1 2\n",
    "1 2 0:1\n",
    "1 2 x:y / /a rw - t s rw\n",
    "x 2 0:1 / /a rw - t s rw\n",
    "99999999999999999999 2 0:1 / /a rw - t s rw\n",
    "1 2 0:1 / /a\n",
    "1 2 0:1 / /a rw\n",
    "1 2 0:1 / /a rw shared:1\n",
    "1 2 0:1 / /a rw -\n",
    "1 2 0:1 / /a rw - tmpfs\n",
    "1 2 0:1 / /a rw - tmpfs none\n",
    "1 2 0:1 / /a rw - tmpfs none rw\n2 1 0:1 / /b r", // cut off
    "1 2 0:1 / relative rw - tmpfs none rw\n",
    "1 2 0:1 / /a rw shared:x - tmpfs none rw\n",
    "1 2 0:1 / /a rw master:99999999999999999999999 - tmpfs none rw\n",
    "# 2 0:1 / /a rw - tmpfs none rw\n",
    "\n1 2 0:1 / /a rw - tmpfs none rw\n",
};

START_TEST(test_bad_line)
{
    struct mount_table *table = NULL;

    ck_assert_msg(read_bytes(bad[_i], strlen(bad[_i]), &table) == -EPROTO, "accepted: %s", bad[_i]);
    ck_assert_ptr_null(table);
    ck_assert_int_eq(err.code, ERROR_FAILED);
    ck_assert_ptr_nonnull(strstr(err.message, "mountinfo"));
}
END_TEST

START_TEST(test_bad_line_is_named)
{
    static const char text[] = "1 0 0:1 / / rw - t s rw\n2 1 0:1 / /a rw - t s rw\nrubbish\n";
    struct mount_table *table = NULL;

    ck_assert_int_eq(read_bytes(text, strlen(text), &table), -EPROTO);
    ck_assert_ptr_nonnull(strstr(err.message, "line 3"));
}
END_TEST

START_TEST(test_id_twice)
{
    static const char text[] = "1 0 0:1 / / rw - t s rw\n1 0 0:1 / /a rw - t s rw\n";
    struct mount_table *table = NULL;

    ck_assert_int_eq(read_bytes(text, strlen(text), &table), -EAGAIN);
    ck_assert_ptr_null(table);
}
END_TEST

START_TEST(test_nul_byte)
{
    static const char text[] = "1 0 0:1 / / rw - t s rw\n2 1 0:1 / /a\0b rw - t s rw\n";
    struct mount_table *table = NULL;

    ck_assert_int_eq(read_bytes(text, sizeof text - 1, &table), -EPROTO);
}
END_TEST

START_TEST(test_empty)
{
    _cleanup_mount_table_ struct mount_table *table = table_of("");

    ck_assert_uint_eq(table->n_entries, 0);
    ck_assert_ptr_null(mount_table_containing(table, "/"));
    ck_assert_ptr_null(mount_table_at(table, "/", NULL));
    ck_assert_ptr_null(mount_table_by_id(table, 0));
}
END_TEST

START_TEST(test_missing_file)
{
    _cleanup_close_ int fd = open("/sys", O_PATH | O_DIRECTORY);
    struct mount_table *table = NULL;

    ck_assert_int_eq(mount_table_read(fd, &table, &err), -ENOENT);
    ck_assert_int_eq(err.code, ERROR_GONE);
}
END_TEST

// A target of 4 KiB whose every byte is escaped, 16 KiB of line, and a root as long.
START_TEST(test_long_line)
{
    static char path[4096], escaped[4 * 4096], line[3 * sizeof escaped];
    _cleanup_mount_table_ struct mount_table *table = NULL;

    for (size_t i = 0; i < sizeof path - 1; i++) {
        path[i] = i == 0 ? '/' : i % 3 ? '\n' : '\\';
        (void)snprintf(escaped + 4 * i, 5, "\\%03o", (unsigned)path[i]);
    }
    escaped[0] = '/'; // the kernel does not escape this one
    memmove(escaped + 1, escaped + 4, strlen(escaped + 4) + 1);
    (void)snprintf(line, sizeof line,
                   "1 0 0:1 / / rw - t s rw\n2 1 0:1 %s %s rw shared:3 - t s rw\n"
                   "3 1 0:1 / /b rw - t s rw\n",
                   escaped, escaped);
    table = table_of(line);
    ck_assert_uint_eq(table->n_entries, 3);
    ck_assert_str_eq(table->entries[1].root, path);
    ck_assert_str_eq(table->entries[1].target, path);
    ck_assert_uint_eq(table->entries[1].peer_group, 3);
    ck_assert_str_eq(table->entries[2].target, "/b");
}
END_TEST

START_TEST(test_hundreds_of_optional_fields)
{
    static char line[32 * 1024];
    _cleanup_mount_table_ struct mount_table *table = NULL;
    size_t used = (size_t)snprintf(line, sizeof line, "1 0 0:1 / / rw");

    for (int i = 0; i < 500; i++)
        used += (size_t)snprintf(line + used, sizeof line - used, " unknown%d:%d", i, i);
    (void)snprintf(line + used, sizeof line - used, " shared:8 master:9 - t s rw\n");
    table = table_of(line);
    ck_assert_uint_eq(table->entries[0].peer_group, 8);
    ck_assert_uint_eq(table->entries[0].master, 9);
    ck_assert_str_eq(table->entries[0].type, "t");
}
END_TEST

START_TEST(test_too_large)
{
    size_t length = MOUNT_TABLE_LIMIT + 2;
    char *text = malloc(length);
    struct mount_table *table = NULL;

    memset(text, 'x', length);
    ck_assert_int_eq(read_bytes(text, length, &table), -EFBIG);
    ck_assert_ptr_null(table);
    free(text);
}
END_TEST

// As many mounts as a mount namespace may hold by default (fs.mount-max), stacked by somebody who
// wants the reader to take long: quadratic work would take minutes.
START_TEST(test_many_mounts)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    char *text = NULL;
    size_t size;
    unsigned depth;
    FILE *file = open_memstream(&text, &size);

    for (int i = 100000; i > 0; i--)
        (void)fprintf(file, "%d %d 0:1 / /a rw - tmpfs none rw\n", i, i - 1);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_int_eq(read_bytes(text, size, &table), 0);
    ck_assert_uint_eq(table->n_entries, 100000);
    ck_assert_uint_eq(mount_table_at(table, "/a", &depth)->id, 100000);
    ck_assert_uint_eq(depth, 100000);
    for (uint64_t id = 1; id <= 100000; id++)
        ck_assert_uint_eq(mount_table_by_id(table, id)->id, id);
    free(text);
}
END_TEST

static const char tree[] = "20 1 8:1 / / rw shared:1 - ext4 /dev/sda1 rw\n"
                           "21 20 0:5 / /proc rw - proc proc rw\n"
                           "30 20 0:30 / /a rw - tmpfs one rw\n"
                           "31 30 0:31 / /a/b rw - tmpfs two rw\n"
                           "32 30 0:32 / /a rw - tmpfs three rw\n"    // hides 30 and 31
                           "33 32 0:33 / /a/b/c rw - tmpfs four rw\n" // on 32
                           "40 20 0:40 / /st rw - tmpfs s1 rw\n"
                           "42 41 0:42 / /st rw - tmpfs s3 rw\n" // a parent after its child
                           "41 40 0:41 / /st rw - tmpfs s2 rw\n"
                           "50 20 0:50 / /sp\\040ace rw - tmpfs sp rw\n";

START_TEST(test_containing)
{
    static const struct {
        const char *path;
        uint64_t id;
    } cases[] = {
        {"/", 20},        {"/etc/passwd", 20}, {"/proc", 21},   {"/proc/1/root", 21},
        {"/process", 20}, {"/a", 32},          {"/a/b", 32},    {"/a/b/c", 33},
        {"/a/b/c/d", 33}, {"/a/b/cc", 32},     {"/ab", 20},     {"/st", 42},
        {"/st/x", 42},    {"/sp ace/x", 50},   {"relative", 0}, {"", 0},
    };
    _cleanup_mount_table_ struct mount_table *table = table_of(tree);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct mount_entry *entry = mount_table_containing(table, cases[i].path);

        ck_assert_msg((entry ? entry->id : 0) == cases[i].id, "%s: %d", cases[i].path,
                      entry ? (int)entry->id : 0);
    }
}
END_TEST

START_TEST(test_at)
{
    static const struct {
        const char *path;
        uint64_t id;
        unsigned depth;
    } cases[] = {{"/", 20, 1},       {"/a", 32, 2},  {"/a/b", 0, 0}, {"/a/b/c", 33, 1},
                 {"/a/b/c/d", 0, 0}, {"/st", 42, 3}, {"/stx", 0, 0}, {"/sp ace", 50, 1}};
    _cleanup_mount_table_ struct mount_table *table = table_of(tree);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        unsigned depth = 77;
        const struct mount_entry *entry = mount_table_at(table, cases[i].path, &depth);

        ck_assert_msg((entry ? entry->id : 0) == cases[i].id, "%s: %d", cases[i].path,
                      entry ? (int)entry->id : 0);
        ck_assert_uint_eq(depth, cases[i].depth);
        ck_assert_ptr_eq(mount_table_at(table, cases[i].path, NULL), entry);
    }
}
END_TEST

START_TEST(test_is_below)
{
    static const struct {
        uint64_t entry, top;
        bool below;
    } cases[] = {{33, 32, true},  {33, 30, true},  {33, 20, true}, {33, 33, true}, {33, 31, false},
                 {20, 33, false}, {41, 42, false}, {42, 40, true}, {20, 1, false}, {50, 99, false}};
    _cleanup_mount_table_ struct mount_table *table = table_of(tree);

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        const struct mount_entry *entry = mount_table_by_id(table, cases[i].entry);
        bool marks[64] = {false};
        size_t n = mount_table_mark_below(table, cases[i].top, marks), marked = 0;

        for (size_t k = 0; k < table->n_entries; k++)
            marked += marks[k];
        ck_assert_uint_eq(n, marked);
        ck_assert_int_eq(marks[entry - table->entries], cases[i].below);
    }
}
END_TEST

// A process in a chroot sees the mounts below it, but not the one that it is on.
START_TEST(test_without_root)
{
    _cleanup_mount_table_ struct mount_table *table =
        table_of("30 20 0:30 / /a rw - tmpfs one rw\n31 30 0:31 / /a/b rw - tmpfs two rw\n"
                 "32 20 0:31 / /c rw - tmpfs two rw\n");

    ck_assert_ptr_null(mount_table_containing(table, "/"));
    ck_assert_ptr_null(mount_table_containing(table, "/x"));
    ck_assert_uint_eq(mount_table_containing(table, "/a/b/x")->id, 31);
    ck_assert_uint_eq(mount_table_containing(table, "/c/x")->id, 32);
}
END_TEST

// Nothing that a table says may hang the reader.
START_TEST(test_circle)
{
    _cleanup_mount_table_ struct mount_table *table =
        table_of("1 2 0:1 / / rw - t s rw\n2 1 0:1 / / rw - t s rw\n3 3 0:1 / / rw - t s rw\n"
                 "4 3 0:1 / / rw - t s rw\n");
    unsigned depth;

    ck_assert_uint_eq(mount_table_at(table, "/", &depth)->id, 4);
    ck_assert_uint_eq(depth, 2);
}
END_TEST

START_TEST(test_path_is_below)
{
    static const struct {
        const char *path, *directory;
        bool below;
    } cases[] = {
        {"/", "/", true},         {"/a", "/", true},        {"/a", "/a", true},
        {"/a/b", "/a", true},     {"/ab", "/a", false},     {"/", "/a", false},
        {"/a", "/a/b", false},    {"a", "/", false},        {"", "/", false},
        {"/a/b/c", "/a/b", true}, {"/a/bc", "/a/b", false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
        ck_assert_msg(path_is_below(cases[i].path, cases[i].directory) == cases[i].below, "%s %s",
                      cases[i].path, cases[i].directory);
}
END_TEST

START_TEST(test_options)
{
    static const struct {
        const char *line;
        bool read_only, nosuid;
        const char *propagation;
    } cases[] = {
        {"1 0 0:1 / / rw - t s rw\n", false, false, "private"},
        {"1 0 0:1 / / ro,nosuid - t s rw\n", true, true, "private"},
        {"1 0 0:1 / / rw,nosuidx,xnosuid shared:1 - t s ro\n", true, false, "shared"},
        {"1 0 0:1 / / rw,errors=remount-ro master:1 - t s rw,errors=ro\n", false, false, "slave"},
        {"1 0 0:1 / / rw,nosuid shared:2 master:1 - t s rw\n", false, true, "shared,slave"},
        {"1 0 0:1 / / nosuid,rw unbindable - t s rw,ro\n", true, true, "unbindable"},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        _cleanup_mount_table_ struct mount_table *table = table_of(cases[i].line);

        ck_assert_int_eq(mount_entry_read_only(table->entries), cases[i].read_only);
        ck_assert_int_eq(mount_entry_has_option(table->entries, "nosuid"), cases[i].nosuid);
        ck_assert_str_eq(mount_entry_propagation(table->entries), cases[i].propagation);
    }
}
END_TEST

START_TEST(test_reaches)
{
    static const struct {
        const char *mine, *host;
        uint64_t group;
    } cases[] = {
        {"", "shared:1", 0},
        {"shared:1", "shared:1", 1},          // peers
        {"shared:7", "shared:1 master:7", 7}, // the host receives from here
        {"shared:7", "master:7", 7},
        {"shared:7", "master:8 propagate_from:7", 7},
        {"master:1", "shared:1", 0}, // receives only
        {"shared:7 master:1", "shared:1", 0},
        {"shared:7", "shared:77 master:71", 0},
        {"unbindable", "", 0},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        char mine[128], other[256];
        _cleanup_mount_table_ struct mount_table *table = NULL, *host = NULL;

        (void)snprintf(mine, sizeof mine, "1 0 0:1 / / rw %s - t s rw\n", cases[i].mine);
        (void)snprintf(other, sizeof other,
                       "1 0 0:1 / / rw - t s rw\n2 1 0:1 / /x rw %s - t s rw\n", cases[i].host);
        table = table_of(mine);
        host = table_of(other);
        ck_assert_msg(mount_entry_reaches(table->entries, host) == cases[i].group, "%s > %s",
                      cases[i].mine, cases[i].host);
    }
}
END_TEST

START_TEST(test_types)
{
    static const struct {
        const char *type;
        bool may_hang, kernel;
    } cases[] = {
        {"ext4", false, false},       {"fuse", true, false},     {"fuse.sshfs", true, false},
        {"fuseblk", true, false},     {"fusectl", false, true},  {"nfs4", true, false},
        {"nfsd", false, true},        {"autofs", true, false},   {"proc", false, true},
        {"tmpfs", false, false},      {"cgroup2", false, true},  {"virtiofs", true, false},
        {"9p", true, false},          {"overlay", false, false}, {"devtmpfs", false, true},
        {"fuse.portal", true, false}, {"", false, false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        ck_assert_int_eq(filesystem_may_hang(cases[i].type), cases[i].may_hang);
        ck_assert_int_eq(filesystem_is_kernel(cases[i].type), cases[i].kernel);
    }
}
END_TEST

static void make_mount(const char *base, const char *name, char *out, size_t size)
{
    (void)snprintf(out, size, "%s/%s", base, name);
    ck_assert_int_eq(mkdir(out, 0755), 0);
    ck_assert_int_eq(mount("davit\t#test", out, "tmpfs", MS_NOEXEC, "size=64k"), 0);
}

// Names that somebody chose to be hard, as the running kernel writes them.
START_TEST(test_real_names)
{
    static const char *const names[] = {
        "plain",      "sp ace",      "new\nline",   "tab\there",       "back\\slash",
        "octal\\040", "ha#sh",       "x (deleted)", "x\\040(deleted)", "- tmpfs -",
        "\xff\xfe",   "com,ma=\"q'", "\x1b[31m",
    };
    char base[TEMPORARY_SIZE], path[256];
    _cleanup_mount_table_ struct mount_table *table = NULL;

    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    temporary_directory(base);
    ck_assert_int_eq(mount("none", base, "tmpfs", 0, "mode=700"), 0);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        make_mount(base, names[i], path, sizeof path);
    ck_assert_int_eq(mount_table_read(AT_FDCWD, &table, &err), 0);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const struct mount_entry *entry;
        struct mount_ids ids;
        struct stat st;

        (void)snprintf(path, sizeof path, "%s/%s", base, names[i]);
        entry = mount_table_at(table, path, NULL);
        ck_assert_msg(entry != NULL, "%s is not in the table", names[i]);
        ck_assert_int_eq(call_mount_ids(AT_FDCWD, path, &ids), 0);
        if (ids.old) // Linux 5.8
            ck_assert_uint_eq(entry->id, ids.old);
        ck_assert_int_eq(stat(path, &st), 0);
        ck_assert_uint_eq(entry->device, st.st_dev);
        ck_assert_str_eq(entry->source, "davit\t#test");
        ck_assert_str_eq(entry->type, "tmpfs");
        ck_assert(mount_entry_has_option(entry, "noexec"));
        ck_assert_ptr_eq(mount_table_by_id(table, entry->parent_id),
                         mount_table_at(table, base, NULL));
    }
    ck_assert_int_eq(umount2(base, MNT_DETACH), 0);
    ck_assert_int_eq(rmdir(base), 0);
}
END_TEST

// The sub-root of a bind mount, of one whose directory is gone, and the way through stacked mounts.
START_TEST(test_real_binds)
{
    char base[TEMPORARY_SIZE], one[256], two[256], inner[256];
    _cleanup_mount_table_ struct mount_table *table = NULL;
    struct mount_ids ids;
    unsigned depth;

    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    temporary_directory(base);
    ck_assert_int_eq(mount("none", base, "tmpfs", 0, "mode=700"), 0);
    (void)snprintf(one, sizeof one, "%s/one", base);
    (void)snprintf(two, sizeof two, "%s/two", base);
    (void)snprintf(inner, sizeof inner, "%s/one/in", base);
    ck_assert_int_eq(mkdir(one, 0755) | mkdir(two, 0755) | mkdir(inner, 0755), 0);
    ck_assert_int_eq(mount(inner, two, NULL, MS_BIND, NULL), 0);
    ck_assert_int_eq(rmdir(inner), 0);
    ck_assert_int_eq(mkdir(inner, 0755), 0);
    ck_assert_int_eq(mount("hidden", inner, "tmpfs", 0, NULL), 0);
    ck_assert_int_eq(mount("top", one, "tmpfs", 0, NULL), 0);
    ck_assert_int_eq(mount("top", one, "tmpfs", 0, NULL), 0);
    ck_assert_int_eq(mount_table_read(AT_FDCWD, &table, &err), 0);

    ck_assert_str_eq(mount_table_at(table, two, NULL)->root, "/one/in//deleted");
    ck_assert_int_eq(call_mount_ids(AT_FDCWD, one, &ids), 0);
    if (ids.old)
        ck_assert_uint_eq(mount_table_at(table, one, &depth)->id, ids.old);
    ck_assert_str_eq(mount_table_at(table, one, &depth)->source, "top");
    ck_assert_uint_eq(depth, 2);
    ck_assert_ptr_null(mount_table_at(table, inner, NULL));
    ck_assert_ptr_eq(mount_table_containing(table, inner), mount_table_at(table, one, NULL));
    ck_assert_int_eq(umount2(base, MNT_DETACH), 0);
    ck_assert_int_eq(rmdir(base), 0);
}
END_TEST

// Propagation between two namespaces, read from both.
START_TEST(test_real_propagation)
{
    static const struct {
        unsigned long flags; // of the container's mount
        const char *propagation;
        bool reaches;
    } cases[] = {{MS_SHARED, "shared", true},
                 {MS_SLAVE, "slave", false},
                 {MS_PRIVATE, "private", false},
                 {MS_UNBINDABLE, "unbindable", false}};
    char base[TEMPORARY_SIZE];
    _cleanup_mount_table_ struct mount_table *host = NULL;

    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    temporary_directory(base);
    ck_assert_int_eq(mount("none", base, "tmpfs", 0, "mode=700"), 0);
    ck_assert_int_eq(mount(NULL, base, NULL, MS_SHARED, NULL), 0);
    ck_assert_int_eq(mount_table_read(AT_FDCWD, &host, &err), 0);
    for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
        int status;
        pid_t pid = fork();

        if (pid == 0) {
            struct mount_table *own;
            const struct mount_entry *entry;

            if (unshare(CLONE_NEWNS) < 0 || mount(NULL, base, NULL, cases[i].flags, NULL) < 0 ||
                mount_table_read(AT_FDCWD, &own, &err) < 0)
                _exit(1);
            entry = mount_table_at(own, base, NULL);
            if (strcmp(mount_entry_propagation(entry), cases[i].propagation) != 0)
                _exit(2);
            _exit((mount_entry_reaches(entry, host) != 0) == cases[i].reaches ? 0 : 3);
        }
        ck_assert_int_eq(waitpid(pid, &status, 0), pid);
        ck_assert_int_eq(status, 0);
    }
    ck_assert_int_eq(umount2(base, MNT_DETACH), 0);
    ck_assert_int_eq(rmdir(base), 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_good_line, 0, ARRAY_SIZE(good));
    tcase_add_loop_test(tcase, test_bad_line, 0, ARRAY_SIZE(bad));
    tcase_add_test(tcase, test_bad_line_is_named);
    tcase_add_test(tcase, test_id_twice);
    tcase_add_test(tcase, test_nul_byte);
    tcase_add_test(tcase, test_empty);
    tcase_add_test(tcase, test_missing_file);
    tcase_add_test(tcase, test_long_line);
    tcase_add_test(tcase, test_hundreds_of_optional_fields);
    tcase_add_test(tcase, test_too_large);
    tcase_add_test(tcase, test_many_mounts);
    tcase_add_test(tcase, test_containing);
    tcase_add_test(tcase, test_at);
    tcase_add_test(tcase, test_is_below);
    tcase_add_test(tcase, test_without_root);
    tcase_add_test(tcase, test_circle);
    tcase_add_test(tcase, test_path_is_below);
    tcase_add_test(tcase, test_options);
    tcase_add_test(tcase, test_reaches);
    tcase_add_test(tcase, test_types);
    tcase_add_test(tcase, test_real_names);
    tcase_add_test(tcase, test_real_binds);
    tcase_add_test(tcase, test_real_propagation);
}

int main(void)
{
    return run_suite("mounttable", add);
}
