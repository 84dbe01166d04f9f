#include "core/base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/lookup.h"
#include "core/base/text.h"
#include "tests/unit/runner.h"

static char dir[64];
static struct error err;

static void setup(void)
{
    strcpy(dir, "/tmp/davit-file-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(dir));
    ck_assert_int_eq(chdir(dir), 0);
}

static void teardown(void)
{
    _cleanup_free_ char *command = text_format("rm -rf '%s'", dir);

    ck_assert_int_eq(system(command), 0);
}

static void put(const char *name, const char *text)
{
    _cleanup_fclose_ FILE *file = fopen(name, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
}

START_TEST(reads_within_the_limit)
{
    _cleanup_free_ char *text = NULL;
    size_t length = 0;

    put("a", "hello");
    ck_assert_int_eq(file_read(AT_FDCWD, "a", 5, &text, &length, &err), 0);
    ck_assert_uint_eq(length, 5);
    ck_assert_str_eq(text, "hello");
    ck_assert_int_eq(file_read(AT_FDCWD, "a", 4, &text, &length, &err), -EFBIG);
    ck_assert_ptr_nonnull(strstr(err.message, "larger than 4"));
    ck_assert_int_eq(file_read(AT_FDCWD, "no", 4, &text, &length, &err), -ENOENT);
    ck_assert_int_eq(err.code, ERROR_NO_PATH);
}
END_TEST

// Nobody writes into the FIFO: it would wait for ever.
START_TEST(reads_regular_files_only)
{
    static const char *const names[] = {"fifo", "/dev/null", "/"};
    char *text = NULL;

    ck_assert_int_eq(mkfifo("fifo", 0644), 0);
    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        ck_assert_int_lt(file_read(AT_FDCWD, names[i], 100, &text, NULL, &err), 0);
        ck_assert_int_eq(err.code, ERROR_WRONG_TYPE);
        ck_assert_ptr_nonnull(strstr(err.message, "no regular file"));
    }
}
END_TEST

START_TEST(follows_no_link)
{
    char buffer[16];
    char *text = NULL;

    put("a", "hello");
    ck_assert_int_eq(symlink("a", "link"), 0);
    ck_assert_int_eq(file_read(AT_FDCWD, "link", 100, &text, NULL, &err), -ELOOP);
    ck_assert_int_eq(file_read_into(AT_FDCWD, "link", buffer, sizeof buffer), -ELOOP);
    ck_assert_int_eq(file_read_into(AT_FDCWD, "a", buffer, 4), 3);
    ck_assert_str_eq(buffer, "hel");
}
END_TEST

START_TEST(replaces_atomically)
{
    _cleanup_free_ char *text = NULL, *path = text_format("%s/f", dir);
    struct stat st;

    put("f", "old");
    ck_assert_int_eq(file_replace(path, "new!", 4, 0600, &err), 0);
    ck_assert_int_eq(file_read(AT_FDCWD, path, 100, &text, NULL, &err), 0);
    ck_assert_str_eq(text, "new!");
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    ck_assert_int_lt(file_replace("/proc/none/f", "x", 1, 0600, &err), 0);
    // no temporary file stays
    ck_assert_int_eq(system("test \"$(ls | wc -l)\" = 1"), 0);
}
END_TEST

START_TEST(makes_directories)
{
    _cleanup_free_ char *path = text_format("%s/x/y/z", dir), *blocked = text_format("%s/f/y", dir);
    struct stat st;

    put("f", "");
    ck_assert_int_eq(file_make_directories(path, 0700, &err), 0);
    ck_assert_int_eq(file_make_directories(path, 0700, &err), 0);
    ck_assert_int_eq(stat("x/y", &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0700);
    ck_assert_int_eq(file_make_directories(blocked, 0700, &err), -ENOTDIR);
}
END_TEST

// path, what it must lead to below the root ("" for the root itself), or the errno
static const struct {
    const char *path, *leads;
    int error;
} inside[] = {
    {"/d", "/d", 0},
    {"d/../d/./f", "/d/f", 0},
    {"/../../../d", "/d", 0},
    {"/absolute", "/d", 0},
    {"/upwards", "", 0},
    {"/loop", NULL, ELOOP},
    {"/dangling", NULL, ENOENT},
    {"/d/f/x", NULL, ENOTDIR},
    {"/escape", NULL, ENOENT},
    {"/nowhere", NULL, ENOENT},
};

START_TEST(stays_in_the_root)
{
    _cleanup_free_ char *root = text_format("%s/root", dir);
    _cleanup_close_ int fd = -1, found = -1;
    int r;

    ck_assert_int_eq(system("mkdir -p root/d outside && touch root/d/f outside/secret"), 0);
    ck_assert_int_eq(symlink("/d", "root/absolute"), 0);
    ck_assert_int_eq(symlink("../../../..", "root/upwards"), 0);
    ck_assert_int_eq(symlink("loop", "root/loop"), 0);
    ck_assert_int_eq(symlink("/none", "root/dangling"), 0);
    ck_assert_int_eq(symlink("../outside/secret", "root/escape"), 0);
    fd = open(root, O_PATH | O_CLOEXEC);
    r = lookup_open(fd, inside[_i].path, O_PATH, 0, 5000, &found, &err);
    ck_assert_int_eq(r, -inside[_i].error);
    if (r == 0) {
        _cleanup_free_ char *is = file_descriptor_path(found);
        _cleanup_free_ char *expected = text_format("%s%s", root, inside[_i].leads);

        ck_assert_str_eq(is, expected);
    }
    // the same without the cache: by the kernel in one call
    r = file_open_in_root(fd, inside[_i].path, O_PATH);
    ck_assert_int_eq(r < 0 ? -r : 0, inside[_i].error);
    if (r >= 0)
        ck_assert_int_eq(close(r), 0);
}
END_TEST

START_TEST(takes_no_magic_link)
{
    _cleanup_close_ int root = open("/", O_PATH | O_CLOEXEC);

    ck_assert_int_eq(file_open_in_root(root, "/proc/self/root", O_PATH), -ELOOP);
    ck_assert_int_eq(file_open_in_root(root, "/proc/self/cwd", O_PATH), -ELOOP);
}
END_TEST

START_TEST(long_descriptor_paths)
{
    char name[NAME_MAX + 1];
    _cleanup_free_ char *path = NULL;
    _cleanup_close_ int fd = open(".", O_PATH | O_CLOEXEC);

    memset(name, 'n', NAME_MAX);
    name[NAME_MAX] = '\0';
    for (int i = 0; i < 12; i++) {
        int next;

        ck_assert_int_eq(mkdirat(fd, name, 0700), 0);
        next = openat(fd, name, O_PATH | O_CLOEXEC);
        ck_assert_int_ge(next, 0);
        ck_assert_int_eq(close(fd), 0);
        fd = next;
    }
    path = file_descriptor_path(fd);
    ck_assert_ptr_nonnull(path);
    ck_assert_uint_eq(strlen(path), strlen(dir) + 12 * (NAME_MAX + 1));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, reads_within_the_limit);
    tcase_add_test(tcase, reads_regular_files_only);
    tcase_add_test(tcase, follows_no_link);
    tcase_add_test(tcase, replaces_atomically);
    tcase_add_test(tcase, makes_directories);
    tcase_add_loop_test(tcase, stays_in_the_root, 0, ARRAY_SIZE(inside));
    tcase_add_test(tcase, takes_no_magic_link);
    tcase_add_test(tcase, long_descriptor_paths);
}

int main(void)
{
    return run_suite("file", add);
}
