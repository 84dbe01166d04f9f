// What stream.c and stream_write.c share.
#ifndef DAVIT_WIRE_STREAM_INTERNAL_H
#define DAVIT_WIRE_STREAM_INTERNAL_H

#include "core/wire/buffer.h"
#include "core/wire/stream.h"

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

// Nothing is read any more, and `end` is told from the loop; `why` NULL: the other end has closed.
void stream_come_to_end(struct stream *stream, const struct error *why);
// Writes what waits, as far as there is room. False when the stream was freed meanwhile.
bool stream_write_more(struct stream *stream);

#endif
