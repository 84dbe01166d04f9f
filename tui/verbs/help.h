// Help texts, from the tables.
#ifndef DAVIT_TUI_VERBS_HELP_H
#define DAVIT_TUI_VERBS_HELP_H

#include <stdio.h>

#include "tui/verbs/table.h"

// The verbs, the options that all of them take (if wanted), and how to go on.
void help_print(FILE *file);
// Usage, description and options of one verb.
void help_print_verb(FILE *file, enum verb_id verb);

// "-r, --ro, --read-only" and the argument: how an option is written in help and man page.
void help_option_names(char *out, size_t size, const struct option_spec *option);

#endif
