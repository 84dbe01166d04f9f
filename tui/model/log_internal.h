// Shared by the log's own files.
#ifndef DAVIT_TUI_MODEL_LOG_INTERNAL_H
#define DAVIT_TUI_MODEL_LOG_INTERNAL_H

#include "tui/model/log.h"

static inline const char *or_what(const char *text)
{
    return text ? text : "?";
}

// A new last entry; NULL: out of memory.
struct log_entry *log_append(struct log *log, enum log_kind kind, time_t at);
// The entry of an operation, the newest first. What became of it later is an entry of its own.
struct log_entry *log_find_operation(const struct log *log, const char *id, enum log_kind kind);

void log_step_done(struct log_step *step);
void log_early_drop(struct log *log, size_t i);

#endif
