#include "tui/verbs/output.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

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

void output_open(struct session *session)
{
    bool utf8 = locale_is_utf8(), terminal = isatty(STDOUT_FILENO);

    session->utf8 = utf8 || !terminal;
    session->width = terminal ? terminal_width(STDOUT_FILENO) : 0;
    session->out = session->utf8 ? NULL : ascii_stream(stdout);
    session->log = utf8 || !isatty(STDERR_FILENO) ? NULL : ascii_stream(stderr);
    if (!session->out)
        session->out = stdout;
    if (!session->log)
        session->log = stderr;
}

int output_end(struct session *session, int status)
{
    bool failed = false;
    int why = 0;

    if (session->log != stderr)
        (void)fclose(session->log);
    session->log = stderr;
    errno = 0;
    if (session->out != stdout && fclose(session->out) != 0)
        failed = true;
    session->out = stdout;
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
    if (status == 0 && session->arguments->verb < VERB_COUNT &&
        ON_CHANGES & UINT32_C(1) << session->arguments->verb)
        (void)fprintf(stderr, "  try: davit status shows what was done nevertheless\n");
    return status ? status : 1;
}

int output_json(struct session *session, json_t *object, struct error *err)
{
    size_t flags = session->width ? JSON_INDENT(2) : JSON_COMPACT;
    json_t *whole = object ? json_pack("{s:i}", "schema", 1) : NULL; // the first key
    int r = 0;

    if (!whole || json_object_update(whole, object) < 0)
        r = ERROR_OOM(err);
    if (!session->utf8)
        flags |= JSON_ENSURE_ASCII;
    if (r == 0 && json_dumpf(whole, stdout, flags) < 0 && !ferror(stdout))
        r = ERROR_OOM(err);
    if (r == 0)
        (void)fputc('\n', stdout);
    json_decref(whole);
    json_decref(object);
    return r;
}

void output_message(struct session *session, const char *about, const struct error *err)
{
    (void)fflush(session->out);
    (void)fprintf(session->log, "davit: %s%s%s\n", about ? about : "", about ? ": " : "",
                  *err->message ? err->message : error_code_name(err->code));
}

void output_hint(struct session *session, const struct error *err)
{
    if (*err->hint)
        (void)fprintf(session->log, "  try: %s\n", err->hint);
    (void)fflush(session->log);
}

int output_error(struct session *session, const struct error *err)
{
    struct error ignored;

    if (!session->json) {
        output_message(session, NULL, err);
        output_hint(session, err);
    } else if (output_json(session, encode_failure(err), &ignored) < 0) {
        // Without memory for an object: the one that needs none.
        (void)fputs("{\"schema\":1,\"error\":{\"code\":\"no-memory\",\"exit\":1,\"stage\":null,"
                    "\"path\":null,\"errno\":\"ENOMEM\",\"message\":\"out of memory\","
                    "\"hint\":null}}\n",
                    stdout);
    }
    return error_exit_status(err->code) ? error_exit_status(err->code) : 1;
}

void output_notice(struct session *session, const char *format, ...)
{
    va_list arguments;

    if (session->quiet)
        return;
    (void)fflush(session->out);
    (void)fputs("davit: ", session->log);
    va_start(arguments, format);
    (void)vfprintf(session->log, format, arguments);
    va_end(arguments);
    (void)fputc('\n', session->log);
    (void)fflush(session->log);
}

// Appends `word` quoted for a shell; false when there is no room or it cannot be shown as it is.
static bool append_quoted(char *out, size_t size, const char *word)
{
    size_t used = strlen(out), length = strlen(word);
    bool plain = length > 0 && strspn(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                            "0123456789_@%+=:,./-") == length;

    if (used + 4 * length + 4 > size || !text_is_clean(word, length))
        return false;
    out[used++] = ' ';
    if (!plain)
        out[used++] = '\'';
    for (; *word; word++) {
        if (*word == '\'') {
            memcpy(out + used, "'\\''", 4);
            used += 4;
        } else {
            out[used++] = *word;
        }
    }
    if (!plain)
        out[used++] = '\'';
    out[used] = '\0';
    return true;
}

void output_sudo_hint(const struct session *session, struct error *err)
{
    char command[sizeof err->hint] = "sudo davit";

    if (err->code != ERROR_NOT_PERMITTED || geteuid() == 0 ||
        (session->arguments && arguments_has(session->arguments, OPTION_NO_CHANGES)))
        return;
    for (int i = 1; i < session->argc; i++)
        if (!append_quoted(command, sizeof command, session->argv[i])) {
            error_hint(err, "the same command as root: sudo davit …");
            return;
        }
    error_hint(err, "%s", command);
}
