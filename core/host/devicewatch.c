#include "core/host/devicewatch.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/host/udev_library.h"

#define MESSAGES_AT_ONCE 256

struct device_watch {
    struct udev_library library;
    struct udev_monitor *monitor;
    struct loop_source *source;
    void (*changed)(void *context);
    void *context;
};

// What was read is not looked into: the devices are read anew. A message is lost when the socket's
// buffer was full (ENOBUFS), which is a change too.
static void message_arrived(int fd, unsigned events, void *context)
{
    struct device_watch *watch = context;
    const struct udev_calls *call = &watch->library.call;
    bool some = false;

    (void)fd;
    for (unsigned i = 0; i < MESSAGES_AT_ONCE; i++) {
        struct udev_device *device;

        errno = 0;
        device = call->udev_monitor_receive_device(watch->monitor);
        if (!device) {
            some |= errno == ENOBUFS;
            break;
        }
        call->udev_device_unref(device);
        some = true;
    }
    if (events & LOOP_FAILED)
        loop_fd_set(watch->source, LOOP_READ); // libuv stops at an error; ENOBUFS is one
    if (some || events & LOOP_FAILED)
        watch->changed(watch->context);
}

// libudev lets nobody listen to udevd where none runs, and then the kernel speaks of the same
// devices, though without what udevd would have found out about them.
static int listen_to_monitor(struct device_watch *watch, struct error *err)
{
    const struct udev_calls *call = &watch->library.call;
    const char *who = access("/run/udev/control", F_OK) == 0 ? "udev" : "kernel";
    int r;

    watch->monitor = call->udev_monitor_new_from_netlink(watch->library.udev, who);
    if (!watch->monitor)
        return error_errno(err, errno, "cannot listen for block devices");
    r = call->udev_monitor_filter_add_match_subsystem_devtype(watch->monitor, "block", NULL);
    if (r >= 0)
        r = call->udev_monitor_enable_receiving(watch->monitor);
    if (r < 0)
        return error_errno(err, -r, "cannot listen for block devices");
    return 0;
}

int device_watch_new(struct loop *loop, void (*changed)(void *context), void *context,
                     struct device_watch **ret, struct error *err)
{
    struct device_watch *watch = calloc(1, sizeof *watch);
    int r;

    if (!watch)
        return ERROR_OOM(err);
    watch->changed = changed;
    watch->context = context;
    if (!udev_library_open(&watch->library)) {
        (void)error_set(err, ERROR_UNSUPPORTED, ENOSYS, "this host has no libudev");
        r = 1;
    } else {
        r = listen_to_monitor(watch, err) < 0 ? 1 : 0;
    }
    if (r > 0)
        error_hint(err, "devices that come and go show when the list is read again");
    else
        r = loop_fd(loop, watch->library.call.udev_monitor_get_fd(watch->monitor), LOOP_READ,
                    message_arrived, watch, &watch->source, err);
    if (r != 0) {
        device_watch_free(watch);
        return r;
    }
    *ret = watch;
    return 0;
}

void device_watch_free(struct device_watch *watch)
{
    if (!watch)
        return;
    loop_source_free(watch->source);
    if (watch->monitor)
        watch->library.call.udev_monitor_unref(watch->monitor);
    udev_library_close(&watch->library);
    free(watch);
}
