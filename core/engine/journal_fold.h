// The journal's lines, one after the other, folded into what they come to.
#ifndef DAVIT_ENGINE_JOURNAL_FOLD_H
#define DAVIT_ENGINE_JOURNAL_FOLD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/engine/journal.h"

#define FOLD_ATTACHMENTS 10000 // that are kept with the gone ones

struct fold_item {
    struct attachment *attachment; // NULL: failed, or dropped
    uint64_t key;                  // its id as a number
    bool ended;                    // a line says gone
};

struct fold {
    struct journal_view *view; // filled by fold_finish(), events and bad lines before
    bool without_events;
    struct fold_item *items; // in the order of their first lines
    size_t n_items, room_items;
    uint32_t *slots; // open hash of keys: index into items plus one, 0 free
    size_t n_slots;
    size_t room_events, room_bad, room_detaches;
};

// 0; -EBADMSG for a bad line, -ENOMEM.
int fold_line(struct fold *fold, const char *line, size_t length);
int fold_bad_line(struct fold *fold, size_t number);
// Moves the attachments into the view. What another boot attached is gone with it.
int fold_finish(struct fold *fold, const char *boot_id);
void fold_done(struct fold *fold);

void fold_event_done(struct journal_event *event);

#endif
