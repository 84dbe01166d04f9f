// Between the files of theme.h: themes as they are written, before they are resolved.
#ifndef DAVIT_TUI_SCREEN_THEME_INTERNAL_H
#define DAVIT_TUI_SCREEN_THEME_INTERNAL_H

#include <jansson.h>

#include "core/base/cleanup.h"
#include "tui/screen/theme.h"

// Tells the first of many; a hostile file could have thousands.
#define THEME_WARNINGS_LIMIT 20
struct theme_warnings {
    void (*warn)(const char *text, void *context); // may be NULL
    void *context;
    unsigned n;
};
void theme_warn(struct theme_warnings *warnings, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

// One file of a chain; its types are checked, its colours may be unknown.
struct theme_file {
    json_t *json;
    char *name;  // what it was asked for by
    char *shown; // in messages: its path, or "the built-in theme NAME"; clean text
    bool built_in;
};

// A theme and what it inherits from, the theme itself first.
struct theme_chain {
    struct theme_file files[THEME_INHERITS_LIMIT];
    size_t n;
    struct theme_warnings warnings;
};
void theme_chain_done(struct theme_chain *chain);

#define THEME_NAME_LIMIT 63 // bytes
bool theme_name_valid(const char *name);

// theme_file.c: finds and reads the theme `name` with all that it inherits from.
int theme_chain_load(struct theme_chain *chain, const struct theme_places *places, const char *name,
                     struct error *err);

// theme_json.c
// The types of everything in a file. Unknown members are warnings, as are colours and attributes
// that are none: they are left out.
int theme_json_check(const json_t *json, const char *shown, struct theme_warnings *warnings,
                     struct error *err);
// A colour as a role names it: of the chain's palettes, the theme's own first, then built in.
bool theme_json_color(const struct theme_chain *chain, const char *name, struct theme_color *ret);
// "attr" or "mono" as bits; what is none is left out.
unsigned theme_json_attributes(const json_t *array);

// theme_color.c: "default", "bright-cyan", "#88c0d0".
bool theme_color_parse(const char *text, struct theme_color *ret);
// The name of one of the 16, or -1.
int theme_color_ansi(const char *name);

// Made from themes/default.json and themes/mono.json while davit is built.
struct theme_built_in {
    const char *name;
    const char *bytes;
    size_t length;
};
extern const struct theme_built_in theme_built_ins[]; // ends with a name that is NULL

#endif
