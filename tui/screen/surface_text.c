#include <locale.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/screen/surface_paint.h"

#define REPLACEMENT 0xfffd

// Widths must not depend on the locale of the caller, which may be C.
struct text_locale *text_begin(void)
{
    static locale_t utf8;

    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return (struct text_locale *)uselocale(utf8); // (locale_t)0 only asks
}

void text_end(struct text_locale *before)
{
    (void)uselocale((locale_t)before);
}

static wchar_t decode(const char *text, size_t *ret_bytes)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t n = s[0] < 0x80 ? 1 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : 4;
    uint32_t point = n == 1 ? s[0] : s[0] & (0x7fU >> n);

    for (size_t i = 1; i < n; i++)
        point = point << 6 | (s[i] & 0x3fU);
    *ret_bytes = n;
    return (wchar_t)point;
}

struct text_piece text_piece(const char *text)
{
    struct text_piece piece = {.start = text};
    size_t n = 1;

    piece.characters[0] = decode(text, &piece.bytes);
    piece.columns = wcwidth(piece.characters[0]);
    if (piece.columns <= 0) { // unassigned, or combining with nothing
        piece.characters[0] = REPLACEMENT;
        piece.columns = 1;
    }
    for (const char *s = text + piece.bytes; (unsigned char)*s >= 0x80; s = text + piece.bytes) {
        size_t bytes;
        wchar_t next = decode(s, &bytes);

        if (wcwidth(next) != 0)
            break;
        if (n < CCHARW_MAX)
            piece.characters[n++] = next; // more are left out
        piece.bytes += bytes;
    }
    return piece;
}

static bool is_ascii(const char *text)
{
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

// `text` when it is clean, else fresh memory in *ret_own; "" when there is none.
static const char *clean(const char *text, char **ret_own)
{
    size_t length = strlen(text);

    if (text_is_clean(text, length))
        return text;
    *ret_own = text_clean_dup(text, length);
    return *ret_own ? *ret_own : "";
}

int text_columns(const char *text)
{
    _cleanup_free_ char *own = NULL;
    struct text_locale *before;
    int columns = 0;

    text = clean(text, &own);
    if (is_ascii(text))
        return (int)strlen(text);
    before = text_begin();
    while (*text) {
        struct text_piece piece = text_piece(text);

        columns += piece.columns;
        text += piece.bytes;
    }
    text_end(before);
    return columns;
}

// The bytes of the first line of at most `width` columns: up to the last space, or cut within a
// word that alone is longer. At least one piece, so that it ends.
static size_t first_line(const char *text, int width)
{
    size_t used = 0, space = 0;
    int columns = 0;

    while (text[used]) {
        struct text_piece piece = text_piece(text + used);

        if (text[used] == ' ')
            space = used;
        if (columns + piece.columns > width && used > 0)
            return text[used] == ' ' || space == 0 ? used : space;
        columns += piece.columns;
        used += piece.bytes;
    }
    return used;
}

int text_wrap(const char *text, int width, void (*line)(const char *line, void *context),
              void *context)
{
    _cleanup_free_ char *own = NULL, *copy = NULL;
    struct text_locale *before;
    int lines = 0;

    text = clean(text, &own);
    copy = malloc(strlen(text) + 1);
    if (!copy)
        return 0;
    do {
        size_t length, shown;

        before = text_begin();
        length = first_line(text, width < 1 ? 1 : width);
        text_end(before);
        for (shown = length; shown > 0 && text[shown - 1] == ' ';)
            shown--;
        memcpy(copy, text, shown);
        copy[shown] = '\0';
        lines++;
        if (line)
            line(copy, context);
        text += length;
        text += strspn(text, " ");
    } while (*text);
    return lines;
}
