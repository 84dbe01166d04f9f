// Bytes that grow at their end.
#ifndef DAVIT_WIRE_BUFFER_H
#define DAVIT_WIRE_BUFFER_H

#include <stddef.h>

struct buffer {
    char *bytes; // to be freed
    size_t used, size;
};

// Makes room for `more` bytes. 0 or -ENOMEM.
int buffer_reserve(struct buffer *buffer, size_t more);
// Appends; `context` is the buffer: a json_dump_callback_t. 0 or -1.
int buffer_append(const char *bytes, size_t length, void *context);
// Gives a large one back when it is empty: one long message must not be paid for ever after.
void buffer_shrink(struct buffer *buffer);

#endif
