#include "core/engine/visible.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/engine_internal.h"
#include "core/engine/source.h"
#include "core/host/process.h"

void visible_free(struct visible *visible)
{
    free(visible->inside);
    free(visible->why);
    free(visible);
}

// What is left of `path` below `directory`, "" or "/…"; both absolute, path_is_below() holds.
static const char *below(const char *path, const char *directory)
{
    const char *rest = path + (strcmp(directory, "/") ? strlen(directory) : 0);

    return strcmp(rest, "/") ? rest : "";
}

static char *join(const char *directory, const char *rest)
{
    if (strcmp(directory, "/") == 0)
        return strdup(*rest ? rest : "/");
    return text_format("%s%s", directory, rest);
}

static char *clean(const char *path)
{
    return text_clean_dup(path, strlen(path));
}

// A place in a container's table where the directory `root` of `device` can be seen: not covered by
// another mount. *ret_path: there, fresh memory. NULL: nowhere, *failed when out of memory.
static const struct mount_entry *find_seen(const struct mount_table *own, dev_t device,
                                           const char *root, char **ret_path, bool *failed)
{
    for (size_t i = 0; i < own->n_entries; i++) {
        const struct mount_entry *entry = &own->entries[i];
        char *path;

        if (entry->device != device || !path_is_below(root, entry->root))
            continue;
        path = join(entry->target, below(root, entry->root));
        if (!path) {
            *failed = true;
            return NULL;
        }
        if (mount_table_containing(own, path) == entry) {
            *ret_path = path;
            return entry;
        }
        free(path);
    }
    return NULL;
}

// ---- the sentences ----

struct question {
    const char *path; // clean text all
    const char *inside, *mount_point, *device;
    const struct mount_entry *on, *parent; // of the host; parent: what the mount point lies on
    const struct mount_entry *through; // the container's mount that shows it, or the mount point
};

static char *seen(const struct question *q)
{
    return text_format("%s is seen inside at %s, %s: the container has a mount of that directory's "
                       "filesystem (%s), %s",
                       q->path, q->inside,
                       mount_entry_read_only(q->through) ? "read-only" : "writable", q->device,
                       mount_entry_propagation(q->through));
}

// The directory is there, what is mounted on it on the host is not.
static char *beneath(const struct question *q)
{
    const struct mount_entry *through = q->through;
    _cleanup_free_ char *what = text_format(
        "the container sees the directory at %s, and not what the host has mounted on it at %s",
        q->inside, q->mount_point);

    if (!what)
        return NULL;
    if (through->master && through->master == q->parent->peer_group)
        return text_format(
            "%s: its mount is a slave of the host's (peer group %llu) and receives "
            "what is mounted later, but this one was mounted before, or unmounted inside",
            what, (unsigned long long)through->master);
    if (through->peer_group && through->peer_group == q->parent->peer_group)
        return text_format("%s: its mount is shared with the host's (peer group %llu) and gets "
                           "what is mounted later, but this one was mounted before",
                           what, (unsigned long long)through->peer_group);
    if (q->parent->peer_group == 0)
        return text_format("%s: the host's mount there is private and tells nobody what is "
                           "mounted on it",
                           what);
    return text_format("%s: its mount is %s and receives nothing from the host's (peer group %llu)",
                       what, mount_entry_propagation(through),
                       (unsigned long long)q->parent->peer_group);
}

static char *nowhere(const struct question *q)
{
    return text_format("nothing inside is a mount of this directory's filesystem (%s), or it is "
                       "covered by another mount: no path in the container leads to %s",
                       q->device, q->path);
}

static const struct mount_entry *parent_of(const struct mount_table *host,
                                           const struct mount_entry *on)
{
    const struct mount_entry *parent = mount_table_by_id(host, on->parent_id);

    return parent && parent != on && path_is_below(on->target, parent->target) ? parent : NULL;
}

// The mount point's directory, in what it lies on.
static int look_beneath(struct visible *visible, struct question *q, const struct mount_table *host,
                        const struct mount_table *own)
{
    _cleanup_free_ char *root = NULL;
    bool failed = false;

    q->parent = parent_of(host, q->on);
    if (!q->parent)
        return 0;
    root = join(q->parent->root, below(q->on->target, q->parent->target));
    if (!root)
        return -1;
    q->through = find_seen(own, q->parent->device, root, &visible->inside, &failed);
    return failed ? -1 : 0;
}

static char *say(struct visible *visible, struct question *q)
{
    _cleanup_free_ char *path = clean(q->path), *device = clean(q->on->source);
    _cleanup_free_ char *point = clean(q->on->target);
    _cleanup_free_ char *inside = visible->inside ? clean(visible->inside) : NULL;

    if (!path || !device || !point || (visible->inside && !inside))
        return NULL;
    q->path = path;
    q->device = device;
    q->mount_point = point;
    q->inside = inside;
    return visible->seen ? seen(q) : q->through ? beneath(q) : nowhere(q);
}

int visible_explain(const char *path, const struct mount_entry *on, const struct mount_table *host,
                    const struct mount_table *own, struct visible **ret, struct error *err)
{
    CLEANUP(visible_freep) struct visible *visible = calloc(1, sizeof *visible);
    _cleanup_free_ char *root = join(on->root, below(path, on->target));
    struct question q = {.path = path, .on = on};
    bool failed = !visible || !root;

    if (!failed)
        q.through = find_seen(own, on->device, root, &visible->inside, &failed);
    if (!failed && q.through)
        visible->seen = true;
    else if (!failed)
        failed = look_beneath(visible, &q, host, own) < 0;
    if (!failed)
        visible->why = say(visible, &q);
    if (failed || !visible->why)
        return ERROR_OOM(err);
    *ret = TAKE_POINTER(visible);
    return 0;
}

int engine_why(struct engine *engine, const char *selector, const char *path, struct visible **ret,
               struct error *err)
{
    _cleanup_container_ struct container *container = NULL;
    _cleanup_process_ struct process process = PROCESS_INIT;
    _cleanup_mount_table_ struct mount_table *own = NULL;
    _cleanup_source_ struct source source = SOURCE_INIT;
    struct attach_request request = {.source = path};
    int r = container_find(&engine->options.runtime, selector, &container, err);

    if (r == 0 && path[0] != '/')
        r = error_set(err, ERROR_USAGE, EINVAL, "%s is no absolute path of the host", path);
    if (r == 0)
        r = source_resolve(engine, &request, &source, err);
    if (r < 0 && err->code == ERROR_NO_PATH &&
        err->sys_errno == ENOENT) // no source that one could create
        return error_set(err, ERROR_NO_PATH, ENOENT, "%s does not exist", path);
    if (r == 0)
        r = process_open(container->pid, &process, err);
    if (r == 0 && process.start_time != container->start_time)
        r = error_set(err, ERROR_GONE, ESRCH, "container %s has just stopped", container->name);
    if (r == 0)
        r = mount_table_read(process.proc, &own, err);
    return r < 0 ? r : visible_explain(source.path, source.mount, source.host, own, ret, err);
}
