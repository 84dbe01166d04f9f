#include "core/wire/server.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "core/base/asked.h"
#include "core/base/file.h"
#include "core/host/stuck.h"
#include "core/wire/server_internal.h"

#define FINISH_MS 3000 // that a change may go on after the front end has gone; then: taken back
// ... and for that. Each step has a time limit of its own, but one that sleeps uninterruptibly in
// the kernel passes them all: it is left to itself then, and its intent to the next davit.
#define LEAVE_MS  15000
#define OUTPUT_MS 1000 // for the rest of the output

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
    if (stream_queued(server->front) == 0) {
        server->over = true;
    } else if (server->awaited != AWAITED_OUTPUT) {
        server->awaited = AWAITED_OUTPUT;
        loop_timer_start(server->patience, OUTPUT_MS);
    }
}

static void on_patience(void *context)
{
    struct server *server = context;

    if (server->awaited == AWAITED_CHANGES) {
        server->awaited = AWAITED_UNDONE;
        loop_timer_start(server->patience, LEAVE_MS);
        requests_interrupt(server);
        return;
    }
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
    asked_share();
    stuck_share();
    r = begin(&server, options->in, options->out, err);
    if (r == 0)
        children_terminal(server.children, options->terminal);
    if (r == 0) // one descriptor for each init that is watched
        (void)file_raise_limit();
    while (r == 0 && !server.over) {
        if (loop_turn(server.loop) != 0)
            break;
        if (server.starved)
            begin_end(&server);
        requests_continue(&server);
        check_over(&server);
    }
    end(&server);
    return r;
}
