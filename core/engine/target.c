#include "core/engine/target.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/lookup.h"

// "//a/./b/" becomes "/a/b". ".." stays: only the kernel may judge it.
static char *tidy(const char *path)
{
    char *out = malloc(strlen(path) + 2), *o = out;

    if (!out)
        return NULL;
    for (const char *s = path; *s;) {
        size_t n = strcspn(s, "/");

        if (n > 0 && !(n == 1 && *s == '.')) {
            *o++ = '/';
            memcpy(o, s, n);
            o += n;
        }
        s += n + (s[n] == '/');
    }
    if (o == out)
        *o++ = '/';
    *o = '\0';
    return out;
}

// The kernel tells a path from the root of the mount namespace; the container's may lie below that,
// after a chroot(2). NULL with errno set.
static char *path_inside(const struct inside *inside, int fd)
{
    _cleanup_free_ char *root = file_descriptor_path(inside->root);
    _cleanup_free_ char *path = root ? file_descriptor_path(fd) : NULL;
    size_t length = root && strcmp(root, "/") != 0 ? strlen(root) : 0;

    if (!path)
        return NULL;
    if (!path_is_below(path, root)) {
        errno = EXDEV;
        return NULL;
    }
    return strdup(path[length] ? path + length : "/");
}

static int look(struct target *target, const struct inside *inside, struct error *err)
{
    int flags = AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC;
    struct statx sx;
    int r;

    if (statx(target->fd, "", flags, STATX_BASIC_STATS, &sx) < 0)
        return error_errno(err, errno, "cannot look at the target");
    target->st.st_mode = sx.stx_mode;
    target->st.st_uid = sx.stx_uid;
    target->st.st_gid = sx.stx_gid;
    target->st.st_ino = sx.stx_ino;
    r = call_mount_ids(target->fd, "", &target->ids);
    if (r < 0)
        return error_errno(err, -r, "cannot look at the target's mount");
    target->on = target->ids.old ? mount_table_by_id(inside->table, target->ids.old) : NULL;
    target->path = path_inside(inside, target->fd);
    if (!target->path)
        return error_errno(err, errno, "cannot tell the target's path inside the container");
    if (!target->on)
        return error_set(err, ERROR_GONE, ESTALE, "%s is on a mount that is not in the container",
                         target->path);
    if (!target->missing && target->ids.is_root == 1)
        mount_table_at(inside->table, target->on->target, &target->depth);
    return 0;
}

static bool has_dotdot(const char *components)
{
    for (const char *s = components; *s;) {
        size_t n = strcspn(s, "/");

        if (n == 2 && s[0] == '.' && s[1] == '.')
            return true;
        s += n + (s[n] == '/');
    }
    return false;
}

static int check_missing(struct target *target, const char *path, uint64_t timeout_ms,
                         struct error *err)
{
    size_t first = strcspn(target->missing, "/");
    _cleanup_close_ int fd = -1;
    char name[NAME_MAX + 1];
    int r;

    target->n_missing = 1;
    for (const char *s = target->missing; *s; s++)
        target->n_missing += *s == '/';
    if (has_dotdot(target->missing) || target->n_missing > TARGET_MISSING_MAX)
        return error_set(err, ERROR_NO_PATH, ENOENT, "%s: %s does not exist", path,
                         target->missing);
    if (first > NAME_MAX)
        return error_set(err, ERROR_NO_PATH, ENAMETOOLONG, "%s has a name longer than %d bytes",
                         path, NAME_MAX);
    memcpy(name, target->missing, first);
    name[first] = '\0';
    r = lookup_entry(target->fd, name, timeout_ms, &fd, err);
    if (r < 0)
        return r == -ENOENT ? 0 : r;
    r = error_set(err, ERROR_UNSAFE, ELOOP, "%s: %s is a symbolic link that leads nowhere", path,
                  name);
    error_hint(err, "name the directory that it should lead to");
    return r;
}

// Cuts components off the end until a directory is found.
static int find_parent(const struct inside *inside, char *path, const char *asked,
                       uint64_t timeout_ms, struct target *target, struct error *err)
{
    size_t length = strlen(path);
    char *cut = path + length;

    for (;;) {
        char *slash = memrchr(path, '/', (size_t)(cut - path));
        int r;

        if (cut < path + length)
            *cut = '/';
        *slash = '\0';
        r = lookup_open(inside->root, *path ? path : "/", O_PATH | O_DIRECTORY, 0, timeout_ms,
                        &target->fd, err);
        cut = slash;
        if (r == -ENOENT && slash > path)
            continue;
        if (r < 0)
            return r;
        target->missing = strdup(slash + 1);
        return target->missing ? check_missing(target, asked, timeout_ms, err) : ERROR_OOM(err);
    }
}

int target_resolve(const struct inside *inside, const char *path, uint64_t timeout_ms,
                   struct target *ret, struct error *err)
{
    _cleanup_target_ struct target target = TARGET_INIT;
    _cleanup_free_ char *tidied = tidy(path);
    int r;

    if (!tidied)
        return ERROR_OOM(err);
    target.asked = strdup(tidied);
    if (!target.asked)
        return ERROR_OOM(err);
    r = lookup_open(inside->root, tidied, O_PATH, 0, timeout_ms, &target.fd, err);
    if (r == -ENOENT && err->code == ERROR_NO_PATH)
        r = find_parent(inside, tidied, path, timeout_ms, &target, err);
    if (r == 0)
        r = look(&target, inside, err);
    if (r < 0) {
        error_stage(err, "resolve");
        error_path(err, path);
        return r;
    }
    *ret = target;
    target = (struct target)TARGET_INIT;
    return 0;
}

void target_done(struct target *target)
{
    if (target->fd >= 0)
        (void)close(target->fd);
    free(target->path);
    free(target->asked);
    free(target->missing);
    *target = (struct target)TARGET_INIT;
}

static bool is_root(const struct inside *inside, const struct target *target)
{
    struct mount_ids ids;
    struct statx sx;

    return !target->missing && call_mount_ids(inside->root, "", &ids) == 0 &&
           statx(inside->root, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC, STATX_INO, &sx) == 0 &&
           ids.old == target->ids.old && sx.stx_ino == target->st.st_ino;
}

static const struct mount_entry *kernel_mount_above(const struct inside *inside,
                                                    const struct mount_entry *entry)
{
    // Bounded: a damaged table must not make a loop.
    for (size_t i = 0; entry && i <= inside->table->n_entries; i++) {
        if (filesystem_is_kernel(entry->type))
            return entry;
        if (entry->parent_id == entry->id)
            break;
        entry = mount_table_by_id(inside->table, entry->parent_id);
    }
    return NULL;
}

static uint64_t reaches_host(const struct mount_entry *entry, const struct mount_table *host)
{
    _cleanup_mount_table_ struct mount_table *first = NULL;
    _cleanup_close_ int proc = -1;
    struct error ignored;
    uint64_t group = mount_entry_reaches(entry, host);

    if (group || entry->peer_group == 0)
        return group;
    // davit may itself run in a namespace of its own: the machine's is looked at too.
    proc = open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (proc >= 0 && mount_table_read(proc, &first, &ignored) == 0)
        return mount_entry_reaches(entry, first);
    return 0;
}

int target_check_safe(const struct inside *inside, const struct target *target,
                      const struct mount_table *host, struct error *err)
{
    const struct mount_entry *kernel = kernel_mount_above(inside, target->on);
    uint64_t group;
    int r = 0;

    if (is_root(inside, target)) {
        r = error_set(err, ERROR_UNSAFE, EINVAL, "the target is the %s's root",
                      inside->is_host ? "host" : "container");
        error_hint(err, "name a directory below it");
    } else if (kernel) {
        r = error_set(err, ERROR_UNSAFE, EINVAL, "%s lies on %s (%s), which the kernel makes",
                      target->path, kernel->target, kernel->type);
        error_hint(err, "name a directory on the %s's own filesystem",
                   inside->is_host ? "host" : "container");
    } else if (!inside->is_host && (group = reaches_host(target->on, host))) {
        r = error_set(err, ERROR_UNSAFE, EINVAL,
                      "%s is on %s, which shares its mounts with the host (peer group %llu)",
                      target->path, target->on->target, (unsigned long long)group);
        error_hint(err, "an attach there would appear on the host: choose a target outside %s",
                   target->on->target);
    }
    if (r < 0)
        error_stage(err, "resolve");
    return r;
}
