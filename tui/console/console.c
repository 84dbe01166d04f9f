#include "tui/console/console.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "tui/console/script.h"
#include "tui/console/speak.h"

static const struct pane_ops *const pane_kinds[PANE_COUNT] = {
    [PANE_CONTAINERS] = &containers_pane,
    [PANE_FILESYSTEMS] = &filesystems_pane,
    [PANE_MOUNTS] = &mounts_pane,
    [PANE_LOG] = &log_pane,
};

static void say_warning(const char *text, void *context)
{
    console_say(context, LOG_WARNING, "%s", text);
}

static void on_key(struct key_event event, void *context)
{
    struct console *console = context;

    console_key(console, &event);
    if (console->speaker)
        speaker_turn(console->speaker, true);
}

static void on_resized(void *context)
{
    struct console *console = context;

    if (!console_enter_resized(console))
        console->dirty = true;
}

static void on_interrupt(void *context)
{
    struct console *console = context;

    if (!console_enter_interrupted(console))
        console->quit = true;
}

static void on_resumed(void *context)
{
    struct console *console = context;

    console->dirty = true;
    if (console->speaker)
        speaker_again(console->speaker);
}

static void on_hangup(void *context)
{
    struct console *console = context;

    console->quit = true;
}

static const struct terminal_events terminal_events = {
    .key = on_key,
    .resized = on_resized,
    .resumed = on_resumed,
    .hangup = on_hangup,
    .interrupt = on_interrupt,
    .notice = say_warning,
};

// What dialogs choose by name is done as if its key had been pressed.
static void perform(struct dialog_host *host, enum action action, const char *argument)
{
    console_perform(console_of(host), action, argument);
}

static void show_container(struct dialog_host *host, const char *key)
{
    struct console *console = console_of(host);
    struct pane *pane = console->panes[PANE_CONTAINERS];
    struct error err = {.code = ERROR_NONE};

    if (pane->ops->filter(pane, "", &err) < 0)
        console_say(console, LOG_WARNING, "%s", err.message);
    containers_pane_select(pane, key);
    console_perform(console, ACTION_CONTAINERS, NULL);
    console_selection_moved(console);
}

static void on_rest(void *context)
{
    struct console *console = context;

    // Between the keys of a script nothing rests, however long a turn takes.
    if (console->script && !script_at_rest(console->script))
        console_selection_moved(console);
    else
        console_watch_selected(console);
}

// A damaged file is a warning and leaves what there was, unless it was named.
static int read_settings(struct console *console, struct error *err)
{
    const char *named = console->options.config;
    _cleanup_free_ char *user = named ? NULL : config_user_path();
    const char *files[] = {named ? named : CONFIG_SYSTEM_PATH, user};
    int r = 0;

    for (size_t i = 0; i < ARRAY_SIZE(files) && files[i]; i++) {
        // The engine reads its own members itself.
        r = config_read(&console->config, console->keymap, files[i],
                        files[i] == user ? CONFIG_SCREEN_ONLY : 0, say_warning, console, err);
        if (r < 0 && named)
            return r;
        if (r < 0)
            console_say(console, LOG_WARNING, "%s", err->message);
        if (r > 0 && named) {
            r = error_set(err, ERROR_NO_PATH, ENOENT, "there is no %s", named);
            return r;
        }
    }
    err->code = ERROR_NONE;
    return 0;
}

static int open_parts(struct console *console, struct error *err)
{
    const struct console_options *options = &console->options;
    unsigned flags = (options->no_color ? TERMINAL_NO_COLOR : 0u) |
                     (options->off_screen.width ? TERMINAL_OFF_SCREEN : 0u) |
                     (options->plain ? TERMINAL_PLAIN : 0u);
    int r = model_new(&console->model, err);

    if (r == 0 && options->plain && !(console->speaker = speaker_new(console)))
        r = ERROR_OOM(err);
    if (r == 0)
        r = loop_new(&console->loop, err);
    if (r == 0)
        r = keymap_new(&console->keymap, err);
    if (r == 0)
        r = loop_timer(console->loop, on_rest, console, &console->rest, err);
    for (size_t i = 0; r == 0 && i < PANE_COUNT; i++)
        if ((r = pane_kinds[i]->open(console->model, &console->panes[i], err)) == 0)
            console->panes[i]->keymap = console->keymap;
    if (r == 0)
        r = read_settings(console, err);
    if (r == 0 && options->script)
        r = script_open(console->loop, options->script, &console->script, err);
    if (r == 0)
        r = terminal_open(console->loop, flags, &options->off_screen, &terminal_events, console,
                          &console->terminal, err);
    if (r == 0) {
        terminal_set_esc(console->terminal, console->config.esc_ms);
        console_theme(console, options->theme          ? options->theme
                               : console->config.theme ? console->config.theme
                                                       : "default");
        r = console_connect(console, err);
    }
    if (r == 0) {
        console_dialogs_init(console);
        console->host.perform = perform;
        console->host.show_container = show_container;
    }
    return r;
}

static void close_parts(struct console *console)
{
    while (console->n_dialogs > 0)
        console->host.close(&console->host, console->dialogs[0]);
    console_dialogs_reap(console);
    dialog_host_done(&console->host);
    client_free(console->client);
    terminal_close(console->terminal);
    script_free(console->script);
    speaker_free(console->speaker);
    for (size_t i = 0; i < PANE_COUNT; i++)
        if (console->panes[i])
            console->panes[i]->ops->close(console->panes[i]);
    loop_source_free(console->rest);
    keymap_free(console->keymap);
    config_done(&console->config);
    model_free(console->model);
    free(console->watched);
    free(console->entering);
    free(console->host.theme);
    loop_free(console->loop);
}

// The next key of the script, when all that was asked before is answered. False: it has ended.
static bool press_next(struct console *console)
{
    struct key_event event = {.kind = EVENT_KEY};
    int step;

    if (console->dirty || client_waits(console->client, 0))
        script_stirred(console->script);
    if (client_waits(console->client, 0) || script_resting(console->script))
        return true;
    step = script_next(console->script, &event.key, &console->why);
    if (step <= SCRIPT_END)
        return false;
    if (step == SCRIPT_SAVE)
        console_perform(console, ACTION_SAVE_SCREEN, script_file(console->script));
    if (step == SCRIPT_KEY)
        terminal_press(console->terminal, event);
    script_rest(console->script, step == SCRIPT_REST ? 250 : 0);
    return true;
}

static void turn(struct console *console)
{
    if (console->script && !press_next(console))
        console->quit = true;
    if (console->dirty) {
        console->dirty = false;
        console_paint(console); // without a screen too: what a page is depends on it
        if (console->speaker)
            speaker_turn(console->speaker, false);
        // A slow line: resized() is told when it takes more.
        (void)terminal_flush(console->terminal);
    }
    console_dialogs_reap(console);
}

int console_run(const struct console_options *options, struct error *err)
{
    struct console console = {.options = *options, .dirty = true};
    int r = open_parts(&console, err);

    while (r == 0 && !console.quit) {
        turn(&console);
        if (!console.quit)
            r = loop_turn(console.loop) < 0 ? -EIO : 0;
    }
    close_parts(&console);
    if (r == 0 && console.why.code != ERROR_NONE) {
        *err = console.why;
        r = -EPIPE;
    }
    return r;
}
