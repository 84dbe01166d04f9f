// device:NODE[:/SUBPATH], UUID=…, LABEL=…: a filesystem on a block device, mounted on the host or
// not. And what it has in common with an image (source_image.c).
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/file.h"
#include "core/base/lookup.h"
#include "core/base/text.h"
#include "core/engine/device_source.h"
#include "core/host/block_inventory.h"
#include "core/host/block_sysfs.h"

// ---- what was typed ----

static int bad_sub_path(const char *why, const char *sub_path, struct error *err)
{
    return error_set(err, ERROR_USAGE, EINVAL, "%s: '%.200s'", why, sub_path);
}

// Without doubled slashes and "."; what a link inside leads to is seen when it is mounted.
static int normalise(const char *from, char **ret, struct error *err)
{
    char *out = malloc(strlen(from) + 1), *o = out;

    if (!out)
        return ERROR_OOM(err);
    *ret = out;
    while (*from) {
        size_t n = strcspn(from, "/");

        if (n == 2 && from[0] == '.' && from[1] == '.')
            return bad_sub_path("a sub-path has no '..' in it", from, err);
        if (n > 0 && !(n == 1 && from[0] == '.')) {
            *o++ = '/';
            memcpy(o, from, n);
            o += n;
        }
        from += n + (from[n] == '/');
    }
    *o = '\0';
    return strlen(out) < PATH_MAX / 2 ? 0 : bad_sub_path("the sub-path is too long", out, err);
}

int device_place_parse(const char *text, char **ret_place, char **ret_sub_path, struct error *err)
{
    const char *colon = NULL;
    int r;

    for (const char *s = text; (s = strstr(s, ":/")); s++)
        colon = s;
    r = normalise(colon ? colon + 1 : "", ret_sub_path, err);
    if (r < 0)
        return r;
    *ret_place = strndup(text, colon ? (size_t)(colon - text) : strlen(text));
    if (!*ret_place)
        return ERROR_OOM(err);
    if (!**ret_place)
        return error_set(err, ERROR_USAGE, EINVAL, "the source names nothing before ':'");
    return 0;
}

int device_source_new(struct source *source, const char *prefix, const char *rest, char **ret_place,
                      struct device_source **ret, struct error *err)
{
    struct device_source *device = calloc(1, sizeof *device);
    int r;

    if (!device)
        return ERROR_OOM(err);
    device->file = -1;
    device->answer = (struct workshop_answer)WORKSHOP_ANSWER_INIT;
    source->state = device;
    source->maker = &maker_device;
    *ret = device;
    r = device_place_parse(rest, ret_place, &source->sub_path, err);
    if (r == 0 && strlen(*ret_place) >= PATH_MAX / 2)
        r = error_set(err, ERROR_USAGE, ENAMETOOLONG, "the source is too long");
    if (r == 0 && !strchr("UL", *prefix) && **ret_place != '/') {
        r = error_set(err, ERROR_USAGE, EINVAL, "'%s%s' is no absolute path", prefix, *ret_place);
        error_hint(err, "%s/…", prefix);
    }
    return r;
}

// ---- what it is ----

static bool wants_read_only(const struct attach_request *request)
{
    return request->flags & ATTACH_READ_ONLY;
}

// Somebody has it: who, and whether that goes with what is wanted.
static int check_shared(struct device_source *device, const char *what,
                        const struct attach_request *request, struct error *err)
{
    const struct mounted *mounted = &device->mounted;
    int r;

    if (!mounted->read_only || wants_read_only(request) || device->rule->always_read_only)
        return 0;
    r = error_set(err, ERROR_UNSAFE, EROFS,
                  "%s is mounted read-only at %s%s: attached writable, it would be writable there "
                  "too",
                  what, mounted->target, mounted->pid ? " (of another mount namespace)" : "");
    error_hint_words(err, "--ro, or first: mount -o remount,rw %s", mounted->target);
    return r;
}

static int check_busy(const struct device_source *device, const char *what, struct error *err)
{
    char holders[256] = "";
    int r;

    if (!device->image)
        block_sysfs_holders(device->number, holders, sizeof holders);
    if (*holders) {
        r = error_set(err, ERROR_BUSY, EBUSY, "%s is in use by %s", what, holders);
        error_hint(err, "name that device, if the filesystem is there");
        return r;
    }
    r = error_set(err, ERROR_BUSY, EBUSY, "%s is in use, but by no mount that can be seen", what);
    error_hint(err, "a program may have it for itself (fsck, mkfs, a virtual machine), or it was "
                    "unmounted lazily and somebody still has a file open");
    return r;
}

// Nobody has it: whether it can be had as it is wanted.
static int check_own(struct device_source *device, const char *what,
                     const struct attach_request *request, struct error *err)
{
    bool read_only =
        device->image && !device->has_loop ? wants_read_only(request) : device->found.read_only;
    int r;

    if (!wants_read_only(request) && !device->rule->always_read_only && read_only) {
        r = error_set(err, ERROR_UNSAFE, EROFS, "%s is a read-only device", what);
        error_hint(err, "--ro");
        return r;
    }
    if (!wants_read_only(request) || read_only)
        return 0;
    if (!device->rule->never_writes) {
        r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
                      "%s would replay its journal even when it is mounted read-only, which "
                      "writes to %s",
                      device->rule->type, what);
        error_hint_words(err, "blockdev --setro %s forbids that", what);
        return r;
    }
    if (device->found.orphans) {
        r = error_set(err, ERROR_UNSAFE, EROFS,
                      "deleted files on %s wait to be freed: even a read-only mount would write "
                      "to it",
                      what);
        error_hint_words(err, "blockdev --setro %s forbids that; e2fsck -p repairs it", what);
        return r;
    }
    return 0;
}

static int find_shared(struct device_source *device, const char *what, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *host = NULL;
    int r = mount_table_read(AT_FDCWD, &host, err);

    if (r < 0)
        return r;
    if (!device->found.in_use)
        return 0;
    r = mounted_find(host, device->number, device->found.type, device->found.uuid,
                     &device->mounted);
    device->shared = r == 1;
    return r == 1 ? 0 : check_busy(device, what, err);
}

static int fill(struct source *source, struct error *err)
{
    struct device_source *device = source->state;
    bool has_own_number = strcmp(device->rule->type, "btrfs") == 0;
    dev_t number = device->shared ? device->mounted.device : has_own_number ? 0 : device->number;

    source->type = *source->sub_path ? 0 : S_IFDIR;
    // As mount tables have it already: another name of a btrfs would show in all of them.
    if (device->shared && device->mounted.source[0] == '/' && has_own_number)
        strcpy(device->node, device->mounted.source);
    return source_set_made(source, number, "/", device->rule->type,
                           *device->node ? device->node : device->image,
                           device->read_only ? "ro" : "rw", err);
}

int device_source_settle(struct source *source, const char *what,
                         const struct attach_request *request, struct error *err)
{
    struct device_source *device = source->state;
    char partitions[256] = "";
    int r;

    if (!device->image)
        block_sysfs_partitions(device->number, partitions, sizeof partitions);
    r = superblock_refuse(what, &device->found, partitions, err);
    if (r == 0) {
        device->rule = filesystem_rule_find(device->found.type);
        if (!device->rule) // of udf and iso9660 no more is asked there
            return error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "davit does not mount %s",
                             device->found.type);
        r = *device->node ? find_shared(device, what, err) : 0;
    }
    if (r == 0)
        r = device->shared ? check_shared(device, what, request, err)
                           : check_own(device, what, request, err);
    if (r < 0) {
        error_path(err, what);
        return r;
    }
    device->read_only = device->shared ? device->mounted.read_only
                                       : wants_read_only(request) || device->rule->always_read_only;
    return fill(source, err);
}

// ---- device: ----

static int wrong_type(const char *place, mode_t type, struct error *err)
{
    int r = error_set(err, ERROR_WRONG_TYPE, ENOTBLK, "%s is no block device", place);

    if (S_ISREG(type))
        error_hint_words(err, "image:%s is the filesystem in it", place);
    else
        error_hint(err, "a directory of the host is attached by its path alone");
    return r;
}

static int find_node(struct device_source *device, const char *place, uint64_t timeout_ms,
                     struct error *err)
{
    _cleanup_close_ int fd = -1;
    _cleanup_free_ char *path = NULL;
    struct stat st;
    int r = lookup_open(AT_FDCWD, place, O_PATH, 0, timeout_ms, &fd, err);

    if (r == -ENOENT) {
        error_set(err, ERROR_NO_PATH, ENOENT, "there is no device %s", place);
        error_path(err, place);
    }
    if (r < 0)
        return r;
    if (fstat(fd, &st) < 0)
        return error_errno(err, errno, "cannot look at %s", place);
    if (!S_ISBLK(st.st_mode))
        return wrong_type(place, st.st_mode, err);
    device->number = st.st_rdev;
    if (block_sysfs_node(device->number, device->node) == 0)
        return 0;
    path = file_descriptor_path(fd);
    if (!path || strlen(path) >= sizeof device->node)
        return error_errno(err, path ? ENAMETOOLONG : errno, "cannot tell the path of %s", place);
    strcpy(device->node, path);
    return 0;
}

static int read_and_settle(struct source *source, const struct attach_request *request,
                           struct error *err)
{
    struct device_source *device = source->state;
    _cleanup_free_ char *what = strdup(device->node);
    int r = what ? superblock_read(what, -1, 0, request->timeout_ms, &device->found, err)
                 : ERROR_OOM(err);

    return r < 0 ? r : device_source_settle(source, what, request, err);
}

static int resolve_node(struct source *source, const struct attach_request *request,
                        struct error *err)
{
    _cleanup_free_ char *place = NULL;
    struct device_source *device;
    int r = device_source_new(source, "device:", request->source + strlen("device:"), &place,
                              &device, err);

    if (r == 0)
        r = find_node(device, place, request->timeout_ms, err);
    if (r < 0)
        return r;
    source->name =
        text_format("device:%s%s%s", device->node, *source->sub_path ? ":" : "", source->sub_path);
    return source->name ? read_and_settle(source, request, err) : ERROR_OOM(err);
}

// ---- UUID=, LABEL= ----

static bool has_tag(const struct inventory_device *found, const char *tag)
{
    return strncmp(tag, "UUID=", 5) == 0 ? text_same(found->uuid, tag + 5)
                                         : text_same(found->label, tag + 6);
}

static int ambiguous(const struct block_inventory *inventory, const char *tag, struct error *err)
{
    char list[256] = "";
    int r = error_set(err, ERROR_AMBIGUOUS, ENOTUNIQ, "several devices have %s", tag);

    for (size_t i = 0; i < inventory->n_devices; i++)
        if (has_tag(&inventory->devices[i], tag) &&
            strlen(list) + strlen(inventory->devices[i].node) + 12 < sizeof list)
            (void)snprintf(list + strlen(list), sizeof list - strlen(list), "%sdevice:%s",
                           *list ? ", " : "", inventory->devices[i].node);
    error_hint(err, "name one: %s", list);
    return r;
}

// Devices of which another is made (the legs of a mirror) have its tags as well, but are refused.
static int find_tag(const struct block_inventory *inventory, const char *tag,
                    const struct inventory_device **ret, struct error *err)
{
    const struct inventory_device *best = NULL;

    for (size_t i = 0; i < inventory->n_devices; i++) {
        const struct inventory_device *found = &inventory->devices[i];

        if (!has_tag(found, tag) || (best && !best->refused && found->refused))
            continue;
        // The devices of one btrfs have one UUID.
        if (best && !best->refused &&
            !(text_same(best->type, "btrfs") && text_same(best->uuid, found->uuid)))
            return ambiguous(inventory, tag, err);
        if (!best || best->refused)
            best = found;
    }
    *ret = best;
    if (best)
        return 0;
    error_set(err, ERROR_NO_PATH, ENOENT, "no block device has %s", tag);
    error_hint(err, "`blkid` lists what there is");
    return -ENOENT;
}

static int resolve_tag(struct source *source, const struct attach_request *request,
                       struct error *err)
{
    _cleanup_block_inventory_ struct block_inventory *inventory = NULL;
    _cleanup_mount_table_ struct mount_table *host = NULL;
    const struct inventory_device *found = NULL;
    _cleanup_free_ char *tag = NULL;
    struct device_source *device;
    int r = device_source_new(source, request->source, request->source, &tag, &device, err);

    if (r == 0)
        r = mount_table_read(AT_FDCWD, &host, err);
    if (r == 0)
        r = block_inventory_read(host, &inventory, err);
    if (r == 0)
        r = find_tag(inventory, tag, &found, err);
    if (r < 0)
        return r;
    source->name = text_format("%s%s%s", tag, *source->sub_path ? ":" : "", source->sub_path);
    if (!source->name)
        return ERROR_OOM(err);
    device->number = found->number;
    device->by_tag = true;
    device->on_usb = text_same(found->transport, "usb");
    r = block_sysfs_node(found->number, device->node);
    return r < 0 ? error_errno(err, -r, "cannot find the device of %s", tag)
                 : read_and_settle(source, request, err);
}

int source_resolve_device(struct engine *engine, const struct attach_request *request,
                          struct source *source, struct error *err)
{
    (void)engine;
    return strncmp(request->source, "device:", 7) == 0 ? resolve_node(source, request, err)
                                                       : resolve_tag(source, request, err);
}
