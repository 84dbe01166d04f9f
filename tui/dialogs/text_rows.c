#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tui/dialogs/text_page.h"

// A column of names gets no more than this part of the page.
#define FIELD_PART 3

void text_page_forget_rows(struct text_page *page)
{
    for (size_t i = 0; i < page->n_rows; i++)
        free(page->rows[i].text);
    free(page->rows);
    page->rows = NULL;
    page->n_rows = 0;
    page->rows_width = 0;
}

struct adding {
    struct text_page *page;
    size_t line;
    size_t capacity;
    bool first;
    int failed;
};

static void add_row(const char *text, void *context)
{
    struct adding *adding = context;
    struct text_page *page = adding->page;

    if (adding->failed)
        return;
    if (page->n_rows == adding->capacity) {
        size_t capacity = adding->capacity ? 2 * adding->capacity : 64;
        struct text_row *grown = realloc(page->rows, capacity * sizeof *grown);

        if (!grown) {
            adding->failed = -1;
            return;
        }
        page->rows = grown;
        adding->capacity = capacity;
    }
    page->rows[page->n_rows] = (struct text_row){strdup(text), adding->line, adding->first};
    if (!page->rows[page->n_rows].text) {
        adding->failed = -1;
        return;
    }
    page->n_rows++;
    adding->first = false;
}

static int field_width(const struct text_page *page, int width)
{
    int most = width / FIELD_PART;

    return page->field_width == 0 ? 0 : page->field_width < most ? page->field_width : most;
}

int text_page_rows(struct text_page *page, int width)
{
    struct adding adding = {.page = page};
    int field = field_width(page, width);

    if (page->rows_width == width)
        return 0;
    text_page_forget_rows(page);
    for (size_t i = 0; i < page->n_lines && !adding.failed; i++) {
        const struct text_line *line = &page->lines[i];
        int room = line->field ? width - field - 2 : width;

        adding.line = i;
        adding.first = true;
        if (line->text[0] == '\0')
            add_row("", &adding);
        else
            (void)text_wrap(line->text, room > 8 ? room : 8, add_row, &adding);
    }
    if (adding.failed) {
        text_page_forget_rows(page);
        return -1;
    }
    page->rows_width = width;
    return 0;
}

size_t text_page_find(const struct text_page *page, size_t from, bool forwards)
{
    for (size_t i = 0; i < page->n_rows; i++) {
        // Round the end, as searches do.
        size_t row =
            forwards ? (from + i) % page->n_rows : (from + 2 * page->n_rows - 1 - i) % page->n_rows;
        const struct text_line *line = &page->lines[page->rows[row].line];

        if (strcasestr(page->rows[row].text, page->search.line.text) ||
            (page->rows[row].first && line->field &&
             strcasestr(line->field, page->search.line.text)))
            return row;
    }
    return page->n_rows;
}

// What was searched for stands out.
static void paint_found(const struct text_page *page, struct surface_part part, int y, int x,
                        const char *text)
{
    const char *at = page->search.line.length > 0 && !page->search.typing
                         ? strcasestr(text, page->search.line.text)
                         : NULL;
    _cleanup_free_ char *before = at ? strndup(text, (size_t)(at - text)) : NULL;
    _cleanup_free_ char *found = at ? strndup(at, page->search.line.length) : NULL;

    if (before && found)
        (void)surface_text(part, y, x + text_columns(before), -1, ROLE_FOUND, CUT_END, found);
}

void text_page_paint_row(const struct text_page *page, struct surface_part part, int y, size_t row)
{
    const struct text_row *shown = &page->rows[row];
    const struct text_line *line = &page->lines[shown->line];
    int field = field_width(page, part.width), x = line->field ? field + 2 : 0;

    if (line->field && shown->first) {
        (void)surface_text(part, y, 0, field, ROLE_DIALOG_FIELD, CUT_END, line->field);
        paint_found(page, surface_within(part, 0, 0, part.height, field), y, 0, line->field);
    }
    (void)surface_text(part, y, x, -1, line->role, CUT_END, shown->text);
    paint_found(page, part, y, x, shown->text);
}
