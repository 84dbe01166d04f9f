// The operations of every davit on this host, and what the console itself has to say: what the log
// pane shows. At most LOG_LIMIT entries, the oldest are dropped.
#ifndef DAVIT_TUI_MODEL_LOG_H
#define DAVIT_TUI_MODEL_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include <jansson.h>

#include "core/base/error.h"

#define LOG_LIMIT       10000
#define LOG_STEPS_LIMIT 256 // of one operation

enum log_kind { LOG_BEGUN, LOG_DONE, LOG_FAILED, LOG_GONE, LOG_LINGERING, LOG_NOTICE, LOG_WARNING };

struct log_step {
    char *text, *call, *result; // clean; result: "ok", "EBUSY …"
    int64_t took_us;            // -1: unknown
};

struct log_entry {
    uint64_t number; // grows by one; stays with the entry
    time_t at;
    enum log_kind kind;
    char *operation_id; // NULL for notices
    char *text;         // "attach /var/log/app → shop/api-7d9f…:app /mnt/log", one line
    char *result;       // "verified inside: …", the reason, or NULL
    char *by;
    struct log_step *steps; // of operations that this console ran
    size_t n_steps;
};

// Steps of an operation that has no id yet: it gets one with its journal line.
struct log_early {
    char *key; // of the request and the target
    struct log_step *steps;
    size_t n_steps;
};
#define LOG_EARLY_MAX 64

struct log {
    struct log_entry **entries; // the oldest first
    size_t n;
    uint64_t next_number;
    struct log_early early[LOG_EARLY_MAX]; // the oldest first
    size_t n_early;
    time_t now; // of entries without a time of their own; 0: the clock
};

struct log *log_new(void);
void log_free(struct log *log);

// Lines of this console: "TERM=foo is unknown …". kind: LOG_NOTICE or LOG_WARNING.
int log_notice(struct log *log, enum log_kind kind, time_t at, const char *text);
// Journal events (of `journal` news) and steps (of `step` news). An operation is one entry that
// grows: its end replaces its beginning. 0, or -EINVAL with err.
int log_events(struct log *log, const json_t *events, struct error *err);
int log_step(struct log *log, const json_t *params, struct error *err);
const struct log_entry *log_find(const struct log *log, uint64_t number);

// One entry as plain text, without colours: for saving and copying. Fresh memory.
// Whether an attachment that is gone for this reason ended as somebody wanted it to.
bool log_is_end(const char *result);
char *log_entry_text(const struct log_entry *entry, bool with_steps);

#endif
