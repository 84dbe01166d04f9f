#include "core/host/loopdevice.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include <linux/loop.h>
#include <linux/netlink.h>

#include "core/base/cleanup.h"
#include "core/base/helper.h"
#include "core/base/resolver.h"

// Of linux/loop.h since 5.8.
#ifndef LOOP_CONFIGURE
#define LOOP_CONFIGURE 0x4C0A
struct loop_config {
    uint32_t fd, block_size;
    struct loop_info64 info;
    uint64_t reserved[8];
};
#endif

#define FREE_TRIES 32
#define UNHEARD_US 20000 // between two looks where the kernel's messages do not come

void loop_node(char node[LOOP_NODE_SIZE], unsigned number)
{
    (void)snprintf(node, LOOP_NODE_SIZE, "/dev/loop%u", number);
}

int loop_look(unsigned number, struct loop_device *ret)
{
    _cleanup_close_ int fd = -1;
    char node[LOOP_NODE_SIZE];
    struct loop_info64 info;
    struct stat st;

    loop_node(node, number);
    fd = open(node, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
    if (fd < 0 || ioctl(fd, LOOP_GET_STATUS64, &info) < 0 || fstat(fd, &st) < 0)
        return -errno;
    // The kernel writes new_encode_dev() numbers there, which is what stat(2) gives.
    *ret = (struct loop_device){
        .number = number,
        .file = {info.lo_device, info.lo_inode, info.lo_offset, info.lo_sizelimit},
        .read_only = info.lo_flags & LO_FLAGS_READ_ONLY,
        .block = info.lo_rdevice,
        .node = st.st_rdev,
    };
    return 0;
}

static bool same_file(const struct loop_file *a, const struct loop_file *b)
{
    return a->device == b->device && a->inode == b->inode;
}

static bool overlap(const struct loop_file *a, const struct loop_file *b)
{
    return (!a->limit || b->offset < a->offset + a->limit) &&
           (!b->limit || a->offset < b->offset + b->limit);
}

// 1: `device` will do; 0: it is of no concern; -EBUSY.
static int compare(const struct loop_device *device, const struct loop_file *file, bool read_only)
{
    if (!same_file(&device->file, file) || !overlap(&device->file, file))
        return 0;
    // A writable one does for a reader: the filesystem on it is one, whoever mounts it.
    if (device->file.offset == file->offset && device->file.limit == file->limit)
        return read_only || !device->read_only ? 1 : -EBUSY;
    return read_only && device->read_only ? 0 : -EBUSY;
}

int loop_each(int (*visit)(const struct loop_device *device, void *context), void *context)
{
    _cleanup_closedir_ DIR *blocks = opendir("/sys/block");
    struct dirent *entry;
    int r = 0;

    if (!blocks)
        return -errno;
    while (r == 0 && (entry = readdir(blocks))) {
        struct loop_device device;
        char path[300], *end;
        unsigned long number;

        if (strncmp(entry->d_name, "loop", 4) != 0 || entry->d_name[4] == '\0')
            continue;
        number = strtoul(entry->d_name + 4, &end, 10);
        (void)snprintf(path, sizeof path, "%s/loop", entry->d_name);
        if (*end == '\0' && faccessat(dirfd(blocks), path, F_OK, 0) == 0 &&
            loop_look((unsigned)number, &device) == 0)
            r = visit(&device, context);
    }
    return r;
}

struct search {
    const struct loop_file *file;
    bool read_only;
    int but; // not this one, -1: any
    int result;
    struct loop_device *found;
};

static int compare_next(const struct loop_device *device, void *context)
{
    struct search *search = context;
    int r =
        (int)device->number == search->but ? 0 : compare(device, search->file, search->read_only);

    if (r != 0) {
        search->result = r;
        *search->found = *device;
    }
    return r < 0 ? r : 0; // one that is in the way counts more than one that will do
}

int loop_find(const struct loop_file *file, bool read_only, struct loop_device *ret)
{
    struct search search = {file, read_only, -1, 0, ret};
    int r = loop_each(compare_next, &search);

    return r < 0 && search.result == 0 ? r : search.result;
}

struct question {
    const struct loop_file *file;
    bool read_only;
    unsigned number;
    uint64_t wait_ms;
};

static int find_in_child(const void *context, struct resolver_answer *answer)
{
    const struct question *question = context;
    struct loop_device found = {.number = 0};
    int r = loop_find(question->file, question->read_only, &found);

    memcpy(answer->data, &found, sizeof found);
    answer->length = sizeof found;
    return r;
}

int loop_find_within(const struct loop_file *file, bool read_only, uint64_t timeout_ms,
                     struct loop_device *ret, struct error *err)
{
    struct question question = {.file = file, .read_only = read_only};
    struct resolver_answer answer;
    int r = resolver_ask("the loop devices", find_in_child, &question, NULL, 0, timeout_ms, &answer,
                         err);

    if (r < 0)
        return r;
    if (answer.length != sizeof *ret)
        return error_set(err, ERROR_FAILED, EPROTO, "the child said nothing of use");
    memcpy(ret, answer.data, sizeof *ret);
    if (answer.result < 0 && answer.result != -EBUSY)
        return error_errno(err, -answer.result, "cannot look at the loop devices");
    return answer.result;
}

static int configure(int device, int fd, const char *name, const struct loop_file *file,
                     bool read_only)
{
    struct loop_config config = {.fd = (uint32_t)fd};

    config.info.lo_offset = file->offset;
    config.info.lo_sizelimit = file->limit;
    config.info.lo_flags = LO_FLAGS_AUTOCLEAR | (read_only ? LO_FLAGS_READ_ONLY : 0U);
    (void)snprintf((char *)config.info.lo_file_name, LO_NAME_SIZE, "%s", name);
    return ioctl(device, LOOP_CONFIGURE, &config) < 0 ? -errno : 0;
}

int loop_make(int fd, const char *name, const struct loop_file *file, bool read_only,
              unsigned *ret_number)
{
    _cleanup_close_ int control = open("/dev/loop-control", O_RDWR | O_CLOEXEC);
    struct loop_device other;
    struct search search = {file, false, -1, 0, &other};

    if (control < 0)
        return -errno;
    for (unsigned i = 0; i < FREE_TRIES; i++) {
        _cleanup_close_ int device = -1;
        char node[LOOP_NODE_SIZE];
        int number = ioctl(control, LOOP_CTL_GET_FREE), r;

        if (number < 0)
            return -errno;
        loop_node(node, (unsigned)number);
        device = open(node, (read_only ? O_RDONLY : O_RDWR) | O_NONBLOCK | O_CLOEXEC);
        if (device < 0)
            return -errno;
        r = configure(device, fd, name, file, read_only);
        if (r == -EBUSY) // somebody was quicker
            continue;
        if (r < 0)
            return r == -EINVAL || r == -ENOTTY ? -ENOSYS : r;
        // Who took the same file in the same moment sees ours as we see theirs.
        search.but = number;
        search.read_only = read_only;
        (void)loop_each(compare_next, &search);
        if (search.result != 0 && !(read_only && other.read_only))
            return -EBUSY;
        *ret_number = (unsigned)number;
        return TAKE_FD(device);
    }
    return -EAGAIN;
}

// The kernel's own messages about devices (lib/kobject_uevent.c), of which a loop device that lets
// go of its file sends one. Nobody else has to run for them. -1: not to be had.
static int open_uevents(void)
{
    const struct sockaddr_nl kernel = {.nl_family = AF_NETLINK, .nl_groups = 1};
    _cleanup_close_ int fd =
        socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, NETLINK_KOBJECT_UEVENT);

    if (fd < 0 || bind(fd, (const struct sockaddr *)&kernel, sizeof kernel) < 0)
        return -1;
    return TAKE_FD(fd);
}

static bool is_bound(unsigned number, const struct loop_file *file)
{
    struct loop_device device;

    return loop_look(number, &device) == 0 && same_file(&device.file, file) &&
           device.file.offset == file->offset;
}

static bool wait_gone(unsigned number, const struct loop_file *file, uint64_t timeout_ms)
{
    unsigned long long deadline = monotonic_us() + timeout_ms * 1000;
    _cleanup_close_ int uevents = open_uevents(); // before it is looked at
    char ignored[4096];

    while (is_bound(number, file)) {
        unsigned long long now = monotonic_us(), until = uevents < 0 ? now + UNHEARD_US : deadline;

        if (now >= deadline)
            return false;
        (void)helper_wait(uevents, until < deadline ? until : deadline);
        while (recv(uevents, ignored, sizeof ignored, 0) >= 0 || errno == ENOBUFS)
            continue; // whose it was is looked at
    }
    return true;
}

static int wait_in_child(const void *context, struct resolver_answer *answer)
{
    const struct question *question = context;

    (void)answer;
    return wait_gone(question->number, question->file, question->wait_ms);
}

bool loop_wait_gone(unsigned number, const struct loop_file *file, uint64_t timeout_ms)
{
    struct question question = {.file = file, .number = number, .wait_ms = timeout_ms};
    struct resolver_answer answer;
    struct error ignored;

    return resolver_ask("the loop device", wait_in_child, &question, NULL, 0, timeout_ms + 2000,
                        &answer, &ignored) == 0 &&
           answer.result == 1;
}
