#include "tui/verbs/report.h"

#include <string.h>

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/output.h"
#include "tui/verbs/targets.h"

static const struct {
    const char *plan, *done, *verified, *reveals;
} words[] = {
    [CHANGE_ATTACH] = {"attach", "attached", "verified inside, ", "hides"},
    [CHANGE_DETACH] = {"detach", "detached", "seen to be gone, ", "there now"},
    [CHANGE_SHARE] = {"share", "shared", "verified, ", "hides"},
    [CHANGE_REPLACE] = {"replace", "replaced", "verified inside, ", "hides"},
    [CHANGE_REFRESH] = {"refresh", "refreshed", "verified inside, ", "hides"},
    [CHANGE_KEEP] = {"keep", "kept", "", ""},
    [CHANGE_FORGET] = {"forget", "forgotten", "", ""},
    [CHANGE_UNDO] = {"undo", "undone", "verified, ", "there now"},
};

static const char *or_empty(const char *text)
{
    return text ? text : "";
}

// "/dev/sda2:/srv/data ro,nosuid,nodev", what is known of it.
static void print_mount(FILE *out, const struct result *result)
{
    const char *root = or_empty(result->sub_root), *path = or_empty(result->sub_path);
    _cleanup_free_ char *place = NULL, *clean = NULL;
    const char *separator = " ";

    if (!result->device)
        return;
    // A root of "/" and a path of "/data" are "/data".
    place = text_format("%s%s", *path == '/' && strcmp(root, "/") == 0 ? "" : root, path);
    clean = place ? text_clean_dup(place, strlen(place)) : NULL;
    (void)fprintf(out, "%s:%s", result->device, or_empty(clean));
    for (char **option = result->options; option && *option; option++) {
        (void)fprintf(out, "%s%s", separator, *option);
        separator = ",";
    }
}

static void print_names(FILE *out, const struct result *result, const char *source)
{
    if (source) {
        _cleanup_free_ char *clean = text_clean_dup(source, strlen(source));

        (void)fprintf(out, "%s → ", or_empty(clean));
    }
    (void)fprintf(out, "%s:%s", or_empty(result->container), or_empty(result->target));
}

// Who keeps the mount busy, a line each.
static void print_holders(FILE *out, const struct result *result)
{
    const struct holder_list *list = result->holders;

    for (size_t i = 0; list && i < list->n_holders; i++) {
        const struct holder *holder = &list->holders[i];

        if (holder->kind == HOLDER_MOUNT)
            (void)fprintf(out, "  held by a mount at %s\n", or_empty(holder->path));
        else
            (void)fprintf(out, "  held by pid %d %s: %s %s%s\n", (int)holder->pid,
                          *holder->command ? holder->command : holder->comm,
                          holder_kind_name(holder->kind), or_empty(holder->path),
                          holder->count > 1 ? " and more" : "");
    }
    if (list && !list->complete)
        (void)fputs("  not every process could be read: there may be more\n", out);
}

void report_warnings_text(FILE *out, const struct result *result)
{
    for (char **warning = result->warnings; warning && *warning; warning++)
        (void)fprintf(out, "  ! %s\n", *warning);
}

static void print_done(struct command *command, const struct result *result, enum change change,
                       const char *source)
{
    uint64_t took = 0;
    char time[FORMAT_SIZE];

    for (size_t i = 0; i < result->n_steps; i++)
        took += result->steps[i].took_us;
    (void)fprintf(command->out, "%s ", words[change].done);
    print_names(command->out, result, source);
    if (result->device) {
        (void)fputs("  (", command->out);
        print_mount(command->out, result);
        (void)fputc(')', command->out);
    }
    if (result->n_steps > 0)
        (void)fprintf(command->out, "  %s%s", result->verified ? words[change].verified : "",
                      format_took(time, (int64_t)took));
    (void)fputc('\n', command->out);
    if (result->reveals)
        (void)fprintf(command->out, "  %s: %s\n", words[change].reveals, result->reveals);
    print_holders(command->out, result);
    report_warnings_text(command->out, result);
}

static void print_failed(struct command *command, const struct result *result, bool several)
{
    _cleanup_free_ char *about =
        several ? text_format("%s:%s", or_empty(result->container), or_empty(result->target))
                : NULL;

    struct error err = result->error;

    output_sudo_hint(command, &err);
    output_message(command, about, &err);
    print_holders(command->log, result);
    report_warnings_text(command->log, result);
    output_hint(command, &err);
}

static int print_json(struct command *command, const struct report *report, unsigned flags,
                      struct error *err)
{
    int r = output_json(command, encode_report(report, flags), err);

    return r < 0 ? r : report_exit_status(report);
}

int report_print(struct command *command, const struct report *report, enum change change,
                 const char *source, struct error *err)
{
    if (command->json)
        return print_json(command, report, 0, err);
    for (size_t i = 0; i < report->n_results; i++) {
        const struct result *result = report->results[i];

        if (!result->ok)
            print_failed(command, result, report->n_results > 1);
        else if (!command->quiet)
            print_done(command, result, change, source);
    }
    return report_exit_status(report);
}

// The step's call: all of it, or its name where a terminal's line has no room for it.
static void print_step(struct command *command, const struct plan_step *step, size_t number,
                       size_t text_column)
{
    const char *call = or_empty(step->call), *text = or_empty(step->text);
    size_t shown = strlen(call), used = text_width(text);
    bool wide = command->width == 0 || command->verbose;

    if (!wide)
        shown = strcspn(call, "(");
    (void)fprintf(command->out, "%3zu %s", number, text);
    if (shown == 0)
        (void)fputc('\n', command->out);
    else if (command->width && 4 + text_column + 2 + shown > command->width)
        (void)fprintf(command->out, "\n      %.*s\n", (int)shown, call);
    else
        (void)fprintf(command->out, "%*s%.*s\n", (int)(text_column - used + 2), "", (int)shown,
                      call);
}

void report_steps_text(struct command *command, const struct result *result)
{
    size_t widest = 0;

    for (size_t i = 0; i < result->n_steps; i++) {
        size_t width = text_width(or_empty(result->steps[i].text));

        widest = width > widest ? width : widest;
    }
    for (size_t i = 0; i < result->n_steps; i++)
        print_step(command, &result->steps[i], i + 1, widest);
}

static void print_plan(struct command *command, const struct result *result, enum change change,
                       const char *source)
{
    (void)fprintf(command->out, "%s ", words[change].plan);
    print_names(command->out, result, source);
    (void)fputc('\n', command->out);
    report_steps_text(command, result);
    if (result->ok || result->error.code == ERROR_NONE) {
        print_holders(command->out, result);
        report_warnings_text(command->out, result);
        if (!result->device && !result->reveals)
            return;
        (void)fputs("  predicted: ", command->out);
        print_mount(command->out, result);
        if (result->reveals)
            (void)fprintf(command->out, "%s%s: %s", result->device ? " · " : "",
                          words[change].reveals, result->reveals);
        (void)fputc('\n', command->out);
    }
}

void report_plans_text(struct command *command, const struct report *report, enum change change,
                       const char *source)
{
    for (size_t i = 0; i < report->n_results; i++) {
        const struct result *result = report->results[i];

        if (result->error.code != ERROR_NONE)
            print_failed(command, result, report->n_results > 1);
        else if (!command->quiet)
            print_plan(command, result, change, source);
    }
    (void)fflush(command->out);
}

int report_print_plans(struct command *command, const struct report *report, enum change change,
                       const char *source, struct error *err)
{
    if (command->json)
        return print_json(command, report, ENCODE_PLANS, err);
    report_plans_text(command, report, change, source);
    if (!command->quiet && report_exit_status(report) == 0)
        (void)fputs("Nothing was changed: this was a dry run.\n", command->out);
    return report_exit_status(report);
}

int report_confirm(struct command *command, const struct report *plans, enum change change,
                   const char *question, struct error *err)
{
    size_t n_possible = 0;

    for (size_t i = 0; i < plans->n_results; i++)
        n_possible += plans->results[i]->error.code == ERROR_NONE;
    if (n_possible == 0 && plans->n_results > 0)
        return report_print(command, plans, change, NULL, err);
    if (!command->json)
        report_plans_text(command, plans, change, NULL);
    return confirm(command, question, err);
}

void report_step(const struct result *result, const struct plan_step *step, void *context)
{
    struct command *command = context;
    char time[FORMAT_SIZE];

    (void)result;
    if (!command->verbose || command->json)
        return;
    (void)fprintf(command->out, "%s: %s\n", plan_action_stage(step->action), or_empty(step->text));
    // Some calls prove something by failing: the result is part of what is written.
    (void)fprintf(command->out, "    %s", or_empty(step->call));
    if (step->sys_errno)
        (void)fprintf(command->out, " = %s (%s)", error_errno_name(step->sys_errno),
                      strerror(step->sys_errno));
    else if (!strstr(or_empty(step->call), ") = "))
        (void)fprintf(command->out, "%sok", step->call ? " = " : "");
    (void)fprintf(command->out, "  %s\n", format_took(time, (int64_t)step->took_us));
    // A helper that is forked next must not find it in its own buffer, and who waits sees where.
    (void)fflush(command->out);
}

void report_notice(const char *text, void *context)
{
    output_notice(context, "%s", text);
}
