#include "tui/verbs/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

#include "core/base/shell.h"
#include "core/base/text.h"
#include "core/wire/encode.h"
#include "tui/verbs/ascii.h"

void output_begin(void)
{
    // Opened the wrong way round: using it fails, as using a closed descriptor does.
    for (int fd = 0; fd <= 2; fd++)
        if (fcntl(fd, F_GETFD) < 0 && errno == EBADF)
            (void)open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY);
    (void)signal(SIGPIPE, SIG_IGN);
}

// By name only: a locale that is not installed still says what the terminal shows.
static bool locale_is_utf8(void)
{
    static const char *const names[] = {"LC_ALL", "LC_CTYPE", "LANG"};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        const char *value = getenv(names[i]);

        if (value && *value)
            return strcasestr(value, "utf-8") || strcasestr(value, "utf8");
    }
    return false;
}

static size_t terminal_width(int fd)
{
    struct winsize size;

    if (ioctl(fd, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
        return size.ws_col;
    return 80;
}

void output_open(struct command *command)
{
    bool utf8 = locale_is_utf8(), terminal = isatty(STDOUT_FILENO);

    command->utf8 = utf8 || !terminal;
    command->width = terminal ? terminal_width(STDOUT_FILENO) : 0;
    command->out = command->utf8 ? NULL : ascii_stream(stdout);
    command->log = utf8 || !isatty(STDERR_FILENO) ? NULL : ascii_stream(stderr);
    if (!command->out)
        command->out = stdout;
    if (!command->log)
        command->log = stderr;
}

int output_end(struct command *command, int status)
{
    bool failed = false;
    int why = 0;

    if (command->log != stderr)
        (void)fclose(command->log);
    command->log = stderr;
    errno = 0;
    if (command->out != stdout && fclose(command->out) != 0)
        failed = true;
    command->out = stdout;
    if (ferror(stdout) || fflush(stdout) != 0)
        failed = true;
    why = errno;
    if (close(STDOUT_FILENO) != 0 && !failed) { // a full disk of NFS says so only here
        failed = true;
        why = errno;
    }
    if (!failed || why == EPIPE)
        return status;
    (void)fprintf(stderr, "davit: cannot write to standard output: %s\n",
                  why ? strerror(why) : "write error");
    if (status == 0 && command->arguments->verb < VERB_COUNT &&
        ON_CHANGES & UINT32_C(1) << command->arguments->verb)
        (void)fprintf(stderr, "  try: davit status shows what was done nevertheless\n");
    return status ? status : 1;
}

int output_json(struct command *command, json_t *object, struct error *err)
{
    size_t flags = command->width ? JSON_INDENT(2) : JSON_COMPACT;
    json_t *whole = object ? json_pack("{s:i}", "schema", 1) : NULL; // the first key
    int r = 0;

    if (!whole || json_object_update(whole, object) < 0)
        r = ERROR_OOM(err);
    if (!command->utf8)
        flags |= JSON_ENSURE_ASCII;
    if (r == 0 && json_dumpf(whole, stdout, flags) < 0 && !ferror(stdout))
        r = ERROR_OOM(err);
    if (r == 0)
        (void)fputc('\n', stdout);
    json_decref(whole);
    json_decref(object);
    return r;
}

void output_message(struct command *command, const char *about, const struct error *err)
{
    (void)fflush(command->out);
    (void)fprintf(command->log, "davit: %s%s%s\n", about ? about : "", about ? ": " : "",
                  *err->message ? err->message : error_code_name(err->code));
}

void output_hint(struct command *command, const struct error *err)
{
    if (*err->hint)
        (void)fprintf(command->log, "  try: %s\n", err->hint);
    (void)fflush(command->log);
}

int output_error(struct command *command, const struct error *err)
{
    struct error ignored;

    if (!command->json) {
        output_message(command, NULL, err);
        output_hint(command, err);
    } else if (output_json(command, encode_failure(err), &ignored) < 0) {
        // Without memory for an object: the one that needs none.
        (void)fputs("{\"schema\":1,\"error\":{\"code\":\"no-memory\",\"exit\":1,\"stage\":null,"
                    "\"path\":null,\"errno\":\"ENOMEM\",\"message\":\"out of memory\","
                    "\"hint\":null}}\n",
                    stdout);
    }
    return error_exit_status(err->code) ? error_exit_status(err->code) : 1;
}

void output_notice(struct command *command, const char *format, ...)
{
    _cleanup_free_ char *text = NULL, *clean = NULL;
    va_list arguments;
    int length;

    if (command->quiet)
        return;
    va_start(arguments, format);
    length = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (length < 0)
        text = NULL; // it is undefined then
    // Whatever path is in it: this is for eyes.
    clean = text ? text_clean_dup(text, (size_t)length) : NULL;
    (void)fflush(command->out);
    (void)fprintf(command->log, "davit: %s\n", clean ? clean : format);
    (void)fflush(command->log);
}

void output_sudo_hint(const struct command *command, struct error *err)
{
    char line[sizeof err->hint] = "sudo davit";
    char *o = line + strlen(line);

    if (err->code != ERROR_NOT_PERMITTED || geteuid() == 0 ||
        (command->arguments && arguments_has(command->arguments, OPTION_NO_CHANGES)))
        return;
    for (int i = 1; i < command->argc; i++) {
        size_t length = strlen(command->argv[i]);

        if (!text_is_clean(command->argv[i], length) ||
            SHELL_QUOTED_SIZE(length) >= (size_t)(line + sizeof line - o)) {
            error_hint(err, "the same command as root: sudo davit …");
            return;
        }
        *o++ = ' ';
        o = shell_quote(o, command->argv[i]);
    }
    error_hint(err, "%s", line);
}
