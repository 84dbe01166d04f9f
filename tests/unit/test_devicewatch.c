#include "core/host/devicewatch.h"

#include <sched.h>
#include <sys/mount.h>

#include "image.h"
#include "temporary.h"
#include "tests/unit/runner.h"
#include "turns.h"

static struct error err;
static unsigned changes;

static void one_change(void *context)
{
    ck_assert_ptr_eq(context, &err);
    changes++;
}

// Without udevd it is the kernel that tells: as if there were none on this machine.
static void without_udevd(void)
{
    ck_assert_int_eq(unshare(CLONE_NEWNS), 0);
    ck_assert_int_eq(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), 0);
    ck_assert_int_eq(mount("none", "/run", "tmpfs", 0, "mode=755"), 0);
}

START_TEST(test_a_loop_device_comes)
{
    struct device_watch *watch;
    struct loop *loop;
    unsigned before;
    char node[32];
    int device;

    if (_i == 0)
        without_udevd();
    ck_assert_int_eq(loop_new(&loop, &err), 0);
    ck_assert_int_eq(device_watch_new(loop, one_change, &err, &watch, &err), 0);
    before = changes;
    device = image_open(temporary_root(), 1 << 20, node);
    turns_until(loop, &changes, before + 1);
    turns_for(loop, 50);
    before = changes;
    (void)close(device); // frees itself
    turns_until(loop, &changes, before + 1);
    device_watch_free(watch);
    loop_free(loop);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_a_loop_device_comes, 0, 2);
}

int main(void)
{
    return run_suite("devicewatch", add);
}
