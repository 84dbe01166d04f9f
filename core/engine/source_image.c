// image:/PATH[:/SUBPATH]: a filesystem in a regular file, from an offset on. It becomes a loop
// device when it is mounted, one for the file whoever attaches it, so that never two superblocks
// write to it.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/file.h"
#include "core/base/lookup.h"
#include "core/base/text.h"
#include "core/engine/device_source.h"
#include "core/host/mountcalls.h"

static int open_file(struct device_source *device, const char *place, uint64_t timeout_ms,
                     struct error *err)
{
    struct stat st;
    int r = lookup_open(AT_FDCWD, place, O_PATH, 0, timeout_ms, &device->file, err);

    if (r == -ENOENT) {
        error_set(err, ERROR_NO_PATH, ENOENT, "there is no image %s", place);
        error_path(err, place);
    }
    if (r < 0)
        return r;
    if (fstat(device->file, &st) < 0)
        return error_errno(err, errno, "cannot look at %s", place);
    if (!S_ISREG(st.st_mode)) {
        r = error_set(err, ERROR_WRONG_TYPE, EINVAL, "%s is no regular file", place);
        if (S_ISBLK(st.st_mode))
            error_hint_words(err, "device:%s is the filesystem on it", place);
        error_path(err, place);
        return r;
    }
    device->part.device = st.st_dev;
    device->part.inode = st.st_ino;
    device->image = file_descriptor_path(device->file);
    return device->image ? 0 : error_errno(err, errno, "cannot tell the path of %s", place);
}

// A partition ends where its table says; two of them do not overlap.
static int find_limit(struct device_source *device, uint64_t timeout_ms, struct error *err)
{
    struct superblock whole;
    int r;

    if (device->part.offset == 0)
        return 0;
    if (device->part.offset % 512)
        return error_set(err, ERROR_USAGE, EINVAL, "--offset %llu is not a multiple of 512",
                         (unsigned long long)device->part.offset);
    r = superblock_read(NULL, device->file, 0, timeout_ms, &whole, err);
    for (unsigned i = 0; r == 0 && i < whole.n_parts; i++)
        if (whole.parts[i].start == device->part.offset)
            device->part.limit = whole.parts[i].size;
    return r;
}

static int in_the_way(const struct device_source *device, const struct loop_device *loop,
                      struct error *err)
{
    int r =
        error_set(err, ERROR_BUSY, EBUSY, "%s is used by /dev/loop%u already, %s", device->image,
                  loop->number,
                  loop->file.offset != device->part.offset || loop->file.limit != device->part.limit
                      ? "which overlaps with this part of it"
                      : "which is read-only");

    error_path(err, device->image);
    error_hint(err, "`losetup -l` shows it; one file is never written by two filesystems");
    return r;
}

static int find_loop(struct device_source *device, bool read_only, uint64_t timeout_ms,
                     struct error *err)
{
    struct loop_device loop;
    int r = loop_find_within(&device->part, read_only, timeout_ms, &loop, err);

    if (r == -EBUSY)
        return in_the_way(device, &loop, err);
    if (r <= 0)
        return r;
    device->has_loop = true;
    loop_node(device->node, loop.number);
    return superblock_read(device->node, -1, 0, timeout_ms, &device->found, err);
}

// A file on a read-only mount cannot be written whatever its loop device is.
static int check_writable(const struct device_source *device, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *host = NULL;
    const struct mount_entry *entry;
    struct mount_ids ids;
    int r = call_mount_ids(device->file, "", &ids);

    if (r == 0)
        r = mount_table_read(AT_FDCWD, &host, err);
    if (r < 0)
        return r;
    entry = mount_table_by_id(host, ids.old);
    if (!entry || !mount_entry_read_only(entry))
        return 0;
    r = error_set(err, ERROR_UNSAFE, EROFS, "%s is on a filesystem that is read-only at %s",
                  device->image, entry->target);
    error_hint(err, "--ro");
    return r;
}

static int look(struct source *source, const struct attach_request *request, struct error *err)
{
    struct device_source *device = source->state;
    struct stat st;
    bool read_only = request->flags & ATTACH_READ_ONLY;
    int r = find_limit(device, request->timeout_ms, err);

    if (r == 0)
        r = superblock_read(NULL, device->file, device->part.offset, request->timeout_ms,
                            &device->found, err);
    if (r < 0)
        return r;
    // What nobody can write is never asked to be.
    device->rule = filesystem_rule_find(device->found.type);
    read_only = read_only || (device->rule && device->rule->always_read_only);
    r = read_only ? 0 : check_writable(device, err);
    if (r == 0)
        r = find_loop(device, read_only, request->timeout_ms, err);
    if (r == 0 && device->has_loop && stat(device->node, &st) == 0)
        device->number = st.st_rdev;
    return r < 0 ? r : device_source_settle(source, device->image, request, err);
}

int source_resolve_image(struct engine *engine, const struct attach_request *request,
                         struct source *source, struct error *err)
{
    _cleanup_free_ char *place = NULL;
    struct device_source *device;
    int r = device_source_new(source, "image:", request->source + strlen("image:"), &place, &device,
                              err);

    (void)engine;
    if (r == 0)
        r = open_file(device, place, request->timeout_ms, err);
    if (r < 0)
        return r;
    device->part.offset = request->offset;
    // A path with ":/" in it is parted again only behind that.
    source->name = text_format("image:%s%s%s", device->image,
                               *source->sub_path             ? ":"
                               : strstr(device->image, ":/") ? ":/"
                                                             : "",
                               source->sub_path);
    return source->name ? look(source, request, err) : ERROR_OOM(err);
}
