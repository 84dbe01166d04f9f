#include "core/wire/server.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "core/host/stuck.h"
#include "core/wire/encode.h"
#include "core/wire/server_internal.h"

#define FINISH_MS 3000 // that a change may go on after the front end has gone; then: taken back
#define OUTPUT_MS 1000 // for the rest of the output

// ---- sending ----

void server_send(struct server *server, json_t *message)
{
    struct error why;
    int r = message ? stream_send(server->front, message, &why) : -ENOMEM;

    if (r == -EMSGSIZE && json_object_get(message, "id"))
        server_fail(server, (uint64_t)json_integer_value(json_object_get(message, "id")),
                    PROTOCOL_FAILED, &why);
    if (r == -ENOMEM) // at the end of this turn: the caller still holds what the end frees
        server->starved = true;
    json_decref(message);
}

void server_fail(struct server *server, uint64_t id, int code, const struct error *why)
{
    server_send(server, message_failure(id, message_error(code, why->message, encode_error(why))));
}

void server_notice(struct server *server, const char *text)
{
    server_send(server, message_notification("notice", json_pack("{s:s}", "text", text)));
}

// ---- what a davit that was killed left ----

static void recovery_note(const char *method, json_t *params, void *context)
{
    server_send(context, message_notification(method, json_incref(params)));
}

static void check_over(struct server *server);

static void recovery_done(json_t *result, json_t *error, void *context)
{
    struct server *server = context;
    const char *text = json_string_value(json_object_get(error, "message"));

    (void)result;
    server->recovery = NULL;
    if (text)
        server_notice(server, text);
    check_over(server);
}

void server_recover(struct server *server)
{
    static const struct child_events events = {.note = recovery_note, .done = recovery_done};
    struct error why;

    if (!server->recovery && child_start(server->children, "recover", json_object(), CHILD_CHANGES,
                                         &events, server, &server->recovery, &why) < 0)
        server_notice(server, why.message);
}

// ---- the end ----

static bool at_work(const struct server *server)
{
    return server->recovery || requests_changing(server);
}

// Called when anything has ended that the end waits for.
static void check_over(struct server *server)
{
    if (!server->ending || server->over || at_work(server))
        return;
    if (stream_queued(server->front) == 0)
        server->over = true;
    else if (!loop_timer_running(server->patience))
        loop_timer_start(server->patience, OUTPUT_MS);
}

static void on_patience(void *context)
{
    struct server *server = context;

    if (at_work(server))
        requests_interrupt(server);
    else
        server->over = true;
}

// No more input: what only reads is dropped, changes come to their end.
static void begin_end(struct server *server)
{
    if (server->ending)
        return;
    server->ending = true;
    containers_watch(server, false);
    filesystems_watch(server, false);
    mounts_watch(server, NULL);
    topic_done(&server->containers.topic);
    topic_done(&server->filesystems.topic);
    topic_done(&server->mounts.topic);
    topic_done(&server->journal.topic);
    requests_end(server);
    if (at_work(server))
        loop_timer_start(server->patience, FINISH_MS);
    check_over(server);
}

// ---- the front end ----

static void on_message(json_t *message, void *context)
{
    struct server *server = context;

    if (!server->ending)
        request_take(server, message);
}

static void on_bad(const struct error *why, void *context)
{
    server_fail(context, 0, why->sys_errno == EPROTO ? PROTOCOL_NO_REQUEST : PROTOCOL_NO_JSON, why);
}

static void on_end(const struct error *why, void *context)
{
    (void)why;
    begin_end(context);
}

static void on_drained(void *context)
{
    topics_continue(context);
}

static void on_signal(int signal, void *context)
{
    (void)signal;
    begin_end(context);
}

static const struct stream_events front_events = {
    .message = on_message,
    .bad = on_bad,
    .end = on_end,
    .drained = on_drained,
};

// ---- life ----

// One descriptor for each init that is watched: with many containers more than the usual 1024.
static void raise_limit(void)
{
    struct rlimit files;

    if (getrlimit(RLIMIT_NOFILE, &files) < 0)
        return;
    files.rlim_cur = files.rlim_max;
    (void)setrlimit(RLIMIT_NOFILE, &files);
}

static int begin(struct server *server, int in, int out, struct error *err)
{
    static const int ending[] = {SIGTERM, SIGINT, SIGHUP};
    int r = loop_new(&server->loop, err);

    if (r < 0) {
        (void)close(in);
        if (out != in)
            (void)close(out);
        return r;
    }
    r = stream_new(server->loop, in, out, PROTOCOL_REQUEST_LIMIT, &front_events, server,
                   &server->front, err);
    if (r == 0)
        r = children_new(server->loop, &server->engine, &server->children, err);
    if (r == 0)
        r = loop_timer(server->loop, on_patience, server, &server->patience, err);
    for (size_t i = 0; i < ARRAY_SIZE(ending) && r == 0; i++)
        r = loop_signal(server->loop, ending[i], on_signal, server, &server->signals[i], err);
    if (r == 0)
        r = containers_new(server, err);
    if (r == 0)
        r = places_new(server, err);
    if (r == 0)
        r = journal_topic_new(server, err);
    if (r == 0)
        children_refill(server->children);
    return r;
}

static void end(struct server *server)
{
    if (!server->loop)
        return;
    containers_done(server);
    places_done(server);
    journal_topic_done(server);
    requests_free(server);
    children_free(server->children);
    for (size_t i = 0; i < ARRAY_SIZE(server->signals); i++)
        loop_source_free(server->signals[i]);
    loop_source_free(server->patience);
    stream_free(server->front);
    loop_free(server->loop);
}

int server_run(const struct server_options *options, struct error *err)
{
    struct server server = {.engine = options->engine, .journal = {.inotify = -1}};
    int r;

    (void)signal(SIGPIPE, SIG_IGN);
    stuck_share();
    r = begin(&server, options->in, options->out, err);
    if (r == 0)
        raise_limit();
    while (r == 0 && !server.over) {
        if (loop_turn(server.loop) != 0)
            break;
        if (server.starved)
            begin_end(&server);
        check_over(&server);
    }
    end(&server);
    return r;
}
