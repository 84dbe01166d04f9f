// Which attachments have ended, found from the beginnings of the journal's lines alone: parsing a
// line costs a hundred times as much, and almost all that a journal tells is over.
#ifndef DAVIT_ENGINE_JOURNAL_HEADS_H
#define DAVIT_ENGINE_JOURNAL_HEADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct heads {
    struct heads_slot {
        uint64_t key;   // the attachment's id as a number, plus one; 0: free
        unsigned flags; // what its lines say
    } * slots;
    size_t n_slots, n_used;
};

// Takes note of a line. A line that begins in another way than this davit writes it is left to the
// parser: never ended. 0 or -ENOMEM.
int heads_note(struct heads *heads, const char *line, size_t length);

// Whether the line is about an attachment that has ended, by all lines that were noted.
bool heads_ended(const struct heads *heads, const char *line, size_t length);

void heads_done(struct heads *heads);

#endif
