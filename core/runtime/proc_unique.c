#include "core/runtime/proc_unique.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/cgroup_path.h"

static int by_id_runtime_path(const void *a, const void *b)
{
    const struct proc_origin *x = a, *y = b;
    const struct container *first = x->container, *second = y->container;
    size_t x_length = strlen(x->path), y_length = strlen(y->path);
    int order = strcmp(first->id, second->id);

    if (order == 0 && cgroup_id_is_hex(first->id))
        order = (first->outer != NULL) - (second->outer != NULL);
    if (order == 0)
        order = (first->owner != 0) - (second->owner != 0);
    if (order == 0)
        order = strcmp(first->runtime, second->runtime);
    if (order == 0)
        order = (x_length > y_length) - (x_length < y_length);
    return order != 0 ? order : (first->pid > second->pid) - (first->pid < second->pid);
}

static bool same_id(const struct container *a, const struct container *b)
{
    return strcmp(a->id, b->id) == 0 &&
           (cgroup_id_is_hex(a->id) || strcmp(a->runtime, b->runtime) == 0);
}

// Ids that are not unique in their runtime get the pid at the end. An id that an engine made up is
// unique: a second one is forged from inside a container that may make cgroups
// (…/docker/ID1/docker/ID2), or by a user. It is not root's own, so the first stays as it is.
int proc_make_unique(struct proc_origin *origins, size_t n)
{
    qsort(origins, n, sizeof *origins, by_id_runtime_path);
    for (size_t i = 0, end; i < n; i = end) {
        for (end = i + 1; end < n && same_id(origins[i].container, origins[end].container);)
            end++;
        if (end == i + 1)
            continue;
        for (size_t k = end; k-- > (cgroup_id_is_hex(origins[i].container->id) ? i + 1 : i);) {
            struct container *container = origins[k].container;
            char *id = text_format("%s-%d", container->id, (int)container->pid);

            if (!id)
                return -ENOMEM;
            free(container->id);
            container->id = id;
        }
    }
    return 0;
}
