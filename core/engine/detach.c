#include <stdlib.h>
#include <string.h>

#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/detach_job.h"
#include "core/engine/kept.h"
#include "core/engine/share.h"

static void audit(const struct detach_job *job, const char *outcome)
{
    _cleanup_free_ char *text = NULL;
    struct actor actor;

    actor_find(&actor);
    text =
        text_format("detach %s: %s detached %s from %s:%s: %s", job->id, actor.name,
                    job->what->source, job->container->name, job->what->identity.target, outcome);
    if (text)
        audit_log(text);
}

// Who would keep it busy is worth knowing before; that it cannot be told does not spoil the plan.
static void look_for_holders(struct detach_job *job)
{
    struct error ignored;
    size_t n;

    if (detach_find_holders(job, &n, &ignored) < 0 && job->result->holders)
        job->result->holders->complete = false;
}

// Who takes it away does not want it back by itself.
static int drop_kept(struct detach_job *job, struct error *err)
{
    struct error why;
    int r = kept_drop(job->engine, job->what->id, &why);

    if (r < 0)
        return result_add_warning(job->result, err, "%s", why.message);
    return r == 1 && !job->request->expired
               ? result_add_warning(job->result, err,
                                    "it was kept, or had its time: that is over too")
               : 0;
}

static int warn_loss(struct detach_job *job, struct error *err)
{
    const char *loss = attachment_loss(job->what);

    return loss ? result_add_warning(job->result, err, "%s", loss) : 0;
}

int detach_one(struct detach_job *job, bool dry_run, struct error *err)
{
    int r = job->foreign ? detach_survey_foreign(job, err) : detach_survey(job, err);

    if (job->container) {
        free(job->result->container);
        job->result->container = strdup(job->container->name);
        if (!job->result->container)
            return ERROR_OOM(err);
    }
    if (r == 0)
        r = detach_plan(job, err);
    if (r == 0 && !job->foreign)
        r = warn_loss(job, err);
    if (r == 0 && !job->foreign)
        r = share_warn_dependents(job, err);
    if (r == 0 && dry_run && !job->foreign)
        look_for_holders(job);
    if (r != 0 || dry_run)
        return r;
    text_random_hex(job->id, sizeof job->id);
    strcpy(job->result->operation, job->id);
    r = detach_execute(job, err);
    job->result->verified = r == 0;
    if (r == 0 && job->lingering)
        r = result_add_warning(job->result, err,
                               "still in use, unseen: it ends when its holders let go");
    if (r == 0)
        r = drop_kept(job, err);
    audit(job, r < 0 ? err->message : "ok");
    return r;
}

int detach_all(struct engine *engine, const struct detach_request *request, bool dry_run,
               struct report **ret, struct error *err)
{
    _cleanup_report_ struct report *report = calloc(1, sizeof *report);

    int r = targets_check(request->targets, request->n_targets, err);

    if (r < 0)
        return r;
    if (!report)
        return ERROR_OOM(err);
    for (size_t i = 0; i < request->n_targets; i++) {
        struct detach_job job = DETACH_JOB_INIT;
        struct error failure = {0};
        struct result *result = report_add(report, &request->targets[i], err);

        if (!result)
            return -ENOMEM;
        job.engine = engine;
        job.request = request;
        job.asked = &request->targets[i];
        job.timeout_ms = request->timeout_ms ? request->timeout_ms : RESOLVER_DEFAULT_MS;
        job.result = result;
        result->ok = detach_one(&job, dry_run, &failure) == 0;
        if (!result->ok)
            result->error = failure;
        detach_job_done(&job);
    }
    *ret = TAKE_POINTER(report);
    return 0;
}
