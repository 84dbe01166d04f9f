// Shared by the journal's own files only.
#ifndef DAVIT_ENGINE_JOURNAL_INTERNAL_H
#define DAVIT_ENGINE_JOURNAL_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "core/engine/journal.h"

#define SHARES_MARK "shares"

struct journal {
    char *dir_path;
    char *path;         // dir_path/journal
    unsigned flags;     // enum journal_flags
    int dir;            // -1: the state directory does not exist (yet, when reading)
    int file;           // -1: no journal yet
    int lock;           // the lock file while the lock is held, else -1. It is opened in
                        // journal_lock() alone: closing any descriptor of it drops the lock
                        // (fcntl(2), record locks).
    struct actor actor; // name empty until it was looked up
};

// Opens what is there of the state directory and the journal in it, and makes what is missing
// unless JOURNAL_READ_ONLY. Also reopens a journal that was deleted meanwhile.
int journal_open_files(struct journal *journal, struct error *err);

// openat(2) of a plain file or a directory in a place that root (or the caller) alone can write to:
// ERROR_UNSAFE else. -ENOENT when there is none.
int journal_open_owned(int dirfd, const char *name, int flags, const char *shown,
                       struct error *err);

// The mark of pending operations in the lock file, one id a line. Only with the lock held.
int journal_mark(struct journal *journal, const char *id, struct error *err);
int journal_unmark(struct journal *journal, const char *id, struct error *err);

#endif
