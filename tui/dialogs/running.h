// A change that is under way. It goes on, and its end is told, even when the page that began it is
// closed meanwhile.
#ifndef DAVIT_TUI_DIALOGS_RUNNING_H
#define DAVIT_TUI_DIALOGS_RUNNING_H

#include "tui/dialogs/dialog.h"
#include "tui/dialogs/planned.h"

struct running;

enum change { CHANGE_ATTACH, CHANGE_DETACH, CHANGE_UNDO };

// The results, or why there are none; both borrowed. The change is no more after that.
typedef void running_ended(const struct planned_set *results, const struct error *why,
                           void *context);

// The params are taken over.
int running_start(struct dialog_host *host, json_t *params, enum change change,
                  running_ended *ended, void *context, struct running **ret, struct error *err);
// Ends it as soon as it can be, and takes it back; its end is still told.
void running_cancel(struct running *running);
// The page is closed: what comes out is said in a line instead.
void running_leave(struct running *running);
// All that are under way are forgotten: the console ends, the engine goes on.
void running_forget_all(struct dialog_host *host);

// Says what came out.
void running_say(struct dialog_host *host, enum change change, const struct planned_set *results);

#endif
