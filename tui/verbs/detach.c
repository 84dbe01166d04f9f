#include "tui/verbs/verb.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tui/verbs/report.h"
#include "tui/verbs/targets.h"

// Every place where what is at `path` is attached now, and the share that is at it.
static int find_places(struct command *command, const char *path, struct targets *ret,
                       struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_free_ char *source = host_path_canonical(path);
    int r = engine_status(command->engine, &view, err);

    if (r < 0)
        return r;
    if (!source)
        return ERROR_OOM(err);
    for (size_t i = 0; i < view->n_attachments; i++) {
        const struct attachment *a = view->attachments[i];

        bool share_there = attachment_is_share(a) && strcmp(a->identity.target, source) == 0;

        if (a->state != ATTACHMENT_LIVE || (!share_there && strcmp(a->source, source) != 0))
            continue;
        r = targets_add(ret, a->container_id, share_there ? a->identity.target : a->target, err);
        if (r < 0)
            return r;
        ret->list[ret->n - 1].on_host = attachment_is_share(a);
    }
    if (ret->n > 0)
        return 0;
    (void)error_set(err, ERROR_NOT_ATTACHED, 0, "nothing is attached from %s, nor shared there",
                    source);
    error_path(err, source);
    error_hint(err, "davit status lists what is attached and from where");
    return -ENOENT;
}

static int find_targets(struct command *command, struct targets *ret, bool *ret_by_path,
                        struct error *err)
{
    const struct arguments *arguments = command->arguments;

    *ret_by_path = word_is_host_path(arguments->words[0]);
    if (!*ret_by_path)
        return targets_parse(arguments->words, arguments->n_words, ret, err);
    if (arguments->n_words > 1) {
        (void)error_set(err, ERROR_USAGE, 0, "davit detach takes one HOSTPATH, or targets");
        error_hint(err, "davit detach --help");
        return -EINVAL;
    }
    return find_places(command, arguments->words[0], ret, err);
}

// Shows what would be done and asks.
static int ask(struct command *command, const struct detach_request *request, struct error *err)
{
    _cleanup_report_ struct report *report = NULL;
    char question[64];
    int r = confirm_needed(command, err);

    if (r <= 0)
        return r;
    r = engine_detach(command->engine, request, true, &report, err);
    if (r < 0)
        return r;
    (void)snprintf(question, sizeof question, "Detach it in %zu place%s?", report->n_results,
                   report->n_results == 1 ? "" : "s");
    return report_confirm(command, report, CHANGE_DETACH, question, err);
}

int verb_detach(struct command *command, struct error *err)
{
    const struct arguments *arguments = command->arguments;
    _cleanup_targets_ struct targets targets = {.list = NULL};
    _cleanup_report_ struct report *report = NULL;
    struct detach_request request = {
        .flags = arguments_has(arguments, OPTION_LAZY) ? DETACH_LAZY : 0,
        .wait_ms = arguments_milliseconds(arguments, OPTION_WAIT, 0),
    };
    bool dry = arguments_has(arguments, OPTION_DRY_RUN), by_path = false;
    int r = find_targets(command, &targets, &by_path, err);

    if (r < 0)
        return r;
    request.targets = targets.list;
    request.n_targets = targets.n;
    if (dry) {
        r = engine_detach(command->engine, &request, true, &report, err);
        return r < 0 ? r : report_print_plans(command, report, CHANGE_DETACH, NULL, err);
    }
    r = by_path ? ask(command, &request, err) : 0;
    if (r == 0)
        r = engine_detach(command->engine, &request, false, &report, err);
    return r != 0 ? r : report_print(command, report, CHANGE_DETACH, NULL, err);
}
