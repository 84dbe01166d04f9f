#include "tui/dialogs/attach_page.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/model/decode.h"

static void page_free(struct dialog *dialog)
{
    struct attach_page *page = (struct attach_page *)dialog;

    proposal_done(&page->proposal);
    loop_source_free(page->timer);
    attach_describe_done(page);
    path_field_done(&page->source);
    path_field_done(&page->extra);
    explicit_bzero(page->extra.line.text, sizeof page->extra.line.text);
    path_field_done(&page->target);
    path_field_done(&page->mapping);
    attach_targets_free(page);
    free(page->replaced);
    free(page->identity);
    free(page);
}

static enum key_context page_context(struct dialog *dialog)
{
    const struct attach_page *page = (const struct attach_page *)dialog;

    // What is under way is ended or left, whatever has the focus.
    if (page->focus == FOCUS_PLAN || page->proposal.running)
        return KEYS_PLAN;
    return attach_typing(page) ? KEYS_INPUT : KEYS_FIELDS;
}

// Back to the panes: what was filled in is kept, what is under way goes on.
static void leave(struct attach_page *page)
{
    if (!page->proposal.running)
        attach_draft_keep(page);
    proposal_leave(&page->proposal);
}

// The container whose tree the field's paths are in; NULL: the host's.
static const char *container_of(const struct attach_page *page, const struct path_field *field)
{
    return field == &page->target && page->verb->change != CHANGE_SHARE ? page->targets[0].key
                                                                        : NULL;
}

static void chosen(const struct raw_text *path, void *context)
{
    struct attach_page *page = context;
    struct path_field *field = attach_line(page);

    if (!path || !field || path_field_set(field, path) < 0)
        return;
    path_field_forget(field);
    attach_changed(page);
    // The rest of it is typed.
    if (field == &page->source && page->kind->complete && !page->kind->complete(field->line.text))
        return;
    attach_move(page, true, false);
}

static bool is_path(const struct attach_page *page, const struct path_field *field)
{
    return field == &page->source || field == &page->target;
}

static void browse(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;
    struct path_field *field = attach_line(page);
    struct raw_text now;
    struct error err;
    int r;

    if (!field || !is_path(page, field) || path_field_get(field, &now) < 0)
        return;
    if (field == &page->source)
        r = attach_source_pick(host, &now, chosen, page, &err);
    else
        r = attach_browse(host, container_of(page, field), NULL, &now, chosen, page, &err);
    if (r < 0)
        host->say(host, LOG_WARNING, err.message);
    raw_text_done(&now);
}

// Enter on the plan: it changes nothing, and says which key would.
static void enter_plan(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;
    char key[KEY_NAME_SIZE];
    _cleanup_free_ char *text = NULL;

    keymap_key(host->keymap, ACTION_PERFORM, key);
    text = text_format("%s %s; Enter changes nothing", key, page->verb->acts);
    host->say(host, LOG_NOTICE,
              !attach_ready(page) ? attach_why_not_ready(page)
              : text              ? text
                                  : "");
}

static void enter(struct attach_page *page)
{
    if (page->focus == FOCUS_PLAN) {
        enter_plan(page);
    } else if (page->focus == FOCUS_MORE && !page->choice.more) {
        page->choice.more = true;
        attach_focus_on(page, ATTACH_FIRST_OPTION);
    } else if (page->focus >= ATTACH_FIRST_OPTION || page->focus == FOCUS_MORE) {
        attach_focus_on(page, FOCUS_PLAN);
    } else {
        attach_move(page, true, false);
    }
}

static void complete(struct attach_page *page)
{
    struct path_field *field = attach_line(page);

    if (field && is_path(page, field))
        path_field_complete(field, container_of(page, field));
}

static void page_act(struct dialog *dialog, enum action action)
{
    struct attach_page *page = (struct attach_page *)dialog;
    bool on_plan = page->focus == FOCUS_PLAN;

    dialog->host->dirty(dialog->host);
    if ((on_plan || page->proposal.running || action == ACTION_COPY) &&
        proposal_act(&page->proposal, action))
        return;
    if (action == ACTION_BACK || action == ACTION_LEAVE || action == ACTION_QUIT ||
        action == ACTION_CANCEL)
        leave(page);
    else if (page->proposal.running)
        return; // what it is about is not changed meanwhile
    else if (action == ACTION_PERFORM && on_plan)
        attach_perform(page);
    else if (action == ACTION_BROWSE)
        browse(page);
    else if (action == ACTION_COMPLETE)
        complete(page);
    else if (action == ACTION_OPEN || action == ACTION_ACCEPT)
        enter(page);
    else if (action == ACTION_TICK)
        attach_tick(page, 0);
    else if (action == ACTION_UP || action == ACTION_ABOVE || action == ACTION_PREVIOUS_FIELD)
        attach_move(page, false, true);
    else if (action == ACTION_DOWN || action == ACTION_BELOW || action == ACTION_NEXT_FIELD)
        attach_move(page, true, true);
}

static void page_type(struct dialog *dialog, const struct key_event *event)
{
    struct attach_page *page = (struct attach_page *)dialog;
    struct path_field *field = attach_line(page);

    dialog->host->dirty(dialog->host);
    if (page->proposal.running)
        return;
    if (field && input_line_type(&field->line, event) == INPUT_CHANGED) {
        path_field_forget(field);
        attach_changed(page);
    } else if (!field && event->kind == EVENT_KEY && !event->key.modifiers &&
               (event->key.code == KEYCODE_LEFT || event->key.code == KEYCODE_RIGHT)) {
        attach_tick(page, event->key.code == KEYCODE_LEFT ? -1 : 1);
    }
}

static void page_changed(struct dialog *dialog, unsigned what)
{
    struct attach_page *page = (struct attach_page *)dialog;

    if (what & MODEL_CONTAINERS && !page->proposal.running && attach_targets_check(page))
        attach_ask_now(page);
}

static const struct footer_key *page_footer(struct dialog *dialog)
{
    static const struct footer_key typing[] = {
        {ACTION_ACCEPT, NULL}, {ACTION_COMPLETE, NULL}, {ACTION_BROWSE, NULL},
        {ACTION_LEAVE, NULL},  {ACTION_NONE, NULL},
    };
    static const struct footer_key boxes[] = {
        {ACTION_OPEN, "Next"},         {ACTION_TICK, "Change"},
        {ACTION_BACK, NULL},           {ACTION_NEXT_FIELD, "Next box"},
        {ACTION_PREVIOUS_FIELD, NULL}, {ACTION_HELP, NULL},
        {ACTION_NONE, NULL},
    };
    const struct attach_page *page = (const struct attach_page *)dialog;

    if (page->focus == FOCUS_PLAN || page->proposal.running)
        return proposal_footer(&page->proposal, attach_ready(page), page->verb->label, true);
    return attach_typing(page) ? typing : boxes;
}

static const struct dialog_ops ops = {
    .name = "attach",
    .free = page_free,
    .paint = attach_paint,
    .context = page_context,
    .act = page_act,
    .type = page_type,
    .changed = page_changed,
    .footer = page_footer,
    .plain = attach_plain,
    .line = attach_line_typed,
};

static void rested(void *context)
{
    attach_ask_now(context);
}

static void completed(bool changed, void *context)
{
    struct attach_page *page = context;

    if (changed)
        attach_changed(page);
    page->dialog.host->dirty(page->dialog.host);
}

// Whose draft it is: the same row and the same containers.
static char *identity_of(const struct attach_page *page, const struct subject *subject)
{
    const char *row = subject->kind == SUBJECT_MOUNT && subject->mount ? subject->mount->target.text
                      : subject->kind == SUBJECT_FILESYSTEM && subject->filesystem
                          ? subject->filesystem->mount_point.text
                      : subject->attachment && !subject->mount ? subject->attachment->target.text
                                                               : "";
    char *identity = text_format("%s %d %s", page->verb->label, (int)subject->kind, row);

    for (size_t i = 0; identity && i < page->n_targets; i++) {
        char *longer = text_format("%s\n%s", identity, page->targets[i].key);

        free(identity);
        identity = longer;
    }
    return identity;
}

// What the row gives: a filesystem its mount point as source, a mount its target, what was lost
// both.
static int fill(struct attach_page *page, const struct subject *subject)
{
    int r = 0;

    page->focus = FOCUS_SOURCE;
    if (subject->kind == SUBJECT_FILESYSTEM && subject->filesystem) {
        r = path_field_set(&page->source, &subject->filesystem->mount_point);
        page->focus = FOCUS_TARGET;
    } else if (subject->kind == SUBJECT_MOUNT && subject->mount) {
        r = path_field_set(&page->target, &subject->mount->target);
    } else if (subject->attachment) {
        r = path_field_set(&page->source, &subject->attachment->source) |
            path_field_set(&page->target, &subject->attachment->target);
        page->focus = FOCUS_ACCESS;
    }
    return r;
}

static int fill_in(struct attach_page *page, const struct subject *subject)
{
    const struct shown_attachment *replaced = subject->attachment;

    if (page->verb->change == CHANGE_SHARE)
        return attach_fill_share(page, subject);
    if (page->verb->change != CHANGE_REPLACE)
        return fill(page, subject);
    page->focus = FOCUS_SOURCE;
    page->replaced =
        text_format("now %s", replaced->source.text ? replaced->source.text : "unknown");
    return page->replaced ? path_field_set(&page->target, &replaced->target) : -1;
}

static int page_make(struct attach_page *page, struct dialog_host *host, enum change change,
                     const struct subject *subject, struct error *err)
{
    int r;

    page->dialog = (struct dialog){&ops, host};
    page->verb = attach_verb_of(change);
    page->owner = -1;
    proposal_init(&page->proposal, &page->dialog, change, &attach_proposal);
    path_field_init(&page->source, host, completed, page);
    path_field_init(&page->extra, host, completed, page);
    path_field_init(&page->target, host, completed, page);
    path_field_init(&page->mapping, host, completed, page);
    page->kind = attach_source_of("");
    r = loop_timer(host->loop, rested, page, &page->timer, err);
    r = r < 0 ? r : attach_targets_make(page, subject, err);
    if (r < 0)
        return r;
    page->identity = identity_of(page, subject);
    return page->identity && fill_in(page, subject) == 0 ? 0 : ERROR_OOM(err);
}

int attach_page_show(struct dialog_host *host, enum change change, const struct subject *subject,
                     struct error *err)
{
    struct attach_page *page = calloc(1, sizeof *page);
    int r = page ? page_make(page, host, change, subject, err) : ERROR_OOM(err);

    if (r < 0) {
        if (page)
            page_free(&page->dialog);
        return r;
    }
    attach_draft_take(page);
    attach_kind_changed(page);
    attach_ask_now(page);
    host->open(host, &page->dialog);
    return 0;
}
