#include "core/runtime/containerd_json.h"

#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/outside_json.h"
#include "core/runtime/supervisor.h"

#define CRI "io.kubernetes.cri."

static const char *const name_keys[] = {CRI "container-name", "nerdctl/name"};

static int take_name(struct container *container, const json_t *annotations)
{
    for (size_t i = 0; i < ARRAY_SIZE(name_keys); i++) {
        const json_t *name = json_object_get(annotations, name_keys[i]);

        if (json_is_string(name) && json_string_length(name) > 0)
            return container_rename(container, json_string_value(name), json_string_length(name),
                                    NAME_FROM_DISK);
    }
    return 0;
}

static int take_pod(struct container *container, const json_t *annotations)
{
    int r = 0;
    _cleanup_free_ char *space = outside_json_text(annotations, CRI "sandbox-namespace", &r);
    _cleanup_free_ char *name = outside_json_text(annotations, CRI "sandbox-name", &r);
    char *pod;

    if (r < 0 || !space || !name)
        return r;
    pod = text_format("%s/%s", space, name);
    outside_json_replace(&container->pod, pod);
    return pod ? 0 : -ENOMEM;
}

int containerd_json_bundle(const char *text, size_t length, struct container *container,
                           struct error *err)
{
    _cleanup_json_ json_t *json = outside_json_load(text, length, "config.json", err);
    const json_t *annotations = json_object_get(json, "annotations");
    int r = 0;

    if (!json)
        return -EPROTO;
    if (text_same(json_string_value(json_object_get(annotations, CRI "container-type")), "sandbox"))
        return 1;
    outside_json_replace(&container->image, outside_json_text(annotations, CRI "image-name", &r));
    if (r < 0 || take_name(container, annotations) < 0 || take_pod(container, annotations) < 0 ||
        outside_json_directory(json_object_get(json, "process"), "cwd",
                               &container->working_directory) < 0)
        return ERROR_OOM(err);
    return 0;
}
