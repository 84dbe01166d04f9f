// What came of a change, or would come of it, for people and as JSON.
#ifndef DAVIT_TUI_VERBS_REPORT_H
#define DAVIT_TUI_VERBS_REPORT_H

#include "core/engine/plan.h"
#include "tui/verbs/verb.h"

enum change {
    CHANGE_ATTACH,
    CHANGE_DETACH,
    CHANGE_UNDO,
    CHANGE_KEEP,
    CHANGE_FORGET,
    CHANGE_SHARE,
    CHANGE_REPLACE,
    CHANGE_REFRESH
};

// `source` is what was attached, as it was typed, or NULL. Prints one line a target, what went
// wrong on stderr, or the JSON object. Returns the exit status.
int report_print(struct command *command, const struct report *report, enum change change,
                 const char *source, struct error *err);

// The same for a dry run: numbered steps with their system calls, the prediction, warnings.
int report_print_plans(struct command *command, const struct report *report, enum change change,
                       const char *source, struct error *err);

// Shows the plans, then asks: 0 when the user agrees. When none of them is possible that is printed
// as by report_print() instead: the exit status.
int report_confirm(struct command *command, const struct report *plans, enum change change,
                   const char *question, struct error *err);

// The text of report_print_plans() alone.
void report_plans_text(struct command *command, const struct report *report, enum change change,
                       const char *source);

// The numbered steps of one plan, and what it warns of.
void report_steps_text(struct command *command, const struct result *result);
void report_warnings_text(FILE *out, const struct result *result);

// engine_options.on_step and on_notice; the context is the command.
void report_step(const struct result *result, const struct plan_step *step, void *context);
void report_notice(const char *text, void *context);

#endif
