// What a question after holders is about, without asking a server that may be dead: a mount point
// is found in the table.
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/lookup.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/engine_internal.h"
#include "core/engine/inside.h"
#include "core/engine/source.h"
#include "core/engine/who.h"
#include "core/host/block_sysfs.h"
#include "core/host/mounted.h"

struct resolving {
    struct engine *engine;
    unsigned flags; // enum who_flags
    uint64_t timeout_ms;
    struct who_subject *subject;
};

void who_subject_done(struct who_subject *subject)
{
    free(subject->name);
    free(subject->device);
    held_subject_done(&subject->held);
    mount_table_free(subject->host);
    *subject = (struct who_subject){.name = NULL};
}

static int set_device(struct who_subject *subject, const char *source, struct error *err)
{
    subject->device = text_clean_dup(source, strlen(source));
    return subject->device ? 0 : ERROR_OOM(err);
}

// Of a whole filesystem also the device that it is on: who has that has the filesystem.
static int take_mount(struct who_subject *subject, const struct mount_entry *entry,
                      const char *root, struct error *err)
{
    struct stat st;
    int r = held_subject_add_place(&subject->held, entry->device, root, err);

    if (r >= 0)
        r = set_device(subject, entry->source, err);
    subject->whole = strcmp(root, "/") == 0;
    if (r < 0 || !subject->whole)
        return r;
    if (strncmp(entry->source, "/dev/", 5) == 0 && stat(entry->source, &st) == 0 &&
        S_ISBLK(st.st_mode) && mounted_on(entry, st.st_rdev))
        subject->number = st.st_rdev;
    else if (major(entry->device) != 0)
        subject->number = entry->device;
    r = subject->number ? held_subject_add_device(&subject->held, subject->number, err) : 0;
    return r < 0 ? r : 0;
}

static void name_node(struct who_subject *subject)
{
    char node[PATH_MAX];

    if (subject->number && block_sysfs_node(subject->number, node) == 0)
        (void)snprintf(subject->node, sizeof subject->node, "%.63s", node);
}

// ---- a device, or a path of the host ----

static int take_device(struct who_subject *subject, dev_t number, const char *text,
                       struct error *err)
{
    int r = held_subject_add_device(&subject->held, number, err);

    subject->number = number;
    subject->whole = true;
    name_node(subject);
    return r < 0 ? r : set_device(subject, *subject->node ? subject->node : text, err);
}

static int take_source(struct resolving *resolving, const char *text, struct error *err)
{
    struct attach_request request = {.source = text, .timeout_ms = resolving->timeout_ms};
    _cleanup_source_ struct source source = SOURCE_INIT;
    struct who_subject *subject = resolving->subject;
    int r = source_resolve(resolving->engine, &request, &source, err);

    if (r == 0 && source.path) {
        subject->held.host_path = strdup(source.path);
        r = subject->held.host_path ? 0 : ERROR_OOM(err);
    }
    if (r < 0 && err->code == ERROR_NO_PATH &&
        err->sys_errno == ENOENT) // no source that one could create
        return error_set(err, ERROR_NO_PATH, ENOENT, "%s does not exist", text);
    return r < 0 ? r : take_mount(subject, source.mount, source.root_inside, err);
}

static char *absolute(const char *text)
{
    _cleanup_free_ char *here = *text == '/' ? NULL : getcwd(NULL, 0);
    char *path = here ? text_format("%s/%s", here, text) : strdup(text);
    size_t length = path ? strlen(path) : 0;

    while (length > 1 && path[length - 1] == '/')
        path[--length] = '\0';
    return path;
}

// Where the path leads in truth, so that it can be named.
static int leads_elsewhere(const struct resolving *resolving, const char *path, struct error *err)
{
    _cleanup_close_ int fd = -1;
    _cleanup_free_ char *there = NULL;
    int r = lookup_open(AT_FDCWD, path, O_PATH, 0, resolving->timeout_ms, &fd, err);

    there = r < 0 ? NULL : file_descriptor_path(fd);
    if (!there)
        return r < 0 ? r : error_errno(err, errno, "cannot tell where %s leads", path);
    r = error_set(err, ERROR_UNSAFE, ELOOP, "%s leads to %s, by a symbolic link", path, there);
    error_path(err, path);
    error_hint_words(err, "name %s, if that is meant", there);
    return r;
}

// Links below /dev that lead to a device are the system's own names of it; in /dev/shm anybody may
// put others.
static int open_host(const struct resolving *resolving, const char *path, int *ret,
                     struct error *err)
{
    bool links = !(resolving->flags & WHO_NO_LINKS);
    int r = lookup_open(AT_FDCWD, path, O_PATH, links ? 0 : RESOLVE_NO_SYMLINKS,
                        resolving->timeout_ms, ret, err);
    _cleanup_close_ int fd = -1;
    struct call_object object;

    if (r != -ELOOP || links)
        return r;
    if (strncmp(path, "/dev/", 5) == 0 && strncmp(path, "/dev/shm/", 9) != 0 &&
        lookup_open(AT_FDCWD, path, O_PATH, 0, resolving->timeout_ms, &fd, err) == 0 &&
        call_object(fd, "", &object) == 0 && object.node) {
        *ret = TAKE_FD(fd);
        return 0;
    }
    return leads_elsewhere(resolving, path, err);
}

static int resolve_host(struct resolving *resolving, const char *text, struct error *err)
{
    struct who_subject *subject = resolving->subject;
    _cleanup_free_ char *path = absolute(text);
    const struct mount_entry *entry = path ? mount_table_at(subject->host, path, NULL) : NULL;
    _cleanup_free_ char *there = NULL;
    _cleanup_close_ int fd = -1;
    struct call_object object;
    int r;

    if (!path)
        return ERROR_OOM(err);
    if (entry) {
        subject->held.host_path = TAKE_POINTER(path);
        return take_mount(subject, entry, entry->root, err);
    }
    r = open_host(resolving, path, &fd, err);
    if (r == 0)
        r = call_object(fd, "", &object);
    if (r == 0 && object.node)
        return take_device(subject, object.node, path, err);
    if (r < 0)
        return r == -ENOENT ? error_set(err, ERROR_NO_PATH, ENOENT, "%s does not exist", path) : r;
    there = file_descriptor_path(fd);
    r = take_source(resolving, there ? there : path, err);
    // It is opened by its name once more.
    if (r == 0 && resolving->flags & WHO_NO_LINKS && there &&
        strcmp(subject->held.host_path, there) != 0)
        return leads_elsewhere(resolving, there, err);
    return r;
}

// ---- a container's path ----

static int resolve_container(struct resolving *resolving, const char *text, struct error *err)
{
    _cleanup_free_ char *selector = NULL, *path = NULL;
    _cleanup_container_ struct container *container = NULL;
    _cleanup_inside_ struct inside inside = INSIDE_INIT;
    const struct mount_entry *entry;
    int r = target_parse(text, &selector, &path, err);

    if (r == 0)
        r = container_find(&resolving->engine->options.runtime, selector, &container, err);
    if (r == 0)
        r = inside_open(container, &inside, err);
    if (r < 0)
        return r;
    entry = mount_table_at(inside.table, path, NULL);
    return entry ? take_mount(resolving->subject, entry, entry->root, err)
                 : take_source(resolving, text, err);
}

static int neither(const char *text, struct error *err)
{
    int r = error_set(err, ERROR_USAGE, EINVAL,
                      "%s is no device, no path of the host and no CONTAINER:PATH", text);

    error_hint_words(err, "/dev/sdb1, /mnt/usb, ./%s or web:/data", text);
    return r;
}

int who_subject_resolve(struct engine *engine, const struct who_request *request,
                        struct who_subject *ret, struct error *err)
{
    struct resolving resolving = {
        .engine = engine,
        .flags = request->flags,
        .timeout_ms = request->timeout_ms ? request->timeout_ms : RESOLVER_DEFAULT_MS,
        .subject = ret,
    };
    const char *text = request->what;
    int r;

    if (strncmp(text, "device:", 7) == 0)
        text += 7;
    *ret = (struct who_subject){.name = text_clean_dup(text, strlen(text))};
    if (!ret->name)
        return ERROR_OOM(err);
    r = mount_table_read(AT_FDCWD, &ret->host, err);
    if (r == 0)
        r = text[0] == '/' || text[0] == '.' ? resolve_host(&resolving, text, err)
            : strstr(text, ":/")             ? resolve_container(&resolving, text, err)
                                             : neither(text, err);
    if (r < 0) {
        error_stage(err, "resolve");
        return r;
    }
    name_node(ret);
    ret->n_places = ret->held.n_places;
    ret->n_devices = ret->held.n_devices;
    return 0;
}

int who_subject_again(const struct who_subject *subject, struct who_subject *ret, struct error *err)
{
    const struct held_subject *held = &subject->held;
    int r = 0;

    *ret = (struct who_subject){
        .name = strdup(subject->name),
        .device = strdup(subject->device),
        .number = subject->number,
        .whole = subject->whole,
        .n_places = subject->n_places,
        .n_devices = subject->n_devices,
    };
    memcpy(ret->node, subject->node, sizeof ret->node);
    if (held->host_path)
        ret->held.host_path = strdup(held->host_path);
    if (!ret->name || !ret->device || !ret->held.host_path != !held->host_path)
        return ERROR_OOM(err);
    for (size_t i = 0; i < subject->n_places && r >= 0; i++)
        r = held_subject_add_place(&ret->held, held->places[i].device, held->places[i].root, err);
    for (size_t i = 0; i < subject->n_devices && r >= 0; i++)
        r = held_subject_add_device(&ret->held, held->devices[i], err);
    return r < 0 ? r : mount_table_read(AT_FDCWD, &ret->host, err);
}
