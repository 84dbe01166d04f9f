// What ejecting a filesystem would take away, everywhere, and then that.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/proposal.h"

struct eject_page {
    struct dialog dialog;
    char *title;
    json_t *params;
    struct proposal proposal;
};

static void page_free(struct dialog *dialog)
{
    struct eject_page *page = (struct eject_page *)dialog;

    proposal_done(&page->proposal);
    json_decref(page->params);
    free(page->title);
    free(page);
}

static void ask(struct eject_page *page)
{
    proposal_ask(&page->proposal, json_deep_copy(page->params));
}

static void done(struct dialog *dialog)
{
    dialog->host->close(dialog->host, dialog);
}

static void failed(struct dialog *dialog, const struct planned_set *results)
{
    (void)results;
    ask((struct eject_page *)dialog);
}

static const struct proposal_ops proposal_ops = {
    .done = done,
    .failed = failed,
};

static void page_act(struct dialog *dialog, enum action action)
{
    struct eject_page *page = (struct eject_page *)dialog;
    struct dialog_host *host = dialog->host;

    host->dirty(host);
    if (proposal_act(&page->proposal, action))
        return;
    if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        proposal_leave(&page->proposal);
    else if (action == ACTION_PERFORM && proposal_ready(&page->proposal))
        proposal_run(&page->proposal, json_deep_copy(page->params));
    else if (action == ACTION_PERFORM)
        host->say(host, LOG_NOTICE,
                  page->proposal.running   ? "it is being ejected"
                  : page->proposal.request ? "the plan is being made: press the key again when it "
                                             "is there"
                                           : "there is nothing that can be ejected");
}

static enum key_context page_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_PLAN;
}

static const struct footer_key *page_footer(struct dialog *dialog)
{
    const struct proposal *proposal = &((struct eject_page *)dialog)->proposal;

    return proposal_footer(proposal, proposal_ready(proposal), "Eject", false);
}

static void page_paint(struct dialog *dialog, struct surface_part part)
{
    struct eject_page *page = (struct eject_page *)dialog;
    struct surface_part inside = box_paint(part, page->title);
    int y = proposal_paint_notice(&page->proposal, inside, 0);

    y = y < inside.height ? y : 0;
    plan_view_paint(&page->proposal.plan,
                    surface_within(inside, y, 0, inside.height - y, inside.width));
    proposal_paint_scrolled(&page->proposal, part);
    surface_cursor(inside, y, 0);
}

static char *page_plain(struct dialog *dialog)
{
    const struct eject_page *page = (const struct eject_page *)dialog;
    const struct plan_view *view = &page->proposal.plan;
    _cleanup_free_ char *notice = proposal_notice_text(&page->proposal);
    _cleanup_free_ char *plan = view->state == PLAN_ASKED ? NULL : plan_view_text(view);

    return text_format("%s\n%s%s", page->title, notice ? notice : "", plan ? plan : "");
}

static const struct dialog_ops ops = {
    .name = "eject",
    .free = page_free,
    .paint = page_paint,
    .context = page_context,
    .act = page_act,
    .footer = page_footer,
    .plain = page_plain,
};

int eject_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    const struct shown_filesystem *filesystem = subject->filesystem;
    struct eject_page *page = filesystem ? calloc(1, sizeof *page) : NULL;

    if (!filesystem)
        return error_set(err, ERROR_GONE, 0, "select a filesystem first");
    if (!page)
        return ERROR_OOM(err);
    page->dialog = (struct dialog){&ops, host};
    page->params = json_pack("{s:s}", "operation", "eject");
    page->title =
        text_format("Eject %s%s%s", filesystem->mount_point.text, filesystem->device ? " · " : "",
                    filesystem->device ? filesystem->device : "");
    if (!page->params || !page->title ||
        raw_text_set(page->params, "source", &filesystem->mount_point) < 0) {
        page_free(&page->dialog);
        return ERROR_OOM(err);
    }
    proposal_init(&page->proposal, &page->dialog, CHANGE_EJECT, &proposal_ops);
    ask(page);
    host->open(host, &page->dialog);
    return 0;
}
