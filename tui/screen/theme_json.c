#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/base/near.h"
#include "core/base/text.h"
#include "core/wire/jsonfile.h"
#include "tui/screen/theme_internal.h"

#define NAME_SHOWN 40 // bytes of an unknown name that are repeated

static const char *const attribute_names[] = {"bold", "dim", "underline", "reverse", "italic"};
_Static_assert(ATTRIBUTE_ITALIC == 1 << (ARRAY_SIZE(attribute_names) - 1), "in the enum's order");

void theme_warn(struct theme_warnings *warnings, const char *format, ...)
{
    char raw[512], text[512];
    va_list arguments;

    if (!warnings->warn || warnings->n > THEME_WARNINGS_LIMIT)
        return;
    if (warnings->n++ == THEME_WARNINGS_LIMIT) {
        warnings->warn("there is more that is unknown in this theme", warnings->context);
        return;
    }
    va_start(arguments, format);
    (void)vsnprintf(raw, sizeof raw, format, arguments);
    va_end(arguments);
    text_clean(text, sizeof text, raw, strlen(raw));
    warnings->warn(text, warnings->context);
}

bool theme_name_valid(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= THEME_NAME_LIMIT &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_-") == length;
}

struct checker {
    const char *shown;
    struct theme_warnings *warnings;
    struct error *err;
};

static int wrong(const struct checker *checker, const char *member, const char *expected,
                 const json_t *value)
{
    (void)error_set(checker->err, ERROR_USAGE, 0, "%s: %s: %s is expected, not %s", checker->shown,
                    member, expected, jsonfile_type(value));
    error_path(checker->err, checker->shown);
    return -EINVAL;
}

// "unknown": nothing is known of it; says what may have been meant.
static void unknown(const struct checker *checker, const char *where, const char *name,
                    const char *const *known, size_t n_known)
{
    const char *best_name = NULL;
    unsigned best = NEAR_NOT;

    for (size_t i = 0; i < n_known; i++) {
        unsigned far = near_distance(name, strlen(name), known[i], strlen(known[i]));

        if (far < best) {
            best = far;
            best_name = known[i];
        }
    }
    theme_warn(checker->warnings, "%s: %s%.*s%s is unknown%s%s%s", checker->shown, where,
               NAME_SHOWN, name, strlen(name) > NAME_SHOWN ? "\xe2\x80\xa6" : "",
               best_name ? " (" : "", best_name ? best_name : "", best_name ? "?)" : "");
}

// --- palette ---------------------------------------------------------------------------------

static bool index_of(const json_t *value, int most, int16_t *ret)
{
    int index = json_is_string(value) ? theme_color_ansi(json_string_value(value)) : -1;

    if (json_is_integer(value) && json_integer_value(value) >= 0 &&
        json_integer_value(value) <= most)
        index = (int)json_integer_value(value);
    *ret = (int16_t)index;
    return index >= 0;
}

// What an entry is as a colour; false when it is none. `bad` (may be NULL): the member to blame.
static bool palette_color(const json_t *entry, struct theme_color *ret, const char **bad)
{
    const json_t *rgb = json_is_string(entry) ? entry : json_object_get(entry, "rgb");
    const json_t *of_256 = json_object_get(entry, "256"), *of_16 = json_object_get(entry, "16");
    struct theme_color color = {.as_256 = -1, .as_16 = -1};
    uint8_t value[3];

    *bad = "rgb";
    if (rgb && (!theme_color_parse(json_string_value(rgb), &color) || color.kind != COLOR_IS_RGB))
        return false;
    *bad = "256";
    if (of_256 && !index_of(of_256, 255, &color.as_256))
        return false;
    *bad = "16";
    if (of_16 && !index_of(of_16, 15, &color.as_16))
        return false;
    *bad = "rgb, 256 and 16";
    if (!rgb && !of_256 && !of_16)
        return false;
    if (!rgb && of_256 && color.as_256 >= 16) {
        theme_index_rgb(color.as_256, value);
        color.kind = COLOR_IS_RGB;
        color.r = value[0];
        color.g = value[1];
        color.b = value[2];
    } else if (!rgb) {
        color.kind = COLOR_IS_ANSI;
        color.ansi = (uint8_t)(of_16 ? color.as_16 : color.as_256);
    }
    *ret = color;
    return true;
}

static int check_entry(const struct checker *checker, const char *name, const json_t *entry)
{
    static const char *const members[] = {"rgb", "256", "16"};
    struct theme_color color;
    const char *bad, *member;
    json_t *value;
    char where[NAME_SHOWN + 48];

    (void)snprintf(where, sizeof where, "palette.%.*s", NAME_SHOWN, name);
    if (!json_is_string(entry) && !json_is_object(entry))
        return wrong(checker, where, "an object with rgb (\"#rrggbb\")", entry);
    json_object_foreach ((json_t *)(uintptr_t)entry, member, value) {
        bool is_rgb = strcmp(member, "rgb") == 0;

        (void)snprintf(where, sizeof where, "palette.%.*s.%.*s", NAME_SHOWN, name, 4, member);
        if (!is_rgb && strcmp(member, "256") != 0 && strcmp(member, "16") != 0) {
            (void)snprintf(where, sizeof where, "palette.%.*s.", NAME_SHOWN, name);
            unknown(checker, where, member, members, ARRAY_SIZE(members));
        } else if (is_rgb && !json_is_string(value)) {
            return wrong(checker, where, "a string (\"#rrggbb\")", value);
        } else if (!json_is_string(value) && !json_is_integer(value)) {
            return wrong(checker, where, "a number or one of the 16 names", value);
        }
    }
    if (strcmp(name, "default") == 0)
        theme_warn(checker->warnings, "%s: palette.default is left out: it is the terminal's own",
                   checker->shown);
    else if (!palette_color(entry, &color, &bad))
        theme_warn(checker->warnings, "%s: palette.%.*s is left out: %s is no colour",
                   checker->shown, NAME_SHOWN, name, bad);
    return 0;
}

// --- roles -----------------------------------------------------------------------------------

static int attribute_of(const char *name)
{
    for (size_t i = 0; i < ARRAY_SIZE(attribute_names); i++)
        if (strcmp(attribute_names[i], name) == 0)
            return 1 << i;
    return 0;
}

unsigned theme_json_attributes(const json_t *array)
{
    unsigned bits = 0;

    for (size_t i = 0; i < json_array_size(array); i++)
        bits |= (unsigned)attribute_of(json_string_value(json_array_get(array, i)));
    return bits;
}

static int check_attributes(const struct checker *checker, const char *where, const json_t *value)
{
    if (!json_is_array(value))
        return wrong(checker, where, "an array of attributes", value);
    for (size_t i = 0; i < json_array_size(value); i++) {
        const json_t *name = json_array_get(value, i);

        if (!json_is_string(name))
            return wrong(checker, where, "an array of strings", name);
        if (!attribute_of(json_string_value(name)))
            unknown(checker, "attribute ", json_string_value(name), attribute_names,
                    ARRAY_SIZE(attribute_names));
    }
    return 0;
}

static int check_style(const struct checker *checker, const char *role, const json_t *style)
{
    static const char *const members[] = {"fg", "bg", "attr", "mono"};
    const char *member;
    json_t *value;
    char where[NAME_SHOWN + 48];

    (void)snprintf(where, sizeof where, "roles.%.*s", NAME_SHOWN, role);
    if (!json_is_object(style))
        return wrong(checker, where, "an object with fg, bg, attr, mono", style);
    json_object_foreach ((json_t *)(uintptr_t)style, member, value) {
        int r = 0;

        (void)snprintf(where, sizeof where, "roles.%.*s.%.*s", NAME_SHOWN, role, 4, member);
        if (strcmp(member, "fg") == 0 || strcmp(member, "bg") == 0) {
            if (!json_is_string(value))
                r = wrong(checker, where, "the name of a colour", value);
        } else if (strcmp(member, "attr") == 0 || strcmp(member, "mono") == 0) {
            r = check_attributes(checker, where, value);
        } else {
            (void)snprintf(where, sizeof where, "roles.%.*s.", NAME_SHOWN, role);
            unknown(checker, where, member, members, ARRAY_SIZE(members));
        }
        if (r < 0)
            return r;
    }
    return 0;
}

static int check_role(const struct checker *checker, const char *role, const json_t *style)
{
    if (role_find(role, strlen(role)) == ROLE_COUNT && !role_is_group(role)) {
        const char *known[ROLE_COUNT];

        for (enum role i = 0; i < ROLE_COUNT; i++)
            known[i] = role_name(i);
        unknown(checker, "role ", role, known, ROLE_COUNT);
    }
    return check_style(checker, role, style);
}

// --- the whole -------------------------------------------------------------------------------

static int check_each(const struct checker *checker, const char *what, json_t *object,
                      int (*check)(const struct checker *, const char *, const json_t *))
{
    const char *name;
    json_t *value;
    int r = 0;

    if (object && !json_is_object(object))
        return wrong(checker, what, "an object", object);
    json_object_foreach (object, name, value) {
        r = check(checker, name, value);
        if (r < 0)
            break;
    }
    return r;
}

static int check_word(const struct checker *checker, const char *member, const json_t *value)
{
    const char *text = json_string_value(value);

    if (strcmp(member, "variant") == 0) {
        if (!text)
            return wrong(checker, member, "\"dark\" or \"light\"", value);
        if (strcmp(text, "dark") != 0 && strcmp(text, "light") != 0)
            theme_warn(checker->warnings, "%s: variant is neither dark nor light: dark is taken",
                       checker->shown);
        return 0;
    }
    if (strcmp(member, "inherits") == 0 && json_is_null(value))
        return 0;
    if (!text)
        return wrong(checker, member, "the name of a theme", value);
    if (!theme_name_valid(text)) {
        (void)error_set(checker->err, ERROR_USAGE, 0,
                        "%s: %s: '%.*s' is no name of a theme: at most %d of a-z 0-9 _ -",
                        checker->shown, member, NAME_SHOWN, text, THEME_NAME_LIMIT);
        error_path(checker->err, checker->shown);
        return -EINVAL;
    }
    return 0;
}

int theme_json_check(const json_t *json, const char *shown, struct theme_warnings *warnings,
                     struct error *err)
{
    static const char *const members[] = {"name", "variant", "inherits", "palette", "roles"};
    const struct checker checker = {.shown = shown, .warnings = warnings, .err = err};
    json_t *object = (json_t *)(uintptr_t)json, *value;
    const char *member;
    int r = 0;

    json_object_foreach (object, member, value) {
        if (strcmp(member, "palette") == 0)
            r = check_each(&checker, member, value, check_entry);
        else if (strcmp(member, "roles") == 0)
            r = check_each(&checker, member, value, check_role);
        else if (strcmp(member, "name") == 0 || strcmp(member, "variant") == 0 ||
                 strcmp(member, "inherits") == 0)
            r = check_word(&checker, member, value);
        else
            unknown(&checker, "", member, members, ARRAY_SIZE(members));
        if (r < 0)
            return r;
    }
    return 0;
}

bool theme_json_color(const struct theme_chain *chain, const char *name, struct theme_color *ret)
{
    const char *ignored;

    // A theme that inherits may give other values to the colours of those above it.
    for (size_t i = 0; strcmp(name, "default") != 0 && i < chain->n; i++) {
        const json_t *palette = json_object_get(chain->files[i].json, "palette");
        const json_t *entry = json_object_get(palette, name);

        if (entry && palette_color(entry, ret, &ignored))
            return true;
    }
    return theme_color_parse(name, ret);
}
