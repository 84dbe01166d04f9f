#include "tui/verbs/ascii.h"

#include <stdlib.h>

#include "core/base/ascii.h"

struct ascii {
    FILE *to;
    char sequence[4]; // bytes of a character that is not complete yet
    size_t used;
};

static void flush_character(struct ascii *ascii)
{
    if (ascii->used == 0)
        return;
    (void)fputs(ascii_form(ascii->sequence, ascii->used)->text, ascii->to);
    ascii->used = 0;
}

static ssize_t ascii_write(void *cookie, const char *bytes, size_t length)
{
    struct ascii *ascii = cookie;

    for (size_t i = 0; i < length; i++) {
        unsigned char byte = (unsigned char)bytes[i];

        if ((byte & 0xc0) != 0x80 || ascii->used == sizeof ascii->sequence)
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
