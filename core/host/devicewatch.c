#include "core/host/devicewatch.h"

#include <errno.h>
#include <linux/filter.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

// --- the kernel's messages -----------------------------------------------------------------------

// Steps of the filter; `yes` and `no` are how many of those behind them are left out. The first:
// the action ends at byte `at`, and then X is where the path begins. The second: the four bytes
// `at` so many behind X.
#define ACTION_ENDS(at, yes, no)                                                           \
    BPF_STMT(BPF_LDX | BPF_W | BPF_IMM, (at) + 1), BPF_STMT(BPF_LD | BPF_B | BPF_ABS, at), \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, '@', yes, no)
#define PATH_HAS(at, a, b, c, d, yes, no)                                                        \
    BPF_STMT(BPF_LD | BPF_W | BPF_IND, at),                                                      \
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,                                                      \
                 (unsigned)(a) << 24 | (unsigned)(b) << 16 | (unsigned)(c) << 8 | (unsigned)(d), \
                 yes, no)

// libudev's own filter passes only udevd's messages of block devices, but all of the kernel's,
// which libudev drops after they have woken us: each mount of FUSE or NFS on this machine is one.
// They begin "ACTION@/devices/…" (lib/kobject_uevent.c). All block devices are in /devices, and
// those without hardware in /devices/virtual/block. Nothing is lost where there are no filters.
static void drop_others(int fd)
{
    static struct sock_filter steps[] = {
        ACTION_ENDS(3, 9, 0),                   // add
        ACTION_ENDS(4, 6, 0),                   // move, bind
        ACTION_ENDS(6, 3, 0),                   // remove, change, online, unbind
        ACTION_ENDS(7, 0, 10),                  // offline
        PATH_HAS(0, '/', 'd', 'e', 'v', 0, 8),  // else dropped
        PATH_HAS(4, 'i', 'c', 'e', 's', 0, 6),  // else dropped
        PATH_HAS(8, '/', 'v', 'i', 'r', 0, 5),  // else taken
        PATH_HAS(16, '/', 'b', 'l', 'o', 3, 0), // taken
        PATH_HAS(12, 't', 'u', 'a', 'l', 0, 1), // else taken
        BPF_STMT(BPF_RET | BPF_K, 0),           // dropped
        BPF_STMT(BPF_RET | BPF_K, UINT32_MAX),  // taken
    };
    const struct sock_fprog program = {.len = sizeof steps / sizeof steps[0], .filter = steps};

    (void)setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program);
}

// libudev lets nobody listen to udevd where none runs, and then the kernel speaks of the same
// devices, though without what udevd would have found out about them.
static int listen_to_monitor(struct device_watch *watch, struct error *err)
{
    const struct udev_calls *call = &watch->library.call;
    bool udevd = access("/run/udev/control", F_OK) == 0;
    int r;

    watch->monitor =
        call->udev_monitor_new_from_netlink(watch->library.udev, udevd ? "udev" : "kernel");
    if (!watch->monitor)
        return error_errno(err, errno, "cannot listen for block devices");
    r = call->udev_monitor_filter_add_match_subsystem_devtype(watch->monitor, "block", NULL);
    if (r >= 0)
        r = call->udev_monitor_enable_receiving(watch->monitor);
    if (r < 0)
        return error_errno(err, -r, "cannot listen for block devices");
    if (!udevd)
        drop_others(call->udev_monitor_get_fd(watch->monitor));
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
