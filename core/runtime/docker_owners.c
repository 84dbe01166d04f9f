#include "core/runtime/docker_owners.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/host/userns.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/docker_json.h"
#include "core/runtime/docker_merge.h"
#include "core/runtime/docker_request.h"

#define OWNERS_MAX 64 // whose services are asked

static const struct {
    const char *runtime;
    const char *paths[2]; // of the list call, the one that says more first
} kinds[] = {
    [DOCKER_DAEMON] = {"docker", {"/containers/json"}},
    [PODMAN_SERVICE] = {"podman", {PODMAN_OWN_LIST, PODMAN_LIST}},
};

bool docker_owners_has(enum docker_kind kind, const struct container *container)
{
    return container->pid > 0 && !container->outer && cgroup_id_is_hex(container->id) &&
           strcmp(container->runtime, kinds[kind].runtime) == 0;
}

int docker_owners_find(enum docker_kind kind, uid_t owner, const struct runtime_options *options,
                       struct docker_endpoint *ret, struct error *err)
{
    return owner == 0 ? docker_endpoint_find(kind, options, ret, err)
                      : docker_endpoint_of_user(kind, owner, ret, err);
}

void docker_owners_failed(enum docker_kind kind, const struct docker_endpoint *endpoint,
                          struct runtime_status *status, struct error *err)
{
    error_stage(err, "list");
    if (endpoint->text) {
        error_path(err, endpoint->text);
        docker_endpoint_hint(kind, endpoint, err);
    }
    if (status->error.code == ERROR_NONE)
        status->error = *err;
    if (status->state == RUNTIME_ABSENT || status->state == RUNTIME_PRESENT)
        status->state = RUNTIME_UNREACHABLE;
}

int docker_owners_show(const struct docker_endpoint *endpoint, struct runtime_status *status)
{
    free(status->endpoint);
    status->endpoint = text_clean_dup(endpoint->text, strlen(endpoint->text));
    return status->endpoint ? 0 : -ENOMEM;
}

static int list_of(enum docker_kind kind, const struct docker_endpoint *endpoint,
                   const struct query *query, struct container_list *said, struct error *err)
{
    _cleanup_docker_request_ struct docker_request request = {.http = NULL};
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    const char *const *paths = kinds[kind].paths;
    int r = docker_request_start(endpoint, paths[0], query->timeout_ms, &request, err);

    if (r == 0)
        r = docker_request_finish(&request, &answer, err);
    if ((r > 0 || r == -EPROTO) && paths[1]) {
        r = docker_request_again(&request, paths[1], err);
        if (r == 0)
            r = docker_request_finish(&request, &answer, err);
    }
    if (r > 0)
        r = error_set(err, ERROR_FAILED, EPROTO, "it knows no list of containers");
    return r < 0 ? r : docker_json_list(answer.body, answer.length, kinds[kind].runtime, said, err);
}

static int ask_owner(enum docker_kind kind, uid_t owner, const struct query *query,
                     struct container_list *list, struct runtime_status *status, struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    _cleanup_container_list_ struct container_list said = {.items = NULL};
    struct docker_matches matches;
    int r = docker_owners_find(kind, owner, query->options, &endpoint, err);

    if (r > 0) {
        if (status->state == RUNTIME_ABSENT)
            status->state = RUNTIME_PRESENT;
        return 0;
    }
    if (r == 0)
        r = list_of(kind, &endpoint, query, &said, err);
    if (r == 0)
        r = docker_merge(list, &said, owner, &matches);
    if (r == 0 && !endpoint.host)
        r = docker_merge_rest(list, &said, false);
    if (r == -ENOMEM)
        return ERROR_OOM(err);
    if (r < 0) {
        docker_owners_failed(kind, &endpoint, status, err);
        return 0;
    }
    if (status->state != RUNTIME_ABSENT && status->state != RUNTIME_PRESENT)
        return 0;
    status->state = RUNTIME_CONNECTED;
    return docker_owners_show(&endpoint, status) < 0 ? ERROR_OOM(err) : 0;
}

int docker_owners_ask(enum docker_kind kind, const struct query *query, struct container_list *list,
                      struct runtime_status *status, struct error *err)
{
    uid_t asked[OWNERS_MAX];
    size_t n = 0, n_items = list->n_items;
    int r = 0;

    for (size_t i = 0; i < n_items && n < OWNERS_MAX && r == 0; i++) {
        const struct container *container = &list->items[i];
        uid_t owner = container->owner;
        bool again = !docker_owners_has(kind, container) || owner == USERNS_OWNER_UNKNOWN ||
                     (owner == 0 && kind == DOCKER_DAEMON) ||
                     container->name_source == NAME_FROM_DAEMON;

        for (size_t k = 0; k < n; k++)
            again |= asked[k] == owner;
        if (again)
            continue;
        asked[n++] = owner;
        r = ask_owner(kind, owner, query, list, status, err);
    }
    return r;
}
