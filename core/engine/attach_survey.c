#include "core/engine/attach_job.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/engine/made.h"
#include "core/engine/recipe.h"
#include "core/engine/replace.h"
#include "core/engine/share.h"

void attach_job_done(struct attach_job *job)
{
    if (job->tree >= 0)
        (void)close(job->tree);
    if (job->writable >= 0)
        (void)close(job->writable);
    if (job->place >= 0)
        (void)close(job->place);
    owner_map_done(&job->owners);
    if (job->kept >= 0)
        (void)close(job->kept);
    if (job->view)
        journal_view_free(job->view);
    target_done(&job->target);
    inside_done(&job->inside);
    if (job->container)
        container_free(job->container);
    if (job->what)
        attachment_free(job->what);
    *job = (struct attach_job)ATTACH_JOB_INIT;
}

static const char *kind_of(mode_t mode)
{
    return S_ISDIR(mode) ? "a directory" : "not a directory";
}

static int check_kind(const struct attach_job *job, struct error *err)
{
    int r;

    if (job->target.missing || job->source->type == 0 ||
        S_ISDIR(job->target.st.st_mode) == S_ISDIR(job->source->type))
        return 0;
    r = error_set(err, ERROR_WRONG_TYPE, S_ISDIR(job->source->type) ? ENOTDIR : EISDIR,
                  "%s is %s, but %s in the container is %s", job->source->name,
                  kind_of(job->source->type), job->target.path, kind_of(job->target.st.st_mode));
    error_hint(err, "a directory goes onto a directory, a file onto a file");
    return r;
}

int attach_kind_known(struct attach_job *job, struct error *err)
{
    struct attachment *what = job->what;
    int r = check_kind(job, err);

    if (r < 0)
        return r;
    if (job->target.missing && what->n_made)
        what->made[what->n_made - 1].is_file = !source_goes_onto_directory(job->source);
    return attach_reword_steps(job, err);
}

static int check_missing(const struct attach_job *job, struct error *err)
{
    const struct target *target = &job->target;
    bool read_only = target->missing && mount_entry_read_only(target->on);
    int r;

    if (!target->missing)
        return 0;
    if (job->request->flags & ATTACH_NO_MKDIR) {
        r = error_set(err, ERROR_NO_PATH, ENOENT, "%s does not exist in the container",
                      job->asked->path);
        error_hint(err, "without --no-mkdir davit makes it");
        return r;
    }
    if (read_only && !(job->request->flags & ATTACH_MKDIR)) {
        r = error_set(err, ERROR_NO_PATH, ENOENT,
                      "%s does not exist, and %s is read-only in the container", job->asked->path,
                      target->on->target);
        error_hint(err,
                   "--mkdir makes it below the read-only mount: it then shows in what a commit "
                   "of the container keeps");
        return r;
    }
    return 0;
}

static int check_propagation(const struct attach_job *job, struct error *err)
{
    if (job->request->propagation == PROPAGATION_SHARED && job->inside.own_userns)
        return error_set(err, ERROR_UNSAFE, EPERM,
                         "shared propagation would let root inside %s mount onto the host",
                         job->container->name);
    return 0;
}

// A second attach onto what davit attached there is more likely two administrators than a wish.
static int check_not_ours(const struct attach_job *job, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    struct journal *journal;
    int r;

    if (job->old || job->target.missing || job->target.ids.is_root == 0 ||
        job->request->flags & ATTACH_FORCE)
        return 0;
    r = engine_journal_reading(job->engine, &journal, err);
    if (r == 0)
        r = journal_read_live(journal, &view, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < view->n_attachments; i++) {
        const struct attachment *other = view->attachments[i];

        if (other->state != ATTACHMENT_LIVE ||
            !attachment_is_mount(other, &job->inside, job->target.fd, &job->target.ids,
                                 job->target.on))
            continue;
        r = error_set(err, ERROR_BUSY, EBUSY, "%s has attached %s at %s already (%s)", other->by,
                      other->source, job->asked->path, other->id);
        error_hint(err, "detach it first; --force puts this one on top");
        return r;
    }
    return 0;
}

// A link may lead far from what was typed: both are named.
static int check_safe(const struct attach_job *job, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *fresh = NULL;
    int r = 0;

    // Whom a shared mount reaches is seen in the propagation of all others.
    if (job->source->host_is_kept && job->target.on->peer_group)
        r = mount_table_read(AT_FDCWD, &fresh, err);
    if (r == 0)
        r = target_check_safe(&job->inside, &job->target, fresh ? fresh : job->host, err);

    if (r < 0) {
        error_prefix(err, "%s", job->asked->path);
        error_path(err, job->asked->path);
    }
    return r;
}

int attach_survey(struct attach_job *job, struct error *err)
{
    unsigned long long start;
    int r = engine_find_target(job->engine, job->asked, &job->container, err);

    if (r == 0)
        r = inside_open(job->container, &job->inside, err);
    if (r < 0)
        return r;
    start = monotonic_us();
    r = target_resolve(&job->inside, job->asked->path, job->timeout_ms, &job->target, err);
    job->target_us = monotonic_us() - start;
    if (r == 0 && job->request->replaces)
        r = replace_survey(job, err);
    if (r == 0)
        r = check_safe(job, err);
    if (r == 0)
        r = check_kind(job, err);
    if (r == 0)
        r = check_missing(job, err);
    if (r == 0)
        r = check_propagation(job, err);
    if (r == 0)
        r = attach_choose_owners(job, err);
    if (r == 0 && job->inside.is_host)
        r = share_check_target(job, err);
    if (r == 0)
        r = check_not_ours(job, err);
    return r < 0 ? r : recipe_or_kernel(job->source, err);
}
