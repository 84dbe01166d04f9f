#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/vfs.h>

#include "core/host/mounttable.h"
#include "core/runtime/watch_internal.h"

// Of version 1, the best first: who makes groups at all makes them in these.
static const char *const named[] = {"name=systemd"};
static const char *const controllers[] = {"memory", "pids", "cpu", "devices", "freezer", "cpuset"};

// Whether it is still what a look-up of its mount point finds.
static bool is_on_top(const struct mount_entry *entry, long magic)
{
    struct statfs fs;

    return statfs(entry->target, &fs) == 0 && fs.f_type == magic;
}

static const struct mount_entry *find(const struct mount_table *table, const char *option)
{
    for (size_t i = 0; i < table->n_entries; i++) {
        const struct mount_entry *entry = &table->entries[i];
        const char *word = entry->fs_options;

        if (!option && strcmp(entry->type, "cgroup2") == 0 && is_on_top(entry, CGROUP2_SUPER_MAGIC))
            return entry;
        if (!option || strcmp(entry->type, "cgroup") != 0)
            continue;
        for (; (word = strstr(word, option)) != NULL; word++) {
            const char *end = word + strlen(option);

            if ((word == entry->fs_options || word[-1] == ',') && (*end == ',' || !*end) &&
                is_on_top(entry, CGROUP_SUPER_MAGIC))
                return entry;
        }
    }
    return NULL;
}

static const struct mount_entry *first(const struct mount_table *table, const char *const *options,
                                       size_t n)
{
    const struct mount_entry *entry = NULL;

    for (size_t i = 0; i < n && !entry; i++)
        entry = find(table, options[i]);
    return entry;
}

int hierarchies_find(struct hierarchy ret[HIERARCHIES_MAX], struct error *err)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    const struct mount_entry *found[HIERARCHIES_MAX] = {NULL};
    int r = mount_table_read(AT_FDCWD, &table, err), n = 0;
    bool version2;

    memset(ret, 0, HIERARCHIES_MAX * sizeof *ret);
    if (r < 0)
        return r;
    found[0] = find(table, NULL);
    version2 = found[0] != NULL;
    if (!version2)
        found[0] = first(table, named, ARRAY_SIZE(named));
    found[1] = first(table, controllers, ARRAY_SIZE(controllers));
    for (size_t i = 0; i < HIERARCHIES_MAX; i++) {
        if (!found[i])
            continue;
        ret[n].version2 = version2 && i == 0;
        ret[n].path = strdup(found[i]->target);
        if (!ret[n++].path) {
            hierarchies_done(ret);
            return ERROR_OOM(err);
        }
    }
    return n;
}

void hierarchies_done(struct hierarchy hierarchies[HIERARCHIES_MAX])
{
    for (size_t i = 0; i < HIERARCHIES_MAX; i++)
        free(hierarchies[i].path);
}
