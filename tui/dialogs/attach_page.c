#include "tui/dialogs/attach_page.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/dialogs/container_menu.h"

static void page_free(struct dialog *dialog)
{
    struct attach_page *page = (struct attach_page *)dialog;

    attach_forget(page);
    if (page->running)
        running_leave(page->running);
    loop_source_free(page->timer);
    path_field_done(&page->source);
    path_field_done(&page->target);
    plan_view_done(&page->plan);
    attach_targets_free(page);
    free(page->identity);
    free(page->described);
    free(page->described_source);
    free(page);
}

static enum key_context page_context(struct dialog *dialog)
{
    const struct attach_page *page = (const struct attach_page *)dialog;

    if (page->focus == FOCUS_PLAN)
        return KEYS_PLAN;
    return attach_typing(page) ? KEYS_INPUT : KEYS_MENU;
}

// Back to the panes: what was filled in is kept, what is under way goes on.
static void leave(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;

    if (page->running)
        host->say(host, LOG_NOTICE, "it goes on; the log tells how it ends");
    else
        attach_draft_keep(page);
    host->close(host, &page->dialog);
}

static void copy_command(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;
    const char *command = page->plan.state == PLAN_READY ? page->plan.set.command : NULL;
    struct error err;

    if (!command)
        host->say(host, LOG_NOTICE, "there is no plan yet, and so no command to copy");
    else if (terminal_copy(host->terminal, command, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
    else
        host->say(host, LOG_NOTICE, "the command was copied");
}

static void browsed(const struct raw_text *path, void *context)
{
    struct attach_page *page = context;
    struct path_field *field = attach_line(page);

    if (!path || !field || path_field_set(field, path) < 0)
        return;
    path_field_forget(field);
    attach_changed(page);
    attach_move(page, true, false);
}

static void browse(struct attach_page *page)
{
    struct dialog_host *host = page->dialog.host;
    struct path_field *field = attach_line(page);
    struct raw_text start = {NULL, NULL};
    struct error err;
    char *slash;

    if (!field || path_field_get(field, &start) < 0)
        return;
    // What is being typed is a name in the directory before it.
    slash = strrchr(start.text, '/');
    if (slash)
        slash[slash == start.text] = '\0';
    slash = start.bytes ? strrchr(start.bytes, '/') : NULL;
    if (slash)
        slash[slash == start.bytes] = '\0';
    if (browser_open(host, field == &page->target ? page->targets[0].key : NULL, &start, browsed,
                     page, &err) < 0)
        host->say(host, LOG_WARNING, err.message);
    free(start.text);
    free(start.bytes);
}

static void enter(struct attach_page *page)
{
    if (page->focus == FOCUS_PLAN) {
        struct dialog_host *host = page->dialog.host;
        char key[KEY_NAME_SIZE];
        _cleanup_free_ char *text = NULL;

        keymap_key(host->keymap, ACTION_PERFORM, key);
        text = text_format("%s attaches; Enter changes nothing", key);
        host->say(host, LOG_NOTICE, text ? text : "");
    } else if (page->focus == FOCUS_MORE && !page->choice.more) {
        page->choice.more = true;
        attach_focus_on(page, ATTACH_FIRST_OPTION);
    } else if (page->focus >= ATTACH_FIRST_OPTION || page->focus == FOCUS_MORE) {
        attach_focus_on(page, FOCUS_PLAN);
    } else {
        attach_move(page, true, false);
    }
}

static void page_act(struct dialog *dialog, enum action action)
{
    struct attach_page *page = (struct attach_page *)dialog;
    struct dialog_host *host = dialog->host;
    struct error err;

    host->dirty(host);
    if (action == ACTION_CANCEL && page->running)
        running_cancel(page->running);
    else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL)
        leave(page);
    else if (action == ACTION_HELP)
        (void)help_open(host, page_context(dialog), &err);
    else if (action == ACTION_PERFORM && page->focus == FOCUS_PLAN)
        attach_perform(page);
    else if (action == ACTION_COPY)
        copy_command(page);
    else if (action == ACTION_BROWSE && !page->running)
        browse(page);
    else if (action == ACTION_OPEN)
        enter(page);
    else if (page->focus == FOCUS_PLAN && plan_view_act(&page->plan, action))
        return;
    else if (action == ACTION_UP || action == ACTION_DOWN)
        attach_move(page, action == ACTION_DOWN, true);
}

static void type_key(struct attach_page *page, const struct key_event *event)
{
    struct path_field *field = attach_line(page);

    switch (event->key.code) {
    case KEYCODE_ENTER:
        enter(page);
        return;
    case KEYCODE_ESC:
        leave(page);
        return;
    case KEYCODE_UP:
    case KEYCODE_SHIFT_TAB:
        attach_move(page, false, true);
        return;
    case KEYCODE_DOWN:
        attach_move(page, true, true);
        return;
    case KEYCODE_TAB:
        if (field)
            path_field_complete(field, field == &page->target ? page->targets[0].key : NULL);
        else
            attach_move(page, true, true);
        return;
    default:
        break;
    }
    if (!field && !page->running)
        (void)attach_tick(page, event);
}

static void page_type(struct dialog *dialog, const struct key_event *event)
{
    struct attach_page *page = (struct attach_page *)dialog;
    struct path_field *field = page->running ? NULL : attach_line(page);
    enum input_outcome outcome = field ? input_line_type(&field->line, event) : INPUT_NOT_MINE;

    dialog->host->dirty(dialog->host);
    if (outcome == INPUT_CHANGED) {
        path_field_forget(field);
        attach_changed(page);
    } else if (outcome == INPUT_NOT_MINE && event->kind == EVENT_KEY && !event->key.modifiers) {
        type_key(page, event);
    }
}

static void page_changed(struct dialog *dialog, unsigned what)
{
    struct attach_page *page = (struct attach_page *)dialog;

    if (!(what & MODEL_CONTAINERS) || page->running || !attach_targets_check(page))
        return;
    attach_ask_now(page);
}

static const enum action *page_footer(struct dialog *dialog)
{
    static const enum action on_plan[] = {ACTION_PERFORM, ACTION_COPY, ACTION_DOWN,
                                          ACTION_BACK,    ACTION_HELP, ACTION_NONE};
    static const enum action typing[] = {ACTION_BROWSE, ACTION_CANCEL, ACTION_NONE};
    static const enum action boxes[] = {ACTION_OPEN, ACTION_UP,   ACTION_DOWN,
                                        ACTION_BACK, ACTION_HELP, ACTION_NONE};
    const struct attach_page *page = (const struct attach_page *)dialog;

    return page->focus == FOCUS_PLAN ? on_plan : attach_typing(page) ? typing : boxes;
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
    char *identity = text_format("%d %s", (int)subject->kind, row);

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

static int page_make(struct attach_page *page, struct dialog_host *host,
                     const struct subject *subject, struct error *err)
{
    int r;

    page->dialog = (struct dialog){&ops, host};
    path_field_init(&page->source, host, completed, page);
    path_field_init(&page->target, host, completed, page);
    page->plan.kind = PLAN_ATTACH;
    r = loop_timer(host->loop, rested, page, &page->timer, err);
    r = r < 0 ? r : attach_targets_make(page, subject, err);
    if (r < 0)
        return r;
    page->identity = identity_of(page, subject);
    return page->identity && fill(page, subject) == 0 ? 0 : ERROR_OOM(err);
}

int attach_page_open(struct dialog_host *host, const struct subject *subject, struct error *err)
{
    struct attach_page *page;
    int r;

    if (!subject->container && subject->n_marked == 0)
        return container_menu_open(host, subject, err);
    page = calloc(1, sizeof *page);
    if (!page)
        return ERROR_OOM(err);
    r = page_make(page, host, subject, err);
    if (r < 0) {
        page_free(&page->dialog);
        return r;
    }
    attach_draft_take(page);
    attach_ask_now(page);
    host->open(host, &page->dialog);
    return 0;
}
