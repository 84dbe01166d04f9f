#include "core/runtime/proc_containers.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/base/user.h"
#include "core/runtime/proc_init.h"
#include "core/runtime/proc_owner.h"
#include "core/runtime/proc_related.h"
#include "core/runtime/proc_unique.h"

#define SHORT_ID 12 // digits of an id that stand for a name, as docker ps shows them

// One mount namespace that is a container's.
struct member {
    const struct proc_group *group;
    enum cgroup_kind kind;
    uint64_t pid_ns;
    char *runtime, *id, *pod, *path, *outer;
    bool contested;
    uid_t owner; // as in struct container
    struct proc_init init;
};

struct members {
    struct member *items;
    size_t n_items;
};

static void members_done(struct members *members)
{
    for (size_t i = 0; i < members->n_items; i++) {
        free(members->items[i].runtime);
        free(members->items[i].id);
        free(members->items[i].pod);
        free(members->items[i].path);
        free(members->items[i].outer);
    }
    free(members->items);
}
#define _cleanup_members_ CLEANUP(members_done)

static int member_add(struct members *members, const struct proc_group *group,
                      const struct cgroup_identity *identity, uint64_t pid_ns)
{
    struct member *member = &members->items[members->n_items++];
    // Without a path in anybody's way its pid namespace is what holds a container together.
    bool named = identity->kind != CGROUP_HOST && identity->runtime[0];

    *member = (struct member){.group = group, .kind = identity->kind, .pid_ns = pid_ns};
    if (!named && member->kind == CGROUP_GENERAL)
        member->kind = CGROUP_HOST;
    member->runtime = strdup(identity->runtime[0] ? identity->runtime : PROC_NAMELESS);
    member->id = strdup(identity->id);
    member->path = strdup(identity->path);
    member->contested = identity->contested;
    if (identity->pod_uid[0])
        member->pod = strdup(identity->pod_uid);
    if (identity->outer[0])
        member->outer = strdup(identity->outer);
    return member->runtime && member->id && member->path &&
                   (member->pod || !identity->pod_uid[0]) && (member->outer || !identity->outer[0])
               ? 0
               : -ENOMEM;
}

// '/' before any other byte, so that what is below a path follows it at once.
static int compare_paths(const char *a, const char *b)
{
    for (; *a && *a == *b; a++)
        b++;
    if (*a == *b)
        return 0;
    if (*a == '\0' || *b == '\0')
        return *a == '\0' ? -1 : 1;
    if (*a == '/' || *b == '/')
        return *a == '/' ? -1 : 1;
    return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
}

// What holds an engine's container together: an id that the engine made up is one container
// wherever it stands, or somebody could claim it by a path of another form. What is nested is held
// together by the path, since whoever is in the outer one may use any id.
static const char *key_of(const struct member *member)
{
    bool by_id = member->kind == CGROUP_CONTAINER && !member->outer && cgroup_id_is_hex(member->id);

    return by_id ? member->id : member->path;
}

static int by_container(const void *a, const void *b)
{
    const struct member *x = a, *y = b;

    if (x->kind != y->kind)
        return x->kind < y->kind ? -1 : 1;
    if (x->kind == CGROUP_HOST)
        return (x->pid_ns > y->pid_ns) - (x->pid_ns < y->pid_ns);
    return compare_paths(key_of(x), key_of(y));
}

static bool same_container(const struct member *first, const struct member *next)
{
    if (first->kind != next->kind)
        return false;
    switch (first->kind) {
    case CGROUP_HOST:
        return first->pid_ns == next->pid_ns;
    case CGROUP_GENERAL:
        return cgroup_path_is_below(next->path, first->path);
    case CGROUP_CONTAINER:
        return strcmp(key_of(first), key_of(next)) == 0;
    }
    return false;
}

// An id that is a name is somebody's choice: it must not be that of a container of the host's.
static char *id_of(const struct member *member, const char *id)
{
    if (cgroup_id_is_hex(member->id))
        return strdup(id);
    if (member->outer)
        return text_format("%s/%s/%s", member->runtime, member->outer, id);
    if (member->owner != 0)
        return text_format("%s/%u/%s", member->runtime, (unsigned)member->owner, id);
    return strdup(id);
}

// Names and ids of last resort: what nobody named is called by its init's command.
static int set_names(struct container *container, const struct member *member,
                     const struct proc_init *init)
{
    char user[USER_NAME_SIZE];

    container->name_source = NAME_FROM_CGROUP;
    container->id = id_of(member, member->id[0] ? member->id : init->comm);
    if (cgroup_id_is_hex(member->id))
        container->name = strndup(member->id, SHORT_ID);
    else
        container->name = strdup(member->kind != CGROUP_HOST ? member->id : init->comm);
    container->owner = member->owner;
    if (member->owner != 0) {
        user_name(member->owner, user, sizeof user);
        container->user = strdup(user);
    }
    return container->id && container->name && (container->user || member->owner == 0) ? 0
                                                                                       : -ENOMEM;
}

// Puts the mount namespaces that come out of the init's to it; one that does not is a rival.
static int set_members(struct container *container, const struct proc_scan *scan,
                       const struct member *members, size_t n, const struct proc_init *init)
{
    struct proc_init rival = {.pid = 0};

    container->nested = n > 1 ? calloc(n - 1, sizeof *container->nested) : NULL;
    if (n > 1 && !container->nested)
        return -ENOMEM;
    for (size_t i = 0; i < n; i++) {
        const struct member *member = &members[i];
        bool is_init = member->init.pid == init->pid;

        container->contested |= member->contested;
        // Those without a cgroup that says more are together by their pid namespace.
        if (!is_init && member->kind != CGROUP_HOST && member->init.pid != 0 &&
            !proc_init_is_related(scan, init, &member->init)) {
            container->contested = true;
            if (proc_init_before(&member->init, &rival))
                rival = member->init;
            continue;
        }
        container->n_processes += (unsigned)member->group->n_entries;
        if (!is_init)
            container->nested[container->n_nested++] = member->group->mnt_ns;
    }
    container->rival = rival.pid;
    return 0;
}

// The one of them whose claim is worth most: root's before a user's.
static const struct member *strongest(const struct member *members, size_t n)
{
    const struct member *best = &members[0];

    for (size_t i = 1; i < n; i++) {
        const struct member *member = &members[i];

        if (member->init.pid == 0 || (best->init.pid != 0 && best->owner != member->owner &&
                                      (best->owner == 0 || member->owner != 0)))
            continue;
        if (best->init.pid == 0 || best->owner != member->owner ||
            proc_init_before(&member->init, &best->init))
            best = member;
    }
    return best;
}

// Moves what another user claims to be the same container, and does not come out of it, behind the
// others. How many of these there are.
static size_t part_owners(const struct proc_scan *scan, struct member *members, size_t n,
                          const struct proc_init *init, uid_t owner)
{
    size_t own = 0;

    for (size_t i = 0; i < n; i++) {
        struct member member = members[i];

        if (member.owner != owner && member.init.pid != 0 &&
            !proc_init_is_related(scan, init, &member.init))
            continue;
        members[i] = members[own];
        members[own++] = member;
    }
    return own;
}

// One container of the members[0 … n - 1], or of some of them, which then are the first *ret_n.
// 1 when it has ended meanwhile.
static int add_container(struct container_list *list, const struct proc_scan *scan,
                         struct member *members, size_t n, const struct proc_host *host,
                         size_t *ret_n)
{
    struct member *first = &members[0];
    const struct member *best;
    struct container *container;
    struct proc_init init;

    for (size_t i = 0; n > 1 && i < n; i++)
        proc_init_complete(scan, &members[i].init);
    best = strongest(members, n);
    init = best->init;
    *ret_n = n;
    if (init.pid == 0)
        return 1;
    *ret_n = n = part_owners(scan, members, n, &init, best->owner);
    // An id may stand in paths of several forms: the init's is the one to go by.
    for (size_t i = 0; first->kind == CGROUP_CONTAINER && i < n; i++)
        if (members[i].init.pid == init.pid)
            first = &members[i];
    container = container_list_add(list);
    if (!container || set_names(container, first, &init) < 0)
        return -ENOMEM;
    container->runtime = TAKE_POINTER(first->runtime);
    container->pod = TAKE_POINTER(first->pod);
    container->outer = TAKE_POINTER(first->outer);
    container->pid = init.pid;
    container->start_time = init.start_time;
    container->started = process_started_at(init.start_time);
    container->mnt_ns = init.mnt_ns;
    container->userns = init.userns != host->userns ? init.userns : 0;
    return set_members(container, scan, members, n, &init);
}

static int collect_one(const struct proc_scan *scan, const struct proc_host *host,
                       const struct proc_group *group, unsigned flags, struct members *members)
{
    struct proc_belonging belonging;
    struct proc_init_search search = {.group = group, .host_cgroup = host->cgroup};
    struct member *member;
    int r = 0;

    proc_group_identify(scan, group, host, &belonging);
    if (!belonging.contained) {
        belonging.identity.kind = CGROUP_HOST;
        belonging.identity.runtime[0] = '\0';
    }
    if (belonging.contained || flags & PROC_CONTAINERS_ANY) {
        r = member_add(members, group, &belonging.identity, belonging.pid_ns);
        member = &members->items[members->n_items - 1];
        search.cgroup = member->kind != CGROUP_HOST ? member->path : NULL;
        search.own_pid_ns = belonging.contained && belonging.identity.kind != CGROUP_CONTAINER;
        search.known = belonging.pid;
        search.known_proc = belonging.proc;
        if (r == 0) {
            proc_init_find(scan, &search, &member->init);
            member->owner = proc_owner(scan, &member->init, host, &belonging.identity);
        }
    }
    if (belonging.proc >= 0)
        (void)close(belonging.proc);
    return r;
}

static int collect(const struct proc_scan *scan, const struct proc_host *host, unsigned flags,
                   struct members *members)
{
    members->items = calloc(scan->n_groups + 1, sizeof *members->items);
    if (!members->items)
        return -ENOMEM;
    for (size_t i = 0; i < scan->n_groups; i++)
        if (collect_one(scan, host, &scan->groups[i], flags, members) < 0)
            return -ENOMEM;
    return 0;
}

// Whether `inner` comes out of `outer`, and its cgroup is below that one's: has its name from
// there.
static bool is_nested(const struct proc_scan *scan, const struct member *outer,
                      const struct member *inner)
{
    struct proc_init first = outer->init, second = inner->init;

    if (!outer->path[0] || !cgroup_path_is_below(inner->path, outer->path))
        return false;
    proc_init_complete(scan, &first);
    proc_init_complete(scan, &second);
    return first.pid && second.pid && proc_init_is_related(scan, &first, &second);
}

// What is nested in a container of which the path alone does not tell that it is one.
static int find_outer(const struct proc_scan *scan, struct members *members)
{
    for (size_t i = 0; i < members->n_items; i++) {
        const struct member *outer = &members->items[i];

        for (size_t k = 0; outer->kind != CGROUP_CONTAINER && k < members->n_items; k++) {
            struct member *inner = &members->items[k];

            if (inner->kind != CGROUP_CONTAINER || inner->outer || !is_nested(scan, outer, inner))
                continue;
            inner->outer = strdup(outer->id[0] ? outer->id : outer->init.comm);
            if (!inner->outer)
                return -ENOMEM;
        }
    }
    return 0;
}

static int add_all(struct container_list *list, const struct proc_scan *scan,
                   struct members *members, const struct proc_host *host)
{
    _cleanup_free_ struct proc_origin *origins = calloc(members->n_items + 1, sizeof *origins);
    size_t n = 0;

    if (!origins)
        return -ENOMEM;
    qsort(members->items, members->n_items, sizeof *members->items, by_container);
    for (size_t i = 0, end, some; i < members->n_items; i += some) {
        struct member *first = &members->items[i];
        int r;

        for (end = i + 1; end < members->n_items && same_container(first, &members->items[end]);)
            end++;
        r = add_container(list, scan, first, end - i, host, &some);
        if (r < 0)
            return r;
        if (r == 0)
            origins[n++] = (struct proc_origin){.item = list->n_items - 1, .path = first->path};
    }
    for (size_t i = 0; i < n; i++)
        origins[i].container = &list->items[origins[i].item];
    return proc_make_unique(origins, n);
}

int proc_containers_add(const struct proc_scan *scan, const struct proc_host *host, unsigned flags,
                        struct container_list *list, struct error *err)
{
    _cleanup_members_ struct members members = {.items = NULL};

    if (collect(scan, host, flags, &members) < 0 || find_outer(scan, &members) < 0 ||
        add_all(list, scan, &members, host) < 0)
        return ERROR_OOM(err);
    return 0;
}
