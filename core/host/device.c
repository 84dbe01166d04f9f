#include "core/host/device.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/host/udev_library.h"

struct known_device {
    dev_t number;
    bool found;
    struct block_device device;
};

struct device_index {
    struct udev_library library;
    struct known_device **known; // each in its own memory, since the callers keep pointers
    size_t n_known;
};

int device_index_new(struct device_index **ret, struct error *err)
{
    struct device_index *index = calloc(1, sizeof *index);

    if (!index)
        return ERROR_OOM(err);
    *ret = index;
    return udev_library_open(&index->library) ? 0 : 1;
}

static void free_known(struct known_device *known)
{
    free(known->device.node);
    free(known->device.label);
    free(known->device.uuid);
    free(known->device.model);
    free(known->device.transport);
    free(known->device.type);
    free(known->device.usage);
    free(known->device.table);
    free(known);
}

void device_index_free(struct device_index *index)
{
    if (!index)
        return;
    for (size_t i = 0; i < index->n_known; i++)
        free_known(index->known[i]);
    free(index->known);
    udev_library_close(&index->library);
    free(index);
}

static int hex_digit(char c)
{
    const char *digits = "0123456789abcdef", *at = c ? strchr(digits, c | 0x20) : NULL;

    return at ? (int)(at - digits) : -1;
}

// Clean text of a value in which udev wrote odd bytes as \xNN, without the blanks that pad the
// names of disks. NULL for an empty one.
static char *decoded(const char *value)
{
    _cleanup_free_ char *bytes = value ? strdup(value) : NULL;
    size_t length = 0, begin;

    if (!bytes)
        return NULL;
    for (const char *s = bytes; *s;) {
        int high = s[0] == '\\' && s[1] == 'x' ? hex_digit(s[2]) : -1;
        int low = high >= 0 ? hex_digit(s[3]) : -1;

        bytes[length++] = low >= 0 ? (char)(high << 4 | low) : *s;
        s += low >= 0 ? 4 : 1;
    }
    while (length > 0 && bytes[length - 1] == ' ')
        length--;
    for (begin = 0; begin < length && bytes[begin] == ' ';)
        begin++;
    return begin < length ? text_clean_dup(bytes + begin, length - begin) : NULL;
}

static char *clean(const char *value)
{
    return value && *value ? text_clean_dup(value, strlen(value)) : NULL;
}

// A device-mapper node has a number in the kernel and a name that people know it by.
static char *mapper_node(const struct udev_calls *call, struct udev_device *device, dev_t number)
{
    const char *name = call->udev_device_get_property_value(device, "DM_NAME");
    _cleanup_free_ char *path = NULL;
    struct stat st;

    if (!name)
        name = call->udev_device_get_sysattr_value(device, "dm/name");
    if (!name || !*name || strchr(name, '/'))
        return NULL;
    path = text_format("/dev/mapper/%s", name);
    if (!path || stat(path, &st) < 0 || !S_ISBLK(st.st_mode) || st.st_rdev != number)
        return NULL;
    return clean(path);
}

// The bus: udev's word for it; else a parent in sysfs that leaves no doubt. A SCSI disk without
// udev's word may be on any bus.
static char *transport_of(const struct udev_calls *call, struct udev_device *disk)
{
    static const struct {
        const char *subsystem, *transport;
    } buses[] = {{"virtio", "virtio"}, {"nvme", "nvme"}, {"nvme-subsystem", "nvme"},
                 {"mmc", "mmc"},       {"xen", "xen"},   {"scsi", NULL}};
    const char *bus = call->udev_device_get_property_value(disk, "ID_BUS");

    if (bus && *bus)
        return clean(bus);
    for (struct udev_device *up = disk; up; up = call->udev_device_get_parent(up)) {
        const char *subsystem = call->udev_device_get_subsystem(up);

        for (size_t i = 0; subsystem && i < ARRAY_SIZE(buses); i++)
            if (strcmp(subsystem, buses[i].subsystem) == 0)
                return clean(buses[i].transport);
    }
    return NULL;
}

static void describe(const struct udev_calls *call, struct udev_device *device, dev_t number,
                     struct block_device *ret)
{
    struct udev_device *disk =
        call->udev_device_get_parent_with_subsystem_devtype(device, "block", "disk");
    const char *value;

    if (!disk)
        disk = device;
    ret->node = mapper_node(call, device, number);
    if (!ret->node)
        ret->node = clean(call->udev_device_get_devnode(device));
    value = call->udev_device_get_property_value(device, "ID_FS_LABEL_ENC");
    ret->label =
        value ? decoded(value) : clean(call->udev_device_get_property_value(device, "ID_FS_LABEL"));
    ret->uuid = clean(call->udev_device_get_property_value(device, "ID_FS_UUID"));
    value = call->udev_device_get_property_value(disk, "ID_MODEL_ENC");
    ret->model =
        value ? decoded(value) : clean(call->udev_device_get_property_value(disk, "ID_MODEL"));
    ret->transport = transport_of(call, disk);
    ret->type = clean(call->udev_device_get_property_value(device, "ID_FS_TYPE"));
    ret->usage = clean(call->udev_device_get_property_value(device, "ID_FS_USAGE"));
    // A partition inherits the property of its disk.
    if (disk == device)
        ret->table = clean(call->udev_device_get_property_value(device, "ID_PART_TABLE_TYPE"));
}

static struct known_device *look_up(struct device_index *index, dev_t number)
{
    struct known_device *known = calloc(1, sizeof *known), **grown;
    struct udev_device *device;

    grown = known ? reallocarray(index->known, index->n_known + 1, sizeof(void *)) : NULL;
    if (!grown) {
        free(known);
        return NULL;
    }
    index->known = grown;
    index->known[index->n_known++] = known;
    known->number = number;
    device = index->library.call.udev_device_new_from_devnum(index->library.udev, 'b', number);
    if (device) {
        known->found = true;
        describe(&index->library.call, device, number, &known->device);
        index->library.call.udev_device_unref(device);
    }
    return known;
}

const struct block_device *device_index_find(struct device_index *index, dev_t number)
{
    struct known_device *known = NULL;

    // Major 0 is for filesystems without a device.
    if (!index->library.udev || major(number) == 0)
        return NULL;
    for (size_t i = 0; i < index->n_known && !known; i++)
        if (index->known[i]->number == number)
            known = index->known[i];
    if (!known)
        known = look_up(index, number);
    return known && known->found ? &known->device : NULL;
}
