// Whose files those of the host are inside a user namespace: an idmapped mount (mount_setattr(2),
// MOUNT_ATTR_IDMAP, 5.12) shows other owners than the filesystem has. With the container's own user
// namespace as the mapping ("auto") each owner has the same number inside as on the host; without a
// mapping those that the container does not map show as nobody.
#include "core/engine/attach_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

// Filesystems whose owners no kernel so far (6.18) can map. FUSE may be asked to since 6.12, others
// since some version: the kernel says so.
static const char *const never[] = {
    "overlay", "proc",   "sysfs", "devtmpfs", "devpts",   "cgroup",     "cgroup2", "nfs",
    "nfs4",    "cifs",   "smb3",  "9p",       "ecryptfs", "securityfs", "debugfs", "tracefs",
    "mqueue",  "pstore", "bpf",   "autofs",   "configfs", "efivarfs",   "aufs",    "nsfs",
};

static bool never_maps(const char *type)
{
    for (size_t i = 0; i < ARRAY_SIZE(never); i++)
        if (strcmp(type, never[i]) == 0)
            return true;
    return false;
}

void owner_map_done(struct owner_map *owners)
{
    if (owners->userns >= 0)
        (void)close(owners->userns);
    id_map_done(&owners->uids);
    id_map_done(&owners->gids);
    free(owners->uid_text);
    free(owners->gid_text);
    *owners = (struct owner_map)OWNER_MAP_INIT;
}

// ---- whether, and which ----

static bool is_writable(const struct attach_job *job)
{
    return !(job->request->flags & ATTACH_READ_ONLY) && !mount_entry_read_only(job->source->mount);
}

// Nobody should write to the host's files as their owners, root's among them, without having said
// so.
static int needs_word(const struct attach_job *job, struct error *err)
{
    const char *source = job->source->name, *container = job->asked->container;
    const char *slash = strrchr(container, '/');
    int r;

    // A console selects by whole ids, which nobody wants to read.
    if (slash && strcmp(slash + 1, job->container->id) == 0)
        container = job->container->name;
    r = error_set(err, ERROR_UNSAFE, EPERM,
                  "%s has a user namespace: say whose files these are inside, the host's "
                  "owners' (then root inside writes as the host's root) or nobody's",
                  container);

    error_hint_words(
        err,
        "davit attach --idmap auto %s %s:%s (as on the host), davit attach --idmap off "
        "%s %s:%s (nobody's), or --ro",
        source, container, job->asked->path, source, container, job->asked->path);
    return r;
}

static int check_type(const struct mount_entry *mount, struct error *err)
{
    int r;

    if (!never_maps(mount->type) && !mount_entry_has_option(mount, "idmapped"))
        return 0;
    if (never_maps(mount->type))
        r = error_set(err, ERROR_UNSUPPORTED, EINVAL,
                      "owners on %s (at %s) cannot be mapped for a user namespace", mount->type,
                      mount->target);
    else
        r = error_set(err, ERROR_UNSUPPORTED, EPERM,
                      "%s is mounted with mapped owners already: they cannot be mapped again",
                      mount->target);
    error_hint(err, "--idmap off attaches it as it is: owners that the container does not map show "
                    "as nobody; a directory on ext4, xfs or btrfs can be mapped");
    return r;
}

static int check_mounts(const struct attach_job *job, struct error *err)
{
    int r = check_type(job->source->mount, err);

    if (job->request->flags & ATTACH_RECURSIVE)
        for (size_t i = 0; i < job->source->n_below && r == 0; i++)
            r = check_type(job->source->below[i], err);
    return r;
}

static int read_maps(struct attach_job *job, struct error *err)
{
    int r = id_map_read(job->inside.init.proc, "uid_map", &job->owners.uids, err);

    return r < 0 ? r : id_map_read(job->inside.init.proc, "gid_map", &job->owners.gids, err);
}

int attach_choose_owners(struct attach_job *job, struct error *err)
{
    const char *asked = job->request->idmap;
    struct owner_map *owners = &job->owners;
    int r = read_maps(job, err);
    uint32_t id;
    bool same;

    if (r < 0)
        return r;
    same = id_map_is_identity(&owners->uids) && id_map_is_identity(&owners->gids);
    if (asked && strcmp(asked, "off") == 0)
        return 0;
    if (asked && strcmp(asked, "auto") != 0) {
        owners->on = owners->spelled = true;
        r = id_range_parse(asked, &owners->range, err);
        if (r == 0)
            r = id_map_for_mount(&owners->uids, &owners->range, &owners->uid_text, err);
        if (r == 0)
            r = id_map_for_mount(&owners->gids, &owners->range, &owners->gid_text, err);
        return r < 0 ? r : check_mounts(job, err);
    }
    // What is fresh gets its owner when it is made (maker_tmpfs.c).
    if (same || !job->inside.own_userns || job->source->kind == SOURCE_TMPFS)
        return 0;
    // The owner is one of the container's already, as in a directory prepared for it.
    if (id_map_inward(&owners->uids, job->source->uid, &id) &&
        id_map_inward(&owners->gids, job->source->gid, &id))
        return 0;
    if (!asked && is_writable(job))
        return needs_word(job, err);
    owners->on = true;
    return check_mounts(job, err);
}

// ---- what it shows ----

// The number inside of an owner on the host; false: nobody.
static bool shows_as(const struct attach_job *job, const struct id_map *map, uint32_t id,
                     uint32_t *ret)
{
    const struct owner_map *owners = &job->owners;
    uint32_t ignored;

    if (!owners->on)
        return id_map_inward(map, id, ret);
    if (!owners->spelled) {
        *ret = id;
        return id_map_outward(map, id, &ignored);
    }
    if (id < owners->range.outside || id - owners->range.outside >= owners->range.count)
        return false;
    *ret = owners->range.inside + (id - owners->range.outside);
    return true;
}

int attach_check_owner(struct attach_job *job, uint32_t uid, uint32_t gid, struct error *err)
{
    const struct source *source = job->source;
    uint32_t want_uid, want_gid;
    bool known_uid = shows_as(job, &job->owners.uids, source->uid, &want_uid);
    bool known_gid = shows_as(job, &job->owners.gids, source->gid, &want_gid);
    int r;

    if ((!known_uid || uid == want_uid) && (!known_gid || gid == want_gid))
        return 0;
    r = error_set(err, ERROR_UNVERIFIED, ESTALE,
                  "%s shows owner %u:%u inside, not %u:%u: the attach is taken back",
                  job->asked->path, uid, gid, known_uid ? want_uid : uid,
                  known_gid ? want_gid : gid);
    error_hint(err, "--idmap off attaches it with the host's owners");
    return r;
}

int attach_warn_owners(struct attach_job *job, struct error *err)
{
    const struct source *source = job->source;
    const struct owner_map *owners = &job->owners;
    uint32_t uid, gid;
    int r = 0;

    if (owners->on && !owners->spelled && is_writable(job))
        r = result_add_warning(job->result, err,
                               "what root inside writes there belongs to the host's root");
    if (r < 0 || source->type == 0 || // its owner is known when it is made
        (shows_as(job, &owners->uids, source->uid, &uid) &&
         shows_as(job, &owners->gids, source->gid, &gid)))
        return r;
    return result_add_warning(job->result, err,
                              "%s belongs to %u:%u: inside that is nobody, for it is not mapped",
                              source->name, (unsigned)source->uid, (unsigned)source->gid);
}

// ---- the step ----

static char *one_line(const char *map)
{
    char *out = strdup(map);

    for (char *s = out; s && (s = strchr(s, '\n'));)
        *s = s[1] ? ';' : '\0';
    return out;
}

int attach_plan_owners(struct attach_job *job, struct error *err)
{
    const struct owner_map *owners = &job->owners;
    const struct id_range *range = &owners->range;
    const char *name = job->container->name;
    _cleanup_free_ char *uids = NULL, *gids = NULL;

    if (!owners->on)
        return 0;
    if (!owners->spelled)
        return result_add_step(
            job->result, ACTION_MAP_OWNERS, 0, err,
            text_format("take the user namespace of %s as the mapping: owners have the host's "
                        "numbers inside",
                        name),
            text_format("openat(</proc/%d>, \"ns/user\", O_RDONLY|O_CLOEXEC)",
                        (int)job->inside.init.pid));
    uids = one_line(owners->uid_text);
    gids = one_line(owners->gid_text);
    if (!uids || !gids)
        return ERROR_OOM(err);
    return result_add_step(
        job->result, ACTION_MAP_OWNERS, 0, err,
        range->count == 1 ? text_format("make a mapping: the host's %u is %u inside",
                                        range->outside, range->inside)
                          : text_format("make a mapping: the host's %u to %u are %u to %u inside",
                                        range->outside, range->outside + (range->count - 1),
                                        range->inside, range->inside + (range->count - 1)),
        text_format("unshare(CLONE_NEWUSER); write(<uid_map>, \"%s\"); write(<gid_map>, \"%s\")",
                    uids, gids));
}

int attach_open_owners(struct attach_job *job, struct error *err)
{
    struct owner_map *owners = &job->owners;
    int r;

    if (owners->spelled)
        return userns_make(owners->uid_text, owners->gid_text, job->timeout_ms, &owners->userns,
                           err);
    r = process_ns_open(&job->inside.init, PROCESS_NS_USER, err);
    if (r < 0)
        return r;
    owners->userns = r;
    return 0;
}

int attach_cannot_map(const struct attach_job *job, int sys_errno, struct error *err)
{
    const struct source *source = job->source;
    bool below = job->request->flags & ATTACH_RECURSIVE && source->n_below;

    error_set(err, ERROR_UNSUPPORTED, sys_errno,
              sys_errno == EPERM ? "%s (%s%s) has mapped owners already, or is not davit's to map"
                                 : "this kernel cannot map the owners of %s (%s%s)",
              source->name, source->mount->type, below ? ", or a mount below it" : "");
    error_hint(err, "ext4, xfs: Linux 5.12, btrfs 5.15, squashfs 6.2, tmpfs 6.3, some FUSE 6.12; "
                    "--idmap off attaches it as it is: owners that the container does not map show "
                    "as nobody");
    return -sys_errno;
}
