// The page of a plan that waits for its key, with nothing to fill in. For the dialogs' own files:
// plan_open.c (undo, refresh, eject), detach_marked.c.
#ifndef DAVIT_TUI_DIALOGS_PLAN_PAGE_H
#define DAVIT_TUI_DIALOGS_PLAN_PAGE_H

#include <jansson.h>

#include "tui/dialogs/dialog.h"
#include "tui/dialogs/running.h"

// Takes title, params and aside over, title and params NULL: there was no memory for them. `aside`:
// a sentence above the plan, or NULL.
int plan_page_open(struct dialog_host *host, enum change change, char *title, json_t *params,
                   char *aside, struct error *err);

// Adds one to the targets of a change: by the process that it has now. 0, -1: out of memory.
int plan_target_add(json_t *targets, const struct shown_container *container,
                    const struct raw_text *path);
// Whether there are any, and no more than one request may have. `where`: "there", for the error.
int plan_targets_check(const json_t *targets, const char *where, struct error *err);

#endif
