// What a daemon says of its volumes, and what it cannot.
#include <errno.h>
#include <string.h>

#include <check.h>

#include "core/runtime/docker_volume.h"
#include "runner.h"

static struct error err;

static int parse(const char *text, struct volume_list *list)
{
    return docker_volumes_parse(text, strlen(text), "docker", list, &err);
}

START_TEST(a_list_is_read)
{
    _cleanup_volume_list_ struct volume_list list = {.items = NULL};

    ck_assert_int_eq(
        parse("{\"Volumes\":[{\"Name\":\"a\",\"Mountpoint\":\"/v/a/_data\",\"Driver\":\"local\","
              "\"Options\":null},{\"Name\":\"b\",\"Mountpoint\":\"/v/b\",\"Driver\":\"local\","
              "\"Options\":{\"type\":\"nfs\",\"device\":\":/x\",\"o\":\"addr=n\"}},"
              "{\"Name\":\"c\",\"Mountpoint\":\"\",\"Driver\":\"glus\\u001bter\"}]}",
              &list),
        0);
    ck_assert_uint_eq(list.n_items, 3);
    ck_assert_str_eq(list.items[0].path, "/v/a/_data");
    ck_assert_ptr_null(list.items[0].mounts);
    ck_assert_str_eq(list.items[1].mounts, "nfs :/x");
    ck_assert_ptr_null(strchr(list.items[2].driver, 27));
    ck_assert_ptr_nonnull(strstr(list.items[2].mounts, "driver"));
}
END_TEST

START_TEST(one_is_read)
{
    _cleanup_volume_list_ struct volume_list list = {.items = NULL};

    ck_assert_int_eq(parse("{\"Name\":\"a\",\"Mountpoint\":\"/v\"}", &list), 0);
    ck_assert_uint_eq(list.n_items, 1);
    ck_assert_str_eq(list.items[0].runtime, "docker");
}
END_TEST

static const char *const impossible[] = {
    "{\"Volumes\":[{\"Name\":\"../a\",\"Mountpoint\":\"/v\"}]}",
    "{\"Volumes\":[{\"Name\":\"a\",\"Mountpoint\":\"relative\"}]}",
    "{\"Volumes\":[{\"Mountpoint\":\"/v\"},7,null,[]]}",
    "{\"Volumes\":null}",
    "{\"Volumes\":[]}",
};

START_TEST(what_cannot_be_one_is_left_out)
{
    _cleanup_volume_list_ struct volume_list list = {.items = NULL};

    ck_assert_int_eq(parse(impossible[_i], &list), 0);
    ck_assert_uint_eq(list.n_items, 0);
}
END_TEST

static const char *const nonsense[] = {"", "[]", "{", "{\"Volumes\":7}", "null"};

START_TEST(nonsense_is_an_error)
{
    _cleanup_volume_list_ struct volume_list list = {.items = NULL};

    ck_assert_int_eq(parse(nonsense[_i], &list), -EPROTO);
    ck_assert_uint_eq(list.n_items, 0);
}
END_TEST

START_TEST(names)
{
    char longest[257];

    memset(longest, 'x', 256);
    longest[256] = '\0';
    ck_assert(volume_name_valid("a"));
    ck_assert(volume_name_valid("0.b-C_d"));
    ck_assert(volume_name_valid(longest + 1));
    ck_assert(!volume_name_valid(longest));
    ck_assert(!volume_name_valid(""));
    ck_assert(!volume_name_valid(".."));
    ck_assert(!volume_name_valid("-a"));
    ck_assert(!volume_name_valid("a/b"));
    ck_assert(!volume_name_valid("a b"));
}
END_TEST

static void add_tests(TCase *tcase)
{
    tcase_add_test(tcase, a_list_is_read);
    tcase_add_test(tcase, one_is_read);
    tcase_add_loop_test(tcase, what_cannot_be_one_is_left_out, 0, ARRAY_SIZE(impossible));
    tcase_add_loop_test(tcase, nonsense_is_an_error, 0, ARRAY_SIZE(nonsense));
    tcase_add_test(tcase, names);
}

int main(void)
{
    return run_suite("docker_volume", add_tests);
}
