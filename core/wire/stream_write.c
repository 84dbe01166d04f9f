// What is written to a stream: at once as far as it goes, the rest when there is room.
#include "core/wire/stream_internal.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "core/wire/protocol.h"

void stream_come_to_end(struct stream *stream, const struct error *why)
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

static void on_writable(int fd, unsigned events, void *context);

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
        return loop_fd(stream->loop, stream->out, LOOP_WRITE, on_writable, stream,
                       &stream->writable, err);
    return 0;
}

static int write_failed(struct stream *stream, int sys_errno, struct error *err)
{
    stream->broken = true;
    stream->written.used = stream->sent = 0;
    (void)wait_writable(stream, false, err);
    (void)error_errno(err, sys_errno, "cannot write to the other end");
    stream_come_to_end(stream, err);
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

bool stream_write_more(struct stream *stream)
{
    struct error ignored;
    bool freed = false;

    if (stream_queued(stream) == 0)
        return true;
    (void)write_some(stream, &ignored);
    if (!stream->above_mark || stream_queued(stream) >= STREAM_LOW_MARK)
        return true;
    stream->above_mark = false;
    stream->freed = &freed;
    if (stream->events->drained)
        stream->events->drained(stream->context);
    if (!freed)
        stream->freed = NULL;
    return !freed;
}

static void on_writable(int fd, unsigned events, void *context)
{
    (void)fd, (void)events;
    (void)stream_write_more(context);
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
