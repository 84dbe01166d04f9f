// Shared by replace.c and replace_recover.c only.
#ifndef DAVIT_ENGINE_REPLACE_INTERNAL_H
#define DAVIT_ENGINE_REPLACE_INTERNAL_H

#include "core/engine/replace.h"

// Takes the old one away, lazily where that is needed (*ret_busy), and sees that it is gone.
int replace_unmount_old(struct engine *engine, const struct inside *inside,
                        const struct attachment *old, uint64_t timeout_ms, bool *ret_busy,
                        struct error *err);

// job->place: the mount point `name` in `parent`, with nothing on it.
int replace_open_place(struct attach_job *job, int parent, const char *name, struct error *err);

// The journal's line on what became of the old one.
int replace_journal_end(struct journal *journal, const struct attachment *old, bool lingers,
                        struct error *err);

#endif
