// What an attach will come to: the mount that is predicted, what there is to be said about it, what
// the journal will say.
#include "core/engine/attach_job.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/text.h"
#include "core/engine/kept.h"
#include "core/engine/maker.h"
#include "core/engine/replace.h"

// ---- prediction ----

// The options that the mount will have: what the host's mount has stays, what is asked for is
// added.
static void predict_options(const struct attach_job *job, bool read_only, char *out, size_t size)
{
    static const struct {
        uint64_t attr;
        const char *name;
    } flags[] = {
        {MOUNT_ATTR_NOSUID, "nosuid"},
        {MOUNT_ATTR_NODEV, "nodev"},
        {MOUNT_ATTR_NOEXEC, "noexec"},
        {MOUNT_ATTR_NOSYMFOLLOW, "nosymfollow"},
    };
    size_t used = (size_t)snprintf(out, size, "%s", read_only ? "ro" : "rw");

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
        if (job->attr_set & flags[i].attr ||
            mount_entry_has_option(job->source->mount, flags[i].name))
            used += (size_t)snprintf(out + used, size - used, ",%s", flags[i].name);
    if (job->owners.on)
        (void)snprintf(out + used, size - used, ",idmapped");
}

static int predict(struct attach_job *job, char *options, size_t size, struct error *err)
{
    const struct source *source = job->source;
    struct result *result = job->result;
    unsigned flags = job->request->flags;

    job->attr_set = (flags & ATTACH_READ_ONLY ? MOUNT_ATTR_RDONLY : 0) |
                    (flags & ATTACH_SUID ? 0 : MOUNT_ATTR_NOSUID) |
                    (flags & ATTACH_DEV ? 0 : MOUNT_ATTR_NODEV) |
                    (flags & ATTACH_NOEXEC ? MOUNT_ATTR_NOEXEC : 0);
    if (job->inside.is_host)
        job->attr_set |= MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOSYMFOLLOW;
    result->read_only = flags & ATTACH_READ_ONLY || mount_entry_read_only(source->mount);
    predict_options(job, result->read_only, options, size);
    result->method = source->maker->method;
    result->device = text_clean_dup(source->mount->source, strlen(source->mount->source));
    result->major_minor =
        text_format("%u:%u", major(source->mount->device), minor(source->mount->device));
    result->sub_root = strdup(source->mount->root);
    result->sub_path = strdup(source->sub_path);
    if (!result->device || !result->major_minor || !result->sub_root || !result->sub_path)
        return ERROR_OOM(err);
    if (source->mount->device == 0) // known when it is made
        free(TAKE_POINTER(result->major_minor));
    return result_set_options(result, options, err);
}

// ---- warnings ----

static int warn_left_out(struct attach_job *job, struct error *err)
{
    int r = 0;

    if (job->request->flags & ATTACH_RECURSIVE)
        return 0;
    for (size_t i = 0; i < job->source->n_below && r == 0; i++)
        r = result_add_warning(job->result, err, "left out: %s (%s); --recursive takes it",
                               job->source->below[i]->target, job->source->below[i]->source);
    return r;
}

// A link may lead far from what was typed.
static int warn_link(struct attach_job *job, struct error *err)
{
    const struct target *target = &job->target;
    _cleanup_free_ char *leads =
        target->missing
            ? text_format("%s/%s", strcmp(target->path, "/") ? target->path : "", target->missing)
            : strdup(target->path);

    if (!leads)
        return ERROR_OOM(err);
    return strcmp(leads, target->asked) == 0
               ? 0
               : result_add_warning(job->result, err, "%s leads to %s", target->asked, leads);
}

// What an option of a mount does not do to a special file, or does to it alone.
static int warn_special(struct attach_job *job, struct error *err)
{
    mode_t type = job->source->type;
    unsigned flags = job->request->flags;
    int r = 0;

    if (type == 0 || S_ISDIR(type) || S_ISREG(type))
        return 0;
    if (flags & ATTACH_READ_ONLY)
        r = result_add_warning(job->result, err,
                               "read-only does not limit what goes through a socket or device");
    if (r == 0 && (S_ISCHR(type) || S_ISBLK(type)) && !(flags & ATTACH_DEV))
        r = result_add_warning(job->result, err,
                               "%s is a device, and nodev lets nobody open it inside: --dev does",
                               job->source->name);
    return r;
}

static int warn(struct attach_job *job, struct error *err)
{
    bool wants_write = !(job->request->flags & ATTACH_READ_ONLY);
    const struct target *target = &job->target;
    int r = warn_link(job, err);

    if (r == 0 && job->inside.is_host)
        r = result_add_warning(job->result, err, "the host's mount table changes: %u more in it",
                               job->what->identity.n_mounts);
    if (r == 0)
        r = warn_left_out(job, err);
    if (r == 0 && wants_write && mount_entry_read_only(job->source->mount))
        r = result_add_warning(job->result, err, "%s is read-only %s: so it is inside",
                               job->source->path ? job->source->mount->target : job->source->name,
                               job->source->path ? "on the host" : "where it is");
    if (r == 0)
        r = warn_special(job, err);
    if (r == 0 && job->old && attachment_loss(job->old))
        r = result_add_warning(job->result, err, "%s", attachment_loss(job->old));
    if (r == 0 && job->old && !job->beneath)
        r = result_add_warning(job->result, err,
                               "for a moment nothing is attached there: the kernel has no "
                               "MOVE_MOUNT_BENEATH (it came with Linux 6.5)");
    if (r == 0 && !target->missing && target->depth > 0)
        r = result_add_warning(job->result, err, "hides the mount of %s at %s (%u stacked there)",
                               target->on->source, target->on->target, target->depth);
    if (r == 0 && target->on->peer_group)
        r = result_add_warning(job->result, err,
                               "%s is shared with other mounts (peer group %llu): the attach shows "
                               "there too",
                               target->on->target, (unsigned long long)target->on->peer_group);
    if (r == 0 && job->request->propagation == PROPAGATION_SHARED)
        r = result_add_warning(job->result, err,
                               "shared on request: mounts made below it inside show %s%s",
                               job->source->provider ? "in " : "on the host",
                               job->source->provider ? job->source->provider->name : "");
    if (r == 0 && job->request->propagation == PROPAGATION_SLAVE && !job->source->mount->peer_group)
        r = result_add_warning(job->result, err, "%s is not shared: there is nothing to receive",
                               job->source->path ? job->source->mount->target : job->source->name);
    if (r == 0)
        r = attach_warn_owners(job, err);
    return r == 0 && attach_is_liftable(job) ? attach_warn_liftable(job, err) : r;
}

// ---- what the journal will say ----

static char *directory_of_missing(const char *parent, const char *missing, size_t length)
{
    if (length == 0)
        return strdup(parent);
    return text_format("%s%s%.*s", strcmp(parent, "/") ? parent : "", "/", (int)length, missing);
}

static int plan_made(struct attach_job *job, const char *id, struct error *err)
{
    const char *missing = job->target.missing;
    struct attachment *what = job->what;

    if (!missing)
        return 0;
    what->made = calloc(job->target.n_missing, sizeof *what->made);
    what->temporary = text_format(".davit-%s", id);
    if (!what->made || !what->temporary)
        return ERROR_OOM(err);
    for (const char *s = missing; *s;) {
        struct made_node *node = &what->made[what->n_made++];
        size_t n = strcspn(s, "/"), before = (size_t)(s - missing);

        node->name = strndup(s, n);
        node->parent = directory_of_missing(job->target.path, missing, before ? before - 1 : 0);
        if (!node->name || !node->parent)
            return ERROR_OOM(err);
        s += n + (s[n] == '/');
        node->is_file = !*s && !source_goes_onto_directory(job->source);
    }
    return 0;
}

static int plan_record(struct attach_job *job, const char *id, const char *options,
                       struct error *err)
{
    const struct container *container = job->container;
    struct attachment *what = job->what = calloc(1, sizeof *what);

    if (!what)
        return ERROR_OOM(err);
    (void)snprintf(what->id, sizeof what->id, "%s", id);
    what->container_id = strdup(container->id);
    what->container_name = strdup(container->name);
    what->pod = container->pod ? strdup(container->pod) : NULL;
    what->runtime = strdup(container->runtime);
    what->source = strdup(job->source->name);
    what->method = job->source->maker->method;
    if (job->source->provider) {
        what->provider = strdup(job->source->provider->name);
        what->provider_init = job->source->provider->pid;
        what->provider_start = job->source->provider_start;
        if (!what->provider)
            return ERROR_OOM(err);
    }
    what->offset = job->request->offset;
    what->target = strdup(job->asked->path);
    what->options = strdup(options);
    what->flags = job->request->flags;
    what->propagation = (int)job->request->propagation;
    if (job->owners.on || job->request->idmap)
        what->idmap = strdup(job->request->idmap ? job->request->idmap : "auto");
    what->mode = job->request->mode ? job->request->mode : 0755;
    what->state = ATTACHMENT_INTENT;
    what->identity.mnt_ns = job->inside.mnt_ns;
    what->identity.init = job->inside.init.pid;
    what->identity.init_start = job->inside.init.start_time;
    what->identity.device = job->source->mount->device;
    what->identity.root = strdup(job->source->root_inside);
    what->identity.n_mounts =
        1 + (job->request->flags & ATTACH_RECURSIVE ? (unsigned)job->source->n_below : 0);
    if (!what->container_id || !what->container_name || !what->runtime || !what->source ||
        !what->target || !what->options || !what->identity.root || (container->pod && !what->pod) ||
        ((job->owners.on || job->request->idmap) && !what->idmap))
        return ERROR_OOM(err);
    if (job->old || job->request->heir_of) {
        replace_take_over(job->what, job->old ? job->old : job->request->heir_of);
        return 0;
    }
    if (job->request->renews && !job->target.missing)
        return kept_take_made(what, job->request->renews, err);
    return plan_made(job, id, err);
}

int attach_plan(struct attach_job *job, const char *id, struct error *err)
{
    char options[64];
    int r = predict(job, options, sizeof options, err);

    if (r == 0)
        r = plan_record(job, id, options, err);
    if (r == 0)
        r = attach_plan_steps(job, err);
    return r < 0 ? r : warn(job, err);
}
