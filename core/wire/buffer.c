#include "core/wire/buffer.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHRINK_ABOVE (1024 * 1024)

int buffer_reserve(struct buffer *buffer, size_t more)
{
    size_t size = buffer->size ? buffer->size : 4096;
    char *bytes;

    if (buffer->used + more <= buffer->size)
        return 0;
    while (size < buffer->used + more)
        size *= 2;
    bytes = realloc(buffer->bytes, size);
    if (!bytes)
        return -ENOMEM;
    buffer->bytes = bytes;
    buffer->size = size;
    return 0;
}

int buffer_append(const char *bytes, size_t length, void *context)
{
    struct buffer *buffer = context;

    if (buffer_reserve(buffer, length) < 0)
        return -1;
    memcpy(buffer->bytes + buffer->used, bytes, length);
    buffer->used += length;
    return 0;
}

void buffer_shrink(struct buffer *buffer)
{
    if (buffer->used > 0 || buffer->size <= SHRINK_ABOVE)
        return;
    free(buffer->bytes);
    *buffer = (struct buffer){.bytes = NULL};
}
