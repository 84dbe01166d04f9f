// Who uses a volume: found in the containers' mount tables.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/engine/source.h"
#include "core/engine/volume_find.h"

static int add_user(char ***users, size_t *n, const char *name)
{
    char **more;

    for (size_t i = 0; i < *n; i++)
        if (strcmp((*users)[i], name) == 0)
            return 0;
    more = realloc(*users, (*n + 2) * sizeof *more);
    if (!more)
        return -ENOMEM;
    *users = more;
    more[*n] = strdup(name);
    if (!more[*n])
        return -ENOMEM;
    more[++*n] = NULL;
    return 0;
}

static bool has_mount_of(const struct container *container, const struct source *directory)
{
    _cleanup_process_ struct process process = PROCESS_INIT;
    _cleanup_mount_table_ struct mount_table *table = NULL;
    struct error ignored;

    if (container->pid == 0 || process_open(container->pid, &process, &ignored) < 0 ||
        process.start_time != container->start_time ||
        mount_table_read(process.proc, &table, &ignored) < 0)
        return false;
    for (size_t i = 0; i < table->n_entries; i++)
        if (table->entries[i].device == directory->mount->device &&
            path_is_below(table->entries[i].root, directory->root_inside))
            return true;
    return false;
}

int volume_users(struct engine *engine, const struct snapshot *snapshot, const char *path,
                 char ***ret, struct error *err)
{
    _cleanup_source_ struct source directory = SOURCE_INIT;
    struct attach_request request = {.source = path};
    char **users = calloc(1, sizeof *users);
    size_t n = 0;
    int r = users ? source_resolve(engine, &request, &directory, err) : ERROR_OOM(err);

    for (size_t i = 0; r == 0 && i < snapshot->n_containers; i++)
        if (has_mount_of(&snapshot->containers[i], &directory) &&
            add_user(&users, &n, snapshot->containers[i].name) < 0)
            r = ERROR_OOM(err);
    if (r < 0) {
        for (size_t i = 0; i < n; i++)
            free(users[i]);
        free(users);
        return r;
    }
    *ret = users;
    return 0;
}
