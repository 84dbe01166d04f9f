// Lists in columns for people: as wide as their content, fitted to a terminal when there is one.
#ifndef DAVIT_TUI_VERBS_COLUMNS_H
#define DAVIT_TUI_VERBS_COLUMNS_H

#include <stddef.h>
#include <stdio.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

enum column_flags {
    COLUMN_RIGHT = 1 << 0,  // numbers
    COLUMN_SHRINK = 1 << 1, // names and paths: lose their middle when there is no room
    COLUMN_EXTRA = 1 << 2,  // left out when there is still no room
    COLUMN_KEY = 1 << 3,    // tells the rows apart: shrinks last
};

struct column {
    const char *title;
    unsigned flags;
};

#define COLUMNS_MAX 12

struct columns;

// `what` and its titles are borrowed, n at most COLUMNS_MAX.
int columns_new(const struct column *what, size_t n, struct columns **ret, struct error *err);
void columns_free(struct columns *columns);
CLEANUP_POINTER(struct columns, columns_free);
#define _cleanup_columns_ CLEANUP(columns_freep)

// One row of n clean texts, copied; NULL and "" are shown as "-".
int columns_add(struct columns *columns, const char *const *cells, struct error *err);

// Prints the titles and all rows. `width` in terminal cells; 0: nothing is cut.
void columns_print(const struct columns *columns, FILE *file, size_t width);

// Cells that clean UTF-8 text takes on a terminal.
size_t text_width(const char *text);

// Copies `text`, its middle replaced by "…" so that it takes at most `width` cells (and `size`
// bytes with the NUL).
void text_fit(char *out, size_t size, const char *text, size_t width);

#endif
