// Bytes one way between the caller of enter and the command, by one buffer and without waiting.
#ifndef DAVIT_ENGINE_ENTER_CHANNEL_H
#define DAVIT_ENGINE_ENTER_CHANNEL_H

#include <poll.h>
#include <stdbool.h>
#include <stddef.h>

#define CHANNEL_SIZE 65536 // bytes

struct channel {
    int from, to; // -1: ended
    bool drained; // at the end: nothing more is in it
    bool broken;  // nobody reads `to` any more
    size_t used, sent;
    size_t left; // to be read: at the end as much as can have been in it
    char bytes[CHANNEL_SIZE];
};

void channel_set_nonblocking(int fd);
// The caller's own terminal or pipe, opened anew: waiting for it must not be davit's, and the flag
// that says so must not be that of the shell which davit was started from. A new descriptor, or -1.
int channel_open_anew(int fd);

// What is to be waited for, and what is done when that is so: read, or written.
struct pollfd channel_wanted(const struct channel *channel);
void channel_take(struct channel *channel);
void channel_give(struct channel *channel);
bool channel_has_bytes(const struct channel *channel);

#endif
