// Shared by the replace*.c files only.
#ifndef DAVIT_ENGINE_REPLACE_INTERNAL_H
#define DAVIT_ENGINE_REPLACE_INTERNAL_H

#include "core/engine/replace.h"

// Takes the old one away, lazily where that is needed (*ret_busy), and sees that it is gone.
int replace_unmount_old(struct engine *engine, const struct inside *inside,
                        const struct attachment *old, uint64_t timeout_ms, bool *ret_busy,
                        struct error *err);

// job->place: the mount point `name` in `parent`, with nothing on it.
int replace_open_place(struct attach_job *job, int parent, const char *name, struct error *err);

// What is there now of an attachment and of the one that it replaces (NULL: not known); also where
// the new one is, into its identity.
enum replace_found {
    REPLACE_FOUND_NEITHER,
    REPLACE_FOUND_OLD,
    REPLACE_FOUND_NEW,    // under the old one, or alone
    REPLACE_FOUND_ASTRAY, // the new one elsewhere than below the old one
};
int replace_look(const struct inside *inside, struct attachment *what, const struct attachment *old,
                 enum replace_found *ret, struct error *err);

// The new one is in: the old one goes, and the journal says so.
int replace_complete(struct engine *engine, struct journal *journal, const struct inside *inside,
                     struct attachment *what, const struct attachment *old, uint64_t timeout_ms,
                     struct error *err);

// The journal's line on what became of the old one.
int replace_journal_end(struct journal *journal, const struct attachment *old, bool lingers,
                        struct error *err);

#endif
