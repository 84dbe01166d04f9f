// A change that is under way. It goes on, and its end is told, even when the page that began it is
// closed meanwhile.
#ifndef DAVIT_TUI_DIALOGS_RUNNING_H
#define DAVIT_TUI_DIALOGS_RUNNING_H

#include "tui/dialogs/dialog.h"
#include "tui/dialogs/planned.h"

struct running;

// id, operation of the protocol; what is said while it is under way, of one that was done, how that
// was seen, and of how many of several it was done
#define CHANGES(X)                                                                                \
    X(ATTACH, "attach", "attaching … the log shows each step; cancelled, it is taken back",       \
      "attached", ", verified inside", "attached")                                                \
    X(DETACH, "detach", "detaching …", "detached", ", seen to be gone", "detached")               \
    X(UNDO, "undo", "taking it back …", "took back", ", verified", "taken back")                  \
    X(SHARE, "share", "sharing … the log shows each step; cancelled, it is taken back", "shared", \
      ", verified", "shared")                                                                     \
    X(REPLACE, "replace", "replacing … the log shows each step", "replaced", ", verified inside", \
      "replaced")                                                                                 \
    X(REFRESH, "refresh", "refreshing … the log shows each step", "refreshed",                    \
      ", verified inside", "refreshed")                                                           \
    X(EJECT, "eject", "ejecting …", "detached", ", seen to be gone", "detached")                  \
    X(KEEP, "keep", "noting it …", "kept", "", "kept")                                            \
    X(FORGET, "forget", "noting it …", "forgot", "", "forgotten")

enum change {
#define X(id, ...) CHANGE_##id,
    CHANGES(X)
#undef X
        CHANGE_COUNT
};

struct change_words {
    const char *operation, *under_way, *done, *proof, *done_of;
};
extern const struct change_words change_words[CHANGE_COUNT];

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
