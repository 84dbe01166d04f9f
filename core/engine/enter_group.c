// The control groups of a container's first process, in every hierarchy that is mounted here: what
// enters is counted, limited and ended with the container.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/enter_internal.h"
#include "core/runtime/cgroup_path.h"

// Whether the mount shows the hierarchy of a line's controllers ("memory", "cpu,cpuacct",
// "name=systemd"; empty: version 2).
static bool shows(const struct mount_entry *entry, const char *controllers, size_t length)
{
    size_t first = strcspn(controllers, ",:");

    if (length == 0)
        return strcmp(entry->type, "cgroup2") == 0;
    if (strcmp(entry->type, "cgroup") != 0)
        return false;
    for (const char *word = entry->fs_options; *word;) {
        size_t n = strcspn(word, ",");

        if (n == first && memcmp(word, controllers, n) == 0)
            return true;
        word += n + (word[n] == ',');
    }
    return false;
}

// The directory of a group below such a mount, in fresh memory; NULL: the mount does not show it.
static char *place_of(const struct mount_table *table, const char *controllers, size_t length,
                      const char *path)
{
    for (size_t i = 0; i < table->n_entries; i++) {
        const struct mount_entry *entry = &table->entries[i];
        const char *rest = path;

        if (!shows(entry, controllers, length) || !path_is_below(path, entry->root) ||
            mount_table_at(table, entry->target, NULL) != entry)
            continue;
        if (strcmp(entry->root, "/") != 0)
            rest += strlen(entry->root);
        return text_format("%s%s", entry->target, rest);
    }
    return NULL;
}

static bool says(int directory, const char *file, const char *wanted)
{
    char text[256];

    return file_read_into(directory, file, text, sizeof text) > 0 && strstr(text, wanted);
}

// What joins a frozen group freezes before it is anywhere.
static int check_frozen(const struct enter *enter, int directory, struct error *err)
{
    int r;

    if (!says(directory, "cgroup.events", "frozen 1") && !says(directory, "freezer.state", "FRO") &&
        !says(directory, "freezer.state", "FREEZING"))
        return 0;
    r = error_set(err, ERROR_BUSY, EBUSY, "container %s is paused", enter->container->name);
    error_hint(err, "what enters would be paused with it: unpause it first (docker unpause, "
                    "lxc-unfreeze)");
    return r;
}

static int take_group(struct enter *enter, const char *place, const char *path, struct error *err)
{
    _cleanup_close_ int directory = open(place, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    int r = 0, fd;

    if (directory < 0)
        return error_errno(err, errno, "cannot open the control group %s", place);
    r = check_frozen(enter, directory, err);
    if (r < 0)
        return r;
    if (enter->n_procs == ENTER_GROUPS_MAX)
        return error_set(err, ERROR_FAILED, E2BIG, "there are too many control groups");
    fd = openat(directory, "cgroup.procs", O_WRONLY | O_CLOEXEC);
    if (fd < 0)
        return error_errno(err, errno, "cannot join the control group %s", place);
    enter->procs[enter->n_procs++] = fd;
    if (!enter->group || strlen(path) > strlen(enter->group)) {
        free(enter->group);
        enter->group = text_clean_dup(path, strlen(path));
        if (!enter->group)
            return ERROR_OOM(err);
    }
    return 0;
}

// "hierarchy:controllers:path"
static int take_line(struct enter *enter, const struct mount_table *table, char *line,
                     struct error *err)
{
    const char *controllers = strchr(line, ':'),
               *path = controllers ? strchr(controllers + 1, ':') : NULL;
    _cleanup_free_ char *place = NULL;
    size_t length;

    if (!path || path[1] != '/')
        return 0;
    controllers++;
    length = (size_t)(path - controllers);
    path++;
    place = place_of(table, controllers, length, path);
    if (place)
        return take_group(enter, place, path, err);
    return result_add_warning(enter->result, err,
                              "control group %.*s:%s is not joined: it is not mounted here",
                              (int)length, controllers, path);
}

static bool has_line(const char *text, const char *line)
{
    size_t length = strlen(line);

    for (const char *at = text; (at = strstr(at, line)) != NULL; at++)
        if ((at == text || at[-1] == '\n') && (at[length] == '\n' || !at[length]))
            return true;
    return false;
}

int enter_find_groups(struct enter *enter, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *table = NULL;
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    char theirs[CGROUP_TEXT_SIZE], own[CGROUP_TEXT_SIZE], *rest = NULL;
    ssize_t n = file_read_into(enter->inside.init.proc, "cgroup", theirs, sizeof theirs);
    int r;

    if (n < 0)
        return error_errno(err, (int)-n, "cannot read the control groups of the container");
    if (file_read_into(self, "cgroup", own, sizeof own) <= 0)
        own[0] = '\0';
    r = mount_table_read(self, &table, err);
    for (char *line = strtok_r(theirs, "\n", &rest); r == 0 && line;
         line = strtok_r(NULL, "\n", &rest)) {
        if (!has_line(own, line)) // else davit is there itself
            r = take_line(enter, table, line, err);
    }
    return r;
}
