#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/backend.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/docker_rootless.h"

#define LIST_TIMEOUT_MS 1500

const struct backend *const backends[BACKENDS_N] = {
    &proc_backend, &docker_backend, &podman_backend, &containerd_backend,
    &lxc_backend,  &lxd_backend,    &incus_backend,  &nspawn_backend,
};

bool runtime_list_has(const char *list, const char *name)
{
    size_t length = strlen(name);

    if (!list)
        return true;
    for (const char *s = list; *s;) {
        size_t n = strcspn(s, ",");

        if (n == length && memcmp(s, name, n) == 0)
            return true;
        s += n;
        s += *s == ',';
    }
    return false;
}

static int compare(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) : (a != NULL) - (b != NULL);
}

static int by_place(const void *a, const void *b)
{
    const struct container *x = a, *y = b;
    int order = compare(x->runtime, y->runtime);

    if (order == 0)
        order = compare(x->pod, y->pod);
    if (order == 0)
        order = compare(x->name, y->name);
    return order != 0 ? order : compare(x->id, y->id);
}

static const char *name_of(const struct container_list *list, const char *id)
{
    for (size_t i = 0; i < list->n_items; i++)
        if (!list->items[i].outer && strcmp(list->items[i].id, id) == 0)
            return list->items[i].name;
    return NULL;
}

// When the daemons have named the outer ones.
static int name_nested(struct container_list *list)
{
    for (size_t i = 0; i < list->n_items; i++) {
        struct container *container = &list->items[i];
        const char *outer = container->outer ? name_of(list, container->outer) : NULL;
        char *name;

        if (!container->outer)
            continue;
        if (outer)
            name = text_format("%s/%s", outer, container->name);
        else
            name = text_format(cgroup_id_is_hex(container->outer) ? "%.12s/%s" : "%s/%s",
                               container->outer, container->name);
        if (!name)
            return -ENOMEM;
        free(container->name);
        container->name = name;
    }
    return 0;
}

static void keep_runtimes(struct container_list *list, const char *runtimes)
{
    size_t kept = 0;

    for (size_t i = 0; i < list->n_items; i++) {
        if (runtime_list_has(runtimes, list->items[i].runtime))
            list->items[kept++] = list->items[i];
        else
            container_done(&list->items[i]);
    }
    list->n_items = kept;
}

// A daemon is not asked when nothing of it is wanted; podman may be what answers at Docker's
// socket.
static bool is_wanted(const struct backend *backend, const char *runtimes)
{
    return (backend != &docker_backend && backend != &podman_backend) ||
           runtime_list_has(runtimes, backend->name) || runtime_list_has(runtimes, "podman");
}

static int list_all(const struct query *query, struct snapshot *snapshot,
                    struct container_list *list, struct error *err)
{
    void *states[BACKENDS_N] = {NULL};
    size_t started = 0;
    int r = 0;

    for (size_t i = 0; i < BACKENDS_N && r == 0; i++, started++) {
        snapshot->runtimes[i].name = backends[i]->name;
        snapshot->n_runtimes++;
        if (is_wanted(backends[i], query->options->runtimes))
            r = backends[i]->start(query, &snapshot->runtimes[i], &states[i], err);
    }
    for (size_t i = 0; i < BACKENDS_N && r == 0; i++)
        if (is_wanted(backends[i], query->options->runtimes))
            r = backends[i]->list(states[i], list, &snapshot->runtimes[i], err);
    for (size_t i = 0; i < started; i++)
        if (backends[i]->stop)
            backends[i]->stop(states[i]);
    return r;
}

int backends_name(const struct runtime_options *options, struct container *container,
                  struct error *err)
{
    static const struct backend *const local[] = {&podman_backend, &containerd_backend,
                                                  &lxc_backend, &nspawn_backend};
    struct query query = {.options = options, .by_pid = true};
    struct container_list list = {.items = container, .n_items = 1};
    int r = docker_rootless_identify(&list, err);

    for (size_t i = 0; i < ARRAY_SIZE(local) && r == 0 && list.n_items == 1; i++) {
        struct runtime_status status = {.name = local[i]->name};
        void *state = NULL;

        r = local[i]->start(&query, &status, &state, err);
        if (r == 0)
            r = local[i]->list(state, &list, &status, err);
        free(status.endpoint);
    }
    return r;
}

int snapshot_query(const struct query *query, struct snapshot **ret, struct error *err)
{
    struct snapshot *snapshot = calloc(1, sizeof *snapshot);
    struct container_list list = {.items = NULL};
    int r;

    if (!snapshot)
        return ERROR_OOM(err);
    snapshot->runtimes = calloc(BACKENDS_N, sizeof *snapshot->runtimes);
    r = snapshot->runtimes ? list_all(query, snapshot, &list, err) : ERROR_OOM(err);
    if (r == 0 && name_nested(&list) < 0)
        r = ERROR_OOM(err);
    if (r < 0) {
        container_list_done(&list);
        snapshot_free(snapshot);
        return r;
    }
    keep_runtimes(&list, query->options->runtimes);
    if (list.n_items > 0)
        qsort(list.items, list.n_items, sizeof *list.items, by_place);
    snapshot->containers = list.items;
    snapshot->n_containers = list.n_items;
    snapshot->unreadable = list.unreadable;
    *ret = snapshot;
    return 0;
}

int snapshot_take(const struct runtime_options *options, struct snapshot **ret, struct error *err)
{
    struct query query = {
        .options = options,
        .timeout_ms = options->timeout_ms ? options->timeout_ms : LIST_TIMEOUT_MS,
    };

    return snapshot_query(&query, ret, err);
}
