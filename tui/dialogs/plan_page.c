#include "tui/dialogs/plan_page.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "core/wire/protocol.h"
#include "tui/dialogs/attached_menu.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/proposal.h"

struct plan_page {
    struct dialog dialog;
    struct proposal proposal;
    char *title;
    char *aside;    // above the plan, or NULL
    json_t *params; // of the plan; the run's have beside them which change it was
};

static const struct {
    const char *key, *running, *nothing;
} words[CHANGE_COUNT] = {
    [CHANGE_DETACH] = {"Detach", "it is being detached", "there is nothing that can be detached"},
    [CHANGE_UNDO] = {"Take it back", "it is being taken back",
                     "there is nothing that can be taken back"},
    [CHANGE_REFRESH] = {"Refresh", "it is being refreshed",
                        "there is nothing that can be refreshed"},
    [CHANGE_EJECT] = {"Eject", "it is being ejected", "there is nothing that can be ejected"},
};

static bool is_undo(const struct plan_page *page)
{
    return page->proposal.change == CHANGE_UNDO;
}

static void page_free(struct dialog *dialog)
{
    struct plan_page *page = (struct plan_page *)dialog;

    proposal_done(&page->proposal);
    json_decref(page->params);
    free(page->title);
    free(page->aside);
    free(page);
}

static void ask(struct plan_page *page)
{
    proposal_ask(&page->proposal, json_deep_copy(page->params));
}

// The uppermost that is attached there.
static const char *source_at(const struct model *model, const json_t *target)
{
    const char *key = json_string_value(json_object_get(target, "container"));
    const char *path = json_string_value(json_object_get(target, "target"));
    const struct shown_container *c = key ? model_container(model, key) : NULL;

    for (size_t i = model->attachments->n; c && i-- > 0;) {
        const struct shown_attachment *a = model->attachments->items[i];

        if (attached_in(a, c) && text_same(a->target.text, path))
            return a->source.text;
    }
    return NULL;
}

// Of each that would be detached, where it comes from.
static void name_sources(struct plan_page *page)
{
    struct planned_set *set = &page->proposal.plan.set;
    const json_t *targets = json_object_get(page->params, "targets");

    for (size_t i = 0; i < set->n && set->n == json_array_size(targets); i++) {
        const char *source = source_at(page->dialog.host->model, json_array_get(targets, i));

        set->items[i].from = source ? strdup(source) : NULL;
    }
}

// Taking back an attach is a detach, and the other way round; taking back a replace is both.
static void planned(struct dialog *dialog)
{
    struct plan_page *page = (struct plan_page *)dialog;
    struct plan_view *plan = &page->proposal.plan;
    bool attaches = false, detaches = false;

    if (page->proposal.change == CHANGE_DETACH)
        name_sources(page);
    if (!is_undo(page))
        return;
    for (size_t i = 0; plan->set.n > 0 && i < plan->set.items[0].n_steps; i++) {
        const char *stage = plan->set.items[0].steps[i].stage;

        attaches |= strcmp(stage, "move") == 0;
        detaches |= strcmp(stage, "detach") == 0;
    }
    plan->kind = !detaches ? PLAN_ATTACH : attaches ? PLAN_REPLACE : PLAN_DETACH;
}

static void done(struct dialog *dialog)
{
    dialog->host->close(dialog->host, dialog);
}

// What was detached is no target of the next try: what was run is what the page is about by now.
static void drop_done(struct plan_page *page, const struct planned_set *results)
{
    json_t *targets = json_object_get(page->params, "targets");

    if (!results || results->n != json_array_size(targets) || results->n_ok == results->n)
        return;
    for (size_t i = results->n; i-- > 0;)
        if (results->items[i].ok)
            (void)json_array_remove(targets, i);
}

static void failed(struct dialog *dialog, const struct planned_set *results)
{
    struct plan_page *page = (struct plan_page *)dialog;

    if (page->proposal.change == CHANGE_DETACH)
        drop_done(page, results);
    ask(page);
}

static const struct proposal_ops proposal_ops = {
    .planned = planned,
    .done = done,
    .failed = failed,
};

// The targets that can be detached as planned; the others stay as they are.
static int keep_possible(struct plan_page *page)
{
    const struct planned_set *set = &page->proposal.plan.set;
    json_t *targets = json_object_get(page->params, "targets");

    if (set->n != json_array_size(targets))
        return -1;
    for (size_t i = set->n; i-- > 0;)
        if (!set->items[i].ok && json_array_remove(targets, i) < 0)
            return -1;
    return 0;
}

static int name_mounts(const struct planned_set *set, json_t *targets)
{
    size_t at = 0;
    int failed = 0;

    for (size_t i = 0; i < set->n && !failed; i++)
        if (set->items[i].ok)
            failed = json_object_set_new(json_array_get(targets, at++), "mount_id",
                                         json_integer(set->items[i].mount_id));
    return failed;
}

static json_t *mounts_of(const struct planned_set *set)
{
    json_t *mounts = json_array();

    for (size_t i = 0; i < set->n; i++)
        if (set->items[i].mount_id > 0)
            (void)json_array_append_new(mounts, json_integer(set->items[i].mount_id));
    return mounts;
}

// What the plan showed and nothing else: of an undo by its id when the engine told it, of a refresh
// by the mounts that are to be replaced, of a detach by each target's. An eject is of all that
// there is.
static json_t *run_params(struct plan_page *page)
{
    const struct planned_set *set = &page->proposal.plan.set;
    enum change change = page->proposal.change;
    int failed = change == CHANGE_DETACH ? keep_possible(page) : 0;
    json_t *params = failed ? NULL : json_deep_copy(page->params);

    if (!params)
        return NULL;
    if (change == CHANGE_UNDO && set->id)
        failed = json_object_set_new(params, "id", json_string(set->id));
    else if (change == CHANGE_REFRESH)
        failed = json_object_set_new(params, "mounts", mounts_of(set));
    else if (change == CHANGE_DETACH)
        failed = name_mounts(set, json_object_get(params, "targets"));
    if (!failed)
        return params;
    json_decref(params);
    return NULL;
}

static const char *why_not_ready(const struct plan_page *page)
{
    const struct proposal *proposal = &page->proposal;

    if (proposal->running)
        return words[proposal->change].running;
    if (proposal->request)
        return "the plan is being made: press the key again when it is there";
    return words[proposal->change].nothing;
}

static void page_act(struct dialog *dialog, enum action action)
{
    struct plan_page *page = (struct plan_page *)dialog;
    struct dialog_host *host = dialog->host;

    host->dirty(host);
    if (proposal_act(&page->proposal, action))
        return;
    if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        proposal_leave(&page->proposal);
    else if (action == ACTION_PERFORM && proposal_ready(&page->proposal))
        proposal_run(&page->proposal, run_params(page));
    else if (action == ACTION_PERFORM)
        host->say(host, LOG_NOTICE, why_not_ready(page));
}

// Another davit may have changed what "the last" is, or what is attached there. Not of an eject:
// its plan looks at every process.
static void page_changed(struct dialog *dialog, unsigned what)
{
    struct plan_page *page = (struct plan_page *)dialog;

    if (what & MODEL_ATTACHMENTS && page->proposal.change != CHANGE_EJECT &&
        !page->proposal.running && !page->proposal.request)
        proposal_ask_again(&page->proposal, json_deep_copy(page->params));
}

static enum key_context page_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_PLAN;
}

static const struct footer_key *page_footer(struct dialog *dialog)
{
    const struct plan_page *page = (const struct plan_page *)dialog;

    return proposal_footer(&page->proposal, proposal_ready(&page->proposal),
                           words[page->proposal.change].key, false);
}

// What a list of several names in each line, the only one has in the title.
static char *title_of(const struct plan_page *page)
{
    static const char *const undone[] = {
        [PLAN_ATTACH] = "detach of ",
        [PLAN_DETACH] = "attach of ",
        [PLAN_REPLACE] = "replace of ",
        [PLAN_SHARE] = "",
    };
    const struct planned_set *set = &page->proposal.plan.set;
    const struct planned *first = set->n > 0 ? &set->items[0] : NULL;
    enum change change = page->proposal.change;

    if (!first || !first->target || !first->container ||
        (change != CHANGE_UNDO && (change != CHANGE_DETACH || set->n > 1)))
        return strdup(page->title);
    return text_format("%s: %s%s in %s", page->title,
                       is_undo(page) && first->n_steps > 0 ? undone[page->proposal.plan.kind] : "",
                       first->target, first->container);
}

static void page_paint(struct dialog *dialog, struct surface_part part)
{
    struct plan_page *page = (struct plan_page *)dialog;
    _cleanup_free_ char *title = title_of(page);
    struct surface_part inside = box_paint(part, title);
    int y = proposal_paint_notice(&page->proposal, inside, 0);

    if (page->aside)
        y += box_sentence(inside, y, 0, ROLE_TEXT_DIM, page->aside);
    y = y < inside.height ? y : 0;
    plan_view_paint(&page->proposal.plan,
                    surface_within(inside, y, 0, inside.height - y, inside.width));
    proposal_paint_scrolled(&page->proposal, part);
    surface_cursor(inside, y, 0);
}

static char *page_plain(struct dialog *dialog)
{
    struct plan_page *page = (struct plan_page *)dialog;
    const struct plan_view *view = &page->proposal.plan;
    _cleanup_free_ char *title = title_of(page);
    _cleanup_free_ char *notice = proposal_notice_text(&page->proposal);
    _cleanup_free_ char *plan = view->state == PLAN_ASKED ? NULL : plan_view_text(view);

    return text_format("%s\n%s%s%s%s", title ? title : "", notice ? notice : "",
                       page->aside ? page->aside : "", page->aside ? "\n" : "", plan ? plan : "");
}

static const struct dialog_ops ops = {
    .name = "plan",
    .free = page_free,
    .paint = page_paint,
    .context = page_context,
    .act = page_act,
    .changed = page_changed,
    .footer = page_footer,
    .plain = page_plain,
};

int plan_page_open(struct dialog_host *host, enum change change, char *title, json_t *params,
                   char *aside, struct error *err)
{
    struct plan_page *page = calloc(1, sizeof *page);

    if (!page || !title || !params) {
        free(page);
        free(title);
        free(aside);
        json_decref(params);
        return ERROR_OOM(err);
    }
    page->dialog = (struct dialog){&ops, host};
    page->title = title;
    page->params = params;
    page->aside = aside;
    proposal_init(&page->proposal, &page->dialog, change, &proposal_ops);
    page->proposal.plan.names_holders = change == CHANGE_DETACH || change == CHANGE_UNDO;
    page->proposal.plan.may_be_empty = change == CHANGE_REFRESH;
    page->proposal.plan.nothing = "There is nothing to refresh: all of it answers.";
    ask(page);
    host->open(host, &page->dialog);
    return 0;
}

int plan_target_add(json_t *targets, const struct shown_container *c, const struct raw_text *path)
{
    json_t *target = json_pack("{s:s}", "container", c->key);
    int failed = target ? raw_text_set(target, "target", path) : -1;

    if (!failed && c->pid > 0)
        failed = json_object_set_new(target, "pid", json_integer(c->pid));
    if (!failed && c->start_time > 0)
        failed = json_object_set_new(target, "start_time", json_integer((json_int_t)c->start_time));
    if (!failed)
        failed = json_array_append(targets, target);
    json_decref(target);
    return failed;
}

int plan_targets_check(const json_t *targets, const char *where, struct error *err)
{
    size_t n = json_array_size(targets);

    if (n == 0)
        return error_set(err, ERROR_NOT_ATTACHED, 0, "davit has attached nothing %s", where);
    if (n > PROTOCOL_TARGETS_MAX)
        return error_set(err, ERROR_USAGE, 0, "%zu are attached %s: at most %d at once", n, where,
                         PROTOCOL_TARGETS_MAX);
    return 0;
}
