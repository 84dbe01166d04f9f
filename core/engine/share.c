#include "core/engine/share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/engine/reveal.h"

// ---- the host as a target ----

int host_container(struct container **ret, struct error *err)
{
    _cleanup_container_ struct container *host = calloc(1, sizeof *host);

    if (!host)
        return ERROR_OOM(err);
    host->host = true;
    host->id = strdup(HOST_NAME);
    host->name = strdup(HOST_NAME);
    host->runtime = strdup(HOST_NAME);
    if (!host->id || !host->name || !host->runtime)
        return ERROR_OOM(err);
    host->pid = HOST_INIT;
    *ret = TAKE_POINTER(host);
    return 0;
}

static int check_hidden(struct attach_job *job, struct error *err)
{
    enum revealed what = REVEALED_UNKNOWN;
    _cleanup_free_ char *text = NULL;
    int r;

    if (job->target.missing)
        return 0;
    text = reveal(&job->inside, job->target.path, job->timeout_ms, &what);
    if (!text)
        return ERROR_OOM(err);
    if (what == REVEALED_NOTHING)
        return 0;
    r = error_set(err, ERROR_UNSAFE, ENOTEMPTY, "%s is %s: the host would not see that any more",
                  job->asked->path, text);
    error_path(err, job->asked->path);
    error_hint(err, "name an empty directory or one that does not exist; --force hides it");
    return r;
}

// Another mount that gets what is mounted on `on`, in this table.
static const struct mount_entry *peer_in(const struct mount_table *table,
                                         const struct mount_entry *on, bool is_own)
{
    for (size_t i = 0; i < table->n_entries; i++) {
        const struct mount_entry *entry = &table->entries[i];

        if ((!is_own || entry->id != on->id) &&
            (entry->peer_group == on->peer_group || entry->master == on->peer_group))
            return entry;
    }
    return NULL;
}

static int reaches(const struct attach_job *job, const char *whose, const struct mount_entry *peer,
                   struct error *err)
{
    int r = error_set(err, ERROR_UNSAFE, EINVAL,
                      "%s is on %s, which is shared: the share would show at %s of %s too",
                      job->asked->path, job->target.on->target, peer->target, whose);

    error_path(err, job->asked->path);
    error_hint(err, "choose a directory on a private mount (findmnt -o TARGET,PROPAGATION), or use "
                    "--force");
    return r;
}

// Namespaces that are no container's (services of systemd) are not looked into: the plan's warning
// says that the mount is shared.
static int check_peers(struct attach_job *job, struct error *err)
{
    const struct mount_entry *on = job->target.on, *peer;
    _cleanup_snapshot_ struct snapshot *snapshot = NULL;
    int r;

    if (on->peer_group == 0)
        return 0;
    peer = peer_in(job->inside.table, on, true);
    if (peer)
        return reaches(job, "the host", peer, err);
    r = snapshot_take(&job->engine->options.runtime, &snapshot, err);
    for (size_t i = 0; r == 0 && i < snapshot->n_containers; i++) {
        const struct container *container = &snapshot->containers[i];
        _cleanup_process_ struct process process = PROCESS_INIT;
        _cleanup_mount_table_ struct mount_table *table = NULL;
        struct error ignored;

        if (container->pid <= 0 || process_open(container->pid, &process, &ignored) < 0 ||
            process_ns_inode(process.proc, PROCESS_NS_MNT) == job->inside.mnt_ns ||
            mount_table_read(process.proc, &table, &ignored) < 0)
            continue;
        peer = peer_in(table, on, false);
        if (peer)
            return reaches(job, container->name, peer, err);
    }
    return r;
}

// Whoever may write to a directory above the target can put a link there: into one that programs of
// root's read.
static int check_link(const struct attach_job *job, struct error *err)
{
    const struct target *target = &job->target;
    const char *missing = target->missing;
    const char *path = missing && strcmp(target->path, "/") == 0 ? "" : target->path;
    _cleanup_free_ char *whole =
        text_format("%s%s%s", path, missing ? "/" : "", missing ? missing : "");
    int r;

    if (!whole)
        return ERROR_OOM(err);
    if (strcmp(whole, target->asked) == 0)
        return 0;
    r = error_set(err, ERROR_UNSAFE, ELOOP, "%s leads to %s, by a symbolic link or '..'",
                  job->asked->path, whole);
    error_path(err, job->asked->path);
    error_hint_words(err, "name %s, if that is meant", whole);
    return r;
}

int share_check_target(struct attach_job *job, struct error *err)
{
    int r = check_link(job, err);

    if (r < 0 || job->request->flags & ATTACH_FORCE)
        return r;
    r = check_hidden(job, err);
    return r < 0 ? r : check_peers(job, err);
}

int share_warn_dependents(struct detach_job *job, struct error *err)
{
    int r = 0;

    for (size_t i = 0; i < job->view->n_attachments && r == 0; i++) {
        const struct attachment *other = job->view->attachments[i];
        const char *path = other->provider ? strstr(other->source, ":/") : NULL;

        // The last one, as in target_parse().
        for (const char *next = path; next; next = strstr(next + 1, ":/"))
            path = next;
        if (!path || other->state != ATTACHMENT_LIVE ||
            other->provider_init != job->inside.init.pid ||
            other->provider_start != job->inside.init.start_time ||
            !path_is_below(path + 1, job->what->identity.target))
            continue;
        r = result_add_warning(job->result, err, "%s:%s goes on showing what is here",
                               other->container_name, other->target);
    }
    return r;
}
