// What the configuration says of the engine: its `engine` members, from --config or else from
// /etc/davit/config.json, where the command line and the environment say nothing. The rest of the
// file is the console's.
//
// Run by root the file must be root's and nobody else's to change, for it says which daemon is
// asked. What is wrong with a file that --config names is an error; what is wrong with the usual
// one is a notice, and the defaults stay.
#ifndef DAVIT_TUI_VERBS_CONFIGURATION_H
#define DAVIT_TUI_VERBS_CONFIGURATION_H

#include "core/wire/settings.h"
#include "tui/verbs/verb.h"

// Fills in `runtime`, whose strings *settings then owns. ERROR_USAGE, ERROR_UNSAFE or
// ERROR_NOT_PERMITTED of --config.
int configuration_apply(struct command *command, struct settings *settings,
                        struct runtime_options *runtime, struct error *err);

#endif
