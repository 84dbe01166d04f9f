#include "tui/dialogs/proposal.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"

void proposal_init(struct proposal *proposal, struct dialog *dialog, enum change change,
                   const struct proposal_ops *ops)
{
    static const enum plan_kind kinds[CHANGE_COUNT] = {
        [CHANGE_ATTACH] = PLAN_ATTACH,   [CHANGE_DETACH] = PLAN_DETACH,
        [CHANGE_UNDO] = PLAN_DETACH,     [CHANGE_SHARE] = PLAN_SHARE,
        [CHANGE_REPLACE] = PLAN_REPLACE, [CHANGE_REFRESH] = PLAN_REPLACE,
        [CHANGE_EJECT] = PLAN_DETACH,
    };

    proposal->dialog = dialog;
    proposal->change = change;
    proposal->ops = ops;
    proposal->plan.kind = kinds[change];
}

void proposal_forget(struct proposal *proposal)
{
    if (proposal->request)
        client_forget(proposal->dialog->host->client, proposal->request);
    proposal->request = 0;
}

void proposal_done(struct proposal *proposal)
{
    if (!proposal->dialog)
        return; // it was not begun
    proposal_forget(proposal);
    if (proposal->running)
        running_leave(proposal->running);
    plan_view_done(&proposal->plan);
}

static void show(struct proposal *proposal, const json_t *result, const struct error *why)
{
    struct dialog_host *host = proposal->dialog->host;

    plan_view_answer(&proposal->plan, result, why);
    if (proposal->ops->planned)
        proposal->ops->planned(proposal->dialog);
    host->dirty(host);
}

static void answered(const json_t *result, const struct error *why, void *context)
{
    struct proposal *proposal = context;

    proposal->request = 0;
    show(proposal, result, why);
}

void proposal_ask_again(struct proposal *proposal, json_t *params)
{
    struct client *client = proposal->dialog->host->client;
    struct error err;

    proposal_forget(proposal);
    if (!params)
        (void)ERROR_OOM(&err);
    if (!params || client_call(client, PROTOCOL_PLAN, params, answered, proposal,
                               &proposal->request, &err) < 0)
        show(proposal, NULL, &err);
}

void proposal_ask(struct proposal *proposal, json_t *params)
{
    plan_view_clear(&proposal->plan, PLAN_ASKED);
    proposal->dialog->host->dirty(proposal->dialog->host);
    proposal_ask_again(proposal, params);
}

static const struct error *first_failure(const struct planned_set *results)
{
    size_t i = 0;

    while (i + 1 < results->n && results->items[i].ok)
        i++;
    return &results->items[i].error;
}

static void ended(const struct planned_set *results, const struct error *why, void *context)
{
    struct proposal *proposal = context;
    struct dialog_host *host = proposal->dialog->host;

    proposal->running = NULL;
    host->dirty(host);
    if (results && results->n > 0)
        running_say(host, proposal->change, results);
    if (results && results->n_ok == results->n && results->error.code == ERROR_NONE) {
        proposal->ops->done(proposal->dialog);
        return;
    }
    if (results && results->n_ok == results->n)
        why = &results->error;
    proposal->notice = why ? *why : *first_failure(results);
    if (why)
        host->say(host, LOG_WARNING, why->message);
    else if (results->n > 1)
        error_prefix(&proposal->notice, "%zu of %zu %s, the first that was not", results->n_ok,
                     results->n, change_words[proposal->change].done_of);
    proposal->ops->failed(proposal->dialog, results);
}

void proposal_run(struct proposal *proposal, json_t *params)
{
    struct dialog_host *host = proposal->dialog->host;
    struct error err;

    proposal_forget(proposal);
    proposal->notice = (struct error){.code = ERROR_NONE};
    // What these are about is in their targets, or is found anew.
    if (params && proposal->change != CHANGE_DETACH && proposal->change != CHANGE_REFRESH &&
        proposal->change != CHANGE_EJECT && planned_set_expect(&proposal->plan.set, params) < 0) {
        json_decref(params);
        params = NULL;
    }
    if (running_start(host, params, proposal->change, ended, proposal, &proposal->running, &err) <
        0)
        proposal->notice = err;
    host->dirty(host);
}

bool proposal_ready(const struct proposal *proposal)
{
    return !proposal->running && plan_view_possible(&proposal->plan);
}

// ---- keys ----

void proposal_leave(struct proposal *proposal)
{
    struct dialog_host *host = proposal->dialog->host;

    if (proposal->running)
        host->say(host, LOG_NOTICE, "it goes on; the log tells how it ends");
    host->close(host, proposal->dialog);
}

// The equivalent command, to the terminal's clipboard.
static void copy(struct proposal *proposal)
{
    struct dialog_host *host = proposal->dialog->host;
    const char *command = proposal->plan.state == PLAN_READY ? proposal->plan.set.command : NULL;
    struct error err;

    if (!command)
        host->say(host, LOG_NOTICE, "there is no plan yet, and so no command to copy");
    else if (terminal_copy(host->terminal, command, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
    else
        host->say(host, LOG_NOTICE, "the command was copied");
}

bool proposal_act(struct proposal *proposal, enum action action)
{
    if (action == ACTION_CANCEL && proposal->running)
        running_cancel(proposal->running);
    else if (action == ACTION_COPY)
        copy(proposal);
    else
        return plan_view_act(&proposal->plan, action);
    return true;
}

const struct footer_key *proposal_footer(const struct proposal *proposal, bool ready,
                                         const char *label, bool fields)
{
    static const struct footer_key running[] = {
        {ACTION_CANCEL, NULL},
        {ACTION_BACK, "Leave it running"},
        {ACTION_NONE, NULL},
    };
    static struct footer_key keys[8];
    size_t n = 0;

    if (proposal->running)
        return running;
    if (ready)
        keys[n++] = (struct footer_key){ACTION_PERFORM, label};
    if (proposal->plan.lines > proposal->plan.height)
        keys[n++] = (struct footer_key){ACTION_DOWN, "More"};
    keys[n++] = (struct footer_key){ACTION_BACK, NULL};
    if (proposal->plan.state == PLAN_READY && proposal->plan.set.command)
        keys[n++] = (struct footer_key){ACTION_COPY, "Copy command"};
    if (fields)
        keys[n++] = (struct footer_key){ACTION_PREVIOUS_FIELD, "Fields"};
    keys[n++] = (struct footer_key){ACTION_HELP, NULL};
    keys[n] = (struct footer_key){ACTION_NONE, NULL};
    return keys;
}

// ---- painting ----

int proposal_paint_notice(const struct proposal *proposal, struct surface_part part, int y)
{
    const struct error *notice = &proposal->notice;
    int lines;

    if (proposal->running)
        return box_sentence(part, y, 0, ROLE_STATUS_OK, change_words[proposal->change].under_way);
    if (notice->code == ERROR_NONE)
        return 0;
    (void)surface_text(part, y, 0, 2, ROLE_STATUS_WARNING, CUT_END, "! ");
    lines = box_sentence(part, y, 2, ROLE_STATUS_WARNING, notice->message);
    if (notice->hint[0])
        lines += box_sentence(part, y + lines, 2, ROLE_DIALOG, notice->hint);
    return lines;
}

void proposal_paint_scrolled(const struct proposal *proposal, struct surface_part box)
{
    const struct plan_view *plan = &proposal->plan;
    char key[KEY_NAME_SIZE];

    keymap_key(proposal->dialog->host->keymap, ACTION_DOWN, key);
    box_scrolled(box, (size_t)plan->top, (size_t)plan->height, (size_t)plan->lines, key);
}

char *proposal_notice_text(const struct proposal *proposal)
{
    const struct error *notice = &proposal->notice;

    if (proposal->running)
        return text_format("%s\n", change_words[proposal->change].under_way);
    if (notice->code == ERROR_NONE)
        return strdup("");
    return text_format("! %s\n%s%s", notice->message, notice->hint, notice->hint[0] ? "\n" : "");
}
