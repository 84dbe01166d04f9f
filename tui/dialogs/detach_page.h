// The detach dialog's parts know each other by this, each those below it: detach_open.c (what is
// selected), detach_marked.c (what is marked), detach_page.c (life and keys), detach_paint.c,
// detach_ask.c (plan, run).
#ifndef DAVIT_TUI_DIALOGS_DETACH_PAGE_H
#define DAVIT_TUI_DIALOGS_DETACH_PAGE_H

#include "tui/dialogs/buttons.h"
#include "tui/dialogs/dialog.h"
#include "tui/dialogs/proposal.h"

#define DETACH_WAIT_S 10

enum detach_choice {
    DETACH_CHOICE_BACK,
    DETACH_CHOICE_NOW,
    DETACH_CHOICE_WAIT,
    DETACH_CHOICE_LAZY
};

struct detach_page {
    struct dialog dialog;
    char *attachment; // id of the one that may be detached
    char *container;  // key; of a share the host's
    char *label;
    bool on_host; // a share
    pid_t pid;
    uint64_t start_time;
    struct raw_text target;
    char *attached_by; // "Attached by mara, 14 Mar 09:12, writable, from /srv/pgdata"
    bool writable;
    bool gone; // the container or the attachment is: nothing to detach
    struct proposal proposal;
    struct buttons buttons; // in the order of enum detach_choice, as many as make sense
    int top, height, lines; // of what is told above the buttons: as in struct plan_view
    enum detach_choice running_choice;
    int waited_s;
    struct loop_source *timer; // tells how long it waits, while it does
};

// The dialog for one attachment of a container.
int detach_page_for(struct dialog_host *host, const struct shown_container *container,
                    const char *attachment, const struct raw_text *target, bool read_only,
                    struct error *err);
// The same of a share of the host's.
int detach_page_for_share(struct dialog_host *host, const struct shown_attachment *share,
                          struct error *err);
// Which of what is attached in the marked containers, then one plan over all of them.
int detach_marked_open(struct dialog_host *host, const struct subject *subject, struct error *err);
// detach_ask.c
extern const struct proposal_ops detach_proposal;
void detach_ask_plan(struct detach_page *page);
void detach_run(struct detach_page *page, enum detach_choice choice);
bool detach_held(const struct detach_page *page);
void detach_gone(struct detach_page *page, const char *message, const char *hint);

// detach_paint.c
void detach_paint(struct dialog *dialog, struct surface_part part);
char *detach_plain(struct dialog *dialog);

#endif
