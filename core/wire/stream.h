// Lines of JSON over a descriptor, read and written by the loop without ever blocking: what cannot
// be written now waits in memory, up to a limit.
#ifndef DAVIT_WIRE_STREAM_H
#define DAVIT_WIRE_STREAM_H

#include <stdbool.h>
#include <stddef.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/loop.h"

struct stream;

struct stream_events {
    // One message, an object; borrowed. May free the stream.
    void (*message)(json_t *message, void *context);
    // A line that is none: why says what is wrong; its errno is EMSGSIZE for one that is too long,
    // EPROTO for JSON that is no object, EPIPE for one that was cut off by the end, else EBADMSG.
    // May free the stream.
    void (*bad)(const struct error *why, void *context);
    // The other end has closed (why->code is ERROR_NONE), or reading or writing failed. Called once
    // and from the loop only, the last call but for `drained`. May free the stream.
    void (*end)(const struct error *why, void *context);
    // What was queued is below STREAM_LOW_MARK again; NULL: not wanted. May free the stream.
    void (*drained)(void *context);
    // A line as it came, without its line feed, before it is looked at: true, it is done with.
    // NULL: not wanted. Does not free the stream.
    bool (*line)(const char *line, size_t length, void *context);
};

// `in` and `out` may be the same descriptor; they are made non-blocking (and what they were again
// in the end) and become the stream's, also when this fails. Of a line of more than `limit` bytes
// nothing but its end is read; it is told as bad. A file of a disk can be written to, not read.
int stream_new(struct loop *loop, int in, int out, size_t limit, const struct stream_events *events,
               void *context, struct stream **ret, struct error *err);
void stream_free(struct stream *stream);
CLEANUP_POINTER(struct stream, stream_free);

// Queues one message, of at most PROTOCOL_MESSAGE_LIMIT bytes: -EMSGSIZE for a longer one; -ENOBUFS
// (and the stream ends) when the other end has not read for so long that STREAM_QUEUE_LIMIT bytes
// wait; -EPIPE when writing has failed before. After the other end has closed its own side it may
// still be sent to.
#define STREAM_QUEUE_LIMIT (64 * 1024 * 1024)
#define STREAM_LOW_MARK    (256 * 1024)
int stream_send(struct stream *stream, const json_t *message, struct error *err);
// The same of what the next stream_send() will write too: whoever calls it sends that at once.
int stream_add(struct stream *stream, const json_t *message, struct error *err);
// The same of a line (without its line feed) that is a message already.
int stream_send_line(struct stream *stream, const char *line, size_t length, struct error *err);
int stream_add_line(struct stream *stream, const char *line, size_t length, struct error *err);
size_t stream_queued(const struct stream *stream); // bytes that wait

// Whether the loop reads from it; it does from the start. What comes meanwhile waits in the kernel,
// and so does the end.
void stream_listen(struct stream *stream, bool on);
// Reads what has come, now; not from an event of its own, and its events do not free it then. The
// end, if it has come too, is told by the loop.
void stream_take(struct stream *stream);

#endif
