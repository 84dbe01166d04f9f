// What every verb is given, and the verbs themselves: one file each.
#ifndef DAVIT_TUI_VERBS_VERB_H
#define DAVIT_TUI_VERBS_VERB_H

#include <stdbool.h>
#include <stdio.h>

#include <jansson.h>

#include "core/base/error.h"
#include "core/engine/engine.h"
#include "tui/verbs/options.h"

struct command {
    const struct arguments *arguments;
    int argc; // the command line as it was typed, for hints
    char **argv;
    struct engine *engine;
    FILE *out;    // text for people; stdout unless the terminal has no UTF-8
    FILE *log;    // the same of stderr
    size_t width; // of the terminal on stdout, 0 when it is none: nothing is cut then
    bool utf8;    // false: the terminal cannot show it
    bool json, quiet, verbose;
};

// Returns the exit status, or a negative number with err filled, which davit.c then reports. With
// --json a verb prints its object itself, unless it fails as a whole.
typedef int verb_function(struct command *command, struct error *err);

verb_function verb_ps, verb_fs, verb_mounts, verb_ls, verb_attach, verb_share, verb_detach,
    verb_status, verb_events, verb_undo, verb_doctor, verb_engine, verb_help, verb_volume,
    verb_replace, verb_refresh, verb_keep, verb_forget, verb_keepd, verb_export, verb_enter,
    verb_who, verb_eject;

#endif
