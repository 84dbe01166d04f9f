#include "core/engine/inside.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

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

// The namespace that davit works from, and the one that the machine booted with.
static bool is_host_namespace(uint64_t mnt_ns)
{
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_close_ int first = open("/proc/1", O_PATH | O_DIRECTORY | O_CLOEXEC);

    return mnt_ns == process_ns_inode(self, PROCESS_NS_MNT) ||
           mnt_ns == process_ns_inode(first, PROCESS_NS_MNT);
}

int inside_open(const struct container *container, struct inside *ret, struct error *err)
{
    _cleanup_close_ int self = open("/proc/self", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_inside_ struct inside inside = INSIDE_INIT;
    int r;

    if (container->pid <= 0) {
        r = error_set(err, ERROR_GONE, ESRCH, "container %s has no process on this host",
                      container->name);
        error_hint(err, "davit attaches to running containers of this machine only");
        return r;
    }
    r = take_hold(container, &inside, err);
    if (r < 0)
        return r;
    if (is_host_namespace(inside.mnt_ns)) {
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
    int r = mount_table_read(inside->init.proc, &table, err);

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
