// Looks at all themes that davit comes with: can they be read, told apart, and used? TAP.
//   theme_check DIRECTORY
//
// A terminal's own colours are taken to be xterm's: white (#e5e5e5) on black for a dark theme,
// black on white for a light one, and the 16 as xterm has them (contrast.h).
#include <dirent.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include "core/base/cleanup.h"
#include "contrast.h"
#include "tui/screen/theme.h"

#define THEMES_MAX 64

static unsigned n_tests, n_failed;
static char why[4096];

static const enum theme_depth depths[] = {DEPTH_RGB, DEPTH_256, DEPTH_16};

static const char *depth_name(enum theme_depth depth)
{
    switch (depth) {
    case DEPTH_MONO:
        return "without colours";
    case DEPTH_16:
        return "16 colours";
    case DEPTH_256:
        return "256 colours";
    case DEPTH_RGB:
        return "all colours";
    }
    return "?";
}

__attribute__((format(printf, 1, 2))) static void blame(const char *format, ...)
{
    size_t used = strlen(why);
    va_list arguments;

    va_start(arguments, format);
    (void)snprintf(why + used, sizeof why - used, "#   ");
    used = strlen(why);
    (void)vsnprintf(why + used, sizeof why - used, format, arguments);
    va_end(arguments);
    used = strlen(why);
    (void)snprintf(why + used, sizeof why - used, "\n");
}

static void verdict(const char *theme, const char *what)
{
    (void)printf("%sok %u - %s: %s\n%s", *why ? "not " : "", ++n_tests, theme, what, why);
    n_failed += *why != '\0';
    why[0] = '\0';
}

static void on_warning(const char *text, void *context)
{
    (void)context;
    blame("%s", text);
}

// What the terminal is told at a depth.
struct cell {
    int fg, bg;
    unsigned attributes;
};

static struct cell cell_of(const struct theme *theme, enum role role, enum theme_depth depth)
{
    const struct theme_style *style = &theme->styles[role];

    return (struct cell){theme_quantise(&style->fg, depth), theme_quantise(&style->bg, depth),
                         depth == DEPTH_MONO ? style->mono : style->attributes};
}

static bool same_cell(struct cell a, struct cell b)
{
    return a.fg == b.fg && a.bg == b.bg && a.attributes == b.attributes;
}

// The colour that is shown at a depth, as one that a contrast can be worked out of.
static struct theme_color shown(const struct theme_color *color, enum theme_depth depth)
{
    int index = theme_quantise(color, depth);
    struct theme_color result = *color;
    uint8_t rgb[3];

    if (depth == DEPTH_RGB || index < 0)
        return result;
    theme_index_rgb(index, rgb);
    result.kind = COLOR_IS_RGB;
    result.r = rgb[0];
    result.g = rgb[1];
    result.b = rgb[2];
    return result;
}

// WCAG 2: 4.5 for text (AA), 3 for what is no text.
static double least_contrast(enum role role)
{
    return role == ROLE_BORDER || role == ROLE_BORDER_FOCUSED || role == ROLE_DIALOG_BORDER ? 3
                                                                                            : 4.5;
}

static void check_contrast(const struct theme *theme)
{
    for (size_t i = 0; i < ARRAY_SIZE(depths); i++)
        for (enum role role = 0; role < ROLE_COUNT; role++) {
            const struct theme_style *style = &theme->styles[role];
            struct theme_color fg = shown(&style->fg, depths[i]);
            struct theme_color bg = shown(&style->bg, depths[i]);
            double contrast = contrast_of(&fg, &bg, theme);

            if (contrast < least_contrast(role))
                blame("%s, %s: %.2f, at least %.1f", role_name(role), depth_name(depths[i]),
                      contrast, least_contrast(role));
        }
    verdict(theme->name, "contrast");
}

// The index that is seen where the terminal's own colour is asked for.
static int seen(int index, bool is_bg, bool light)
{
    if (index >= 0)
        return index;
    if (is_bg)
        return light ? 15 : 0;
    return light ? 0 : 7;
}

static void check_visible(const struct theme *theme)
{
    for (size_t i = 0; i < ARRAY_SIZE(depths); i++)
        for (enum role role = 0; role < ROLE_COUNT; role++) {
            struct cell cell = cell_of(theme, role, depths[i]);

            if (seen(cell.fg, false, theme->light) == seen(cell.bg, true, theme->light))
                blame("%s, %s: written in the colour of its background", role_name(role),
                      depth_name(depths[i]));
        }
    verdict(theme->name, "every role can be seen");
}

// Pairs that must look different, without colours too.
static void check_told_apart(const struct theme *theme)
{
    static const enum role pairs[][2] = {
        {ROLE_BORDER, ROLE_BORDER_FOCUSED},
        {ROLE_TITLE, ROLE_TITLE_FOCUSED},
        {ROLE_TEXT, ROLE_LIST_SELECTED},
        {ROLE_TEXT, ROLE_STATUS_WARNING},
        {ROLE_TEXT, ROLE_STATUS_ERROR},
        {ROLE_STATUS_WARNING, ROLE_STATUS_ERROR},
        {ROLE_STATUS_OK, ROLE_STATUS_WARNING},
        {ROLE_STATUS_OK, ROLE_STATUS_ERROR},
        {ROLE_TEXT, ROLE_FOUND},
        {ROLE_DIALOG, ROLE_DIALOG_SELECTED},
        {ROLE_HEADER, ROLE_HEADER_BANNER},
        {ROLE_KEY, ROLE_KEY_LABEL},
    };
    static const enum theme_depth all[] = {DEPTH_RGB, DEPTH_256, DEPTH_16, DEPTH_MONO};

    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        for (size_t j = 0; j < ARRAY_SIZE(pairs); j++)
            if (same_cell(cell_of(theme, pairs[j][0], all[i]), cell_of(theme, pairs[j][1], all[i])))
                blame("%s and %s look the same, %s", role_name(pairs[j][0]), role_name(pairs[j][1]),
                      depth_name(all[i]));
    for (size_t i = 0; i < ARRAY_SIZE(all); i++)
        if (!(cell_of(theme, ROLE_LIST_SELECTED, all[i]).attributes & ATTRIBUTE_BOLD) &&
            cell_of(theme, ROLE_LIST_SELECTED, all[i]).bg == cell_of(theme, ROLE_TEXT, all[i]).bg)
            blame("list.selected is neither bold nor on another background, %s",
                  depth_name(all[i]));
    verdict(theme->name, "what must look different does");
}

static bool same_grid(const struct theme *a, const struct theme *b, enum theme_depth depth)
{
    for (enum role role = 0; role < ROLE_COUNT; role++)
        if (!same_cell(cell_of(a, role, depth), cell_of(b, role, depth)))
            return false;
    return true;
}

static void check_pairs(struct theme *const *themes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = i + 1; j < n; j++)
            for (size_t k = 0; k < ARRAY_SIZE(depths); k++)
                if (same_grid(themes[i], themes[j], depths[k]))
                    blame("%s and %s are the same, %s", themes[i]->name, themes[j]->name,
                          depth_name(depths[k]));
    verdict("all", "no two themes look the same");
}

// default says something of every role, so that whatever inherits from it has all of them.
static void check_complete(const char *directory)
{
    char path[4096];
    json_t *json, *roles;

    (void)snprintf(path, sizeof path, "%s/default.json", directory);
    json = json_load_file(path, JSON_REJECT_DUPLICATES, NULL);
    roles = json_object_get(json, "roles");
    for (enum role role = 0; role < ROLE_COUNT; role++)
        if (!json_object_get(roles, role_name(role)))
            blame("nothing is said of %s", role_name(role));
    json_decref(json);
    verdict("default", "says something of every role");
}

// What is compiled in is what is in the files.
static void check_built_in(const struct theme_places *places, const char *name)
{
    _cleanup_free_ struct theme *inside = NULL, *outside = NULL;
    struct error err;

    if (theme_load(NULL, name, on_warning, NULL, &inside, &err) < 0 ||
        theme_load(places, name, on_warning, NULL, &outside, &err) < 0)
        blame("%s", err.message);
    else if (inside->light != outside->light)
        blame("one is light, one is dark");
    else
        for (enum role role = 0; role < ROLE_COUNT; role++)
            if (memcmp(&inside->styles[role], &outside->styles[role],
                       sizeof inside->styles[role]) != 0)
                blame("%s differs", role_name(role));
    verdict(name, "compiled in as it is in its file");
}

static struct theme *load(const struct theme_places *places, const char *directory,
                          const char *name)
{
    struct theme *theme = NULL;
    struct error err;
    struct stat st = {.st_size = 0};
    char path[4096];

    (void)snprintf(path, sizeof path, "%s/%s.json", directory, name);
    if (stat(path, &st) < 0 || st.st_size > THEME_LIMIT)
        blame("it has %lld bytes", (long long)st.st_size);
    if (theme_load(places, name, on_warning, NULL, &theme, &err) < 0)
        blame("%s", err.message);
    verdict(name, "is read without a complaint");
    return theme;
}

int main(int argc, char **argv)
{
    const char *const data[] = {argc > 1 ? argv[1] : "themes", NULL};
    const struct theme_places places = {.data = data, .shipped = -1};
    struct theme *themes[THEMES_MAX];
    struct dirent **entries = NULL;
    int n_entries = scandir(data[0], &entries, NULL, alphasort);
    size_t n = 0;

    for (int i = 0; i < n_entries; i++) {
        char *dot = strrchr(entries[i]->d_name, '.');

        if (dot && dot > entries[i]->d_name && strcmp(dot, ".json") == 0 && n < THEMES_MAX) {
            *dot = '\0';
            themes[n] = load(&places, data[0], entries[i]->d_name);
            if (themes[n]) {
                check_contrast(themes[n]);
                check_visible(themes[n]);
                check_told_apart(themes[n]);
                n++;
            }
        }
        free(entries[i]);
    }
    free(entries);
    if (n < 8)
        blame("only %zu themes in %s", n, data[0]);
    check_pairs(themes, n);
    check_complete(data[0]);
    check_built_in(&places, "default");
    check_built_in(&places, "mono");
    for (size_t i = 0; i < n; i++)
        theme_free(themes[i]);
    (void)printf("1..%u\n", n_tests);
    return n_failed > 0;
}
