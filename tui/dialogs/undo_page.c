#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/box.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/plan_view.h"
#include "tui/dialogs/running.h"

struct undo_page {
    struct dialog dialog;
    struct plan_view plan;
    uint64_t request;
    struct error notice;
    struct running *running;
};

static void page_free(struct dialog *dialog)
{
    struct undo_page *page = (struct undo_page *)dialog;

    if (page->request)
        client_forget(dialog->host->client, page->request);
    if (page->running)
        running_leave(page->running);
    plan_view_done(&page->plan);
    free(page);
}

// Taking back an attach is a detach, and the other way round.
static enum plan_kind kind_of(const struct planned_set *set)
{
    for (size_t i = 0; set->n > 0 && i < set->items[0].n_steps; i++)
        if (strcmp(set->items[0].steps[i].stage, "detach") == 0)
            return PLAN_DETACH;
    return PLAN_ATTACH;
}

static void planned(const json_t *result, const struct error *why, void *context)
{
    struct undo_page *page = context;
    struct dialog_host *host = page->dialog.host;

    page->request = 0;
    plan_view_answer(&page->plan, result, why);
    page->plan.kind = kind_of(&page->plan.set);
    host->dirty(host);
}

static void ask(struct undo_page *page)
{
    struct dialog_host *host = page->dialog.host;
    struct error err;

    if (page->request)
        client_forget(host->client, page->request);
    page->request = 0;
    plan_view_clear(&page->plan, PLAN_ASKED);
    if (client_call(host->client, PROTOCOL_PLAN, json_pack("{s:s}", "operation", "undo"), planned,
                    page, &page->request, &err) < 0)
        plan_view_answer(&page->plan, NULL, &err);
    host->dirty(host);
}

static void ended(const struct planned_set *results, const struct error *why, void *context)
{
    struct undo_page *page = context;
    struct dialog_host *host = page->dialog.host;

    page->running = NULL;
    host->dirty(host);
    if (results && results->n_ok == results->n) {
        running_say(host, "took back", results);
        host->close(host, &page->dialog);
        return;
    }
    page->notice = why ? *why : results->items[0].error;
    host->say(host, LOG_WARNING, page->notice.message);
    ask(page);
}

// The change that the plan showed and no other: by its id, and with the source that it showed.
static void perform(struct undo_page *page)
{
    struct dialog_host *host = page->dialog.host;
    const char *id = page->plan.set.id;
    struct error err;
    json_t *params;

    if (page->running || page->request || !plan_view_possible(&page->plan)) {
        host->say(host, LOG_NOTICE,
                  page->running   ? "it is being taken back"
                  : page->request ? "the plan is being made: press the key again when it is there"
                                  : "there is nothing that can be taken back");
        return;
    }
    page->notice = (struct error){.code = ERROR_NONE};
    params = id ? json_pack("{s:s, s:s}", "operation", "undo", "id", id)
                : json_pack("{s:s}", "operation", "undo");
    if (params && planned_set_expect(&page->plan.set, params) < 0) {
        json_decref(params);
        params = NULL;
    }
    if (running_start(host, params, "took back", ended, page, &page->running, &err) < 0)
        page->notice = err;
}

static void copy(struct undo_page *page)
{
    struct dialog_host *host = page->dialog.host;
    const char *command = page->plan.set.command;
    struct error err;

    if (!command)
        host->say(host, LOG_NOTICE, "there is no plan, and so no command to copy");
    else if (terminal_copy(host->terminal, command, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
    else
        host->say(host, LOG_NOTICE, "the command was copied");
}

static void page_act(struct dialog *dialog, enum action action)
{
    struct undo_page *page = (struct undo_page *)dialog;
    struct dialog_host *host = dialog->host;
    struct error err;

    host->dirty(host);
    if (action == ACTION_CANCEL && page->running) {
        running_cancel(page->running);
    } else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL) {
        if (page->running)
            host->say(host, LOG_NOTICE, "it goes on; the log tells how it ends");
        host->close(host, dialog);
    } else if (action == ACTION_PERFORM) {
        perform(page);
    } else if (action == ACTION_COPY) {
        copy(page);
    } else if (action == ACTION_HELP) {
        (void)help_open(host, KEYS_PLAN, &err);
    } else {
        (void)plan_view_act(&page->plan, action);
    }
}

static void page_type(struct dialog *dialog, const struct key_event *event)
{
    (void)dialog;
    (void)event; // no key but those of the plan
}

// Another console of the same user may have changed what "the last" is.
static void page_changed(struct dialog *dialog, unsigned what)
{
    struct undo_page *page = (struct undo_page *)dialog;

    if (what & MODEL_ATTACHMENTS && !page->running && !page->request)
        ask(page);
}

static enum key_context page_context(struct dialog *dialog)
{
    (void)dialog;
    return KEYS_PLAN;
}

static const enum action *page_footer(struct dialog *dialog)
{
    static const enum action actions[] = {ACTION_PERFORM, ACTION_COPY, ACTION_DOWN,
                                          ACTION_BACK,    ACTION_HELP, ACTION_NONE};

    (void)dialog;
    return actions;
}

static char *title_of(const struct undo_page *page)
{
    const struct planned *first = page->plan.set.n > 0 ? &page->plan.set.items[0] : NULL;

    if (!first || !first->target || !first->container)
        return strdup("Undo my last change");
    return text_format("Undo my last change: %s in %s", first->target, first->container);
}

static int paint_notice(const struct undo_page *page, struct surface_part part)
{
    int y = box_sentence(part, 0, 0, ROLE_STATUS_ERROR, page->notice.message);

    if (page->notice.hint[0])
        y += box_sentence(part, y, 0, ROLE_DIALOG, page->notice.hint);
    return y;
}

static void page_paint(struct dialog *dialog, struct surface_part part)
{
    struct undo_page *page = (struct undo_page *)dialog;
    const struct keymap *keymap = dialog->host->keymap;
    char perform_key[KEY_NAME_SIZE], copy_key[KEY_NAME_SIZE];
    _cleanup_free_ char *title = title_of(page), *hints = NULL;
    struct surface_part inside;
    int y = 0;

    keymap_key(keymap, ACTION_PERFORM, perform_key);
    keymap_key(keymap, ACTION_COPY, copy_key);
    hints =
        text_format("%s takes it back · %s copies the command · Esc back", perform_key, copy_key);
    inside = box_paint(part, title, hints);
    if (page->running)
        y = surface_text(inside, y, 0, -1, ROLE_STATUS_OK, CUT_END,
                         "taking it back … Ctrl-C ends it") > 0;
    else if (page->notice.code != ERROR_NONE)
        y = paint_notice(page, inside);
    if (y < inside.height)
        plan_view_paint(&page->plan, surface_within(inside, y, 0, inside.height - y, inside.width));
    surface_cursor(inside, y < inside.height ? y : 0, 0);
}

static char *page_plain(struct dialog *dialog)
{
    struct undo_page *page = (struct undo_page *)dialog;
    _cleanup_free_ char *title = title_of(page);
    _cleanup_free_ char *plan = page->plan.state == PLAN_ASKED ? NULL : plan_view_text(&page->plan);

    return text_format("%s\n%s\n%s\n%s%s%s\n", title ? title : "",
                       page->notice.code != ERROR_NONE ? page->notice.message : "",
                       page->notice.code != ERROR_NONE ? page->notice.hint : "", plan ? plan : "",
                       page->running ? "Taking it back. Ctrl-C ends it.\n" : "",
                       plan_view_possible(&page->plan)
                           ? "A takes it back, y copies the command, Esc goes back."
                           : "Esc goes back.");
}

static const struct dialog_ops ops = {
    .name = "undo",
    .free = page_free,
    .paint = page_paint,
    .context = page_context,
    .act = page_act,
    .type = page_type,
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
    page->plan.kind = PLAN_DETACH;
    ask(page);
    host->open(host, &page->dialog);
    return 0;
}
