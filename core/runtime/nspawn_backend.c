// The systemd-nspawn backend. A container that is registered with systemd-machined, or a service
// systemd-nspawn@NAME, has its name in the control group's path (cgroup_path.c). One that was
// started with --register=no --keep-unit has no cgroup that says more: its name is what the
// systemd-nspawn that is its parent was told.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/runtime/backend.h"
#include "core/runtime/nspawn_name.h"
#include "core/runtime/supervisor.h"

static int nspawn_start(const struct query *query, struct runtime_status *status, void **ret_state,
                        struct error *err)
{
    (void)query;
    (void)err;
    *ret_state = NULL;
    if (access("/usr/bin/systemd-nspawn", F_OK) == 0)
        status->state = RUNTIME_PRESENT;
    return 0;
}

static int set_id(struct container *container, const char *name, bool with_pid)
{
    char *id;

    if (container->user)
        id = text_format("nspawn/%u/%s", (unsigned)container->owner, name);
    else
        id = strdup(name);
    if (id && with_pid) {
        _cleanup_free_ char *plain = id;

        id = text_format("%s-%d", plain, (int)container->pid);
    }
    if (!id)
        return -ENOMEM;
    free(container->id);
    container->id = id;
    return 0;
}

// 0; 1: it is none of nspawn's.
static int name_one(struct container *container, const struct proc_host *host)
{
    _cleanup_supervisor_ struct supervisor nspawn = {.proc = -1};
    char name[NSPAWN_NAME_SIZE];
    int r;

    if (supervisor_open(container, host, &nspawn) != 0 ||
        !supervisor_is(&nspawn, "systemd-nspawn") ||
        nspawn_name(nspawn.arguments, nspawn.proc, name) != 0)
        return 1;
    r = container_rename(container, name, strlen(name), NAME_FROM_PROCESS);
    return r < 0 ? r : container_set_runtime(container, "nspawn");
}

// What is called the same is told apart by the pid.
static int make_ids(struct container_list *list, const bool *named)
{
    for (size_t i = 0; i < list->n_items; i++) {
        struct container *container = &list->items[i];
        bool taken = false;

        if (!named[i])
            continue;
        for (size_t k = 0; k < list->n_items; k++) {
            const struct container *other = &list->items[k];

            taken |= k != i && strcmp(other->runtime, "nspawn") == 0 &&
                     other->owner == container->owner && strcmp(other->name, container->name) == 0;
        }
        if (set_id(container, container->name, taken) < 0)
            return -ENOMEM;
    }
    return 0;
}

// Without a cgroup of an engine's it is known by its pid namespace.
static bool could_be_nspawns(const struct container *container)
{
    return container->pid > 0 && !container->outer && container->name_source == NAME_FROM_CGROUP &&
           strcmp(container->runtime, PROC_NAMELESS) == 0;
}

static int nspawn_list(void *state, struct container_list *list, struct runtime_status *status,
                       struct error *err)
{
    _cleanup_free_ bool *named = calloc(list->n_items + 1, sizeof *named);
    struct proc_host host = {.pid_ns = 0};

    (void)state;
    if (!named)
        return ERROR_OOM(err);
    for (size_t i = 0; i < list->n_items; i++) {
        int r = 0;

        if (could_be_nspawns(&list->items[i])) {
            if (host.pid_ns == 0)
                r = proc_host_read(&host, err);
            if (r < 0)
                return r;
            r = name_one(&list->items[i], &host);
            if (r < 0)
                return ERROR_OOM(err);
            named[i] = r == 0;
        }
        if (strcmp(list->items[i].runtime, "nspawn") == 0)
            status->state = RUNTIME_PRESENT;
    }
    return make_ids(list, named) < 0 ? ERROR_OOM(err) : 0;
}

const struct backend nspawn_backend = {
    .name = "nspawn", .start = nspawn_start, .list = nspawn_list};
