#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tui/screen/terminal_internal.h"
#include "tui/screen/terminal_restore.h"

static char *reserve(struct terminal_queue *queue, size_t length)
{
    if (queue->sent > 0) {
        queue->used -= queue->sent;
        memmove(queue->bytes, queue->bytes + queue->sent, queue->used);
        queue->sent = 0;
    }
    if (queue->room - queue->used < length) {
        size_t room = 2 * (queue->used + length);
        char *more = realloc(queue->bytes, room);

        if (!more)
            return NULL;
        queue->bytes = more;
        queue->room = room;
    }
    return queue->bytes + queue->used;
}

bool queue_add(struct terminal *terminal, const char *bytes, size_t length)
{
    char *to;

    if (terminal->tty < 0 || length == 0)
        return true;
    to = reserve(&terminal->queue, length);
    if (!to)
        return false;
    memcpy(to, bytes, length);
    terminal->queue.used += length;
    return true;
}

// Bytes of the sequence at `bytes` that sets attributes (ESC [ … m), 0: another one.
static size_t attribute_sequence(const char *bytes, size_t length)
{
    size_t n = 2;

    if (length < 3 || bytes[0] != 0x1b || bytes[1] != '[')
        return 0;
    while (n < length &&
           (bytes[n] == ';' || bytes[n] == ':' || (bytes[n] >= '0' && bytes[n] <= '9')))
        n++;
    return n < length && bytes[n] == 'm' ? n + 1 : 0;
}

// Shorter, and the same. Most descriptions select the character set again with each change of
// attributes: it is set once before a whole screen, nothing of ours ever changes it, and no text
// has control characters, so all of these go. And what is plain is not made plain again: "ESC [ 0
// ; 1 m" is "ESC [ 1 m" then. Returns the length that is left.
static size_t shorten(struct terminal *terminal, char *bytes, size_t length)
{
    size_t used = 0;

    for (size_t i = 0, n; i < length; i += n) {
        bool set = length - i >= 3 && memcmp(bytes + i, "\x1b(B", 3) == 0;
        size_t attributes = attribute_sequence(bytes + i, length - i), skip = 0;

        n = set ? 3 : attributes ? attributes : 1;
        if (set || bytes[i] == '\x0f')
            continue;
        if (attributes) {
            if (terminal->plain && n > 4 && memcmp(bytes + i, "\x1b[0;", 4) == 0)
                skip = 2;
            terminal->plain = n == 3;
            bytes[used++] = 0x1b;
            bytes[used++] = '[';
            memmove(bytes + used, bytes + i + 2 + skip, n - 2 - skip);
            used += n - 2 - skip;
        } else {
            bytes[used++] = bytes[i];
        }
    }
    return used;
}

bool queue_add_frame(struct terminal *terminal)
{
    int fd = fileno(terminal->sink);
    off_t length = lseek(fd, 0, SEEK_CUR);
    bool done = true;

    if (length <= 0)
        return true;
    if (terminal->tty >= 0) {
        char *to = reserve(&terminal->queue, (size_t)length);

        done = to && pread(fd, to, (size_t)length, 0) == length;
        if (done)
            terminal->queue.used += shorten(terminal, to, (size_t)length);
    }
    (void)lseek(fd, 0, SEEK_SET);
    return done;
}

static void empty(struct terminal *terminal)
{
    if (terminal->queue.used > 0 && terminal->input)
        loop_fd_set(terminal->input, LOOP_READ);
    terminal->queue.used = terminal->queue.sent = 0;
    restore_torn(false);
}

bool queue_send(struct terminal *terminal)
{
    struct terminal_queue *queue = &terminal->queue;

    while (queue->sent < queue->used) {
        ssize_t n = write(terminal->tty, queue->bytes + queue->sent, queue->used - queue->sent);

        if (n > 0) {
            queue->sent += (size_t)n;
        } else if (n < 0 && errno == EINTR) {
            continue;
        } else if (n < 0 && errno == EAGAIN) {
            restore_torn(!terminal_lines_only(terminal));
            loop_fd_set(terminal->input, LOOP_READ | LOOP_WRITE);
            return false;
        } else { // the terminal is gone: reading tells
            break;
        }
    }
    empty(terminal);
    return true;
}

void queue_drop(struct terminal *terminal)
{
    bool torn = terminal->queue.used > 0; // it waits only when a part was sent

    terminal->plain = false;
    empty(terminal);
    restore_torn(torn && !terminal_lines_only(terminal));
}
