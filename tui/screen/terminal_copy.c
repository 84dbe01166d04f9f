#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/terminal_internal.h"

#define COPY_LIMIT   ((size_t)64 * 1024)
#define SCREEN_CHUNK 240 // GNU screen passes a string on of at most 256 bytes

static bool begins(const char *text, const char *with)
{
    return strncmp(text, with, strlen(with)) == 0;
}

static void add_tmux(FILE *file, const char *sequence)
{
    (void)fputs("\x1bPtmux;", file);
    for (; *sequence; sequence++) {
        if (*sequence == 0x1b)
            (void)fputc(0x1b, file);
        (void)fputc(*sequence, file);
    }
    (void)fputs("\x1b\\", file);
}

static void add_screen(FILE *file, const char *sequence)
{
    for (size_t left = strlen(sequence), n; left > 0; sequence += n, left -= n) {
        n = left < SCREEN_CHUNK ? left : SCREEN_CHUNK;
        (void)fprintf(file, "\x1bP%.*s\x1b\\", (int)n, sequence);
    }
}

// tmux takes the sequence itself where set-clipboard is on, and passes it on where
// allow-passthrough is; screen only passes on. sudo takes TMUX away, TERM stays.
static void add_copy(const struct terminal *terminal, FILE *file, const char *base64)
{
    _cleanup_free_ char *sequence = text_format("\x1b]52;c;%s\a", base64);
    bool tmux = getenv("TMUX") || begins(terminal->term, "tmux");

    if (!sequence)
        return;
    if (!begins(terminal->term, "screen") || tmux)
        (void)fputs(sequence, file);
    if (tmux)
        add_tmux(file, sequence);
    else if (begins(terminal->term, "screen"))
        add_screen(file, sequence);
}

int terminal_copy(struct terminal *terminal, const char *text, struct error *err)
{
    _cleanup_free_ char *clean = NULL, *base64 = NULL, *bytes = NULL;
    size_t length = strlen(text);
    FILE *file;

    if (terminal_lines_only(terminal))
        return plain_copy(terminal, text, err);
    if (length > COPY_LIMIT) {
        (void)error_set(err, ERROR_FAILED, ERANGE,
                        "%zu bytes are too much for a terminal's clipboard", length);
        return -ERANGE;
    }
    clean = text_clean_dup(text, length);
    base64 = clean ? text_base64(clean, strlen(clean)) : NULL;
    file = base64 ? open_memstream(&bytes, &length) : NULL;
    if (!file)
        return ERROR_OOM(err);
    add_copy(terminal, file, base64);
    if (fclose(file) != 0 || (!terminal->away && !queue_add(terminal, bytes, length)))
        return ERROR_OOM(err);
    if (terminal->tty >= 0 && !terminal->away)
        (void)queue_send(terminal);
    return 0;
}
