#include "core/wire/children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/wire/encode.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"
#include "core/wire/stream.h"
#include "core/wire/worker.h"

#define REFILL_MS 2     // so that who was told goes on first
#define READER_MS 60000 // everything that a reader does has a limit of its own far below

struct child {
    struct child *next;
    struct children *children;
    pid_t pid;             // 0: reaped
    struct stream *stream; // of its answer
    struct stream *notes;  // of what it tells on the way, so that the kernel can keep that
    struct loop_source *limit;
    struct loop_source *patience;      // until the notes are listened to
    const struct child_events *events; // NULL: nobody listens any more
    void *context;
    unsigned flags;
    bool ending; // its answer has come
};

struct children {
    struct loop *loop;
    const struct engine_options *options;
    struct child *first;
    struct child *spare; // among them
    struct loop_source *ended;
    struct loop_source *refill; // runs until the next spare one is forked
    struct rlimit files;        // as the workers are to have it
    int terminal;               // -1: none
};

// ---- the end of one ----

static void forget(struct child *child)
{
    struct child **link = &child->children->first;

    while (*link != child)
        link = &(*link)->next;
    *link = child->next;
    free(child);
}

static void close_streams(struct child *child)
{
    stream_free(TAKE_POINTER(child->stream));
    stream_free(TAKE_POINTER(child->notes));
    loop_source_free(TAKE_POINTER(child->patience));
    loop_source_free(TAKE_POINTER(child->limit));
    if (child->children->spare == child)
        child->children->spare = NULL;
    if (child->pid == 0)
        forget(child);
}

// Nothing is told of it any more that has not been by now.
static void take_notes(struct child *child)
{
    if (!child->notes)
        return;
    child->ending = true;
    stream_take(child->notes);
    stream_listen(child->notes, false);
}

// Neither: the answer was taken as a line.
static void tell_done(struct child *child, json_t *result, json_t *error)
{
    struct children *children = child->children;
    const struct child_events *events = child->events;
    bool changes = child->flags & CHILD_CHANGES;
    void *context = child->context;

    take_notes(child);
    child->events = NULL;
    loop_source_free(TAKE_POINTER(child->limit));
    if (events && (result || error))
        events->done(result, error, context);
    if (changes)
        loop_timer_start(children->refill, REFILL_MS);
}

static void tell_failed(struct child *child, const struct error *why)
{
    json_t *error = message_error(PROTOCOL_FAILED, why->message, encode_error(why));

    tell_done(child, NULL, error);
    json_decref(error);
}

static void reap(int signal, void *context)
{
    struct children *children = context;
    struct child *next;

    (void)signal;
    for (struct child *child = children->first; child; child = next) {
        next = child->next;
        if (child->pid == 0 || waitpid(child->pid, NULL, WNOHANG) != child->pid)
            continue;
        child->pid = 0;
        if (!child->stream)
            forget(child);
    }
}

void child_interrupt(struct child *child)
{
    child_signal(child, SIGTERM);
}

void child_signal(struct child *child, int number)
{
    if (child->pid > 0)
        (void)kill(child->pid, number);
}

void child_drop(struct child *child)
{
    if (!child)
        return;
    child->events = NULL;
    child_signal(child, child->flags & CHILD_ENTERS ? SIGHUP : SIGKILL);
    close_streams(child);
}

// ---- what it says ----

static void on_message(json_t *object, void *context)
{
    struct child *child = context;
    json_t *result = json_object_get(object, "result"), *error = json_object_get(object, "error");

    if (child->events && (result || error))
        tell_done(child, result, result ? NULL : error);
}

static bool on_answer_line(const char *line, size_t length, void *context)
{
    struct child *child = context;

    if (!child->events || !child->events->answer)
        return false;
    take_notes(child);
    if (!child->events->answer(line, length, child->context))
        return false;
    tell_done(child, NULL, NULL);
    return true;
}

static bool on_note_line(const char *line, size_t length, void *context)
{
    struct child *child = context;

    return child->events && child->events->line &&
           child->events->line(line, length, child->ending, child->context);
}

static void on_note(json_t *object, void *context)
{
    struct child *child = context;
    const char *method = json_string_value(json_object_get(object, "method"));

    if (child->events && child->events->note && method)
        child->events->note(method, json_object_get(object, "params"), child->ending,
                            child->context);
}

static void on_notes_end(const struct error *ignored, void *context)
{
    (void)ignored, (void)context; // that of the child itself comes by its answer's stream
}

static void on_patience(void *context)
{
    struct child *child = context;

    stream_listen(child->notes, true);
}

static void on_bad(const struct error *why, void *context)
{
    (void)why, (void)context; // a line that was cut off: the end comes next
}

static void on_end(const struct error *ignored, void *context)
{
    struct child *child = context;
    struct error why;

    (void)ignored;
    if (child->events) {
        (void)error_set(&why, ERROR_FAILED, child->flags & CHILD_CHANGES ? EINTR : EPIPE,
                        "the process that did it ended before it was done");
        tell_failed(child, &why);
    }
    close_streams(child);
}

static void on_limit(void *context)
{
    struct child *child = context;
    struct error why;

    (void)error_set(&why, ERROR_TIMED_OUT, ETIMEDOUT, "no answer within %d s", READER_MS / 1000);
    tell_failed(child, &why);
    child_drop(child);
}

static const struct stream_events stream_events = {
    .message = on_message,
    .bad = on_bad,
    .end = on_end,
    .line = on_answer_line,
};

static const struct stream_events note_events = {
    .message = on_note,
    .bad = on_bad,
    .end = on_notes_end,
    .line = on_note_line,
};

// ---- the beginning of one ----

static int open_streams(struct child *child, int answers, int notes, struct error *err)
{
    struct loop *loop = child->children->loop;
    int r = stream_new(loop, answers, answers, PROTOCOL_MESSAGE_LIMIT, &stream_events, child,
                       &child->stream, err);

    if (r < 0)
        (void)close(notes);
    else
        r = stream_new(loop, notes, notes, PROTOCOL_MESSAGE_LIMIT, &note_events, child,
                       &child->notes, err);
    if (r == 0)
        r = loop_timer(loop, on_patience, child, &child->patience, err);
    return r;
}

// flags: enum worker_flags
static int add_child(struct children *children, int terminal, unsigned flags, struct child **ret,
                     struct error *err)
{
    struct child *child = calloc(1, sizeof *child);
    int sockets[2], r;

    if (!child)
        return ERROR_OOM(err);
    child->children = children;
    r = worker_fork(children->options, &children->files, terminal, flags, &child->pid, sockets,
                    err);
    if (r < 0) {
        free(child);
        return r;
    }
    child->next = children->first;
    children->first = child;
    r = open_streams(child, sockets[0], sockets[1], err);
    if (r < 0) {
        child_drop(child);
        return r;
    }
    *ret = child;
    return 0;
}

void children_refill(struct children *children)
{
    struct error ignored;

    if (!children->spare)
        (void)add_child(children, -1, WORKER_WAITS, &children->spare, &ignored);
}

static void on_refill(void *context)
{
    children_refill(context);
}

static int give_job(struct child *child, const char *method, json_t *params, struct error *err)
{
    json_t *message = message_notification(method, params);
    int r;

    if (!message)
        return ERROR_OOM(err);
    r = stream_send(child->stream, message, err);
    json_decref(message);
    if (r == 0 && child->flags & CHILD_CHANGES) {
        stream_listen(child->notes, false);
        loop_timer_start(child->patience, CHILD_NOTES_MS);
    }
    if (r == 0 && !(child->flags & (CHILD_CHANGES | CHILD_ENTERS))) {
        r = loop_timer(child->children->loop, on_limit, child, &child->limit, err);
        if (r == 0)
            loop_timer_start(child->limit, READER_MS);
    }
    return r;
}

int child_start(struct children *children, const char *method, json_t *params, unsigned flags,
                const struct child_events *events, void *context, struct child **ret,
                struct error *err)
{
    bool enters = flags & CHILD_ENTERS;
    struct child *child = NULL;
    int r = 0;

    if (enters && children->terminal < 0)
        r = error_set(err, ERROR_UNSUPPORTED, ENOTTY, "this engine was started without a terminal");
    if (flags & CHILD_CHANGES)
        child = TAKE_POINTER(children->spare);
    if (r == 0 && !child)
        r = add_child(children, enters ? children->terminal : -1, 0, &child, err);
    if (r < 0) {
        json_decref(params);
        return r;
    }
    child->flags = flags;
    r = give_job(child, method, params, err);
    if (r < 0) {
        child_drop(child);
        return r;
    }
    child->events = events;
    child->context = context;
    *ret = child;
    return 0;
}

// ---- all of them ----

int children_new(struct loop *loop, const struct engine_options *options, struct children **ret,
                 struct error *err)
{
    struct children *children = calloc(1, sizeof *children);
    int r;

    if (!children)
        return ERROR_OOM(err);
    children->loop = loop;
    children->options = options;
    children->terminal = -1;
    (void)getrlimit(RLIMIT_NOFILE, &children->files);
    r = loop_signal(loop, SIGCHLD, reap, children, &children->ended, err);
    if (r == 0)
        r = loop_timer(loop, on_refill, children, &children->refill, err);
    if (r < 0) {
        loop_source_free(children->ended);
        free(children);
        return r;
    }
    *ret = children;
    return 0;
}

void children_terminal(struct children *children, int terminal)
{
    children->terminal = terminal;
}

void children_free(struct children *children)
{
    if (!children)
        return;
    while (children->first) {
        struct child *child = children->first;

        if (!(child->flags & CHILD_CHANGES))
            child_signal(child, child->flags & CHILD_ENTERS ? SIGHUP : SIGKILL);
        child->events = NULL;
        child->pid = 0;
        close_streams(child);
    }
    loop_source_free(children->refill);
    loop_source_free(children->ended);
    cleanup_close(&children->terminal);
    free(children);
}
