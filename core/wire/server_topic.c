// One thing that is watched: changes are gathered, then a worker reads what is true now.
#include <stdlib.h>
#include <string.h>

#include "core/base/helper.h"
#include "core/wire/server_internal.h"

#define QUIET_MS  30  // without a further change ...
#define GATHER_MS 100 // ... or so long after the first
// What never stops changing is read a quarter of the time at most, however long that takes: a
// container can keep its mounts or its control groups changing, and have thousands of them.
#define RESTS     3             // times as long as the last reading took
#define REST_MOST 5000          // ms: what is shown is no older
#define BEHIND    (1024 * 1024) // bytes that wait for the front end

// False while the front end is so far behind that telling more would only fill memory.
static bool may_tell(const struct server *server)
{
    return stream_queued(server->front) < BEHIND;
}

void topic_complain(struct topic *topic, const char *text)
{
    if (!text || (topic->complaint && strcmp(topic->complaint, text) == 0))
        return;
    free(topic->complaint);
    topic->complaint = strdup(text);
    server_notice(topic->server, text);
}

static void begin_rest(struct topic *topic)
{
    uint64_t now = monotonic_us(), rest = RESTS * (now - topic->begun_us);

    topic->rest_until_us = now + (rest < REST_MOST * 1000 ? rest : REST_MOST * 1000);
}

static void on_done(json_t *result, json_t *error, void *context)
{
    struct topic *topic = context;

    topic->child = NULL;
    if (!topic->watched)
        return;
    begin_rest(topic);
    if (result)
        topic->ops->take(topic, result);
    else if (topic->ops->failed)
        topic->ops->failed(topic, error);
    else
        topic_complain(topic, json_string_value(json_object_get(error, "message")));
    if (topic->dirty && !topic->child)
        topic_touch(topic);
}

static const struct child_events child_events = {.done = on_done};

void topic_read(struct topic *topic)
{
    struct server *server = topic->server;
    struct error why;

    if (!topic->watched || server->ending)
        return;
    topic->dirty = topic->child != NULL || !may_tell(server);
    if (topic->dirty)
        return;
    loop_timer_stop(topic->timer);
    topic->first_us = 0;
    topic->begun_us = monotonic_us();
    if (child_start(server->children, topic->ops->method, topic->ops->params(topic), 0,
                    &child_events, topic, &topic->child, &why) < 0)
        server_notice(server, why.message);
}

static void on_timer(void *context)
{
    topic_read(context);
}

void topic_touch(struct topic *topic)
{
    uint64_t now, left, rest;

    if (!topic->watched || topic->server->ending)
        return;
    if (topic->child || !may_tell(topic->server)) {
        topic->dirty = true;
        return;
    }
    now = monotonic_us();
    if (topic->first_us == 0)
        topic->first_us = now;
    left = topic->first_us + GATHER_MS * 1000 > now
               ? (topic->first_us + GATHER_MS * 1000 - now) / 1000
               : 0;
    left = left < QUIET_MS ? left : QUIET_MS;
    rest = topic->rest_until_us > now ? (topic->rest_until_us - now) / 1000 : 0;
    loop_timer_start(topic->timer, left > rest ? left : rest);
}

int topic_new(struct server *server, struct topic *topic, const struct topic_ops *ops,
              struct error *err)
{
    topic->server = server;
    topic->ops = ops;
    return loop_timer(server->loop, on_timer, topic, &topic->timer, err);
}

void topic_done(struct topic *topic)
{
    topic->watched = false;
    child_drop(TAKE_POINTER(topic->child));
    loop_source_free(TAKE_POINTER(topic->timer));
    free(TAKE_POINTER(topic->complaint));
}

void topics_continue(struct server *server)
{
    struct topic *const topics[] = {&server->containers.topic, &server->filesystems.topic,
                                    &server->mounts.topic, &server->journal.topic};

    for (size_t i = 0; i < ARRAY_SIZE(topics); i++)
        if (topics[i]->dirty && !topics[i]->child)
            topic_read(topics[i]);
}
