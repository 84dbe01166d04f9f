// Who holds something, as a list for people.
#ifndef DAVIT_TUI_VERBS_HOLDERS_H
#define DAVIT_TUI_VERBS_HOLDERS_H

#include <stdio.h>

#include "core/host/holders.h"
#include "tui/verbs/verb.h"

// Nothing when the list is empty.
int holders_print(struct command *command, FILE *out, const struct holder_list *list,
                  struct error *err);

#endif
