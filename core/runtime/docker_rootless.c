#include "core/runtime/docker_rootless.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/host/userns.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/docker_endpoint.h"
#include "core/runtime/docker_json.h"
#include "core/runtime/docker_merge.h"
#include "core/runtime/docker_request.h"
#include "core/runtime/supervisor.h"

#define OWNERS_MAX 64 // whose daemons are asked

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

static int list_of(const struct docker_endpoint *endpoint, const struct query *query,
                   struct container_list *said, struct error *err)
{
    _cleanup_docker_request_ struct docker_request request = {.http = NULL};
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    int r = docker_request_start(endpoint, "/containers/json", query->timeout_ms, &request, err);

    if (r == 0)
        r = docker_request_finish(&request, &answer, err);
    if (r > 0)
        r = error_set(err, ERROR_FAILED, EPROTO, "the daemon knows no list of containers");
    return r < 0 ? r : docker_json_list(answer.body, answer.length, "docker", said, err);
}

static int set_endpoint(struct runtime_status *status, const struct docker_endpoint *endpoint)
{
    free(status->endpoint);
    status->endpoint = text_clean_dup(endpoint->text, strlen(endpoint->text));
    return status->endpoint ? 0 : -ENOMEM;
}

// Root's daemon, if there is one, stays what the status is of.
static void say_failed(const struct docker_endpoint *endpoint, struct runtime_status *status,
                       struct error *err)
{
    error_stage(err, "list");
    if (endpoint->text) {
        error_path(err, endpoint->text);
        docker_endpoint_hint(DOCKER_DAEMON, endpoint, err);
    }
    if (status->error.code == ERROR_NONE)
        status->error = *err;
    if (status->state == RUNTIME_ABSENT || status->state == RUNTIME_PRESENT)
        status->state = RUNTIME_UNREACHABLE;
}

static int ask_owner(uid_t owner, const struct query *query, struct container_list *list,
                     struct runtime_status *status, struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    struct docker_matches matches;
    int r = docker_endpoint_of_user(DOCKER_DAEMON, owner, &endpoint, err);

    if (r > 0) {
        if (status->state == RUNTIME_ABSENT)
            status->state = RUNTIME_PRESENT;
        return 0;
    }
    if (r == 0)
        r = list_of(&endpoint, query, &said, err);
    if (r == 0)
        r = docker_merge(list, &said, owner, &matches);
    if (r == 0)
        r = docker_merge_rest(list, &said, false);
    if (r == -ENOMEM)
        return ERROR_OOM(err);
    if (r < 0) {
        say_failed(&endpoint, status, err);
        return 0;
    }
    if (status->state != RUNTIME_ABSENT && status->state != RUNTIME_PRESENT)
        return 0;
    status->state = RUNTIME_CONNECTED;
    return set_endpoint(status, &endpoint) < 0 ? ERROR_OOM(err) : 0;
}

int docker_rootless_ask(const struct query *query, struct container_list *list,
                        struct runtime_status *status, struct error *err)
{
    uid_t asked[OWNERS_MAX];
    size_t n = 0, n_items = list->n_items;
    int r = 0;

    for (size_t i = 0; i < n_items && n < OWNERS_MAX && r == 0; i++) {
        const struct container *container = &list->items[i];
        bool again = !is_users(container) || strcmp(container->runtime, "docker") != 0 ||
                     container->name_source == NAME_FROM_DAEMON;

        for (size_t k = 0; k < n; k++)
            again |= asked[k] == container->owner;
        if (again)
            continue;
        asked[n++] = container->owner;
        r = ask_owner(container->owner, query, list, status, err);
    }
    return r;
}
