// What a davit that was killed left is taken back by a worker.
#include "core/wire/server_internal.h"

static void recovery_note(const char *method, json_t *params, bool more, void *context)
{
    (void)more; // `done` may have nothing to send
    server_send(context, message_notification(method, json_incref(params)));
}

static void recovery_done(json_t *result, json_t *error, void *context)
{
    struct server *server = context;
    const char *text = json_string_value(json_object_get(error, "message"));

    (void)result;
    server->recovery = NULL;
    if (text)
        server_notice(server, text);
    if (server->recover_again)
        server_recover(server);
}

void server_recover(struct server *server)
{
    static const struct child_events events = {.note = recovery_note, .done = recovery_done};
    struct error why;

    // One that is under way may have looked before what it is asked for now.
    server->recover_again = server->recovery != NULL;
    if (!server->recovery && child_start(server->children, "recover", json_object(), CHILD_CHANGES,
                                         &events, server, &server->recovery, &why) < 0)
        server_notice(server, why.message);
}
