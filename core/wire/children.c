#include "core/wire/children.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/asked.h"
#include "core/base/helper.h"
#include "core/wire/encode.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"
#include "core/wire/stream.h"
#include "core/wire/worker.h"

#define READER_MS 60000 // everything that a reader does has a limit of its own far below

struct child {
    struct child *next;
    struct children *children;
    pid_t pid; // 0: reaped
    struct stream *stream;
    struct loop_source *limit;
    const struct child_events *events; // NULL: nobody listens any more
    void *context;
    unsigned flags;
};

struct children {
    struct loop *loop;
    const struct engine_options *options;
    struct child *first;
    struct child *spare; // among them
    struct loop_source *ended;
    struct rlimit files; // as the workers are to have it
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

static void close_stream(struct child *child)
{
    stream_free(TAKE_POINTER(child->stream));
    loop_source_free(TAKE_POINTER(child->limit));
    if (child->children->spare == child)
        child->children->spare = NULL;
    if (child->pid == 0)
        forget(child);
}

static void tell_done(struct child *child, json_t *result, json_t *error)
{
    struct children *children = child->children;
    const struct child_events *events = child->events;
    bool changes = child->flags & CHILD_CHANGES;
    void *context = child->context;

    child->events = NULL;
    loop_source_free(TAKE_POINTER(child->limit));
    if (events)
        events->done(result, error, context);
    if (changes)
        children_refill(children);
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
    if (child->pid > 0)
        (void)kill(child->pid, SIGTERM);
}

void child_drop(struct child *child)
{
    if (!child)
        return;
    child->events = NULL;
    if (child->pid > 0)
        (void)kill(child->pid, SIGKILL);
    close_stream(child);
}

// ---- what it says ----

static void on_message(json_t *object, void *context)
{
    struct child *child = context;
    json_t *result = json_object_get(object, "result"), *error = json_object_get(object, "error");
    const char *method = json_string_value(json_object_get(object, "method"));

    if (!child->events)
        return;
    if (result || error)
        tell_done(child, result, result ? NULL : error);
    else if (method && child->events->note)
        child->events->note(method, json_object_get(object, "params"), child->context);
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
    close_stream(child);
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
};

// ---- the beginning of one ----

// What the server has set for itself, and what libuv's handlers would do in a child.
static void become_worker(const struct children *children, int socket, unsigned flags, pid_t parent,
                          const sigset_t *mask)
{
    static const int ending[] = {SIGINT, SIGTERM, SIGHUP};
    const int kept[] = {socket, asked_descriptor()};
    sigset_t blocked = *mask;

    (void)signal(SIGCHLD, SIG_DFL);
    for (size_t i = 0; i < ARRAY_SIZE(ending); i++) {
        (void)signal(ending[i], SIG_DFL);
        (void)sigaddset(&blocked, ending[i]);
    }
    loop_forked();
    if (!helper_begin(parent, kept, ARRAY_SIZE(kept)))
        _exit(1);
    // 0, 1 and 2, so that nothing that is opened later is taken for them.
    for (int fd = 0; fd <= 2; fd++)
        (void)open("/dev/null", O_RDWR);
    (void)setrlimit(RLIMIT_NOFILE, &children->files);
    (void)sigprocmask(SIG_SETMASK, &blocked, NULL);
    worker_main(socket, children->options, flags);
}

static pid_t fork_worker(const struct children *children, int theirs, unsigned flags)
{
    pid_t parent = getpid(), pid;
    sigset_t all, before;

    (void)sigfillset(&all);
    (void)sigprocmask(SIG_SETMASK, &all, &before);
    pid = fork();
    if (pid == 0)
        become_worker(children, theirs, flags, parent, &before);
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    return pid;
}

// flags: enum worker_flags
static int add_child(struct children *children, unsigned flags, struct child **ret,
                     struct error *err)
{
    struct child *child = calloc(1, sizeof *child);
    int pair[2], r;

    if (!child)
        return ERROR_OOM(err);
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0) {
        free(child);
        return error_errno(err, errno, "cannot start a worker");
    }
    child->children = children;
    child->pid = fork_worker(children, pair[1], flags);
    r = child->pid < 0 ? error_errno(err, errno, "cannot start a worker") : 0;
    (void)close(pair[1]);
    if (r < 0)
        (void)close(pair[0]);
    else
        r = stream_new(children->loop, pair[0], pair[0], PROTOCOL_MESSAGE_LIMIT, &stream_events,
                       child, &child->stream, err);
    if (r < 0 && child->pid <= 0) {
        free(child);
        return r;
    }
    child->next = children->first;
    children->first = child;
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
        (void)add_child(children, WORKER_WAITS, &children->spare, &ignored);
}

static int give_job(struct child *child, const char *method, json_t *params, struct error *err)
{
    json_t *message = message_notification(method, params);
    int r;

    if (!message)
        return ERROR_OOM(err);
    r = stream_send(child->stream, message, err);
    json_decref(message);
    if (r == 0 && !(child->flags & CHILD_CHANGES)) {
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
    struct child *child = NULL;
    int r = 0;

    if (flags & CHILD_CHANGES)
        child = TAKE_POINTER(children->spare);
    if (!child)
        r = add_child(children, 0, &child, err);
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
    (void)getrlimit(RLIMIT_NOFILE, &children->files);
    r = loop_signal(loop, SIGCHLD, reap, children, &children->ended, err);
    if (r < 0) {
        free(children);
        return r;
    }
    *ret = children;
    return 0;
}

void children_free(struct children *children)
{
    if (!children)
        return;
    while (children->first) {
        struct child *child = children->first;

        if (child->pid > 0 && !(child->flags & CHILD_CHANGES))
            (void)kill(child->pid, SIGKILL);
        child->events = NULL;
        child->pid = 0;
        close_stream(child);
    }
    loop_source_free(children->ended);
    free(children);
}
