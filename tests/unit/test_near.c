#include "core/base/near.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"

static const struct {
    const char *word, *name;
    unsigned distance;
} pairs[] = {
    {"attach", "attach", 0},
    {"atach", "attach", 1},
    {"attahc", "attach", 1}, // exchanged
    {"attachh", "attach", 1},
    {"ettach", "attach", 1},
    {"att", "attach", 1}, // abbreviated
    {"at", "attach", NEAR_NOT},
    {"dteach", "detach", 1},
    {"dteaach", "detach", 2},
    {"ps", "fs", 1},
    {"x", "fs", NEAR_NOT},
    {"", "fs", NEAR_NOT},
    {"mounts", "doctor", NEAR_NOT},
    {"aaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaab", 1},
    {"aaaaaaaaaaaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaaaaaaaaa", NEAR_NOT}, // 25 bytes
};

START_TEST(distances)
{
    ck_assert_uint_eq(near_distance(pairs[_i].word, strlen(pairs[_i].word), pairs[_i].name,
                                    strlen(pairs[_i].name)),
                      pairs[_i].distance);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, distances, 0, ARRAY_SIZE(pairs));
}

int main(void)
{
    return run_suite("near", add);
}
