#include "core/base/lookup.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/base/file.h"
#include "core/base/resolver.h"

#ifndef RESOLVE_CACHED
#define RESOLVE_CACHED 0x20
#endif

struct lookup {
    int root;
    const char *path;
    uint64_t flags, resolve;
};

static int open_now(const struct lookup *lookup, uint64_t resolve)
{
    struct open_how how = {.flags = lookup->flags | O_CLOEXEC,
                           .resolve = lookup->resolve | resolve};
    long fd;

    if (lookup->root != AT_FDCWD)
        return file_open_resolved(lookup->root, lookup->path, lookup->flags,
                                  lookup->resolve | resolve);
    fd = syscall(SYS_openat2, AT_FDCWD, lookup->path, &how, sizeof how);
    return fd < 0 ? -errno : (int)fd;
}

static int open_in_child(const void *context, struct resolver_answer *answer)
{
    const struct lookup *lookup = context;
    int fd = open_now(lookup, 0);

    if (fd < 0)
        return fd;
    answer->fds[0] = fd;
    return 0;
}

static int explain(int sys_errno, int root, const char *path, struct error *err)
{
    int r = error_errno(err, sys_errno, "cannot open %s", path);

    if (sys_errno == ELOOP && root != AT_FDCWD) {
        error_set(err, ERROR_UNSAFE, ELOOP,
                  "%s leads through a loop of links or out of the root by a link of /proc", path);
        error_hint(err, "name the directory itself");
    }
    if (sys_errno == ENOSYS) {
        err->code = ERROR_UNSUPPORTED;
        error_hint(err,
                   "openat2 is in Linux 5.6 and later; davit does not resolve paths without it");
    }
    error_path(err, path);
    return r;
}

int lookup_open(int root, const char *path, uint64_t flags, uint64_t resolve, uint64_t timeout_ms,
                int *ret, struct error *err)
{
    struct lookup lookup = {.root = root, .path = path, .flags = flags, .resolve = resolve};
    struct resolver_answer answer;
    int r = open_now(&lookup, RESOLVE_CACHED);

    if (r >= 0) {
        *ret = r;
        return 0;
    }
    // EAGAIN: not in the cache. EINVAL: a kernel before 5.12 does not know the bit.
    if (r != -EAGAIN && r != -EINVAL)
        return explain(-r, root, path, err);
    r = resolver_ask(path, open_in_child, &lookup, &root, root == AT_FDCWD ? 0 : 1,
                     timeout_ms ? timeout_ms : RESOLVER_DEFAULT_MS, &answer, err);
    if (r < 0) {
        error_path(err, path);
        return r;
    }
    if (answer.result < 0)
        return explain(-answer.result, root, path, err);
    *ret = answer.fds[0];
    return 0;
}

int lookup_entry(int directory, const char *name, uint64_t timeout_ms, int *ret, struct error *err)
{
    int r = lookup_open(directory, name, O_PATH | O_NOFOLLOW, 0, timeout_ms, ret, err);
    _cleanup_free_ char *path = r < 0 && r != -ENOENT ? file_descriptor_path(directory) : NULL;

    if (path)
        error_prefix(err, "%s", path);
    return r;
}
