// Why a container sees a path of the host: of two mount tables.
#include <string.h>

#include <check.h>

#include "core/engine/visible.h"
#include "runner.h"

static struct error err;

static struct mount_table *table(const char *text)
{
    struct mount_table *ret = NULL;

    ck_assert_int_eq(mount_table_parse(strdup(text), strlen(text), &ret, &err), 0);
    return ret;
}

#define HOST                                             \
    "1 1 8:1 / / rw shared:1 - ext4 /dev/a rw\n"         \
    "2 1 8:1 /srv /bound rw shared:1 - ext4 /dev/a rw\n" \
    "3 1 8:2 / /srv/disk rw shared:3 - xfs /dev/b rw\n"  \
    "4 1 0:9 / /quiet rw - tmpfs none rw\n"              \
    "5 4 8:4 / /quiet/disk rw - xfs /dev/d rw\n"
#define ROOT "10 10 0:40 / / rw - overlay overlay rw\n"

static const struct {
    const char *own, *path;
    uint64_t on;
    bool seen;
    const char *inside, *why;
} cases[] = {
    // nothing of that filesystem
    {ROOT, "/srv", 1, false, NULL, "no path in the container leads to /srv"},
    // the directory itself, one above, and read-only
    {ROOT "11 10 8:1 /srv /data rw - ext4 /dev/a rw\n", "/srv", 1, true, "/data", "writable"},
    {ROOT "11 10 8:1 /srv /data rw - ext4 /dev/a rw\n", "/srv/a/b", 1, true, "/data/a/b",
     "/data/a/b"},
    {ROOT "11 10 8:1 /srv /data ro - ext4 /dev/a rw\n", "/srv", 1, true, "/data", "read-only"},
    // by whatever path the host was asked
    {ROOT "11 10 8:1 /srv /data rw - ext4 /dev/a rw\n", "/bound/x", 2, true, "/data/x", "/data/x"},
    // covered by another mount
    {ROOT "11 10 8:1 /srv /data rw - ext4 /dev/a rw\n12 11 0:50 / /data rw - tmpfs none rw\n",
     "/srv", 1, false, NULL, "covered"},
    // the directory beneath a mount of the host's
    {ROOT "11 10 8:1 /srv /data rw - ext4 /dev/a rw\n", "/srv/disk/f", 3, false, "/data/disk",
     "receives nothing from the host's (peer group 1)"},
    {ROOT "11 10 8:1 /srv /data rw master:1 - ext4 /dev/a rw\n", "/srv/disk", 3, false,
     "/data/disk", "mounted before, or unmounted inside"},
    {ROOT "11 10 8:1 /srv /data rw shared:1 - ext4 /dev/a rw\n", "/srv/disk", 3, false,
     "/data/disk", "shared with the host's"},
    {ROOT "11 10 0:9 / /data rw - tmpfs none rw\n", "/quiet/disk", 5, false, "/data/disk",
     "private and tells nobody"},
    // ... and the mount itself, where it was received
    {ROOT "11 10 8:1 /srv /data rw master:1 - ext4 /dev/a rw\n"
          "12 11 8:2 / /data/disk rw master:3 - xfs /dev/b rw\n",
     "/srv/disk/f", 3, true, "/data/disk/f", "slave"},
};

START_TEST(answers)
{
    _cleanup_mount_table_ struct mount_table *host = table(HOST), *own = table(cases[_i].own);
    CLEANUP(visible_freep) struct visible *visible = NULL;

    ck_assert_int_eq(visible_explain(cases[_i].path, mount_table_by_id(host, cases[_i].on), host,
                                     own, &visible, &err),
                     0);
    ck_assert_msg(visible->seen == cases[_i].seen, "%s", visible->why);
    ck_assert_pstr_eq(visible->inside, cases[_i].inside);
    ck_assert_msg(strstr(visible->why, cases[_i].why) != NULL, "%s", visible->why);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_loop_test(tests, answers, 0, ARRAY_SIZE(cases));
}

int main(void)
{
    return run_suite("visible", add);
}
