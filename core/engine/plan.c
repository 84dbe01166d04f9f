#include "core/engine/plan.h"

#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

const char *plan_action_stage(enum plan_action action)
{
    static const char *const stages[] = {
#define X(action, stage) [action] = stage,
        PLAN_ACTIONS(X)
#undef X
    };

    return stages[action];
}

static void free_strings(char **strings)
{
    for (char **s = strings; s && *s; s++)
        free(*s);
    free(strings);
}

void result_free(struct result *result)
{
    for (size_t i = 0; i < result->n_steps; i++) {
        free(result->steps[i].text);
        free(result->steps[i].call);
    }
    free(result->steps);
    free_strings(result->options);
    free_strings(result->warnings);
    free(result->container);
    free(result->target);
    free(result->device);
    free(result->major_minor);
    free(result->sub_root);
    free(result->sub_path);
    free(result->reveals);
    if (result->holders)
        holder_list_free(result->holders);
    free(result);
}

// Takes `raw` over and gives its clean form; NULL stays NULL.
static char *cleaned(char *raw)
{
    char *clean = raw ? text_clean_dup(raw, strlen(raw)) : NULL;

    free(raw);
    return clean;
}

int result_add_step(struct result *result, enum plan_action action, size_t index, struct error *err,
                    char *text, char *call)
{
    struct plan_step *grown;

    text = cleaned(text);
    call = cleaned(call);
    grown = text && call ? realloc(result->steps, (result->n_steps + 1) * sizeof *grown) : NULL;
    if (!grown) {
        free(text);
        free(call);
        return ERROR_OOM(err);
    }
    result->steps = grown;
    grown[result->n_steps++] =
        (struct plan_step){.action = action, .text = text, .call = call, .index = index};
    return 0;
}

int result_set_step(struct plan_step *step, char *text, char *call, struct error *err)
{
    text = cleaned(text);
    call = cleaned(call);
    if (!text || !call) {
        free(text);
        free(call);
        return ERROR_OOM(err);
    }
    free(step->text);
    free(step->call);
    step->text = text;
    step->call = call;
    return 0;
}

// Takes `text` over.
static int append(char ***strings, char *text, struct error *err)
{
    size_t n = 0;
    char **grown;

    while (*strings && (*strings)[n])
        n++;
    grown = text ? realloc(*strings, (n + 2) * sizeof *grown) : NULL;
    if (!grown) {
        free(text);
        return ERROR_OOM(err);
    }
    grown[n] = text;
    grown[n + 1] = NULL;
    *strings = grown;
    return 0;
}

int result_add_warning(struct result *result, struct error *err, const char *format, ...)
{
    va_list arguments;
    char *text = NULL;
    int n;

    va_start(arguments, format);
    n = vasprintf(&text, format, arguments);
    va_end(arguments);
    return append(&result->warnings, n < 0 ? NULL : cleaned(text), err);
}

int result_set_options(struct result *result, const char *comma_separated, struct error *err)
{
    free_strings(result->options);
    result->options = calloc(1, sizeof *result->options);
    if (!result->options)
        return ERROR_OOM(err);
    for (const char *s = comma_separated; *s;) {
        size_t n = strcspn(s, ",");
        int r = append(&result->options, text_clean_dup(s, n), err);

        if (r < 0)
            return r;
        s += n + (s[n] == ',');
    }
    return 0;
}

struct result *report_add(struct report *report, const struct target_request *target,
                          struct error *err)
{
    _cleanup_result_ struct result *result = calloc(1, sizeof *result);
    struct result **grown =
        realloc(report->results, (report->n_results + 1) * sizeof(struct result *));

    if (grown)
        report->results = grown;
    if (result) {
        result->container = text_clean_dup(target->container, strlen(target->container));
        result->target = text_clean_dup(target->path, strlen(target->path));
    }
    if (!grown || !result || !result->container || !result->target) {
        ERROR_OOM(err);
        return NULL;
    }
    report->results[report->n_results++] = result;
    return TAKE_POINTER(result);
}

void report_free(struct report *report)
{
    for (size_t i = 0; i < report->n_results; i++)
        result_free(report->results[i]);
    free(report->results);
    free(report);
}

int report_exit_status(const struct report *report)
{
    size_t failed = 0;
    int status = 0;

    for (size_t i = 0; i < report->n_results; i++) {
        int one = report->results[i]->ok ? 0 : error_exit_status(report->results[i]->error.code);

        if (!report->results[i]->ok)
            failed++;
        if (i > 0 && one != status)
            return error_exit_status(ERROR_PARTIAL);
        status = one;
    }
    return failed ? status : 0;
}
