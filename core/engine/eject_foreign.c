// A mount that is not davit's, taken away by an eject: a declared one of a container, one of the
// host, of a daemon's own namespace, or of a namespace that no process is in. It goes by the same
// steps as an attachment; what stands for it is made up here.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/engine/attachment_look.h"
#include "core/engine/detach_job.h"
#include "core/engine/who.h"

// What the container is called in plan, journal and syslog.
static char *name_of(const struct foreign *foreign, const char *comm)
{
    const struct container *container = who_container_of(foreign->snapshot, foreign->ns->inode);

    if (container)
        return strdup(container->name);
    if (foreign->ns->own)
        return strdup(HOST_NAME);
    return foreign->ns->fd >= 0
               ? text_format("namespace %llu", (unsigned long long)foreign->ns->inode)
               : text_format("%s[%d]", comm, (int)foreign->ns->pid);
}

static int make_container(struct detach_job *job, struct error *err)
{
    const struct foreign *foreign = job->foreign;
    const struct container *known = who_container_of(foreign->snapshot, foreign->ns->inode);
    struct container *container = calloc(1, sizeof *container);

    if (!container)
        return ERROR_OOM(err);
    job->container = container;
    container->name = name_of(foreign, job->inside.status.comm);
    container->id = container->name ? strdup(known ? known->id : container->name) : NULL;
    container->runtime = strdup(known ? known->runtime : "proc");
    container->pid = foreign->ns->pid;
    container->host = foreign->ns->own;
    return container->name && container->id && container->runtime ? 0 : ERROR_OOM(err);
}

static int take_hold(struct detach_job *job, struct error *err)
{
    const struct mount_namespace *ns = job->foreign->ns;
    struct inside *inside = &job->inside;
    int r = 0;

    inside->mnt_ns = ns->inode;
    inside->is_host = ns->own;
    if (ns->fd < 0) {
        r = process_open(ns->own ? getpid() : ns->pid, &inside->init, err);
        if (r == 0)
            r = process_status_read(inside->init.proc, &inside->status, err);
        if (r == 0 && process_ns_inode(inside->init.proc, PROCESS_NS_MNT) != ns->inode)
            r = error_set(err, ERROR_GONE, ESRCH, "process %d has left its mount namespace",
                          (int)ns->pid);
    }
    if (r < 0)
        return r;
    inside->ns = r = ns->fd >= 0 ? fcntl(ns->fd, F_DUPFD_CLOEXEC, 3)
                                 : process_ns_open(&inside->init, PROCESS_NS_MNT, err);
    if (r < 0)
        return ns->fd >= 0 ? error_errno(err, errno, "cannot keep a namespace open") : r;
    r = namespace_root_open(ns, &inside->root, err);
    return r < 0 ? r : inside_reread(inside, err);
}

static int make_attachment(struct detach_job *job, const struct mount_entry *entry,
                           struct error *err)
{
    const struct held_mount *mount = job->foreign->mount;
    struct attachment *as = calloc(1, sizeof *as);
    struct mount_identity *identity;

    if (!as)
        return ERROR_OOM(err);
    job->foreign->as = job->what = as;
    text_random_hex(as->id, sizeof as->id);
    as->container_id = strdup(job->container->id);
    as->container_name = strdup(job->container->name);
    as->runtime = strdup(job->container->runtime);
    as->source = strdup(mount->source);
    as->target = strdup(entry->target);
    as->options = attachment_options_of(entry);
    as->flags = mount->read_only ? ATTACH_READ_ONLY : 0;
    as->state = ATTACHMENT_LIVE;
    identity = &as->identity;
    identity->old_id = entry->id;
    identity->mnt_ns = job->foreign->ns->inode;
    identity->init = job->inside.init.pid;
    identity->init_start = job->inside.init.start_time;
    identity->device = entry->device;
    identity->root = strdup(entry->root);
    identity->target = strdup(entry->target);
    identity->n_mounts = 1;
    if (!as->container_id || !as->container_name || !as->runtime || !as->source || !as->target ||
        !as->options || !identity->root || !identity->target)
        return ERROR_OOM(err);
    return boot_id_read(identity->boot_id, err);
}

// An id is another mount's at once: what is compared is all that the table has of it.
static const struct mount_entry *find(const struct detach_job *job)
{
    const struct held_mount *mount = job->foreign->mount;
    const struct mount_entry *entry = mount_table_by_id(job->inside.table, mount->id);

    return entry && entry->device == mount->device && strcmp(entry->target, mount->target) == 0 &&
                   attachment_same_root(entry->root, mount->root)
               ? entry
               : NULL;
}

int detach_survey_foreign(struct detach_job *job, struct error *err)
{
    const struct mount_entry *entry;
    int r = take_hold(job, err);

    if (r < 0 && err->code == ERROR_GONE)
        return 1;
    if (r == 0)
        r = make_container(job, err);
    if (r < 0) {
        error_stage(err, "resolve");
        return r;
    }
    entry = find(job);
    return entry ? make_attachment(job, entry, err) : 1;
}

int detach_foreign_present(struct detach_job *job, struct error *err)
{
    int r = inside_reread(&job->inside, err);

    // With its last process the namespace is gone.
    if (r < 0)
        return err->code == ERROR_GONE ? 0 : r;
    return find(job) != NULL;
}
