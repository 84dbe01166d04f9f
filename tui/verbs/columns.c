#include "tui/verbs/columns.h"

#include <locale.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/text.h"

#define GAP          2  // cells between columns
#define SHRINK_LEAST 10 // cells that a shrunk column keeps ...
#define SHRINK_EXTRA 16 // ... as long as there are columns that can be left out
#define KEY_LEAST    40 // ... one that tells the rows apart, before the others are as narrow
#define ELLIPSIS     "\xe2\x80\xa6"

struct columns {
    const struct column *what;
    size_t n;
    char **cells; // n per row
    size_t n_cells, room;
};

int columns_new(const struct column *what, size_t n, struct columns **ret, struct error *err)
{
    struct columns *columns = calloc(1, sizeof *columns);

    if (!columns)
        return ERROR_OOM(err);
    columns->what = what;
    columns->n = n;
    *ret = columns;
    return 0;
}

void columns_free(struct columns *columns)
{
    for (size_t i = 0; i < columns->n_cells; i++)
        free(columns->cells[i]);
    free(columns->cells);
    free(columns);
}

int columns_add(struct columns *columns, const char *const *cells, struct error *err)
{
    if (columns->n_cells + columns->n > columns->room) {
        size_t room = columns->room ? 2 * columns->room : 32 * columns->n;
        char **more = reallocarray(columns->cells, room, sizeof *more);

        if (!more)
            return ERROR_OOM(err);
        columns->cells = more;
        columns->room = room;
    }
    for (size_t i = 0; i < columns->n; i++) {
        char *copy = strdup(cells[i] && *cells[i] ? cells[i] : "-");

        if (!copy)
            return ERROR_OOM(err);
        columns->cells[columns->n_cells++] = copy;
    }
    return 0;
}

// One character: its cells, and its bytes in *ret_bytes (at least 1). wcwidth(3) needs a UTF-8
// locale whatever the caller's is: the text is UTF-8 always.
static size_t character(const char *text, size_t *ret_bytes)
{
    static locale_t utf8;
    locale_t before;
    mbstate_t state = {0};
    wchar_t wide = 0;
    size_t n;
    int cells;

    if ((unsigned char)*text < 0x80) {
        *ret_bytes = 1;
        return 1;
    }
    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    before = utf8 ? uselocale(utf8) : (locale_t)0;
    n = mbrtowc(&wide, text, strlen(text), &state);
    cells = n > 0 && n <= 4 ? wcwidth(wide) : 1;
    if (utf8)
        (void)uselocale(before);
    *ret_bytes = n > 0 && n <= 4 ? n : 1;
    return cells < 0 ? 1 : (size_t)cells;
}

size_t text_width(const char *text)
{
    size_t width = 0, bytes;

    for (; *text; text += bytes)
        width += character(text, &bytes);
    return width;
}

// Bytes of the start of `text` that take at most `width` cells.
static size_t head_bytes(const char *text, size_t width)
{
    size_t used = 0, cells = 0, bytes;

    while (text[used] && (cells += character(text + used, &bytes)) <= width)
        used += bytes;
    return used;
}

void text_fit(char *out, size_t size, const char *text, size_t width)
{
    size_t total = text_width(text), head, skip, bytes;
    const char *tail = text;

    if (total <= width) {
        text_clean(out, size, text, strlen(text));
        return;
    }
    if (width == 0) {
        out[0] = '\0';
        return;
    }
    head = head_bytes(text, (width - 1) - (width - 1) / 2);
    for (skip = total - (width - 1) / 2; skip > 0; tail += bytes) {
        size_t cells = character(tail, &bytes);

        skip -= cells < skip ? cells : skip;
    }
    (void)snprintf(out, size, "%.*s" ELLIPSIS "%s", (int)head, text, tail);
}

static const char *cell(const struct columns *columns, size_t row, size_t column)
{
    return columns->cells[row * columns->n + column];
}

// A longer cell does not widen its whole column: one path of 100 KB must not make gigabytes.
#define PADDED_MOST 256

static void natural_widths(const struct columns *columns, size_t *widths)
{
    for (size_t c = 0; c < columns->n; c++) {
        widths[c] = text_width(columns->what[c].title);
        for (size_t r = 0; r < columns->n_cells / columns->n; r++) {
            size_t width = text_width(cell(columns, r, c));

            if (width > widths[c] && width <= PADDED_MOST)
                widths[c] = width;
        }
    }
}

static size_t total_width(const struct columns *columns, const size_t *widths)
{
    size_t total = 0;

    for (size_t c = 0; c < columns->n; c++)
        if (widths[c] > 0)
            total += widths[c] + (total > 0 ? GAP : 0);
    return total;
}

// Takes cells from the widest column that may shrink until all fits; false when none is left.
static bool shrink(const struct columns *columns, size_t *widths, size_t width, size_t least,
                   size_t key_least)
{
    size_t total;

    while ((total = total_width(columns, widths)) > width) {
        size_t widest = columns->n;

        for (size_t c = 0; c < columns->n; c++)
            if (columns->what[c].flags & COLUMN_SHRINK &&
                widths[c] > (columns->what[c].flags & COLUMN_KEY ? key_least : least) &&
                (widest == columns->n || widths[c] > widths[widest]))
                widest = c;
        if (widest == columns->n)
            return false;
        widths[widest]--;
    }
    return true;
}

// The last column that may be left out and is there; columns->n: none.
static size_t last_extra(const struct columns *columns, const size_t *widths)
{
    for (size_t c = columns->n; c-- > 0;)
        if (columns->what[c].flags & COLUMN_EXTRA && widths[c] > 0)
            return c;
    return columns->n;
}

// Columns that can be left out go before what tells the rows apart is cut.
static void fit_widths(const struct columns *columns, size_t *widths, size_t width)
{
    size_t natural[COLUMNS_MAX], extra;

    natural_widths(columns, widths);
    if (width == 0)
        return;
    memcpy(natural, widths, columns->n * sizeof *widths);
    while ((extra = last_extra(columns, natural)) < columns->n) {
        if (shrink(columns, widths, width, SHRINK_EXTRA, KEY_LEAST))
            return;
        natural[extra] = 0;
        memcpy(widths, natural, columns->n * sizeof *widths);
    }
    if (!shrink(columns, widths, width, SHRINK_LEAST, KEY_LEAST))
        (void)shrink(columns, widths, width, SHRINK_LEAST, SHRINK_LEAST);
}

static void print_row(const struct columns *columns, const size_t *widths, size_t row, bool cut,
                      FILE *file)
{
    size_t pending = 0; // spaces that are printed when something follows

    for (size_t c = 0; c < columns->n; c++) {
        const char *text = row == SIZE_MAX ? columns->what[c].title : cell(columns, row, c);
        _cleanup_free_ char *fitted = NULL;
        size_t width, padding;

        if (widths[c] == 0)
            continue;
        if (cut && text_width(text) > widths[c]) {
            size_t size = strlen(text) + sizeof ELLIPSIS;

            fitted = malloc(size);
            if (fitted) {
                text_fit(fitted, size, text, widths[c]);
                text = fitted;
            }
        }
        width = text_width(text);
        padding = width < widths[c] ? widths[c] - width : 0;
        if (columns->what[c].flags & COLUMN_RIGHT) {
            pending += padding;
            padding = 0;
        }
        (void)fprintf(file, "%*s%s", (int)pending, "", text);
        pending = padding + GAP;
    }
    (void)fputc('\n', file);
}

void columns_print(const struct columns *columns, FILE *file, size_t width)
{
    size_t widths[COLUMNS_MAX];

    fit_widths(columns, widths, width);
    print_row(columns, widths, SIZE_MAX, width > 0, file);
    for (size_t r = 0; r < columns->n_cells / columns->n; r++)
        print_row(columns, widths, r, width > 0, file);
}
