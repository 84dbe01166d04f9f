#include "core/wire/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/wire/buffer.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"

#define READ_AT_ONCE (64 * 1024) // bytes a turn, so that the rest of the loop has its turn too

struct stream {
    struct loop *loop;
    const struct stream_events *events;
    void *context;
    int in, out;
    int in_flags, out_flags; // fcntl(2) F_GETFL, as they were
    size_t limit;
    struct buffer read, written;
    size_t searched; // of what was read: no line feed up to here
    size_t sent;     // of what is to be written: gone already
    bool skipping;   // the rest of a line that is too long
    bool reading, broken, ended, above_mark;
    bool deaf;                    // not listened to for now
    bool waiting;                 // for room to write
    struct error why;             // what `end` will be told
    struct loop_source *readable; // also for writing when both are one descriptor
    struct loop_source *writable; // made when something has to wait for the first time
    struct loop_source *soon;     // calls `end` from the loop and not from stream_send()
    bool *freed;                  // set by stream_free() inside of a call
};

// ---- the end ----

static void on_soon(void *context)
{
    struct stream *stream = context;

    stream->events->end(&stream->why, stream->context);
}

// `why` NULL: the other end has closed.
static void come_to_end(struct stream *stream, const struct error *why)
{
    if (stream->reading)
        loop_fd_set(stream->readable,
                    stream->in == stream->out && !stream->broken && stream_queued(stream) > 0
                        ? LOOP_WRITE
                        : 0);
    stream->reading = false;
    if (stream->ended)
        return;
    stream->ended = true;
    if (why)
        stream->why = *why;
    loop_timer_start(stream->soon, 0);
}

// ---- reading ----

// False when the stream was freed meanwhile.
static bool tell_bad(struct stream *stream, const struct error *why)
{
    bool freed = false;

    stream->freed = &freed;
    stream->events->bad(why, stream->context);
    if (!freed)
        stream->freed = NULL;
    return !freed;
}

static bool tell_too_long(struct stream *stream)
{
    struct error why;

    (void)error_set(&why, ERROR_USAGE, EMSGSIZE, "a line is longer than %zu bytes", stream->limit);
    return tell_bad(stream, &why);
}

static bool take_line(struct stream *stream, const char *line, size_t length)
{
    json_t *message = NULL;
    bool freed = false;
    struct error why;

    if (stream->skipping) {
        stream->skipping = false; // told already
        return true;
    }
    if (length > stream->limit)
        return tell_too_long(stream);
    if (stream->events->line && stream->events->line(line, length, stream->context))
        return true;
    if (message_parse(line, length, &message, &why) < 0)
        return tell_bad(stream, &why);
    stream->freed = &freed;
    stream->events->message(message, stream->context);
    json_decref(message);
    if (!freed)
        stream->freed = NULL;
    return !freed;
}

static bool take_lines(struct stream *stream)
{
    struct buffer *buffer = &stream->read;
    size_t start = 0;
    char *end;

    while (
        (end = memchr(buffer->bytes + stream->searched, '\n', buffer->used - stream->searched))) {
        size_t length = (size_t)(end - buffer->bytes) - start;

        stream->searched = start + length + 1;
        if (!take_line(stream, buffer->bytes + start, length))
            return false;
        start = stream->searched;
    }
    buffer->used -= start;
    memmove(buffer->bytes, buffer->bytes + start, buffer->used);
    if (!stream->skipping && buffer->used > stream->limit) {
        stream->skipping = true;
        buffer->used = 0;
        stream->searched = 0;
        return tell_too_long(stream);
    }
    if (stream->skipping)
        buffer->used = 0;
    stream->searched = buffer->used;
    buffer_shrink(buffer);
    return true;
}

static bool take_end(struct stream *stream)
{
    struct error why;

    if (stream->read.used > 0 && !stream->skipping) {
        (void)error_set(&why, ERROR_USAGE, EPIPE, "the last line was cut off after %zu bytes",
                        stream->read.used);
        if (!tell_bad(stream, &why))
            return false;
    }
    come_to_end(stream, NULL);
    return true;
}

// Whether there may be more.
static bool read_some(struct stream *stream)
{
    struct error why;
    ssize_t n;

    if (!stream->reading)
        return false;
    if (buffer_reserve(&stream->read, READ_AT_ONCE) < 0) {
        (void)ERROR_OOM(&why);
        come_to_end(stream, &why);
        return false;
    }
    n = read(stream->in, stream->read.bytes + stream->read.used, READ_AT_ONCE);
    if (n > 0) {
        stream->read.used += (size_t)n;
        return take_lines(stream) && n == READ_AT_ONCE;
    } else if (n == 0 || errno == ECONNRESET) {
        (void)take_end(stream);
    } else if (errno != EAGAIN && errno != EINTR) {
        (void)error_errno(&why, errno, "cannot read from the other end");
        come_to_end(stream, &why);
    }
    return false;
}

void stream_listen(struct stream *stream, bool on)
{
    stream->deaf = !on;
    if (stream->reading)
        loop_fd_set(stream->readable,
                    (on ? LOOP_READ : 0) |
                        (stream->waiting && stream->in == stream->out ? LOOP_WRITE : 0));
}

void stream_take(struct stream *stream)
{
    while (read_some(stream))
        ;
}

// ---- writing ----

static void on_ready(int fd, unsigned events, void *context);

static int wait_writable(struct stream *stream, bool wait, struct error *err)
{
    unsigned reading = stream->reading && !stream->deaf ? LOOP_READ : 0;

    stream->waiting = wait;
    if (stream->in == stream->out) {
        loop_fd_set(stream->readable, reading | (wait ? LOOP_WRITE : 0));
        return 0;
    }
    if (stream->writable)
        loop_fd_set(stream->writable, wait ? LOOP_WRITE : 0);
    else if (wait)
        return loop_fd(stream->loop, stream->out, LOOP_WRITE, on_ready, stream, &stream->writable,
                       err);
    return 0;
}

static int write_failed(struct stream *stream, int sys_errno, struct error *err)
{
    stream->broken = true;
    stream->written.used = stream->sent = 0;
    (void)wait_writable(stream, false, err);
    (void)error_errno(err, sys_errno, "cannot write to the other end");
    come_to_end(stream, err);
    return -sys_errno;
}

static int write_some(struct stream *stream, struct error *err)
{
    struct buffer *buffer = &stream->written;

    while (stream->sent < buffer->used) {
        ssize_t n = write(stream->out, buffer->bytes + stream->sent, buffer->used - stream->sent);

        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0 && errno != EAGAIN)
            return write_failed(stream, errno, err);
        if (n < 0) {
            int r = wait_writable(stream, true, err);

            return r < 0 ? write_failed(stream, -r, err) : 0;
        }
        stream->sent += (size_t)n;
    }
    buffer->used = stream->sent = 0;
    buffer_shrink(buffer);
    return wait_writable(stream, false, err);
}

static void on_ready(int fd, unsigned events, void *context)
{
    struct stream *stream = context;
    struct error ignored;
    bool freed = false;

    if (fd == stream->out && events & (LOOP_WRITE | LOOP_FAILED) && stream_queued(stream) > 0) {
        (void)write_some(stream, &ignored);
        if (stream->above_mark && stream_queued(stream) < STREAM_LOW_MARK) {
            stream->above_mark = false;
            stream->freed = &freed;
            if (stream->events->drained)
                stream->events->drained(stream->context);
            if (freed)
                return;
            stream->freed = NULL;
        }
    }
    if (events & LOOP_FAILED && fd == stream->in && stream->reading) // the loop has stopped
        loop_fd_set(stream->readable, stream->deaf ? 0 : LOOP_READ);
    if (fd == stream->in && events & (LOOP_READ | LOOP_FAILED))
        (void)read_some(stream);
}

// What is gone already makes room first.
static void move_up(struct stream *stream)
{
    struct buffer *buffer = &stream->written;

    if (stream->sent < buffer->used / 2)
        return;
    buffer->used -= stream->sent;
    memmove(buffer->bytes, buffer->bytes + stream->sent, buffer->used);
    stream->sent = 0;
}

// 0: what follows may be appended, and *ret_before is where that begins.
static int begin_message(struct stream *stream, size_t *ret_before, struct error *err)
{
    if (stream->broken)
        return error_set(err, ERROR_FAILED, EPIPE, "the other end has closed");
    if (stream->sent > 0)
        move_up(stream);
    *ret_before = stream->written.used;
    return 0;
}

// It was appended with its line feed, unless `failed`.
static int end_message(struct stream *stream, size_t before, bool failed, struct error *err)
{
    struct buffer *buffer = &stream->written;
    int r = 0;

    if (failed)
        r = ERROR_OOM(err);
    else if (buffer->used - before - 1 > PROTOCOL_MESSAGE_LIMIT)
        r = error_set(err, ERROR_FAILED, EMSGSIZE, "a message is longer than %d bytes",
                      PROTOCOL_MESSAGE_LIMIT);
    if (r < 0) {
        buffer->used = before;
        return r;
    }
    return stream_queued(stream) > STREAM_QUEUE_LIMIT ? write_failed(stream, ENOBUFS, err) : 0;
}

int stream_add(struct stream *stream, const json_t *message, struct error *err)
{
    struct buffer *buffer = &stream->written;
    size_t before = 0;
    int r = begin_message(stream, &before, err);

    return r < 0
               ? r
               : end_message(stream, before,
                             json_dump_callback(message, buffer_append, buffer, JSON_COMPACT) < 0 ||
                                 buffer_append("\n", 1, buffer) < 0,
                             err);
}

int stream_add_line(struct stream *stream, const char *line, size_t length, struct error *err)
{
    struct buffer *buffer = &stream->written;
    size_t before = 0;
    int r = begin_message(stream, &before, err);

    return r < 0 ? r
                 : end_message(stream, before,
                               buffer_append(line, length, buffer) < 0 ||
                                   buffer_append("\n", 1, buffer) < 0,
                               err);
}

// What waits already is written when there is room.
static int write_now(struct stream *stream, int r, struct error *err)
{
    if (r == 0 && !stream->waiting)
        r = write_some(stream, err);
    stream->above_mark |= stream_queued(stream) >= STREAM_LOW_MARK;
    return r;
}

int stream_send(struct stream *stream, const json_t *message, struct error *err)
{
    return write_now(stream, stream_add(stream, message, err), err);
}

int stream_send_line(struct stream *stream, const char *line, size_t length, struct error *err)
{
    return write_now(stream, stream_add_line(stream, line, length, err), err);
}

size_t stream_queued(const struct stream *stream)
{
    return stream->written.used - stream->sent;
}

// ---- life ----

static int make_nonblocking(int fd, int *ret_flags, struct error *err)
{
    *ret_flags = fcntl(fd, F_GETFL);
    if (*ret_flags < 0 || fcntl(fd, F_SETFL, *ret_flags | O_NONBLOCK) < 0)
        return error_errno(err, errno, "cannot use descriptor %d", fd);
    return 0;
}

int stream_new(struct loop *loop, int in, int out, size_t limit, const struct stream_events *events,
               void *context, struct stream **ret, struct error *err)
{
    struct stream *stream = calloc(1, sizeof *stream);
    int r;

    if (!stream) {
        (void)close(in);
        if (out != in)
            (void)close(out);
        return ERROR_OOM(err);
    }
    *stream = (struct stream){.loop = loop,
                              .events = events,
                              .context = context,
                              .in = in,
                              .out = out,
                              .in_flags = -1,
                              .out_flags = -1,
                              .limit = limit,
                              .reading = true};
    r = make_nonblocking(in, &stream->in_flags, err);
    if (r == 0 && out != in)
        r = make_nonblocking(out, &stream->out_flags, err);
    if (r == 0)
        r = loop_timer(loop, on_soon, stream, &stream->soon, err);
    if (r == 0)
        r = loop_fd(loop, in, LOOP_READ, on_ready, stream, &stream->readable, err);
    if (r < 0)
        stream_free(stream);
    else
        *ret = stream;
    return r;
}

static void give_back(int fd, int flags)
{
    if (flags >= 0)
        (void)fcntl(fd, F_SETFL, flags);
    (void)close(fd);
}

void stream_free(struct stream *stream)
{
    if (!stream)
        return;
    if (stream->freed)
        *stream->freed = true;
    loop_source_free(stream->readable);
    loop_source_free(stream->writable);
    loop_source_free(stream->soon);
    // In this order: both may be one terminal, which was made non-blocking by the first.
    if (stream->out != stream->in)
        give_back(stream->out, stream->out_flags);
    give_back(stream->in, stream->in_flags);
    free(stream->read.bytes);
    free(stream->written.bytes);
    free(stream);
}
