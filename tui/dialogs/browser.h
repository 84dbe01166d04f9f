// What the directory browser knows of one directory. For the browser's own files.
#ifndef DAVIT_TUI_DIALOGS_BROWSER_H
#define DAVIT_TUI_DIALOGS_BROWSER_H

#include "tui/dialogs/choices.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/filter_line.h"

// Names of one directory that are taken from an answer.
#define BROWSER_LIMIT 20000

struct browser_entry {
    struct raw_text name, link;
    char *type; // "directory", "file", "symlink", …, or NULL
    char *mode;
    int64_t size; // bytes
};

struct browser {
    struct dialog dialog;
    char *container;      // NULL: the host
    char *container_name; // what it is called
    pid_t pid;            // the process it was when it was opened ...
    uint64_t start_time;  // ... 0: unknown
    char *prefix;         // before the path that is told: "image:"; NULL: nothing
    struct raw_text path; // that is shown, or asked for
    struct browser_entry *entries;
    size_t n_entries;
    size_t *shown; // entries that the filter lets through
    size_t n_shown;
    bool asked, truncated;
    struct error why; // why there are none
    uint64_t request;
    struct raw_text come_from; // name of the directory that was left by going up: chosen again
    struct filter_line filter;
    // Row 0 is "this directory", then the directory above (not in /), then the shown entries.
    struct choices choices;
    void (*chosen)(const struct raw_text *path, void *context);
    void *context;
};

// browser_read.c
size_t browser_fixed_rows(const struct browser *browser);
// NULL: one of the fixed rows.
const struct browser_entry *browser_at(const struct browser *browser, size_t row);
void browser_apply_filter(struct browser *browser);
void browser_entries_free(struct browser *browser);
// Asks for browser->path; what is not answered yet is forgotten.
void browser_read(struct browser *browser);
void browser_enter(struct browser *browser, const struct browser_entry *entry);
void browser_up(struct browser *browser);
// PATH/NAME. 0, -1: out of memory.
int browser_join(const struct raw_text *path, const struct raw_text *name, struct raw_text *ret);

// browser_paint.c
void browser_paint(struct dialog *dialog, struct surface_part part);
char *browser_plain(struct dialog *dialog);
const struct input_line *browser_line(struct dialog *dialog);

#endif
