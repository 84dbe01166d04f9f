#include "core/base/loop.h"

#include <stdlib.h>

#include <uv.h>

struct loop {
    uv_loop_t uv;
};

enum source_kind { SOURCE_FD, SOURCE_TIMER, SOURCE_SIGNAL };

struct loop_source {
    union {
        uv_handle_t handle;
        uv_poll_t poll;
        uv_timer_t timer;
        uv_signal_t signal;
    } uv;
    union {
        loop_fd_function *fd;
        loop_timer_function *timer;
        loop_signal_function *signal;
    } function;
    enum source_kind kind;
    int fd;
    void *context;
};

// libuv's numbers are negative errnos.
static int failed(struct error *err, int status, const char *what)
{
    return error_errno(err, -status, "%s in the event loop", what);
}

int loop_new(struct loop **ret, struct error *err)
{
    struct loop *loop = calloc(1, sizeof *loop);
    int r;

    if (!loop)
        return ERROR_OOM(err);
    r = uv_loop_init(&loop->uv);
    if (r < 0) {
        free(loop);
        return failed(err, r, "cannot begin");
    }
    *ret = loop;
    return 0;
}

static void close_left(uv_handle_t *handle, void *context)
{
    (void)context;
    if (!uv_is_closing(handle))
        loop_source_free(handle->data);
}

void loop_free(struct loop *loop)
{
    if (!loop)
        return;
    uv_walk(&loop->uv, close_left, NULL);
    while (uv_loop_close(&loop->uv) == UV_EBUSY)
        (void)uv_run(&loop->uv, UV_RUN_NOWAIT); // lets closed handles be freed
    free(loop);
}

void loop_forked(void)
{
    uv_library_shutdown();
}

int loop_turn(struct loop *loop)
{
    return uv_run(&loop->uv, UV_RUN_ONCE) ? 0 : 1;
}

static struct loop_source *source_new(enum source_kind kind, void *context)
{
    struct loop_source *source = calloc(1, sizeof *source);

    if (source) {
        source->kind = kind;
        source->context = context;
        source->uv.handle.data = source;
    }
    return source;
}

static int uv_events(unsigned events)
{
    return (events & LOOP_READ ? UV_READABLE : 0) | (events & LOOP_WRITE ? UV_WRITABLE : 0) |
           (events & LOOP_PRIORITY ? UV_PRIORITIZED : 0);
}

static void on_poll(uv_poll_t *poll, int status, int events)
{
    struct loop_source *source = poll->data;
    unsigned told = (events & UV_READABLE ? LOOP_READ : 0u) |
                    (events & UV_WRITABLE ? LOOP_WRITE : 0u) |
                    (events & UV_PRIORITIZED ? LOOP_PRIORITY : 0u);

    source->function.fd(source->fd, status < 0 ? LOOP_FAILED : told, source->context);
}

void loop_fd_set(struct loop_source *source, unsigned events)
{
    if (events == 0)
        (void)uv_poll_stop(&source->uv.poll);
    else
        (void)uv_poll_start(&source->uv.poll, uv_events(events), on_poll);
}

int loop_fd(struct loop *loop, int fd, unsigned events, loop_fd_function *function, void *context,
            struct loop_source **ret, struct error *err)
{
    struct loop_source *source = source_new(SOURCE_FD, context);
    int r;

    if (!source)
        return ERROR_OOM(err);
    source->function.fd = function;
    source->fd = fd;
    r = uv_poll_init(&loop->uv, &source->uv.poll, fd);
    if (r < 0) {
        free(source);
        return failed(err, r, "cannot wait for a descriptor");
    }
    source->uv.handle.data = source;
    loop_fd_set(source, events);
    *ret = source;
    return 0;
}

static void on_timer(uv_timer_t *timer)
{
    struct loop_source *source = timer->data;

    // A timer that is due when the turn begins is called before the sleep: the turn must not sleep
    // then, since who called it has something to do now.
    uv_stop(timer->loop);
    source->function.timer(source->context);
}

int loop_timer(struct loop *loop, loop_timer_function *function, void *context,
               struct loop_source **ret, struct error *err)
{
    struct loop_source *source = source_new(SOURCE_TIMER, context);

    if (!source)
        return ERROR_OOM(err);
    source->function.timer = function;
    (void)uv_timer_init(&loop->uv, &source->uv.timer); // cannot fail
    source->uv.handle.data = source;
    *ret = source;
    return 0;
}

void loop_timer_start(struct loop_source *source, uint64_t after_ms)
{
    uv_update_time(source->uv.timer.loop); // what was done in this turn may have taken long
    (void)uv_timer_start(&source->uv.timer, on_timer, after_ms, 0);
}

void loop_timer_stop(struct loop_source *source)
{
    (void)uv_timer_stop(&source->uv.timer);
}

bool loop_timer_running(const struct loop_source *source)
{
    return uv_is_active(&source->uv.handle);
}

static void on_signal(uv_signal_t *signal, int number)
{
    struct loop_source *source = signal->data;

    source->function.signal(number, source->context);
}

int loop_signal(struct loop *loop, int signal, loop_signal_function *function, void *context,
                struct loop_source **ret, struct error *err)
{
    struct loop_source *source = source_new(SOURCE_SIGNAL, context);
    int r;

    if (!source)
        return ERROR_OOM(err);
    source->function.signal = function;
    r = uv_signal_init(&loop->uv, &source->uv.signal);
    if (r == 0) {
        source->uv.handle.data = source;
        r = uv_signal_start(&source->uv.signal, on_signal, signal);
        if (r < 0)
            loop_source_free(source);
    } else {
        free(source);
    }
    if (r < 0)
        return failed(err, r, "cannot wait for a signal");
    *ret = source;
    return 0;
}

static void on_closed(uv_handle_t *handle)
{
    free(handle->data);
}

void loop_source_free(struct loop_source *source)
{
    if (source)
        uv_close(&source->uv.handle, on_closed); // libuv still holds it until the next turn
}
