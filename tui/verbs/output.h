// Standard output and standard error of the verbs.
#ifndef DAVIT_TUI_VERBS_OUTPUT_H
#define DAVIT_TUI_VERBS_OUTPUT_H

#include "tui/verbs/verb.h"

// Once, before anything else: standard descriptors that are closed are taken, so that no file that
// is opened later can be written to by mistake, and a closed pipe is an error and not a signal.
void output_begin(void);

// Fills out, log, width and utf8 of the command. output_end() closes what this opened and returns
// the exit status: `status`, or 1 when standard output could not be written (a pipe that the
// reader closed is no failure).
void output_open(struct command *command);
int output_end(struct command *command, int status);

// Prints {"schema": 1, KEY: value, …} and takes `object` over, which has the keys already; NULL is
// out of memory. 0 or negative.
int output_json(struct command *command, json_t *object, struct error *err);

// An error that ends the command: an object on stdout, or "davit: MESSAGE" and "  try: HINT".
// Returns its exit status.
int output_error(struct command *command, const struct error *err);

// Lines on stderr, unless --quiet: "davit: …".
void output_notice(struct command *command, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// What to try when a privilege is missing: the same command line under sudo, quoted for a shell.
void output_sudo_hint(const struct command *command, struct error *err);

// "davit: ABOUT: MESSAGE" (`about` may be NULL), and "  try: HINT" when there is one.
void output_message(struct command *command, const char *about, const struct error *err);
void output_hint(struct command *command, const struct error *err);

#endif
