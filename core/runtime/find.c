// One container by what the user calls it, without reading more than that takes.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/runtime/backend.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/docker_stopped.h"
#include "core/runtime/proc_identity.h"
#include "core/runtime/select.h"

#define FIND_TIMEOUT_MS 3000

static int inspect_by(const struct backend *backend, const struct runtime_options *options,
                      struct container *container, struct error *err)
{
    return backend->inspect ? backend->inspect(options, container, err) : 1;
}

// Its own runtime first: nobody else has to be asked then.
int container_inspect(const struct runtime_options *options, struct container *container,
                      struct error *err)
{
    const struct backend *own = NULL;
    int r = 1;

    for (size_t i = 0; i < BACKENDS_N; i++)
        if (strcmp(backends[i]->name, container->runtime) == 0)
            own = backends[i];
    if (own)
        r = inspect_by(own, options, container, err);
    for (size_t i = 0; i < BACKENDS_N && r == 1; i++)
        if (backends[i] != own)
            r = inspect_by(backends[i], options, container, err);
    return r;
}

static const struct runtime_status *status_of(const struct snapshot *snapshot, const char *name)
{
    for (size_t i = 0; i < snapshot->n_runtimes; i++)
        if (strcmp(snapshot->runtimes[i].name, name) == 0)
            return &snapshot->runtimes[i];
    return NULL;
}

static int check_reachable(const struct snapshot *snapshot, const struct container *container,
                           const char *selector, struct error *err)
{
    const struct runtime_status *docker = status_of(snapshot, docker_backend.name);
    bool read_only =
        docker && docker->state == RUNTIME_READ_ONLY && container->name_source == NAME_FROM_DAEMON;
    int r;

    // It stopped, or restarts just now, or runs on another machine.
    if (container->pid == 0) {
        r = error_set(err, ERROR_GONE, ESRCH,
                      "container '%s' has no process on this host: it is %s", container->name,
                      read_only ? "elsewhere" : container_state_name(container->state));
        error_hint(err,
                   read_only ? "run davit on the machine that runs it" : "try again when it runs");
        return r;
    }
    if (!read_only || selector_fits(container, selector) < SELECTOR_FITS_NAME)
        return 0;
    // What a daemon elsewhere calls by this name must not decide what is changed here.
    r = error_set(err, ERROR_UNSUPPORTED, EREMOTE,
                  "'%s' is a name of the daemon at %s, which is for reading only", selector,
                  docker->endpoint ? docker->endpoint : "another place");
    error_hint(err, "a container of this id runs here: name it %.12s or pid:%d", container->id,
               (int)container->pid);
    return r;
}

// A daemon that was asked for one name has not named a container that is found by its id; and of a
// contested one only it knows the init.
static void ask_details(const struct runtime_options *options, struct container *container,
                        bool incomplete)
{
    struct error ignored;

    if (cgroup_id_is_hex(container->id) &&
        (container->contested || (incomplete && container->name_source == NAME_FROM_CGROUP)))
        (void)container_inspect(options, container, &ignored);
}

static int refuse(const struct container *container, struct error *err)
{
    int pid = (int)container->pid, rival = (int)container->rival, r;

    if (!container->contested)
        r = error_set(err, ERROR_GONE, ESRCH,
                      "process %d claims to be container '%s', which does not run, as %s says", pid,
                      container->name, container->runtime);
    else if (rival == 0)
        r = error_set(err, ERROR_AMBIGUOUS, EEXIST,
                      "the control groups of process %d name container '%s' and another one", pid,
                      container->name);
    else
        r = error_set(err, ERROR_AMBIGUOUS, EEXIST,
                      "two unrelated process trees claim to be container '%s': pid %d and pid %d",
                      container->name, pid, rival);
    if (rival == 0)
        error_hint(err, "see what that process is, then name it by pid:N: pid:%d", pid);
    else
        error_hint(err, "see what each of them is, then name it by pid:N: pid:%d or pid:%d", pid,
                   rival);
    return r;
}

static bool same_outer(const struct container *a, const struct container *b)
{
    return a->outer && b->outer ? strcmp(a->outer, b->outer) == 0 : a->outer == b->outer;
}

// The process that the daemon names, if its own cgroup names the same container.
static bool take_said(struct container *container)
{
    _cleanup_container_ struct container *said = NULL;
    struct error ignored;

    if (container->said_pid <= 0 || proc_container_of(container->said_pid, &said, &ignored) < 0 ||
        strcmp(said->id, container->id) != 0 || said->owner != container->owner ||
        !same_outer(said, container))
        return false;
    container->pid = said->pid;
    container->start_time = said->start_time;
    container->started = said->started;
    container->mnt_ns = said->mnt_ns;
    container->userns = said->userns;
    container->n_processes = said->n_processes;
    container->n_nested = 0; // were the other's
    container->contested = false;
    container->rival = 0;
    return true;
}

// What is not contested may be of a daemon whose pids mean nothing here: of another pid namespace.
static int settle(struct container *container, struct error *err)
{
    if (container->said_pid == container->pid) {
        container->contested = false;
        container->rival = 0;
        return 0;
    }
    if (take_said(container) || (!container->contested && container->said_pid >= 0))
        return 0;
    return refuse(container, err);
}

static int select_in(const struct query *query, const char *selector, struct container **ret,
                     bool *ret_incomplete, struct error *err)
{
    _cleanup_snapshot_ struct snapshot *snapshot = NULL;
    _cleanup_container_ struct container *container = NULL;
    const struct runtime_status *docker;
    const struct container *found;
    int r = snapshot_query(query, &snapshot, err);

    if (r < 0)
        return r;
    docker = status_of(snapshot, docker_backend.name);
    *ret_incomplete = query->name && docker &&
                      (docker->state == RUNTIME_CONNECTED || docker->state == RUNTIME_READ_ONLY);
    r = container_select(snapshot, selector, &found, err);
    if (r == 0)
        r = check_reachable(snapshot, found, selector, err);
    if (r < 0)
        return r;
    container = malloc(sizeof *container);
    if (!container)
        return ERROR_OOM(err);
    // The snapshot is nobody else's.
    *container = *found;
    snapshot->containers[found - snapshot->containers] = (struct container){.pid = 0};
    ask_details(query->options, container, *ret_incomplete);
    r = settle(container, err);
    if (r < 0)
        return r;
    *ret = TAKE_POINTER(container);
    return 0;
}

// One that is there and does not run is no typing error.
static void say_stopped(const struct runtime_options *options, const char *selector,
                        struct error *err)
{
    const char *name = strncmp(selector, "docker/", 7) == 0 ? selector + 7 : selector;
    char state[32];

    if (strchr(name, '/') || !docker_stopped(options, name, state, sizeof state))
        return;
    error_set(err, ERROR_NO_CONTAINER, ESRCH, "container '%s' does not run: it is %s", name, state);
    error_hint_words(err, "docker start %s", name);
}

int container_find(const struct runtime_options *options, const char *selector,
                   struct container **ret, struct error *err)
{
    const char *slash = strrchr(selector, '/');
    struct query query = {
        .options = options,
        .timeout_ms = options->timeout_ms ? options->timeout_ms : FIND_TIMEOUT_MS,
        .name = slash ? slash + 1 : selector,
    };
    bool incomplete;
    pid_t pid;
    int r = selector_check(selector, err);

    if (r == 0)
        r = selector_pid(selector, &pid, err);
    if (r > 0) {
        r = proc_container_of(pid, ret, err);
        return r == 0 ? backends_name(options, *ret, err) : r;
    }
    if (r < 0)
        return r;
    r = select_in(&query, selector, ret, &incomplete, err);
    if (r < 0 && err->code == ERROR_NO_CONTAINER && incomplete) {
        // Another dockerd's container, or none: then all names are wanted, to offer near ones.
        query.name = NULL;
        r = select_in(&query, selector, ret, &incomplete, err);
        if (r < 0 && err->code == ERROR_NO_CONTAINER)
            say_stopped(options, selector, err);
    }
    return r;
}

// ---- what is known already ----

// Whether one look at its init can tell: what container_find() asks more about is for it to find.
static bool can_be_confirmed(const struct container *known)
{
    return known->pid > 0 && known->start_time != 0 && known->mnt_ns != 0 && !known->contested &&
           strcmp(known->runtime, PROC_NAMELESS) != 0 &&
           !(cgroup_id_is_hex(known->id) && known->name_source == NAME_FROM_CGROUP);
}

int container_confirm(const struct container *known, struct container **ret, struct error *err)
{
    _cleanup_container_ struct container *found = NULL;
    struct error ignored;
    char *name, *runtime;

    if (!can_be_confirmed(known) || proc_container_of(known->pid, &found, &ignored) < 0 ||
        found->start_time != known->start_time || found->mnt_ns != known->mnt_ns ||
        found->userns != known->userns || found->contested || strcmp(found->id, known->id) != 0 ||
        !same_outer(found, known) ||
        // Where the control group does not tell the runtime (--cgroup-parent), a daemon has.
        (strcmp(found->runtime, PROC_NAMELESS) == 0 && known->name_source != NAME_FROM_DAEMON))
        return 1;
    name = strdup(known->name);
    runtime = strdup(known->runtime); // a daemon may have said more than the cgroup
    if (!name || !runtime) {
        free(name);
        free(runtime);
        return ERROR_OOM(err);
    }
    free(found->name);
    free(found->runtime);
    found->name = name;
    found->runtime = runtime;
    found->name_source = known->name_source;
    *ret = TAKE_POINTER(found);
    return 0;
}
