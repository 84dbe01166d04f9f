// Which one of several rows is chosen, and which of them are shown.
#ifndef DAVIT_TUI_DIALOGS_CHOICES_H
#define DAVIT_TUI_DIALOGS_CHOICES_H

#include <stdbool.h>
#include <stddef.h>

#include "tui/screen/action.h"

struct choices {
    size_t n, chosen;
    size_t top;  // the first row shown
    size_t page; // rows shown last, by choices_show()
};

// Moves for the actions of scrolling; false: it is another action.
bool choices_act(struct choices *choices, enum action action);
// For so many rows on the screen: keeps the chosen one among them.
void choices_show(struct choices *choices, int rows);

#endif
