#include "core/engine/enter_channel.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

void channel_set_nonblocking(int fd)
{
    int flags = fd < 0 ? -1 : fcntl(fd, F_GETFL);

    if (flags >= 0)
        (void)fcntl(fd, F_SETFL, flags | O_NONBLOCK);
}

int channel_open_anew(int fd)
{
    struct stat stat;
    char path[32];
    int opened = -1;

    if (fstat(fd, &stat) == 0 && (isatty(fd) || S_ISFIFO(stat.st_mode))) {
        (void)snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
        opened = open(path, O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    }
    return opened >= 0 ? opened : fcntl(fd, F_DUPFD_CLOEXEC, 3);
}

void channel_take(struct channel *channel)
{
    size_t room = sizeof channel->bytes < channel->left ? sizeof channel->bytes : channel->left;
    ssize_t n = read(channel->from, channel->bytes, room);

    channel->sent = 0;
    channel->used = n > 0 ? (size_t)n : 0;
    channel->left -= channel->used;
    if (n > 0 || (n < 0 && errno == EINTR))
        return;
    channel->drained = true;
    // EIO: nobody has the terminal open any more. EAGAIN: not yet, or at the end no more.
    if (n == 0 || errno != EAGAIN)
        channel->from = -1;
}

void channel_give(struct channel *channel)
{
    ssize_t n = write(channel->to, channel->bytes + channel->sent, channel->used - channel->sent);

    if (n > 0)
        channel->sent += (size_t)n;
    else if (n < 0 && errno != EAGAIN && errno != EINTR)
        channel->broken = true;
    if (channel->sent == channel->used)
        channel->used = channel->sent = 0;
}

bool channel_has_bytes(const struct channel *channel)
{
    return channel->used > channel->sent;
}

struct pollfd channel_wanted(const struct channel *channel)
{
    if (channel_has_bytes(channel))
        return (struct pollfd){.fd = channel->to, .events = POLLOUT};
    return (struct pollfd){.fd = channel->to < 0 ? -1 : channel->from, .events = POLLIN};
}
