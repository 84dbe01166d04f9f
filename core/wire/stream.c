// The life of a stream, and what is read from it; stream_write.c writes to it.
#include "core/wire/stream_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/wire/message.h"

#define READ_AT_ONCE (64 * 1024) // bytes a turn, so that the rest of the loop has its turn too

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
    stream_come_to_end(stream, NULL);
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
        stream_come_to_end(stream, &why);
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
        stream_come_to_end(stream, &why);
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

static void on_ready(int fd, unsigned events, void *context)
{
    struct stream *stream = context;

    if (fd == stream->out && events & (LOOP_WRITE | LOOP_FAILED) && !stream_write_more(stream))
        return;
    if (events & LOOP_FAILED && stream->reading) // the loop has stopped
        loop_fd_set(stream->readable, stream->deaf ? 0 : LOOP_READ);
    if (events & (LOOP_READ | LOOP_FAILED))
        (void)read_some(stream);
}

// ---- life ----

static void on_soon(void *context)
{
    struct stream *stream = context;

    stream->events->end(&stream->why, stream->context);
}

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
