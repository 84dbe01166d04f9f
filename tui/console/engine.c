// What the engine tells, and what it is asked to tell.
#include "tui/console/console.h"

#include <stdlib.h>
#include <string.h>

static void take_changes(struct console *console, unsigned what)
{
    if (what == 0)
        return;
    for (size_t i = 0; i < PANE_COUNT; i++)
        if (console->panes[i])
            (void)console->panes[i]->ops->changed(console->panes[i], what);
    console_dialogs_changed(console, what);
    if (what & MODEL_CONTAINERS) // the selected one may have gone or come
        console_selection_moved(console);
    console->dirty = true;
}

static void on_news(const char *method, const json_t *params, void *context)
{
    struct console *console = context;
    struct error err = {.code = ERROR_NONE};
    int r = model_news(console->model, method, params, &err);

    if (r < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
    else
        take_changes(console, (unsigned)r);
}

static void on_end(const struct error *why, void *context)
{
    struct console *console = context;

    console->quit = true;
    if (why)
        console->why = *why;
    else
        (void)error_set(&console->why, ERROR_FAILED, EPIPE, "the engine has ended");
}

static void on_hello(const json_t *result, const struct error *why, void *context)
{
    struct console *console = context;
    struct error err = {.code = ERROR_NONE};
    int r;

    if (why) {
        on_end(why, console);
        return;
    }
    r = model_hello(console->model, result, &err);
    if (r < 0) {
        on_end(&err, console);
        return;
    }
    if (console->options.replay) // ages and times as they were then
        console->model->now = console->model->log->now = console->model->engine.time;
    if (console->model->engine.hint)
        console_say(console, LOG_WARNING, "%s", console->model->engine.hint);
    take_changes(console, (unsigned)r);
}

static void on_watching(const json_t *result, const struct error *why, void *context)
{
    (void)result;
    if (why)
        console_say(context, LOG_WARNING, "%s", why->message);
}

static int watch(struct console *console, json_t *params, struct error *err)
{
    return client_call(console->client, PROTOCOL_WATCH, params, on_watching, console, NULL, err);
}

int console_connect(struct console *console, struct error *err)
{
    static const struct client_events events = {on_news, on_end};
    const struct console_options *options = &console->options;
    int r;

    if (options->replay)
        r = client_replay(console->loop, options->replay, &events, console, &console->client, err);
    else
        r = client_new(console->loop, options->engine_fd, &events, console, &console->client, err);
    if (r == 0 && options->record)
        r = client_record(console->client, options->record, err);
    if (r == 0)
        r = client_call(console->client, PROTOCOL_HELLO,
                        json_pack("{s:i}", "protocol", PROTOCOL_VERSION), on_hello, console, NULL,
                        err);
    if (r == 0)
        r = watch(console,
                  json_pack("{s:b, s:b, s:b}", "containers", 1, "filesystems", 1, "journal", 1),
                  err);
    return r;
}

// The container that pane 3 shows the mounts of: the selected one, once the keys have rested.
void console_selection_moved(struct console *console)
{
    if (console->rest)
        loop_timer_start(console->rest, 120);
}

void console_watch_selected(struct console *console)
{
    struct pane *pane = console->panes[PANE_CONTAINERS];
    struct subject subject = {0};
    struct error err = {.code = ERROR_NONE};
    const char *key;

    if (pane->ops->subject(pane, &subject, &err) < 0)
        return;
    key = subject.container ? subject.container->key : NULL;
    if (key ? !console->watched || strcmp(key, console->watched) != 0 : console->watched != NULL) {
        free(console->watched);
        console->watched = key ? strdup(key) : NULL;
        if (watch(console, json_pack("{s:s?}", "mounts", console->watched), &err) < 0)
            console_say(console, LOG_WARNING, "%s", err.message);
    }
    subject_done(&subject);
}
