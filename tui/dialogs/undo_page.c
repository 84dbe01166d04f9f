#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/proposal.h"

struct undo_page {
    struct dialog dialog;
    struct proposal proposal;
};

static void page_free(struct dialog *dialog)
{
    struct undo_page *page = (struct undo_page *)dialog;

    proposal_done(&page->proposal);
    free(page);
}

static void ask(struct undo_page *page)
{
    proposal_ask(&page->proposal, json_pack("{s:s}", "operation", "undo"));
}

// Taking back an attach is a detach, and the other way round.
static void planned(struct dialog *dialog)
{
    struct plan_view *plan = &((struct undo_page *)dialog)->proposal.plan;

    plan->kind = PLAN_ATTACH;
    for (size_t i = 0; plan->set.n > 0 && i < plan->set.items[0].n_steps; i++)
        if (strcmp(plan->set.items[0].steps[i].stage, "detach") == 0)
            plan->kind = PLAN_DETACH;
}

static void done(struct dialog *dialog)
{
    dialog->host->close(dialog->host, dialog);
}

static void failed(struct dialog *dialog, const struct planned_set *results)
{
    (void)results;
    ask((struct undo_page *)dialog);
}

static const struct proposal_ops proposal_ops = {
    .change = CHANGE_UNDO,
    .planned = planned,
    .done = done,
    .failed = failed,
};

// The change that the plan showed and no other: by its id when the engine told it.
static void perform(struct undo_page *page)
{
    const struct proposal *proposal = &page->proposal;
    struct dialog_host *host = page->dialog.host;
    const char *id = proposal->plan.set.id;

    if (proposal_ready(proposal))
        proposal_run(&page->proposal, id ? json_pack("{s:s, s:s}", "operation", "undo", "id", id)
                                         : json_pack("{s:s}", "operation", "undo"));
    else
        host->say(host, LOG_NOTICE,
                  proposal->running ? "it is being taken back"
                  : proposal->request
                      ? "the plan is being made: press the key again when it is there"
                      : "there is nothing that can be taken back");
}

static void page_act(struct dialog *dialog, enum action action)
{
    struct undo_page *page = (struct undo_page *)dialog;

    dialog->host->dirty(dialog->host);
    if (proposal_act(&page->proposal, action))
        return;
    if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        proposal_leave(&page->proposal);
    else if (action == ACTION_PERFORM)
        perform(page);
}

// Another console of the same user may have changed what "the last" is.
static void page_changed(struct dialog *dialog, unsigned what)
{
    struct undo_page *page = (struct undo_page *)dialog;

    if (what & MODEL_ATTACHMENTS && !page->proposal.running && !page->proposal.request)
        ask(page);
}

static enum key_context page_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_PLAN;
}

static const struct footer_key *page_footer(struct dialog *dialog)
{
    const struct proposal *proposal = &((struct undo_page *)dialog)->proposal;

    return proposal_footer(proposal, proposal_ready(proposal), "Take it back", false);
}

static char *title_of(const struct undo_page *page)
{
    const struct planned_set *set = &page->proposal.plan.set;
    const struct planned *first = set->n > 0 ? &set->items[0] : NULL;

    if (!first || !first->target || !first->container)
        return strdup("Undo my last change");
    return text_format("Undo my last change: %s in %s", first->target, first->container);
}

static void page_paint(struct dialog *dialog, struct surface_part part)
{
    struct undo_page *page = (struct undo_page *)dialog;
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
    struct undo_page *page = (struct undo_page *)dialog;
    const struct plan_view *view = &page->proposal.plan;
    _cleanup_free_ char *title = title_of(page);
    _cleanup_free_ char *notice = proposal_notice_text(&page->proposal);
    _cleanup_free_ char *plan = view->state == PLAN_ASKED ? NULL : plan_view_text(view);

    return text_format("%s\n%s%s", title ? title : "", notice ? notice : "", plan ? plan : "");
}

static const struct dialog_ops ops = {
    .name = "undo",
    .free = page_free,
    .paint = page_paint,
    .context = page_context,
    .act = page_act,
    .changed = page_changed,
    .footer = page_footer,
    .plain = page_plain,
};

int undo_page_open(struct dialog_host *host, struct error *err)
{
    struct undo_page *page = calloc(1, sizeof *page);

    if (!page)
        return ERROR_OOM(err);
    page->dialog = (struct dialog){&ops, host};
    proposal_init(&page->proposal, &page->dialog, &proposal_ops);
    ask(page);
    host->open(host, &page->dialog);
    return 0;
}
