// What the keys do.
#include "tui/console/console.h"

#include <string.h>

#include "tui/console/speak.h"
#include "tui/views/runtimes.h"

static struct pane *focused(const struct console *console)
{
    return console->panes[console->focus];
}

static void focus(struct console *console, enum pane_id pane)
{
    console->focus = pane;
    console->dirty = true;
}

static void filter_each(const char *text, void *context)
{
    struct console *console = context;
    struct pane *pane = focused(console);
    struct error err = {.code = ERROR_NONE};

    if (pane->ops->filter(pane, text, &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
    console_selection_moved(console);
    console->dirty = true;
}

static void filter_done(const char *text, void *context)
{
    filter_each(text ? text : "", context); // Esc: no filter
}

static void ask_filter(struct console *console, const char *argument)
{
    struct pane *pane = focused(console);
    struct error err = {.code = ERROR_NONE};

    if (argument)
        filter_each(argument, console);
    else if (prompt_open(&console->host, "Filter", pane->ops->filter_text(pane), filter_done,
                         filter_each, console, &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
}

// Opens a page about what is selected, unless the reason why that is impossible is all there is to
// say.
static void open_about(struct console *console, enum action action)
{
    struct pane *pane = focused(console);
    struct subject subject = {0};
    struct error err = {.code = ERROR_NONE};
    char reason[256];
    int r = pane->ops->subject(pane, &subject, &err);

    if (r == 0 && action != ACTION_MENU &&
        !action_possible(action, &subject, console->model, reason, sizeof reason)) {
        console_say(console, LOG_NOTICE, "%s", reason);
    } else if (r == 0) {
        if (action == ACTION_ATTACH)
            r = attach_page_open(&console->host, &subject, &err);
        else if (action == ACTION_DETACH)
            r = detach_page_open(&console->host, &subject, &err);
        else if (action == ACTION_REPLACE)
            r = replace_page_open(&console->host, &subject, &err);
        else if (action == ACTION_REFRESH)
            r = refresh_page_open(&console->host, &subject, &err);
        else if (action == ACTION_SHARE)
            r = share_page_open(&console->host, &subject, &err);
        else if (action == ACTION_WHY)
            r = why_page_open(&console->host, &subject, &err);
        else if (action == ACTION_KEEP || action == ACTION_FORGET)
            r = keep_ask_open(&console->host, &subject, action == ACTION_KEEP, &err);
        else if (action == ACTION_WHO)
            r = who_page_open(&console->host, &subject, &err);
        else if (action == ACTION_EJECT)
            r = eject_page_open(&console->host, &subject, &err);
        else if (action == ACTION_SHELL)
            console_enter(console, &subject);
        else if (action == ACTION_MENU)
            r = action_menu_open(&console->host, &subject, &err);
        else if (action == ACTION_OPEN)
            r = details_open(&console->host, &subject, &err);
        else if (action == ACTION_DISMISS)
            r = model_dismiss(console->model, subject.attachment->id);
    }
    subject_done(&subject);
    if (r > 0 && action == ACTION_DISMISS)
        for (size_t i = 0; i < PANE_COUNT; i++)
            (void)console->panes[i]->ops->changed(console->panes[i], (unsigned)r);
    if (r < 0)
        console_say(console, LOG_WARNING, "%s",
                    err.code != ERROR_NONE ? err.message : "out of memory");
    console->dirty = true;
}

static void on_nothing(const json_t *result, const struct error *why, void *context)
{
    (void)result;
    if (why)
        console_say(context, LOG_WARNING, "%s", why->message);
}

static void copy(struct console *console)
{
    struct pane *pane = focused(console);
    struct subject subject = {0};
    struct error err = {.code = ERROR_NONE};
    _cleanup_free_ char *entry = NULL;
    const char *text = NULL;

    if (pane->ops->subject(pane, &subject, &err) < 0)
        return;
    switch (subject.kind) {
    case SUBJECT_CONTAINER:
        text = subject.container ? subject.container->name : NULL;
        break;
    case SUBJECT_FILESYSTEM:
        text = subject.filesystem->mount_point.text;
        break;
    case SUBJECT_MOUNT:
        text = subject.mount->target.text;
        break;
    case SUBJECT_ATTACHMENT:
        text = subject.attachment->target.text;
        break;
    case SUBJECT_LOG:
        text = entry = log_entry_text(subject.entry, true);
        break;
    case SUBJECT_NONE:
        break;
    }
    if (!text)
        console_say(console, LOG_NOTICE, "nothing is selected that could be copied");
    else if (terminal_copy(console->terminal, text, &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
    else
        console_say(console, LOG_NOTICE, "copied (where the terminal allows it): %s", text);
    subject_done(&subject);
}

static void quit_chosen(int choice, void *context)
{
    struct console *console = context;

    if (choice == 1)
        console->quit = true;
}

static void ask_quit(struct console *console)
{
    static const char *const choices[] = {"Stay", "Leave", NULL};
    struct error err = {.code = ERROR_NONE};

    if (console_runs(console, NULL) == 0)
        console->quit = true;
    else if (question_open(&console->host, "A change is under way",
                           "The engine finishes it, or takes it back, also when you leave.",
                           choices, quit_chosen, console, &err) < 0)
        console->quit = true;
}

static void cancel(struct console *console)
{
    struct dialog *top = console_top(console);
    uint64_t request;

    if (console_runs(console, &request) > 0) {
        client_cancel(console->client, request);
        console_say(console, LOG_NOTICE, "cancelling: what was begun is taken back");
    } else if (top) {
        top->ops->act(top, ACTION_BACK);
    } else {
        console->quit = true;
    }
}

static void save(struct console *console, const char *argument)
{
    struct error err = {.code = ERROR_NONE};

    if (!argument || !*argument)
        console_say(console, LOG_NOTICE, "save to which file? :save FILE");
    else if (log_pane_save(console->panes[PANE_LOG], argument, &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
    else
        console_say(console, LOG_NOTICE, "saved the log to %s", argument);
}

static void save_screen(struct console *console, const char *argument)
{
    struct error err = {.code = ERROR_NONE};

    console_paint(console); // what is saved is what the last key made
    if (!argument || !*argument)
        console_say(console, LOG_NOTICE, "save to which file? :save-screen FILE");
    else if (terminal_save(console->terminal, argument, &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
}

static void help(struct console *console)
{
    struct dialog *top = console_top(console);
    struct error err = {.code = ERROR_NONE};

    if (help_open(&console->host, top ? top->ops->context(top) : focused(console)->ops->context,
                  &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
}

static void runtimes(struct console *console)
{
    _cleanup_free_ char *text = runtimes_text(console->model);
    struct error err = {.code = ERROR_NONE};

    if (!text || text_page_open(&console->host, "Container runtimes", text, &err) < 0)
        console_say(console, LOG_WARNING, "%s", text ? err.message : "out of memory");
}

static void reread(struct console *console)
{
    struct error err = {.code = ERROR_NONE};

    if (client_call(console->client, PROTOCOL_REFRESH, NULL, on_nothing, console, NULL, &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
}

static void back(struct console *console)
{
    struct pane *pane = focused(console);

    if (*pane->ops->filter_text(pane))
        filter_done("", console);
    else
        console->zoomed = false;
    console->dirty = true;
}

static void open_page(struct console *console,
                      int (*open)(struct dialog_host *host, struct error *err))
{
    struct error err = {.code = ERROR_NONE};

    if (open(&console->host, &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
}

// A change without a row: why it cannot be stands in the footer, as for those with one.
static void open_change(struct console *console, enum action action,
                        int (*open)(struct dialog_host *host, struct error *err))
{
    const struct subject nothing = {.kind = SUBJECT_NONE};
    char reason[256];

    if (action_possible(action, &nothing, console->model, reason, sizeof reason))
        open_page(console, open);
    else
        console_say(console, LOG_NOTICE, "%s", reason);
}

void console_perform(struct console *console, enum action action, const char *argument)
{
    switch (action) {
    case ACTION_NEXT_PANE:
        focus(console, (console->focus + 1) % PANE_COUNT);
        break;
    case ACTION_PREVIOUS_PANE:
        focus(console, (console->focus + PANE_COUNT - 1) % PANE_COUNT);
        break;
    case ACTION_CONTAINERS:
        focus(console, PANE_CONTAINERS);
        break;
    case ACTION_FILESYSTEMS:
        focus(console, PANE_FILESYSTEMS);
        break;
    case ACTION_MOUNTS:
        focus(console, PANE_MOUNTS);
        break;
    case ACTION_LOG:
        focus(console, PANE_LOG);
        break;
    case ACTION_LOG_FULL:
        focus(console, PANE_LOG);
        console->zoomed = !console->zoomed;
        break;
    case ACTION_ZOOM:
    case ACTION_UNZOOM:
        console->zoomed = action == ACTION_ZOOM;
        console->dirty = true;
        break;
    case ACTION_FILTER:
        ask_filter(console, argument);
        break;
    case ACTION_OPEN:
    case ACTION_MENU:
    case ACTION_ATTACH:
    case ACTION_DETACH:
    case ACTION_REPLACE:
    case ACTION_REFRESH:
    case ACTION_SHARE:
    case ACTION_DISMISS:
    case ACTION_KEEP:
    case ACTION_FORGET:
    case ACTION_WHY:
    case ACTION_WHO:
    case ACTION_EJECT:
    case ACTION_SHELL:
        open_about(console, action);
        break;
    case ACTION_BACK:
        back(console);
        break;
    case ACTION_PALETTE:
        open_page(console, palette_open);
        break;
    case ACTION_UNDO:
        open_change(console, action, undo_page_open);
        break;
    case ACTION_REFRESH_STALE:
        open_change(console, action, refresh_stale_page_open);
        break;
    case ACTION_HELP:
        help(console);
        break;
    case ACTION_RUNTIMES:
        runtimes(console);
        break;
    case ACTION_INTERNAL:
        (void)console->panes[PANE_FILESYSTEMS]->ops->act(console->panes[PANE_FILESYSTEMS], action);
        console->dirty = true;
        break;
    case ACTION_COPY:
        copy(console);
        break;
    case ACTION_SAVE:
        save(console, argument);
        break;
    case ACTION_THEME:
        console_theme(console, argument);
        break;
    case ACTION_SAVE_SCREEN:
        save_screen(console, argument);
        break;
    case ACTION_REREAD:
        reread(console);
        break;
    case ACTION_REDRAW:
        terminal_redraw(console->terminal);
        if (console->speaker)
            speaker_again(console->speaker);
        console->dirty = true;
        break;
    case ACTION_SUSPEND:
        terminal_suspend(console->terminal);
        break;
    case ACTION_CANCEL:
        cancel(console);
        break;
    case ACTION_QUIT:
        ask_quit(console);
        break;
    case ACTION_UP:
    case ACTION_DOWN:
    case ACTION_PAGE_UP:
    case ACTION_PAGE_DOWN:
    case ACTION_HALF_UP:
    case ACTION_HALF_DOWN:
    case ACTION_TOP:
    case ACTION_BOTTOM:
    case ACTION_MARK:
    case ACTION_MARK_ALL:
    case ACTION_SORT_NEXT:
    case ACTION_SORT_PREVIOUS:
    case ACTION_SORT_INVERT:
    case ACTION_FIND_NEXT:
    case ACTION_FIND_PREVIOUS:
    case ACTION_LOG_FOLLOW:
    case ACTION_LOG_WRAP:
    case ACTION_LOG_TIME: // the panes' own, by name
        if (focused(console)->ops->act(focused(console), action)) {
            console_selection_moved(console);
            console->dirty = true;
        } else if (action == ACTION_MARK || action == ACTION_MARK_ALL) {
            open_about(console, action); // why not
        }
        break;
    case ACTION_PERFORM:
    case ACTION_BROWSE: // these and the following: of pages only
    case ACTION_ACCEPT:
    case ACTION_LEAVE:
    case ACTION_COMPLETE:
    case ACTION_ABOVE:
    case ACTION_BELOW:
    case ACTION_NEXT_FIELD:
    case ACTION_PREVIOUS_FIELD:
    case ACTION_TICK:
    case ACTION_ASCEND:
    case ACTION_NONE:
    case ACTION_COUNT:
        break;
    }
}
