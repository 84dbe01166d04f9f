// The containerd backend: pods and names from the bundles that containerd leaves on the disk. No
// daemon is asked: its API is gRPC, and the bundle is there as long as the container runs.
//
// Where the bundle is, is told by the container's shim: it works in a bundle's directory, whichever
// containerd made it (k3s has its own, dockerd may have). Without a shim to be believed it is
// looked for where containerd usually has its state.
//
// Docker's containers are containerd's too, in its namespace "moby": those are Docker's to name.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/runtime/backend.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/containerd_json.h"
#include "core/runtime/disk.h"
#include "core/runtime/supervisor.h"

#define CONFIG_LIMIT   (1024 * 1024) // bytes of config.json
#define PATH_LIMIT     4096
#define NAMESPACES_MAX 64
#define TASKS          "io.containerd.runtime.v2.task"

static const char *const usual_sockets[] = {"/run/containerd/containerd.sock",
                                            "/run/k3s/containerd/containerd.sock"};
static const char *const usual_states[] = {"/run/containerd/" TASKS, "/run/k3s/containerd/" TASKS};

static int containerd_start(const struct query *query, struct runtime_status *status,
                            void **ret_state, struct error *err)
{
    *ret_state = (void *)query;
    for (size_t i = 0; i < ARRAY_SIZE(usual_sockets) && !status->endpoint; i++) {
        if (access(usual_sockets[i], F_OK) < 0)
            continue;
        status->state = RUNTIME_PRESENT;
        status->endpoint = strdup(usual_sockets[i]);
        if (!status->endpoint)
            return ERROR_OOM(err);
    }
    return 0;
}

static bool is_component(const char *id)
{
    return *id && !strchr(id, '/') && strcmp(id, ".") != 0 && strcmp(id, "..") != 0;
}

// A shim may serve all containers of a pod, and works in the bundle of the first: …/NAMESPACE/ID.
static int read_beside(const struct supervisor *shim, const struct container *container, char **ret,
                       size_t *ret_length, struct error *err)
{
    _cleanup_close_ int root = openat(shim->proc, "root", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char cwd[PATH_LIMIT], path[PATH_LIMIT + 512];
    ssize_t n = readlinkat(shim->proc, "cwd", cwd, sizeof cwd - 1);
    char *slash;

    if (root < 0 || n <= 0 || cwd[0] != '/')
        return 1;
    cwd[n] = '\0';
    slash = strrchr(cwd, '/');
    *slash = '\0';
    (void)snprintf(path, sizeof path, "%s/%s/config.json", cwd, container->id);
    return disk_read(root, path, CONFIG_LIMIT, ret, ret_length, err);
}

static int read_in_state(const char *state, const struct container *container, char **ret,
                         size_t *ret_length, struct error *err)
{
    _cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_closedir_ DIR *directory = opendir(state);
    const struct dirent *entry;
    int r = 1;

    for (unsigned i = 0; directory && root >= 0 && r == 1 && i < NAMESPACES_MAX;) {
        char path[1024];

        entry = readdir(directory);
        if (!entry)
            break;
        if (entry->d_name[0] == '.' || strcmp(entry->d_name, "moby") == 0)
            continue;
        i++;
        (void)snprintf(path, sizeof path, "%s/%s/%s/config.json", state, entry->d_name,
                       container->id);
        r = disk_read(root, path, CONFIG_LIMIT, ret, ret_length, err);
    }
    return r;
}

// 0 with the bundle's config.json, 1 when there is none, or it is Docker's.
static int read_bundle(struct container *container, const struct proc_host *host, char **ret,
                       size_t *ret_length, struct error *err)
{
    _cleanup_supervisor_ struct supervisor shim = {.proc = -1};
    int r = supervisor_open(container, host, &shim);
    const char *space = NULL;

    if (r == 0 && supervisor_is(&shim, "containerd-shim-runc-v2"))
        space = supervisor_option(&shim, "-namespace");
    if (space && strcmp(space, "moby") == 0)
        return container_set_runtime(container, "docker") < 0 ? ERROR_OOM(err) : 1;
    if (space)
        return read_beside(&shim, container, ret, ret_length, err);
    for (size_t i = 0; i < ARRAY_SIZE(usual_states) && cgroup_id_is_hex(container->id); i++) {
        r = read_in_state(usual_states[i], container, ret, ret_length, err);
        if (r != 1)
            return r;
    }
    return 1;
}

// Root's, and nobody has named it. "proc": by an id under a cgroup of the administrator's choice.
static bool could_be_containerds(const struct container *container)
{
    return container->pid > 0 && container->owner == 0 && !container->outer &&
           container->name_source == NAME_FROM_CGROUP && is_component(container->id) &&
           (strcmp(container->runtime, "containerd") == 0 ||
            (strcmp(container->runtime, PROC_NAMELESS) == 0 && cgroup_id_is_hex(container->id)));
}

// 0, 1 when it is a sandbox, -ENOMEM.
static int name_one(struct container *container, const struct proc_host *host,
                    struct runtime_status *status, struct error *err)
{
    _cleanup_free_ char *text = NULL;
    size_t length;
    int r = read_bundle(container, host, &text, &length, err);

    if (r == -EACCES) {
        error_stage(err, "list");
        error_hint(err, "run davit with sudo");
        status->error = *err;
        status->state = RUNTIME_UNREACHABLE;
        return 0;
    }
    if (r == 0 && container_set_runtime(container, "containerd") < 0)
        return ERROR_OOM(err);
    if (r == 0)
        r = containerd_json_bundle(text, length, container, err);
    else if (r == 1)
        r = 0;
    return r == -EPROTO ? 0 : r;
}

static int containerd_list(void *state, struct container_list *list, struct runtime_status *status,
                           struct error *err)
{
    const struct query *query = state;
    struct proc_host host = {.pid_ns = 0};
    size_t kept = 0;
    int r = 0;

    for (size_t i = 0; i < list->n_items; i++) {
        struct container *container = &list->items[i];
        int named = 0;

        if (r == 0 && could_be_containerds(container)) {
            if (host.pid_ns == 0)
                r = proc_host_read(&host, err);
            if (r == 0)
                named = name_one(container, &host, status, err);
            if (named < 0)
                r = named;
        }
        if (status->state == RUNTIME_ABSENT && strcmp(container->runtime, "containerd") == 0)
            status->state = RUNTIME_PRESENT;
        // A pod's sandbox has no program of its own to attach anything for. Who only claims to be
        // one must not vanish.
        if (named == 1 && !container->contested && !query->by_pid)
            container_done(container);
        else
            list->items[kept++] = *container;
    }
    list->n_items = kept;
    return r;
}

const struct backend containerd_backend = {
    .name = "containerd", .start = containerd_start, .list = containerd_list};
