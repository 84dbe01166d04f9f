// Method tree: the host's mount is cloned. Any filesystem, and nothing is mounted anew.
#include "core/engine/maker.h"

#include <errno.h>
#include <fcntl.h>

#include "core/base/text.h"

static int plan(struct attach_job *job, struct error *err)
{
    bool recursive = job->request->flags & ATTACH_RECURSIVE;
    const char *path = job->source->path;

    return result_add_step(
        job->result, ACTION_CLONE, 0, err,
        text_format("clone %s%s", path, recursive ? " and the mounts below it" : ""),
        text_format("open_tree(<%s>, \"\", OPEN_TREE_CLONE|OPEN_TREE_CLOEXEC|AT_EMPTY_PATH%s)",
                    path, recursive ? "|AT_RECURSIVE" : ""));
}

static int perform(struct attach_job *job, const struct plan_step *step, struct error *err)
{
    unsigned recursive = job->request->flags & ATTACH_RECURSIVE ? AT_RECURSIVE : 0;
    int r = call_open_tree(job->source->fd, "",
                           OPEN_TREE_CLONE | O_CLOEXEC | AT_EMPTY_PATH | recursive);

    (void)step; // there is one
    if (r == -EINVAL) {
        error_set(err, ERROR_UNSAFE, EINVAL, "the kernel does not let %s be cloned",
                  job->source->path);
        error_hint(err, "it is unbindable, or mounted in another mount namespace");
        return r;
    }
    return r < 0 ? attach_needs_kernel(err, r, "open_tree", "5.2", job->source->path)
                 : attach_set_tree(job, r, err);
}

const struct tree_maker maker_tree = {.method = "tree", .plan = plan, .perform = perform};
