#include "core/engine/detach_job.h"

#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/text.h"

static bool any_shared(const struct detach_job *job)
{
    const struct mount_table *table = job->inside.table;

    for (size_t i = 0; i < table->n_entries; i++)
        if (path_is_below(table->entries[i].target, job->what->identity.target) &&
            table->entries[i].peer_group)
            return true;
    return false;
}

static int predict(struct detach_job *job, struct error *err)
{
    const struct mount_identity *known = &job->what->identity;
    struct result *result = job->result;

    result->method = job->what->method;
    result->mount_id = known->unique ? known->unique : known->old_id;
    result->major_minor = text_format("%u:%u", major(known->device), minor(known->device));
    result->sub_root = strdup(known->root);
    result->sub_path = strdup("");
    result->read_only = job->what->flags & ATTACH_READ_ONLY;
    if (!result->major_minor || !result->sub_root || !result->sub_path)
        return ERROR_OOM(err);
    for (size_t i = 0; i < job->inside.table->n_entries; i++) {
        const struct mount_entry *entry = &job->inside.table->entries[i];

        if (entry->id == known->old_id && !result->device)
            result->device = text_clean_dup(entry->source, strlen(entry->source));
    }
    return result_set_options(result, job->what->options, err);
}

static int add_unmount_steps(struct detach_job *job, struct error *err)
{
    const char *target = job->what->identity.target, *slash = strrchr(target, '/');
    bool lazy = job->request->flags & DETACH_LAZY, tree = job->what->identity.n_mounts > 1;
    const char *name = job->container->name;
    int r = 0;

    if (tree && !lazy)
        r = result_add_step(job->result, ACTION_FIND_HOLDERS, 0, err,
                            text_format("make sure that nobody holds one of the %u mounts",
                                        job->what->identity.n_mounts),
                            text_format("statx(</proc/PID/…>, STATX_MNT_ID)"));
    // A plain umount2(2) takes no mount below with it: what is busy stays as it is, shared too.
    if (r == 0 && (lazy || tree) && any_shared(job))
        r = result_add_step(job->result, ACTION_MAKE_PRIVATE, 0, err,
                            text_format("end its propagation, so that the host keeps its mounts"),
                            text_format("mount_setattr(<%s>, \"\", AT_EMPTY_PATH|AT_RECURSIVE, "
                                        "{propagation=MS_PRIVATE})",
                                        target));
    if (r == 0)
        r = result_add_step(job->result, ACTION_ENTER, 0, err,
                            text_format("enter the mount namespace of %s", name),
                            text_format("setns(<mount namespace of %s>, CLONE_NEWNS)", name));
    if (r == 0)
        r = result_add_step(
            job->result, ACTION_UNMOUNT, 0, err,
            text_format("unmount %s%s", target, lazy ? ", even if it is in use" : ""),
            text_format("umount2(\"%s\", UMOUNT_NOFOLLOW%s)", slash ? slash + 1 : target,
                        lazy || tree ? "|MNT_DETACH" : ""));
    return r;
}

static int add_steps(struct detach_job *job, struct error *err)
{
    const struct attachment *what = job->what;
    int r = result_add_step(
        job->result, ACTION_OPEN_TARGET, 0, err,
        text_format("look up %s in the root of %s", job->asked->path, job->container->name),
        text_format("openat2(<root of %s>, \"%s\", {flags=O_PATH|O_CLOEXEC, "
                    "resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})",
                    job->container->name, job->asked->path));

    if (r == 0)
        r = result_add_step(job->result, ACTION_WRITE_INTENT, 0, err,
                            text_format("note in the journal what is about to be done"),
                            text_format("write(<journal>, intent)"));
    if (r == 0)
        r = add_unmount_steps(job, err);
    if (r == 0)
        r = result_add_step(
            job->result, ACTION_CONFIRM_GONE, 0, err, text_format("look whether it is gone"),
            text_format(what->identity.unique ? "statmount(%llu)" : "read(mountinfo, %llu)",
                        (unsigned long long)job->result->mount_id));
    if (r == 0 && what->has_loop)
        r = result_add_step(
            job->result, ACTION_FREE, 0, err,
            text_format("make sure that /dev/loop%u lets go of the image", what->loop),
            text_format("ioctl(</dev/loop%u>, LOOP_GET_STATUS64) = ENXIO", what->loop));
    if (r == 0 && what->server)
        r = result_add_step(job->result, ACTION_FREE, 1, err,
                            text_format("see its server end (process %d)", (int)what->server),
                            text_format("poll(<pidfd of %d>, POLLIN)", (int)what->server));
    for (size_t i = what->n_made; i-- > 0 && r == 0;)
        r = result_add_step(
            job->result, ACTION_REMOVE_MADE, i, err,
            text_format("remove %s%s%s, which davit made", what->made[i].parent,
                        strcmp(what->made[i].parent, "/") ? "/" : "", what->made[i].name),
            text_format("unlinkat(<%s>, \"%s\", %s)", what->made[i].parent, what->made[i].name,
                        what->made[i].is_file ? "0" : "AT_REMOVEDIR"));
    if (r == 0)
        r = result_add_step(job->result, ACTION_REVEAL, 0, err,
                            text_format("look at what %s shows now", job->asked->path),
                            text_format("openat2(<root of %s>, \"%s\", {flags=O_PATH|O_CLOEXEC, "
                                        "resolve=RESOLVE_IN_ROOT|RESOLVE_NO_MAGICLINKS})",
                                        job->container->name, job->asked->path));
    if (r == 0)
        r = result_add_step(job->result, ACTION_WRITE_DONE, 0, err,
                            text_format("note in the journal that it is done"),
                            text_format("write(<journal>, done)"));
    return r;
}

int detach_plan(struct detach_job *job, struct error *err)
{
    int r = predict(job, err);

    return r < 0 ? r : add_steps(job, err);
}
