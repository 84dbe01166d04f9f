// Between the caller's descriptors and the command's: bytes both ways, the terminal's size, and
// signals; until the command ends and all that it wrote has been passed on.
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/engine/enter_channel.h"
#include "core/engine/enter_internal.h"
#include "core/host/mountcalls.h"

#define HANGUP_US   2000000ULL // for a command to end when its terminal has gone, before SIGKILL
#define IN_TERMINAL 1048576    // bytes; more never are

enum { CHANNEL_IN, CHANNEL_OUT, CHANNEL_ERROR, CHANNELS };

static struct { // one relay a process
    struct termios before;
    int terminal; // -1: nothing to be restored
    sigset_t mask;
    int signals;
} current = {.terminal = -1, .signals = -1};

static const int passed_on[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2};
static const int fatal[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT};

// ---- the terminal ----

static void restore_terminal(void)
{
    if (current.terminal >= 0)
        (void)tcsetattr(current.terminal, TCSANOW, &current.before);
}

static void on_fatal(int number)
{
    restore_terminal();
    (void)raise(number); // its disposition is the default one again
}

static int make_raw(int terminal)
{
    struct termios raw;

    if (tcgetattr(terminal, &current.before) < 0)
        return -errno;
    raw = current.before;
    cfmakeraw(&raw);
    if (tcsetattr(terminal, TCSANOW, &raw) < 0)
        return -errno;
    current.terminal = terminal;
    return 0;
}

static void pass_size(const struct relay *relay)
{
    struct winsize size;

    if (relay->terminal && ioctl(relay->request->in, TIOCGWINSZ, &size) == 0)
        (void)ioctl(relay->out, TIOCSWINSZ, &size);
}

// ---- the loop ----

struct loop {
    struct relay *relay;
    struct channel *channels;
    int pidfd;
    bool ended;                 // the command
    unsigned long long kill_at; // monotonic_us; 0: never
    bool killed;
    int status;
};

static void send_signal(const struct relay *relay, int number)
{
    if (kill(-relay->pid, number) < 0)
        (void)kill(relay->pid, number);
}

// Whoever ends davit ends a terminal, as a line that breaks does.
static void hang_up(struct loop *loop)
{
    send_signal(loop->relay, SIGHUP);
    send_signal(loop->relay, SIGCONT);
    if (loop->kill_at == 0)
        loop->kill_at = monotonic_us() + HANGUP_US;
}

static void stop_here(const struct relay *relay)
{
    restore_terminal();
    (void)kill(getpid(), SIGSTOP);
    if (current.terminal >= 0)
        (void)make_raw(current.terminal);
    pass_size(relay);
}

static void on_signal(struct loop *loop)
{
    struct signalfd_siginfo info;

    if (read(current.signals, &info, sizeof info) != (ssize_t)sizeof info)
        return;
    switch (info.ssi_signo) {
    case SIGWINCH:
        pass_size(loop->relay);
        return;
    case SIGTSTP:
        stop_here(loop->relay);
        return;
    default:
        send_signal(loop->relay, (int)info.ssi_signo);
        if (loop->relay->terminal && (info.ssi_signo == SIGTERM || info.ssi_signo == SIGHUP))
            hang_up(loop);
    }
}

// A terminal is one descriptor for both ways, and ends with the relay.
static void end_channel(struct loop *loop, int which, int *end)
{
    struct channel *channel = &loop->channels[which];

    if (!loop->relay->terminal || which == CHANNEL_ERROR) {
        cleanup_close(end);
        *end = -1;
    }
    if (which == CHANNEL_IN)
        channel->to = -1;
    channel->from = -1;
    channel->used = channel->sent = 0;
    channel->broken = false;
}

static void pass_on_the_rest(struct loop *loop, int status)
{
    loop->status = status;
    loop->ended = true;
    end_channel(loop, CHANNEL_IN, &loop->relay->in);
    // What there is is read until there is no more; the kernel has all of it by now. What others
    // write from here on, perhaps for ever, is not waited for.
    for (int i = CHANNEL_OUT; i < CHANNELS; i++) {
        int size = fcntl(loop->channels[i].from, F_GETPIPE_SZ);

        loop->channels[i].drained = false;
        loop->channels[i].left = size > 0 ? (size_t)size : IN_TERMINAL;
    }
}

static void on_end(struct loop *loop)
{
    siginfo_t info = {.si_status = 0};

    if (waitid(P_PID, (id_t)loop->relay->pid, &info, WEXITED) < 0)
        info = (siginfo_t){.si_code = CLD_EXITED, .si_status = 1};
    pass_on_the_rest(loop, info.si_code == CLD_EXITED ? info.si_status : 128 + info.si_status);
}

// What a control group of version 1 has frozen does not even end when it is killed, before it is
// thawed: that is not waited for.
static void on_late(struct loop *loop)
{
    if (loop->killed) {
        pass_on_the_rest(loop, 128 + SIGKILL);
        return;
    }
    send_signal(loop->relay, SIGKILL);
    loop->killed = true;
    loop->kill_at = monotonic_us() + HANGUP_US;
}

static bool finished(const struct loop *loop)
{
    for (int i = CHANNEL_OUT; i < CHANNELS; i++)
        if (channel_has_bytes(&loop->channels[i]) ||
            (loop->channels[i].from >= 0 && !loop->channels[i].drained))
            return false;
    return loop->ended;
}

static int time_left(const struct loop *loop)
{
    unsigned long long now = monotonic_us();

    if (loop->kill_at == 0 || loop->ended)
        return -1;
    return loop->kill_at > now ? (int)((loop->kill_at - now) / 1000 + 1) : 0;
}

// Standard input is over: so is the command's. A terminal that is over has hung up. Whom nobody
// reads finds its pipe broken, as without davit.
static void check_ends(struct loop *loop)
{
    struct channel *in = &loop->channels[CHANNEL_IN];
    struct relay *relay = loop->relay;

    if (in->to >= 0 && !loop->ended && ((in->from < 0 && !channel_has_bytes(in)) || in->broken)) {
        if (relay->terminal)
            hang_up(loop);
        end_channel(loop, CHANNEL_IN, &relay->in);
    }
    if (loop->channels[CHANNEL_OUT].broken) {
        if (relay->terminal)
            hang_up(loop);
        end_channel(loop, CHANNEL_OUT, &relay->out);
    }
    if (loop->channels[CHANNEL_ERROR].broken)
        end_channel(loop, CHANNEL_ERROR, &relay->error);
}

static void turn(struct loop *loop)
{
    struct pollfd fds[CHANNELS + 2];
    int n;

    for (int i = 0; i < CHANNELS; i++) {
        fds[i] = channel_wanted(&loop->channels[i]);
        if (loop->ended && fds[i].fd >= 0 && fds[i].events == POLLIN)
            channel_take(&loop->channels[i]);
        if (loop->ended)
            fds[i] = channel_wanted(&loop->channels[i]);
        if (loop->ended && fds[i].events == POLLIN)
            fds[i].fd = -1;
    }
    if (finished(loop))
        return;
    fds[CHANNELS] = (struct pollfd){.fd = current.signals, .events = POLLIN};
    fds[CHANNELS + 1] = (struct pollfd){.fd = loop->ended ? -1 : loop->pidfd, .events = POLLIN};
    n = poll(fds, CHANNELS + 2,
             loop->ended && !channel_has_bytes(&loop->channels[CHANNEL_OUT]) &&
                     !channel_has_bytes(&loop->channels[CHANNEL_ERROR])
                 ? 0
                 : time_left(loop));
    if (n < 0)
        return;
    if (n == 0 && loop->kill_at && !loop->ended && time_left(loop) == 0)
        on_late(loop);
    for (int i = 0; i < CHANNELS; i++)
        if (fds[i].fd >= 0 && fds[i].revents) {
            if (fds[i].events == POLLOUT)
                channel_give(&loop->channels[i]);
            else
                channel_take(&loop->channels[i]);
        }
    if (fds[CHANNELS].revents)
        on_signal(loop);
    if (fds[CHANNELS + 1].revents)
        on_end(loop);
    check_ends(loop);
}

int relay_begin(struct error *err)
{
    sigset_t wait;

    (void)sigemptyset(&wait);
    for (size_t i = 0; i < ARRAY_SIZE(passed_on); i++)
        (void)sigaddset(&wait, passed_on[i]);
    (void)sigaddset(&wait, SIGWINCH);
    (void)sigaddset(&wait, SIGTSTP);
    (void)signal(SIGPIPE, SIG_IGN);
    if (sigprocmask(SIG_BLOCK, &wait, &current.mask) < 0)
        return error_errno(err, errno, "cannot block signals");
    current.signals = signalfd(-1, &wait, SFD_CLOEXEC | SFD_NONBLOCK);
    if (current.signals < 0) {
        int r = error_errno(err, errno, "cannot wait for signals");

        (void)sigprocmask(SIG_SETMASK, &current.mask, NULL);
        return r;
    }
    return 0;
}

void relay_end(void)
{
    restore_terminal();
    current.terminal = -1;
    cleanup_close(&current.signals);
    current.signals = -1;
    (void)sigprocmask(SIG_SETMASK, &current.mask, NULL);
}

static void open_channels(const struct relay *relay, struct channel *channels)
{
    const struct enter_request *request = relay->request;

    for (int i = 0; i < CHANNELS; i++) {
        channels[i].from = channels[i].to = -1;
        channels[i].left = SIZE_MAX;
    }
    channels[CHANNEL_IN].from = request->in;
    channels[CHANNEL_IN].to = relay->in;
    channels[CHANNEL_OUT].from = relay->out;
    channels[CHANNEL_OUT].to = channel_open_anew(request->out);
    channel_set_nonblocking(relay->in);
    channel_set_nonblocking(relay->out);
    if (relay->error >= 0) {
        channels[CHANNEL_ERROR].from = relay->error;
        channels[CHANNEL_ERROR].to = channel_open_anew(request->error);
        channel_set_nonblocking(relay->error);
    }
}

int relay_run(struct relay *relay, int *ret_status, struct error *err)
{
    struct loop loop = {.relay = relay, .pidfd = call_pidfd_open(relay->pid)};
    int r = loop.pidfd < 0 ? loop.pidfd : 0;

    loop.channels = calloc(CHANNELS, sizeof *loop.channels);
    if (r == 0 && !loop.channels)
        r = -ENOMEM;
    if (r == 0 && relay->terminal)
        r = make_raw(relay->request->in);
    if (r < 0) {
        send_signal(relay, SIGKILL);
        (void)waitpid(relay->pid, NULL, 0);
        cleanup_close(&loop.pidfd);
        free(loop.channels);
        return error_errno(err, -r, "cannot follow the command");
    }
    for (size_t i = 0; relay->terminal && i < ARRAY_SIZE(fatal); i++) {
        struct sigaction action = {.sa_handler = on_fatal, .sa_flags = (int)SA_RESETHAND};

        (void)sigaction(fatal[i], &action, NULL);
    }
    open_channels(relay, loop.channels);
    pass_size(relay);
    while (!finished(&loop))
        turn(&loop);
    for (int i = CHANNEL_OUT; i < CHANNELS; i++)
        cleanup_close(&loop.channels[i].to);
    cleanup_close(&loop.pidfd);
    free(loop.channels);
    *ret_status = loop.status;
    return 0;
}
