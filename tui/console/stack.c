// The dialogs that stand on each other, and what they ask of the console.
#include "tui/console/console.h"

static void open_dialog(struct dialog_host *host, struct dialog *dialog)
{
    struct console *console = console_of(host);

    if (console->n_dialogs == CONSOLE_DIALOGS_MAX) {
        console_say(console, LOG_WARNING, "close a page first");
        dialog->ops->free(dialog);
        return;
    }
    console->dialogs[console->n_dialogs++] = dialog;
    console->dirty = true;
}

// What is freed may be on the way of the function that closes it: it goes at the end of the turn.
static void close_dialog(struct dialog_host *host, struct dialog *dialog)
{
    struct console *console = console_of(host);
    size_t i = 0;

    while (i < console->n_dialogs && console->dialogs[i] != dialog)
        i++;
    while (console->n_dialogs > i) {
        struct dialog *top = console->dialogs[--console->n_dialogs];

        if (console->n_closed == CONSOLE_DIALOGS_MAX)
            console_dialogs_reap(console);
        console->closed[console->n_closed++] = top;
    }
    console->dirty = true;
}

void console_dialogs_reap(struct console *console)
{
    while (console->n_closed > 0) {
        struct dialog *dialog = console->closed[--console->n_closed];

        dialog->ops->free(dialog);
    }
}

void console_dialogs_changed(struct console *console, unsigned what)
{
    for (size_t i = 0; i < console->n_dialogs; i++)
        if (console->dialogs[i]->ops->changed)
            console->dialogs[i]->ops->changed(console->dialogs[i], what);
}

static void mark_dirty(struct dialog_host *host)
{
    console_of(host)->dirty = true;
}

static void say(struct dialog_host *host, enum log_kind kind, const char *text)
{
    console_say(console_of(host), kind, "%s", text);
}

size_t console_runs(struct console *console, uint64_t *ret_last)
{
    size_t kept = 0;

    for (size_t i = 0; i < console->n_runs; i++)
        if (client_waits(console->client, console->runs[i]))
            console->runs[kept++] = console->runs[i];
    console->n_runs = kept;
    if (kept > 0 && ret_last)
        *ret_last = console->runs[kept - 1];
    return kept;
}

static void started(struct dialog_host *host, uint64_t request)
{
    struct console *console = console_of(host);

    (void)console_runs(console, NULL); // makes room
    if (console->n_runs < CONSOLE_RUNS_MAX)
        console->runs[console->n_runs++] = request;
}

void console_dialogs_init(struct console *console)
{
    struct dialog_host *host = &console->host;

    host->loop = console->loop;
    host->client = console->client;
    host->model = console->model;
    host->keymap = console->keymap;
    host->terminal = console->terminal;
    host->places = console->options.places;
    host->open = open_dialog;
    host->close = close_dialog;
    host->dirty = mark_dirty;
    host->say = say;
    host->started = started;
}
