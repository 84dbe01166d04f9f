// Plans and changes.
#include <errno.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/change.h"
#include "core/wire/encode.h"
#include "core/wire/worker_internal.h"

static int perform(struct engine *engine, const struct change *change, bool dry_run,
                   struct report **ret, struct error *err)
{
    switch (change->operation) {
    case OPERATION_ATTACH:
    case OPERATION_REPLACE:
        return engine_attach(engine, &change->attach, dry_run, ret, err);
    case OPERATION_SHARE:
        return engine_share(engine, &change->attach, dry_run, ret, err);
    case OPERATION_REFRESH:
        return engine_refresh(engine, &change->refresh, dry_run, ret, err);
    case OPERATION_DETACH:
        return engine_detach(engine, &change->detach, dry_run, ret, err);
    case OPERATION_KEEP:
    case OPERATION_FORGET:
        if (dry_run) // neither changes a mount
            return error_set(err, ERROR_USAGE, EINVAL,
                             "params.operation: it is run without a plan");
        return change->operation == OPERATION_KEEP
                   ? engine_keep(engine, change->targets, change->n_targets, change->force, false,
                                 ret, err)
                   : engine_forget(engine, change->targets, change->n_targets, false, ret, err);
    case OPERATION_UNDO:
        return engine_undo(engine, *change->id ? change->id : NULL, &change->attach.expected,
                           dry_run, ret, err);
    case OPERATION_EJECT: // propose()
        break;
    }
    return -EINVAL;
}

// Plans or performs, and what is to be told of it.
static int propose(struct engine *engine, const struct change *change, unsigned flags,
                   char ret_undoes[OPERATION_ID_SIZE], json_t **ret, struct error *err)
{
    _cleanup_report_ struct report *report = NULL;
    _cleanup_eject_report_ struct eject_report *ejected = NULL;
    bool dry_run = flags & ENCODE_PLANS;
    int r;

    if (change->operation == OPERATION_EJECT) {
        r = engine_eject(engine, &change->eject, dry_run, &ejected, err);
        *ret = r < 0 ? NULL : encode_eject(ejected, flags);
        return r;
    }
    r = perform(engine, change, dry_run, &report, err);
    *ret = r < 0 ? NULL : encode_report(report, flags);
    if (r >= 0)
        memcpy(ret_undoes, report->undoes, OPERATION_ID_SIZE);
    return r;
}

// ---- the command line ----

static char *command_of(const struct job *job, const struct change *change)
{
    const json_t *given = json_object_get(job->params, "names");
    const char *names[PROTOCOL_TARGETS_MAX];

    for (size_t i = 0; i < change->n_targets; i++)
        names[i] = json_string_value(json_array_get(given, i));
    return change_command(change, job->options, names);
}

// ---- the jobs ----

static int read_change(const struct job *job, struct change **ret, struct error *err)
{
    const json_t *known = json_object_get(job->params, "known");
    struct change *change = calloc(1, sizeof *change);
    struct container *containers = calloc(PROTOCOL_TARGETS_MAX, sizeof *containers);
    int r;

    if (!change || !containers)
        return ERROR_OOM(err);
    r = change_read(json_object_get(job->params, "change"), change, err);
    for (size_t i = 0; r == 0 && i < change->n_targets; i++)
        if (job_known(json_array_get(known, i), &containers[i]))
            change->targets[i].known = &containers[i];
    if (r == 0)
        *ret = change;
    return r; // a worker ends with its job: nothing has to be freed
}

int job_plan(struct job *job, json_t **ret, struct error *err)
{
    _cleanup_free_ char *command = NULL;
    char undoes[OPERATION_ID_SIZE] = "";
    struct change *change = NULL;
    json_t *object = NULL;
    int failed, r = read_change(job, &change, err);

    if (r == 0)
        r = propose(job->engine, change, ENCODE_PLANS, undoes, &object, err);
    if (r < 0)
        return r;
    command = command_of(job, change);
    failed = object && command ? json_object_set_new(object, "command", json_string(command)) : -1;
    if (!failed && *undoes)
        failed = json_object_set_new(object, "id", json_string(undoes));
    if (failed) {
        json_decref(object);
        object = NULL;
    }
    return job_answer(object, ret, err);
}

int job_run(struct job *job, json_t **ret, struct error *err)
{
    char undoes[OPERATION_ID_SIZE] = "";
    struct change *change = NULL;
    json_t *object = NULL;
    int r = read_change(job, &change, err);

    if (r == 0)
        r = propose(job->engine, change, 0, undoes, &object, err);
    return r < 0 ? r : job_answer(object, ret, err);
}

int job_recover(struct job *job, json_t **ret, struct error *err)
{
    int r = engine_recover(job->engine, err);

    if (r < 0 && err->code != ERROR_NOT_PERMITTED)
        return r;
    if (r > 0)
        job_notice("an earlier davit was ended in the middle of a change, and only root can take "
                   "it back: sudo davit status",
                   job);
    return job_answer(json_object(), ret, err);
}
