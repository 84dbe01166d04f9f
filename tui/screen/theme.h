// Colours and attributes of the roles, read from JSON (themes/*.json). A theme can change nothing
// else, so that one from a stranger is harmless; it is never refused for its colours: what the
// terminal cannot show is quantised.
//
//   {"name": "nord", "variant": "dark" | "light", "inherits": "default" | null,
//    "palette": {"frost": {"rgb": "#88c0d0", "256": 110, "16": "cyan"}},       256 and 16 optional
//    "roles": {"list.selected": {"fg": "frost" | "default" | "#rrggbb" | "cyan" | "bright-cyan",
//                                "bg": …, "attr": ["bold", "dim", "underline", "reverse",
//                                "italic"], "mono": […]}}} attributes without colours
//
// A member of a role (fg, bg, attr, mono) that a theme does not say is taken, in this order, from
// the role without its last dotted part in the same theme ("list" may be said, too, for all lists),
// from the theme that it inherits from, and at last a colour from `text`, `mono` from `attr`.
// Colours are looked up in the theme's own palette first, then in those that it inherits: a theme
// can give other values to their colours, those of the 16 names among them. Without `inherits` the
// compiled-in default is inherited; null: nothing is.
#ifndef DAVIT_TUI_SCREEN_THEME_H
#define DAVIT_TUI_SCREEN_THEME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "tui/screen/role.h"

#define THEME_LIMIT          (64 * 1024) // bytes of a file
#define THEME_INHERITS_LIMIT 8           // themes above each other

enum theme_depth { DEPTH_MONO = 0, DEPTH_16 = 16, DEPTH_256 = 256, DEPTH_RGB = 1 << 24 };

enum theme_attributes {
    ATTRIBUTE_BOLD = 1 << 0,
    ATTRIBUTE_DIM = 1 << 1,
    ATTRIBUTE_UNDERLINE = 1 << 2,
    ATTRIBUTE_REVERSE = 1 << 3,
    ATTRIBUTE_ITALIC = 1 << 4,
};

struct theme_color {
    enum { COLOR_IS_DEFAULT, COLOR_IS_ANSI, COLOR_IS_RGB } kind;
    uint8_t ansi; // 0 to 15
    uint8_t r, g, b;
    int16_t as_256, as_16; // given by the palette, -1: quantise
};

struct theme_style {
    struct theme_color fg, bg;
    unsigned attributes; // enum theme_attributes
    unsigned mono;       // where there are no colours
};

struct theme {
    char name[64];
    bool light;
    struct theme_style styles[ROLE_COUNT]; // resolved
};

// Where themes are looked for, in this order; NULL-terminated. Directories as paths or, for those
// that must be reached after privileges are dropped, an open descriptor.
struct theme_places {
    const char *user;        // $XDG_CONFIG_HOME/davit/themes, or NULL
    const char *const *data; // directories of shipped themes, NULL-terminated
    int shipped;             // open directory of this program's own themes, or -1
};

// By name ([a-z0-9_-]+) or by path (with a '/'); what is inherited is always found by name.
// "default" and "mono" are compiled in, come last, and can be loaded always: with `places` NULL
// nothing else is looked at. Unknown roles, colours and members are warnings, told one by one (at
// most 20); `warn` may be NULL. A file is a regular one, no symbolic link, of at most THEME_LIMIT
// bytes. ERROR_NO_PATH (near names in the hint), ERROR_USAGE for what is in a file or a circle of
// `inherits`, which names the chain.
int theme_load(const struct theme_places *places, const char *name,
               void (*warn)(const char *text, void *context), void *context, struct theme **ret,
               struct error *err);
void theme_free(struct theme *theme);
CLEANUP_POINTER(struct theme, theme_free);

// Names that theme_load() would find, sorted; NULL-terminated, freed with theme_names_free().
int theme_names(const struct theme_places *places, char ***ret, struct error *err);
void theme_names_free(char **names);

// The usual places, by the environment: $XDG_CONFIG_HOME (else ~/.config), $XDG_DATA_DIRS (else
// /usr/local/share and /usr/share), each with davit/themes; and the program's own (../themes of
// where it lies, as in a build directory, else where they were installed). Relative paths in the
// environment are left out.
int theme_places_usual(struct theme_places **ret, struct error *err);
void theme_places_free(struct theme_places *places);
CLEANUP_POINTER(struct theme_places, theme_places_free);

// The nearest colour of a depth: the index for the terminal (0 to 15, 0 to 255), -1 for the
// terminal's default and for DEPTH_MONO. For DEPTH_RGB 0xrrggbb | 1 << 24; one of the 16 stays its
// index there, too. What the palette gives for a depth wins; else by the distance in CIE L*a*b*,
// among 16 to 255 for DEPTH_256, since the first 16 are the user's.
int theme_quantise(const struct theme_color *color, enum theme_depth depth);
// What xterm shows for an index of 0 to 255.
void theme_index_rgb(int index, uint8_t out[3]);

#endif
