#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "core/base/file.h"
#include "tui/screen/terminal_internal.h"

// What a cell looks like.
struct look {
    attr_t attributes;
    int fg, bg;
};

#define LOOKS_MOST 62
static const char letters[LOOKS_MOST + 1] =
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

struct looks {
    struct look all[LOOKS_MOST];
    size_t n;
};

static int compare(const void *a, const void *b)
{
    const struct look *x = a, *y = b;

    if (x->fg != y->fg)
        return x->fg < y->fg ? -1 : 1;
    if (x->bg != y->bg)
        return x->bg < y->bg ? -1 : 1;
    return x->attributes < y->attributes ? -1 : x->attributes > y->attributes;
}

static bool is_plain(const struct look *look)
{
    return look->fg < 0 && look->bg < 0 && look->attributes == 0;
}

// The characters of a cell and its look; returns the columns that it takes.
static int read_cell(const struct surface *surface, int y, int x, wchar_t out[CCHARW_MAX + 1],
                     struct look *ret_look)
{
    cchar_t cell;
    short pair = 0;
    int columns;

    *ret_look = (struct look){0, -1, -1};
    out[0] = L' ';
    out[1] = L'\0';
    if (mvwin_wch(surface->window, y, x, &cell) != OK ||
        getcchar(&cell, out, &ret_look->attributes, &pair, NULL) != OK)
        return 1;
    ret_look->attributes &= A_BOLD | A_DIM | A_UNDERLINE | A_REVERSE | A_ITALIC;
    if (pair > 0)
        (void)extended_pair_content(pair, &ret_look->fg, &ret_look->bg);
    columns = wcwidth(out[0]);
    return columns < 1 ? 1 : columns;
}

static void save_text(const struct surface *surface, FILE *file)
{
    for (int y = 0; y < surface->height; y++) {
        int blanks = 0;

        for (int x = 0; x < surface->width;) {
            wchar_t characters[CCHARW_MAX + 1];
            struct look look;

            x += read_cell(surface, y, x, characters, &look);
            if (characters[0] == L' ' && !characters[1]) {
                blanks++;
                continue;
            }
            (void)fprintf(file, "%*s%ls", blanks, "", characters);
            blanks = 0;
        }
        (void)fputc('\n', file);
    }
}

static void find_looks(const struct surface *surface, struct looks *looks)
{
    looks->n = 0;
    for (int y = 0; y < surface->height; y++)
        for (int x = 0; x < surface->width; x++) {
            wchar_t characters[CCHARW_MAX + 1];
            struct look look;
            size_t i = 0;

            (void)read_cell(surface, y, x, characters, &look);
            while (i < looks->n && compare(&looks->all[i], &look) != 0)
                i++;
            if (i == looks->n && i < LOOKS_MOST && !is_plain(&look))
                looks->all[looks->n++] = look;
        }
    qsort(looks->all, looks->n, sizeof looks->all[0], compare);
}

static char letter_of(const struct looks *looks, const struct look *look)
{
    if (is_plain(look))
        return '.';
    for (size_t i = 0; i < looks->n; i++)
        if (compare(&looks->all[i], look) == 0)
            return letters[i];
    return '?';
}

static void save_looks(const struct surface *surface, const struct looks *looks, FILE *file)
{
    for (int y = 0; y < surface->height; y++) {
        for (int x = 0; x < surface->width; x++) {
            wchar_t characters[CCHARW_MAX + 1];
            struct look look;

            (void)read_cell(surface, y, x, characters, &look);
            (void)fputc(letter_of(looks, &look), file);
        }
        (void)fputc('\n', file);
    }
}

static void save_legend(const struct looks *looks, FILE *file)
{
    static const struct {
        attr_t bit;
        const char *name;
    } names[] = {{A_BOLD, "bold"},
                 {A_DIM, "dim"},
                 {A_UNDERLINE, "underline"},
                 {A_REVERSE, "reverse"},
                 {A_ITALIC, "italic"}};

    for (size_t i = 0; i < looks->n; i++) {
        const struct look *look = &looks->all[i];

        (void)fputc(letters[i], file);
        if (look->fg >= 0)
            (void)fprintf(file, " fg %d", look->fg);
        if (look->bg >= 0)
            (void)fprintf(file, " bg %d", look->bg);
        for (size_t k = 0; k < ARRAY_SIZE(names); k++)
            if (look->attributes & names[k].bit)
                (void)fprintf(file, " %s", names[k].name);
        (void)fputc('\n', file);
    }
}

// In UTF-8 whatever the locale is.
static int save(const struct terminal *terminal, FILE *file)
{
    const struct surface *surface = &terminal->surface;
    struct text_locale *before = text_begin();
    struct looks looks;

    find_looks(surface, &looks);
    save_text(surface, file);
    (void)fputs("-- attributes --\n", file);
    save_looks(surface, &looks, file);
    (void)fputs("-- legend --\n. as the terminal has it\n", file);
    save_legend(&looks, file);
    if (surface->cursor_shown)
        (void)fprintf(file, "cursor in row %d, column %d\n", surface->cursor_y + 1,
                      surface->cursor_x + 1);
    else
        (void)fputs("no cursor\n", file);
    text_end(before);
    return fclose(file);
}

int terminal_save(struct terminal *terminal, const char *path, struct error *err)
{
    _cleanup_free_ char *bytes = NULL;
    size_t length = 0;
    FILE *file = open_memstream(&bytes, &length);

    if (!file || save(terminal, file) != 0)
        return ERROR_OOM(err);
    return file_replace(path, bytes, length, 0600, err);
}
