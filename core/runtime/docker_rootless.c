#include "core/runtime/docker_rootless.h"

#include <errno.h>
#include <string.h>

#include "core/host/userns.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/supervisor.h"

static bool is_users(const struct container *container)
{
    return container->pid > 0 && container->owner != 0 &&
           container->owner != USERNS_OWNER_UNKNOWN && !container->outer;
}

// dockerd's namespace of containerd.
static int identify(struct container *container, const struct container_list *list,
                    const struct proc_host *host)
{
    _cleanup_supervisor_ struct supervisor shim = {.proc = -1};
    const char *space, *id;
    int r;

    if (supervisor_open(container, host, &shim) != 0 ||
        !supervisor_is(&shim, "containerd-shim-runc-v2"))
        return 0;
    space = supervisor_option(&shim, "-namespace");
    id = supervisor_option(&shim, "-id");
    if (!space || strcmp(space, "moby") != 0 || !id || !cgroup_id_is_hex(id))
        return 0;
    r = strcmp(container->id, id) == 0 ? 0 : container_set_id(container, list, id);
    if (r == 0)
        r = container_rename(container, id, 12, NAME_FROM_CGROUP);
    return r == 0 ? container_set_runtime(container, "docker") : r;
}

int docker_rootless_identify(struct container_list *list, struct error *err)
{
    struct proc_host host = {.pid_ns = 0};
    int r = 0;

    for (size_t i = 0; i < list->n_items && r >= 0; i++) {
        struct container *container = &list->items[i];

        if (!is_users(container) || strcmp(container->runtime, PROC_NAMELESS) != 0)
            continue;
        if (host.pid_ns == 0)
            r = proc_host_read(&host, err);
        if (r >= 0 && identify(container, list, &host) == -ENOMEM)
            r = ERROR_OOM(err);
    }
    return r < 0 ? r : 0;
}
