// A console's stand-in for dialogs: a screen that is none, a model, and an engine at the other end
// of a socket pair: `davit engine`, or answers that the test makes up.
#ifndef DAVIT_TESTS_STAGE_H
#define DAVIT_TESTS_STAGE_H

#include <sys/socket.h>
#include <sys/wait.h>

#include <jansson.h>

#include "core/base/text.h"
#include "offscreen.h"
#include "tui/dialogs/dialog.h"
#include "turns.h"

#define STAGE_DIALOGS 8

struct stage {
    struct offscreen screen;
    struct dialog_host host;
    struct dialog *dialogs[STAGE_DIALOGS];
    size_t n_dialogs;
    struct dialog *closed[STAGE_DIALOGS];
    size_t n_closed;
    struct model *model;
    struct keymap *keymap;
    struct client *client;
    int far;      // the engine's end, when the test is the engine
    pid_t engine; // the real one, else 0
    unsigned n_news;
    unsigned dirty, n_started, n_ended;
    char said[1024]; // the last line
    enum action performed;
    char argument[128];
    // What the test read as the engine.
    char line[65536];
    size_t buffered;
};

static inline struct stage *stage_of(struct dialog_host *host)
{
    return (struct stage *)((char *)host - offsetof(struct stage, host));
}

static inline void stage_open_dialog(struct dialog_host *host, struct dialog *dialog)
{
    struct stage *stage = stage_of(host);

    ck_assert_uint_lt(stage->n_dialogs, STAGE_DIALOGS);
    stage->dialogs[stage->n_dialogs++] = dialog;
}

static inline void stage_close_dialog(struct dialog_host *host, struct dialog *dialog)
{
    struct stage *stage = stage_of(host);
    size_t i = 0;

    while (i < stage->n_dialogs && stage->dialogs[i] != dialog)
        i++;
    ck_assert_uint_lt(i, stage->n_dialogs); // nothing is closed twice
    while (stage->n_dialogs > i)
        stage->closed[stage->n_closed++] = stage->dialogs[--stage->n_dialogs];
}

static inline void stage_reap(struct stage *stage)
{
    while (stage->n_closed > 0) {
        struct dialog *dialog = stage->closed[--stage->n_closed];

        dialog->ops->free(dialog);
    }
}

static inline void stage_mark(struct dialog_host *host)
{
    stage_of(host)->dirty++;
}

static inline void stage_say(struct dialog_host *host, enum log_kind kind, const char *text)
{
    struct stage *stage = stage_of(host);

    (void)kind;
    ck_assert(text_is_clean(text, strlen(text)));
    (void)snprintf(stage->said, sizeof stage->said, "%s", text);
}

static inline void stage_perform(struct dialog_host *host, enum action action, const char *argument)
{
    struct stage *stage = stage_of(host);

    stage->performed = action;
    (void)snprintf(stage->argument, sizeof stage->argument, "%s", argument ? argument : "");
}

static inline void stage_started(struct dialog_host *host, uint64_t request)
{
    (void)request;
    stage_of(host)->n_started++;
}

static inline void stage_ended(struct dialog_host *host, uint64_t request)
{
    (void)request;
    stage_of(host)->n_ended++;
}

static inline void stage_news(const char *method, const json_t *params, void *context)
{
    struct stage *stage = context;
    struct error err = {.code = ERROR_NONE};
    int what = model_news(stage->model, method, params, &err);

    ck_assert_msg(what >= 0, "%s: %s", method, err.message);
    stage->n_news++;
    for (size_t i = 0; i < stage->n_dialogs; i++)
        if (stage->dialogs[i]->ops->changed)
            stage->dialogs[i]->ops->changed(stage->dialogs[i], (unsigned)what);
    stage_reap(stage);
}

static inline void stage_end(const struct error *why, void *context)
{
    (void)context;
    ck_abort_msg("the engine has ended: %s", why ? why->message : "as it should");
}

// program NULL: the test is the engine.
static inline void stage_begin(struct stage *stage, int height, int width, bool utf8,
                               const char *program, const char *state_dir)
{
    static const struct client_events events = {stage_news, stage_end};
    struct error err = {.code = ERROR_NONE};
    int fds[2];

    memset(stage, 0, sizeof *stage);
    stage->performed = ACTION_NONE;
    offscreen_open(&stage->screen, height, width, utf8);
    ck_assert_int_eq(model_new(&stage->model, &err), 0);
    ck_assert_int_eq(keymap_new(&stage->keymap, &err), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    if (program) {
        stage->engine = fork();
        ck_assert_int_ge(stage->engine, 0);
        if (stage->engine == 0) {
            (void)dup2(fds[1], 0);
            (void)dup2(fds[1], 1);
            (void)execl(program, program, "engine", "--state-dir", state_dir, (char *)NULL);
            _exit(127);
        }
        (void)close(fds[1]);
        fds[1] = -1;
    }
    stage->far = fds[1];
    ck_assert_int_eq(
        client_new(stage->screen.lab.loop, fds[0], &events, stage, &stage->client, &err), 0);
    stage->host = (struct dialog_host){
        .loop = stage->screen.lab.loop,
        .client = stage->client,
        .model = stage->model,
        .keymap = stage->keymap,
        .terminal = stage->screen.lab.terminal,
        .open = stage_open_dialog,
        .close = stage_close_dialog,
        .dirty = stage_mark,
        .say = stage_say,
        .perform = stage_perform,
        .started = stage_started,
        .ended = stage_ended,
    };
}

static inline void stage_finish(struct stage *stage)
{
    while (stage->n_dialogs > 0)
        stage_close_dialog(&stage->host, stage->dialogs[0]);
    stage_reap(stage);
    dialog_host_done(&stage->host);
    client_free(stage->client);
    model_free(stage->model);
    keymap_free(stage->keymap);
    if (stage->far >= 0)
        (void)close(stage->far);
    if (stage->engine > 0)
        ck_assert_int_eq(waitpid(stage->engine, NULL, 0), stage->engine); // its stream has ended
    offscreen_close(&stage->screen);
}

static inline struct dialog *stage_top(const struct stage *stage)
{
    return stage->n_dialogs > 0 ? stage->dialogs[stage->n_dialogs - 1] : NULL;
}

static inline void stage_paint(struct stage *stage)
{
    struct surface_part all = surface_all(stage->screen.surface);
    struct surface_part part =
        surface_within(all, 1, 0, all.height > 2 ? all.height - 2 : 0, all.width);

    surface_clear(all, ROLE_TEXT);
    for (size_t i = 0; i < stage->n_dialogs; i++)
        stage->dialogs[i]->ops->paint(stage->dialogs[i], part);
}

static inline void stage_look(struct stage *stage)
{
    stage_paint(stage);
    offscreen_look(&stage->screen);
}

// As the console does with a key while a dialog is open.
static inline void stage_event(struct stage *stage, const struct key_event *event)
{
    struct dialog *top = stage_top(stage);
    struct error err;
    enum action action;

    ck_assert_ptr_nonnull(top);
    action = event->kind == EVENT_KEY
                 ? keymap_find(stage->keymap, top->ops->context(top), event->key)
                 : ACTION_NONE;
    if (action == ACTION_HELP)
        ck_assert_int_eq(help_open(&stage->host, top->ops->context(top), &err), 0);
    else if (action != ACTION_NONE)
        top->ops->act(top, action);
    else if (top->ops->type)
        top->ops->type(top, event);
    stage_reap(stage);
    stage_paint(stage);
}

// "Enter", "Ctrl-O", "a".
static inline void stage_press(struct stage *stage, const char *name)
{
    struct key_event event = {.kind = EVENT_KEY};

    ck_assert_msg(key_parse(name, &event.key), "no key %s", name);
    stage_event(stage, &event);
}

static inline void stage_press_times(struct stage *stage, const char *name, unsigned times)
{
    for (unsigned i = 0; i < times; i++)
        stage_press(stage, name);
}

static inline void stage_paste(struct stage *stage, const char *text)
{
    struct key_event event = {.kind = EVENT_PASTE, .text = text};

    stage_event(stage, &event);
}

// The first key that the footer names.
static inline enum action stage_footer(const struct stage *stage)
{
    struct dialog *top = stage_top(stage);

    return top->ops->footer(top)->action;
}

// ASCII, one key a character.
static inline void stage_type(struct stage *stage, const char *text)
{
    for (; *text; text++) {
        char name[2] = {*text, '\0'};

        stage_press(stage, *text == ' ' ? "Space" : name);
    }
}

// Whether a row of the screen has this.
static inline bool stage_shows(struct stage *stage, const char *text)
{
    stage_look(stage);
    for (int i = 0; i < surface_height(stage->screen.surface); i++)
        if (strstr(stage->screen.rows[i], text))
            return true;
    return false;
}

static inline void stage_dump(struct stage *stage)
{
    stage_look(stage);
    for (int i = 0; i < surface_height(stage->screen.surface); i++)
        (void)fprintf(stderr, "%s\n", stage->screen.rows[i]);
}

#define ck_assert_shows(stage, text)                                   \
    do {                                                               \
        bool shows_ = stage_shows((stage), (text));                    \
        if (!shows_)                                                   \
            stage_dump(stage);                                         \
        ck_assert_msg(shows_, "the screen does not show: %s", (text)); \
    } while (0)
#define ck_assert_hides(stage, text) \
    ck_assert_msg(!stage_shows((stage), (text)), "the screen shows: %s", (text))

static inline void stage_ticked(void *context)
{
    unsigned *left = context;

    *left -= *left > 0;
}

// Turns the loop until it is so, 10 s at most; what the screen shows when it does not come to that.
static inline void stage_turn_until(struct stage *stage,
                                    bool (*is_so)(struct stage *stage, const char *text),
                                    const char *text, const char *never)
{
    struct loop_source *timer;
    struct error err;
    unsigned left = 1000;

    ck_assert_int_eq(loop_timer(stage->host.loop, stage_ticked, &left, &timer, &err), 0);
    while (left > 0 && !is_so(stage, text)) {
        loop_timer_start(timer, 10);
        (void)loop_turn(stage->host.loop);
        stage_reap(stage);
    }
    loop_source_free(timer);
    if (left == 0)
        stage_dump(stage);
    ck_assert_msg(left > 0, "%s: %s; said: %s", never, text, stage->said);
}

// Until the screen has the text.
static inline void stage_until(struct stage *stage, const char *text)
{
    stage_turn_until(stage, stage_shows, text, "it never showed");
}

static inline bool stage_closed(struct stage *stage, const char *text)
{
    (void)text;
    return stage->n_dialogs == 0;
}

// Until no dialog is open.
static inline void stage_until_closed(struct stage *stage)
{
    stage_turn_until(stage, stage_closed, "", "the dialog was not closed");
}

static inline bool stage_has_said(struct stage *stage, const char *text)
{
    return strstr(stage->said, text) != NULL;
}

static inline void stage_until_said(struct stage *stage, const char *text)
{
    stage_turn_until(stage, stage_has_said, text, "never said");
}

// ---- the test as engine ----

// The next request; NULL: none within this time. The caller owns it.
#define STAGE_QUIET_MS 400 // longer than fields rest
static inline json_t *stage_asked(struct stage *stage, unsigned ms)
{
    struct loop_source *timer;
    struct error err;
    unsigned left = ms / 10;
    json_t *request = NULL;

    ck_assert_int_eq(loop_timer(stage->host.loop, stage_ticked, &left, &timer, &err), 0);
    while (left > 0 && !request) {
        ssize_t n = recv(stage->far, stage->line + stage->buffered,
                         sizeof stage->line - stage->buffered - 1, MSG_DONTWAIT);
        char *end;

        stage->buffered += n > 0 ? (size_t)n : 0;
        stage->line[stage->buffered] = '\0';
        end = strchr(stage->line, '\n');
        if (end) {
            *end = '\0';
            request = json_loads(stage->line, 0, NULL);
            ck_assert_ptr_nonnull(request);
            stage->buffered -= (size_t)(end + 1 - stage->line);
            memmove(stage->line, end + 1, stage->buffered + 1);
            break;
        }
        loop_timer_start(timer, 10);
        (void)loop_turn(stage->host.loop);
    }
    loop_source_free(timer);
    return request;
}

static inline void stage_nothing_asked(struct stage *stage)
{
    json_t *request = stage_asked(stage, STAGE_QUIET_MS);

    if (request)
        ck_abort_msg("asked: %s", json_dumps(request, 0));
}

// The id of the next request, which must be this one; *ret_params (may be NULL) gets a reference.
static inline json_int_t stage_expect(struct stage *stage, const char *method, json_t **ret_params)
{
    json_t *request = stage_asked(stage, TURNS_LIMIT_MS);
    json_int_t id;

    ck_assert_msg(request != NULL, "no %s was asked", method);
    ck_assert_str_eq(json_string_value(json_object_get(request, "method")), method);
    id = json_integer_value(json_object_get(request, "id"));
    if (ret_params)
        *ret_params = json_incref(json_object_get(request, "params"));
    json_decref(request);
    return id;
}

static inline void stage_send(struct stage *stage, json_t *message)
{
    char *text = json_dumps(message, JSON_COMPACT);

    ck_assert_ptr_nonnull(text);
    ck_assert_int_eq(write(stage->far, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(write(stage->far, "\n", 1), 1);
    free(text);
    json_decref(message);
}

// `result` is taken over.
static inline void stage_answer(struct stage *stage, json_int_t id, json_t *result)
{
    stage_send(stage, json_pack("{s:s, s:I, s:o}", "jsonrpc", "2.0", "id", id, "result", result));
}

static inline void stage_refuse(struct stage *stage, json_int_t id, const char *code,
                                const char *message)
{
    stage_send(stage, json_pack("{s:s, s:I, s:{s:i, s:s, s:{s:s, s:s, s:s}}}", "jsonrpc", "2.0",
                                "id", id, "error", "code", -32000, "message", message, "data",
                                "code", code, "message", message, "hint", "a hint"));
}

static inline void stage_tell(struct stage *stage, const char *method, json_t *params)
{
    stage_send(stage,
               json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params));
}

#endif
