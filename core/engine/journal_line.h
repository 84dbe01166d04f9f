// One line of the journal, written and read. The text of the file is outside input: whatever it
// says is checked here, and what comes out keeps to attachment.h.
#ifndef DAVIT_ENGINE_JOURNAL_LINE_H
#define DAVIT_ENGINE_JOURNAL_LINE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/engine/attachment.h"

#define JOURNAL_VERSION 1

#define JOURNAL_LINE_KINDS(X) \
    X(LINE_INTENT, "intent")  \
    X(LINE_MADE, "made")      \
    X(LINE_DONE, "done")      \
    X(LINE_FAILED, "failed")  \
    X(LINE_GONE, "gone")      \
    X(LINE_LINGERING, "lingering")

enum journal_line_kind {
#define X(kind, name) kind,
    JOURNAL_LINE_KINDS(X)
#undef X
};

#define JOURNAL_OPERATIONS(X)     \
    X(OPERATION_ATTACH, "attach") \
    X(OPERATION_DETACH, "detach") \
    X(OPERATION_SHARE, "share")   \
    X(OPERATION_KEEP, "keep")     \
    X(OPERATION_FORGET, "forget")

enum journal_operation {
#define X(operation, name) operation,
    JOURNAL_OPERATIONS(X)
#undef X
};

const char *journal_line_kind_name(enum journal_line_kind kind);
const char *journal_operation_name(enum journal_operation operation);
int journal_operation_of(const char *name, enum journal_operation *ret); // 0 or -EINVAL

struct journal_line {
    enum journal_line_kind kind;
    enum journal_operation operation;   // gone and lingering: of what is
    char id[OPERATION_ID_SIZE];         // of the operation
    char attachment[OPERATION_ID_SIZE]; // what it is about: for an attach the same
    time_t at;
    uid_t by_uid;
    char by[64];   // clean text
    char why[768]; // failed and gone: the reason; clean text, else empty
    // Decoded only. Attach: intent and done have all, made has `made`. Detach: intent and done have
    // its id, container, source, target, boot and mover; so have done of keep and forget, and
    // failed of keep. Else NULL.
    struct attachment *what;
};

void journal_line_done(struct journal_line *line);
#define _cleanup_journal_line_ CLEANUP(journal_line_done)

// Fresh memory that ends in a newline (and NUL). `what` is the attachment that the line is about;
// line->what is not looked at. ENAMETOOLONG when it would be longer than JOURNAL_LINE_LIMIT.
int journal_line_encode(const struct journal_line *line, const struct attachment *what, char **ret,
                        size_t *ret_length, struct error *err);

// Without the newline. 0: *ret is filled, journal_line_done() frees it. 1: a line of a newer davit
// that this one has nothing to do with. -EBADMSG: a bad line. -ENOMEM.
int journal_line_decode(const char *bytes, size_t length, struct journal_line *ret);

// An attachment by itself, as the done line of its attach has it, with its id and who made it; not
// its state. NULL: out of memory. Decoded: 0, -EBADMSG or -ENOMEM.
json_t *journal_attachment_encode(const struct attachment *what);
int journal_attachment_decode(const json_t *object, struct attachment **ret);

#endif
