#include "core/runtime/volume.h"

#include <errno.h>

#include "core/runtime/backend.h"
#include "core/runtime/docker_volume.h"

int volumes_list(const struct runtime_options *options, const char *name, struct volume_list *ret,
                 struct error *ret_why, struct error *err)
{
    int r = 1;

    *ret_why = (struct error){.code = ERROR_NONE};
    if (runtime_list_has(options->runtimes, "docker"))
        r = docker_volumes_ask(options, name, ret, ret_why);
    if (r == -ENOMEM)
        return ERROR_OOM(err);
    if (r != 0 && runtime_list_has(options->runtimes, "docker"))
        r = docker_volumes_on_disk(options, name, ret, err);
    if (r >= 0 && runtime_list_has(options->runtimes, "podman"))
        r = podman_volumes_on_disk(name, ret, err);
    return r < 0 ? r : 0;
}
