// What goes to the front end, and the end of the requests that it answers. Everybody else in the
// server calls these, and they call nobody back.
#include <errno.h>
#include <stdlib.h>

#include "core/wire/encode.h"
#include "core/wire/server_internal.h"

static void send_by(struct server *server, json_t *message,
                    int (*send)(struct stream *, const json_t *, struct error *))
{
    struct error why;
    int r = message ? send(server->front, message, &why) : -ENOMEM;

    if (r == -EMSGSIZE && json_object_get(message, "id"))
        server_fail(server, (uint64_t)json_integer_value(json_object_get(message, "id")),
                    PROTOCOL_FAILED, &why);
    if (r == -ENOMEM) // at the end of this turn: the caller still holds what the end frees
        server->starved = true;
    json_decref(message);
}

void server_send(struct server *server, json_t *message)
{
    send_by(server, message, stream_send);
}

void server_add(struct server *server, json_t *message)
{
    send_by(server, message, stream_add);
}

void server_pass_on(struct server *server, const char *line, size_t length, bool more)
{
    struct error why;

    if ((more ? stream_add_line : stream_send_line)(server->front, line, length, &why) == -ENOMEM)
        server->starved = true;
}

void server_fail(struct server *server, uint64_t id, int code, const struct error *why)
{
    server_send(server, message_failure(id, message_error(code, why->message, encode_error(why))));
}

void server_notice(struct server *server, const char *text)
{
    server_send(server, message_notification("notice", json_pack("{s:s}", "text", text)));
}

// ---- answers ----

void request_forget(struct request *request)
{
    struct request **link = &request->server->requests;

    while (*link != request)
        link = &(*link)->next;
    *link = request->next;
    request->server->n_requests--;
    json_decref(request->params);
    free(request);
}

void request_answer(struct request *request, json_t *result)
{
    server_send(request->server, message_result(request->id, result));
    request_forget(request);
}

void request_refuse(struct request *request, int code, const struct error *why)
{
    server_fail(request->server, request->id, code, why);
    request_forget(request);
}
