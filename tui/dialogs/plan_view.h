// The plan part of a page: asked for, there, or an error in its place. What one decides on
// (! warnings, "Inside: …") stands at its top; the steps follow. Scrolls.
#ifndef DAVIT_TUI_DIALOGS_PLAN_VIEW_H
#define DAVIT_TUI_DIALOGS_PLAN_VIEW_H

#include <stdbool.h>

#include "tui/dialogs/planned.h"
#include "tui/screen/action.h"
#include "tui/screen/surface.h"

enum plan_state {
    PLAN_NONE,    // nothing to plan yet
    PLAN_ASKED,   // the engine was asked
    PLAN_READY,   // `set` is what would be done
    PLAN_REFUSED, // `why` stands in its place
};

enum plan_kind { PLAN_ATTACH, PLAN_DETACH, PLAN_REPLACE, PLAN_SHARE };

struct plan_view {
    enum plan_kind kind;
    enum plan_state state;
    struct planned_set set;
    struct error why;
    int top, height, lines; // first line shown, how many are, how many there are; by the painting
    const char *nothing;    // what stands there in PLAN_NONE; static
    char owner[48];         // "root", "1000:1000": of the source, or ""
    bool host_shares;       // mounts made below it later cross to the host
    bool names_holders;     // of a detach: who would keep it there
    bool may_be_empty;      // what is asked for is looked for, and may be nothing: PLAN_NONE
};

void plan_view_done(struct plan_view *view);
void plan_view_clear(struct plan_view *view, enum plan_state state); // NONE or ASKED
// The engine's answer to `plan`; one of them is NULL.
void plan_view_answer(struct plan_view *view, const json_t *result, const struct error *why);
// Whether at least one target can be done as planned.
bool plan_view_possible(const struct plan_view *view);

// Scrolls; false: another action, or it is at its end already.
bool plan_view_act(struct plan_view *view, enum action action);
void plan_view_paint(struct plan_view *view, struct surface_part part);

// "owned by root · not writable · hides nothing · host unchanged". Fresh memory.
char *plan_view_prediction(const struct plan_view *view, const struct planned *planned);
// All of it as lines of text, without the calls. Fresh memory.
char *plan_view_text(const struct plan_view *view);

#endif
