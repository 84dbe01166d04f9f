// What the engine answers to `plan` and to `run`, checked and sanitised: per target the steps, what
// will be or what came out, and who is in the way.
#ifndef DAVIT_TUI_DIALOGS_PLANNED_H
#define DAVIT_TUI_DIALOGS_PLANNED_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include <jansson.h>

#include "core/base/error.h"
#include "tui/model/model.h"

#define PLANNED_LIMIT         1024 // targets of one change
#define PLANNED_STEPS_LIMIT   256  // of one target; the same for warnings
#define PLANNED_HOLDERS_LIMIT 4096

struct planned_step {
    char *stage, *text, *call; // clean, never NULL
};

struct planned_holder {
    pid_t pid;  // 0: a mount
    char *name; // comm, proc(5)
    char *kind; // mount, cwd, root, exe, fd, map, loop, swap, dm
    char *path; // NULL: unknown
    int count;  // how many of this kind
};

// One target. Strings are clean; NULL where nothing is known.
struct planned {
    char *container, *target;
    char *from; // the source of what is detached, where the page knows it
    bool ok;
    struct error error; // why not
    struct planned_step *steps;
    size_t n_steps;
    char **warnings;
    size_t n_warnings;
    struct planned_holder *holders;
    size_t n_holders;
    bool incomplete; // there may be more holders
    char *options;   // "ro,nosuid,nodev"
    char *reveals;   // what shows after a detach, or an attach would hide
    enum { REVEALS_UNKNOWN, REVEALS_NOTHING, REVEALS_SOMETHING } revealed;
    bool read_only, verified;
    bool creates; // the target's directory is made
    bool removes; // ... or taken away, since davit made it
    // What it was made for: goes back with the run, which is refused when it is another by then.
    char *major_minor;
    struct raw_text sub_root, sub_path;
    int64_t mount_id; // of a detach, 0: unknown
};

struct planned_set {
    struct planned *items;
    size_t n, n_ok;
    struct error error; // of the whole: of an eject also when all its targets went well
    char *command;      // the equivalent command line, or NULL
    char *id;           // of an undo: the change that is taken back, or NULL
};

// `key`: "plans" or "results". Negative: the message was wrong; nothing is left in *ret.
int planned_set_decode(const json_t *message, const char *key, bool may_be_empty,
                       struct planned_set *ret, struct error *err);
void planned_set_done(struct planned_set *set);
// Adds the source of the plan to what is to be run, as `expect`. 0, -1: out of memory.
int planned_set_expect(const struct planned_set *set, json_t *params);

// "postgres (pid 812): 14 files, its working directory": of the holder at *next and those behind it
// that are the same process, which are passed by. Fresh memory; NULL: out of memory.
char *planned_holder_text(const struct planned *planned, size_t *next);

#endif
