// A command line, parsed by the tables of table.h: options before, between and after the words,
// "--", --name=value, --name value, combined letters (-rR), a letter's value with or without space.
#ifndef DAVIT_TUI_VERBS_OPTIONS_H
#define DAVIT_TUI_VERBS_OPTIONS_H

#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/error.h"
#include "tui/verbs/table.h"

#define ARGUMENT_LIMIT (PATH_MAX + 512) // bytes; a container's name, a colon and a path
#define WORDS_MAX      (1 + TARGETS_MAX)

// Strings point into argv.
struct arguments {
    enum verb_id verb;            // VERB_COUNT: none was named
    const char *words[WORDS_MAX]; // after the verb
    unsigned n_words;
    // Of davit enter: what follows the container, with or without "--" before it, unparsed.
    const char *const *command;
    unsigned n_command;
    uint64_t given;                  // bit per enum option_id
    const char *value[OPTION_COUNT]; // the last one given, checked by its kind
};

// ERROR_USAGE, or ERROR_UNSUPPORTED for a verb or an option that is not built yet. With --help or
// --version the number of words is not looked at.
int arguments_parse(int argc, char **argv, struct arguments *ret, struct error *err);

static inline bool arguments_has(const struct arguments *arguments, enum option_id id)
{
    return arguments->given >> id & 1;
}

// Values of options that were checked; `otherwise` when not given.
uint64_t arguments_milliseconds(const struct arguments *arguments, enum option_id id,
                                uint64_t otherwise);
mode_t arguments_mode(const struct arguments *arguments, enum option_id id, mode_t otherwise);
// The position of the value in the option's choices.
unsigned arguments_choice(const struct arguments *arguments, enum option_id id, unsigned otherwise);

// Whether the caller asked for JSON, also when the rest cannot be parsed.
bool arguments_want_json(int argc, char **argv);

#endif
