// The LXC backends: LXC itself, and LXD and Incus, which are made of it. The control group's path
// has the name already (cgroup_path.c); the monitor that LXC leaves beside each container says
// which of the three it is, in which project, and what it is called where the cgroup of that name
// was taken ("web-1" for a second "web"). A monitor calls itself "[lxc monitor] LXCPATH NAME".
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/runtime/backend.h"
#include "core/runtime/supervisor.h"

#define MONITOR    "[lxc monitor] "
#define PATH_LIMIT 4096

struct flavour {
    const char *name;
    const char *variable; // of the environment, that names its directory
    const char *directories[3];
    const char *mark; // a directory that only it has in there
};

enum { LXC, LXD, INCUS };
static const struct flavour flavours[] = {
    [LXC] = {"lxc", NULL, {"/var/lib/lxc"}, NULL},
    [LXD] = {"lxd", "LXD_DIR", {"/var/lib/lxd", "/var/snap/lxd/common/lxd"}, "devlxd"},
    [INCUS] = {"incus", "INCUS_DIR", {"/var/lib/incus"}, "guestapi"},
};

static bool has_entry(const char *directory, const char *name)
{
    char path[PATH_LIMIT];
    int n = snprintf(path, sizeof path, "%s/%s", directory, name);

    return n > 0 && n < (int)sizeof path && access(path, F_OK) == 0;
}

// LXC: its directory. The others: the socket of the service, which they leave there when it ends.
static const char *find(const struct flavour *flavour)
{
    const char *named = flavour->variable ? getenv(flavour->variable) : NULL;

    if (named && *named)
        return has_entry(named, "unix.socket") ? named : NULL;
    for (size_t i = 0; i < ARRAY_SIZE(flavour->directories) && flavour->directories[i]; i++)
        if (has_entry(flavour->directories[i], flavour->mark ? "unix.socket" : "."))
            return flavour->directories[i];
    return NULL;
}

static int start(const struct flavour *flavour, struct runtime_status *status, void **ret_state,
                 struct error *err)
{
    const char *directory = find(flavour);

    *ret_state = NULL;
    if (!directory)
        return 0;
    status->state = RUNTIME_PRESENT;
    if (flavour->mark) {
        _cleanup_free_ char *path = text_format("%s/unix.socket", directory);

        status->endpoint = path ? text_clean_dup(path, strlen(path)) : NULL;
        return status->endpoint ? 0 : ERROR_OOM(err);
    }
    return 0;
}

static void mark_present(const struct flavour *flavour, const struct container_list *list,
                         struct runtime_status *status)
{
    for (size_t i = 0; status->state == RUNTIME_ABSENT && i < list->n_items; i++)
        if (strcmp(list->items[i].runtime, flavour->name) == 0)
            status->state = RUNTIME_PRESENT;
}

// Whether the path LXCPATH is the directory of the containers of such a service.
static bool is_path_of(const struct flavour *flavour, const char *path)
{
    static const char end[] = "/containers";
    size_t length = strlen(path);
    char directory[PATH_LIMIT];

    if (length < sizeof end || length >= sizeof directory ||
        strcmp(path + length - (sizeof end - 1), end) != 0)
        return false;
    memcpy(directory, path, length - (sizeof end - 1));
    directory[length - (sizeof end - 1)] = '\0';
    return has_entry(directory, flavour->mark);
}

// A project's container is called PROJECT_NAME, and neither has a '_' of its own.
static int take_project(struct container *container, const char *name)
{
    const char *end = strchr(name, '_');
    char *project;

    if (!end || end == name || !end[1])
        return container_rename(container, name, strlen(name), NAME_FROM_PROCESS);
    project = text_clean_dup(name, (size_t)(end - name));
    if (!project)
        return -ENOMEM;
    free(container->pod);
    container->pod = project;
    return container_rename(container, end + 1, strlen(end + 1), NAME_FROM_PROCESS);
}

static int name_one(struct container *container, const struct proc_host *host)
{
    _cleanup_supervisor_ struct supervisor monitor = {.proc = -1};
    const char *title, *name;
    char path[PATH_LIMIT];

    if (supervisor_open(container, host, &monitor) != 0)
        return 0;
    title = monitor.arguments[0];
    name = strrchr(title, ' ');
    if (strncmp(title, MONITOR, strlen(MONITOR)) != 0 || name < title + strlen(MONITOR) ||
        (size_t)(name - title) >= sizeof path)
        return 0;
    title += strlen(MONITOR);
    memcpy(path, title, (size_t)(name - title));
    path[name - title] = '\0';
    name++;
    for (size_t i = LXD; container->owner == 0 && i < ARRAY_SIZE(flavours); i++)
        if (is_path_of(&flavours[i], path))
            return container_set_runtime(container, flavours[i].name) < 0
                       ? -ENOMEM
                       : take_project(container, name);
    return container_rename(container, name, strlen(name), NAME_FROM_PROCESS);
}

// Ends in "-N", as LXC numbers a control group whose name is taken, or has what only a project's
// has. For all others the monitor has nothing to say where there is nothing but LXC: that is not
// read for a thousand containers.
static bool is_odd(const char *id)
{
    const char *dash = strrchr(id, '-');

    return strchr(id, '_') || (dash && dash[1] && dash[1 + strspn(dash + 1, "0123456789")] == '\0');
}

static int lxc_list(void *state, struct container_list *list, struct runtime_status *status,
                    struct error *err)
{
    bool others = find(&flavours[LXD]) || find(&flavours[INCUS]);
    struct proc_host host = {.pid_ns = 0};

    (void)state;
    mark_present(&flavours[LXC], list, status);
    for (size_t i = 0; i < list->n_items; i++) {
        struct container *container = &list->items[i];
        int r = 0;

        if (strcmp(container->runtime, "lxc") != 0 || container->pid <= 0 || container->outer ||
            !(others || is_odd(container->id)))
            continue;
        if (host.pid_ns == 0)
            r = proc_host_read(&host, err);
        if (r < 0)
            return r;
        if (name_one(container, &host) < 0)
            return ERROR_OOM(err);
    }
    return 0;
}

static int lxd_list(void *state, struct container_list *list, struct runtime_status *status,
                    struct error *err)
{
    (void)state;
    (void)err;
    mark_present(&flavours[LXD], list, status);
    return 0;
}

static int incus_list(void *state, struct container_list *list, struct runtime_status *status,
                      struct error *err)
{
    (void)state;
    (void)err;
    mark_present(&flavours[INCUS], list, status);
    return 0;
}

static int lxc_start(const struct query *query, struct runtime_status *status, void **ret_state,
                     struct error *err)
{
    (void)query;
    return start(&flavours[LXC], status, ret_state, err);
}

static int lxd_start(const struct query *query, struct runtime_status *status, void **ret_state,
                     struct error *err)
{
    (void)query;
    return start(&flavours[LXD], status, ret_state, err);
}

static int incus_start(const struct query *query, struct runtime_status *status, void **ret_state,
                       struct error *err)
{
    (void)query;
    return start(&flavours[INCUS], status, ret_state, err);
}

const struct backend lxc_backend = {.name = "lxc", .start = lxc_start, .list = lxc_list};
const struct backend lxd_backend = {.name = "lxd", .start = lxd_start, .list = lxd_list};
const struct backend incus_backend = {.name = "incus", .start = incus_start, .list = incus_list};
