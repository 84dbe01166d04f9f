// What is said of the container runtimes: a mark in the header, a note below the containers when
// one does not answer, and a page that tells all of it.
#ifndef DAVIT_TUI_VIEWS_RUNTIMES_H
#define DAVIT_TUI_VIEWS_RUNTIMES_H

#include "tui/model/model.h"
#include "tui/screen/keymap.h"
#include "tui/screen/surface.h"

// "docker DOWN (names from disk)", "docker ok"; "" for one that is absent, and for /proc when it is
// read as it should be. Whether it is trouble.
bool runtime_mark(const struct shown_runtime *runtime, char *out, size_t size);

// Why runtimes do not answer and what to try, in the last lines of `part`; returns how many it
// took: none when all is well, or where there is hardly room for the rows.
int runtimes_note(struct surface_part part, const struct model *model, const struct keymap *keymap);

// All of them, with the path, what is wrong and what to try. Fresh memory, NULL: out of memory.
char *runtimes_text(const struct model *model);

#endif
