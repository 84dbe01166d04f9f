#include "tui/verbs/verb.h"

#include <string.h>

#include "core/base/format.h"
#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/columns.h"
#include "tui/verbs/output.h"

static int print_json(struct command *command, const struct journal_view *view, struct error *err)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    for (size_t i = 0; !failed && i < view->n_attachments; i++)
        failed = json_array_append_new(array, encode_attachment(view->attachments[i]));
    if (failed) {
        json_decref(array);
        return ERROR_OOM(err);
    }
    return output_json(command,
                       json_pack("{s:o, s:i, s:o}", "attachments", array, "bad_lines",
                                 (int)view->n_bad_lines, "kept_error",
                                 view->kept_error.code == ERROR_NONE
                                     ? json_null()
                                     : encode_error(&view->kept_error)),
                       err);
}

// "kept", "until 22 Nov 14:00", or both.
static const char *lasts(const struct attachment *a, char *out, size_t size)
{
    char time[FORMAT_SIZE];

    if (!a->until)
        return a->kept ? "kept" : "";
    (void)snprintf(out, size, "%suntil %s", a->kept ? "kept " : "", format_time(time, a->until));
    return out;
}

static int add_attachment(struct columns *columns, const struct attachment *a, struct error *err)
{
    _cleanup_free_ char *raw = text_format("%s%s%s:%s", a->pod ? a->pod : "", a->pod ? "/" : "",
                                           a->container_name, a->target);
    _cleanup_free_ char *where = raw ? text_clean_dup(raw, strlen(raw)) : NULL;
    _cleanup_free_ char *from = text_clean_dup(a->source, strlen(a->source));
    char since[FORMAT_SIZE], until[FORMAT_SIZE + 16];

    if (!where || !from)
        return ERROR_OOM(err);
    return columns_add(columns,
                       (const char *const[]){a->id, attachment_state_name(a->state),
                                             lasts(a, until, sizeof until), where, from, a->options,
                                             format_time(since, a->since), a->by},
                       err);
}

static int print_text(struct command *command, const struct journal_view *view, struct error *err)
{
    static const struct column what[] = {
        {"ID", 0},
        {"STATE", 0},
        {"KEPT", 0},
        {"TARGET", COLUMN_SHRINK | COLUMN_KEY},
        {"SOURCE", COLUMN_SHRINK},
        {"OPTIONS", 0},
        {"SINCE", COLUMN_EXTRA},
        {"BY", COLUMN_EXTRA},
    };
    _cleanup_columns_ struct columns *columns = NULL;
    size_t n_shown = 0, n_hidden = 0;
    int r = columns_new(what, ARRAY_SIZE(what), &columns, err);

    for (size_t i = 0; r == 0 && i < view->n_attachments; i++) {
        const struct attachment *a = view->attachments[i];

        if (a->state == ATTACHMENT_GONE && !a->kept && !command->verbose) {
            n_hidden++;
            continue;
        }
        n_shown++;
        r = add_attachment(columns, a, err);
    }
    if (r < 0)
        return r;
    if (n_shown > 0)
        columns_print(columns, command->out, command->width);
    else
        output_notice(command, "nothing is attached");
    for (size_t i = 0; i < view->n_attachments; i++) {
        const struct attachment *a = view->attachments[i];

        if (a->state == ATTACHMENT_LIVE && a->server_gone)
            output_notice(command,
                          "%s: its server (process %d) has ended: `davit refresh` starts another",
                          a->id, (int)a->server);
        else if (a->state == ATTACHMENT_LIVE && a->server && command->verbose)
            output_notice(command, "%s: process %d keeps its server, which ends with the detach",
                          a->id, (int)a->server);
        if (a->state == ATTACHMENT_LIVE && a->provider_gone)
            output_notice(command, "%s: %s, whose mount it is, has stopped", a->id, a->provider);
    }
    for (size_t i = 0; i < view->n_attachments; i++)
        if (view->attachments[i]->problem)
            output_notice(command, "%s: not as it should be: %s", view->attachments[i]->id,
                          view->attachments[i]->problem);
    if (n_hidden > 0)
        output_notice(command, "%zu earlier %s gone: davit status --verbose", n_hidden,
                      n_hidden == 1 ? "one is" : "ones are");
    return 0;
}

int verb_status(struct command *command, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    int r = engine_status(command->engine, &view, err);

    if (r < 0)
        return r;
    for (size_t i = 0; i < view->n_bad_lines; i++)
        output_notice(command, "line %zu of the journal cannot be read and was skipped",
                      view->bad_lines[i]);
    if (view->kept_error.code != ERROR_NONE) {
        output_message(command, NULL, &view->kept_error);
        output_hint(command, &view->kept_error);
    }
    return command->json ? print_json(command, view, err) : print_text(command, view, err);
}
