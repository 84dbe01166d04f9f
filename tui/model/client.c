#include "tui/model/client.h"

#include <stdlib.h>
#include <string.h>

#include "core/wire/message.h"
#include "core/wire/stream.h"
#include "tui/model/decode.h"
#include "tui/model/recording.h"

struct waiting {
    uint64_t id;
    enum protocol_method method;
    client_reply *reply;
    void *context;
};

struct client {
    struct loop *loop;
    struct client_events events;
    void *context;
    struct stream *stream;       // one of these two
    struct recording *recording; //
    struct recorder *recorder;   // or NULL
    uint64_t last_id;
    struct waiting *waiting;
    size_t n_waiting;
    struct loop_source *deferred; // of a recording: answers are not told from inside a call
    bool over;
};

static const char *const method_names[PROTOCOL_METHOD_COUNT] = {
#define X(id, name) [PROTOCOL_##id] = #name,
    PROTOCOL_METHODS(X)
#undef X
};

// Takes it out of those that wait; id 0 in what is returned: there is none.
static struct waiting take_waiting(struct client *client, uint64_t id)
{
    for (size_t i = 0; i < client->n_waiting; i++)
        if (client->waiting[i].id == id) {
            struct waiting found = client->waiting[i];

            client->waiting[i] = client->waiting[--client->n_waiting];
            return found;
        }
    return (struct waiting){0};
}

static void tell_end(struct client *client, const struct error *why)
{
    if (client->over)
        return;
    client->over = true;
    client->events.end(why && why->code != ERROR_NONE ? why : NULL, client->context);
}

static void take_answer(struct client *client, const struct message *message)
{
    struct waiting waiting = take_waiting(client, message->id);
    const json_t *data;
    struct error why = {.code = ERROR_NONE};

    if (waiting.id == 0)
        return; // forgotten
    if (message->kind == MESSAGE_RESULT) {
        waiting.reply(message->result, NULL, waiting.context);
        return;
    }
    data = json_object_get(message->error, "data");
    decode_error(json_is_object(data) ? data : message->error, &why);
    waiting.reply(NULL, &why, waiting.context);
}

static void take_message(struct client *client, const json_t *json)
{
    struct message message;
    struct error err = {.code = ERROR_NONE};

    if (message_read(json, &message, &err) < 0) {
        error_prefix(&err, "the engine sent what is no message");
        tell_end(client, &err);
        return;
    }
    switch (message.kind) {
    case MESSAGE_RESULT:
    case MESSAGE_FAILURE:
        take_answer(client, &message);
        break;
    case MESSAGE_NOTIFICATION:
        client->events.news(message.method, message.params, client->context);
        break;
    case MESSAGE_REQUEST: // an engine asks nothing
        break;
    }
}

static void on_message(json_t *message, void *context)
{
    struct client *client = context;

    if (client->recorder)
        recorder_write(client->recorder, "engine", message);
    take_message(client, message);
}

static void on_bad(const struct error *why, void *context)
{
    tell_end(context, why);
}

static void on_deferred(void *context)
{
    struct client *client = context;
    const json_t *message;

    while (!client->over && (message = recording_next(client->recording)) != NULL)
        take_message(client, message);
}

static int client_make(struct loop *loop, const struct client_events *events, void *context,
                       struct client **ret, struct error *err)
{
    struct client *client = calloc(1, sizeof *client);
    int r;

    if (!client)
        return ERROR_OOM(err);
    client->loop = loop;
    client->events = *events;
    client->context = context;
    r = loop_timer(loop, on_deferred, client, &client->deferred, err);
    if (r < 0) {
        free(client);
        return r;
    }
    *ret = client;
    return 0;
}

int client_new(struct loop *loop, int fd, const struct client_events *events, void *context,
               struct client **ret, struct error *err)
{
    static const struct stream_events stream_events = {
        .message = on_message, .bad = on_bad, .end = on_bad};
    struct client *client = NULL;
    int r = client_make(loop, events, context, &client, err);

    if (r == 0)
        r = stream_new(loop, fd, fd, PROTOCOL_MESSAGE_LIMIT, &stream_events, client,
                       &client->stream, err);
    if (r < 0) {
        client_free(client);
        return r;
    }
    *ret = client;
    return 0;
}

int client_replay(struct loop *loop, const char *path, const struct client_events *events,
                  void *context, struct client **ret, struct error *err)
{
    struct client *client = NULL;
    int r = client_make(loop, events, context, &client, err);

    if (r < 0)
        return r;
    r = recording_open(path, &client->recording, err);
    if (r < 0) {
        client_free(client);
        return r;
    }
    *ret = client;
    return 0;
}

void client_free(struct client *client)
{
    if (!client)
        return;
    stream_free(client->stream);
    recording_free(client->recording);
    recorder_free(client->recorder);
    loop_source_free(client->deferred);
    free(client->waiting);
    free(client);
}

int client_record(struct client *client, const char *path, struct error *err)
{
    return recorder_open(path, &client->recorder, err);
}

static int send_request(struct client *client, uint64_t id, enum protocol_method method,
                        json_t *params, struct error *err)
{
    json_t *message = message_request(id, method_names[method], params ? params : json_object());
    int r = message ? 0 : ERROR_OOM(err);

    if (r == 0 && client->recorder)
        recorder_write(client->recorder, "console", message);
    if (r == 0 && client->recording) {
        r = recording_ask(client->recording, message, err);
        loop_timer_start(client->deferred, 0);
    } else if (r == 0) {
        r = stream_send(client->stream, message, err);
    }
    json_decref(message);
    return r;
}

int client_call(struct client *client, enum protocol_method method, json_t *params,
                client_reply *reply, void *context, uint64_t *ret_request, struct error *err)
{
    struct waiting *grown =
        reallocarray(client->waiting, client->n_waiting + 1, sizeof *client->waiting);
    uint64_t id;
    int r;

    if (!grown || client->over) {
        client->waiting = grown ? grown : client->waiting;
        json_decref(params);
        return grown ? error_set(err, ERROR_FAILED, EPIPE, "the engine has ended") : ERROR_OOM(err);
    }
    client->waiting = grown;
    id = ++client->last_id;
    r = send_request(client, id, method, params, err);
    if (r < 0)
        return r;
    client->waiting[client->n_waiting++] = (struct waiting){id, method, reply, context};
    if (ret_request)
        *ret_request = id;
    return 0;
}

static void nothing(const json_t *result, const struct error *why, void *context)
{
    (void)result;
    (void)why;
    (void)context;
}

void client_cancel(struct client *client, uint64_t request)
{
    struct error ignored = {.code = ERROR_NONE};

    (void)client_call(client, PROTOCOL_CANCEL, json_pack("{s:I}", "request", (json_int_t)request),
                      nothing, NULL, NULL, &ignored);
}

void client_forget(struct client *client, uint64_t request)
{
    struct waiting waiting = take_waiting(client, request);

    if (waiting.id != 0 && waiting.method != PROTOCOL_RUN && !client->over)
        client_cancel(client, request);
}

bool client_waits(const struct client *client, uint64_t request)
{
    for (size_t i = 0; i < client->n_waiting; i++)
        if (request == 0 || client->waiting[i].id == request)
            return true;
    return false;
}
