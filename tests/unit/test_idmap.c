#include "core/host/idmap.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/unit/runner.h"

static struct error err;

static const struct {
    const char *text;
    struct id_range range; // count 0: refused
} spelled[] = {
    {"0:1000:1", {0, 1000, 1}},
    {"4294967293:0:1", {4294967293, 0, 1}},
    {"0:0:4294967294", {0, 0, 4294967294}},
    {"0:1:4294967294", {0, 1, 4294967294}},
    {"0:2:4294967294", {0, 0, 0}}, // beyond the last id
    {"4294967295:0:1", {0, 0, 0}}, // nobody's
    {"0:4294967295:1", {0, 0, 0}},
    {"0:0:0", {0, 0, 0}},
    {"0:0", {0, 0, 0}},
    {"0:0:1:", {0, 0, 0}},
    {"0:0:1:1", {0, 0, 0}},
    {"::", {0, 0, 0}},
    {"", {0, 0, 0}},
    {" 0:0:1", {0, 0, 0}},
    {"0:-1:1", {0, 0, 0}},
    {"0:0:00000000001", {0, 0, 0}},
    {"0:0x10:1", {0, 0, 0}},
    {"auto", {0, 0, 0}},
};

START_TEST(range_of_text)
{
    struct id_range range = {7, 7, 7};
    int r = id_range_parse(spelled[_i].text, &range, &err);

    if (spelled[_i].range.count == 0) {
        ck_assert_int_lt(r, 0);
        ck_assert_int_eq(err.code, ERROR_USAGE);
        ck_assert_uint_eq(range.count, 7);
    } else {
        ck_assert_int_eq(r, 0);
        ck_assert_mem_eq(&range, &spelled[_i].range, sizeof range);
    }
}
END_TEST

// Two parts with a hole between them, out of order.
static struct id_range parts[] = {{1000, 500000, 10}, {0, 300000, 1000}, {2000, 0, 1}};
static const struct id_map map = {.ranges = parts, .n_ranges = 3};

START_TEST(one_id)
{
    uint32_t id;

    ck_assert(id_map_outward(&map, 0, &id) && id == 300000);
    ck_assert(id_map_outward(&map, 999, &id) && id == 300999);
    ck_assert(id_map_outward(&map, 1009, &id) && id == 500009);
    ck_assert(!id_map_outward(&map, 1010, &id));
    ck_assert(id_map_outward(&map, 2000, &id) && id == 0);
    ck_assert(id_map_inward(&map, 0, &id) && id == 2000);
    ck_assert(id_map_inward(&map, 500009, &id) && id == 1009);
    ck_assert(!id_map_inward(&map, 500010, &id));
    ck_assert(!id_map_inward(&map, 299999, &id));
    ck_assert(!id_map_is_identity(&map));
}
END_TEST

static const struct {
    struct id_range shown;
    const char *text; // NULL: refused
} for_mounts[] = {
    {{0, 1000, 1}, "1000 300000 1\n"},
    {{0, 0, 1000}, "0 300000 1000\n"},
    {{998, 50, 4}, "50 300998 2\n52 500000 2\n"},
    {{1005, 7, 5}, "7 500005 5\n"},
    {{1005, 7, 6}, NULL},
    {{2000, 4294967294, 1}, "4294967294 0 1\n"},
    {{4294967294, 0, 1}, NULL},
};

START_TEST(map_of_a_mount)
{
    _cleanup_free_ char *text = NULL;
    int r = id_map_for_mount(&map, &for_mounts[_i].shown, &text, &err);

    if (for_mounts[_i].text) {
        ck_assert_int_eq(r, 0);
        ck_assert_str_eq(text, for_mounts[_i].text);
    } else {
        ck_assert_int_lt(r, 0);
        ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
        ck_assert_ptr_null(text);
    }
}
END_TEST

// What one write(2) does not hold is refused before it is tried.
START_TEST(too_many_parts)
{
    struct id_range many[340];
    const struct id_map scattered = {.ranges = many, .n_ranges = 340};
    const struct id_range all = {0, 4000000000, 340};
    _cleanup_free_ char *text = NULL;

    for (uint32_t i = 0; i < 340; i++)
        many[i] = (struct id_range){i, 4000000000U - 2 * i, 1};
    ck_assert_int_lt(id_map_for_mount(&scattered, &all, &text, &err), 0);
    ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
    ck_assert_ptr_null(text);
}
END_TEST

static int open_proc(void)
{
    return open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
}

START_TEST(the_own_map)
{
    _cleanup_id_map_ struct id_map own = {.ranges = NULL};
    _cleanup_close_ int proc = open_proc();
    uint32_t id;

    ck_assert_int_eq(id_map_read(proc, "uid_map", &own, &err), 0);
    ck_assert(id_map_outward(&own, getuid(), &id));
    ck_assert_int_lt(id_map_read(proc, "no_map", &own, &err), 0);
}
END_TEST

// Wants root: who may map what is not their own.
START_TEST(namespace_with_a_map)
{
    _cleanup_close_ int userns = -1;
    struct error said = {0};
    int r = userns_make("1000 0 1\n", "1000 0 1\n7 7 2\n", 5000, &userns, &said);

    if (geteuid() != 0) {
        ck_assert_int_lt(r, 0);
        return;
    }
    ck_assert_msg(r == 0, "%s", said.message);
    ck_assert_int_ge(userns, 0);
    ck_assert_int_ge(fcntl(userns, F_GETFD), 0);
    // Overlapping parts are the kernel's to refuse.
    ck_assert_int_lt(userns_make("0 0 2\n1 1 2\n", "0 0 1\n", 5000, &userns, &said), 0);
    ck_assert_int_eq(said.sys_errno, EINVAL);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, range_of_text, 0, ARRAY_SIZE(spelled));
    tcase_add_test(tcase, one_id);
    tcase_add_loop_test(tcase, map_of_a_mount, 0, ARRAY_SIZE(for_mounts));
    tcase_add_test(tcase, too_many_parts);
    tcase_add_test(tcase, the_own_map);
    tcase_add_test(tcase, namespace_with_a_map);
}

int main(void)
{
    return run_suite("idmap", add);
}
