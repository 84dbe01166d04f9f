#include "tui/verbs/ascii.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"

struct ascii {
    FILE *to;
    char sequence[5]; // bytes of a character that is not complete yet, and a NUL
    size_t used;
};

static void flush_character(struct ascii *ascii)
{
    static const struct {
        const char *utf8, *ascii;
    } known[] = {{"…", "..."}, {"→", "->"}, {"µ", "u"}, {"·", "-"}, {"×", "x"}};
    const char *text = "?";

    if (ascii->used == 0)
        return;
    ascii->sequence[ascii->used] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(known); i++)
        if (strcmp(known[i].utf8, ascii->sequence) == 0)
            text = known[i].ascii;
    (void)fputs(text, ascii->to);
    ascii->used = 0;
}

static ssize_t ascii_write(void *cookie, const char *bytes, size_t length)
{
    struct ascii *ascii = cookie;

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if ((byte & 0xc0) != 0x80 || ascii->used == sizeof ascii->sequence - 1)
            flush_character(ascii);
        if (byte < 0x80)
            (void)fputc(byte, ascii->to);
        else
            ascii->sequence[ascii->used++] = (char)byte;
    }
    (void)fflush(ascii->to);
    return ferror(ascii->to) ? 0 : (ssize_t)length; // not -1: fopencookie(3)
}

static int ascii_close(void *cookie)
{
    flush_character(cookie);
    free(cookie);
    return 0;
}

FILE *ascii_stream(FILE *to)
{
    struct ascii *ascii = calloc(1, sizeof *ascii);
    FILE *file;

    if (!ascii)
        return NULL;
    ascii->to = to;
    file = fopencookie(ascii, "w",
                       (cookie_io_functions_t){.write = ascii_write, .close = ascii_close});
    if (!file)
        free(ascii);
    return file;
}
