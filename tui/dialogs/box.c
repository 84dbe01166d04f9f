#include "tui/dialogs/box.h"

#include <stdio.h>

struct surface_part box_place(struct surface_part part, int height, int width)
{
    int h = height < part.height ? height : part.height;
    int w = width < part.width ? width : part.width;

    h = h > 0 ? h : 0;
    w = w > 0 ? w : 0;
    return surface_within(part, (part.height - h) / 2, (part.width - w) / 2, h, w);
}

struct surface_part box_paint(struct surface_part part, const char *title)
{
    surface_clear(part, ROLE_DIALOG);
    if (part.height < 3 || part.width < BOX_COLUMNS + 2)
        return part;
    surface_frame(part, ROLE_DIALOG_BORDER);
    if (title && *title) {
        int n = surface_text(part, 0, 2, part.width - 5, ROLE_DIALOG_TITLE, CUT_MIDDLE, title);

        (void)surface_text(part, 0, 1, 1, ROLE_DIALOG_BORDER, CUT_END, " ");
        (void)surface_text(part, 0, 2 + n, 1, ROLE_DIALOG_BORDER, CUT_END, " ");
    }
    return surface_within(part, 1, 2, part.height - BOX_LINES, part.width - BOX_COLUMNS);
}

void box_scrolled(struct surface_part box, size_t top, size_t shown, size_t lines, const char *key)
{
    bool below = top + shown < lines;
    char text[96];

    if (shown >= lines || shown == 0 || box.height < 3)
        return;
    (void)snprintf(text, sizeof text, " %zu-%zu of %zu%s%s%s ", top + 1, top + shown, lines,
                   below && *key ? ", " : "", below ? key : "", below && *key ? ": more" : "");
    surface_right(box, box.height - 1, box.width - text_columns(text) - 2, text_columns(text),
                  ROLE_TEXT_DIM, text);
}

struct sentence {
    struct surface_part part;
    int y, x;
    enum role role;
};

static void sentence_line(const char *line, void *context)
{
    struct sentence *s = context;

    if (s->y >= 0 && s->y < s->part.height)
        (void)surface_text(s->part, s->y, s->x, -1, s->role, CUT_END, line);
    s->y++;
}

static void sentence_count(const char *line, void *context)
{
    (void)line;
    (void)context;
}

int box_sentence(struct surface_part part, int y, int x, enum role role, const char *text)
{
    struct sentence s = {part, y, x, role};

    return part.width > x ? text_wrap(text, part.width - x, sentence_line, &s) : 0;
}

int box_sentence_lines(int width, const char *text)
{
    return width > 0 ? text_wrap(text, width, sentence_count, NULL) : 0;
}

// Where the button goes: behind the one before, or on a line of its own.
static void button_place(int width, const char *label, int *line, int *x, int *next)
{
    int columns = text_columns(label) + 2;

    if (*next > 0 && *next + columns > width) {
        ++*line;
        *next = 0;
    }
    *x = *next;
    *next += columns + 2;
}

int box_buttons_lines(int width, const char *const *labels, size_t n)
{
    int line = 0, x, next = 0;

    for (size_t i = 0; i < n; i++)
        button_place(width, labels[i], &line, &x, &next);
    return n > 0 ? line + 1 : 0;
}

int box_buttons(struct surface_part part, int y, const char *const *labels, size_t n, size_t chosen)
{
    int line = 0, x, next = 0;

    for (size_t i = 0; i < n; i++) {
        button_place(part.width, labels[i], &line, &x, &next);
        (void)surface_format(part, y + line, x, -1,
                             i == chosen ? ROLE_DIALOG_SELECTED : ROLE_DIALOG, "[%s]", labels[i]);
        if (i == chosen)
            surface_cursor(part, y + line, x + 1);
    }
    return n > 0 ? line + 1 : 0;
}
