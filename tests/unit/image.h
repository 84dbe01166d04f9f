// A file as a block device, for tests that need a real one.
#ifndef DAVIT_TESTS_IMAGE_H
#define DAVIT_TESTS_IMAGE_H

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/loop.h>
#include <stdio.h>
#include <sys/ioctl.h>
#include <unistd.h>

// Makes a free loop device of `bytes` zeros out of an unlinked file below `directory`. Returns its
// descriptor and name; the device frees itself when the descriptor and the last mount are gone.
static inline int image_open(const char *directory, off_t bytes, char node[32])
{
    int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC), device = -1;
    char path[256];
    int file;
    struct loop_info64 info = {.lo_flags = LO_FLAGS_AUTOCLEAR};

    (void)snprintf(path, sizeof path, "%s/davit-image-XXXXXX", directory);
    file = mkostemp(path, O_CLOEXEC);
    ck_assert_int_ge(control, 0);
    ck_assert_int_ge(file, 0);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(ftruncate(file, bytes), 0);
    // Somebody else may take the free one first.
    for (int i = 0; i < 100 && device < 0; i++) {
        int number = ioctl(control, LOOP_CTL_GET_FREE);

        ck_assert_int_ge(number, 0);
        (void)snprintf(node, 32, "/dev/loop%d", number);
        device = open(node, O_RDWR | O_CLOEXEC);
        ck_assert_int_ge(device, 0);
        if (ioctl(device, LOOP_SET_FD, file) < 0) {
            ck_assert_int_eq(errno, EBUSY);
            (void)close(device);
            device = -1;
        }
    }
    ck_assert_int_ge(device, 0);
    ck_assert_int_eq(ioctl(device, LOOP_SET_STATUS64, &info), 0);
    (void)close(file);
    (void)close(control);
    return device;
}

#endif
