// A picker whose rows the engine is asked for: "looking …" until it answers, then a menu.
#ifndef DAVIT_TUI_DIALOGS_ATTACH_PICK_LIST_H
#define DAVIT_TUI_DIALOGS_ATTACH_PICK_LIST_H

#include "tui/dialogs/attach_source.h"
#include "tui/dialogs/menu.h"

struct pick_list {
    enum protocol_method method; // asked without params
    const char *member;          // of its result: the array of rows
    const char *title, *none;    // "Which volume?", "there are no volumes"
    // One row, and the source that it means, as it would be typed (fresh memory, clean text). 0,
    // negative with err filled; what was filled in is freed by the caller in any case.
    int (*row)(const json_t *entry, struct menu_item *item, char **ret_source, struct error *err);
};

// Begins at the row that is `now`. `list` stays valid.
int pick_list_open(struct dialog_host *host, const struct pick_list *list,
                   const struct raw_text *now, attach_source_chosen *chosen, void *context,
                   struct error *err);

#endif
