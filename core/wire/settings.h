// The configuration file: one table of its members, from which it is checked and documented.
//
//   {"theme": "nord", "banner": "PROD", "ascii": false, "esc_ms": 100,
//    "keys": {"attach": "a F2"},
//    "engine": {"docker": "/run/docker.sock", "runtimes": "docker,scratch"}}
//
// A member that is unknown or wrong is told and left out; the others are taken. The file is
// refused only when it cannot be read as a JSON object at all.
#ifndef DAVIT_WIRE_SETTINGS_H
#define DAVIT_WIRE_SETTINGS_H

#include <stdbool.h>
#include <stddef.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

#define SETTINGS_SYSTEM_PATH "/etc/davit/config.json"
#define SETTINGS_LIMIT       (64 * 1024) // bytes of a file
#define SETTINGS_KEYS_MAX    256         // members of "keys"

// Of a text, least and most are bytes; of a number, its values.
enum setting_type { SETTING_TEXT, SETTING_BOOLEAN, SETTING_INTEGER, SETTING_KEYS };

// id, member ("engine." before what is inside of it), type, least, most, default, meaning
#define SETTINGS(X)                                                                            \
    X(THEME, "theme", SETTING_TEXT, 1, 4095, "default",                                        \
      "name of a theme, or the path of one (with a slash)")                                    \
    X(BANNER, "banner", SETTING_TEXT, 0, 64, "none",                                           \
      "a word for the first line of the screen, as PROD; at most 16 characters")               \
    X(ASCII, "ascii", SETTING_BOOLEAN, 0, 0, "false",                                          \
      "borders and signs in ASCII, also where the terminal has better ones")                   \
    X(ESC_MS, "esc_ms", SETTING_INTEGER, 0, 5000, "0",                                         \
      "how many milliseconds an Esc waits for the rest of a key; 0: 100, over ssh 500")        \
    X(KEYS, "keys", SETTING_KEYS, 0, 128, "none",                                              \
      "actions with the keys that they have instead of their own, parted by spaces; an empty " \
      "text "                                                                                  \
      "for none")                                                                              \
    X(ENGINE_DOCKER, "engine.docker", SETTING_TEXT, 1, 255, "the usual places",                \
      "Docker's socket, where neither --docker nor DOCKER_HOST names one")                     \
    X(ENGINE_RUNTIMES, "engine.runtimes", SETTING_TEXT, 1, 255, "all",                         \
      "only containers of these runtimes, parted by commas, where --runtime names none")

enum setting {
#define X(id, ...) SETTING_ID_##id,
    SETTINGS(X)
#undef X
        SETTING_COUNT
};

struct setting_info {
    const char *name;
    enum setting_type type;
    long least, most;
    const char *otherwise; // what holds when it is not given, in words
    const char *meaning;
};
extern const struct setting_info setting_infos[SETTING_COUNT];

struct setting_key {
    char *action, *keys; // clean text
};

struct settings {
    unsigned given; // 1 << enum setting, for each that was taken
    char *theme, *banner;
    bool ascii;
    unsigned esc_ms;
    struct setting_key *keys;
    size_t n_keys;
    char *docker, *runtimes;
};

enum settings_flags {
    SETTINGS_SCREEN_ONLY = 1 << 0, // `engine` is left out with a warning
    SETTINGS_ENGINE_ONLY = 1 << 1, // what is not of `engine` is neither taken nor checked
    SETTINGS_TRUSTED = 1 << 2,     // ERROR_UNSAFE unless it is root's and nobody else may write
};

// What is told of a file that is read. `wrong`: a member that was left out, for it is not what is
// expected. `unknown`: one that nothing is known of. Both with file, member and what to try; err is
// valid during the call. Either may be NULL.
struct settings_events {
    void (*wrong)(const struct error *err, void *context);
    void (*unknown)(const struct error *err, void *context);
    void *context;
};

// Adds to *settings what the file says: what it had is replaced by member, keys by action.
// A symbolic link is followed. 1: there is no such file. Negative: it cannot be read (jsonfile.h);
// nothing was taken then, but when memory ran out.
int settings_read(struct settings *settings, const char *path, unsigned flags,
                  const struct settings_events *events, struct error *err);
void settings_done(struct settings *settings);
#define _cleanup_settings_ CLEANUP(settings_done)

// "FILE: MEMBER: …" for a member that the reader of the settings finds wrong itself.
int settings_wrong(struct error *err, const char *path, const char *member, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// $XDG_CONFIG_HOME, else $HOME/.config, with `below` after it ("davit/config.json"): fresh memory;
// NULL when neither is an absolute path, or out of memory.
char *settings_user_path(const char *below);

#endif
