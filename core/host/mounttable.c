#include "core/host/mounttable.h"

#include <string.h>

size_t mount_entries_first(const struct mount_entry *const *sorted, size_t n, size_t key,
                           uint64_t value)
{
    size_t low = 0, high = n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const char *entry = (const char *)sorted[middle];

        if (*(const uint64_t *)(const void *)(entry + key) < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

const struct mount_entry *mount_table_by_id(const struct mount_table *table, uint64_t id)
{
    size_t i =
        mount_entries_first(table->by_id, table->n_entries, offsetof(struct mount_entry, id), id);

    return i < table->n_entries && table->by_id[i]->id == id ? table->by_id[i] : NULL;
}

// Index in by_parent of the first child of `parent`; n_entries or another's child when it has none.
static size_t first_child(const struct mount_table *table, uint64_t parent)
{
    return mount_entries_first(table->by_parent, table->n_entries,
                               offsetof(struct mount_entry, parent_id), parent);
}

bool path_is_below(const char *path, const char *directory)
{
    size_t length = strlen(directory);

    if (length == 1 && directory[0] == '/')
        return path[0] == '/';
    return strncmp(path, directory, length) == 0 && (path[length] == '/' || path[length] == '\0');
}

// Of two mounts that a walk along `path` may enter next, the one it comes to first; of two at one
// place the later. `entry` itself may be none that lies on the way.
static const struct mount_entry *nearer(const struct mount_entry *best,
                                        const struct mount_entry *entry, const char *path)
{
    if (!path_is_below(path, entry->target))
        return best;
    return !best || strlen(entry->target) <= strlen(best->target) ? entry : best;
}

// Where the walk starts: a mount whose parent is not in the table, as that of the namespace's root,
// or of the topmost mounts below a chroot.
static const struct mount_entry *start(const struct mount_table *table, const char *path)
{
    const struct mount_entry *best = NULL;

    for (size_t i = 0; i < table->n_entries; i++) {
        const struct mount_entry *entry = &table->entries[i];

        if (path_is_below(path, entry->target) &&
            (entry->parent_id == entry->id || !mount_table_by_id(table, entry->parent_id)))
            best = nearer(best, entry, path);
    }
    return best;
}

static const struct mount_entry *next(const struct mount_table *table,
                                      const struct mount_entry *from, const char *path)
{
    const struct mount_entry *best = NULL;

    for (size_t i = first_child(table, from->id);
         i < table->n_entries && table->by_parent[i]->parent_id == from->id; i++)
        if (table->by_parent[i] != from)
            best = nearer(best, table->by_parent[i], path);
    return best;
}

// Follows the path from mount to mount. Each has one parent and the first has none in the table, so
// no mount is entered twice.
static const struct mount_entry *follow(const struct mount_table *table, const char *path,
                                        unsigned *ret_depth)
{
    const struct mount_entry *at = NULL;

    *ret_depth = 0;
    for (const struct mount_entry *step = start(table, path); step; step = next(table, at, path)) {
        *ret_depth = strcmp(step->target, path) == 0 ? *ret_depth + 1 : 0;
        at = step;
    }
    return at;
}

const struct mount_entry *mount_table_containing(const struct mount_table *table, const char *path)
{
    unsigned depth;

    return follow(table, path, &depth);
}

const struct mount_entry *mount_table_at(const struct mount_table *table, const char *path,
                                         unsigned *ret_depth)
{
    unsigned depth;
    const struct mount_entry *entry = follow(table, path, &depth);

    if (ret_depth)
        *ret_depth = depth;
    return depth > 0 ? entry : NULL;
}

static bool list_has(const char *list, const char *word)
{
    size_t length = strlen(word);

    for (const char *s = list; *s;) {
        size_t n = strcspn(s, ",");

        if (n == length && memcmp(s, word, n) == 0)
            return true;
        s += n + (s[n] == ',');
    }
    return false;
}

bool mount_entry_has_option(const struct mount_entry *entry, const char *option)
{
    return list_has(entry->options, option);
}

bool mount_entry_read_only(const struct mount_entry *entry)
{
    return list_has(entry->options, "ro") || list_has(entry->fs_options, "ro");
}

const char *mount_entry_propagation(const struct mount_entry *entry)
{
    if (entry->peer_group)
        return entry->master ? "shared,slave" : "shared";
    if (entry->master)
        return "slave";
    return entry->unbindable ? "unbindable" : "private";
}

uint64_t mount_entry_reaches(const struct mount_entry *entry, const struct mount_table *host)
{
    uint64_t group = entry->peer_group;

    if (group == 0)
        return 0;
    for (size_t i = 0; i < host->n_entries; i++) {
        const struct mount_entry *other = &host->entries[i];

        if (other->peer_group == group || other->master == group || other->propagate_from == group)
            return group;
    }
    return 0;
}

static bool in_list(const char *type, const char *const list[])
{
    for (size_t i = 0; list[i]; i++)
        if (strcmp(type, list[i]) == 0)
            return true;
    return false;
}

bool filesystem_may_hang(const char *type)
{
    static const char *const remote[] = {
        "9p",      "acfs", "afs",  "autofs", "beegfs", "ceph",     "cifs",   "coda",  "fuse",
        "fuseblk", "gfs2", "gpfs", "lustre", "ncpfs",  "nfs",      "nfs4",   "ocfs2", "orangefs",
        "pvfs2",   "shfs", "smb3", "smbfs",  "vboxsf", "virtiofs", "vmhgfs", NULL,
    };

    return strncmp(type, "fuse.", 5) == 0 || strncmp(type, "fuseblk.", 8) == 0 ||
           in_list(type, remote);
}

bool filesystem_is_kernel(const char *type)
{
    static const char *const kernel[] = {
        "apparmorfs", "bdev",    "binder",    "binfmt_misc", "bpf",     "cgroup",     "cgroup2",
        "configfs",   "cpuset",  "debugfs",   "devfs",       "devpts",  "devtmpfs",   "efivarfs",
        "functionfs", "fusectl", "hugetlbfs", "mqueue",      "nfsd",    "nsfs",       "openpromfs",
        "pidfs",      "pipefs",  "proc",      "pstore",      "resctrl", "rpc_pipefs", "securityfs",
        "selinuxfs",  "smackfs", "sockfs",    "spufs",       "sysfs",   "tracefs",    "usbfs",
        "xenfs",      NULL,
    };

    return in_list(type, kernel);
}

size_t mount_table_mark_below(const struct mount_table *table, uint64_t top, bool *marks)
{
    const struct mount_entry *entry = mount_table_by_id(table, top);
    _cleanup_free_ const struct mount_entry **found = calloc(table->n_entries + 1, sizeof *found);
    size_t n = 0;

    if (!entry || !found)
        return 0;
    found[n++] = entry;
    marks[entry - table->entries] = true;
    for (size_t i = 0; i < n; i++) {
        size_t child = first_child(table, found[i]->id);

        for (; child < table->n_entries && table->by_parent[child]->parent_id == found[i]->id;
             child++) {
            size_t index = (size_t)(table->by_parent[child] - table->entries);

            // Marked once only: a damaged table must not make a loop.
            if (marks[index])
                continue;
            marks[index] = true;
            found[n++] = table->by_parent[child];
        }
    }
    return n;
}
