// The environment of what enters: what the container's first process was started with, as /proc has
// it, which for every runtime is what was declared for the container. It is the container's word
// and no more: data for a program of the container, which runs with the container's rights.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/enter_internal.h"
#include "core/host/process_memory.h"

#define ENVIRONMENT_LIMIT (256 * 1024) // bytes
#define VARIABLES_MAX     4096

int strings_add(struct strings *strings, const char *text, size_t length, struct error *err)
{
    char *grown = realloc(strings->text, strings->length + length + 1);

    if (!grown)
        return ERROR_OOM(err);
    strings->text = grown;
    memcpy(grown + strings->length, text, length);
    grown[strings->length + length] = '\0';
    strings->length += length + 1;
    strings->n++;
    return 0;
}

void strings_done(struct strings *strings)
{
    free(strings->text);
    *strings = (struct strings){.text = NULL};
}

// Of a terminal or a user, which are others now; or a service manager's word to that one process.
static bool is_left_out(const char *variable, size_t length)
{
    static const char *const names[] = {
        "TERM",         "HOME",          "USER",           "LOGNAME", "SHELL",
        "PWD",          "OLDPWD",        "SHLVL",          "_",       "NOTIFY_SOCKET",
        "LISTEN_FDS",   "LISTEN_PID",    "LISTEN_FDNAMES", "MAINPID", "WATCHDOG_USEC",
        "WATCHDOG_PID", "INVOCATION_ID", "JOURNAL_STREAM",
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        if (strlen(names[i]) == length && memcmp(names[i], variable, length) == 0)
            return true;
    return false;
}

static int take(struct enter *enter, const char *variable, size_t length, struct error *err)
{
    const char *equals = memchr(variable, '=', length);

    if (!equals || equals == variable || is_left_out(variable, (size_t)(equals - variable)))
        return 0;
    return strings_add(&enter->environment, variable, length, err);
}

// The value of PATH, or NULL. Valid until the next one is added.
static const char *find_path(const struct strings *strings)
{
    const char *at = strings->text;

    for (size_t i = 0; i < strings->n; i++, at += strlen(at) + 1)
        if (strncmp(at, "PATH=", 5) == 0)
            return at + 5;
    return NULL;
}

// With --privileged nothing of it: a variable can make a program run what the container wants.
int enter_read_environment(struct enter *enter, struct error *err)
{
    _cleanup_free_ char *text = malloc(ENVIRONMENT_LIMIT + 2);
    ssize_t length;
    int r = 0;

    enter->path = ENTER_PATH;
    if (enter->request->flags & ENTER_PRIVILEGED)
        return 0;
    if (!text)
        return ERROR_OOM(err);
    length = process_memory_read(enter->inside.init.proc, "environ", text, ENVIRONMENT_LIMIT + 2,
                                 ENTER_LOOK_MS);
    if (length < 0 || length > ENVIRONMENT_LIMIT)
        return 0;
    for (size_t at = 0; r == 0 && at < (size_t)length && enter->environment.n < VARIABLES_MAX;) {
        size_t n = strnlen(text + at, (size_t)length - at);

        r = take(enter, text + at, n, err);
        at += n + 1;
    }
    if (find_path(&enter->environment))
        enter->path = find_path(&enter->environment);
    return r;
}

static int add_variable(struct enter *enter, const char *name, const char *value, struct error *err)
{
    _cleanup_free_ char *text = text_format("%s=%s", name, value);

    return text ? strings_add(&enter->environment, text, strlen(text), err) : ERROR_OOM(err);
}

// terminfo names are letters, digits and few signs; term(7).
static bool is_term(const char *term)
{
    return term && *term && strlen(term) < 64 &&
           term[strspn(term, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                             "+-._")] == '\0';
}

// The container's own programs come first.
static int add_path(struct enter *enter, struct error *err)
{
    const char *tools = enter->found->tools_path;
    _cleanup_free_ char *path = text_format("%s%s%s", enter->path, *tools ? ":" : "", tools);
    struct strings old = enter->environment;
    const char *at = old.text;
    int r = path ? 0 : ERROR_OOM(err);

    enter->environment = (struct strings){.text = NULL};
    for (size_t i = 0; r == 0 && i < old.n; i++, at += strlen(at) + 1)
        if (strncmp(at, "PATH=", 5) != 0)
            r = strings_add(&enter->environment, at, strlen(at), err);
    if (r == 0)
        r = add_variable(enter, "PATH", path, err);
    strings_done(&old);
    enter->path = find_path(&enter->environment);
    return r;
}

int enter_complete_environment(struct enter *enter, struct error *err)
{
    const struct account *account = &enter->found->account;
    int r = add_path(enter, err);

    if (r == 0)
        r = add_variable(enter, "HOME", *account->home ? account->home : "/", err);
    if (r == 0 && enter->terminal)
        r = add_variable(enter, "TERM",
                         is_term(enter->request->term) ? enter->request->term : "dumb", err);
    if (r == 0 && enter->request->user && *account->name)
        r = add_variable(enter, "USER", account->name, err);
    return r;
}
