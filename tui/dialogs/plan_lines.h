// The lines of a plan for one width: what to know before one decides, then the steps.
#ifndef DAVIT_TUI_DIALOGS_PLAN_LINES_H
#define DAVIT_TUI_DIALOGS_PLAN_LINES_H

#include <stddef.h>

#include "tui/dialogs/plan_view.h"

struct plan_line {
    enum role role;
    int indent;
    char *text;
    const char *call; // of a step; borrowed from the plan
};

struct plan_lines {
    struct plan_line *items;
    size_t n;
};

// 0, or -1 when out of memory; plan_lines_done() in both cases.
int plan_lines_make(const struct plan_view *view, int width, struct plan_lines *ret);
void plan_lines_done(struct plan_lines *lines);

#endif
