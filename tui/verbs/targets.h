// CONTAINER:TARGET… of a command line, and a question before something is changed.
#ifndef DAVIT_TUI_VERBS_TARGETS_H
#define DAVIT_TUI_VERBS_TARGETS_H

#include "core/base/cleanup.h"
#include "core/engine/request.h"
#include "tui/verbs/verb.h"

struct targets {
    struct target_request *list; // strings of its own
    size_t n;
};

// Parses `n` words. ERROR_USAGE as target_parse() says it.
int targets_parse(const char *const *words, unsigned n, struct targets *ret, struct error *err);
// Adds one, copied.
int targets_add(struct targets *targets, const char *container, const char *path,
                struct error *err);
void targets_done(struct targets *targets);
#define _cleanup_targets_ CLEANUP(targets_done)

// Whether a word is a path of the host: /dir, ./dir or ../dir.
bool word_is_host_path(const char *word);
// The canonical path, as the journal has it; fresh memory, NULL when out of it. A path that does
// not answer, or is gone meanwhile, is taken as it was typed: what was attached from it is there
// nevertheless.
char *host_path_canonical(const char *path);

// Whether the user is to be asked, once it is looked at and shown what would be done: 1; 0: not,
// with --yes. ERROR_NOT_PERMITTED: nothing may be changed at all.
int confirm_needed(const struct command *command, struct error *err);
// Asks on the terminal whether the user agrees: 0, -ECANCELED when not. ERROR_USAGE, with the
// question, without a terminal.
int confirm(struct command *command, const char *question, struct error *err);

#endif
