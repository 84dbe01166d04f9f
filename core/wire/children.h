// The server's side of its workers (worker.h): started, listened to, ended, reaped.
#ifndef DAVIT_WIRE_CHILDREN_H
#define DAVIT_WIRE_CHILDREN_H

#include <stdbool.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/base/loop.h"
#include "core/engine/engine.h"

#define CHILD_NOTES_MS 20

struct children;
struct child;

struct child_events {
    // step, notice: params borrowed; may be NULL. Those of the first CHILD_NOTES_MS come when these
    // have passed, or else together with what ends it, right before `done`: what is over so soon
    // is not held up by being told of. `more`: another call follows at once.
    void (*note)(const char *method, json_t *params, bool more, void *context);
    // One of these lines, or of the answer (after all notes), as it came: true, it is done with,
    // and neither `note` nor `done` is called for it. NULL: not wanted. Of an answer that was taken
    // so the child is forgotten.
    bool (*line)(const char *line, size_t length, bool more, void *context);
    bool (*answer)(const char *line, size_t length, void *context);
    // Once, from the loop: either a result or an error as of JSON-RPC; borrowed. The child is
    // forgotten after it. A child that died, or took longer than a reader may, is an error too.
    void (*done)(json_t *result, json_t *error, void *context);
};

enum child_flags {
    // No time limit, and not killed by children_free(). Given to the one that was forked in
    // advance;
    // the next one is forked a moment after its answer, since a fork takes longer than many a
    // change
    // and would hold up who is told of it.
    CHILD_CHANGES = 1 << 0,
    // Has the terminal, no time limit, and is hung up and not killed.
    CHILD_ENTERS = 1 << 1,
};

// The options are borrowed.
int children_new(struct loop *loop, const struct engine_options *options, struct children **ret,
                 struct error *err);
// The terminal that CHILD_ENTERS works on; -1: none. Theirs from here on.
void children_terminal(struct children *children, int terminal);
// Kills all that are left but changes: these end by themselves.
void children_free(struct children *children);
CLEANUP_POINTER(struct children, children_free);

// Gives `method` with `params` (taken over; NULL is out of memory) to a worker.
int child_start(struct children *children, const char *method, json_t *params, unsigned flags,
                const struct child_events *events, void *context, struct child **ret,
                struct error *err);
// Forks the spare one unless there is one. What fails here fails again where it matters.
void children_refill(struct children *children);

// SIGTERM: a change is taken back as far as it can be, and says so itself.
void child_interrupt(struct child *child);
void child_signal(struct child *child, int number);
// SIGKILL, and nothing more is told. NULL is fine.
void child_drop(struct child *child);

#endif
