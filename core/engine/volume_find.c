#include "core/engine/volume_find.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/engine/maker.h"
#include "core/engine/source.h"

char *volume_own_directory(const struct engine *engine)
{
    const char *state = engine->options.state_dir;

    return strcmp(state, JOURNAL_DEFAULT_DIR) == 0 ? strdup(VOLUME_DIRECTORY)
                                                   : text_format("%s/volumes", state);
}

int volume_own_open(const struct engine *engine, int *ret, struct error *err)
{
    _cleanup_free_ char *path = volume_own_directory(engine);
    _cleanup_close_ int fd = path ? open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
    struct stat st;

    if (!path)
        return ERROR_OOM(err);
    if (fd < 0 && errno == ENOENT)
        return 1;
    if (fd < 0 || fstat(fd, &st) < 0)
        return error_errno(err, errno, "cannot open %s", path);
    if (st.st_uid != geteuid() || st.st_mode & (S_IWGRP | S_IWOTH))
        return error_set(err, ERROR_UNSAFE, EPERM,
                         "%s is not of root alone: what lies there is not believed", path);
    *ret = TAKE_FD(fd);
    return 0;
}

int volume_check_name(const char *name, struct error *err)
{
    if (volume_name_valid(name))
        return 0;
    (void)error_set(err, ERROR_USAGE, EINVAL, "'%.80s' can be no volume's name", name);
    error_hint(err, "letters, digits, '_', '.' and '-', the first a letter or digit");
    return -EINVAL;
}

int volumes_own(const struct engine *engine, const char *name, struct volume_list *list,
                struct error *err)
{
    _cleanup_free_ char *directory = volume_own_directory(engine);
    struct dirent *entry;
    int fd = -1, r = directory ? volume_own_open(engine, &fd, err) : ERROR_OOM(err);
    DIR *stream;

    if (r != 0)
        return r < 0 ? r : 0;
    stream = fdopendir(fd);
    if (!stream) {
        (void)close(fd);
        return ERROR_OOM(err);
    }
    while (r == 0 && (entry = readdir(stream))) {
        _cleanup_free_ char *path = text_format("%s/%s", directory, entry->d_name);

        if (!volume_name_valid(entry->d_name) || (name && strcmp(name, entry->d_name) != 0))
            continue;
        if (!path || volume_list_add(list, &(struct volume){.runtime = "davit",
                                                            .name = entry->d_name,
                                                            .path = path,
                                                            .driver = (char[]){"local"}}) < 0)
            r = ERROR_OOM(err);
    }
    (void)closedir(stream);
    return r;
}

// ---- who uses it ----

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
