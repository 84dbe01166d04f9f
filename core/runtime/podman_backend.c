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
#include "core/runtime/docker_endpoint.h"
#include "core/runtime/docker_json.h"
#include "core/runtime/docker_merge.h"
#include "core/runtime/docker_request.h"
#include "core/runtime/podman_disk.h"
#include "core/runtime/supervisor.h"

#define OWNERS_MAX 64 // whose services are asked

struct listing {
    struct podman_disk *disk; // NULL before it is needed
    struct proc_host host;    // .pid_ns 0 before it is needed
};

static int find_service(uid_t owner, const struct runtime_options *options,
                        struct docker_endpoint *ret, struct error *err)
{
    return owner == 0 ? docker_endpoint_find(PODMAN_SERVICE, options, ret, err)
                      : docker_endpoint_of_user(PODMAN_SERVICE, owner, ret, err);
}

static int set_endpoint(struct runtime_status *status, const char *name)
{
    free(status->endpoint);
    status->endpoint = text_clean_dup(name, strlen(name));
    return status->endpoint ? 0 : -ENOMEM;
}

static int podman_start(const struct query *query, struct runtime_status *status, void **ret_state,
                        struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    int r = find_service(0, query->options, &endpoint, err);

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
    return r == 0 && set_endpoint(status, endpoint.text) < 0 ? ERROR_OOM(err) : 0;
}

static void say_failed(const struct docker_endpoint *endpoint, struct runtime_status *status,
                       struct error *err)
{
    error_stage(err, "list");
    if (endpoint->text) {
        error_path(err, endpoint->text);
        docker_endpoint_hint(PODMAN_SERVICE, endpoint, err);
    }
    status->error = *err;
    status->state = RUNTIME_UNREACHABLE;
}

static bool is_podmans(const struct container *container)
{
    return container->pid > 0 && !container->outer && cgroup_id_is_hex(container->id) &&
           strcmp(container->runtime, "podman") == 0;
}

static int ask(const struct docker_endpoint *endpoint, const struct query *query,
               struct container_list *said, struct error *err)
{
    _cleanup_docker_request_ struct docker_request request = {.http = NULL};
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    int r = docker_request_start(endpoint, PODMAN_OWN_LIST, query->timeout_ms, &request, err);

    if (r == 0)
        r = docker_request_finish(&request, &answer, err);
    if (r > 0 || r == -EPROTO) {
        r = docker_request_again(&request, PODMAN_LIST, err);
        if (r == 0)
            r = docker_request_finish(&request, &answer, err);
    }
    if (r > 0)
        r = error_set(err, ERROR_FAILED, EPROTO, "the service knows no list of containers");
    if (r == 0)
        r = docker_json_list(answer.body, answer.length, "podman", said, err);
    return r;
}

// Names of what is `owner`'s. A service that fails is said in `status`.
static int ask_owner(uid_t owner, const struct query *query, struct container_list *list,
                     struct runtime_status *status, struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    struct docker_matches matches;
    int r = find_service(owner, query->options, &endpoint, err);

    if (r > 0)
        return 0;
    if (r == 0)
        r = ask(&endpoint, query, &said, err);
    if (r == 0)
        r = docker_merge(list, &said, owner, &matches);
    if (r == 0 && !endpoint.host)
        r = docker_merge_rest(list, &said, false);
    if (r == -ENOMEM)
        return ERROR_OOM(err);
    if (r < 0) {
        say_failed(&endpoint, status, err);
        return 0;
    }
    if (status->state != RUNTIME_UNREACHABLE)
        status->state = RUNTIME_CONNECTED;
    return !status->endpoint && set_endpoint(status, endpoint.text) < 0 ? ERROR_OOM(err) : 0;
}

static int ask_services(const struct query *query, struct container_list *list,
                        struct runtime_status *status, struct error *err)
{
    uid_t asked[OWNERS_MAX];
    size_t n = 0, n_items = list->n_items;

    for (size_t i = 0; i < n_items && n < OWNERS_MAX; i++) {
        uid_t owner = list->items[i].owner;
        bool again = owner == USERNS_OWNER_UNKNOWN;
        int r;

        for (size_t k = 0; k < n; k++)
            again |= asked[k] == owner;
        if (again || !is_podmans(&list->items[i]) || list->items[i].name_source == NAME_FROM_DAEMON)
            continue;
        asked[n++] = owner;
        r = ask_owner(owner, query, list, status, err);
        if (r < 0)
            return r;
    }
    return 0;
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
            say_failed(&(struct docker_endpoint){.text = NULL}, status, err);
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
        r = ask_services(query, list, status, err);
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
    r = find_service(container->owner, options, &endpoint, err);
    if (r == 0)
        r = docker_request_inspect(&endpoint, options->timeout_ms, container, err);
    if (r < 0 && endpoint.text)
        docker_endpoint_hint(PODMAN_SERVICE, &endpoint, err);
    return r;
}

const struct backend podman_backend = {
    .name = "podman", .start = podman_start, .list = podman_list, .inspect = podman_inspect};
