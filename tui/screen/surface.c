#include "tui/screen/surface.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/ascii.h"
#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/screen/surface_paint.h"

#define ELLIPSIS "\xe2\x80\xa6"

int surface_height(const struct surface *surface)
{
    return surface->height;
}

int surface_width(const struct surface *surface)
{
    return surface->width;
}

const char *surface_sign_selected(const struct surface *surface)
{
    return surface->utf8 ? "▌" : ">";
}

const char *surface_sign_marked(const struct surface *surface)
{
    return surface->utf8 ? "●" : "*";
}

struct surface_part surface_all(struct surface *surface)
{
    return (struct surface_part){surface, 0, 0, surface->height, surface->width};
}

struct surface_part surface_within(struct surface_part part, int y, int x, int height, int width)
{
    int bottom = y + height, right = x + width;

    y = y < 0 ? 0 : y > part.height ? part.height : y;
    x = x < 0 ? 0 : x > part.width ? part.width : x;
    bottom = bottom > part.height ? part.height : bottom;
    right = right > part.width ? part.width : right;
    return (struct surface_part){part.whole, part.y + y, part.x + x, bottom > y ? bottom - y : 0,
                                 right > x ? right - x : 0};
}

// The cells from x on that are there, at most `width` (negative: all); 0: none. A part from before
// a resize is cut at the screen.
static int room(struct surface_part part, int y, int x, int width)
{
    int left = part.width - x;

    if (y < 0 || y >= part.height || x < 0 || part.y + y >= part.whole->height)
        return 0;
    if (part.x + part.width > part.whole->width)
        left = part.whole->width - part.x - x;
    if (width >= 0 && width < left)
        left = width;
    return left < 0 ? 0 : left;
}

// The same character several times. By mvwadd_wchnstr(3), which alone of all takes away the other
// half of a wide character that is written over.
static void put_run(struct surface_part part, int y, int x, int width, const wchar_t *character,
                    struct surface_style style)
{
    cchar_t cells[64];

    for (int i = 0; i < (int)ARRAY_SIZE(cells) && i < width; i++)
        (void)setcchar(&cells[i], character, style.attributes, style.pair, NULL);
    for (int n; width > 0; x += n, width -= n) {
        n = width < (int)ARRAY_SIZE(cells) ? width : (int)ARRAY_SIZE(cells);
        (void)mvwadd_wchnstr(part.whole->window, part.y + y, part.x + x, cells, n);
    }
}

static void put_blanks(struct surface_part part, int y, int x, int width,
                       struct surface_style style)
{
    struct surface *whole = part.whole;

    if (width <= 0)
        return;
    put_run(part, y, x, width, L" ", style);
    memset(whole->lines + (size_t)(part.y + y) * (size_t)whole->width + part.x + x, 0,
           (size_t)width);
    whole->painted = true;
}

void surface_blank(struct surface_part part, int y, int x, int width, enum role role)
{
    put_blanks(part, y, x, room(part, y, x, width), part.whole->blanks[role]);
}

void surface_clear(struct surface_part part, enum role role)
{
    for (int y = 0; y < part.height; y++)
        surface_blank(part, y, 0, -1, role);
}

static void put_piece(struct surface_part part, int y, int x, struct surface_style style,
                      const struct text_piece *piece)
{
    struct surface *whole = part.whole;
    wchar_t sign[2] = {0};
    cchar_t cell;

    if (whole->utf8) {
        (void)setcchar(&cell, piece->characters, style.attributes, style.pair, NULL);
        (void)mvwadd_wchnstr(whole->window, part.y + y, part.x + x, &cell, 1);
    } else {
        size_t first = 1; // bytes of the character without what combines with it

        while (((unsigned char)piece->start[first] & 0xc0) == 0x80)
            first++;
        sign[0] =
            first == 1 ? (wchar_t)*piece->start : (wchar_t)ascii_form(piece->start, first)->sign;
        put_run(part, y, x, piece->columns, sign, style);
    }
    for (int i = 0; i < piece->columns; i++)
        whole->lines[(size_t)(part.y + y) * (size_t)whole->width + (size_t)(part.x + x + i)] = 0;
    whole->painted = true;
}

// Pieces from *text on that fit in `width` columns; returns the columns taken.
static int put_pieces(struct surface_part part, int y, int x, int width, struct surface_style style,
                      const char *text)
{
    int used = 0;

    while (*text) {
        struct text_piece piece = text_piece(text);

        if (used + piece.columns > width)
            break;
        put_piece(part, y, x + used, style, &piece);
        used += piece.columns;
        text += piece.bytes;
    }
    return used;
}

// The end of the text that takes at most `width` of its `total` columns.
static const char *tail(const char *text, int total, int width)
{
    for (int skip = total - width; skip > 0;) {
        struct text_piece piece = text_piece(text);

        skip -= piece.columns;
        text += piece.bytes;
    }
    return text;
}

static int put_cut(struct surface_part part, int y, int x, int width, struct surface_style style,
                   enum surface_cut cut, const char *text)
{
    int total = text_columns(text), end = cut == CUT_MIDDLE ? (width - 1) / 2 : 0, used;

    if (total <= width)
        return put_pieces(part, y, x, width, style, text);
    used = put_pieces(part, y, x, width - 1 - end, style, text);
    used += put_pieces(part, y, x + used, 1, style, ELLIPSIS);
    return used + put_pieces(part, y, x + used, width - used, style, tail(text, total, end));
}

static int put_text(struct surface_part part, int y, int x, int width, enum role role,
                    enum surface_cut cut, const char *text)
{
    _cleanup_free_ char *own = NULL;
    struct text_locale *before;
    int used;

    if (!text_is_clean(text, strlen(text))) {
        own = text_clean_dup(text, strlen(text));
        text = own ? own : "";
    }
    before = text_begin();
    used = put_cut(part, y, x, width, part.whole->styles[role], cut, text);
    text_end(before);
    return used;
}

int surface_text(struct surface_part part, int y, int x, int width, enum role role,
                 enum surface_cut cut, const char *text)
{
    width = room(part, y, x, width);
    return width > 0 ? put_text(part, y, x, width, role, cut, text) : 0;
}

int surface_format(struct surface_part part, int y, int x, int width, enum role role,
                   const char *format, ...)
{
    _cleanup_free_ char *text = NULL;
    va_list arguments;
    int n;

    va_start(arguments, format);
    n = vasprintf(&text, format, arguments);
    va_end(arguments);
    if (n < 0) {
        text = NULL;
        return 0;
    }
    return surface_text(part, y, x, width, role, CUT_END, text);
}

void surface_right(struct surface_part part, int y, int x, int width, enum role role,
                   const char *text)
{
    int columns = text_columns(text);

    width = room(part, y, x, width);
    if (width == 0)
        return;
    if (columns > width)
        columns = width;
    (void)put_text(part, y, x + width - columns, columns, role, CUT_END, text);
}

void surface_cursor(struct surface_part part, int y, int x)
{
    struct surface *whole = part.whole;

    if (room(part, y, x, 1) == 0)
        return;
    whole->cursor_said = true;
    whole->cursor_y = part.y + y;
    whole->cursor_x = part.x + x;
}
