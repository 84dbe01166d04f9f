#include <errno.h>
#include <poll.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tui/screen/terminal_internal.h"

static uint64_t now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000 + (uint64_t)now.tv_nsec / 1000000;
}

static void tell_keys(struct terminal *terminal)
{
    int timeout;

    for (;;) {
        struct key_event event = key_decoder_next(terminal->decoder, now_ms());

        if (event.kind == EVENT_NONE)
            break;
        terminal->events.key(event, terminal->context);
    }
    timeout = key_decoder_timeout(terminal->decoder, now_ms());
    if (timeout >= 0)
        loop_timer_start(terminal->timer, (uint64_t)(timeout > 0 ? timeout : 1));
    else
        loop_timer_stop(terminal->timer);
}

static void on_timer(void *context)
{
    tell_keys(context);
}

static void lost(struct terminal *terminal)
{
    queue_drop(terminal);
    loop_fd_set(terminal->input, 0);
    terminal->away = terminal->gone = true;
    terminal->events.hangup(terminal->context);
}

static void on_ready(int fd, unsigned events, void *context)
{
    struct terminal *terminal = context;
    char bytes[4096];
    ssize_t n;

    if (events & LOOP_WRITE && queue_send(terminal) && terminal->owed) {
        terminal->owed = false;
        terminal->events.resized(terminal->context);
    }
    if (!(events & (LOOP_READ | LOOP_FAILED)))
        return;
    n = read(fd, bytes, sizeof bytes);
    if (n > 0) {
        key_decoder_feed(terminal->decoder, bytes, (size_t)n, now_ms());
        tell_keys(terminal);
    } else if (n == 0 || (errno != EAGAIN && errno != EINTR)) {
        lost(terminal);
    }
}

int input_begin(struct terminal *terminal, struct error *err)
{
    int r;

    terminal->decoder = key_decoder_new(tty_esc_ms(terminal));
    if (!terminal->decoder)
        return ERROR_OOM(err);
    if (terminal->tty < 0)
        return 0;
    curses_keys(terminal->decoder);
    r = loop_timer(terminal->loop, on_timer, terminal, &terminal->timer, err);
    if (r < 0)
        return r;
    return loop_fd(terminal->loop, terminal->tty, LOOP_READ, on_ready, terminal, &terminal->input,
                   err);
}

void input_end(struct terminal *terminal)
{
    loop_source_free(terminal->timer);
    loop_source_free(terminal->input);
    terminal->timer = terminal->input = NULL;
    if (terminal->decoder)
        key_decoder_free(terminal->decoder);
    terminal->decoder = NULL;
}

void terminal_press(struct terminal *terminal, struct key_event event)
{
    terminal->events.key(event, terminal->context);
}

void terminal_set_esc(struct terminal *terminal, unsigned esc_ms)
{
    key_decoder_set_esc(terminal->decoder, esc_ms > 0 ? esc_ms : tty_esc_ms(terminal));
}
