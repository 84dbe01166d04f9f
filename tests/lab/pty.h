// A command on a terminal of its own; see pty.c.
#ifndef DAVIT_TESTS_LAB_PTY_H
#define DAVIT_TESTS_LAB_PTY_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/types.h>
#include <termios.h>

struct lab {
    int master, slave, shell; // shell: talks with the process that is the session's first
    pid_t command;
    struct termios before;
    struct winsize size;
    const char *log, *output;
    unsigned limit_ms;
    char *bytes;
    size_t used, room, mark;
    bool stalled, stopped, ended;
    int status;
};

// Says why on standard error and exits.
void die(const char *format, ...) __attribute__((noreturn, format(printf, 1, 2)));

void job_begin(struct lab *lab, char **arguments);
void job_end(struct lab *lab);
void job_turn(struct lab *lab); // takes what happens; waits for it at most 10 ms
// It sleeps in epoll, and nothing has come for a while.
bool job_settled(struct lab *lab);

#endif
