// The engine as the console sees it: requests that are answered later, and news. Speaks
// core/wire/protocol.h over a descriptor, or answers from a recording instead.
#ifndef DAVIT_TUI_MODEL_CLIENT_H
#define DAVIT_TUI_MODEL_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/loop.h"
#include "core/wire/protocol.h"

struct client;

struct client_events {
    // A notification; both borrowed.
    void (*news)(const char *method, const json_t *params, void *context);
    // The engine is gone (NULL: it ended as it should), or a message of it was none: the last call.
    void (*end)(const struct error *why, void *context);
};

// Exactly one of result and why is NULL; borrowed. The error is the engine's own, decoded and
// sanitised.
typedef void client_reply(const json_t *result, const struct error *why, void *context);

// The descriptor becomes the client's.
int client_new(struct loop *loop, int fd, const struct client_events *events, void *context,
               struct client **ret, struct error *err);
// Answers from a recording: a request is answered with what was answered to the same method and
// params (the first not used yet, else the last one used); news that lie before that answer are
// told first, those after it (up to the console's next message in the recording) after it. What was
// never asked fails with a clear error. Nothing of it depends on time.
int client_replay(struct loop *loop, const char *path, const struct client_events *events,
                  void *context, struct client **ret, struct error *err);
void client_free(struct client *client);
CLEANUP_POINTER(struct client, client_free);

// Writes every message of both directions to a new file (mode 0600, never over an existing one),
// one
// {"at_us", "from": "console" | "engine", "message"} a line. Secrets are redacted by the engine.
int client_record(struct client *client, const char *path, struct error *err);

// Sends a request. `params` is taken over (NULL: {}). reply() is called once, never from inside
// this call, unless client_forget() comes before. *ret_request may be NULL.
int client_call(struct client *client, enum protocol_method method, json_t *params,
                client_reply *reply, void *context, uint64_t *ret_request, struct error *err);
// The answer is no longer wanted; the engine ends the request (not a `run`, which goes on).
void client_forget(struct client *client, uint64_t request);
// Asks the engine to end a change and take it back; its answer still comes.
void client_cancel(struct client *client, uint64_t request);

// Whether the answer to this request (0: to any) is still waited for.
bool client_waits(const struct client *client, uint64_t request);

#endif
