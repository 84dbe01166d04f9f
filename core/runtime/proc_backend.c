// The /proc backend: every container that has a process here, whoever made it. It always works.
#include <errno.h>
#include <stdlib.h>

#include "core/runtime/backend.h"
#include "core/runtime/proc_containers.h"
#include "core/runtime/proc_identity.h"
#include "core/runtime/proc_scan.h"

static int proc_start(const struct query *query, struct runtime_status *status, void **ret_state,
                      struct error *err)
{
    (void)query;
    (void)err;
    status->state = RUNTIME_CONNECTED;
    *ret_state = NULL;
    return 0;
}

static int proc_list(void *state, struct container_list *list, struct runtime_status *status,
                     struct error *err)
{
    _cleanup_proc_scan_ struct proc_scan *scan = NULL;
    struct proc_host host;
    int r = proc_host_read(&host, err);

    (void)state;
    (void)status;
    if (r == 0)
        r = proc_scan_new(0, &scan, err);
    if (r < 0)
        return r;
    list->unreadable += scan->unreadable;
    return proc_containers_add(scan, &host, 0, list, err);
}

const struct backend proc_backend = {
    .name = "proc",
    .start = proc_start,
    .list = proc_list,
};

// Why a scan of this one process has found no mount namespace but the host's.
static int no_container(const struct proc_scan *scan, pid_t pid, struct error *err)
{
    int fd = proc_scan_open(scan, pid), r;

    if (scan->unreadable > 0) {
        r = error_errno(err, EACCES, "cannot look into process %d", (int)pid);
        error_hint(err, "run davit as root, with sudo");
    } else if (fd < 0) {
        r = error_set(err, ERROR_NO_CONTAINER, ESRCH, "there is no process %d", (int)pid);
        error_hint(err, "`davit ps` lists the containers and their pids");
    } else {
        r = error_set(err, ERROR_NO_CONTAINER, ENOENT,
                      "process %d is in no container: its mount namespace is the host's", (int)pid);
        error_hint(err, "`davit ps` lists the containers and their pids");
    }
    if (fd >= 0)
        (void)close(fd);
    return r;
}

int proc_container_of(pid_t pid, struct container **ret, struct error *err)
{
    _cleanup_proc_scan_ struct proc_scan *scan = NULL;
    struct proc_host host;
    _cleanup_container_list_ struct container_list list = {.items = NULL};
    int r = proc_host_read(&host, err);

    if (r == 0)
        r = proc_scan_new(pid, &scan, err);
    if (r == 0)
        r = proc_containers_add(scan, &host, PROC_CONTAINERS_ANY, &list, err);
    if (r < 0)
        return r;
    if (list.n_items == 0)
        return no_container(scan, pid, err);
    *ret = malloc(sizeof **ret);
    if (!*ret)
        return ERROR_OOM(err);
    **ret = list.items[0];
    list.items[0] = (struct container){.pid = 0};
    return 0;
}
