#include "core/host/loopdevice.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "image.h"
#include "temporary.h"
#include "tests/unit/runner.h"

// A loop device that lets go of its file when its last descriptor is closed.
static int make(unsigned *number, struct loop_device *device)
{
    char node[32];
    int fd = image_open(temporary_root(), 1 << 20, node);

    ck_assert_int_eq(sscanf(node, "/dev/loop%u", number), 1);
    ck_assert_int_eq(loop_look(*number, device), 0);
    ck_assert_uint_eq(device->number, *number);
    return fd;
}

START_TEST(one_that_is_held_is_waited_for_until_the_time_is_over)
{
    struct loop_device device;
    unsigned number;
    int fd = make(&number, &device);
    unsigned long long start = monotonic_us();

    ck_assert(!loop_wait_gone(number, &device.file, 0));
    ck_assert(!loop_wait_gone(number, &device.file, 50));
    ck_assert_uint_ge(monotonic_us() - start, 50000);
    (void)close(fd);
    ck_assert(loop_wait_gone(number, &device.file, 5000));
}
END_TEST

// Not at the end of the time, and not by looking again and again: the kernel tells.
START_TEST(one_that_is_let_go_is_told)
{
    struct loop_device device;
    unsigned number;
    int fd = make(&number, &device), status;
    pid_t holder = fork();
    unsigned long long start = monotonic_us();

    ck_assert_int_ge(holder, 0);
    if (holder == 0) {
        (void)usleep(200000); // that long it is held
        _exit(0);
    }
    (void)close(fd);
    ck_assert(loop_wait_gone(number, &device.file, 60000));
    ck_assert_uint_lt(monotonic_us() - start, 30000000);
    ck_assert_int_eq(waitpid(holder, &status, 0), holder);
}
END_TEST

// Its number may have another file by then.
START_TEST(one_that_has_another_file_is_gone)
{
    struct loop_device device;
    unsigned number;
    int fd = make(&number, &device);

    device.file.inode++;
    ck_assert(loop_wait_gone(number, &device.file, 0));
    device.file.inode--;
    device.file.offset += 512;
    ck_assert(loop_wait_gone(number, &device.file, 0));
    (void)close(fd);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, one_that_is_held_is_waited_for_until_the_time_is_over);
    tcase_add_test(tcase, one_that_is_let_go_is_told);
    tcase_add_test(tcase, one_that_has_another_file_is_gone);
}

int main(void)
{
    return run_suite("loopdevice", add);
}
