// A row of choices, of which one is chosen with the arrows or Tab.
#ifndef DAVIT_TUI_DIALOGS_BUTTONS_H
#define DAVIT_TUI_DIALOGS_BUTTONS_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screen/action.h"
#include "tui/screen/key.h"
#include "tui/views/pane.h"

struct buttons {
    char **labels;
    size_t n, chosen;
};

void buttons_done(struct buttons *buttons);
int buttons_add(struct buttons *buttons, const char *label); // 0, -1: out of memory
extern const struct footer_key buttons_footer[];
// Whether another one is chosen now.
bool buttons_act(struct buttons *buttons, enum action action);
bool buttons_type(struct buttons *buttons, const struct key_event *event);

#endif
