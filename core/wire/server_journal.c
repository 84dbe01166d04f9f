// The journal: what all users of davit do on this host, and what is attached now.
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"

#include "core/wire/server_internal.h"

static json_t *params(struct topic *topic)
{
    const struct journal_state *state = &topic->server->journal;

    // Without `first` everything is told.
    return topic->whole || !state->first
               ? json_object()
               : json_pack("{s:I, s:s}", "events", (json_int_t)state->n_events, "first",
                           state->first);
}

static bool is_gone(const json_t *attachment)
{
    const char *text = json_string_value(json_object_get(attachment, "state"));

    return text_same(text, "gone");
}

static bool says(const json_t *event, const char *key, const char *text)
{
    const char *value = json_string_value(json_object_get(event, key));

    return text_same(value, text);
}

// What was detached on purpose is not lost.
static void forget_detached(struct journal_state *state, const json_t *events)
{
    const json_t *event;
    size_t i;

    json_array_foreach (events, i, event) {
        const char *id = json_string_value(json_object_get(event, "attachment"));

        // ... nor what was detached lazily, when its holders have let go.
        if (id && ((says(event, "operation", "detach") && !says(event, "line", "failed")) ||
                   (says(event, "line", "gone") &&
                    (says(event, "result", "detached") || says(event, "result", "replaced")))))
            (void)json_object_del(state->seen, id);
    }
}

// All that are there, and those that were lost while somebody watched.
static json_t *worth_telling(struct journal_state *state, const json_t *attachments)
{
    json_t *array = json_array(), *attachment;
    size_t i;

    json_array_foreach (attachments, i, attachment) {
        const char *id = json_string_value(json_object_get(attachment, "id"));

        // What is kept is missing until its container runs again.
        if (!id || (is_gone(attachment) && !json_object_get(state->seen, id) &&
                    !json_is_true(json_object_get(attachment, "kept"))))
            continue;
        if (!is_gone(attachment))
            (void)json_object_set_new(state->seen, id, json_true());
        if (json_array_append(array, attachment) < 0) {
            json_decref(array);
            return NULL;
        }
    }
    return array;
}

static void take(struct topic *topic, json_t *result)
{
    struct journal_state *state = &topic->server->journal;
    json_t *events = json_object_get(result, "events");
    json_t *attachments;
    const char *first = json_string_value(json_object_get(result, "first"));
    bool whole = json_is_true(json_object_get(result, "whole"));

    forget_detached(state, events);
    attachments = worth_telling(state, json_object_get(result, "attachments"));
    state->n_events = (uint64_t)json_integer_value(json_object_get(result, "n_events"));
    free(state->first);
    state->first = first ? strdup(first) : NULL;
    if (whole || json_array_size(events) > 0 || !attachments || !state->attachments ||
        !json_equal(attachments, state->attachments)) {
        server_send(topic->server,
                    message_notification("journal", json_pack("{s:O, s:O, s:b}", "events", events,
                                                              "attachments", attachments, "whole",
                                                              (int)whole)));
        topic->whole = false;
    }
    json_decref(state->attachments);
    state->attachments = attachments;
}

static const struct topic_ops ops = {.method = "journal", .params = params, .take = take};

// ---- watching ----

static void on_written(int fd, unsigned events, void *context)
{
    struct server *server = context;
    char buffer[4096];

    (void)events;
    if (read(fd, buffer, sizeof buffer) < 0 && events & LOOP_FAILED)
        return;
    topic_touch(&server->journal.topic);
    topic_touch(&server->containers.topic); // how many are attached
    topic_touch(&server->mounts.topic);     // which of them are ours
}

// What is watched may not have begun: then its directory is made, by who may.
static int watch_journal(struct server *server, struct error *err)
{
    struct journal_state *state = &server->journal;
    bool may_make = geteuid() == 0 && !(server->engine.flags & ENGINE_NO_CHANGES);
    int r = journal_open(server->engine.state_dir, may_make ? 0 : JOURNAL_READ_ONLY,
                         &state->journal, err);

    if (r == 0) {
        r = state->inotify = journal_watch(state->journal, err);
        // The lock and the file of a journal that is only watched are nobody's business here.
        journal_close(TAKE_POINTER(state->journal));
    }
    if (r >= 0)
        r = loop_fd(server->loop, state->inotify, LOOP_READ, on_written, server, &state->source,
                    err);
    return r < 0 ? r : 0;
}

static void on_later(void *context)
{
    struct journal_state *state = context;

    if (state->source)
        loop_fd_set(state->source, LOOP_READ);
}

void journal_wait(struct server *server)
{
    struct journal_state *state = &server->journal;

    if (!state->source || loop_timer_running(state->later))
        return;
    loop_fd_set(state->source, 0);
    loop_timer_start(state->later, CHILD_NOTES_MS);
}

void journal_begin_watch(struct server *server)
{
    struct journal_state *state = &server->journal;
    struct error why;

    if (state->source || state->watch_failed)
        return;
    if (watch_journal(server, &why) == 0)
        return;
    state->watch_failed = true;
    topic_complain(&state->topic, why.message); // what cannot be read says the same
}

void journal_topic_watch(struct server *server, bool on)
{
    struct topic *topic = &server->journal.topic;

    topic->watched = topic->whole = on;
    if (on)
        topic_read(topic);
}

int journal_topic_new(struct server *server, struct error *err)
{
    server->journal.inotify = -1;
    server->journal.seen = json_object();
    if (!server->journal.seen)
        return ERROR_OOM(err);
    if (loop_timer(server->loop, on_later, &server->journal, &server->journal.later, err) < 0)
        return -err->sys_errno;
    return topic_new(server, &server->journal.topic, &ops, err);
}

void journal_topic_done(struct server *server)
{
    struct journal_state *state = &server->journal;

    topic_done(&state->topic);
    loop_source_free(state->source);
    loop_source_free(state->later);
    cleanup_close(&state->inotify);
    json_decref(state->seen);
    json_decref(state->attachments);
    free(state->first);
}
