#include "tui/dialogs/input_line.h"

#include <stdint.h>
#include <string.h>

#include "core/base/text.h"

static bool begins_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static size_t before(const struct input_line *line, size_t at)
{
    while (at > 0 && !begins_character(line->text[--at]))
        ;
    return at;
}

static size_t behind(const struct input_line *line, size_t at)
{
    if (at < line->length)
        for (at++; at < line->length && !begins_character(line->text[at]); at++)
            ;
    return at;
}

// As much as fits, whole characters.
static enum input_outcome insert(struct input_line *line, const char *text, size_t length)
{
    size_t room = INPUT_LINE_LIMIT - line->length;

    if (length > room) {
        length = room;
        while (length > 0 && !begins_character(text[length]))
            length--;
    }
    if (length == 0)
        return INPUT_MOVED;
    memmove(line->text + line->cursor + length, line->text + line->cursor,
            line->length - line->cursor + 1);
    memcpy(line->text + line->cursor, text, length);
    line->length += length;
    line->cursor += length;
    return INPUT_CHANGED;
}

static enum input_outcome take_away(struct input_line *line, size_t from, size_t to)
{
    if (from >= to)
        return INPUT_MOVED;
    memmove(line->text + from, line->text + to, line->length - to + 1);
    line->length -= to - from;
    line->cursor = from;
    return INPUT_CHANGED;
}

static size_t word_begins(const struct input_line *line)
{
    size_t at = line->cursor;

    while (at > 0 && strchr(" /", line->text[at - 1]))
        at--;
    while (at > 0 && !strchr(" /", line->text[at - 1]))
        at--;
    return at;
}

void input_line_set(struct input_line *line, const char *text)
{
    char clean[INPUT_LINE_LIMIT + 1] = "";

    if (text)
        text_clean(clean, sizeof clean, text, strlen(text));
    *line = (struct input_line){.length = 0};
    (void)insert(line, clean, strlen(clean));
}

static size_t encode(uint32_t point, char out[4])
{
    size_t n = point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4;

    for (size_t i = n - 1; i > 0; i--, point >>= 6)
        out[i] = (char)(0x80 | (point & 0x3f));
    out[0] = (char)(n == 1 ? point : (0xf00U >> n & 0xffU) | point);
    return n;
}

static enum input_outcome type_character(struct input_line *line, uint32_t point)
{
    char bytes[4];
    size_t n = encode(point, bytes);

    return text_is_clean(bytes, n) ? insert(line, bytes, n) : INPUT_MOVED;
}

static enum input_outcome type_control(struct input_line *line, uint32_t letter)
{
    switch (letter) {
    case 'A':
        line->cursor = 0;
        return INPUT_MOVED;
    case 'E':
        line->cursor = line->length;
        return INPUT_MOVED;
    case 'B':
        line->cursor = before(line, line->cursor);
        return INPUT_MOVED;
    case 'F':
        line->cursor = behind(line, line->cursor);
        return INPUT_MOVED;
    case 'H':
        return take_away(line, before(line, line->cursor), line->cursor);
    case 'W':
        return take_away(line, word_begins(line), line->cursor);
    case 'U':
        return take_away(line, 0, line->cursor);
    case 'K':
        return take_away(line, line->cursor, line->length);
    default:
        return INPUT_NOT_MINE;
    }
}

static enum input_outcome type_named(struct input_line *line, uint32_t code)
{
    switch (code) {
    case KEYCODE_LEFT:
        line->cursor = before(line, line->cursor);
        return INPUT_MOVED;
    case KEYCODE_RIGHT:
        line->cursor = behind(line, line->cursor);
        return INPUT_MOVED;
    case KEYCODE_HOME:
        line->cursor = 0;
        return INPUT_MOVED;
    case KEYCODE_END:
        line->cursor = line->length;
        return INPUT_MOVED;
    case KEYCODE_BACKSPACE:
        return take_away(line, before(line, line->cursor), line->cursor);
    case KEYCODE_DELETE:
        return take_away(line, line->cursor, behind(line, line->cursor));
    case KEYCODE_SPACE:
        return insert(line, " ", 1);
    default:
        return INPUT_NOT_MINE;
    }
}

enum input_outcome input_line_type(struct input_line *line, const struct key_event *event)
{
    uint32_t code = event->key.code;

    if (event->kind == EVENT_PASTE) {
        char clean[PASTE_LIMIT + 1] = "";

        if (event->text)
            text_clean(clean, sizeof clean, event->text, strlen(event->text));
        return insert(line, clean, strlen(clean));
    }
    if (event->kind != EVENT_KEY)
        return INPUT_MOVED;
    if (code > KEY_FIRST_)
        return event->key.modifiers ? INPUT_NOT_MINE : type_named(line, code);
    if (event->key.modifiers == KEY_CTRL)
        return type_control(line, code >= 'a' && code <= 'z' ? code - 'a' + 'A' : code);
    return event->key.modifiers ? INPUT_NOT_MINE : type_character(line, code);
}

static int columns_between(const struct input_line *line, size_t from, size_t to)
{
    char piece[INPUT_LINE_LIMIT + 1];

    memcpy(piece, line->text + from, to - from);
    piece[to - from] = '\0';
    return text_columns(piece);
}

// The first byte to show so that the cursor is at the right edge, behind a sign of `mark` cells.
static size_t shown_from(const struct input_line *line, int width, int mark)
{
    size_t first = line->cursor;

    while (first > 0 && columns_between(line, before(line, first), line->cursor) + mark < width)
        first = before(line, first);
    return first;
}

void input_line_paint(struct input_line *line, struct surface_part part, int y, int x, int width,
                      bool focused)
{
    // What is cut at the left is marked, where there is room for that.
    int mark = width > 2;

    if (width < 1)
        return;
    // The cursor needs a cell of its own behind the text.
    if (line->first > line->cursor ||
        columns_between(line, line->first, line->cursor) + (line->first > 0 ? mark : 0) >= width)
        line->first = shown_from(line, width, mark);
    while (line->first > 0 &&
           columns_between(line, before(line, line->first), line->length) + mark + 1 <= width)
        line->first = before(line, line->first);
    mark = line->first > 0 ? mark : 0;
    surface_blank(part, y, x, width, ROLE_INPUT);
    if (mark > 0)
        (void)surface_text(part, y, x, 1, ROLE_INPUT_COMPLETION, CUT_END, "<");
    (void)surface_text(part, y, x + mark, width - mark, ROLE_INPUT, CUT_END,
                       line->text + line->first);
    if (focused)
        surface_cursor(part, y, x + mark + columns_between(line, line->first, line->cursor));
}

// More than fit on any screen are not told apart.
#define DOTS_MAX 1000

void input_line_paint_dots(struct input_line *line, struct surface_part part, int y, int x,
                           int width, bool focused)
{
    static const char dot[] = "•";
    struct input_line dots = {.length = 0};
    size_t n = 0;

    for (size_t i = 0; i < line->length && n < DOTS_MAX; i++) {
        if (((unsigned char)line->text[i] & 0xc0) == 0x80)
            continue;
        memcpy(dots.text + dots.length, dot, strlen(dot));
        dots.length += strlen(dot);
        n++;
        if (i < line->cursor)
            dots.cursor = dots.length;
    }
    input_line_paint(&dots, part, y, x, width, focused);
}
