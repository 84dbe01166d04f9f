#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/ascii.h"
#include "core/base/text.h"
#include "tui/screen/terminal_internal.h"

// A terminal that takes nothing for ever shall not take all memory with it.
#define WAITING_LIMIT ((size_t)4 * 1024 * 1024)
#define FINISH_MS     1000

// Only a terminal that is what it says can be asked to tell pasted text from keys; others would
// show the question.
static bool can_bracket(const struct terminal *terminal)
{
    const char *term = getenv("TERM");

    return term && strcmp(term, terminal->term) == 0;
}

size_t plain_enter(const struct terminal *terminal, const char **ret)
{
    *ret = can_bracket(terminal) ? "\x1b[?2004h" : "";
    return strlen(*ret);
}

size_t plain_leave(const struct terminal *terminal, const char **ret)
{
    *ret = can_bracket(terminal) ? "\x1b[?2004l" : "";
    return strlen(*ret);
}

// Clean, and in ASCII where that is all there is. Fresh memory.
static char *shown(const struct terminal *terminal, const char *text)
{
    _cleanup_free_ char *clean = text_clean_dup(text, strlen(text));
    char *ascii = NULL;
    size_t size;
    FILE *out;

    if (!clean || terminal->surface.utf8)
        return TAKE_POINTER(clean);
    out = open_memstream(&ascii, &size);
    if (!out)
        return NULL;
    for (const char *at = clean; *at;) {
        size_t length = 1;

        while (((unsigned char)at[length] & 0xc0) == 0x80)
            length++;
        if ((unsigned char)*at < 0x80)
            (void)fputc(*at, out);
        else
            (void)fputs(ascii_form(at, length)->text, out);
        at += length;
    }
    if (fclose(out) == 0)
        return ascii;
    free(ascii);
    return NULL;
}

static int put(struct terminal *terminal, const char *bytes)
{
    size_t length = strlen(bytes);

    if (terminal_off_screen(terminal)) {
        (void)fputs(bytes, stdout);
        return 0;
    }
    if (terminal->queue.used - terminal->queue.sent + length > WAITING_LIMIT)
        return -ENOMEM;
    return queue_add(terminal, bytes, length) ? 0 : -ENOMEM;
}

static int put_end(struct terminal *terminal)
{
    terminal->begun = false;
    return put(terminal, terminal_off_screen(terminal) ? "\n" : "\r\n");
}

static void push(struct terminal *terminal)
{
    if (terminal_off_screen(terminal))
        (void)fflush(stdout);
    else
        (void)queue_send(terminal);
}

int terminal_line(struct terminal *terminal, const char *text)
{
    _cleanup_free_ char *line = shown(terminal, text);
    int r = line ? 0 : -ENOMEM;
    bool empty = false; // nothing but the end of the one before

    if (terminal->away)
        return 0;
    if (r == 0 && terminal->begun) {
        r = put_end(terminal);
        empty = !*line;
    }
    if (r == 0 && !empty)
        r = put(terminal, line);
    if (r == 0 && !empty)
        r = put_end(terminal);
    push(terminal);
    return r;
}

int terminal_echo(struct terminal *terminal, const char *text)
{
    _cleanup_free_ char *part = shown(terminal, text);
    int r = part ? 0 : -ENOMEM;

    if (terminal->away || !*text)
        return 0;
    if (r == 0)
        r = put(terminal, part);
    if (r == 0)
        terminal->begun = true;
    push(terminal);
    return r;
}

int plain_copy(struct terminal *terminal, const char *text, struct error *err)
{
    _cleanup_free_ char *copy = strdup(text);
    char *rest = copy;

    for (char *line = copy ? strsep(&rest, "\n") : NULL; line; line = strsep(&rest, "\n"))
        if (*line)
            (void)terminal_line(terminal, line);
    return error_set(err, ERROR_UNSUPPORTED, ENOTSUP,
                     "without a screen nothing is copied: take it from the lines above");
}

void plain_finish(struct terminal *terminal)
{
    struct pollfd writable = {.fd = terminal->tty, .events = POLLOUT};
    int rounds = 10;

    if (terminal->begun && !terminal->away)
        (void)put_end(terminal);
    if (terminal_off_screen(terminal) || terminal->away || !terminal->input) {
        push(terminal);
        return;
    }
    while (!queue_send(terminal) && rounds-- > 0)
        (void)poll(&writable, 1, FINISH_MS / 10);
}
