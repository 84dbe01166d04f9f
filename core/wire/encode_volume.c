#include "core/wire/encode.h"

#include "core/wire/encode_internal.h"

static json_t *encode_users(char *const *used_by)
{
    json_t *array = json_array();

    for (; array && used_by && *used_by; used_by++)
        if (json_array_append_new(array, encode_text(*used_by)) < 0)
            return encode_done(array, -1);
    return array;
}

static json_t *encode_volume(const struct volume_use *use)
{
    const struct volume *volume = use->volume;
    json_t *object = json_object();
    int failed = object ? 0 : -1;

    if (failed)
        return NULL;
    failed |= json_object_set_new(object, "name", encode_text(volume->name));
    failed |= json_object_set_new(object, "runtime", encode_text(volume->runtime));
    failed |= volume->path ? encode_raw(object, "path", volume->path)
                           : json_object_set_new(object, "path", json_null());
    failed |= json_object_set_new(object, "used_by", encode_users(use->used_by));
    failed |= json_object_set_new(object, "driver", encode_text(volume->driver));
    failed |= json_object_set_new(object, "mounts", encode_text(volume->mounts));
    failed |= json_object_set_new(object, "from_disk", json_boolean(volume->from_disk));
    return encode_done(object, failed);
}

json_t *encode_volumes(const struct volume_report *report)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < report->list.n_items; i++)
        if (json_array_append_new(array, encode_volume(&report->uses[i])) < 0)
            return encode_done(array, -1);
    return json_pack("{s:o, s:o}", "volumes", array, "why",
                     report->why.code == ERROR_NONE ? json_null()
                                                    : encode_text(report->why.message));
}
