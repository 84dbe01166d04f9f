// A field for a path: a line that is typed, whose bytes are kept when they came from a listing and
// are not the text, and which Tab completes from the engine's `browse`.
#ifndef DAVIT_TUI_DIALOGS_PATH_FIELD_H
#define DAVIT_TUI_DIALOGS_PATH_FIELD_H

#include "tui/dialogs/dialog.h"
#include "tui/dialogs/input_line.h"

// Names that are shown when there are several.
#define PATH_NAMES_MAX 200

struct path_field {
    struct dialog_host *host;
    struct input_line line;
    struct raw_text raw; // of a listing: while the line begins with its text, its bytes are meant
    // Completion
    uint64_t request;
    char *asked; // the line's text when it was asked
    char **names;
    size_t n_names, n_fitting;
    char note[160]; // "not answering", "nothing begins with this", or ""
    // Told when Tab was answered. changed: the text is other than before; else there is a note, or
    // there are names.
    void (*completed)(bool changed, void *context);
    void *context;
};

void path_field_init(struct path_field *field, struct dialog_host *host,
                     void (*completed)(bool changed, void *context), void *context);
void path_field_done(struct path_field *field);
int path_field_set(struct path_field *field, const struct raw_text *raw); // 0, -1: out of memory
// What the line means, with bytes where they are other than the text. Fresh memory.
int path_field_get(const struct path_field *field, struct raw_text *ret);
// What is shown of a completion is over: the text was changed, or the field was left.
void path_field_forget(struct path_field *field);
// Tab. `container`: the key of the one whose tree it is, NULL: the host's.
void path_field_complete(struct path_field *field, const char *container);

#endif
