// Runs a command on a terminal of its own, as a job of a shell would be, and follows a script from
// standard input: one step a line, each waits until it is so. The first that is not so in time ends
// it: exit status 1, with the step and what had come by then.
//
//   pty [-s WIDTHxHEIGHT] [-l LOG] [-t SECONDS] [-o OUTPUT] COMMAND [ARGUMENT…]
//
//   send TEXT          types; \e \r \n \t \\ \xHH
//   wait TEXT          TEXT has come since the last mark
//   some, settled      something has come; the command sleeps in epoll and nothing comes any more
//   mark               forgets what has come
//   has, lacks TEXT    checks what has come
//   most, least, exactly N, print   ... its bytes
//   quiet MS           nothing comes for so long
//   asleep MS          nor does the command wake: it makes no system call
//   log TEXT           the file LOG has the line TEXT
//   resize W H, stall, flow         other size; take no output, take it again
//   full               the kernel's last buffer before this program has no room
//   signal NAME        INT, TERM, … to the command alone
//   stopped, continue  the command was stopped; fg
//   raw, cooked        ISIG is off; all settings are as at the beginning
//   hangup             the terminal goes away
//   exited N, killed NAME
#include "pty.h"

#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const struct {
    const char *name;
    int number;
} signals[] = {{"HUP", SIGHUP},   {"INT", SIGINT},    {"QUIT", SIGQUIT}, {"ILL", SIGILL},
               {"ABRT", SIGABRT}, {"BUS", SIGBUS},    {"FPE", SIGFPE},   {"KILL", SIGKILL},
               {"SEGV", SIGSEGV}, {"TERM", SIGTERM},  {"CONT", SIGCONT}, {"STOP", SIGSTOP},
               {"TSTP", SIGTSTP}, {"WINCH", SIGWINCH}};

void die(const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    (void)fputs("pty: ", stderr);
    (void)vfprintf(stderr, format, arguments);
    (void)fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static unsigned long now_ms(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (unsigned long)now.tv_sec * 1000 + (unsigned long)now.tv_nsec / 1000000;
}

static int signal_number(const char *name)
{
    for (size_t i = 0; i < sizeof signals / sizeof signals[0]; i++)
        if (strcmp(signals[i].name, name) == 0)
            return signals[i].number;
    die("no signal %s", name);
}

// --- what happens --------------------------------------------------------------------------------

static const char *came(const struct lab *lab, const char *text, size_t length)
{
    return memmem(lab->bytes + lab->mark, lab->used - lab->mark, text, length);
}

static bool log_has(const struct lab *lab, const char *text)
{
    FILE *file = lab->log ? fopen(lab->log, "re") : NULL;
    char line[1024];
    bool found = false;

    while (file && !found && fgets(line, sizeof line, file)) {
        line[strcspn(line, "\n")] = '\0';
        found = strcmp(line, text) == 0;
    }
    if (file)
        (void)fclose(file);
    return found;
}

static bool same_settings(const struct lab *lab)
{
    struct termios now;

    return tcgetattr(lab->slave, &now) == 0 && now.c_iflag == lab->before.c_iflag &&
           now.c_oflag == lab->before.c_oflag && now.c_lflag == lab->before.c_lflag &&
           now.c_cflag == lab->before.c_cflag &&
           memcmp(now.c_cc, lab->before.c_cc, sizeof now.c_cc) == 0;
}

static bool is_raw(const struct lab *lab)
{
    struct termios now;

    return tcgetattr(lab->slave, &now) == 0 && !(now.c_lflag & (ISIG | ICANON | ECHO));
}

// --- steps ---------------------------------------------------------------------------------------

// Takes the escapes out of a text in place; returns its length.
static size_t unescape(char *text)
{
    char *to = text;

    for (const char *s = text; *s; s++) {
        if (*s != '\\') {
            *to++ = *s;
            continue;
        }
        s++;
        if (*s == 'x') {
            char digits[3] = {s[1], s[2], '\0'};

            *to++ = (char)strtol(digits, NULL, 16);
            s += 2;
        } else {
            *to++ = *s == 'e'   ? '\x1b'
                    : *s == 'r' ? '\r'
                    : *s == 'n' ? '\n'
                    : *s == 't' ? '\t'
                                : *s;
        }
    }
    *to = '\0';
    return (size_t)(to - text);
}

static void show(const struct lab *lab, const char *step)
{
    (void)fprintf(stderr, "pty: not so: %s\n%zu bytes came:\n", step, lab->used - lab->mark);
    for (size_t i = lab->mark; i < lab->used && i < lab->mark + 4000; i++) {
        unsigned char c = (unsigned char)lab->bytes[i];

        (void)(c == 0x1b               ? fputs("\\e", stderr)
               : c < 0x20 || c == 0x7f ? fprintf(stderr, "\\x%02x", c)
                                       : fputc(c, stderr));
    }
    (void)fprintf(stderr, "\nthe command %s, status %#x\n",
                  lab->ended     ? "has ended"
                  : lab->stopped ? "is stopped"
                                 : "runs",
                  (unsigned)lab->status);
}

static void type(struct lab *lab, const char *text, size_t length)
{
    while (length > 0) {
        ssize_t n = write(lab->master, text, length);

        if (n > 0) {
            text += n;
            length -= (size_t)n;
        } else {
            job_turn(lab);
        }
    }
}

// How often the command has gone to sleep since it began.
static long sleeps_so_far(const struct lab *lab)
{
    char path[64], line[256];
    long times = -1;
    FILE *file;

    (void)snprintf(path, sizeof path, "/proc/%d/status", (int)lab->command);
    file = fopen(path, "re");
    while (file && fgets(line, sizeof line, file))
        (void)sscanf(line, "voluntary_ctxt_switches: %ld", &times);
    if (file)
        (void)fclose(file);
    return times;
}

static void quiet(struct lab *lab, unsigned long ms, bool asleep)
{
    unsigned long until = now_ms() + ms;
    size_t before = lab->used;
    long sleeps = sleeps_so_far(lab);

    while (now_ms() < until)
        job_turn(lab);
    if (lab->used != before)
        die("%zu bytes came in %lu ms that should have been quiet", lab->used - before, ms);
    if (asleep && (sleeps < 0 || sleeps_so_far(lab) != sleeps))
        die("the command woke %ld times in %lu ms", sleeps_so_far(lab) - sleeps, ms);
}

// Steps that do something. False: there is no such one.
static bool act(struct lab *lab, const char *word, char *text)
{
    if (strcmp(word, "send") == 0) {
        type(lab, text, unescape(text));
    } else if (strcmp(word, "mark") == 0) {
        job_turn(lab);
        lab->mark = lab->used;
    } else if (strcmp(word, "print") == 0) {
        (void)printf("%zu\n", lab->used - lab->mark);
    } else if (strcmp(word, "quiet") == 0) {
        quiet(lab, strtoul(text, NULL, 10), false);
    } else if (strcmp(word, "asleep") == 0) {
        quiet(lab, strtoul(text, NULL, 10), true);
    } else if (strcmp(word, "resize") == 0) {
        if (sscanf(text, "%hu %hu", &lab->size.ws_col, &lab->size.ws_row) != 2)
            die("resize WIDTH HEIGHT");
        (void)ioctl(lab->master, TIOCSWINSZ, &lab->size);
    } else if (strcmp(word, "stall") == 0) {
        lab->stalled = true;
    } else if (strcmp(word, "flow") == 0) {
        lab->stalled = false;
    } else if (strcmp(word, "signal") == 0) {
        (void)kill(lab->command, signal_number(text));
    } else if (strcmp(word, "continue") == 0) {
        lab->stopped = false;
        (void)send(lab->shell, "c", 1, 0);
    } else if (strcmp(word, "hangup") == 0) {
        (void)close(lab->slave);
        (void)close(lab->master);
        lab->master = lab->slave = -1;
    } else {
        return false;
    }
    return true;
}

// The kernel moves what was written into it a moment later, and then there is room for more.
static bool is_full(const struct lab *lab)
{
    int waiting = 0;

    return ioctl(lab->master, FIONREAD, &waiting) == 0 && waiting >= 4095; // N_TTY_BUF_SIZE
}

// Steps that are waited for.
static bool is_so(struct lab *lab, const char *word, const char *text, size_t length)
{
    if (strcmp(word, "wait") == 0 || strcmp(word, "has") == 0)
        return came(lab, text, length) != NULL;
    if (strcmp(word, "some") == 0)
        return lab->used > lab->mark;
    if (strcmp(word, "settled") == 0)
        return job_settled(lab);
    if (strcmp(word, "log") == 0)
        return log_has(lab, text);
    if (strcmp(word, "full") == 0)
        return is_full(lab);
    if (strcmp(word, "stopped") == 0)
        return lab->stopped;
    if (strcmp(word, "raw") == 0)
        return is_raw(lab);
    if (strcmp(word, "cooked") == 0)
        return same_settings(lab);
    if (strcmp(word, "exited") == 0)
        return lab->ended && WIFEXITED(lab->status) && WEXITSTATUS(lab->status) == atoi(text);
    if (strcmp(word, "killed") == 0)
        return lab->ended && WIFSIGNALED(lab->status) &&
               WTERMSIG(lab->status) == signal_number(text);
    if (strcmp(word, "lacks") == 0)
        return came(lab, text, length) == NULL;
    if (strcmp(word, "most") == 0)
        return lab->used - lab->mark <= strtoul(text, NULL, 10);
    if (strcmp(word, "least") == 0)
        return lab->used - lab->mark >= strtoul(text, NULL, 10);
    if (strcmp(word, "exactly") == 0)
        return lab->used - lab->mark == strtoul(text, NULL, 10);
    die("no step \"%s\"", word);
}

static bool at_once(const char *word)
{
    static const char *const words[] = {"has", "lacks", "most", "least", "exactly"};

    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
        if (strcmp(words[i], word) == 0)
            return true;
    return false;
}

static bool step(struct lab *lab, char *line)
{
    unsigned long until = now_ms() + lab->limit_ms;
    char *whole = strdup(line), *text = line + strcspn(line, " ");
    size_t length;
    bool so;

    if (*text)
        *text++ = '\0';
    if (act(lab, line, text)) {
        free(whole);
        return true;
    }
    length = unescape(text);
    while (!(so = is_so(lab, line, text, length)) && !at_once(line) && now_ms() < until)
        job_turn(lab);
    if (!so)
        show(lab, whole);
    free(whole);
    return so;
}

static void end(struct lab *lab)
{
    FILE *file = lab->output ? fopen(lab->output, "we") : NULL;

    if (file) {
        (void)fwrite(lab->bytes, 1, lab->used, file);
        (void)fclose(file);
    }
    job_end(lab);
    free(lab->bytes);
}

int main(int argc, char **argv)
{
    struct lab lab = {.limit_ms = 20000, .size = {.ws_row = 24, .ws_col = 80}};
    char *line = NULL;
    size_t room = 0;
    bool so = true;
    int option;

    while ((option = getopt(argc, argv, "+s:l:t:o:")) != -1) {
        if (option == 's' && sscanf(optarg, "%hux%hu", &lab.size.ws_col, &lab.size.ws_row) == 2)
            continue;
        if (option == 'l')
            lab.log = optarg;
        else if (option == 't')
            lab.limit_ms = (unsigned)atoi(optarg) * 1000;
        else if (option == 'o')
            lab.output = optarg;
        else
            die("see the source");
    }
    if (optind >= argc)
        die("COMMAND is missing");
    job_begin(&lab, argv + optind);
    while (so && getline(&line, &room, stdin) > 0) {
        line[strcspn(line, "\n")] = '\0';
        if (*line && *line != '#')
            so = step(&lab, line);
    }
    free(line);
    end(&lab);
    return so ? 0 : 1;
}
