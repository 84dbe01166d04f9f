// The ordered steps of one change to one target, before and after they are done. The plan is made
// by pure functions of a request and a survey; the executor performs the steps in this order and
// notes in each what happened. A dry run prints the same list.
#ifndef DAVIT_ENGINE_PLAN_H
#define DAVIT_ENGINE_PLAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/engine/request.h"
#include "core/host/holders.h"

// action, stage in JSON
#define PLAN_ACTIONS(X)                \
    X(ACTION_OPEN_SOURCE, "resolve")   \
    X(ACTION_OPEN_TARGET, "resolve")   \
    X(ACTION_LOOP, "loop")             \
    X(ACTION_MOUNT, "mount")           \
    X(ACTION_RUN_HELPER, "helper")     \
    X(ACTION_ENTER_SOURCE, "enter")    \
    X(ACTION_CLONE, "clone")           \
    X(ACTION_MAP_OWNERS, "idmap")      \
    X(ACTION_SET_FLAGS, "flags")       \
    X(ACTION_PROVE_READ_ONLY, "prove") \
    X(ACTION_LOCK, "lock")             \
    X(ACTION_WRITE_INTENT, "journal")  \
    X(ACTION_OPEN_WRITABLE, "mkdir")   \
    X(ACTION_MAKE, "mkdir")            \
    X(ACTION_NAME, "mkdir")            \
    X(ACTION_ENTER, "enter")           \
    X(ACTION_MOVE, "move")             \
    X(ACTION_VERIFY, "verify")         \
    X(ACTION_CHECK_ACCESS, "verify")   \
    X(ACTION_KEEP_OLD, "clone")        \
    X(ACTION_LOOK_BENEATH, "verify")   \
    X(ACTION_DETACH_OLD, "detach")     \
    X(ACTION_KEEP, "keep")             \
    X(ACTION_FIND_HOLDERS, "holders")  \
    X(ACTION_MAKE_PRIVATE, "detach")   \
    X(ACTION_UNMOUNT, "detach")        \
    X(ACTION_FREE, "free")             \
    X(ACTION_CONFIRM_GONE, "verify")   \
    X(ACTION_REMOVE_MADE, "rmdir")     \
    X(ACTION_REVEAL, "reveal")         \
    X(ACTION_WRITE_DONE, "journal")    \
    X(ACTION_ROLL_BACK, "rollback")    \
    X(ACTION_READ_FILTERS, "seccomp")  \
    X(ACTION_TERMINAL, "terminal")     \
    X(ACTION_COPY, "copy")             \
    X(ACTION_GROUP, "cgroup")          \
    X(ACTION_TOOLS, "tools")           \
    X(ACTION_RESTRICT, "restrict")     \
    X(ACTION_EXECUTE, "execute")

enum plan_action {
#define X(action, stage) action,
    PLAN_ACTIONS(X)
#undef X
};

const char *plan_action_stage(enum plan_action action);

// Whether there is anything in what the target shows afterwards (detach) or hides (attach).
enum revealed {
    REVEALED_UNKNOWN, // not looked at, or it does not answer
    REVEALED_NOTHING, // an empty directory, or no such path
    REVEALED_SOMETHING,
};

struct plan_step {
    enum plan_action action;
    char *text;       // one sentence, clean text: "make /mnt/log in the container's writable layer"
    char *call;       // the system call with its arguments, clean text; descriptors as </path>
    size_t index;     // which of several like it (made directories, submounts proven)
    bool done;        // performed, with whatever outcome
    int sys_errno;    // 0 when it went well
    uint64_t took_us; // µs, CLOCK_MONOTONIC
};

// What a person and a JSON reader are told about one target: predicted by a plan, filled with what
// was seen by its execution. Clean text but where it says otherwise; NULL where it does not apply.
struct result {
    char *container; // name
    char *target;    // as asked for
    bool ok;
    struct error error; // ERROR_NONE when ok
    char operation[16]; // id in the journal; empty in a plan
    char *device;       // source of the mount: "/dev/sda2", "nas:/vol"
    char *major_minor;  // "8:2"
    char *sub_root;     // root of the host's mount in its filesystem; raw bytes
    char *sub_path;     // from there to the source; raw bytes
    const char *method; // "tree"
    const char *origin; // of an eject: "attached", "declared", "other"; else NULL
    char **options;     // "ro" "nosuid" "nodev" …, NULL-terminated
    bool read_only;
    uint64_t mount_id; // unique id (6.8) or mountinfo's; 0 unknown
    bool verified;     // identity, flags and access were looked at from inside
    char *reveals;     // what the target shows afterwards (detach) or, in a plan, hides (attach)
    enum revealed revealed;
    struct holder_list *holders; // who keeps a mount busy (core/host/holders.h), or NULL
    struct plan_step *steps;
    size_t n_steps;
    char **warnings; // NULL-terminated
};

void result_free(struct result *result); // and what it points to
CLEANUP_POINTER(struct result, result_free);
#define _cleanup_result_ CLEANUP(result_freep)

// Appends a step or a warning; the text is sanitised. 0 or -ENOMEM with err filled.
int result_add_step(struct result *result, enum plan_action action, size_t index, struct error *err,
                    char *text,
                    char *call); // takes both strings over, also on failure; NULL: no memory
// Other words for a step that is still to come; strings as above.
int result_set_step(struct plan_step *step, char *text, char *call, struct error *err);
int result_add_warning(struct result *result, struct error *err, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
int result_set_options(struct result *result, const char *comma_separated, struct error *err);

// What several targets came to.
struct report {
    struct result **results;
    size_t n_results;
    char undoes[16];    // of an undo: id of the change that it takes back; else empty
    const char *undone; // ... and what it was: "attach", "detach", "replace", "share"; else NULL
};
// Appends an empty result for this target; the report owns it. NULL when out of memory.
struct result *report_add(struct report *report, const struct target_request *target,
                          struct error *err);
void report_free(struct report *report);
CLEANUP_POINTER(struct report, report_free);
#define _cleanup_report_ CLEANUP(report_freep)

// 0 when all went well, the error's own status when all failed alike or there is one result, 9 when
// only some went well.
int report_exit_status(const struct report *report);

#endif
