#include "tui/model/log_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/model/decode.h"

static int step_decode(const json_t *object, struct log_step *step, struct error *err)
{
    int r = decode_text(object, "text", &step->text, err);

    if (r == 0)
        r = decode_text(object, "call", &step->call, err);
    if (r == 0)
        r = decode_text(object, "result", &step->result, err);
    if (r == 0)
        r = decode_number(object, "took_us", -1, &step->took_us, err);
    return r;
}

// Takes the step over, also on failure.
static int steps_add(struct log_step **steps, size_t *n, struct log_step *step)
{
    struct log_step *grown =
        *n < LOG_STEPS_LIMIT ? reallocarray(*steps, *n + 1, sizeof *grown) : NULL;

    if (!grown) {
        log_step_done(step);
        return *n < LOG_STEPS_LIMIT ? -ENOMEM : 0;
    }
    *steps = grown;
    grown[(*n)++] = *step;
    return 0;
}

static struct log_early *early_find(struct log *log, const char *key)
{
    for (size_t i = 0; i < log->n_early; i++)
        if (strcmp(log->early[i].key, key) == 0)
            return &log->early[i];
    return NULL;
}

static struct log_early *early_of(struct log *log, const char *key)
{
    struct log_early *early = early_find(log, key);

    if (early)
        return early;
    if (log->n_early == LOG_EARLY_MAX)
        log_early_drop(log, 0);
    early = &log->early[log->n_early];
    *early = (struct log_early){.key = strdup(key)};
    if (!early->key)
        return NULL;
    log->n_early++;
    return early;
}

static struct log_entry *entry_of_step(struct log *log, const char *id, const char *key,
                                       const char *what)
{
    struct log_entry *entry = log_find_operation(log, id, LOG_BEGUN);
    struct log_early *early = early_find(log, key);

    if (!entry) { // the journal's line, which says it better, is still to come
        entry = log_append(log, LOG_BEGUN, log->now ? log->now : time(NULL));
        if (!entry)
            return NULL;
        entry->operation_id = strdup(id);
        entry->text = strdup(what);
    }
    if (early && entry->n_steps == 0) {
        entry->steps = TAKE_POINTER(early->steps);
        entry->n_steps = early->n_steps;
        early->n_steps = 0;
    }
    if (early)
        log_early_drop(log, (size_t)(early - log->early));
    return entry;
}

int log_step(struct log *log, const json_t *params, struct error *err)
{
    _cleanup_free_ char *id = NULL;
    _cleanup_free_ char *container = NULL;
    _cleanup_free_ char *target = NULL;
    _cleanup_free_ char *what = NULL;
    _cleanup_free_ char *key = NULL;
    struct log_early *early;
    struct log_entry *entry;
    struct log_step step = {0};
    int64_t request;
    int r = decode_text(params, "operation", &id, err);

    if (r == 0)
        r = decode_text(params, "container", &container, err);
    if (r == 0)
        r = decode_text(params, "target", &target, err);
    if (r == 0)
        r = decode_number(params, "request", 0, &request, err);
    if (r == 0)
        r = step_decode(json_object_get(params, "step"), &step, err);
    if (r < 0) {
        log_step_done(&step);
        return r;
    }
    what = text_format("%s %s", or_what(container), or_what(target));
    key = what ? text_format("%lld %s", (long long)request, what) : NULL;
    if (!key) {
        log_step_done(&step);
        return ERROR_OOM(err);
    }
    if (id) {
        entry = entry_of_step(log, id, key, what);
        r = entry ? steps_add(&entry->steps, &entry->n_steps, &step) : -ENOMEM;
    } else {
        early = early_of(log, key);
        r = early ? steps_add(&early->steps, &early->n_steps, &step) : -ENOMEM;
    }
    return r < 0 ? ERROR_OOM(err) : 0;
}
