// libudev, loaded by name, so that only those who ask for devices pay for it.
#ifndef DAVIT_HOST_UDEV_LIBRARY_H
#define DAVIT_HOST_UDEV_LIBRARY_H

#include <libudev.h>
#include <stdbool.h>

#define UDEV_CALLS(X)                                  \
    X(udev_new)                                        \
    X(udev_unref)                                      \
    X(udev_device_new_from_devnum)                     \
    X(udev_device_unref)                               \
    X(udev_device_get_parent)                          \
    X(udev_device_get_parent_with_subsystem_devtype)   \
    X(udev_device_get_subsystem)                       \
    X(udev_device_get_devnode)                         \
    X(udev_device_get_property_value)                  \
    X(udev_device_get_sysattr_value)                   \
    X(udev_monitor_new_from_netlink)                   \
    X(udev_monitor_unref)                              \
    X(udev_monitor_filter_add_match_subsystem_devtype) \
    X(udev_monitor_enable_receiving)                   \
    X(udev_monitor_get_fd)                             \
    X(udev_monitor_receive_device)

struct udev_calls {
#define X(name) __typeof__(&name) name;
    UDEV_CALLS(X)
#undef X
};

struct udev_library {
    void *handle; // dlopen(3)'s, NULL when it is not there
    struct udev_calls call;
    struct udev *udev; // NULL when it is not there or not to be used
};

// False: this host has no libudev, or one that lacks a call. `ret` may be given to
// udev_library_close() in both cases; an unload is libc's, when the last one has closed it.
bool udev_library_open(struct udev_library *ret);
void udev_library_close(struct udev_library *library);

#endif
