#include "tui/screen/terminal_restore.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/cleanup.h"

static struct {
    volatile sig_atomic_t armed, torn;
    int fd, flags;
    struct termios before;
    char bytes[RESTORE_LIMIT];
    size_t length;
} restore = {.fd = -1};

// What ends a process with the screen still on: faults, abort(3), and who wants its core.
static const int fatal[] = {SIGSEGV, SIGABRT, SIGBUS, SIGFPE, SIGILL, SIGSYS, SIGTRAP, SIGQUIT};

static struct sigaction before_us[ARRAY_SIZE(fatal)];
static bool installed;
static char stack[65536]; // a fault may be that of the stack's end

// The descriptor is non-blocking; a terminal that is stopped takes nothing.
static void write_all(const char *bytes, size_t length)
{
    int waits = 10;

    while (length > 0) {
        ssize_t n = write(restore.fd, bytes, length);

        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
        } else if (n < 0 && errno == EAGAIN && waits-- > 0) {
            (void)poll(&(struct pollfd){.fd = restore.fd, .events = POLLOUT}, 1, 100);
        } else if (n >= 0 || errno != EINTR) {
            return;
        }
    }
}

void restore_now(void)
{
    int saved = errno;

    if (restore.armed) {
        restore.armed = 0;
        if (restore.torn)
            write_all("\x18", 1);
        write_all(restore.bytes, restore.length);
        (void)tcsetattr(restore.fd, TCSANOW, &restore.before);
        if (restore.flags >= 0)
            (void)fcntl(restore.fd, F_SETFL, restore.flags);
    }
    errno = saved;
}

// The action that was there before gets the signal: by its cause happening again, or by raise(3)
// when somebody sent it.
static void on_fatal(int number, siginfo_t *info, void *context)
{
    bool happens_again;

    (void)context;
    restore_now();
    for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
        if (fatal[i] == number)
            (void)sigaction(number, &before_us[i], NULL);
    happens_again = info->si_code > 0 &&
                    (number == SIGSEGV || number == SIGBUS || number == SIGFPE || number == SIGILL);
    if (!happens_again)
        (void)raise(number);
}

static void install(void)
{
    struct sigaction action = {.sa_sigaction = on_fatal, .sa_flags = SA_SIGINFO | SA_ONSTACK};
    stack_t now;

    if (sigaltstack(NULL, &now) == 0 && now.ss_flags & SS_DISABLE)
        (void)sigaltstack(&(stack_t){.ss_sp = stack, .ss_size = sizeof stack}, NULL);
    (void)sigemptyset(&action.sa_mask);
    for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
        (void)sigaction(fatal[i], &action, &before_us[i]);
    installed = true;
}

bool restore_arm(int fd, const struct termios *before, int flags, const char *bytes, size_t length)
{
    static bool at_exit;

    if (length > sizeof restore.bytes)
        return false;
    restore.armed = 0;
    restore.torn = 0;
    restore.fd = fd;
    restore.flags = flags;
    restore.before = *before;
    memcpy(restore.bytes, bytes, length);
    restore.length = length;
    if (!at_exit)
        at_exit = atexit(restore_now) == 0;
    if (!installed)
        install();
    restore.armed = 1;
    return true;
}

void restore_disarm(void)
{
    restore.armed = 0;
    if (!installed)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(fatal); i++)
        (void)sigaction(fatal[i], &before_us[i], NULL);
    installed = false;
}

void restore_torn(bool torn)
{
    restore.torn = torn;
}
