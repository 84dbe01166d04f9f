#include "core/engine/mounts_explain.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

// Of a group: it may have thousands of members, and so have every one of them.
#define LOOKED_AT_MOST 256

// Within a group as in the table.
static int by_group(const void *a, const void *b)
{
    const struct mount_entry *x = *(const struct mount_entry *const *)a;
    const struct mount_entry *y = *(const struct mount_entry *const *)b;
    int order = (x->peer_group > y->peer_group) - (x->peer_group < y->peer_group);

    return order ? order : (x > y) - (x < y);
}

int mount_groups_make(const struct mount_table *table, struct mount_groups *ret, struct error *err)
{
    *ret = (struct mount_groups){.members = calloc(table->n_entries + 1, sizeof *ret->members)};
    if (!ret->members)
        return ERROR_OOM(err);
    for (size_t i = 0; i < table->n_entries; i++)
        if (table->entries[i].peer_group)
            ret->members[ret->n++] = &table->entries[i];
    qsort(ret->members, ret->n, sizeof *ret->members, by_group);
    return 0;
}

void mount_groups_done(struct mount_groups *groups)
{
    free(groups->members);
    *groups = (struct mount_groups){.members = NULL};
}

// Of a group's members that one whose part of the filesystem contains this mount's, else any.
static const struct mount_entry *member(const struct mount_groups *groups, uint64_t group,
                                        const struct mount_entry *entry)
{
    const struct mount_entry *any = NULL;
    size_t first = group ? mount_entries_first(groups->members, groups->n,
                                               offsetof(struct mount_entry, peer_group), group)
                         : groups->n;

    for (size_t i = first;
         i < groups->n && i - first < LOOKED_AT_MOST && groups->members[i]->peer_group == group;
         i++) {
        const struct mount_entry *other = groups->members[i];

        if (other->id == entry->id)
            continue;
        if (other->device == entry->device && path_is_below(entry->root, other->root))
            return other;
        if (!any)
            any = other;
    }
    return any;
}

static char *clean_path(const char *path)
{
    return text_clean_dup(path, strlen(path));
}

// "the host's /mnt", "this container's /data"; NULL with *failed when out of memory.
static char *name_member(const struct mount_groups *own, const struct mount_groups *host,
                         uint64_t group, const struct mount_entry *entry, bool *failed)
{
    const struct mount_entry *there = member(host, group, entry);
    const struct mount_entry *here = there ? NULL : member(own, group, entry);
    const struct mount_entry *found = there ? there : here;
    _cleanup_free_ char *path = found ? clean_path(found->target) : NULL;
    char *name =
        path ? text_format("%s %s", there ? "the host's" : "this container's", path) : NULL;

    *failed |= found && !name;
    return name;
}

static char *explain_slave(const struct mount_entry *entry, const char *master)
{
    char from[64] = "";

    if (entry->propagate_from)
        (void)snprintf(from, sizeof from, " (through group %llu)",
                       (unsigned long long)entry->propagate_from);
    if (master)
        return text_format("slave of peer group %llu%s: what is mounted below %s shows here, "
                           "nothing from here shows there",
                           (unsigned long long)entry->master, from, master);
    return text_format("slave of peer group %llu%s, which neither the host nor this container has "
                       "a mount of: it receives from another namespace and gives nothing back",
                       (unsigned long long)entry->master, from);
}

static char *explain_shared(const struct mount_entry *entry, const char *peer)
{
    if (peer)
        return text_format("shared in peer group %llu with %s: what is mounted or unmounted below "
                           "one of them is so below the other too",
                           (unsigned long long)entry->peer_group, peer);
    return text_format(
        "shared in peer group %llu, which has no other member on the host or in this "
        "container",
        (unsigned long long)entry->peer_group);
}

static char *explain(const struct mount_entry *entry, const char *master, const char *peer)
{
    _cleanup_free_ char *slave = NULL, *shared = NULL;

    if (entry->unbindable)
        return text_format("unbindable: private, and it cannot be cloned or bound elsewhere");
    if (!entry->master && !entry->peer_group)
        return text_format("private: what is mounted below it here stays here, and nothing mounted "
                           "elsewhere shows here");
    slave = entry->master ? explain_slave(entry, master) : NULL;
    shared = entry->peer_group ? explain_shared(entry, peer) : NULL;
    if ((entry->master && !slave) || (entry->peer_group && !shared))
        return NULL;
    if (!slave || !shared)
        return slave ? TAKE_POINTER(slave) : TAKE_POINTER(shared);
    return text_format("%s; and %s", slave, shared);
}

// "host /mnt (peer group 12)"; NULL for no mount, *failed when out of memory.
static char *name_on_host(const struct mount_entry *there, uint64_t group, bool *failed)
{
    _cleanup_free_ char *path = there ? clean_path(there->target) : NULL;
    char *text =
        path ? text_format("host %s (peer group %llu)", path, (unsigned long long)group) : NULL;

    *failed |= there && !text;
    return text;
}

int mounts_explain(const struct mount_entry *entry, const struct mount_groups *own,
                   const struct mount_groups *host, char **ret_receives_from, char **ret_gives_to,
                   char **ret_why, struct error *err)
{
    _cleanup_free_ char *master = NULL, *peer = NULL, *receives = NULL, *gives = NULL;
    bool failed = false;

    master = name_member(own, host, entry->master, entry, &failed);
    peer = name_member(own, host, entry->peer_group, entry, &failed);
    receives = name_on_host(member(host, entry->master, entry), entry->master, &failed);
    gives = name_on_host(member(host, entry->peer_group, entry), entry->peer_group, &failed);
    *ret_why = failed ? NULL : explain(entry, master, peer);
    if (!*ret_why)
        return ERROR_OOM(err);
    *ret_receives_from = TAKE_POINTER(receives);
    *ret_gives_to = TAKE_POINTER(gives);
    return 0;
}
