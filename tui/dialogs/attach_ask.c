// What the attach page asks the engine: what would be done, and to do it.
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/dialogs/attach_page.h"
#include "tui/model/decode.h"

const struct attach_owners_info attach_owners[OWNERS_COUNT] = {
#define X(value, option, label, help) {option, label, help},
    ATTACH_OWNERS(X)
#undef X
};

const char *const attach_propagations[PROPAGATION_SHARED + 1] = {
#define X(value, name) [value] = name,
    PROPAGATIONS(X)
#undef X
};
const struct attach_time attach_times[ATTACH_TIMES] = {
    {"as long as the container", 0}, {"1 hour", 1}, {"8 hours", 8}, {"a day", 24}, {"a week", 168},
};

static bool complete(const struct attach_page *page)
{
    const char *source = page->source.line.text;

    return *source && page->target.line.length > 0 &&
           (!page->kind->complete || page->kind->complete(source));
}

static json_t *options(const struct attach_page *page)
{
    json_t *array = json_array();
    int failed =
        array ? json_array_append_new(array, json_string(page->choice.writable ? "rw" : "ro")) : -1;

#define X(flag, bit, option)                      \
    if (!failed && page->choice.options & (flag)) \
        failed = json_array_append_new(array, json_string((option) + strlen("--")));
    ATTACH_FLAGS(X)
#undef X
    if (!failed)
        return array;
    json_decref(array);
    return NULL;
}

// What is no mapping is the engine's to refuse.
static const char *idmap(const struct attach_page *page)
{
    enum attach_owners owners = page->choice.owners;

    return owners == OWNERS_MAPPED ? page->mapping.line.text : attach_owners[owners].option;
}

static json_t *params_of(const struct attach_page *page, bool run)
{
    json_t *params = json_pack("{s:s, s:o, s:s}", "operation",
                               change_words[page->verb->change].operation, "options", options(page),
                               "propagation", attach_propagations[page->choice.propagation]);
    json_int_t hours = attach_times[page->choice.lasts].hours;
    int failed = params ? attach_source_send(page, params) : -1;

    if (!failed && idmap(page))
        failed = json_object_set_new(params, "idmap", json_string(idmap(page)));
    if (!failed && hours > 0)
        failed = json_object_set_new(params, "for_ms", json_integer(hours * 60 * 60 * 1000));
    if (!failed)
        failed = attach_targets_send(page, run, params);
    if (!failed)
        return params;
    json_decref(params);
    return NULL;
}

// ---- plan ----

static const char *nothing(const struct attach_page *page)
{
    return complete(page) ? "No plan: the container does not run."
                          : "The plan stands here when source and target are filled in.";
}

static void ask_plan(struct attach_page *page)
{
    struct plan_view *plan = &page->proposal.plan;

    plan->host_shares = page->choice.propagation == PROPAGATION_SHARED;
    if (complete(page) && !attach_targets_gone(page)) {
        proposal_ask(&page->proposal, params_of(page, false));
        return;
    }
    proposal_forget(&page->proposal);
    plan_view_clear(plan, PLAN_NONE);
    plan->nothing = nothing(page);
}

void attach_ask_now(struct attach_page *page)
{
    if (page->timer)
        loop_timer_stop(page->timer);
    attach_describe(page);
    ask_plan(page);
    page->dialog.host->dirty(page->dialog.host);
}

// The plan that stood there is not that of the fields any more.
void attach_changed(struct attach_page *page)
{
    page->touched = true;
    attach_kind_changed(page);
    page->proposal.notice = (struct error){.code = ERROR_NONE};
    proposal_forget(&page->proposal);
    plan_view_clear(&page->proposal.plan, complete(page) ? PLAN_ASKED : PLAN_NONE);
    page->proposal.plan.nothing = nothing(page);
    attach_describe_changed(page);
    loop_timer_start(page->timer, ATTACH_REST_MS);
    page->dialog.host->dirty(page->dialog.host);
}

// ---- run ----

bool attach_ready(const struct attach_page *page)
{
    return proposal_ready(&page->proposal) && !loop_timer_running(page->timer) &&
           !attach_targets_gone(page);
}

static void done(struct dialog *dialog)
{
    attach_draft_drop((struct attach_page *)dialog);
    dialog->host->close(dialog->host, dialog);
}

static void failed(struct dialog *dialog, const struct planned_set *results)
{
    struct attach_page *page = (struct attach_page *)dialog;

    if (results)
        attach_targets_drop(page, results);
    else if (page->proposal.notice.code == ERROR_GONE)
        attach_describe_again(page); // the source is another
    ask_plan(page);
}

const struct proposal_ops attach_proposal = {
    .done = done,
    .failed = failed,
};

const char *attach_why_not_ready(const struct attach_page *page)
{
    static const char *const under_way[CHANGE_COUNT] = {
        [CHANGE_ATTACH] = "it is being attached",
        [CHANGE_SHARE] = "it is being shared",
        [CHANGE_REPLACE] = "it is being replaced",
    };
    static const char *const refused[CHANGE_COUNT] = {
        [CHANGE_ATTACH] = "this cannot be attached: the plan says why",
        [CHANGE_SHARE] = "this cannot be shared: the plan says why",
        [CHANGE_REPLACE] = "this cannot replace it: the plan says why",
    };
    const struct proposal *proposal = &page->proposal;

    if (proposal->running)
        return under_way[page->verb->change];
    if (attach_targets_gone(page))
        return proposal->notice.code != ERROR_NONE ? proposal->notice.message
                                                   : "the container is gone";
    if (!complete(page))
        return "source and target are to be filled in first";
    if (proposal->plan.state == PLAN_REFUSED || proposal->plan.state == PLAN_READY)
        return refused[page->verb->change];
    return "the plan is being made: press the key again when it is there";
}

void attach_perform(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;

    if (attach_ready(page))
        proposal_run(&page->proposal, params_of(page, true));
    else
        host->say(host, LOG_NOTICE, attach_why_not_ready(page));
}
