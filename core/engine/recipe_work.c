#include "core/engine/recipe_work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <linux/magic.h>
#include <linux/openat2.h>

#include "core/base/helper.h"
#include "core/host/mountcalls.h"

// The node needs a tmpfs that knows devices; the rest of it is some directories.
#define HIDDEN_OPTIONS "mode=0700,size=64k"
#define COVER_OPTIONS  "mode=0000,size=4k"
#define LAYERS_AT_MOST 16

struct work {
    int proc, place;
    int made;   // the directory, beneath what is mounted on it
    int hidden; // root of the tmpfs below the cover
    int whole;  // root of the filesystem
    int found;  // the source in it
};

struct descriptor_path {
    char text[32];
};

// Relative to the host's /proc: a magic link names its mount, whatever the path to it shows by now.
static struct descriptor_path name_of(int fd)
{
    struct descriptor_path path;

    (void)snprintf(path.text, sizeof path.text, "self/fd/%d", fd);
    return path;
}

static int failed(long value)
{
    return value < 0 ? -errno : 0;
}

static int make_directory(struct work *work, const struct recipe_order *order)
{
    if (mkdirat(work->place, order->name, 0700) < 0)
        return -errno;
    work->made = openat(work->place, order->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return failed(work->made);
}

// That what was opened by name is the tmpfs just mounted, and not what somebody put in its way.
static int check_hidden(const struct work *work)
{
    struct mount_ids below, here;
    struct statfs fs;
    int r = call_mount_ids(work->made, "", &below);

    if (r == 0)
        r = call_mount_ids(work->hidden, "", &here);
    if (r == 0 && fstatfs(work->hidden, &fs) < 0)
        r = -errno;
    if (r < 0)
        return r;
    return here.old != below.old && here.is_root == 1 && fs.f_type == TMPFS_MAGIC ? 0 : -ESTALE;
}

// Onto the handle: the name may be another's by now.
static int hide(struct work *work, const struct recipe_order *order)
{
    struct descriptor_path made = name_of(work->made);
    int r;

    if (fchdir(work->proc) < 0 ||
        mount("davit", made.text, "tmpfs", MS_NOSUID | MS_NOEXEC, HIDDEN_OPTIONS) < 0)
        return -errno;
    work->hidden = openat(work->place, order->name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    r = failed(work->hidden);
    if (r == 0)
        r = check_hidden(work);
    if (r < 0)
        return r;
    return failed(mount("davit", made.text, "tmpfs", MS_NOSUID | MS_NODEV | MS_NOEXEC | MS_RDONLY,
                        COVER_OPTIONS));
}

// The directories of the device's path, then the node; below our own tmpfs, where nobody else is.
static int make_node(const struct work *work, const struct recipe_order *order)
{
    char path[PATH_MAX];
    char *s = path;

    if (order->device[0] != '/')
        return -EINVAL;
    strcpy(path, order->device + 1);
    while ((s = strchr(s, '/'))) {
        *s = '\0';
        if (mkdirat(work->hidden, path, 0700) < 0 && errno != EEXIST)
            return -errno;
        *s++ = '/';
    }
    return failed(mknodat(work->hidden, path, S_IFBLK | 0600, order->number));
}

// With the hidden tmpfs as root, so that the device has the host's name. setns(2) back home gives
// the mover its own root again.
static int mount_whole(struct work *work, const struct recipe_order *order)
{
    if (mkdirat(work->hidden, RECIPE_WHOLE, 0700) < 0 || fchdir(work->hidden) < 0 ||
        chroot(".") < 0 ||
        mount(order->device, RECIPE_WHOLE, order->type, order->whole_flags,
              *order->options ? order->options : NULL) < 0)
        return -errno;
    work->whole = openat(work->hidden, RECIPE_WHOLE, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    return failed(work->whole);
}

// The very file that the source is on the host, or nothing.
static int find(struct work *work, const struct recipe_order *order)
{
    struct open_how how = {
        .flags = O_PATH | O_CLOEXEC,
        .resolve = RESOLVE_IN_ROOT | RESOLVE_NO_SYMLINKS | RESOLVE_NO_XDEV,
    };
    struct statx sx;

    work->found = (int)syscall(SYS_openat2, work->whole, order->path, &how, sizeof how);
    if (work->found < 0)
        return -errno;
    if (statx(work->found, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_BASIC_STATS, &sx) < 0)
        return -errno;
    return sx.stx_ino == order->inode && sx.stx_dev_major == order->major &&
                   sx.stx_dev_minor == order->minor
               ? 0
               : -ESTALE;
}

static int bind_part(struct work *work, const struct recipe_order *order, int *ret_part)
{
    struct descriptor_path found, part;
    int point, r = find(work, order);

    if (r < 0)
        return r;
    if (order->is_directory)
        r = failed(mkdirat(work->hidden, RECIPE_PART, 0700));
    else
        r = failed(mknodat(work->hidden, RECIPE_PART, S_IFREG | 0600, 0));
    point = r < 0 ? r : openat(work->hidden, RECIPE_PART, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (point < 0)
        return r < 0 ? r : -errno;
    found = name_of(work->found);
    part = name_of(point);
    r = fchdir(work->proc) < 0 || mount(found.text, part.text, NULL, MS_BIND, NULL) < 0 ? -errno
                                                                                        : 0;
    (void)close(point);
    if (r < 0)
        return r;
    *ret_part = openat(work->hidden, RECIPE_PART, O_PATH | O_NOFOLLOW | O_CLOEXEC);
    return failed(*ret_part);
}

static int set_flags(const struct work *work, const struct recipe_order *order, int part)
{
    struct descriptor_path path = name_of(part);

    return fchdir(work->proc) < 0 ||
                   mount(NULL, path.text, NULL, MS_REMOUNT | MS_BIND | order->flags, NULL) < 0 ||
                   mount(NULL, path.text, NULL, MS_PRIVATE, NULL) < 0
               ? -errno
               : 0;
}

static int perform(struct work *work, const struct recipe_order *order, enum recipe_step step,
                   int *ret_part)
{
    switch (step) {
    case RECIPE_DIRECTORY:
        return make_directory(work, order);
    case RECIPE_HIDE:
        return hide(work, order);
    case RECIPE_NODE:
        return make_node(work, order);
    case RECIPE_MOUNT:
        return mount_whole(work, order);
    case RECIPE_BIND:
        return bind_part(work, order, ret_part);
    case RECIPE_SET_FLAGS:
        return set_flags(work, order, *ret_part);
    case RECIPE_STEP_COUNT:
        break;
    }
    return -EINVAL;
}

static void close_if(int fd)
{
    if (fd >= 0)
        (void)close(fd);
}

int recipe_make(int proc, int place, const struct recipe_order *order, struct recipe_times *times,
                int *ret_part)
{
    struct work work = {
        .proc = proc, .place = place, .made = -1, .hidden = -1, .whole = -1, .found = -1};
    unsigned long long since = monotonic_us(), now;
    int r = 0;

    for (unsigned i = 0; i < RECIPE_STEP_COUNT && r == 0; i++) {
        r = perform(&work, order, (enum recipe_step)i, ret_part);
        now = monotonic_us();
        times->took_us[times->n_steps++] = now - since;
        since = now;
    }
    close_if(work.made);
    close_if(work.hidden);
    close_if(work.whole);
    close_if(work.found);
    if (r < 0 && *ret_part >= 0) {
        (void)close(*ret_part);
        *ret_part = -1;
    }
    return r;
}

int recipe_move(int proc, int part, int target)
{
    struct descriptor_path from = name_of(part), to = name_of(target);

    return fchdir(proc) < 0 || mount(from.text, to.text, NULL, MS_MOVE, NULL) < 0 ? -errno : 0;
}

// The cover first, then the hidden one with all that is mounted on it.
int recipe_clear(int place, const char *name)
{
    int r = failed(fchdir(place));

    for (int i = 0; i < LAYERS_AT_MOST && r == 0; i++)
        r = failed(umount2(name, MNT_DETACH | UMOUNT_NOFOLLOW));
    if (r < 0 && r != -EINVAL) // EINVAL: no mount point any more
        return r == -ENOENT ? 0 : r;
    r = failed(unlinkat(place, name, AT_REMOVEDIR));
    return r == -ENOENT ? 0 : r;
}
