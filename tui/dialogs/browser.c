#include "tui/dialogs/browser.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/model/decode.h"

static void browser_free(struct dialog *dialog)
{
    struct browser *browser = (struct browser *)dialog;

    if (browser->request)
        client_forget(dialog->host->client, browser->request);
    browser_entries_free(browser);
    raw_text_done(&browser->path);
    raw_text_done(&browser->come_from);
    free(browser->prefix);
    free(browser->container);
    free(browser->container_name);
    free(browser);
}

static enum key_context browser_context(struct dialog *dialog)
{
    return ((struct browser *)dialog)->filter.typing ? KEYS_INPUT : KEYS_BROWSER;
}

static void finish(struct browser *browser, const struct raw_text *path)
{
    struct dialog_host *host = browser->dialog.host;
    struct raw_text whole = {NULL, NULL};

    host->close(host, &browser->dialog);
    if (!path || !browser->prefix) {
        browser->chosen(path, browser->context);
        return;
    }
    whole.text = text_format("%s%s", browser->prefix, path->text);
    whole.bytes = path->bytes ? text_format("%s%s", browser->prefix, path->bytes) : NULL;
    browser->chosen(whole.text && (!path->bytes || whole.bytes) ? &whole : NULL, browser->context);
    raw_text_done(&whole);
}

static void choose_row(struct browser *browser)
{
    const struct browser_entry *entry = browser_at(browser, browser->choices.chosen);
    struct raw_text path = {NULL, NULL};

    if (!entry) {
        if (browser->choices.chosen > 0)
            browser_up(browser);
        else
            finish(browser, &browser->path);
        return;
    }
    if (browser_join(&browser->path, &entry->name, &path) < 0)
        return;
    finish(browser, &path);
    raw_text_done(&path);
}

// Into a directory (or a link, which may be to one); a file is chosen.
static void open_row(struct browser *browser)
{
    const struct browser_entry *entry = browser_at(browser, browser->choices.chosen);

    if (entry && (!entry->type || strcmp(entry->type, "directory") == 0 ||
                  strcmp(entry->type, "symlink") == 0))
        browser_enter(browser, entry);
    else
        choose_row(browser);
}

// Whether the filter has taken the action or the key.
static bool filtered(struct browser *browser, enum filter_outcome outcome)
{
    if (outcome != FILTER_CHANGED)
        return outcome != FILTER_NOT_MINE;
    browser_apply_filter(browser);
    // The first that fits is what one looks for.
    if (browser->filter.line.length > 0 && browser->n_shown > 0)
        browser->choices.chosen = browser_fixed_rows(browser);
    return true;
}

static void browser_act(struct dialog *dialog, enum action action)
{
    struct browser *browser = (struct browser *)dialog;

    dialog->host->dirty(dialog->host);
    if (filtered(browser, filter_line_act(&browser->filter, action)))
        return;
    if (action == ACTION_ABOVE || action == ACTION_BELOW)
        action = action == ACTION_ABOVE ? ACTION_UP : ACTION_DOWN;
    if (choices_act(&browser->choices, action))
        return;
    if (action == ACTION_OPEN) {
        open_row(browser);
    } else if (action == ACTION_TICK) {
        choose_row(browser);
    } else if (action == ACTION_ASCEND) {
        browser_up(browser);
    } else if (action == ACTION_FILTER) {
        filter_line_begin(&browser->filter, browser->filter.line.text);
    } else if (action == ACTION_BACK && browser->filter.line.length > 0) {
        filter_line_clear(&browser->filter);
        browser_apply_filter(browser);
    } else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL) {
        finish(browser, NULL);
    }
}

static void browser_type(struct dialog *dialog, const struct key_event *event)
{
    struct browser *browser = (struct browser *)dialog;

    dialog->host->dirty(dialog->host);
    if (filtered(browser, filter_line_type(&browser->filter, event)))
        return;
    if (event->kind == EVENT_KEY && event->key.code == KEYCODE_RIGHT && !event->key.modifiers &&
        browser_at(browser, browser->choices.chosen))
        open_row(browser);
}

static const struct footer_key *browser_footer(struct dialog *dialog)
{
    static const struct footer_key reading[] = {
        {ACTION_BACK, NULL}, {ACTION_ASCEND, NULL}, {ACTION_HELP, NULL}, {ACTION_NONE, NULL}};
    static const struct footer_key keys[] = {
        {ACTION_OPEN, NULL},   {ACTION_TICK, NULL}, {ACTION_BACK, NULL}, {ACTION_ASCEND, NULL},
        {ACTION_FILTER, NULL}, {ACTION_HELP, NULL}, {ACTION_NONE, NULL},
    };
    const struct browser *browser = (const struct browser *)dialog;

    return browser->filter.typing ? filter_line_footer : browser->asked ? reading : keys;
}

static const struct dialog_ops ops = {
    .name = "browser",
    .free = browser_free,
    .paint = browser_paint,
    .context = browser_context,
    .act = browser_act,
    .type = browser_type,
    .footer = browser_footer,
    .plain = browser_plain,
    .line = browser_line,
};

static int copy_path(const struct raw_text *start, struct raw_text *ret)
{
    bool usable = start && start->text && start->text[0] == '/';

    ret->text = strdup(usable ? start->text : "/");
    ret->bytes = usable && start->bytes ? strdup(start->bytes) : NULL;
    return ret->text && (!usable || !start->bytes || ret->bytes) ? 0 : -1;
}

int browser_open(struct dialog_host *host, const char *container, const char *prefix,
                 const struct raw_text *start,
                 void (*chosen)(const struct raw_text *path, void *context), void *context,
                 struct error *err)
{
    const struct shown_container *shown =
        container ? model_container(host->model, container) : NULL;
    struct browser *browser = calloc(1, sizeof *browser);
    int failed = browser ? 0 : -1;

    if (!failed) {
        browser->dialog = (struct dialog){&ops, host};
        browser->chosen = chosen;
        browser->context = context;
        browser->prefix = prefix ? strdup(prefix) : NULL;
        failed = prefix && !browser->prefix ? -1 : copy_path(start, &browser->path);
    }
    if (!failed && container) {
        browser->container = strdup(container);
        browser->container_name = strdup(shown ? shown->label : container);
        browser->pid = shown ? shown->pid : 0;
        browser->start_time = shown ? shown->start_time : 0;
        failed = browser->container && browser->container_name ? 0 : -1;
    }
    if (failed) {
        if (browser)
            browser_free(&browser->dialog);
        return ERROR_OOM(err);
    }
    browser_read(browser);
    host->open(host, &browser->dialog);
    return 0;
}
