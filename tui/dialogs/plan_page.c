// The pages of an undo, a refresh and an eject: a plan that waits for its key, with nothing to fill
// in.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attached_menu.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/proposal.h"

struct plan_page {
    struct dialog dialog;
    struct proposal proposal;
    char *title;
    json_t *params; // of the plan; the run's have beside them which change it was
};

static const struct {
    const char *key, *running, *nothing;
} words[CHANGE_COUNT] = {
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
    free(page);
}

static void ask(struct plan_page *page)
{
    proposal_ask(&page->proposal, json_deep_copy(page->params));
}

// Taking back an attach is a detach, and the other way round; taking back a replace is both.
static void planned(struct dialog *dialog)
{
    struct plan_page *page = (struct plan_page *)dialog;
    struct plan_view *plan = &page->proposal.plan;
    bool attaches = false, detaches = false;

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

static void failed(struct dialog *dialog, const struct planned_set *results)
{
    (void)results;
    ask((struct plan_page *)dialog);
}

static const struct proposal_ops proposal_ops = {
    .planned = planned,
    .done = done,
    .failed = failed,
};

// What the plan showed and nothing else: of an undo by its id when the engine told it, of a refresh
// by the mounts that are to be replaced. An eject is of all that there is.
static json_t *run_params(const struct plan_page *page)
{
    const struct planned_set *set = &page->proposal.plan.set;
    json_t *params = json_deep_copy(page->params), *mounts;

    if (is_undo(page) && params && set->id)
        (void)json_object_set_new(params, "id", json_string(set->id));
    if (page->proposal.change != CHANGE_REFRESH)
        return params;
    mounts = json_array();
    for (size_t i = 0; i < set->n; i++)
        if (set->items[i].mount_id > 0)
            (void)json_array_append_new(mounts, json_integer(set->items[i].mount_id));
    if (!params || json_object_set_new(params, "mounts", mounts) < 0) {
        json_decref(params);
        return NULL;
    }
    return params;
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

static char *title_of(const struct plan_page *page)
{
    const struct planned_set *set = &page->proposal.plan.set;
    const struct planned *first = set->n > 0 ? &set->items[0] : NULL;

    if (!is_undo(page) || !first || !first->target || !first->container)
        return strdup(page->title);
    return text_format("%s: %s in %s", page->title, first->target, first->container);
}

static void page_paint(struct dialog *dialog, struct surface_part part)
{
    struct plan_page *page = (struct plan_page *)dialog;
    _cleanup_free_ char *title = title_of(page);
    struct surface_part inside = box_paint(part, title);
    int y = proposal_paint_notice(&page->proposal, inside, 0);

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

    return text_format("%s\n%s%s", title ? title : "", notice ? notice : "", plan ? plan : "");
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

// Takes title and params over; NULL: there was no memory for them.
static int open_page(struct dialog_host *host, enum change change, char *title, json_t *params,
                     struct error *err)
{
    struct plan_page *page = calloc(1, sizeof *page);

    if (!page || !title || !params) {
        free(page);
        free(title);
        json_decref(params);
        return ERROR_OOM(err);
    }
    page->dialog = (struct dialog){&ops, host};
    page->title = title;
    page->params = params;
    proposal_init(&page->proposal, &page->dialog, change, &proposal_ops);
    page->proposal.plan.may_be_empty = change == CHANGE_REFRESH;
    page->proposal.plan.nothing = "There is nothing to refresh: all of it answers.";
    ask(page);
    host->open(host, &page->dialog);
    return 0;
}

int undo_page_open(struct dialog_host *host, struct error *err)
{
    return open_page(host, CHANGE_UNDO, strdup("Undo my last change"),
                     json_pack("{s:s}", "operation", "undo"), err);
}

int refresh_stale_page_open(struct dialog_host *host, struct error *err)
{
    return open_page(host, CHANGE_REFRESH, strdup("Refresh all that is stale"),
                     json_pack("{s:s, s:b}", "operation", "refresh", "stale", 1), err);
}

// ---- what of ----

// 0, -1: out of memory.
static int add_target(json_t *targets, const struct shown_container *c, const struct raw_text *path)
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

// All that is attached in a container.
static int add_all_in(json_t *targets, const struct model *model, const struct shown_container *c)
{
    int failed = 0;

    for (size_t i = 0; c && i < model->attachments->n && !failed; i++)
        if (attached_in(model->attachments->items[i], c))
            failed = add_target(targets, c, &model->attachments->items[i]->target);
    return failed;
}

static int check_number(const json_t *targets, struct error *err)
{
    size_t n = json_array_size(targets);

    if (n == 0)
        return error_set(err, ERROR_NOT_ATTACHED, 0, "davit has attached nothing there");
    if (n > PROTOCOL_TARGETS_MAX)
        return error_set(err, ERROR_USAGE, 0, "%zu are attached there: at most %d at once", n,
                         PROTOCOL_TARGETS_MAX);
    return 0;
}

static int refresh_in(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct model *model = host->model;
    const struct shown_container *c = subject->container;
    json_t *targets = json_array();
    char *title = NULL;
    int failed = targets ? 0 : -1, r;

    if (subject->kind == SUBJECT_MOUNT) {
        failed = failed || !c ? -1 : add_target(targets, c, &subject->mount->target);
        title = c ? text_format("Refresh %s in %s", subject->mount->target.text, c->label) : NULL;
    } else if (subject->n_marked > 0) {
        for (size_t i = 0; i < subject->n_marked && !failed; i++)
            failed = add_all_in(targets, model, model_container(model, subject->marked[i]));
        title = text_format("Refresh what is attached in %zu containers", subject->n_marked);
    } else if (c && !failed) {
        failed = add_all_in(targets, model, c);
        title = text_format("Refresh what is attached in %s", c->label);
    }
    r = failed ? ERROR_OOM(err) : check_number(targets, err);
    if (r < 0) {
        free(title);
        json_decref(targets);
        return r;
    }
    return open_page(host, CHANGE_REFRESH, title,
                     json_pack("{s:s, s:o}", "operation", "refresh", "targets", targets), err);
}

// NULL: out of memory.
static json_t *params_of(const char *operation, const struct raw_text *source)
{
    json_t *params = json_pack("{s:s}", "operation", operation);

    if (!params || raw_text_set(params, "source", source) == 0)
        return params;
    json_decref(params);
    return NULL;
}

int refresh_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct raw_text *from;

    if (subject->kind != SUBJECT_FILESYSTEM || !subject->filesystem)
        return refresh_in(host, subject, err);
    from = &subject->filesystem->mount_point;
    return open_page(host, CHANGE_REFRESH,
                     text_format("Refresh what is attached from %s", from->text),
                     params_of("refresh", from), err);
}

int eject_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct shown_filesystem *f = subject->filesystem;

    if (!f)
        return error_set(err, ERROR_GONE, 0, "select a filesystem first");
    return open_page(host, CHANGE_EJECT,
                     text_format("Eject %s%s%s", f->mount_point.text, f->device ? " · " : "",
                                 f->device ? f->device : ""),
                     params_of("eject", &f->mount_point), err);
}
