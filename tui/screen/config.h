// The console's settings: /etc/davit/config.json, then the user's own file over it; with --config
// that file alone. What the members are is said by the table of core/wire/settings.h; one that is
// unknown, of the wrong type or out of bounds is told with the file, the member, what is expected
// and what to try, and what was there before stays. The user's file sets the screen only
// (CONFIG_SCREEN_ONLY): `engine` members are the engine's, which takes them from /etc or --config.
#ifndef DAVIT_TUI_SCREEN_CONFIG_H
#define DAVIT_TUI_SCREEN_CONFIG_H

#include <stdbool.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/wire/settings.h"
#include "tui/screen/keymap.h"

#define CONFIG_SYSTEM_PATH SETTINGS_SYSTEM_PATH
#define CONFIG_BANNER_MAX  16 // characters

struct config {
    char *theme;  // NULL: default
    char *banner; // clean text, at most CONFIG_BANNER_MAX characters; NULL or empty: none
    bool ascii;
    unsigned esc_ms;         // 0: by what the terminal is reached over
    char *docker, *runtimes; // NULL: as without a file
};

// Reads `path` over what `config` has. 1: there is no such file. Bad members: each a warning told
// by `warn` (NULL: nobody listens); the others are taken. A file that is no JSON object, too large,
// not a file, not to be read: an error, and nothing is taken. Keys go to the keymap (which may be
// NULL), conflicts are warnings; a key that another action gives up in the same file is no
// conflict, whatever comes first.
enum config_flags {
    CONFIG_SCREEN_ONLY = 1 << 0, // `engine` is left out, with a warning
};
int config_read(struct config *config, struct keymap *keymap, const char *path, unsigned flags,
                void (*warn)(const char *text, void *context), void *context, struct error *err);
void config_done(struct config *config);

// The user's own file, by $XDG_CONFIG_HOME, else ~/.config: fresh memory, NULL when there is no
// home.
char *config_user_path(void);

#endif
