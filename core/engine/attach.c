#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/helper.h"
#include "core/base/resolver.h"
#include "core/base/text.h"
#include "core/engine/attach_job.h"
#include "core/engine/kept.h"
#include "core/engine/maker.h"
#include "core/engine/reveal.h"

// ---- one target ----

static void audit(const struct attach_job *job, const char *outcome)
{
    _cleanup_free_ char *text =
        text_format("%s %s: %s attached %s to %s:%s (%s): %s", attachment_operation(job->what),
                    job->what->id, job->what->by ? job->what->by : "?", job->what->source,
                    job->container->name, job->what->target, job->what->options, outcome);

    if (text)
        audit_log(text);
}

// What the attach would hide, for who decides on it.
static int look_at_hidden(struct attach_job *job, struct error *err)
{
    struct result *result = job->result;

    if (job->target.missing || job->old)
        return 0;
    result->reveals = reveal(&job->inside, job->target.path, job->timeout_ms, &result->revealed);
    return result->reveals ? 0 : ERROR_OOM(err);
}

static int attach_one(struct attach_job *job, bool dry_run, struct error *err)
{
    char id[OPERATION_ID_SIZE] = "ID";
    int r = attach_survey(job, err);

    if (!dry_run)
        text_random_hex(id, sizeof id);
    if (job->container) {
        free(job->result->container);
        job->result->container = strdup(job->container->name);
        if (!job->result->container)
            return ERROR_OOM(err);
    }
    if (r == 0)
        r = attach_plan(job, id, err);
    if (r == 0 && dry_run)
        r = look_at_hidden(job, err);
    if (r < 0 || dry_run)
        return r;
    strcpy(job->result->operation, id);
    r = attach_execute(job, err);
    job->result->verified = r == 0;
    if (r == 0)
        kept_attached(job);
    audit(job, r < 0 ? err->message : "ok");
    return r;
}

// ---- the request ----

static int check_request(const struct attach_request *request, const struct source *source,
                         struct error *err)
{
    const char *path = source->path ? source->path : source->inside;
    int r;

    if (request->method != METHOD_AUTO &&
        strcmp(method_name(request->method), source->maker->method) != 0) {
        r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP, "%s cannot be attached by method %s",
                      source->name, method_name(request->method));
        error_hint(err, "--method %s does it, and is what davit chooses", source->maker->method);
        return r;
    }
    if (request->flags & ATTACH_RECURSIVE && path && strcmp(path, "/") == 0 &&
        !(request->flags & ATTACH_FORCE)) {
        r = error_set(err, ERROR_UNSAFE, EINVAL,
                      "a recursive attach of / would show the %s's /proc and /sys inside",
                      source->path ? "host" : "other container");
        error_hint(err, "attach the directory that is needed, or use --force");
        return r;
    }
    return 0;
}

static int run_targets(struct engine *engine, const struct attach_request *request,
                       struct source *source, uint64_t source_us, bool dry_run,
                       struct report *report, struct error *err)
{
    for (size_t i = 0; i < request->n_targets; i++) {
        struct attach_job job = ATTACH_JOB_INIT;
        struct error failure = {0};
        struct result *result = report_add(report, &request->targets[i], err);

        if (!result)
            return -ENOMEM;
        job.engine = engine;
        job.request = request;
        job.source = source;
        job.host = source->host;
        job.asked = &request->targets[i];
        job.timeout_ms = request->timeout_ms;
        job.source_us = source_us;
        job.result = result;
        result->ok = attach_one(&job, dry_run, &failure) == 0;
        if (!result->ok)
            result->error = failure;
        attach_job_done(&job);
    }
    return 0;
}

int attach_all(struct engine *engine, const struct attach_request *given, bool dry_run,
               struct report **ret, struct error *err)
{
    struct attach_request request = *given;
    _cleanup_report_ struct report *report = calloc(1, sizeof *report);
    _cleanup_source_ struct source source = SOURCE_INIT;
    unsigned long long start = monotonic_us();
    int r;

    if (!report)
        return ERROR_OOM(err);
    if (request.timeout_ms == 0)
        request.timeout_ms = RESOLVER_DEFAULT_MS;
    r = targets_check(request.targets, request.n_targets, err);
    if (r == 0)
        r = source_resolve(engine, &request, &source, err);
    start = monotonic_us() - start;
    if (r == 0)
        r = source_check_same(&source, &request.expected, err);
    if (r == 0)
        r = check_request(&request, &source, err);
    if (r == 0)
        r = kept_check_request(engine, &request, &source, err);
    if (r < 0)
        error_stage(err, "resolve");
    else
        r = run_targets(engine, &request, &source, start, dry_run, report, err);
    if (r < 0)
        return r;
    *ret = TAKE_POINTER(report);
    return 0;
}
