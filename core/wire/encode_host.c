#include "core/wire/encode.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/text.h"
#include "core/runtime/own_mount.h"
#include "core/wire/encode_internal.h"

static const char *usage_state_name(enum usage_state state)
{
    switch (state) {
    case USAGE_UNREAD:
        return "unread";
    case USAGE_READ:
        return "read";
    case USAGE_NOT_ANSWERING:
        return "not-answering";
    case USAGE_FAILED:
        return "failed";
    }
    return "unread";
}

const char *filesystem_device(const struct filesystem *filesystem)
{
    const char *source = filesystem->mount->source;

    if (filesystem->device && filesystem->device->node &&
        (source[0] != '/' || strcmp(source, "/dev/root") == 0))
        return filesystem->device->node;
    return source;
}

// What a mount is, whatever it is shown for; `target_key` names its mount point.
static int put_mount(json_t *object, const char *target_key, const struct mount_entry *mount,
                     const char *device)
{
    int failed = encode_raw(object, target_key, mount->target);

    failed |= encode_raw(object, "device", device);
    failed |= json_object_set_new(object, "major_minor", encode_major_minor(mount->device));
    failed |= encode_raw(object, "sub_root", mount->root);
    failed |= encode_raw(object, "type", mount->type);
    failed |=
        json_object_set_new(object, "options", encode_options(mount->options, mount->fs_options));
    failed |= json_object_set_new(object, "read_only", json_boolean(mount_entry_read_only(mount)));
    failed |=
        json_object_set_new(object, "propagation", encode_text(mount_entry_propagation(mount)));
    return failed;
}

json_t *encode_filesystem(const struct filesystem *filesystem)
{
    const struct block_device *device = filesystem->device;
    bool read = filesystem->usage_state == USAGE_READ;
    json_t *object = json_object();
    int failed = object ? 0 : -1;

    if (failed)
        return NULL;
    failed |= put_mount(object, "mount_point", filesystem->mount, filesystem_device(filesystem));
    failed |= json_object_set_new(object, "size",
                                  read ? json_integer((json_int_t)filesystem->size) : json_null());
    failed |= json_object_set_new(object, "used",
                                  read ? json_integer((json_int_t)filesystem->used) : json_null());
    failed |= json_object_set_new(
        object, "avail", read ? json_integer((json_int_t)filesystem->available) : json_null());
    failed |= json_object_set_new(object, "usage_at", encode_time(filesystem->usage_at));
    failed |= json_object_set_new(object, "usage",
                                  encode_text(usage_state_name(filesystem->usage_state)));
    failed |= json_object_set_new(object, "label", encode_text(device ? device->label : NULL));
    failed |= json_object_set_new(object, "uuid", encode_text(device ? device->uuid : NULL));
    failed |= json_object_set_new(object, "model", encode_text(device ? device->model : NULL));
    failed |=
        json_object_set_new(object, "transport", encode_text(device ? device->transport : NULL));
    failed |= json_object_set_new(object, "holders", json_null());
    failed |= json_object_set_new(object, "internal",
                                  json_boolean(runtime_mounted_for_itself(filesystem->mount)));
    return encode_done(object, failed);
}

json_t *encode_container_mount(const struct container_mount *mount)
{
    json_t *object = json_object();
    int failed = object ? 0 : -1;

    if (failed)
        return NULL;
    failed |= put_mount(object, "target", mount->entry, mount->entry->source);
    failed |= json_object_set_new(object, "peer_group", encode_number(mount->entry->peer_group));
    failed |= json_object_set_new(object, "receives_from", encode_text(mount->receives_from));
    failed |= json_object_set_new(object, "gives_to", encode_text(mount->gives_to));
    failed |= json_object_set_new(object, "why", encode_text(mount->why));
    failed |= json_object_set_new(object, "origin", encode_text(mount_origin_name(mount->origin)));
    failed |= json_object_set_new(object, "id", encode_text(mount->attachment));
    failed |= json_object_set_new(object, "mount_id", encode_number(mount->entry->id));
    failed |= json_object_set_new(object, "stale", json_boolean(mount->stale));
    return encode_done(object, failed);
}

const char *file_type_name(unsigned type)
{
    switch (type & S_IFMT) {
    case S_IFREG:
        return "file";
    case S_IFDIR:
        return "directory";
    case S_IFLNK:
        return "symlink";
    case S_IFBLK:
        return "block";
    case S_IFCHR:
        return "char";
    case S_IFIFO:
        return "fifo";
    case S_IFSOCK:
        return "socket";
    default: // a number from outside, not an enum of ours
        return NULL;
    }
}

json_t *encode_listing_entry(const struct listing_entry *entry)
{
    bool known = file_type_name(entry->type) != NULL;
    json_t *object = json_object();
    char mode[8], mtime[TEXT_TIME_SIZE];
    int failed = object ? 0 : -1;

    if (failed)
        return NULL;
    (void)snprintf(mode, sizeof mode, "%04o", entry->mode & 07777);
    text_time(mtime, (time_t)entry->mtime);
    failed |= encode_raw(object, "name", entry->name);
    failed |= json_object_set_new(object, "type", encode_text(file_type_name(entry->type)));
    failed |= json_object_set_new(object, "size",
                                  known ? json_integer((json_int_t)entry->size) : json_null());
    failed |= json_object_set_new(object, "mode", known ? json_string(mode) : json_null());
    failed |= json_object_set_new(object, "uid", known ? json_integer(entry->uid) : json_null());
    failed |= json_object_set_new(object, "gid", known ? json_integer(entry->gid) : json_null());
    failed |= json_object_set_new(object, "mtime", known ? encode_text(mtime) : json_null());
    failed |= encode_raw(object, "link", entry->link);
    return encode_done(object, failed);
}

json_t *encode_visible(const char *container, const char *path, const struct visible *visible)
{
    json_t *object = json_object();
    int failed = object ? encode_raw(object, "path", path) : -1;

    failed = failed || json_object_set_new(object, "container", encode_text(container)) ||
             json_object_set_new(object, "visible", json_boolean(visible->seen)) ||
             (visible->inside ? encode_raw(object, "inside", visible->inside)
                              : json_object_set_new(object, "inside", json_null())) ||
             json_object_set_new(object, "why", encode_text(visible->why));
    return encode_done(object, failed);
}
