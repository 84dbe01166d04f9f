// A change as a page proposes it: its plan is asked for and shown, then it is carried out. What the
// pages of the changes have in common.
#ifndef DAVIT_TUI_DIALOGS_PROPOSAL_H
#define DAVIT_TUI_DIALOGS_PROPOSAL_H

#include "tui/dialogs/dialog.h"
#include "tui/dialogs/plan_view.h"
#include "tui/dialogs/running.h"

// What the page does about it. The context is the dialog.
struct proposal_ops {
    // The engine has answered with a plan, or with why there is none. May be NULL.
    void (*planned)(struct dialog *dialog);
    // All of it was done, and that was said.
    void (*done)(struct dialog *dialog);
    // It failed, or some of it; `notice` says why, and that was said. The results may be NULL.
    void (*failed)(struct dialog *dialog, const struct planned_set *results);
};

struct proposal {
    struct dialog *dialog;
    enum change change;
    const struct proposal_ops *ops;
    struct plan_view plan;
    uint64_t request;        // of the plan, 0: none is waited for
    struct error notice;     // why the last try failed, or why it is planned anew
    struct running *running; // NULL: it is not being carried out
};

void proposal_init(struct proposal *proposal, struct dialog *dialog, enum change change,
                   const struct proposal_ops *ops);
// What is under way goes on in the engine.
void proposal_done(struct proposal *proposal);
// What was asked is not waited for any more.
void proposal_forget(struct proposal *proposal);
// Asks for the plan, or carries out the one that stands there, with the source that it showed; the
// params of `plan` and `run` are taken over, NULL: there was no memory for them.
void proposal_ask(struct proposal *proposal, json_t *params);
// Asks once more, as something changed: the plan stays, and can be carried out, until the new one
// is there. The engine refuses what is not as it was planned.
void proposal_ask_again(struct proposal *proposal, json_t *params);
void proposal_run(struct proposal *proposal, json_t *params);
// Whether the plan that stands there can be carried out now.
bool proposal_ready(const struct proposal *proposal);

// The keys that all pages have: scrolls the plan, copies the command, ends what is under way.
// Whether it was one of them; false also at the plan's end.
bool proposal_act(struct proposal *proposal, enum action action);
// Says that it goes on, and closes the page.
void proposal_leave(struct proposal *proposal);

// The keys on a plan: `label` is what ACTION_PERFORM does; `fields`: there are some before it.
// Static memory, until the next call.
const struct footer_key *proposal_footer(const struct proposal *proposal, bool ready,
                                         const char *label, bool fields);
// What is under way, or the notice; returns how many lines.
int proposal_paint_notice(const struct proposal *proposal, struct surface_part part, int y);
// How much of the plan is shown, in the lower border.
void proposal_paint_scrolled(const struct proposal *proposal, struct surface_part box);
// Both for --plain: "" or whole lines. Fresh memory.
char *proposal_notice_text(const struct proposal *proposal);

#endif
