// davit as commands of docker: `docker addvol`, `docker rmvol`, `docker davit`, by the protocol of
// docker's CLI plug-ins (github.com/docker/cli, cli-plugins/): docker runs a program called
// docker-NAME, once with the word docker-cli-plugin-metadata, then with its own command line.
#ifndef DAVIT_TUI_PLUGIN_H
#define DAVIT_TUI_PLUGIN_H

#include "core/base/error.h"
#include "tui/verbs/verb.h"

// By the name that this program was started with (links to davit): 0 when that is none of them, or
// when `arguments` is filled, parsed and checked, with `command` as davit's own; what it points to
// lives as long as the process. 1: all is done, as the metadata or a help. ERROR_USAGE: too few or
// too many arguments, or in another order.
int plugin_parse(struct command *command, struct arguments *arguments, bool *ret_is_plugin,
                 struct error *err);

#endif
