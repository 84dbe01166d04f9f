#include "core/wire/encode.h"

#include "core/wire/encode_internal.h"

json_t *encode_error(const struct error *err)
{
    return json_pack("{s:s, s:i, s:o, s:o, s:o, s:o, s:o}", "code", error_code_name(err->code),
                     "exit", error_exit_status(err->code), "stage", encode_text(err->stage), "path",
                     encode_text(err->path), "errno",
                     err->sys_errno ? json_string(error_errno_name(err->sys_errno)) : json_null(),
                     "message", encode_text(err->message), "hint", encode_text(err->hint));
}

json_t *encode_failure(const struct error *err)
{
    return json_pack("{s:o}", "error", encode_error(err));
}

json_t *encode_step(const struct plan_step *step, bool performed)
{
    json_t *object = json_pack("{s:s, s:o, s:o}", "stage", plan_action_stage(step->action), "text",
                               encode_text(step->text), "call", encode_text(step->call));
    const char *name = step->done && step->sys_errno ? error_errno_name(step->sys_errno) : NULL;
    const char *result = !step->done ? NULL : step->sys_errno ? "failed" : "ok";
    int failed = object ? 0 : -1;

    if (failed || !performed)
        return object;
    failed |= json_object_set_new(object, "result", encode_text(result));
    failed |= json_object_set_new(object, "errno", encode_text(name));
    failed |= json_object_set_new(
        object, "took_us", step->done ? json_integer((json_int_t)step->took_us) : json_null());
    return encode_done(object, failed);
}

static json_t *encode_steps(const struct result *result, bool performed)
{
    json_t *array = json_array();

    for (size_t i = 0; array && i < result->n_steps; i++)
        if (json_array_append_new(array, encode_step(&result->steps[i], performed)) < 0)
            return encode_done(array, -1);
    return array;
}

json_t *encode_holder(const struct holder *holder)
{
    return json_pack("{s:o, s:o, s:o, s:o, s:o, s:s, s:o, s:i}", "pid",
                     encode_number((uint64_t)holder->pid), "comm", encode_text(holder->comm),
                     "command", encode_text(holder->command), "container",
                     encode_text(holder->container), "mnt_ns", encode_number(holder->mnt_ns),
                     "kind", holder_kind_name(holder->kind), "path", encode_text(holder->path),
                     "count", (int)holder->count);
}

static json_t *encode_holders(const struct holder_list *list)
{
    json_t *array = json_array();

    for (size_t i = 0; array && list && i < list->n_holders; i++)
        if (json_array_append_new(array, encode_holder(&list->holders[i])) < 0)
            return encode_done(array, -1);
    return array;
}

// All of a result but its steps.
static json_t *encode_outcome(const struct result *result)
{
    json_t *object = json_object();
    int failed = object ? 0 : -1;

    if (failed)
        return NULL;
    failed |= json_object_set_new(object, "container", encode_text(result->container));
    failed |= json_object_set_new(object, "target", encode_text(result->target));
    failed |= json_object_set_new(object, "ok", json_boolean(result->ok));
    failed |= json_object_set_new(object, "error",
                                  result->error.code == ERROR_NONE ? json_null()
                                                                   : encode_error(&result->error));
    failed |= json_object_set_new(object, "operation", encode_text(result->operation));
    failed |= json_object_set_new(object, "device", encode_text(result->device));
    failed |= json_object_set_new(object, "major_minor", encode_text(result->major_minor));
    failed |= encode_raw(object, "sub_root", result->sub_root);
    // "" is a value here: the source is the root of the mount.
    failed |= encode_raw(object, "sub_path", result->sub_path);
    failed |= json_object_set_new(object, "method", encode_text(result->method));
    failed |= json_object_set_new(object, "origin", encode_text(result->origin));
    failed |= json_object_set_new(object, "options", encode_texts(result->options));
    failed |= json_object_set_new(object, "read_only", json_boolean(result->read_only));
    failed |= json_object_set_new(object, "mount_id", encode_number(result->mount_id));
    failed |= json_object_set_new(object, "verified", json_boolean(result->verified));
    failed |= json_object_set_new(object, "reveals", encode_text(result->reveals));
    failed |= json_object_set_new(object, "reveals_nothing",
                                  result->revealed == REVEALED_UNKNOWN
                                      ? json_null()
                                      : json_boolean(result->revealed == REVEALED_NOTHING));
    failed |= json_object_set_new(object, "holders", encode_holders(result->holders));
    failed |= json_object_set_new(object, "complete",
                                  result->holders ? json_boolean(result->holders->complete)
                                                  : json_null());
    failed |= json_object_set_new(object, "warnings", encode_texts(result->warnings));
    return encode_done(object, failed);
}

json_t *encode_result(const struct result *result)
{
    json_t *object = encode_outcome(result);
    int failed = object ? 0 : -1;

    if (!failed)
        failed = json_object_set_new(object, "steps", encode_steps(result, true));
    return encode_done(object, failed);
}

json_t *encode_plan(const struct result *result)
{
    json_t *predicted = encode_outcome(result);
    int failed = predicted ? json_object_set_new(predicted, "steps", json_array()) : -1;

    predicted = encode_done(predicted, failed);
    return json_pack("{s:o, s:o, s:o, s:o, s:o}", "container", encode_text(result->container),
                     "target", encode_text(result->target), "steps", encode_steps(result, false),
                     "predicted", predicted, "warnings", encode_texts(result->warnings));
}

void report_error(const struct report *report, struct error *err)
{
    const struct error *first = NULL;
    size_t n_failed = 0;
    bool alike = true;

    *err = (struct error){.code = ERROR_NONE};
    for (size_t i = 0; i < report->n_results; i++) {
        const struct result *result = report->results[i];

        if (result->ok || result->error.code == ERROR_NONE)
            continue;
        n_failed++;
        if (!first)
            first = &result->error;
        alike = alike && error_exit_status(first->code) == error_exit_status(result->error.code);
    }
    if (!first)
        return;
    *err = *first;
    if (report->n_results > 1)
        (void)error_set(err, alike && n_failed == report->n_results ? first->code : ERROR_PARTIAL,
                        0, "%zu of %zu targets failed; the first: %s", n_failed, report->n_results,
                        first->message);
}

json_t *encode_report(const struct report *report, unsigned flags)
{
    json_t *array = json_array(), *object;
    struct error err;
    int failed = array ? 0 : -1;

    for (size_t i = 0; !failed && i < report->n_results; i++)
        failed =
            json_array_append_new(array, flags & ENCODE_PLANS ? encode_plan(report->results[i])
                                                              : encode_result(report->results[i]));
    object =
        json_pack("{s:o}", flags & ENCODE_PLANS ? "plans" : "results", encode_done(array, failed));
    report_error(report, &err);
    if (object && err.code != ERROR_NONE)
        return encode_done(object, json_object_set_new(object, "error", encode_error(&err)));
    return object;
}

static json_t *encode_number_or_null(int number)
{
    return number < 0 ? json_null() : json_integer(number);
}

json_t *encode_container(const struct container *c, int attached_count)
{
    return json_pack("{s:o, s:o, s:s, s:o, s:o, s:o, s:s, s:o, s:o, s:o, s:o, s:o, s:o, s:b, s:o, "
                     "s:o}",
                     "id", encode_text(c->id), "name", encode_text(c->name), "name_source",
                     name_source_name(c->name_source), "runtime", encode_text(c->runtime), "image",
                     encode_text(c->image), "pod", encode_text(c->pod), "state",
                     container_state_name(c->state), "started", encode_time(c->started), "pid",
                     encode_number((uint64_t)c->pid), "mnt_ns", encode_number(c->mnt_ns), "userns",
                     encode_number(c->userns), "attached_count",
                     encode_number_or_null(attached_count), "labels",
                     c->labels ? json_incref(c->labels) : json_object(), "contested", c->contested,
                     "outer", encode_text(c->outer), "user", encode_text(c->user));
}

json_t *encode_runtime(const struct runtime_status *status)
{
    bool failed = status->error.code != ERROR_NONE;

    return json_pack("{s:s, s:s, s:o, s:o, s:o, s:b}", "name", status->name, "state",
                     runtime_state_name(status->state), "endpoint", encode_text(status->endpoint),
                     "error", failed ? encode_text(status->error.message) : json_null(), "hint",
                     *status->error.hint ? encode_text(status->error.hint) : json_null(),
                     "names_from_disk", status->names_from_disk);
}
