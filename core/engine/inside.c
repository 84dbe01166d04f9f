#include "core/engine/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "core/host/namespaces_visit.h"

static int gone(struct error *err, const char *name)
{
    int r =
        error_set(err, ERROR_GONE, ESRCH, "container %s has stopped or restarted meanwhile", name);

    error_hint(err, "`davit ps` shows what runs now");
    return r;
}

static int take_hold(const struct container *container, struct inside *inside, struct error *err)
{
    int r = process_open(container->pid, &inside->init, err);

    if (r < 0)
        return r == -ESRCH ? gone(err, container->name) : r;
    if (container->start_time && inside->init.start_time != container->start_time)
        return gone(err, container->name);
    inside->ns = r = process_ns_open(&inside->init, PROCESS_NS_MNT, err);
    if (r < 0)
        return r;
    inside->root = r = process_root_open(&inside->init, err);
    if (r < 0)
        return r;
    inside->mnt_ns = process_ns_inode(inside->init.proc, PROCESS_NS_MNT);
    r = process_status_read(inside->init.proc, &inside->status, err);
    return r < 0 ? r : mount_table_read(inside->init.proc, &inside->table, err);
}

static bool is_own_namespace(uint64_t mnt_ns)
{
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);

    return mnt_ns == process_ns_inode(self, PROCESS_NS_MNT);
}

// The namespace that davit works from, and the one that the machine booted with.
static bool is_host_namespace(uint64_t mnt_ns)
{
    _cleanup_close_ int first = open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC);

    return is_own_namespace(mnt_ns) || mnt_ns == process_ns_inode(first, PROCESS_NS_MNT);
}

// The namespace of davit itself, which has to be the one that the machine booted with, as far as
// that can be seen (its first process may be nobody's to look at).
static int be_host(struct inside *inside, struct error *err)
{
    _cleanup_close_ int first = open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC);
    uint64_t of_first = process_ns_inode(first, PROCESS_NS_MNT);
    int r;

    inside->init.pid = HOST_INIT;
    inside->init.start_time = 0;
    if (of_first == 0 || of_first == inside->mnt_ns)
        return 0;
    r = error_set(err, ERROR_UNSAFE, EINVAL,
                  "davit runs in a mount namespace of its own: a share would not show on the host");
    error_hint(err, "run it in the host's: nsenter -t 1 -m davit …");
    return r;
}

int inside_open(const struct container *container, struct inside *ret, struct error *err)
{
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_inside_ struct inside inside = INSIDE_INIT;
    struct container taken = *container; // borrowed
    int r;

    if (container->pid <= 0) {
        r = error_set(err, ERROR_GONE, ESRCH, "container %s has no process on this host",
                      container->name);
        error_hint(err, "davit attaches to running containers of this machine only");
        return r;
    }
    if (container->host)
        taken.pid = getpid();
    r = take_hold(&taken, &inside, err);
    if (r < 0)
        return r;
    inside.is_host = container->host;
    if (container->host) {
        r = be_host(&inside, err);
        if (r < 0)
            return r;
    }
    if (!container->host && is_host_namespace(inside.mnt_ns)) {
        r = error_set(err, ERROR_UNSAFE, EINVAL, "%s is in the host's own mount namespace",
                      container->name);
        error_hint(err, "an attach there would change the host itself: use mount(8)");
        return r;
    }
    inside.own_userns = process_ns_inode(inside.init.proc, PROCESS_NS_USER) !=
                        process_ns_inode(self, PROCESS_NS_USER);
    *ret = inside;
    inside = (struct inside)INSIDE_INIT;
    return 0;
}

int inside_reread(struct inside *inside, struct error *err)
{
    struct mount_table *table = NULL;
    int r = inside->init.proc < 0 ? namespace_visit(inside->ns, &table, NULL, err)
                                  : mount_table_read(inside->init.proc, &table, err);

    if (r < 0)
        return r;
    mount_table_free(inside->table);
    inside->table = table;
    return 0;
}

void inside_done(struct inside *inside)
{
    process_done(&inside->init);
    if (inside->ns >= 0)
        (void)close(inside->ns);
    if (inside->root >= 0)
        (void)close(inside->root);
    if (inside->table)
        mount_table_free(inside->table);
    *inside = (struct inside)INSIDE_INIT;
}

int inside_check_alive(const struct inside *inside, struct error *err)
{
    if (process_alive(&inside->init) &&
        process_ns_inode(inside->init.proc, PROCESS_NS_MNT) == inside->mnt_ns)
        return 0;
    return gone(err, inside->status.comm);
}
