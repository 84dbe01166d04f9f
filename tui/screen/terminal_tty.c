#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <utmpx.h>

#include "tui/screen/terminal_internal.h"

#define HEIGHT_MOST 500
#define WIDTH_MOST  1000

#define HOW (O_RDWR | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

// O_NONBLOCK belongs to an open file, which we share with the shell: so one of our own is opened.
// By its own name, which a user who was changed to (su, sudo) may not open, then as /dev/tty.
static int open_anew(void)
{
    _cleanup_close_ int fd = open("/proc/self/fd/1", HOW);
    unsigned device = 0;
    struct stat out;

    if (fd >= 0)
        return TAKE_FD(fd);
    fd = open("/dev/tty", HOW);
    if (fd < 0 || fstat(STDOUT_FILENO, &out) < 0 || ioctl(fd, TIOCGDEV, &device) < 0 ||
        makedev(major(device), minor(device)) != out.st_rdev)
        return -1;
    return TAKE_FD(fd);
}

int tty_open(struct terminal *terminal, struct error *err)
{
    if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
        (void)error_set(err, ERROR_USAGE, ENOTTY, "the console needs a terminal: %s is none",
                        isatty(STDIN_FILENO) ? "standard output" : "standard input");
        error_hint(err, "in scripts use a verb, such as davit ls; over ssh add -t");
        return -ENOTTY;
    }
    terminal->tty = open_anew();
    terminal->shared = terminal->tty < 0;
    if (terminal->shared)
        terminal->tty = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
    if (terminal->tty < 0)
        return error_errno(err, errno, "cannot open the terminal");
    return 0;
}

void tty_raw(struct termios *termios)
{
    termios->c_iflag &=
        (tcflag_t) ~(IGNBRK | BRKINT | PARMRK | ISTRIP | INLCR | IGNCR | ICRNL | IXON | IXOFF);
    termios->c_oflag &= (tcflag_t)~OPOST;
    termios->c_lflag &= (tcflag_t) ~(ECHO | ECHONL | ICANON | ISIG | IEXTEN);
    termios->c_cflag &= (tcflag_t) ~(CSIZE | PARENB);
    termios->c_cflag |= CS8;
    termios->c_cc[VMIN] = 1;
    termios->c_cc[VTIME] = 0;
}

void tty_size(const struct terminal *terminal, int *ret_height, int *ret_width)
{
    struct winsize size = {0};

    if (ioctl(terminal->tty, TIOCGWINSZ, &size) < 0)
        size = (struct winsize){0};
    *ret_height = size.ws_row == 0 ? 24 : size.ws_row > HEIGHT_MOST ? HEIGHT_MOST : size.ws_row;
    *ret_width = size.ws_col == 0 ? 80 : size.ws_col > WIDTH_MOST ? WIDTH_MOST : size.ws_col;
}

// sudo takes ssh's variables away; who logged in on the terminal is still on record.
static bool is_remote(const struct terminal *terminal)
{
    char name[sizeof((struct utmpx *)0)->ut_line + sizeof "/dev/"];
    struct utmpx asked = {0}, *found;

    if (getenv("SSH_CONNECTION") || getenv("SSH_TTY"))
        return true;
    if (ttyname_r(terminal->tty, name, sizeof name) != 0 || strncmp(name, "/dev/", 5) != 0)
        return false;
    (void)snprintf(asked.ut_line, sizeof asked.ut_line, "%.*s", (int)sizeof asked.ut_line - 1,
                   name + 5);
    setutxent();
    found = getutxline(&asked);
    endutxent();
    // ":0" is a display, "tmux(4711).%0" a multiplexer
    return found && found->ut_host[0] && found->ut_host[0] != ':' &&
           !memchr(found->ut_host, '(', sizeof found->ut_host);
}

unsigned tty_esc_ms(const struct terminal *terminal)
{
    return terminal->tty >= 0 && is_remote(terminal) ? 500 : 100;
}
