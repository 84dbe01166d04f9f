#include "core/base/error.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/shell.h"
#include "core/base/text.h"

static const struct {
    const char *name;
    int status;
} codes[] = {
#define X(code, name, status) [code] = {name, status},
    ERROR_CODES(X)
#undef X
};

static void __attribute__((format(printf, 3, 0)))
fill(char *out, size_t size, const char *format, va_list arguments)
{
    char raw[1024];
    int n = vsnprintf(raw, sizeof raw, format, arguments);

    if (n < 0)
        n = 0;
    text_clean(out, size, raw, (size_t)n < sizeof raw ? (size_t)n : sizeof raw - 1);
}

static int negative(int sys_errno)
{
    return sys_errno > 0 ? -sys_errno : -EINVAL;
}

int error_set(struct error *err, enum error_code code, int sys_errno, const char *format, ...)
{
    va_list arguments;

    *err = (struct error){.code = code, .sys_errno = sys_errno};
    va_start(arguments, format);
    fill(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    return negative(sys_errno);
}

static enum error_code code_of(int sys_errno)
{
    switch (sys_errno) {
    case ENOMEM:
        return ERROR_NO_MEMORY;
    case EPERM:
    case EACCES:
        return ERROR_NOT_PERMITTED;
    case EBUSY:
        return ERROR_BUSY;
    case ENOENT:
    case ENOTDIR:
    case ENAMETOOLONG:
    case ELOOP:
        return ERROR_NO_PATH;
    case ENOSYS:
    case EOPNOTSUPP:
        return ERROR_UNSUPPORTED;
    case ETIMEDOUT:
        return ERROR_TIMED_OUT;
    default:
        return ERROR_FAILED;
    }
}

int error_errno(struct error *err, int sys_errno, const char *format, ...)
{
    va_list arguments;
    size_t used;

    *err = (struct error){.code = code_of(sys_errno), .sys_errno = sys_errno};
    va_start(arguments, format);
    fill(err->message, sizeof err->message, format, arguments);
    va_end(arguments);
    used = strlen(err->message);
    (void)snprintf(err->message + used, sizeof err->message - used, ": %s", strerror(sys_errno));
    return negative(sys_errno);
}

void error_stage(struct error *err, const char *stage)
{
    (void)snprintf(err->stage, sizeof err->stage, "%s", stage);
}

void error_path(struct error *err, const char *path)
{
    text_clean(err->path, sizeof err->path, path, strlen(path));
}

void error_hint(struct error *err, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    fill(err->hint, sizeof err->hint, format, arguments);
    va_end(arguments);
}

void error_hint_words(struct error *err, const char *format, ...)
{
    // A word that fits into a hint fits in here, however it is quoted.
    char raw[4 * sizeof err->hint + SHELL_QUOTED_SIZE(sizeof err->hint)];
    char *o = raw, *end = raw + 4 * sizeof err->hint;
    va_list arguments;

    va_start(arguments, format);
    for (const char *f = format; *f && o < end; f++) {
        if (*f != '%') {
            *o++ = *f;
        } else if (*++f == 's') {
            const char *word = va_arg(arguments, const char *);

            o = strlen(word) < sizeof err->hint ? shell_quote(o, word) : stpcpy(o, "…");
        } else {
            *o++ = *f;
        }
    }
    va_end(arguments);
    text_clean(err->hint, sizeof err->hint, raw, (size_t)(o - raw));
}

void error_prefix(struct error *err, const char *format, ...)
{
    char before[sizeof err->message], joined[2 * sizeof err->message + 4];
    va_list arguments;

    va_start(arguments, format);
    fill(before, sizeof before, format, arguments);
    va_end(arguments);
    (void)snprintf(joined, sizeof joined, "%s: %s", before, err->message);
    text_clean(err->message, sizeof err->message, joined, strlen(joined));
}

const char *error_code_name(enum error_code code)
{
    return codes[code].name;
}

int error_exit_status(enum error_code code)
{
    return codes[code].status;
}

const char *error_errno_name(int sys_errno)
{
    const char *name = strerrorname_np(sys_errno);

    return name ? name : "E?";
}
