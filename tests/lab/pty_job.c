#include "pty.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

struct news {
    pid_t pid;
    int status;
};

static void run_command(int slave, char **arguments)
{
    static const int reset[] = {SIGTTOU, SIGTTIN, SIGTSTP, SIGINT, SIGQUIT};

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setpgid(0, 0);
    (void)tcsetpgrp(slave, getpid());
    for (size_t i = 0; i < sizeof reset / sizeof reset[0]; i++)
        (void)signal(reset[i], SIG_DFL);
    for (int fd = 0; fd < 3; fd++)
        (void)dup2(slave, fd);
    (void)close_range(3, ~0U, 0);
    (void)execvp(arguments[0], arguments);
    _exit(127);
}

// What a shell does: takes the terminal when its job stops, gives it back for fg.
static void be_shell(int socket, const char *name, char **arguments)
{
    struct news news;
    char byte;
    int slave;

    (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void)setsid();
    (void)signal(SIGTTOU, SIG_IGN);
    (void)signal(SIGHUP, SIG_IGN);
    slave = open(name, O_RDWR); // becomes the controlling terminal
    news.pid = fork();
    if (news.pid == 0)
        run_command(slave, arguments);
    (void)setpgid(news.pid, news.pid);
    (void)tcsetpgrp(slave, news.pid);
    news.status = -1;
    for (;;) {
        if (write(socket, &news, sizeof news) != sizeof news || WIFEXITED(news.status) ||
            WIFSIGNALED(news.status))
            _exit(0);
        if (news.status != -1 && WIFSTOPPED(news.status)) {
            (void)tcsetpgrp(slave, getpgrp());
            if (read(socket, &byte, 1) != 1)
                _exit(0);
            (void)tcsetpgrp(slave, news.pid);
            (void)kill(-news.pid, SIGCONT);
        }
        while (waitpid(news.pid, &news.status, WUNTRACED) < 0 && errno == EINTR)
            ;
    }
}

void job_begin(struct lab *lab, char **arguments)
{
    int pair[2];
    struct news news;
    const char *name;
    pid_t shell;

    lab->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC | O_NONBLOCK);
    if (lab->master < 0 || grantpt(lab->master) < 0 || unlockpt(lab->master) < 0)
        die("no terminal: %s", strerror(errno));
    name = ptsname(lab->master);
    lab->slave = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    (void)ioctl(lab->slave, TIOCSWINSZ, &lab->size);
    (void)tcgetattr(lab->slave, &lab->before);
    if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
        die("no socket: %s", strerror(errno));
    shell = fork();
    if (shell < 0)
        die("fork: %s", strerror(errno));
    if (shell == 0) {
        (void)close(lab->master);
        (void)close(lab->slave);
        (void)close(pair[0]);
        be_shell(pair[1], name, arguments);
    }
    (void)close(pair[1]);
    lab->shell = pair[0];
    if (read(lab->shell, &news, sizeof news) != sizeof news)
        die("the command did not start");
    lab->command = news.pid;
}

static void take(struct lab *lab)
{
    ssize_t n;

    do {
        if (lab->room - lab->used < 65536) {
            lab->room = 2 * lab->room + 131072;
            lab->bytes = realloc(lab->bytes, lab->room);
            if (!lab->bytes)
                die("out of memory");
        }
        n = read(lab->master, lab->bytes + lab->used, 65536);
        if (n > 0)
            lab->used += (size_t)n;
    } while (n > 0);
}

void job_turn(struct lab *lab)
{
    struct pollfd fds[] = {{.fd = lab->stalled ? -1 : lab->master, .events = POLLIN},
                           {.fd = lab->ended ? -1 : lab->shell, .events = POLLIN}};
    struct news news;

    if (lab->master >= 0 && !lab->stalled)
        take(lab);
    (void)poll(fds, 2, 10);
    if (fds[0].revents & POLLIN)
        take(lab);
    if (fds[1].revents && recv(lab->shell, &news, sizeof news, 0) == sizeof news) {
        lab->status = news.status;
        lab->stopped = WIFSTOPPED(news.status);
        lab->ended = !lab->stopped;
    }
}

static bool sleeps(const struct lab *lab)
{
    char path[64], line[64] = "";
    int unread = 0;
    long call = -1;
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/%d/syscall", (int)lab->command);
    file = fopen(path, "re");
    if (file && fgets(line, sizeof line, file))
        call = strtol(line, NULL, 10); // "running" is 0, which is read(2)
    if (file)
        (void)fclose(file);
    (void)ioctl(lab->slave, FIONREAD, &unread);
#ifdef SYS_epoll_wait
    if (call == SYS_epoll_wait)
        return unread == 0;
#endif
    return call == SYS_epoll_pwait && unread == 0;
}

// Bytes pass the kernel's queue between the two sides a moment after they were written.
bool job_settled(struct lab *lab)
{
    for (int i = 0; i < 8; i++) {
        size_t before = lab->used;

        job_turn(lab);
        if (lab->used != before || !sleeps(lab))
            return false;
    }
    return true;
}

void job_end(struct lab *lab)
{
    if (!lab->ended)
        (void)kill(lab->command, SIGKILL);
    (void)close(lab->shell);
    while (wait(NULL) > 0)
        ;
}
