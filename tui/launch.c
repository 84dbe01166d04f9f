#include "tui/launch.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/cleanup.h"

#define WORDS_LIMIT 32
#define FD_STREAM   3 // the console's end, as it is told

struct words {
    char text[WORDS_LIMIT][PATH_MAX + 32];
    char *argv[WORDS_LIMIT + 1];
    size_t n;
};

static int add(struct words *words, struct error *err, const char *word, const char *value)
{
    int length;

    if (words->n == WORDS_LIMIT)
        return error_set(err, ERROR_USAGE, E2BIG, "too many options");
    length = snprintf(words->text[words->n], sizeof words->text[0], "%s%s%s", word,
                      value ? "=" : "", value ? value : "");
    if (length < 0 || (size_t)length >= sizeof words->text[0])
        return error_set(err, ERROR_USAGE, E2BIG, "%s is too long", word);
    words->argv[words->n] = words->text[words->n];
    words->argv[++words->n] = NULL;
    return 0;
}

// Options as this program was given them, spelled by the table.
static int add_given(struct words *words, const struct arguments *arguments,
                     const enum option_id *options, size_t n, struct error *err)
{
    char spelled[64];
    int r = 0;

    for (size_t i = 0; r == 0 && i < n; i++)
        if (arguments_has(arguments, options[i]))
            r = add(words, err, option_spelled(options[i], spelled, sizeof spelled),
                    option_specs[options[i]].argument ? arguments->value[options[i]] : NULL);
    return r;
}

static int engine_words(struct words *words, const struct arguments *arguments, struct error *err)
{
    static const enum option_id passed[] = {OPTION_DOCKER, OPTION_RUNTIME, OPTION_STATE_DIR,
                                            OPTION_NO_CHANGES, OPTION_CONFIG};
    int r = add(words, err, "davit", NULL);

    if (r == 0)
        r = add(words, err, "engine", NULL);
    if (r == 0)
        r = add_given(words, arguments, passed, ARRAY_SIZE(passed), err);
    if (r == 0 && arguments_has(arguments, OPTION_READONLY) &&
        !arguments_has(arguments, OPTION_NO_CHANGES))
        r = add(words, err, "--no-changes", NULL);
    return r;
}

static int console_words(struct words *words, const struct arguments *arguments, pid_t engine,
                         struct error *err)
{
    static const enum option_id passed[] = {OPTION_THEME,      OPTION_CONFIG, OPTION_RECORD,
                                            OPTION_REPLAY,     OPTION_SCRIPT, OPTION_NO_COLOR,
                                            OPTION_OFF_SCREEN, OPTION_PLAIN};
    char number[32];
    int r = add(words, err, "davit-console", NULL);

    if (r == 0 && engine > 0) {
        (void)snprintf(number, sizeof number, "%d", FD_STREAM);
        r = add(words, err, "--engine-fd", number);
    }
    if (r == 0 && engine > 0) {
        (void)snprintf(number, sizeof number, "%d", (int)engine);
        r = add(words, err, "--engine-pid", number);
    }
    return r < 0 ? r : add_given(words, arguments, passed, ARRAY_SIZE(passed), err);
}

// One of davit's own programs: beside this one, as in a build directory, else where it was
// installed. 0 or negative with err.
static int find_own(const char *name, char path[PATH_MAX + 32], struct error *err)
{
    char self[PATH_MAX];
    ssize_t length = readlink("/proc/self/exe", self, sizeof self - 1);
    int r;

    if (length > 0) {
        self[length] = '\0';
        (void)snprintf(path, PATH_MAX + 32, "%s/%s", dirname(self), name);
        if (access(path, X_OK) == 0)
            return 0;
    }
    (void)snprintf(path, PATH_MAX + 32, DAVIT_LIBEXEC_DIR "/%s", name);
    if (access(path, X_OK) == 0)
        return 0;
    r = error_errno(err, errno, "cannot start %s", path);
    error_hint(err, "install davit as a whole: meson install");
    return r;
}

static int exec_own(const char *name, char **argv, struct error *err)
{
    char path[PATH_MAX + 32];
    int r = find_own(name, path, err);

    if (r < 0)
        return r;
    (void)execv(path, argv);
    return error_errno(err, errno, "cannot start %s", path);
}

int launch_engine(char **argv, struct error *err)
{
    return exec_own("davit-engine", argv, err);
}

// In a session of its own, so that what the terminal signals (Ctrl-C, a hangup) is not the
// engine's: it ends when its stream does. `enters`: it is given the terminal, for a shell in a
// container.
__attribute__((noreturn)) static void be_engine(struct words *words, int stream, bool enters)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);
    struct error ignored;

    (void)setsid();
    (void)unsetenv(DAVIT_TERMINAL_FD);
    stream = fcntl(stream, F_DUPFD_CLOEXEC, FD_STREAM + 1);
    if (enters && isatty(STDIN_FILENO) && dup2(STDIN_FILENO, FD_STREAM) >= 0)
        (void)setenv(DAVIT_TERMINAL_FD, "3", 1);
    if (null >= 0 && dup2(stream, STDIN_FILENO) >= 0 && dup2(stream, STDOUT_FILENO) >= 0 &&
        dup2(null, STDERR_FILENO) >= 0)
        (void)exec_own("davit-engine", words->argv, &ignored);
    _exit(127);
}

static int check_terminal(const struct arguments *arguments, struct error *err)
{
    int r;

    if (arguments_has(arguments, OPTION_OFF_SCREEN) ||
        (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO)))
        return 0;
    r = error_set(err, ERROR_USAGE, ENOTTY, "the console needs a terminal on its input and output");
    error_hint(err, "name a verb: davit ps, davit attach … (davit --help)");
    return r;
}

int launch_console(const struct arguments *arguments, struct error *err)
{
    static struct words engine; // large
    static struct words console;
    int streams[2] = {-1, -1};
    pid_t child = 0;
    char path[PATH_MAX + 32];
    int r = check_terminal(arguments, err);

    if (r == 0) // said now: nobody would see it once the screen is taken
        r = find_own("davit-engine", path, err);
    if (r == 0)
        r = engine_words(&engine, arguments, err);
    if (r < 0)
        return r;
    if (!arguments_has(arguments, OPTION_REPLAY)) {
        if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, streams) < 0)
            return error_errno(err, errno, "cannot make a socket pair");
        child = fork();
        if (child < 0)
            return error_errno(err, errno, "cannot start the engine");
        if (child == 0)
            be_engine(&engine, streams[1],
                      !arguments_has(arguments, OPTION_OFF_SCREEN) &&
                          !arguments_has(arguments, OPTION_NO_CHANGES) &&
                          !arguments_has(arguments, OPTION_READONLY));
        (void)close(streams[1]);
        if (streams[0] == FD_STREAM) {
            if (fcntl(FD_STREAM, F_SETFD, 0) < 0)
                return error_errno(err, errno, "cannot pass a socket on");
        } else if (dup2(streams[0], FD_STREAM) < 0) {
            return error_errno(err, errno, "cannot pass a socket on");
        }
    }
    r = console_words(&console, arguments, child, err);
    return r < 0 ? r : exec_own("davit-console", console.argv, err);
}
