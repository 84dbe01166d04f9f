// What the STATE column says of a container: its runtime's word, that it was restarted, and how
// many of its attachments were lost.
#ifndef DAVIT_TUI_VIEWS_CONTAINERS_STATE_H
#define DAVIT_TUI_VIEWS_CONTAINERS_STATE_H

#include "core/base/error.h"
#include "tui/model/model.h"
#include "tui/screen/role.h"

struct container_states {
    struct container_note {
        unsigned lost;
        bool restarted; // since this console looks, or since something was attached
    } * notes;          // one for each of the set
};

// For `set`; `old` is the set of the last time, NULL at first. Both are sorted by key.
int container_states_update(struct container_states *states, const struct container_set *old,
                            const struct container_set *set, const struct model *model,
                            struct error *err);
void container_states_done(struct container_states *states);

// "running", "paused", "restarted", "restarted, 1 lost"
void container_state_text(const struct container_states *states, size_t row,
                          const struct shown_container *container, time_t now, char *out,
                          size_t size, enum role *role);

// Why there are no containers: what was looked at, what to try; "reading…" before the first list.
void containers_nothing(const struct model *model, char *out, size_t size);

#endif
