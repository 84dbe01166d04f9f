// What an action is about: what is selected, by identity, and what is marked.
#ifndef DAVIT_TUI_VIEWS_SUBJECT_H
#define DAVIT_TUI_VIEWS_SUBJECT_H

#include <stdbool.h>

#include "core/base/error.h"
#include "tui/model/model.h"
#include "tui/screen/action.h"

struct subject {
    enum {
        SUBJECT_NONE,
        SUBJECT_CONTAINER,
        SUBJECT_FILESYSTEM,
        SUBJECT_MOUNT,
        SUBJECT_ATTACHMENT, // a lost one, shown as a row
        SUBJECT_LOG,
    } kind;
    // Also of a mount; NULL when it is gone, or when containers are marked and none is selected.
    const struct shown_container *container;
    const struct shown_filesystem *filesystem;
    const struct shown_mount *mount;
    const struct shown_attachment *attachment; // also of a line of the log that tells of a lost one
    const struct shown_attachment *share;      // of a filesystem that davit shows from a container
    const struct log_entry *entry;
    const char **marked; // keys of marked containers, in the list's order; the subject's own memory
    size_t n_marked;
};
void subject_done(struct subject *subject);

// Whether an action can be done with it. True, or false with the reason in *reason (one sentence,
// static or in `err`): the action menu shows it beside the action.
bool action_possible(enum action action, const struct subject *subject, const struct model *model,
                     char *reason, size_t reason_size);
// The actions a row's menu lists, in its order; ends with ACTION_NONE.
const enum action *subject_actions(const struct subject *subject);

#endif
