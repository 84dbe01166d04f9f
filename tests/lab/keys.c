// Presses random keys on a console, as fast as it takes them, and looks whether it lives.
//
//   keys [-a] [-e MS] [-w WORD]… SEED COUNT COMMAND [ARGUMENT…]
//
// -e     how long its Esc waits for a sequence
// -w     a text that is typed now and then, such as a path; no A in it
// -a     every key. Without it none that confirms a change is pressed: not A, and not Enter while
//        the buttons of a detach are on the screen, which is painted anew and looked at before.
//
// Its size changes meanwhile, it is stopped and goes on, text is pasted. If it is closed by a key
// it is started again. At the end it must leave by Ctrl-C with status 0, as at each time before.
// Prints what was done; exit status 1 and the last keys if something was not so.
#include "pty.h"

#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define WORDS_MAX    16
#define LAST_MAX     60
#define LIMIT_S      30
#define RESTARTS_MAX 400

static struct {
    struct lab lab;
    uint64_t state;
    const char *words[WORDS_MAX];
    size_t n_words;
    bool all;
    unsigned esc_ms, restarts, looked, avoided, stopped;
    const char *last[LAST_MAX];
    size_t pressed;
    char **command;
    char frame[1 << 20];
    size_t framed;
} run;

// What a terminal sends. More often than once: what is pressed more often.
// clang-format off
static const char *const keys[] = {
    "j", "k", "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1bOF",
    "g", "G", "\x04", "\x15", "\t", "\t", "\x1b[Z", "1", "2", "3", "3", "4", "l", "+", "_", "\r",
    "\r", "\r", "\r", "\r", "\r", "\x7f", "\x7f", "\x7f", " ", " ", "*", "/", "n", "N", "x", "x",
    ":", "?", "\x1bOP", "<", ">", "I", "a", "a", "a", "D", "D", "U", "U", "\x1b[3~", "y", "\x0f",
    "\x0f", "f", "w", "t", "F", "\x1b[15~", "\x0c", "q", "\x1b[21~", "\x1bOQ", "\x1b[19~", "\x03",
    "\x1a", "d", "e", "R", "b", "o", "r", "s", "v", "!", "\x01", "\x05", "\x0b", "\x17", "\n",
    "\x1b", "\x1b", "A", "A", "A", "\xc3\xa4", "\xff", "\x1b[", "\x1bO", "\x1b[99;99;99~", "\x1bx",
    "\x1b[200~pasted A\r\x1b[201~", "\x1b[200~/srv\x1b[201~", "\x1b[M !!", "quit", "detach", "und",
    "..", "", "", // a word
};
// clang-format on
enum { KEY_COUNT = sizeof keys / sizeof keys[0] };

void die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)fputs("keys: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static uint64_t next_random(void)
{
    run.state ^= run.state << 13;
    run.state ^= run.state >> 7;
    run.state ^= run.state << 17;
    return run.state;
}

// What the kernel knows of it.
static void show_process(void)
{
    static const char *const files[] = {"status", "syscall", "stack"};
    char path[64], line[256];

    (void)fprintf(stderr, "its group %d, the terminal's %d, the harness thinks it %s\n",
                  (int)getpgid(run.lab.command), (int)tcgetpgrp(run.lab.master),
                  run.lab.stopped ? "stopped" : "runs");
    for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
        FILE *file;

        (void)snprintf(path, sizeof path, "/proc/%d/%s", (int)run.lab.command, files[i]);
        file = fopen(path, "re");
        while (file && fgets(line, sizeof line, file))
            if (i > 0 || strncmp(line, "State", 5) == 0 || strncmp(line, "Sig", 3) == 0 ||
                strncmp(line, "ShdPnd", 6) == 0)
                (void)fputs(line, stderr);
        if (file)
            (void)fclose(file);
    }
}

static void not_so(const char *what)
{
    show_process();
    (void)fprintf(stderr, "keys: %s after %zu keys, status %#x\nthe last:", what, run.pressed,
                  (unsigned)run.lab.status);
    for (size_t i = run.pressed > LAST_MAX ? run.pressed - LAST_MAX : 0; i < run.pressed; i++) {
        (void)fputc(' ', stderr);
        for (const char *s = run.last[i % LAST_MAX]; *s; s++) {
            unsigned char c = (unsigned char)*s;

            (void)(c < 0x20 || c > 0x7e ? fprintf(stderr, "\\x%02x", c) : fputc(c, stderr));
        }
    }
    (void)fputs("\nwhat it wrote at last:\n", stderr);
    (void)fwrite(run.frame, 1, run.framed < 3000 ? run.framed : 3000, stderr);
    job_end(&run.lab);
    exit(1);
}

// Takes what there is without waiting, and what became of the command.
static void follow(void)
{
    struct pollfd shell = {.fd = run.lab.shell, .events = POLLIN};
    static char ignored[65536];
    struct pollfd master = {.fd = run.lab.master, .events = POLLIN};

    while (poll(&master, 1, 0) > 0 && master.revents & POLLIN &&
           read(run.lab.master, ignored, sizeof ignored) > 0)
        ;
    if (!run.lab.ended && poll(&shell, 1, 0) > 0)
        job_turn(&run.lab);
    if (run.lab.stopped) { // Ctrl-Z: and now fg
        run.lab.stopped = false;
        run.stopped++;
        (void)send(run.lab.shell, "c", 1, 0);
    }
}

static time_t now(void)
{
    struct timespec time;

    (void)clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec;
}

static void send_bytes(const char *bytes, size_t length)
{
    time_t until = now() + LIMIT_S;

    while (length > 0 && !run.lab.ended) {
        ssize_t n = write(run.lab.master, bytes, length);

        if (n > 0) {
            bytes += n;
            length -= (size_t)n;
        } else {
            follow();
            (void)poll(NULL, 0, 1);
        }
        if (now() > until)
            not_so("it takes no keys");
    }
}

static void press(const char *key)
{
    run.last[run.pressed++ % LAST_MAX] = key;
    send_bytes(key, strlen(key));
    follow();
    if (key[0] == '\x1b' && key[1] == '\0') {
        struct timespec pause = {.tv_nsec = 2L * 1000000 * (long)run.esc_ms};

        (void)nanosleep(&pause, NULL);
    }
}

static void start(void)
{
    time_t until = now() + LIMIT_S;

    run.lab = (struct lab){.size = {.ws_row = 24, .ws_col = 80}};
    job_begin(&run.lab, run.command);
    while (!run.lab.ended && !(run.lab.bytes && memmem(run.lab.bytes, run.lab.used, "Mounts", 6))) {
        job_turn(&run.lab);
        if (now() > until)
            not_so("it does not begin");
    }
}

static void finish(void)
{
    if (!WIFEXITED(run.lab.status) || WEXITSTATUS(run.lab.status) != 0)
        not_so("it ended badly");
    job_end(&run.lab);
    (void)close(run.lab.master);
    (void)close(run.lab.slave);
    free(run.lab.bytes);
    run.lab.bytes = NULL;
}

static bool asleep(void)
{
    char path[64], line[64] = "";
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/%d/syscall", (int)run.lab.command);
    file = fopen(path, "re");
    if (file && !fgets(line, sizeof line, file))
        line[0] = '\0';
    if (file)
        (void)fclose(file);
    return atol(line) == SYS_epoll_pwait
#ifdef SYS_epoll_wait
           || atol(line) == SYS_epoll_wait
#endif
        ;
}

static bool has(const char *text)
{
    return memmem(run.frame, run.framed, text, strlen(text)) != NULL;
}

// Takes what comes within a moment. False: nothing.
static bool collect(void)
{
    struct pollfd master = {.fd = run.lab.master, .events = POLLIN};
    ssize_t n = 0;

    if (sizeof run.frame - run.framed < 4096) // no frame is as long as that
        run.framed = 0;
    if (poll(&master, 1, 1) > 0)
        n = read(run.lab.master, run.frame + run.framed, sizeof run.frame - run.framed);
    if (n > 0)
        run.framed += (size_t)n;
    else
        follow();
    return n > 0;
}

// All of it is painted anew, and it sleeps again. False: it has ended. A key that comes while it
// is being stopped, or completes a sequence, is lost, and so may be the end of a paste.
static bool repaint(void)
{
    unsigned turns = 0;

    run.framed = 0;
    while (!run.lab.ended) {
        if (turns % 200 == 0)
            send_bytes(turns ? "\x1b[201~\x0c" : "\x0c", turns ? 7 : 1);
        if (!collect() && ++turns && asleep() && has("\x1b[2J"))
            return true;
        if (turns > 200 * LIMIT_S)
            not_so("it does not paint");
    }
    return false;
}

// Whether a text is on the screen: painted anew, it comes as it stands. Twice, for the first may
// have been of a change of size before the last keys.
static bool on_screen(const char *text)
{
    run.looked++;
    follow();
    return repaint() && repaint() && has(text);
}

static bool allowed(const char *key)
{
    // When it is closing already, a Ctrl-C is no key of its any more.
    if (key[0] == '\x03')
        return on_screen("") && !run.lab.ended;
    if (run.all)
        return true;
    if (key[0] == 'A')
        return false;
    return !(key[0] == '\r' || key[0] == '\n') || !on_screen("[Back]");
}

static void resize(void)
{
    static const struct winsize sizes[] = {{.ws_row = 24, .ws_col = 80},
                                           {.ws_row = 50, .ws_col = 200},
                                           {.ws_row = 10, .ws_col = 40},
                                           {.ws_row = 1, .ws_col = 1}};

    // What cannot be seen cannot be avoided.
    run.lab.size = sizes[next_random() % (run.all ? 4 : 3)];
    (void)ioctl(run.lab.master, TIOCSWINSZ, &run.lab.size);
}

static void press_some(size_t count)
{
    while (run.pressed < count) {
        uint64_t random = next_random();
        const char *key = keys[random % KEY_COUNT];

        if (!*key)
            key = run.n_words ? run.words[random / KEY_COUNT % run.n_words] : "x";
        // The keys that close it are rarer than in the table, so that pages stay open for a while.
        if ((strcmp(key, "q") == 0 || key[0] == '\x03') && random >> 32 & 3)
            continue;
        if (!run.all && key[0] == '\r' && random >> 40 & 1)
            continue; // each is looked at
        if (allowed(key))
            press(key);
        else
            run.avoided++;
        if (run.pressed % 200 == 0)
            resize();
        if (run.lab.ended) {
            finish();
            if (++run.restarts > RESTARTS_MAX)
                not_so("it was closed too often");
            start();
        }
    }
}

static void leave(void)
{
    time_t until = now() + LIMIT_S;

    while (repaint()) {
        send_bytes("\x03", 1); // closes the page on top, then davit
        if (now() > until)
            not_so("it does not end");
    }
    finish();
}

int main(int argc, char **argv)
{
    int option;
    uint64_t seed;
    size_t count;

    run.esc_ms = 100;
    while ((option = getopt(argc, argv, "+ae:w:")) != -1) {
        if (option == 'a')
            run.all = true;
        else if (option == 'e')
            run.esc_ms = (unsigned)atoi(optarg);
        else if (option == 'w' && run.n_words < WORDS_MAX && !strchr(optarg, 'A'))
            run.words[run.n_words++] = optarg;
        else
            die("see the source");
    }
    if (argc - optind < 3)
        die("SEED COUNT COMMAND");
    seed = strtoull(argv[optind], NULL, 10);
    count = strtoull(argv[optind + 1], NULL, 10);
    run.state = seed * 0x9e3779b97f4a7c15U + 1;
    run.command = argv + optind + 2;
    (void)setenv("TERM", "xterm-256color", 1);
    start();
    press_some(count);
    leave();
    (void)printf("seed %llu: %zu keys, looked %u times, avoided %u, stopped %u, started again %u\n",
                 (unsigned long long)seed, run.pressed, run.looked, run.avoided, run.stopped,
                 run.restarts);
    return 0;
}
