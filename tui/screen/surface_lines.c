#include <stddef.h>

#include "tui/screen/surface.h"
#include "tui/screen/surface_paint.h"

// The sides of a cell to which a line goes.
enum sides { SIDE_UP = 1, SIDE_DOWN = 2, SIDE_LEFT = 4, SIDE_RIGHT = 8 };

static wchar_t line_character(bool utf8, unsigned sides)
{
    static const wchar_t shapes[] = L" │││─┘┐┤─└┌├─┴┬┼";

    if (utf8)
        return shapes[sides];
    return !(sides & (SIDE_UP | SIDE_DOWN))      ? L'-'
           : !(sides & (SIDE_LEFT | SIDE_RIGHT)) ? L'|'
                                                 : L'+';
}

// Joins what is there already.
static void put_line(struct surface_part part, int y, int x, unsigned sides, enum role role)
{
    struct surface *whole = part.whole;
    struct surface_style style = whole->styles[role];
    int row = part.y + y, column = part.x + x;
    wchar_t text[2] = {0};
    unsigned char *there;
    cchar_t cell;

    if (row >= whole->height || column >= whole->width)
        return;
    there = &whole->lines[(size_t)row * (size_t)whole->width + (size_t)column];
    *there |= (unsigned char)sides;
    text[0] = line_character(whole->utf8, *there);
    (void)setcchar(&cell, text, style.attributes, style.pair, NULL);
    (void)mvwadd_wchnstr(whole->window, row, column, &cell, 1);
    whole->painted = true;
}

static void across(struct surface_part part, int y, enum role role)
{
    for (int x = 0; x < part.width; x++) {
        unsigned sides = (x > 0 ? SIDE_LEFT : 0U) | (x < part.width - 1 ? SIDE_RIGHT : 0U);

        put_line(part, y, x, sides ? sides : SIDE_LEFT | SIDE_RIGHT, role);
    }
}

static void down(struct surface_part part, int x, enum role role)
{
    for (int y = 0; y < part.height; y++) {
        unsigned sides = (y > 0 ? SIDE_UP : 0U) | (y < part.height - 1 ? SIDE_DOWN : 0U);

        put_line(part, y, x, sides ? sides : SIDE_UP | SIDE_DOWN, role);
    }
}

void surface_rule(struct surface_part part, int y, enum role role)
{
    if (y >= 0 && y < part.height)
        across(part, y, role);
}

void surface_rule_down(struct surface_part part, int x, enum role role)
{
    if (x >= 0 && x < part.width)
        down(part, x, role);
}

void surface_frame(struct surface_part part, enum role role)
{
    if (part.height <= 0 || part.width <= 0)
        return;
    if (part.width > 1 || part.height == 1) {
        across(part, 0, role);
        if (part.height > 1)
            across(part, part.height - 1, role);
    }
    if (part.height > 1) {
        down(part, 0, role);
        if (part.width > 1)
            down(part, part.width - 1, role);
    }
}
