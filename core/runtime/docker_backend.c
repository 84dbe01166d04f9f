// The Docker backend: names, images, labels and states for what the /proc backend found, by the
// container's id. Podman's API service speaks the same and may be what answers.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/host/userns.h"
#include "core/runtime/backend.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/docker_disk.h"
#include "core/runtime/docker_endpoint.h"
#include "core/runtime/docker_json.h"
#include "core/runtime/docker_merge.h"
#include "core/runtime/docker_owners.h"
#include "core/runtime/docker_request.h"
#include "core/runtime/docker_rootless.h"

struct listing {
    const struct query *query;
    char *path; // of the list call
    struct docker_endpoint endpoint;
    struct docker_request request; // .http NULL when nothing was asked
    uid_t peer;                    // who answered
};

static void docker_stop(void *state)
{
    struct listing *listing = state;

    if (!listing)
        return;
    docker_request_done(&listing->request);
    docker_endpoint_done(&listing->endpoint);
    free(listing->path);
    free(listing);
}

static void say_failed(const struct listing *listing, struct runtime_status *status,
                       struct error *err)
{
    error_stage(err, "list");
    error_path(err, listing->endpoint.socket ? listing->endpoint.socket : listing->endpoint.text);
    docker_endpoint_hint(DOCKER_DAEMON, &listing->endpoint, err);
    status->error = *err;
    status->state = RUNTIME_UNREACHABLE;
}

// The list call: running ones, among them paused and restarting ones. It has no pid, and needs
// none. A filter's value is a regular expression; a name has no character that would be special in
// one but '.', and what comes back is compared anyway.
static char *list_path(const char *name)
{
    if (!name)
        return strdup("/containers/json");
    return text_format("/containers/json?filters=%%7B%%22name%%22%%3A%%5B%%22%%5E%%2F%%3F%s%%24"
                       "%%22%%5D%%7D",
                       name); // {"name":["^/?NAME$"]}
}

static int docker_start(const struct query *query, struct runtime_status *status, void **ret_state,
                        struct error *err)
{
    const struct runtime_options *options = query->options;
    struct listing *listing = calloc(1, sizeof *listing);
    const char *name;
    int r;

    *ret_state = listing;
    if (!listing)
        return ERROR_OOM(err);
    listing->query = query;
    listing->path = list_path(query->name);
    if (!listing->path)
        return ERROR_OOM(err);
    status->state = RUNTIME_ABSENT;
    r = docker_endpoint_find(DOCKER_DAEMON, options, &listing->endpoint, err);
    if (r < 0 && (options->docker_endpoint || r == -ENOMEM))
        return r;
    if (r < 0) {
        status->error = *err;
        status->state = RUNTIME_UNREACHABLE;
        return 0;
    }
    name = listing->endpoint.socket ? listing->endpoint.socket : listing->endpoint.text;
    status->endpoint = text_clean_dup(name, strlen(name));
    if (!status->endpoint)
        return ERROR_OOM(err);
    if (r > 0 || (query->name && !docker_json_name_valid(query->name)))
        return 0;
    r = docker_request_start(&listing->endpoint, listing->path, query->timeout_ms,
                             &listing->request, err);
    if (r == -ENOMEM)
        return r;
    if (r < 0) {
        say_failed(listing, status, err);
        // Nowhere where it usually is: not installed. Where it was said to be: a fault.
        if (r == -ENOENT && !options->docker_endpoint)
            status->state = RUNTIME_ABSENT;
    }
    return 0;
}

// Podman answers at Docker's socket: in its own way it says more. An older one does not know it,
// and what it has said already counts.
static int ask_podman(struct listing *listing, struct docker_answer *answer,
                      struct runtime_status *status, struct error *err)
{
    struct docker_answer own = {.body = NULL};
    int r = docker_request_again(&listing->request, PODMAN_OWN_LIST, err);

    if (r == 0)
        r = docker_request_finish(&listing->request, &own, err);
    if (r == -ENOMEM)
        return r;
    if (r == 0) {
        docker_answer_done(answer);
        *answer = own;
    }
    *err = (struct error){.code = ERROR_NONE};
    error_hint(&status->error, "it is podman that answers there");
    return 0;
}

static int answered(struct listing *listing, struct container_list *said,
                    struct runtime_status *status, struct error *err)
{
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    int r = docker_request_finish(&listing->request, &answer, err);

    if (r > 0)
        r = error_set(err, ERROR_FAILED, EPROTO, "the daemon knows no list of containers");
    if (r == 0 && answer.libpod)
        r = ask_podman(listing, &answer, status, err);
    if (r == 0)
        r = docker_json_list(answer.body, answer.length, answer.libpod ? "podman" : "docker", said,
                             err);
    if (r < 0 && r != -ENOMEM)
        say_failed(listing, status, err);
    else if (r == 0)
        status->state = RUNTIME_CONNECTED;
    listing->peer = answer.peer;
    return r;
}

static void read_only(struct runtime_status *status, const char *why)
{
    status->state = RUNTIME_READ_ONLY;
    error_hint(&status->error,
               "%s: for reading only, since its pids mean nothing here; give the "
               "daemon's unix socket with --docker",
               why);
}

// A daemon of another machine or pid namespace behind a local socket (a forwarded or a mounted one)
// has containers that run and none of them runs here. To tell it from one whose only container has
// just died or started it is asked once more, and /proc is read anew after that.
static int ask_where(struct listing *listing, struct container_list *list,
                     struct container_list *said, struct runtime_status *status, struct error *err)
{
    _cleanup_container_list_ struct container_list now = {.items = NULL};
    struct docker_matches matches;
    struct error ignored;
    int r = docker_request_again(&listing->request, listing->path, err);

    container_list_done(said);
    if (r == 0)
        r = answered(listing, said, status, err);
    if (r < 0)
        return r;
    if (proc_backend.list(NULL, &now, status, &ignored) == 0) {
        container_list_done(list);
        *list = now;
        now = (struct container_list){.items = NULL};
    }
    if (docker_merge(list, said, listing->peer, &matches) < 0)
        return ERROR_OOM(err);
    if (matches.here > 0 || matches.missing == 0)
        return docker_merge_rest(list, said, false) < 0 ? ERROR_OOM(err) : 0;
    read_only(status, "none of its containers runs on this machine");
    return docker_merge_rest(list, said, true) < 0 ? ERROR_OOM(err) : 0;
}

static int take_answer(struct listing *listing, struct container_list *list,
                       struct runtime_status *status, struct error *err)
{
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    struct docker_matches matches;
    int r = answered(listing, &said, status, err);

    if (r < 0)
        return r;
    if (docker_merge(list, &said, listing->peer, &matches) < 0)
        return ERROR_OOM(err);
    if (listing->endpoint.host)
        read_only(status, "it is asked over TCP");
    else if (matches.here == 0 && matches.missing > 0 && list->unreadable == 0)
        return ask_where(listing, list, &said, status, err);
    return docker_merge_rest(list, &said, listing->endpoint.host || list->unreadable > 0) < 0
               ? ERROR_OOM(err)
               : 0;
}

// Names for what the daemon did not name: it is down, or it is another dockerd's.
static int names_from_disk(const struct listing *listing, struct container_list *list,
                           struct runtime_status *status, struct error *err)
{
    _cleanup_docker_disk_ struct docker_disk *disk = NULL;
    int r = 0;

    for (size_t i = 0; i < list->n_items && r >= 0; i++) {
        struct container *container = &list->items[i];
        bool docker = strcmp(container->runtime, "docker") == 0;

        // "proc": under a cgroup of the administrator's choice, docker run --cgroup-parent.
        if (container->pid == 0 || container->outer || container->owner != 0 ||
            container->name_source != NAME_FROM_CGROUP ||
            (!docker && strcmp(container->runtime, "proc") != 0))
            continue;
        if (!disk)
            r = docker_disk_new(listing->query->options->docker_root, &disk, err);
        if (r >= 0)
            r = docker_disk_fill(disk, container, err);
        if (r == 0 && !docker) {
            free(container->runtime);
            container->runtime = strdup("docker");
            r = container->runtime ? 0 : ERROR_OOM(err);
        }
        status->names_from_disk |= r == 0;
    }
    return r < 0 ? r : 0;
}

static int docker_list(void *state, struct container_list *list, struct runtime_status *status,
                       struct error *err)
{
    struct listing *listing = state;
    int r = listing->request.http ? take_answer(listing, list, status, err) : 0;

    if (r == -ENOMEM)
        return r;
    r = docker_rootless_identify(list, err);
    if (r == 0)
        r = docker_owners_ask(DOCKER_DAEMON, listing->query, list, status, err);
    if (r < 0)
        return r;
    // After a filtered answer most are without a name because it was not asked for.
    if (status->state == RUNTIME_CONNECTED && listing->query->name)
        return 0;
    return names_from_disk(listing, list, status, err);
}

// "proc": under a cgroup of the administrator's choice, docker run --cgroup-parent.
static bool could_be_docker(const struct container *container)
{
    return cgroup_id_is_hex(container->id) &&
           (strcmp(container->runtime, "docker") == 0 ||
            strcmp(container->runtime, "podman") == 0 || strcmp(container->runtime, "proc") == 0);
}

static int inspect_daemon(const struct runtime_options *options, struct container *container,
                          struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    uid_t owner = container->owner == USERNS_OWNER_UNKNOWN ? 0 : container->owner;
    int r = docker_owners_find(DOCKER_DAEMON, owner, options, &endpoint, err);

    if (r != 0)
        return r;
    r = docker_request_inspect(&endpoint, options->timeout_ms, container, err);
    if (r < 0)
        docker_endpoint_hint(DOCKER_DAEMON, &endpoint, err);
    return r;
}

static int docker_inspect(const struct runtime_options *options, struct container *container,
                          struct error *err)
{
    _cleanup_docker_disk_ struct docker_disk *disk = NULL;
    struct error ignored;
    int r;

    if (!could_be_docker(container))
        return 1;
    r = inspect_daemon(options, container, err);
    if (r == 0 || r == -ENOMEM)
        return r;
    // The daemon fails, or it is not this container's. What is nested is not on the host's disk.
    if (!container->outer && container->owner == 0 &&
        docker_disk_new(options->docker_root, &disk, &ignored) == 0 &&
        docker_disk_fill(disk, container, &ignored) == 0)
        return 0;
    return r;
}

const struct backend docker_backend = {
    .name = "docker",
    .start = docker_start,
    .list = docker_list,
    .stop = docker_stop,
    .inspect = docker_inspect,
};
