// The first answer: who is there, and what may be done.
#include <stdio.h>
#include <string.h>
#include <sys/utsname.h>

#include "core/base/text.h"
#include "core/wire/encode_internal.h"
#include "core/wire/server_internal.h"

// uname(2) gives what an administrator has set, or a container's.
static json_t *clean(const char *raw)
{
    char text[256];

    text_clean(text, sizeof text, raw, strlen(raw));
    return encode_text(text);
}

static void answer(struct request *request, const char *hint)
{
    const struct engine_options *engine = &request->server->engine;
    const char *state_dir = engine->state_dir ? engine->state_dir : JOURNAL_DEFAULT_DIR;
    struct utsname host;
    struct actor actor;
    struct error ignored;
    json_t *result;

    (void)uname(&host);
    actor_find(&actor);
    result = json_pack("{s:i, s:o, s:s, s:o, s:o, s:o, s:I, s:b, s:b, s:o}", "protocol",
                       PROTOCOL_VERSION, "time", encode_time(time(NULL)), "version", DAVIT_VERSION,
                       "host", clean(host.nodename), "kernel", clean(host.release), "user",
                       encode_text(actor.name), "uid", (json_int_t)actor.uid, "privileged",
                       (int)(engine_check_privileges(&ignored) == 0), "read_only",
                       (int)((engine->flags & ENGINE_NO_CHANGES) != 0), "hint", encode_text(hint));
    if (result && encode_raw(result, "state_dir", state_dir) < 0) {
        json_decref(result);
        result = NULL;
    }
    request_answer(request, result);
}

// "user jp: 3 of about 12 containers readable; the others need CAP_SYS_PTRACE: sudo davit"
static void on_counted(json_t *result, json_t *error, void *context)
{
    struct request *request = context;
    int readable = (int)json_integer_value(json_object_get(result, "readable"));
    int all = (int)json_integer_value(json_object_get(result, "containers"));
    struct actor actor;
    char hint[256];

    (void)error;
    request->child = NULL;
    actor_find(&actor);
    if (!result || all == 0)
        (void)snprintf(hint, sizeof hint,
                       "user %s: containers need CAP_SYS_PTRACE to be looked into: sudo davit",
                       actor.name);
    else if (readable == all)
        (void)snprintf(hint, sizeof hint,
                       "user %s: to attach and detach needs CAP_SYS_ADMIN: sudo davit", actor.name);
    else
        (void)snprintf(hint, sizeof hint,
                       "user %s: %d of about %d containers readable; the others need "
                       "CAP_SYS_PTRACE: sudo davit",
                       actor.name, readable, all);
    answer(request, hint);
}

static const struct child_events events = {.done = on_counted};

void hello_answer(struct request *request, const json_t *params)
{
    struct server *server = request->server;
    uint64_t protocol = 0;
    struct error why;
    int r =
        member_number(params, "params", "protocol", MEMBER_REQUIRED, 1, INT32_MAX, &protocol, &why);

    if (r < 0) {
        request_refuse(request, PROTOCOL_BAD_PARAMS, &why);
        return;
    }
    if (protocol != PROTOCOL_VERSION) {
        (void)error_set(&why, ERROR_UNSUPPORTED, EPROTONOSUPPORT,
                        "this davit speaks version %d of the protocol, not %llu", PROTOCOL_VERSION,
                        (unsigned long long)protocol);
        request_refuse(request, PROTOCOL_FAILED, &why);
        return;
    }
    server->greeted = true;
    server_recover(server);
    if (engine_check_privileges(&why) == 0)
        answer(request, NULL);
    else if (child_start(server->children, "privileges", json_object(), 0, &events, request,
                         &request->child, &why) < 0)
        request_refuse(request, PROTOCOL_FAILED, &why);
}
