// Locks a prepared tree, so that root inside, who may change every mount of its mount namespace,
// can neither lift read-only, nosuid, nodev and noexec from it nor take away what is mounted below
// it.
#include "core/engine/attach_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/engine/maker.h"
#include "core/engine/tree_lock.h"

static bool may_be_admin(const struct attach_job *job)
{
    return job->inside.own_userns || job->inside.status.cap_bounding & UINT64_C(1) << 21;
}

// What goes in by steps of its own (the recipe) is no tree at this point. A copy would be a slave
// of what it is to be shared with.
static bool can_lock(const struct attach_job *job)
{
    return job->inside.own_userns ||
           (!job->source->maker->inside && job->request->propagation != PROPAGATION_SHARED);
}

bool attach_is_liftable(const struct attach_job *job)
{
    return !job->inside.is_host && may_be_admin(job) && !can_lock(job);
}

int attach_plan_lock(struct attach_job *job, struct error *err)
{
    bool own = job->inside.own_userns;
    _cleanup_free_ char *userns = NULL;

    if (job->inside.is_host || !may_be_admin(job) || !can_lock(job))
        return 0;
    userns = own ? text_format("<user namespace of %s>", job->container->name)
                 : strdup("<new user namespace>");
    if (!userns)
        return ERROR_OOM(err);
    return result_add_step(
        job->result, ACTION_LOCK, 0, err,
        text_format("lock it, so that root inside cannot lift what was set"),
        text_format("unshare(CLONE_NEWNS); move_mount(<clone>, …); setns(%s, CLONE_NEWUSER); "
                    "unshare(CLONE_NEWNS); open_tree(<clone>, "
                    "OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_RECURSIVE)",
                    userns));
}

int attach_warn_liftable(struct attach_job *job, struct error *err)
{
    return result_add_warning(
        job->result, err,
        "root inside has CAP_SYS_ADMIN and could lift %snosuid, nodev and noexec%s",
        job->request->flags & ATTACH_READ_ONLY ? "read-only, " : "",
        job->request->flags & ATTACH_RECURSIVE ? ", and uncover what lies under submounts" : "");
}

int attach_lock(struct attach_job *job, struct error *err)
{
    bool own = job->inside.own_userns;
    _cleanup_close_ int userns =
        own ? process_ns_open(&job->inside.init, PROCESS_NS_USER, err) : -1;
    const struct tree_locking locking = {
        .tree = job->tree,
        .userns = userns,
        .is_directory = source_goes_onto_directory(job->source),
        .attr_set = job->attr_set,
        .name = job->source->name,
        .timeout_ms = job->timeout_ms,
    };
    int tree, r;

    if (own && userns < 0)
        return userns;
    r = tree_lock(&locking, &tree, err);
    if (r == 0)
        return attach_set_tree(job, tree, err);
    return r == 1 ? attach_warn_liftable(job, err) : r;
}
