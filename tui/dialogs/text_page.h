// A page of text that scrolls and is searched, filled line by line. For the dialogs' own files.
#ifndef DAVIT_TUI_DIALOGS_TEXT_PAGE_H
#define DAVIT_TUI_DIALOGS_TEXT_PAGE_H

#include "tui/dialogs/dialog.h"
#include "tui/dialogs/filter_line.h"

struct text_line {
    char *field; // a name at the left in a column of its own, or NULL
    char *text;
    enum role role;
};

// The lines of the text as they stand on the screen, for one width.
struct text_row {
    char *text;
    size_t line; // of which it is a part
    bool first;  // ... the first: with the field's name
};

struct text_page {
    struct dialog dialog;
    char *title;
    struct text_line *lines;
    size_t n_lines;
    int field_width;
    struct text_row *rows;
    size_t n_rows;
    int rows_width; // that `rows` were made for; 0: they are out of date
    size_t top, height;
    struct filter_line search; // typed, or done
    size_t found;              // the row found last
    // A page that asked the engine for its text.
    uint64_t request;
};

// An empty page that is not open yet. NULL: out of memory.
struct text_page *text_page_new(struct dialog_host *host, const char *title);
void text_page_free(struct text_page *page);
void text_page_show(struct text_page *page); // opens it

// Adds lines; a text with line feeds is several. NULL as text: nothing is added. 0, -1: out of
// memory.
int text_page_add(struct text_page *page, enum role role, const char *text);
int text_page_field(struct text_page *page, const char *field, const char *text);
int text_page_format(struct text_page *page, const char *field, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// text_rows.c: the rows for a width, made when they are out of date.
int text_page_rows(struct text_page *page, int width);
void text_page_forget_rows(struct text_page *page);
// From `from` on; the row, or n_rows when there is none.
size_t text_page_find(const struct text_page *page, size_t from, bool forwards);
void text_page_paint_row(const struct text_page *page, struct surface_part part, int y, size_t row);

#endif
