#include "tui/dialogs/detach_page.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/attached_menu.h"
#include "tui/dialogs/shown.h"
#include "tui/model/decode.h"

static void page_free(struct dialog *dialog)
{
    struct detach_page *page = (struct detach_page *)dialog;

    proposal_done(&page->proposal);
    loop_source_free(page->timer);
    buttons_done(&page->buttons);
    raw_text_done(&page->target);
    free(page->attachment);
    free(page->container);
    free(page->label);
    free(page->attached_by);
    free(page);
}

static enum key_context page_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_FIELDS;
}

static void choose(struct detach_page *page)
{
    enum detach_choice choice = (enum detach_choice)page->buttons.chosen;

    if (page->proposal.running)
        return;
    switch (choice) {
    case DETACH_CHOICE_BACK:
        proposal_leave(&page->proposal);
        break;
    case DETACH_CHOICE_NOW:
    case DETACH_CHOICE_WAIT:
    case DETACH_CHOICE_LAZY:
        detach_run(page, choice);
        break;
    }
}

// What does not fit above the buttons.
static void scroll(struct detach_page *page, bool down)
{
    int step = page->height > 1 ? page->height - 1 : 1, most = page->lines - page->height;

    page->top += down ? step : -step;
    page->top = page->top > most ? most : page->top;
    page->top = page->top < 0 ? 0 : page->top;
}

static void page_act(struct dialog *dialog, enum action action)
{
    struct detach_page *page = (struct detach_page *)dialog;
    bool running = page->proposal.running != NULL;

    dialog->host->dirty(dialog->host);
    if (action == ACTION_CANCEL && running)
        running_cancel(page->proposal.running);
    else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        proposal_leave(&page->proposal);
    else if (action == ACTION_PAGE_UP || action == ACTION_PAGE_DOWN)
        scroll(page, action == ACTION_PAGE_DOWN);
    else if (action == ACTION_OPEN)
        choose(page);
    else if (!running)
        (void)buttons_act(&page->buttons, action);
}

static void page_type(struct dialog *dialog, const struct key_event *event)
{
    struct detach_page *page = (struct detach_page *)dialog;

    if (!page->proposal.running && buttons_type(&page->buttons, event))
        dialog->host->dirty(dialog->host);
}

static void check_container(struct detach_page *page)
{
    const struct model *model = page->dialog.host->model;
    const struct shown_container *c = model_container(model, page->container);
    _cleanup_free_ char *text = NULL;

    if (!model->containers_known || page->gone || page->on_host)
        return;
    if (!c || c->pid == 0)
        text = text_format("%s %s", page->label, c ? "has stopped" : "is gone");
    else if (c->pid != page->pid || c->start_time != page->start_time)
        text = text_format("%s was restarted meanwhile", page->label);
    if (text)
        detach_gone(page, text, "what was attached there is lost with its mount namespace");
}

static void check_attachment(struct detach_page *page)
{
    const struct shown_attachment *a =
        page->attachment ? model_attachment(page->dialog.host->model, page->attachment) : NULL;

    if (!page->gone && a && a->state && strcmp(a->state, "gone") == 0)
        detach_gone(page, "it is not attached any more",
                    "somebody else detached it, or its container ended");
}

static void page_changed(struct dialog *dialog, unsigned what)
{
    struct detach_page *page = (struct detach_page *)dialog;

    if (page->proposal.running)
        return; // how it ends is told by its answer
    if (what & MODEL_CONTAINERS)
        check_container(page);
    if (what & MODEL_ATTACHMENTS)
        check_attachment(page);
    if (page->gone)
        dialog->host->dirty(dialog->host);
}

static const struct footer_key *page_footer(struct dialog *dialog)
{
    static const struct footer_key waiting[] = {
        {ACTION_CANCEL, "End it"}, {ACTION_BACK, "Leave it running"}, {ACTION_NONE, NULL}};
    static const struct footer_key scrolling[] = {
        {ACTION_OPEN, "Take it"}, {ACTION_PAGE_DOWN, "More"}, {ACTION_NEXT_FIELD, "Next choice"},
        {ACTION_BACK, NULL},      {ACTION_HELP, NULL},        {ACTION_NONE, NULL}};
    const struct detach_page *page = (const struct detach_page *)dialog;

    return page->proposal.running       ? waiting
           : page->lines > page->height ? scrolling
                                        : buttons_footer;
}

static const struct dialog_ops ops = {
    .name = "detach",
    .free = page_free,
    .paint = detach_paint,
    .context = page_context,
    .act = page_act,
    .type = page_type,
    .changed = page_changed,
    .footer = page_footer,
    .plain = detach_plain,
};

static void second_passed(void *context)
{
    struct detach_page *page = context;

    page->waited_s++;
    loop_timer_start(page->timer, 1000);
    page->dialog.host->dirty(page->dialog.host);
}

static char *attached_by(const struct shown_attachment *a, bool read_only, time_t now)
{
    char when[SHOWN_SIZE] = "an unknown time";

    if (!a)
        return strdup("Attached by davit; the journal does not know by whom.");
    if (a->since)
        shown_time(when, a->since, now);
    return text_format("%s by %s, %s, %s, from %s", a->share ? "Shared" : "Attached",
                       a->by ? a->by : "an unknown user", when,
                       read_only ? "read-only" : "writable",
                       a->source.text ? a->source.text : "an unknown source");
}

static int page_make(struct detach_page *page, struct dialog_host *host,
                     const struct shown_container *container, const char *attachment,
                     const struct raw_text *target, bool read_only, struct error *err)
{
    int r = loop_timer(host->loop, second_passed, page, &page->timer, err);

    page->on_host = !container;
    page->pid = container ? container->pid : 0;
    page->start_time = container ? container->start_time : 0;
    page->writable = !read_only;
    page->container = strdup(container ? container->key : "host");
    page->label = strdup(container ? container->label : "the host");
    page->target.text = target->text ? strdup(target->text) : NULL;
    page->target.bytes = target->bytes ? strdup(target->bytes) : NULL;
    page->attachment = strdup(attachment);
    page->attached_by =
        attached_by(model_attachment(host->model, attachment), read_only, model_now(host->model));
    if (r < 0)
        return r;
    return page->container && page->label && page->target.text && page->attachment &&
                   page->attached_by
               ? 0
               : ERROR_OOM(err);
}

// `container`: NULL for the host.
static int open_for(struct dialog_host *host, const struct shown_container *container,
                    const char *attachment, const struct raw_text *target, bool read_only,
                    struct error *err)
{
    struct detach_page *page = calloc(1, sizeof *page);
    int r = page ? 0 : ERROR_OOM(err);

    if (r < 0)
        return r;
    page->dialog = (struct dialog){&ops, host};
    proposal_init(&page->proposal, &page->dialog, CHANGE_DETACH, &detach_proposal);
    r = page_make(page, host, container, attachment, target, read_only, err);
    if (r < 0) {
        page_free(&page->dialog);
        return r;
    }
    detach_ask_plan(page);
    host->open(host, &page->dialog);
    return 0;
}

int detach_page_for(struct dialog_host *host, const struct shown_container *container,
                    const char *attachment, const struct raw_text *target, bool read_only,
                    struct error *err)
{
    return open_for(host, container, attachment, target, read_only, err);
}

int detach_page_for_share(struct dialog_host *host, const struct shown_attachment *share,
                          struct error *err)
{
    return open_for(host, NULL, share->id, &share->target, attached_read_only(share), err);
}
