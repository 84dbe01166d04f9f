#include "core/engine/volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/journal.h"
#include "core/engine/volume_find.h"
#include "core/host/mounttable.h"

#define DEPTH_MAX 256 // of directories in a volume that is removed

// ---- ls ----

void volume_report_free(struct volume_report *report)
{
    for (size_t i = 0; report->uses && i < report->list.n_items; i++) {
        for (char **name = report->uses[i].used_by; name && *name; name++)
            free(*name);
        free(report->uses[i].used_by);
    }
    free(report->uses);
    volume_list_done(&report->list);
    free(report);
}

static int by_name(const void *a, const void *b)
{
    const struct volume *x = a, *y = b;
    int r = strcmp(x->runtime, y->runtime);

    return r ? r : strcmp(x->name, y->name);
}

int engine_volumes(struct engine *engine, struct volume_report **ret, struct error *err)
{
    CLEANUP(volume_report_freep) struct volume_report *report = calloc(1, sizeof *report);
    _cleanup_snapshot_ struct snapshot *snapshot = NULL;
    struct error ignored;
    int r = report ? volumes_own(engine, NULL, &report->list, err) : ERROR_OOM(err);

    if (r == 0)
        r = volumes_list(&engine->options.runtime, NULL, &report->list, &report->why, err);
    if (r == 0)
        r = snapshot_take(&engine->options.runtime, &snapshot, err);
    if (r < 0)
        return r;
    report->uses = calloc(report->list.n_items + 1, sizeof *report->uses);
    if (!report->uses)
        return ERROR_OOM(err);
    if (report->list.n_items > 0)
        qsort(report->list.items, report->list.n_items, sizeof *report->list.items, by_name);
    for (size_t i = 0; i < report->list.n_items; i++) {
        struct volume *volume = &report->list.items[i];

        report->uses[i].volume = volume;
        // One whose directory does not answer is in the list nevertheless.
        if (volume->path && *volume->path)
            (void)volume_users(engine, snapshot, volume->path, &report->uses[i].used_by, &ignored);
    }
    *ret = TAKE_POINTER(report);
    return 0;
}

static void audit(const char *what, const char *name, int r)
{
    _cleanup_free_ char *text = NULL;
    struct actor actor;

    actor_find(&actor);
    text = text_format("volume: %s %s volume %s: %s", actor.name, what, name,
                       r < 0 ? strerror(-r) : "ok");
    if (text)
        audit_log(text);
}

// ---- create ----

static int there_already(const char *name, struct error *err)
{
    int r = error_set(err, ERROR_BUSY, EEXIST, "there is a volume %s already", name);

    error_hint(err, "`davit volume ls` lists them");
    return r;
}

static int plan_create(struct engine *engine, const char *name, struct error *err)
{
    _cleanup_volume_list_ struct volume_list list = {.items = NULL};
    int r = volumes_own(engine, name, &list, err);

    return r == 0 && list.n_items > 0 ? there_already(name, err) : r;
}

int engine_volume_create(struct engine *engine, const char *name, bool dry_run, struct error *err)
{
    _cleanup_free_ char *directory = volume_own_directory(engine);
    _cleanup_close_ int fd = -1;
    int r = volume_check_name(name, err);

    if (!directory)
        return ERROR_OOM(err);
    if (r == 0 && dry_run)
        return plan_create(engine, name, err);
    if (r == 0)
        r = engine_begin_change(engine, err);
    if (r < 0)
        return r;
    r = file_make_directories(directory, 0700, err);
    if (r >= 0)
        r = volume_own_open(engine, &fd, err);
    if (r == 0 && mkdirat(fd, name, 0755) < 0)
        r = errno == EEXIST
                ? there_already(name, err)
                : error_errno(err, errno, "cannot make the volume %s in %s", name, directory);
    engine_end_change(engine);
    audit("created", name, r);
    return r < 0 ? r : 0;
}

// ---- rm ----

static int remove_tree(int parent, const char *name, dev_t device, unsigned depth);

static int remove_entries(int fd, dev_t device, unsigned depth)
{
    DIR *stream = fdopendir(dup(fd));
    struct dirent *entry;
    int r = 0;

    if (!stream)
        return -errno;
    while (r == 0 && (entry = readdir(stream)))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            r = remove_tree(fd, entry->d_name, device, depth + 1);
    (void)closedir(stream);
    return r;
}

// Never through a symbolic link, never into another filesystem: a container may have written it.
static int remove_tree(int parent, const char *name, dev_t device, unsigned depth)
{
    _cleanup_close_ int fd =
        openat(parent, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
    struct stat st;
    int r;

    if (fd < 0 && (errno == ENOTDIR || errno == ELOOP))
        return unlinkat(parent, name, 0) < 0 ? -errno : 0;
    if (fd < 0 || fstat(fd, &st) < 0)
        return -errno;
    if (st.st_dev != device)
        return -EXDEV;
    if (depth > DEPTH_MAX)
        return -ELOOP;
    r = remove_entries(fd, device, depth);
    return r < 0 ? r : unlinkat(parent, name, AT_REMOVEDIR) < 0 ? -errno : 0;
}

static int no_such(struct engine *engine, const char *name, struct error *err)
{
    _cleanup_volume_list_ struct volume_list list = {.items = NULL};
    struct error ignored;
    int r = error_set(err, ERROR_NO_PATH, ENOENT, "davit has no volume %s", name);

    if (volumes_list(&engine->options.runtime, name, &list, &ignored, &ignored) == 0 &&
        list.n_items > 0)
        error_hint(err, "%s has one of that name: `%s volume rm %s`", list.items[0].runtime,
                   list.items[0].runtime, name);
    else
        error_hint(err, "`davit volume ls` lists them");
    return r;
}

static int check_unused(struct engine *engine, const char *path, const char *name,
                        struct error *err)
{
    _cleanup_snapshot_ struct snapshot *snapshot = NULL;
    _cleanup_mount_table_ struct mount_table *host = NULL;
    char **users = NULL, names[512] = "";
    int r = snapshot_take(&engine->options.runtime, &snapshot, err);

    if (r == 0)
        r = volume_users(engine, snapshot, path, &users, err);
    for (char **user = users; user && *user; user++) {
        size_t used = strlen(names);

        (void)snprintf(names + used, sizeof names - used, "%s%s", used ? ", " : "", *user);
        free(*user);
    }
    if (r == 0 && *names) {
        r = error_set(err, ERROR_BUSY, EBUSY, "volume %s is in use by %s", name, names);
        error_hint(err, "detach it there first; `davit volume ls` lists who uses it");
    }
    free(users);
    if (r == 0)
        r = mount_table_read(AT_FDCWD, &host, err);
    for (size_t i = 0; r == 0 && i < host->n_entries; i++)
        if (path_is_below(host->entries[i].target, path))
            r = error_set(err, ERROR_BUSY, EBUSY, "something is mounted at %s in volume %s",
                          host->entries[i].target, name);
    return r;
}

int engine_volume_removable(struct engine *engine, const char *name, struct error *err)
{
    _cleanup_volume_list_ struct volume_list list = {.items = NULL};
    int r = volume_check_name(name, err);

    if (r == 0)
        r = volumes_own(engine, name, &list, err);
    if (r == 0 && list.n_items == 0)
        r = no_such(engine, name, err);
    return r < 0 ? r : check_unused(engine, list.items[0].path, name, err);
}

int engine_volume_remove(struct engine *engine, const char *name, struct error *err)
{
    _cleanup_close_ int fd = -1;
    struct stat st;
    int r = volume_check_name(name, err);

    if (r == 0)
        r = engine_begin_change(engine, err);
    if (r < 0)
        return r;
    r = engine_volume_removable(engine, name, err);
    if (r == 0)
        r = volume_own_open(engine, &fd, err);
    if (r == 0) {
        r = fstat(fd, &st) < 0 ? -errno : remove_tree(fd, name, st.st_dev, 0);
        if (r < 0)
            (void)error_errno(err, -r, "volume %s is not wholly removed", name);
    }
    engine_end_change(engine);
    audit("removed", name, r);
    return r < 0 ? r : 0;
}
