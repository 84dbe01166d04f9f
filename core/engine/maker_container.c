// CONTAINER:/path: a mount of another container. Method tree, but the clone is made in that
// container's mount namespace, for the kernel clones only what is mounted where the caller is
// (through /proc/PID/root it says EINVAL). The path is resolved from a root handle taken before:
// whoever is inside cannot make it lead out.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/maker.h"

struct provider {
    struct container *container;
    struct inside inside;
    struct target found; // the source, as it is found inside
};

static void done(struct source *source)
{
    struct provider *provider = source->state;

    if (!provider)
        return;
    target_done(&provider->found);
    inside_done(&provider->inside);
    if (provider->container)
        container_free(provider->container);
    free(provider);
    source->state = NULL;
    source->provider = NULL;
}

static int missing(const struct provider *provider, const char *path, struct error *err)
{
    int r = error_set(err, ERROR_NO_PATH, ENOENT, "the source %s does not exist in %s", path,
                      provider->container->name);

    error_path(err, path);
    error_hint(err, "davit never makes up a source: create it first");
    return r;
}

// As it can be typed again: part of an id may mean several containers one day.
static char *name_of(const struct container *container, const char *selector, const char *path)
{
    bool by_id = strcmp(container->name, selector) != 0 &&
                 strncmp(container->id, selector, strlen(selector)) == 0;

    return text_format("%s:%s", by_id ? container->id : selector, path);
}

static int find(struct engine *engine, const struct attach_request *request,
                struct provider *provider, char **ret_selector, struct error *err)
{
    _cleanup_free_ char *selector = NULL, *path = NULL;
    int r = target_parse(request->source, &selector, &path, err);

    if (r == 0)
        r = container_find(&engine_options(engine)->runtime, selector, &provider->container, err);
    if (r == 0)
        r = inside_open(provider->container, &provider->inside, err);
    if (r == 0)
        r = target_resolve(&provider->inside, path, request->timeout_ms, &provider->found, err);
    if (r == 0 && provider->found.missing)
        r = missing(provider, path, err);
    if (r == 0)
        *ret_selector = TAKE_POINTER(selector);
    return r;
}

// The filesystem as the provider's own table has it: the host's knows nothing of it.
static int take_row(struct source *source, const struct provider *provider, struct error *err)
{
    const struct mount_entry *on = provider->found.on;
    const char *path = provider->found.path;
    _cleanup_free_ char *options =
        text_format("%s%s", mount_entry_read_only(on) ? "ro," : "", on->options);
    const char *rest;

    if (!path_is_below(path, on->target))
        return error_set(err, ERROR_FAILED, ESTALE, "%s is on no mount of %s", path,
                         provider->container->name);
    rest = path + (strcmp(on->target, "/") ? strlen(on->target) : 0);
    source->sub_path = strdup(strcmp(rest, "/") ? rest : "");
    if (!source->sub_path || !options)
        return ERROR_OOM(err);
    return source_set_made(source, on->device, on->root, on->type, on->source, options, err);
}

int source_resolve_container(struct engine *engine, const struct attach_request *request,
                             struct source *source, struct error *err)
{
    struct provider *provider = calloc(1, sizeof *provider);
    _cleanup_free_ char *selector = NULL;
    int r;

    if (!provider)
        return ERROR_OOM(err);
    provider->inside = (struct inside)INSIDE_INIT;
    provider->found = (struct target)TARGET_INIT;
    source->state = provider;
    source->maker = &maker_container;
    r = find(engine, request, provider, &selector, err);
    if (r < 0)
        return r;
    source->provider = provider->container;
    source->provider_start = provider->inside.init.start_time;
    source->name = name_of(provider->container, selector, provider->found.path);
    source->inside = strdup(provider->found.path);
    source->type = provider->found.st.st_mode & S_IFMT;
    source->mode = provider->found.st.st_mode & 07777;
    source->uid = provider->found.st.st_uid;
    source->gid = provider->found.st.st_gid;
    source->mount_id = provider->found.ids.old;
    if (!source->name || !source->inside)
        return ERROR_OOM(err);
    r = take_row(source, provider, err);
    return r < 0 ? r : source_collect_below(source, provider->inside.table, source->inside, err);
}

static int plan(struct attach_job *job, struct error *err)
{
    const struct provider *provider = job->source->state;
    bool recursive = job->request->flags & ATTACH_RECURSIVE;
    const char *name = provider->container->name, *path = job->source->inside;
    int r = result_add_step(job->result, ACTION_ENTER_SOURCE, 0, err,
                            text_format("enter the mount namespace of %s", name),
                            text_format("setns(<mount namespace of %s>, CLONE_NEWNS)", name));

    return r < 0 ? r
                 : result_add_step(job->result, ACTION_CLONE, 0, err,
                                   text_format("clone %s of %s%s", path, name,
                                               recursive ? " and the mounts below it" : ""),
                                   text_format("open_tree(<%s>, \"\", "
                                               "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH%s)",
                                               path, recursive ? "|AT_RECURSIVE" : ""));
}

static int refused(const struct attach_job *job, struct error *err)
{
    bool recursive = job->request->flags & ATTACH_RECURSIVE;
    int r = error_set(err, ERROR_UNSAFE, EINVAL, "the kernel does not let %s be cloned",
                      job->source->name);

    if (!recursive && job->source->n_below)
        error_hint(err, "the mounts below it are locked onto it, since the container has a user "
                        "namespace: --recursive takes them along");
    else
        error_hint(err, "it is unbindable, or was moved meanwhile");
    return r;
}

static int perform(struct attach_job *job, const struct plan_step *step, struct error *err)
{
    const struct provider *provider = job->source->state;
    struct mover_answer answer;
    struct mover *mover;
    int r = inside_check_alive(&provider->inside, err);

    if (r < 0)
        return r;
    if (step->action == ACTION_ENTER_SOURCE) // the mover goes there and comes back for the clone
        return 0;
    r = engine_mover(job->engine, &mover, err);
    if (r == 0)
        r = mover_clone(mover, provider->inside.ns, provider->found.fd,
                        job->request->flags & ATTACH_RECURSIVE, job->timeout_ms, &answer, err);
    if (r < 0)
        return r;
    if (answer.enter_errno)
        return error_errno(err, answer.enter_errno, "cannot enter the mount namespace of %s",
                           provider->container->name);
    if (answer.act_errno == EINVAL)
        return refused(job, err);
    return answer.act_errno
               ? attach_needs_kernel(err, -answer.act_errno, "open_tree", "5.2", job->source->name)
               : attach_set_tree(job, answer.fd, err);
}

const struct tree_maker maker_container = {
    .method = "tree", .plan = plan, .perform = perform, .done = done};
