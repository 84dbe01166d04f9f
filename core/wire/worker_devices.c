// The block devices of the host, for who picks one.
#include <fcntl.h>
#include <string.h>

#include "core/base/text.h"
#include "core/host/block_inventory.h"
#include "core/wire/encode_internal.h"
#include "core/wire/worker_internal.h"

static json_t *encode_mounted(const struct inventory_device *device)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < device->n_mounted; i++) {
        _cleanup_free_ char *path = text_clean_dup(device->mounted[i], strlen(device->mounted[i]));

        if (!path || json_array_append_new(array, json_string(path)) < 0)
            return encode_done(array, -1);
    }
    return array;
}

static json_t *encode_device(const struct inventory_device *device)
{
    json_t *object = json_object();
    int failed = object ? 0 : -1;

    if (failed)
        return NULL;
    failed |= json_object_set_new(object, "node", encode_text(device->node));
    failed |= json_object_set_new(object, "major_minor", encode_major_minor(device->number));
    failed |= json_object_set_new(object, "size", encode_number(device->size));
    failed |= json_object_set_new(object, "type", encode_text(device->type));
    failed |= json_object_set_new(object, "label", encode_text(device->label));
    failed |= json_object_set_new(object, "uuid", encode_text(device->uuid));
    failed |= json_object_set_new(object, "model", encode_text(device->model));
    failed |= json_object_set_new(object, "transport", encode_text(device->transport));
    failed |= json_object_set_new(object, "mounted", encode_mounted(device));
    failed |= json_object_set_new(object, "refused", encode_text(device->refused));
    return encode_done(object, failed);
}

int job_devices(struct job *job, json_t **ret, struct error *err)
{
    _cleanup_block_inventory_ struct block_inventory *inventory = NULL;
    _cleanup_mount_table_ struct mount_table *host = NULL;
    int r = mount_table_read(AT_FDCWD, &host, err);

    (void)job;
    if (r == 0)
        r = block_inventory_read(host, &inventory, err);
    if (r < 0)
        return r;
    return job_answer(json_pack("{s:o}", "devices",
                                JOB_ARRAY(inventory->devices, inventory->n_devices, encode_device)),
                      ret, err);
}
