#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "tui/screen/terminal_internal.h"
#include "tui/screen/terminal_restore.h"

#define PASTE_ON  "\x1b[?2004h"
#define PASTE_OFF "\x1b[?2004l"

struct bytes {
    char text[RESTORE_LIMIT];
    size_t n;
};

static void add(struct bytes *bytes, const char *text)
{
    size_t length = strlen(text);

    if (length <= sizeof bytes->text - bytes->n) {
        memcpy(bytes->text + bytes->n, text, length);
        bytes->n += length;
    }
}

static size_t add_capability(struct bytes *bytes, const char *capability)
{
    size_t n = curses_string(capability, bytes->text + bytes->n, sizeof bytes->text - bytes->n);

    bytes->n += n;
    return n;
}

// The whole screen scrolls, with nothing special to what is written. Whoever had the terminal
// before may have left it otherwise, and some terminals forget it when they are resized.
static void add_plain(struct bytes *bytes, const struct terminal *terminal)
{
    char text[64];
    size_t n = curses_string("csr", text, sizeof text - 1);

    text[n] = '\0';
    if (n > 0)
        add(bytes, tparm(text, 0L, (long)terminal->surface.height - 1, 0L, 0L, 0L, 0L, 0L, 0L, 0L));
    (void)add_capability(bytes, "sgr0");
}

static void add_restore(struct bytes *bytes, const struct terminal *terminal)
{
    const char *plain;

    if (terminal_lines_only(terminal)) {
        bytes->n = plain_leave(terminal, &plain);
        memcpy(bytes->text, plain, bytes->n);
        return;
    }
    add(bytes, PASTE_OFF);
    (void)add_capability(bytes, "rmkx");
    add_plain(bytes, terminal);
    (void)add_capability(bytes, "op");
    (void)add_capability(bytes, "cnorm");
    if (add_capability(bytes, "rmcup") == 0) // there is one screen only: leave it empty
        (void)add_capability(bytes, "clear");
}

static bool same_settings(const struct termios *a, const struct termios *b)
{
    return a->c_iflag == b->c_iflag && a->c_oflag == b->c_oflag && a->c_cflag == b->c_cflag &&
           a->c_lflag == b->c_lflag && memcmp(a->c_cc, b->c_cc, sizeof a->c_cc) == 0;
}

// After a stop by force the settings may still be ours: those are not to be restored later.
static int take_settings(struct terminal *terminal, bool again, struct error *err)
{
    struct termios now;

    if (tcgetattr(terminal->tty, &now) < 0)
        return error_errno(err, errno, "cannot read the terminal's settings");
    if (!again || !same_settings(&now, &terminal->raw))
        terminal->before = now;
    tty_raw(&now);
    terminal->raw = now;
    return 0;
}

int life_enter(struct terminal *terminal, bool again, struct error *err)
{
    struct bytes bytes = {.n = 0};
    int r = take_settings(terminal, again, err), flags;

    if (r < 0)
        return r;
    add_restore(&bytes, terminal);
    flags = fcntl(terminal->tty, F_GETFL);
    (void)restore_arm(terminal->tty, &terminal->before,
                      terminal->shared && flags >= 0 ? flags & ~O_NONBLOCK : -1, bytes.text,
                      bytes.n);
    (void)fcntl(terminal->tty, F_SETFL, flags | O_NONBLOCK);
    if (tcsetattr(terminal->tty, TCSANOW, &terminal->raw) < 0 ||
        tcgetattr(terminal->tty, &terminal->raw) < 0) {
        restore_disarm();
        return error_errno(err, errno, "cannot set up the terminal");
    }
    if (terminal_lines_only(terminal)) {
        const char *plain;
        size_t length = plain_enter(terminal, &plain);

        (void)queue_add(terminal, plain, length);
        (void)queue_send(terminal);
        return 0;
    }
    bytes.n = 0;
    if (again)
        (void)add_capability(&bytes, "smcup"); // the first time curses does
    (void)add_capability(&bytes, "smkx");
    add(&bytes, PASTE_ON);
    if (again && !terminal->surface.cursor_shown)
        (void)add_capability(&bytes, "civis");
    (void)queue_add(terminal, bytes.text, bytes.n);
    terminal->fresh = true;
    return 0;
}

void life_prefix(struct terminal *terminal)
{
    struct bytes bytes = {.n = 0};

    add_plain(&bytes, terminal);
    (void)queue_add(terminal, bytes.text, bytes.n);
}

// --- suspending ----------------------------------------------------------------------------------

static void resize(struct terminal *terminal)
{
    struct error err;
    int height, width;

    tty_size(terminal, &height, &width);
    terminal->fresh = true; // what the terminal did with its content is not known
    if (height != terminal->surface.height || width != terminal->surface.width)
        (void)curses_resize(terminal, height, width, &err); // fails: no memory, the old size stays
}

static void leave(struct terminal *terminal)
{
    queue_drop(terminal);
    restore_now();
    terminal->away = true;
}

static void come_back(struct terminal *terminal)
{
    struct error err;

    if (!terminal->away)
        restore_disarm(); // stopped by force: the shell has put its own settings in place
    terminal->away = false;
    queue_drop(terminal);
    // The rest of what had begun, the end of a paste above all, was read by the shell.
    key_decoder_reset(terminal->decoder);
    resize(terminal);
    if (life_enter(terminal, true, &err) < 0) {
        terminal->away = terminal->gone = true;
        terminal->events.hangup(terminal->context);
        return;
    }
    terminal->events.resumed(terminal->context);
}

// Stops by the signal's default action; returns when continued. The SIGCONT that does it is taken
// here, so that it is not told a second time.
static void stop(pid_t whom)
{
    struct sigaction ours, plain = {.sa_handler = SIG_DFL};
    sigset_t stopping, continuing, before;

    (void)sigemptyset(&stopping);
    (void)sigaddset(&stopping, SIGTSTP);
    (void)sigemptyset(&continuing);
    (void)sigaddset(&continuing, SIGCONT);
    (void)sigaction(SIGTSTP, &plain, &ours);
    (void)sigprocmask(SIG_BLOCK, &continuing, &before);
    (void)sigprocmask(SIG_UNBLOCK, &stopping, NULL);
    (void)kill(whom, SIGTSTP);
    while (sigtimedwait(&continuing, NULL, &(struct timespec){0}) > 0)
        ;
    (void)sigprocmask(SIG_SETMASK, &before, NULL);
    (void)sigaction(SIGTSTP, &ours, NULL);
}

void terminal_suspend(struct terminal *terminal)
{
    if (terminal_off_screen(terminal) || terminal->away)
        return;
    leave(terminal);
    stop(0); // the whole job, as the terminal's own Ctrl-Z would: a script that runs us waits too
    come_back(terminal);
}

// --- lending -------------------------------------------------------------------------------------

void terminal_lend(struct terminal *terminal)
{
    if (terminal_off_screen(terminal) || terminal->away)
        return;
    leave(terminal);
    loop_fd_set(terminal->input, 0);
    terminal->lent = true;
}

void terminal_take(struct terminal *terminal)
{
    if (!terminal->lent)
        return;
    terminal->lent = false;
    if (terminal->gone)
        return;
    loop_fd_set(terminal->input, LOOP_READ);
    come_back(terminal);
}

bool terminal_lent(const struct terminal *terminal)
{
    return terminal->lent;
}

// --- signals -------------------------------------------------------------------------------------

static void on_signal(int number, void *context)
{
    struct terminal *terminal = context;

    switch (number) {
    case SIGWINCH:
        if (terminal->lent)
            terminal->events.resized(terminal->context);
        if (terminal->away)
            return;
        resize(terminal);
        terminal->events.resized(terminal->context);
        break;
    case SIGTSTP:
        if (terminal->away)
            return;
        leave(terminal);
        stop(getpid());
        come_back(terminal);
        break;
    case SIGCONT:
        if (!terminal->gone && !terminal->lent)
            come_back(terminal);
        break;
    case SIGINT:
        terminal->events.interrupt(terminal->context);
        break;
    case SIGTERM:
    case SIGHUP:
        terminal->events.hangup(terminal->context);
        break;
    }
}

int life_signals(struct terminal *terminal, struct error *err)
{
    static const int numbers[] = {SIGWINCH, SIGTSTP, SIGCONT, SIGINT, SIGTERM, SIGHUP};

    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
        int r = loop_signal(terminal->loop, numbers[i], on_signal, terminal, &terminal->signals[i],
                            err);

        if (r < 0)
            return r;
    }
    return 0;
}
