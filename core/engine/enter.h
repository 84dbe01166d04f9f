// A command, or a shell, inside a running container: with all that the container's first process
// has (namespaces, root, control groups, mapping of users, capabilities, no_new_privs, seccomp
// filters, security label, limits) and with nothing of davit (entrant.h).
#ifndef DAVIT_ENGINE_ENTER_H
#define DAVIT_ENGINE_ENTER_H

#include <stddef.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/engine/plan.h"
#include "core/engine/request.h"

struct engine;

enum enter_flags {
    ENTER_PRIVILEGED = 1 << 0, // as nsenter(1): the namespaces, and every capability of the host
    ENTER_PLAN = 1 << 1,       // nothing is touched: for a dry run
};

#define ENTER_BUSYBOX       "busybox" // as `tools`: the host's static busybox
#define ENTER_ARGUMENTS_MAX 4096

struct enter_request {
    struct target_request target; // its path is not used
    const char *user;             // "NAME|UID[:GROUP|GID]" of the container's; NULL: as its first
                                  // process
    const char *tools;            // a directory of the host, or ENTER_BUSYBOX; NULL: none
    const char *const *command;   // n_command words; none: a shell
    size_t n_command;
    const char *term;   // TERM, for a terminal; NULL: none
    int in, out, error; // the caller's; a terminal of the command's own when in and out are one
    unsigned flags;     // enum enter_flags
};

struct enter;

// Looks and plans. The plan, with its warnings, is enter_result(); warnings say what of the above
// the command would not have. ERROR_NO_CONTAINER, ERROR_GONE, ERROR_NO_PATH (user, shell, command),
// ERROR_BUSY (paused), ERROR_NOT_PERMITTED, ERROR_UNSAFE.
int engine_enter_open(struct engine *engine, const struct enter_request *request,
                      struct enter **ret, struct error *err);
const struct result *enter_result(const struct enter *enter);
// Where it begins: a path inside, raw bytes. "/" when the declared one is none.
const char *enter_directory(const struct enter *enter);
// "busybox at /mnt (hides nothing)", or NULL without tools.
const char *enter_tools_place(const struct enter *enter);

// Starts it and copies between it and the caller's descriptors until it ends. *ret_status: its exit
// status, or 128 and the signal's number. A terminal that was made raw is as before at every end.
// SIGWINCH gives the new size on; INT, TERM, HUP, QUIT, USR1 and USR2 are passed on.
int engine_enter_run(struct enter *enter, int *ret_status, struct error *err);

void enter_free(struct enter *enter);
CLEANUP_POINTER(struct enter, enter_free);
#define _cleanup_enter_ CLEANUP(enter_freep)

#endif
