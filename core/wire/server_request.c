// Requests: checked, given to who answers them, answered. One change at a time; others wait for
// their turn in the order in which they came.
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/server_internal.h"

#define KEY_LIMIT 511 // bytes

// How messages begin: message_notification(), message_result().
#define MESSAGE_OF(method) "{\"jsonrpc\":\"2.0\",\"method\":\"" method "\",\"params\":{"
#define RESULT_OF          "{\"jsonrpc\":\"2.0\",\"id\":%llu,\"result\":{"

static const char *const methods[] = {
#define X(id, name) [PROTOCOL_##id] = #name,
    PROTOCOL_METHODS(X)
#undef X
};

// ---- the end of one ----

static void cancel_waiting(struct request *request)
{
    struct error why;

    (void)error_set(&why, ERROR_FAILED, ECANCELED, "canceled: nothing was changed");
    request_refuse(request, PROTOCOL_FAILED, &why);
}

// ---- by a worker ----

static void on_note(const char *method, json_t *params, bool more, void *context)
{
    struct request *request = context;
    json_t *told = json_deep_copy(params);

    if (told && strcmp(method, "step") == 0)
        (void)json_object_set_new(told, "request", json_integer((json_int_t)request->id));
    (more ? server_add : server_send)(request->server, message_notification(method, told));
}

static bool begins(const char *line, size_t length, const char *with)
{
    size_t n = strlen(with);

    return length >= n && memcmp(line, with, n) == 0;
}

// What a change tells on its way and its result are made by its worker as the front end is to have
// them, and are not taken apart here: that takes longer than many a change. They are a process of
// davit's own, and the front end checks every line itself.
static bool on_line(const char *line, size_t length, bool more, void *context)
{
    struct request *request = context;

    if (request->method != PROTOCOL_RUN ||
        (!begins(line, length, MESSAGE_OF("step")) && !begins(line, length, MESSAGE_OF("notice"))))
        return false;
    server_pass_on(request->server, line, length, more);
    return true;
}

static bool on_answer(const char *line, size_t length, void *context)
{
    struct request *request = context;
    char beginning[64];

    (void)snprintf(beginning, sizeof beginning, RESULT_OF, (unsigned long long)request->id);
    if (request->method != PROTOCOL_RUN || !begins(line, length, beginning))
        return false;
    request->child = NULL;
    server_pass_on(request->server, line, length, false);
    request_forget(request);
    return true;
}

// A change that was ended before it could say what it had come to.
static bool was_ended(const struct request *request, const json_t *error)
{
    const json_t *data = json_object_get(error, "data");
    const char *name = json_string_value(json_object_get(data, "errno"));

    return request->method == PROTOCOL_RUN && text_same(name, "EINTR");
}

static void on_done(json_t *result, json_t *error, void *context)
{
    struct request *request = context;
    struct server *server = request->server;

    request->child = NULL;
    if (result)
        server_send(server, message_result(request->id, json_incref(result)));
    else
        server_send(server, message_failure(request->id, json_incref(error)));
    if (was_ended(request, error))
        server_recover(server);
    request_forget(request);
}

static const struct child_events events = {
    .note = on_note,
    .done = on_done,
    .line = on_line,
    .answer = on_answer,
};

static void give_to_worker(struct request *request, json_t *params)
{
    struct server *server = request->server;
    unsigned flags = request->method == PROTOCOL_RUN     ? CHILD_CHANGES
                     : request->method == PROTOCOL_ENTER ? CHILD_ENTERS
                                                         : 0u;
    struct error why;

    if (request->method == PROTOCOL_RUN)
        params = targets_run(server, params, request->id);
    else if (request->method == PROTOCOL_PLAN)
        params = targets_plan(server, params);
    else if (request->method == PROTOCOL_BROWSE)
        params = targets_browse(server, params);
    if (request->method == PROTOCOL_RUN)
        journal_wait(server);
    if (child_start(server->children, methods[request->method], params, flags, &events, request,
                    &request->child, &why) < 0)
        request_refuse(request, PROTOCOL_FAILED, &why);
}

// ---- changes ----

bool requests_changing(const struct server *server)
{
    for (const struct request *r = server->requests; r; r = r->next)
        if (r->method == PROTOCOL_RUN && r->child)
            return true;
    return false;
}

void requests_continue(struct server *server)
{
    if (server->ending || requests_changing(server))
        return;
    for (struct request *r = server->requests; r; r = r->next)
        if (r->method == PROTOCOL_RUN && r->params) {
            give_to_worker(r, TAKE_POINTER(r->params));
            return;
        }
}

void requests_interrupt(struct server *server)
{
    for (struct request *r = server->requests; r; r = r->next)
        if (r->method == PROTOCOL_RUN && r->child)
            child_interrupt(r->child);
}

void requests_end(struct server *server)
{
    struct request *next;

    for (struct request *r = server->requests; r; r = next) {
        next = r->next;
        if (r->method == PROTOCOL_RUN && r->child)
            continue;
        child_drop(TAKE_POINTER(r->child));
        request_forget(r);
    }
}

void requests_free(struct server *server)
{
    while (server->requests)
        request_forget(server->requests);
}

// ---- answered here ----

static int take_watch(struct server *server, const json_t *params, struct error *err)
{
    static const struct {
        const char *name;
        void (*watch)(struct server *, bool);
    } lists[] = {
        {"containers", containers_watch},
        {"filesystems", filesystems_watch},
        {"journal", journal_topic_watch},
    };
    bool wanted[ARRAY_SIZE(lists)] = {false}, given[ARRAY_SIZE(lists)];
    const char *key = NULL;
    int r = 0;

    // Everything is checked before anything is done.
    for (size_t i = 0; i < ARRAY_SIZE(lists) && r >= 0; i++) {
        r = member_bool(params, "params", lists[i].name, 0, &wanted[i], err);
        given[i] = r == 0;
    }
    if (r >= 0)
        r = member_text(params, "params", "mounts", 0, KEY_LIMIT, &key, err);
    if (r < 0)
        return r;
    if (key && !container_selector_valid(key))
        return error_set(err, ERROR_USAGE, EINVAL, "params.mounts: '%.80s' names no container",
                         key);
    journal_begin_watch(server);
    for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
        if (given[i])
            lists[i].watch(server, wanted[i]);
    if (json_object_get(params, "mounts"))
        mounts_watch(server, key);
    return 0;
}

static void answer_watch(struct request *request, const json_t *params)
{
    struct server *server = request->server;
    struct error why;

    if (take_watch(server, params, &why) < 0)
        request_refuse(request, PROTOCOL_BAD_PARAMS, &why);
    else
        request_answer(request, json_object());
}

static void answer_refresh(struct request *request, const json_t *params)
{
    struct server *server = request->server;

    (void)params;
    server->containers.patient = true;
    server->filesystems.usage = true;
    topic_read(&server->containers.topic);
    topic_read(&server->filesystems.topic);
    topic_read(&server->mounts.topic);
    topic_read(&server->journal.topic);
    request_answer(request, json_object());
}

static struct request *find(struct server *server, uint64_t id)
{
    for (struct request *r = server->requests; r; r = r->next)
        if (r->id == id)
            return r;
    return NULL;
}

static void cancel(struct request *request)
{
    struct child *child = request->child;

    if ((request->method == PROTOCOL_RUN || request->method == PROTOCOL_ENTER) && child) {
        child_interrupt(child); // it answers itself
        return;
    }
    request->child = NULL;
    child_drop(child);
    cancel_waiting(request);
}

// The request that another is about; false: refused. NULL when that one was answered meanwhile.
static bool find_other(struct request *request, const json_t *params, struct request **ret)
{
    struct error why;
    uint64_t id = 0;

    if (member_number(params, "params", "request", MEMBER_REQUIRED, 1, INT64_MAX, &id, &why) < 0) {
        request_refuse(request, PROTOCOL_BAD_PARAMS, &why);
        return false;
    }
    *ret = find(request->server, id);
    return true;
}

static void answer_cancel(struct request *request, const json_t *params)
{
    struct request *other;

    if (!find_other(request, params, &other))
        return;
    if (other && other != request)
        cancel(other);
    // One that was answered meanwhile has ended, as was asked for.
    request_answer(request, json_object());
}

static void answer_resize(struct request *request, const json_t *params)
{
    struct request *other;

    if (!find_other(request, params, &other))
        return;
    if (other && other->method == PROTOCOL_ENTER && other->child)
        child_signal(other->child, SIGWINCH);
    request_answer(request, json_object());
}

// ---- one request ----

static void (*const answers[PROTOCOL_METHOD_COUNT])(struct request *, const json_t *) = {
    [PROTOCOL_HELLO] = hello_answer,     [PROTOCOL_WATCH] = answer_watch,
    [PROTOCOL_REFRESH] = answer_refresh, [PROTOCOL_CANCEL] = answer_cancel,
    [PROTOCOL_RESIZE] = answer_resize,
}; // all others: a worker

static enum protocol_method find_method(const char *name)
{
    unsigned i = 0;

    while (i < PROTOCOL_METHOD_COUNT && strcmp(methods[i], name) != 0)
        i++;
    return (enum protocol_method)i;
}

// 0, or the code of the error.
static int check(struct server *server, const struct message *message, enum protocol_method method,
                 struct error *why)
{
    if (method == PROTOCOL_METHOD_COUNT) {
        (void)error_set(why, ERROR_UNSUPPORTED, ENOSYS, "there is no method '%s'", message->method);
        return PROTOCOL_NO_METHOD;
    }
    if (find(server, message->id)) {
        (void)error_set(why, ERROR_USAGE, EEXIST, "request %llu is under way already",
                        (unsigned long long)message->id);
        return PROTOCOL_NO_REQUEST;
    }
    if (server->greeted == (method == PROTOCOL_HELLO)) {
        (void)error_set(why, ERROR_USAGE, EPROTO,
                        server->greeted ? "hello was said already" : "hello comes first");
        return PROTOCOL_NO_REQUEST;
    }
    // To end one must be possible when there are too many.
    if (server->n_requests >= PROTOCOL_REQUESTS_MAX && method != PROTOCOL_CANCEL) {
        (void)error_set(why, ERROR_BUSY, EAGAIN, "%d requests are under way already",
                        PROTOCOL_REQUESTS_MAX);
        return PROTOCOL_FAILED;
    }
    return 0;
}

static struct request *add_request(struct server *server, uint64_t id, enum protocol_method method)
{
    struct request *request = calloc(1, sizeof *request), **link = &server->requests;

    if (!request)
        return NULL;
    *request = (struct request){.server = server, .id = id, .method = method};
    while (*link)
        link = &(*link)->next;
    *link = request;
    server->n_requests++;
    return request;
}

static void begin(struct request *request, json_t *params)
{
    if (answers[request->method]) {
        answers[request->method](request, params);
    } else if (request->method == PROTOCOL_RUN) {
        request->params = params ? json_incref(params) : json_object();
        requests_continue(request->server);
    } else {
        give_to_worker(request, params ? json_incref(params) : json_object());
    }
}

void request_take(struct server *server, json_t *object)
{
    struct message message;
    struct request *request;
    enum protocol_method method;
    struct error why;
    int code;

    if (message_read(object, &message, &why) < 0) {
        server_fail(server, message.id, PROTOCOL_NO_REQUEST, &why);
        return;
    }
    if (message.kind == MESSAGE_NOTIFICATION)
        return; // none is known; none is answered
    if (message.kind != MESSAGE_REQUEST) {
        (void)error_set(&why, ERROR_USAGE, EPROTO, "an answer to what was not asked");
        server_fail(server, message.id, PROTOCOL_NO_REQUEST, &why);
        return;
    }
    method = find_method(message.method);
    code = check(server, &message, method, &why);
    request = code == 0 ? add_request(server, message.id, method) : NULL;
    if (request)
        begin(request, message.params);
    else if (code != 0)
        server_fail(server, message.id, code, &why);
    else
        server_send(server, NULL);
}
