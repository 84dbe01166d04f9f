#include "core/runtime/docker_merge.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/user.h"

static int by_id(const void *a, const void *b)
{
    return strcmp((*(struct container *const *)a)->id, (*(struct container *const *)b)->id);
}

// Nested ones are no daemon's of this host, whatever ids they claim.
static struct container **sorted_by_id(struct container_list *list, uid_t owner, size_t *ret_n)
{
    struct container **sorted = calloc(list->n_items + 1, sizeof *sorted);

    *ret_n = 0;
    for (size_t i = 0; sorted && i < list->n_items; i++)
        if (!list->items[i].outer && list->items[i].owner == owner)
            sorted[(*ret_n)++] = &list->items[i];
    if (sorted)
        qsort(sorted, *ret_n, sizeof *sorted, by_id);
    return sorted;
}

static void take(char **where, char **from)
{
    if (*from) {
        free(*where);
        *where = TAKE_POINTER(*from);
    }
}

static void adopt(struct container *container, struct container *said)
{
    // A cgroup in podman's way says more than who serves Docker's API.
    if (strcmp(container->runtime, "podman") != 0)
        take(&container->runtime, &said->runtime);
    if (said->name_source == NAME_FROM_DAEMON) {
        take(&container->name, &said->name);
        container->name_source = NAME_FROM_DAEMON;
    }
    take(&container->image, &said->image);
    take(&container->pod, &said->pod);
    container->sandbox = said->sandbox;
    json_decref(container->labels);
    container->labels = TAKE_POINTER(said->labels);
    // It has a process, whatever the daemon may think.
    container->state = said->state == CONTAINER_STOPPED ? CONTAINER_RUNNING : said->state;
    said->pid = container->pid;
}

// What has no process here is its owner's too.
static int set_owner(struct container *said, uid_t owner)
{
    char user[USER_NAME_SIZE];

    said->owner = owner;
    if (owner == 0 || said->user)
        return 0;
    user_name(owner, user, sizeof user);
    said->user = strdup(user);
    return said->user ? 0 : -ENOMEM;
}

int docker_merge(struct container_list *list, struct container_list *said, uid_t owner,
                 struct docker_matches *ret)
{
    size_t n;
    _cleanup_free_ struct container **sorted = sorted_by_id(list, owner, &n);

    *ret = (struct docker_matches){.here = 0};
    if (!sorted)
        return -ENOMEM;
    for (size_t i = 0; i < said->n_items; i++) {
        struct container *entry = &said->items[i];
        struct container **found = bsearch(&entry, sorted, n, sizeof *sorted, by_id);

        if (set_owner(entry, owner) < 0)
            return -ENOMEM;
        if (found) {
            adopt(*found, entry);
            ret->here++;
        } else if (entry->state == CONTAINER_RUNNING || entry->state == CONTAINER_PAUSED) {
            ret->missing++;
        }
    }
    return 0;
}

int docker_merge_rest(struct container_list *list, struct container_list *said, bool all)
{
    for (size_t i = 0; i < said->n_items; i++) {
        struct container *entry = &said->items[i], *container;

        if (entry->pid != 0 || (!all && entry->state != CONTAINER_RESTARTING))
            continue;
        container = container_list_add(list);
        if (!container)
            return -ENOMEM;
        *container = *entry;
        *entry = (struct container){.pid = 0};
    }
    return 0;
}
