// Keys from a file, pressed one after another when everything asked before is answered: for
// recordings that are replayed, for tests, for demonstrations.
//
// Words parted by spaces and line ends: names of keys ("Down", "Ctrl-O", "a", ":"), "text in
// quotes" that is typed (\" and \\ inside), @rest, which waits until nothing has happened for a
// quarter of a second, and @save FILE, which saves the screen as it is. From # to the end of a line
// is a comment. At the end of the file the console is closed.
#ifndef DAVIT_TUI_CONSOLE_SCRIPT_H
#define DAVIT_TUI_CONSOLE_SCRIPT_H

#include <stdbool.h>

#include "core/base/error.h"
#include "core/base/loop.h"
#include "tui/screen/key.h"

#define SCRIPT_LIMIT (1024 * 1024)

struct script;
int script_open(struct loop *loop, const char *path, struct script **ret, struct error *err);
void script_free(struct script *script);
// The next step (enum script_step); negative: a word that is none.
enum script_step { SCRIPT_END, SCRIPT_KEY, SCRIPT_REST, SCRIPT_SAVE };
int script_next(struct script *script, struct key *ret, struct error *err);
const char *script_file(const struct script *script); // of the last SCRIPT_SAVE

// The next step waits until nothing has happened for so long (0: one turn of the loop).
void script_rest(struct script *script, unsigned ms);
// Something has happened: a rest begins anew.
void script_stirred(struct script *script);
bool script_resting(const struct script *script);
bool script_at_rest(const struct script *script); // at @rest, not between two keys

#endif
