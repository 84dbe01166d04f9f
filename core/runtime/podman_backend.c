// The podman backend. Podman has no daemon: a service that speaks Docker's API may be there, root's
// and each user's own, started when somebody connects. So it is asked only when /proc shows
// containers of that owner. Without it names come from the disk (root's), or from conmon, which
// podman leaves beside each container and which has the name in its command line (a user's: that
// user's disk is not looked at, for it may hang and has nothing else to say).
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/host/process.h"
#include "core/host/userns.h"
#include "core/runtime/backend.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/docker_owners.h"
#include "core/runtime/docker_request.h"
#include "core/runtime/podman_disk.h"
#include "core/runtime/supervisor.h"

struct listing {
    struct podman_disk *disk; // NULL before it is needed
    struct proc_host host;    // .pid_ns 0 before it is needed
};

static int podman_start(const struct query *query, struct runtime_status *status, void **ret_state,
                        struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    int r = docker_owners_find(PODMAN_SERVICE, 0, query->options, &endpoint, err);

    *ret_state = (void *)query;
    if (r == -ENOMEM)
        return r;
    if (r < 0) {
        status->state = RUNTIME_UNREACHABLE;
        status->error = *err;
        return 0;
    }
    if (r == 0 || access(PODMAN_USUAL_DIRECTORY, F_OK) == 0)
        status->state = RUNTIME_PRESENT;
    return r == 0 && docker_owners_show(&endpoint, status) < 0 ? ERROR_OOM(err) : 0;
}

static bool is_podmans(const struct container *container)
{
    return docker_owners_has(PODMAN_SERVICE, container);
}

// conmon(8) says -c ID -n NAME -b GRAPHROOT/overlay-containers/ID/userdata. 0; 1: it is no
// conmon's.
static int find_conmon(const struct container *container, struct listing *listing,
                       struct supervisor *ret, struct error *err)
{
    int r = listing->host.pid_ns == 0 ? proc_host_read(&listing->host, err) : 0;
    const char *id;

    if (r < 0)
        return r;
    r = container->outer ? supervisor_open_apart(container, &listing->host, ret)
                         : supervisor_open(container, &listing->host, ret);
    if (r != 0)
        return 1;
    id = supervisor_option(ret, "-c");
    return supervisor_is(ret, "conmon") && id && cgroup_id_is_hex(id) ? 0 : 1;
}

static int take_name(struct container *container, const struct supervisor *conmon)
{
    const char *name = supervisor_option(conmon, "-n");

    return name ? container_rename(container, name, strlen(name), NAME_FROM_PROCESS) : 0;
}

// A user's conmon has a mount namespace that podman made, and may be in the pod's group: it is what
// seems to be that container.
static void hide_conmon(const struct container *container, const struct supervisor *conmon,
                        struct container_list *list)
{
    uint64_t mnt_ns = process_ns_inode(conmon->proc, PROCESS_NS_MNT);

    for (size_t i = 0; i < list->n_items; i++) {
        struct container *other = &list->items[i];

        if (other->mnt_ns == mnt_ns && other->owner == container->owner &&
            strcmp(other->id, container->outer) == 0)
            other->sandbox = true;
    }
}

// podman pod create --cgroup-parent: PARENT/POD-ID/libpod-ID looks as if it were in a container of
// the pod's id. Its owner's conmon outside of both says that it is in none.
static int leave_pod(struct container *container, struct container_list *list,
                     struct listing *listing, struct error *err)
{
    _cleanup_supervisor_ struct supervisor conmon = {.proc = -1};
    int r;

    if (!container->outer || !cgroup_id_is_hex(container->outer) ||
        !cgroup_id_is_hex(container->id) || strcmp(container->runtime, "podman") != 0)
        return 0;
    r = find_conmon(container, listing, &conmon, err);
    if (r != 0 || strcmp(supervisor_option(&conmon, "-c"), container->id) != 0)
        return r < 0 ? r : 0;
    if (container->owner != 0)
        hide_conmon(container, &conmon, list);
    free(TAKE_POINTER(container->outer));
    return 0;
}

// What has no cgroup of podman's: one below a cgroup of the administrator's choice (podman run
// --cgroup-parent), or a user's where that user may make no cgroups (version 1).
static int identify(struct container *container, const struct container_list *list,
                    struct listing *listing, struct error *err)
{
    _cleanup_supervisor_ struct supervisor conmon = {.proc = -1};
    bool has_id = cgroup_id_is_hex(container->id);
    const char *id;
    int r;

    if (container->pid <= 0 || container->outer || strcmp(container->runtime, PROC_NAMELESS) != 0)
        return 0;
    r = find_conmon(container, listing, &conmon, err);
    if (r != 0)
        return r < 0 ? r : 0;
    id = supervisor_option(&conmon, "-c");
    if (has_id && strcmp(id, container->id) != 0)
        return 0;
    r = has_id ? 0 : container_set_id(container, list, id);
    if (r == 0)
        r = container_set_runtime(container, "podman");
    if (r == 0)
        r = take_name(container, &conmon);
    return r == -ENOMEM ? ERROR_OOM(err) : 0;
}

// What containers.json beside the bundle says. 0, 1 when that is nothing.
static int ask_disk(const char *bundle, struct container *container, struct podman_disk *disk,
                    struct error *err)
{
    const char *end = bundle && *bundle == '/' ? strstr(bundle, container->id) : NULL;
    _cleanup_free_ char *directory = NULL;

    if (!end || end - bundle < 2)
        return 1;
    directory = strndup(bundle, (size_t)(end - bundle - 1));
    return directory ? podman_disk_fill(disk, directory, container, err) : ERROR_OOM(err);
}

// Nobody answers for it. Root's disk before conmon: it knows the image too.
static int name_one(struct container *container, struct listing *listing, struct error *err)
{
    _cleanup_supervisor_ struct supervisor conmon = {.proc = -1};
    int r = listing->disk ? 0 : podman_disk_new(&listing->disk, err);

    if (r == 0 && container->owner == 0)
        r = podman_disk_fill(listing->disk, PODMAN_USUAL_DIRECTORY, container, err);
    else if (r == 0)
        r = 1;
    if (r != 1)
        return r;
    r = find_conmon(container, listing, &conmon, err);
    if (r != 0 || strcmp(supervisor_option(&conmon, "-c"), container->id) != 0)
        return r < 0 ? r : 0;
    if (take_name(container, &conmon) < 0)
        return ERROR_OOM(err);
    if (container->owner == 0)
        r = ask_disk(supervisor_option(&conmon, "-b"), container, listing->disk, err);
    return r < 0 ? r : 0;
}

static void drop_sandboxes(struct container_list *list)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->n_items; i++) {
        // Who only claims to be one must not vanish.
        if (list->items[i].sandbox && !list->items[i].contested)
            container_done(&list->items[i]);
        else
            list->items[kept++] = list->items[i];
    }
    list->n_items = kept;
}

static int name_all(struct container_list *list, struct listing *listing,
                    struct runtime_status *status, struct error *err)
{
    for (size_t i = 0; i < list->n_items; i++) {
        struct container *container = &list->items[i];
        int r;

        if (!is_podmans(container) || container->name_source == NAME_FROM_DAEMON)
            continue;
        r = name_one(container, listing, err);
        if (r == -ENOMEM)
            return r;
        if (r < 0)
            docker_owners_failed(PODMAN_SERVICE, &(struct docker_endpoint){.text = NULL}, status,
                                 err);
        status->names_from_disk |= r == 0 && status->state == RUNTIME_UNREACHABLE &&
                                   container->name_source != NAME_FROM_CGROUP;
    }
    return 0;
}

static int podman_list(void *state, struct container_list *list, struct runtime_status *status,
                       struct error *err)
{
    const struct query *query = state;
    struct listing listing = {.disk = NULL};
    int r = 0;

    for (size_t i = 0; r == 0 && i < list->n_items; i++) {
        r = leave_pod(&list->items[i], list, &listing, err);
        if (r == 0)
            r = identify(&list->items[i], list, &listing, err);
        if (status->state == RUNTIME_ABSENT && is_podmans(&list->items[i]))
            status->state = RUNTIME_PRESENT;
    }
    if (r == 0 && !query->by_pid)
        r = docker_owners_ask(PODMAN_SERVICE, query, list, status, err);
    if (r == 0)
        r = name_all(list, &listing, status, err);
    if (!query->by_pid)
        drop_sandboxes(list);
    podman_disk_free(listing.disk);
    return r;
}

static int podman_inspect(const struct runtime_options *options, struct container *container,
                          struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    int r;

    if (!is_podmans(container) || container->owner == USERNS_OWNER_UNKNOWN)
        return 1;
    r = docker_owners_find(PODMAN_SERVICE, container->owner, options, &endpoint, err);
    if (r == 0)
        r = docker_request_inspect(&endpoint, options->timeout_ms, container, err);
    if (r < 0 && endpoint.text)
        docker_endpoint_hint(PODMAN_SERVICE, &endpoint, err);
    return r;
}

const struct backend podman_backend = {
    .name = "podman", .start = podman_start, .list = podman_list, .inspect = podman_inspect};
