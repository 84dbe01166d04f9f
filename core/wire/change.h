// A change as it comes over the wire (protocol.h), checked, as the engine wants it; and the command
// line that does the same.
#ifndef DAVIT_WIRE_CHANGE_H
#define DAVIT_WIRE_CHANGE_H

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/engine/attachment.h"
#include "core/engine/eject.h"
#include "core/engine/engine.h"
#include "core/wire/protocol.h"

#define OPERATIONS(X)               \
    X(OPERATION_ATTACH, "attach")   \
    X(OPERATION_DETACH, "detach")   \
    X(OPERATION_UNDO, "undo")       \
    X(OPERATION_SHARE, "share")     \
    X(OPERATION_REPLACE, "replace") \
    X(OPERATION_REFRESH, "refresh") \
    X(OPERATION_EJECT, "eject")     \
    X(OPERATION_KEEP, "keep")       \
    X(OPERATION_FORGET, "forget")

enum operation {
#define X(value, name) value,
    OPERATIONS(X)
#undef X
};

struct change {
    enum operation operation;
    struct attach_request attach; // whose targets, if any, are `targets`
    struct detach_request detach;
    struct refresh_request refresh;
    struct eject_request eject;
    bool force; // of keep: also without keepd
    char *source;
    uint64_t *mounts;                                    // what refresh.mounts is
    char *expected[3];                                   // what attach.expected points to
    struct target_request targets[PROTOCOL_TARGETS_MAX]; // strings of its own
    size_t n_targets;
    char id[OPERATION_ID_SIZE]; // of undo, or detach.only; empty: none
};

// 0, or ERROR_USAGE that names the member. `ret` is filled in place: it points into itself, and
// into `params`, which has to stay.
int change_read(const json_t *params, struct change *ret, struct error *err);
void change_done(struct change *change);

// "davit attach --ro /srv web:/mnt", quoted for a shell. `containers`: what each target's container
// is called (NULL or an item NULL: as in the change). Fresh memory, NULL when out of memory.
char *change_command(const struct change *change, const struct engine_options *options,
                     const char *const *containers);

#endif
