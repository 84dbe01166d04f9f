// What the generated completions of the shells have in common; all is written to stdout.
#ifndef DAVIT_TUI_DOC_COMPLETIONS_H
#define DAVIT_TUI_DOC_COMPLETIONS_H

#include <stdbool.h>

#include "tui/verbs/table.h"

// Names of containers. Whoever may start one chooses its name, and a shell may take that for more
// than a word: compgen -W runs what is between $( and ).
#define NAMES                                        \
    "davit ps --quiet 2>/dev/null | awk 'NR > 1 && " \
    "$1 ~ /^[A-Za-z0-9][A-Za-z0-9_.@+%\\/-]*$/ { print $1 }'"

// What the words of a verb are: tells the generated scripts what to offer.
//   source     SOURCE CONTAINER:TARGET…     share      CONTAINER:PATH HOSTPATH
//   target     CONTAINER:TARGET…            place      a path of the host or CONTAINER:PATH
//   container  CONTAINER                    path       a path of the host
//   action     one of put_actions()         verb, none
const char *words_of(enum verb_id id);
// "ls create rm"
void put_actions(enum verb_id id);

// Whether `verb` takes it; VERB_COUNT: the console, which takes what is its own and what all take.
bool takes(enum verb_id verb, const struct option_spec *option);
// The choices with spaces between them. A theme can be a file too, with a slash.
void put_choices(enum option_id id);
bool has_choices(enum option_id id);
// Whether its argument is a file or a directory.
bool is_path(enum option_id id);
// "--theme|--config|-t" of all options that take an argument.
void put_with_argument(const char *separator);

// "attach|mount"
void put_names(enum verb_id id, const char *separator);
void put_all_verbs(void);
// Text inside single quotes.
void put_quoted(const char *text, const char *instead);

#endif
