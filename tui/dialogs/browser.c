#include "tui/dialogs/browser.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/model/decode.h"

size_t browser_fixed_rows(const struct browser *browser)
{
    return strcmp(browser->path.text, "/") == 0 ? 1 : 2;
}

const struct browser_entry *browser_at(const struct browser *browser, size_t row)
{
    size_t fixed = browser_fixed_rows(browser);

    return row >= fixed && row - fixed < browser->n_shown
               ? &browser->entries[browser->shown[row - fixed]]
               : NULL;
}

void browser_apply_filter(struct browser *browser)
{
    const char *filter = browser->filter.text;
    bool inverted = filter[0] == '!' && filter[1] != '\0';

    browser->n_shown = 0;
    for (size_t i = 0; i < browser->n_entries; i++)
        if (!*filter ||
            (strcasestr(browser->entries[i].name.text, filter + inverted) != NULL) != inverted)
            browser->shown[browser->n_shown++] = i;
    browser->choices.n = browser_fixed_rows(browser) + browser->n_shown;
}

static void browser_free(struct dialog *dialog)
{
    struct browser *browser = (struct browser *)dialog;

    if (browser->request)
        client_forget(dialog->host->client, browser->request);
    browser_entries_free(browser);
    raw_text_done(&browser->path);
    raw_text_done(&browser->come_from);
    free(browser->container);
    free(browser->container_name);
    free(browser);
}

static enum key_context browser_context(struct dialog *dialog)
{
    return ((struct browser *)dialog)->typing ? KEYS_INPUT : KEYS_BROWSER;
}

static void finish(struct browser *browser, const struct raw_text *path)
{
    struct dialog_host *host = browser->dialog.host;

    host->close(host, &browser->dialog);
    browser->chosen(path, browser->context);
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

static void browser_act(struct dialog *dialog, enum action action)
{
    struct browser *browser = (struct browser *)dialog;
    struct error err;

    dialog->host->dirty(dialog->host);
    if (browser->typing) {
        browser->typing = action != ACTION_CANCEL && action != ACTION_BACK;
    } else if (choices_act(&browser->choices, action)) {
        return;
    } else if (action == ACTION_OPEN) {
        open_row(browser);
    } else if (action == ACTION_FILTER) {
        browser->typing = true;
    } else if (action == ACTION_HELP) {
        (void)help_open(dialog->host, KEYS_BROWSER, &err);
    } else if (action == ACTION_BACK || action == ACTION_QUIT || action == ACTION_CANCEL) {
        if (action == ACTION_BACK && browser->filter.length > 0) {
            input_line_set(&browser->filter, "");
            browser_apply_filter(browser);
        } else {
            finish(browser, NULL);
        }
    }
}

static void type_filter(struct browser *browser, const struct key_event *event)
{
    bool key = event->kind == EVENT_KEY;

    if (key && event->key.code == KEYCODE_ENTER) {
        browser->typing = false;
    } else if (key && event->key.code == KEYCODE_ESC) {
        browser->typing = false;
        input_line_set(&browser->filter, "");
    } else if (key && (event->key.code == KEYCODE_UP || event->key.code == KEYCODE_DOWN)) {
        (void)choices_act(&browser->choices,
                          event->key.code == KEYCODE_UP ? ACTION_UP : ACTION_DOWN);
        return;
    } else if (input_line_type(&browser->filter, event) != INPUT_CHANGED) {
        return;
    }
    browser_apply_filter(browser);
    // The first that fits is what one looks for.
    browser->choices.chosen = browser->filter.length > 0 && browser->n_shown > 0
                                  ? browser_fixed_rows(browser)
                                  : browser->choices.chosen;
}

static void browser_type(struct dialog *dialog, const struct key_event *event)
{
    struct browser *browser = (struct browser *)dialog;

    dialog->host->dirty(dialog->host);
    if (browser->typing) {
        type_filter(browser, event);
        return;
    }
    if (event->kind != EVENT_KEY || event->key.modifiers)
        return; // what is pasted never acts
    if (event->key.code == KEYCODE_SPACE || event->key.code == ' ')
        choose_row(browser);
    else if (event->key.code == KEYCODE_LEFT)
        browser_up(browser);
    else if (event->key.code == KEYCODE_RIGHT && browser_at(browser, browser->choices.chosen))
        open_row(browser);
}

static const enum action *browser_footer(struct dialog *dialog)
{
    static const enum action actions[] = {ACTION_OPEN, ACTION_UP,   ACTION_DOWN, ACTION_FILTER,
                                          ACTION_BACK, ACTION_HELP, ACTION_NONE};
    static const enum action typing[] = {ACTION_CANCEL, ACTION_NONE};

    return ((struct browser *)dialog)->typing ? typing : actions;
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

int browser_open(struct dialog_host *host, const char *container, const struct raw_text *start,
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
        failed = copy_path(start, &browser->path);
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
