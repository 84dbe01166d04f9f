#include "tui/screen/theme.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/unit/contrast.h"
#include "tests/unit/runner.h"
#include "tests/unit/temporary.h"

#define _cleanup_theme_ CLEANUP(theme_freep)

static char dir[TEMPORARY_SIZE], user[TEMPORARY_SIZE + 8], data[TEMPORARY_SIZE + 8];
static char shipped[TEMPORARY_SIZE + 8];
static const char *const data_dirs[] = {"/nonexistent/davit/themes", data, NULL};
static struct theme_places places;
static struct error err;
static char warnings[16384];
static unsigned n_warnings;

static void setup(void)
{
    temporary_directory(dir);
    (void)snprintf(user, sizeof user, "%s/user", dir);
    (void)snprintf(data, sizeof data, "%s/data", dir);
    (void)snprintf(shipped, sizeof shipped, "%s/own", dir);
    ck_assert_int_eq(mkdir(user, 0700) | mkdir(data, 0700) | mkdir(shipped, 0700), 0);
    places = (struct theme_places){.user = user, .data = data_dirs};
    places.shipped = open(shipped, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    ck_assert_int_ge(places.shipped, 0);
    warnings[0] = '\0';
    n_warnings = 0;
}

static void teardown(void)
{
    _cleanup_free_ char *command = text_format("rm -rf '%s'", dir);

    ck_assert_int_eq(close(places.shipped), 0);
    ck_assert_int_eq(system(command), 0);
}

static void on_warning(const char *text, void *context)
{
    size_t used = strlen(warnings);

    ck_assert_ptr_eq(context, warnings);
    ck_assert(text_is_clean(text, strlen(text)));
    (void)snprintf(warnings + used, sizeof warnings - used, "%s\n", text);
    n_warnings++;
}

static void put_bytes(const char *where, const char *name, const void *bytes, size_t length)
{
    _cleanup_free_ char *path = text_format("%s/%s.json", where, name);
    _cleanup_fclose_ FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
}

static void put(const char *where, const char *name, const char *text)
{
    put_bytes(where, name, text, strlen(text));
}

static int load(const char *name, struct theme **ret)
{
    return theme_load(&places, name, on_warning, warnings, ret, &err);
}

static struct theme *loaded(const char *text)
{
    struct theme *theme = NULL;
    int r;

    put(user, "t", text);
    r = load("t", &theme);
    ck_assert_msg(r == 0, "%s", err.message);
    return theme;
}

static int rgb(const struct theme_color *color)
{
    ck_assert_int_eq(color->kind, COLOR_IS_RGB);
    return color->r << 16 | color->g << 8 | color->b;
}

// --- colours ---------------------------------------------------------------------------------

static const struct {
    uint8_t rgb[3];
    int of_256, of_16;
} quantised[] = {
    {{0x00, 0x00, 0x00}, 16, 0},  {{0xff, 0xff, 0xff}, 231, 15}, {{0xff, 0x00, 0x00}, 196, 9},
    {{0x00, 0xff, 0x00}, 46, 10}, {{0x00, 0x00, 0xff}, 21, 4},   {{0xcd, 0x00, 0x00}, 160, 1},
    {{0x80, 0x80, 0x80}, 244, 8}, {{0x5f, 0x87, 0xaf}, 67, 8},   {{0x2e, 0x34, 0x40}, 236, 0},
    {{0x00, 0x2b, 0x36}, 235, 0}, {{0xfd, 0xf6, 0xe3}, 255, 15}, {{0xcd, 0xcd, 0x00}, 184, 3},
    {{0x88, 0xc0, 0xd0}, 109, 7}, {{0xe6, 0xe6, 0xe6}, 254, 7},
};

START_TEST(known_colors)
{
    const struct theme_color color = {.kind = COLOR_IS_RGB,
                                      .r = quantised[_i].rgb[0],
                                      .g = quantised[_i].rgb[1],
                                      .b = quantised[_i].rgb[2],
                                      .as_256 = -1,
                                      .as_16 = -1};

    ck_assert_int_eq(theme_quantise(&color, DEPTH_256), quantised[_i].of_256);
    ck_assert_int_eq(theme_quantise(&color, DEPTH_16), quantised[_i].of_16);
    ck_assert_int_eq(theme_quantise(&color, DEPTH_MONO), -1);
    ck_assert_int_eq(theme_quantise(&color, DEPTH_RGB),
                     1 << 24 | color.r << 16 | color.g << 8 | color.b);
}
END_TEST

// What is in the table already is found there.
START_TEST(colors_of_the_table)
{
    for (int i = 0; i < 256; i++) {
        struct theme_color color = {.kind = COLOR_IS_RGB, .as_256 = -1, .as_16 = -1};
        uint8_t value[3];

        theme_index_rgb(i, value);
        color.r = value[0];
        color.g = value[1];
        color.b = value[2];
        if (i < 16)
            ck_assert_int_eq(theme_quantise(&color, DEPTH_16), i);
        else
            ck_assert_int_eq(theme_quantise(&color, DEPTH_256), i);
    }
}
END_TEST

START_TEST(colors_that_stay)
{
    const struct theme_color ansi = {.kind = COLOR_IS_ANSI, .ansi = 12, .as_256 = -1, .as_16 = -1};
    const struct theme_color own = {.kind = COLOR_IS_DEFAULT, .as_256 = -1, .as_16 = -1};
    const struct theme_color given = {.kind = COLOR_IS_RGB, .as_256 = 3, .as_16 = 5};
    static const enum theme_depth depths[] = {DEPTH_16, DEPTH_256, DEPTH_RGB};

    for (size_t i = 0; i < ARRAY_SIZE(depths); i++) {
        ck_assert_int_eq(theme_quantise(&ansi, depths[i]), 12);
        ck_assert_int_eq(theme_quantise(&own, depths[i]), -1);
    }
    ck_assert_int_eq(theme_quantise(&ansi, DEPTH_MONO), -1);
    ck_assert_int_eq(theme_quantise(&given, DEPTH_256), 3);
    ck_assert_int_eq(theme_quantise(&given, DEPTH_16), 5);
    ck_assert_int_eq(theme_quantise(&given, DEPTH_RGB), 1 << 24);
}
END_TEST

static void assert_contrast(const char *fg, const char *bg, bool light, double expected)
{
    _cleanup_free_ char *text = text_format("{\"variant\": \"%s\", \"roles\": {\"text\": {\"fg\": "
                                            "\"%s\", \"bg\": \"%s\"}}}",
                                            light ? "light" : "dark", fg, bg);
    _cleanup_theme_ struct theme *theme = loaded(text);
    const struct theme_style *style = &theme->styles[ROLE_TEXT];

    ck_assert_double_eq_tol(contrast_of(&style->fg, &style->bg, theme), expected, 0.01);
    ck_assert_double_eq_tol(contrast_of(&style->bg, &style->fg, theme),
                            strcmp(fg, "default") == 0 || strcmp(bg, "default") == 0
                                ? contrast_of(&style->bg, &style->fg, theme)
                                : expected,
                            0.01);
}

START_TEST(contrasts)
{
    assert_contrast("#000000", "#ffffff", false, 21);
    assert_contrast("#777777", "#ffffff", false, 4.48);
    assert_contrast("#ffffff", "#ffffff", false, 1);
    assert_contrast("#ff0000", "#ffffff", true, 4.00);
    assert_contrast("black", "bright-white", true, 21);
    assert_contrast("default", "default", true, 21);
    assert_contrast("default", "default", false, 16.67); // #e5e5e5 on black
    assert_contrast("red", "default", false, 3.59);
    assert_contrast("red", "default", true, 5.85);
}
END_TEST

// --- what a role comes to --------------------------------------------------------------------

START_TEST(the_built_in_ones)
{
    _cleanup_theme_ struct theme *theme = NULL, *mono = NULL;
    struct theme *none = NULL;

    ck_assert_int_eq(theme_load(NULL, "default", NULL, NULL, &theme, &err), 0);
    ck_assert_str_eq(theme->name, "default");
    ck_assert(!theme->light);
    ck_assert_int_eq(theme->styles[ROLE_TEXT].bg.kind, COLOR_IS_DEFAULT);
    ck_assert_uint_eq(theme->styles[ROLE_LIST_SELECTED].attributes, ATTRIBUTE_BOLD);
    ck_assert_uint_eq(theme->styles[ROLE_LIST_SELECTED].mono, ATTRIBUTE_BOLD);
    ck_assert_int_eq(theme->styles[ROLE_STATUS_ERROR].fg.ansi, 9);
    ck_assert_int_eq(load("mono", &mono), 0);
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        ck_assert_int_eq(mono->styles[role].fg.kind, COLOR_IS_DEFAULT);
        ck_assert_int_eq(mono->styles[role].bg.kind, COLOR_IS_DEFAULT);
        ck_assert_uint_eq(mono->styles[role].mono, mono->styles[role].attributes);
    }
    ck_assert_uint_eq(n_warnings, 0);
    ck_assert_int_eq(theme_load(NULL, "nord", NULL, NULL, &none, &err), -ENOENT);
}
END_TEST

START_TEST(a_role_falls_back)
{
    _cleanup_theme_ struct theme *theme =
        loaded("{\"inherits\": null, \"roles\": {"
               "\"text\": {\"fg\": \"#010101\", \"bg\": \"#020202\", \"attr\": [\"italic\"]},"
               "\"status\": {\"fg\": \"#030303\"},"
               "\"status.error\": {\"attr\": [\"bold\", \"reverse\"], \"mono\": [\"underline\"]},"
               "\"dialog\": {\"bg\": \"#040404\", \"attr\": [\"dim\"]},"
               "\"dialog.title\": {\"fg\": \"#050505\", \"attr\": []}}}");
    const struct theme_style *styles = theme->styles;

    ck_assert_uint_eq(n_warnings, 0);
    // text.dim takes all of text
    ck_assert_int_eq(rgb(&styles[ROLE_TEXT_DIM].fg), 0x010101);
    ck_assert_int_eq(rgb(&styles[ROLE_TEXT_DIM].bg), 0x020202);
    ck_assert_uint_eq(styles[ROLE_TEXT_DIM].attributes, ATTRIBUTE_ITALIC);
    ck_assert_uint_eq(styles[ROLE_TEXT_DIM].mono, ATTRIBUTE_ITALIC);
    // a group that is no role
    ck_assert_int_eq(rgb(&styles[ROLE_STATUS_OK].fg), 0x030303);
    ck_assert_int_eq(rgb(&styles[ROLE_STATUS_OK].bg), 0x020202);
    ck_assert_int_eq(rgb(&styles[ROLE_STATUS_ERROR].fg), 0x030303);
    ck_assert_uint_eq(styles[ROLE_STATUS_ERROR].attributes, ATTRIBUTE_BOLD | ATTRIBUTE_REVERSE);
    ck_assert_uint_eq(styles[ROLE_STATUS_ERROR].mono, ATTRIBUTE_UNDERLINE);
    // colours from text, attributes not
    ck_assert_int_eq(rgb(&styles[ROLE_BORDER].fg), 0x010101);
    ck_assert_uint_eq(styles[ROLE_BORDER].attributes, 0);
    // member by member
    ck_assert_int_eq(rgb(&styles[ROLE_DIALOG_TITLE].fg), 0x050505);
    ck_assert_int_eq(rgb(&styles[ROLE_DIALOG_TITLE].bg), 0x040404);
    ck_assert_uint_eq(styles[ROLE_DIALOG_TITLE].attributes, 0);
    ck_assert_uint_eq(styles[ROLE_DIALOG_FIELD].attributes, ATTRIBUTE_DIM);
}
END_TEST

START_TEST(a_theme_inherits)
{
    _cleanup_theme_ struct theme *theme = NULL, *plain = NULL;

    put(data, "above",
        "{\"variant\": \"light\", \"inherits\": null,"
        "\"palette\": {\"a\": {\"rgb\": \"#0a0a0a\"}, \"b\": {\"rgb\": \"#0b0b0b\"},"
        "\"green\": \"#00aa00\"},"
        "\"roles\": {\"text\": {\"fg\": \"a\", \"bg\": \"b\"},"
        "\"status.ok\": {\"fg\": \"green\", \"attr\": [\"bold\"]},"
        "\"border\": {\"fg\": \"red\"}}}");
    theme = loaded("{\"inherits\": \"above\", \"palette\": {\"b\": {\"rgb\": \"#0c0c0c\"}},"
                   "\"roles\": {\"header\": {\"fg\": \"b\"}, \"key\": {\"fg\": \"a\"},"
                   "\"status\": {\"bg\": \"#111111\"}}}");
    ck_assert_uint_eq(n_warnings, 0);
    ck_assert(theme->light);
    ck_assert_int_eq(rgb(&theme->styles[ROLE_TEXT].fg), 0x0a0a0a);
    ck_assert_int_eq(rgb(&theme->styles[ROLE_TEXT].bg), 0x0c0c0c); // another value for a colour
    ck_assert_int_eq(rgb(&theme->styles[ROLE_HEADER].fg), 0x0c0c0c);
    ck_assert_int_eq(rgb(&theme->styles[ROLE_KEY].fg), 0x0a0a0a); // of the palette above
    ck_assert_int_eq(rgb(&theme->styles[ROLE_STATUS_OK].fg), 0x00aa00);
    ck_assert_int_eq(rgb(&theme->styles[ROLE_STATUS_OK].bg), 0x111111);
    ck_assert_uint_eq(theme->styles[ROLE_STATUS_OK].attributes, ATTRIBUTE_BOLD);
    ck_assert_int_eq(theme->styles[ROLE_BORDER].fg.kind, COLOR_IS_ANSI);

    // Nothing said: what is compiled in.
    plain = loaded("{\"palette\": {\"green\": {\"rgb\": \"#123456\"}}}");
    ck_assert(!plain->light);
    ck_assert_int_eq(rgb(&plain->styles[ROLE_STATUS_OK].fg), 0x123456);
    ck_assert_int_eq(plain->styles[ROLE_STATUS_WARNING].fg.ansi, 3);
    ck_assert_uint_eq(plain->styles[ROLE_BORDER_FOCUSED].mono, ATTRIBUTE_BOLD);
}
END_TEST

START_TEST(a_palette_gives_its_own_indexes)
{
    _cleanup_theme_ struct theme *theme =
        loaded("{\"palette\": {\"a\": {\"rgb\": \"#88C0d0\", \"256\": 7, \"16\": \"bright-cyan\"},"
               "\"b\": {\"256\": 67}, \"c\": {\"16\": 13}, \"d\": {\"256\": 200, \"16\": 0}},"
               "\"roles\": {\"text\": {\"fg\": \"a\", \"bg\": \"b\"},"
               "\"key\": {\"fg\": \"c\", \"bg\": \"d\"}}}");
    const struct theme_style *text = &theme->styles[ROLE_TEXT], *key = &theme->styles[ROLE_KEY];

    ck_assert_int_eq(theme_quantise(&text->fg, DEPTH_RGB), 0x188c0d0);
    ck_assert_int_eq(theme_quantise(&text->fg, DEPTH_256), 7);
    ck_assert_int_eq(theme_quantise(&text->fg, DEPTH_16), 14);
    ck_assert_int_eq(theme_quantise(&text->bg, DEPTH_RGB), 0x15f87af);
    ck_assert_int_eq(theme_quantise(&text->bg, DEPTH_256), 67);
    ck_assert_int_eq(theme_quantise(&key->fg, DEPTH_256), 13);
    ck_assert_int_eq(theme_quantise(&key->bg, DEPTH_16), 0);
    ck_assert_uint_eq(n_warnings, 0);
}
END_TEST

// --- where themes are found ------------------------------------------------------------------

static void assert_text_fg(const char *name, int expected)
{
    _cleanup_theme_ struct theme *theme = NULL;
    int r = load(name, &theme);

    ck_assert_msg(r == 0, "%s", err.message);
    ck_assert_int_eq(rgb(&theme->styles[ROLE_TEXT].fg), expected);
}

START_TEST(places_in_order)
{
    _cleanup_free_ char *path = text_format("%s/one.json", user);

    put(shipped, "one", "{\"roles\": {\"text\": {\"fg\": \"#000003\"}}}");
    assert_text_fg("one", 3);
    put(data, "one", "{\"roles\": {\"text\": {\"fg\": \"#000002\"}}}");
    assert_text_fg("one", 2);
    put(user, "one", "{\"roles\": {\"text\": {\"fg\": \"#000001\"}}}");
    assert_text_fg("one", 1);
    assert_text_fg(path, 1);
    // One that is damaged is not passed over in silence.
    put(user, "one", "{");
    ck_assert_int_lt(load("one", &(struct theme *){NULL}), 0);
    ck_assert_ptr_nonnull(strstr(err.message, path));
    // Also over those that are compiled in, on which they stand.
    put(user, "default",
        "{\"inherits\": \"default\", \"roles\": {\"text\": {\"fg\": \"#000004\"}}}");
    assert_text_fg("default", 4);
    put(user, "default", "{\"roles\": {\"text\": {\"fg\": \"#000005\"}}}");
    assert_text_fg("default", 5);
    ck_assert_uint_eq(n_warnings, 0);
}
END_TEST

START_TEST(a_path_names_itself)
{
    _cleanup_theme_ struct theme *theme = NULL, *plain = NULL, *odd = NULL;
    _cleanup_free_ char *path = text_format("%s/p.json", dir);

    put(dir, "p", "{\"name\": \"mine\"}");
    ck_assert_int_eq(load(path, &theme), 0);
    ck_assert_str_eq(theme->name, "mine");
    put(dir, "p", "{}");
    ck_assert_int_eq(load(path, &plain), 0);
    ck_assert_str_eq(plain->name, "p");
    put(user, "t", "{\"name\": \"other\"}");
    ck_assert_int_eq(load("t", &odd), 0);
    ck_assert_str_eq(odd->name, "t");
    ck_assert_ptr_nonnull(strstr(warnings, "it calls itself 'other'"));
}
END_TEST

START_TEST(names_are_listed)
{
    static const char *const expected[] = {"a", "b-2", "c_3", "default", "mono", NULL};
    _cleanup_free_ char *link = text_format("%s/link.json", user);
    char **names = NULL;

    put(user, "b-2", "{}");
    put(data, "b-2", "{}");
    put(data, "a", "{}");
    put(shipped, "c_3", "{}");
    put(shipped, "Upper", "{}");
    put(shipped, "sp ace", "{}");
    put(shipped, "", "{}"); // .json
    put(shipped, "a.b", "{}");
    ck_assert_int_eq(symlink("b-2.json", link), 0);
    for (int twice = 0; twice < 2; twice++) {
        ck_assert_int_eq(theme_names(&places, &names, &err), 0);
        for (size_t i = 0; i < ARRAY_SIZE(expected); i++)
            ck_assert_pstr_eq(names[i], expected[i]);
        theme_names_free(names);
    }
    ck_assert_int_eq(theme_names(NULL, &names, &err), 0);
    ck_assert_str_eq(names[0], "default");
    ck_assert_str_eq(names[1], "mono");
    ck_assert_ptr_null(names[2]);
    theme_names_free(names);
}
END_TEST

START_TEST(the_usual_places)
{
    struct theme_places *usual = NULL;

    (void)setenv("XDG_CONFIG_HOME", "/c", 1);
    (void)setenv("XDG_DATA_DIRS", "/a:relative::/b/", 1);
    ck_assert_int_eq(theme_places_usual(&usual, &err), 0);
    ck_assert_str_eq(usual->user, "/c/davit/themes");
    ck_assert_str_eq(usual->data[0], "/a/davit/themes");
    ck_assert_str_eq(usual->data[1], "/b//davit/themes");
    ck_assert_ptr_null(usual->data[2]);
    theme_places_free(usual);
    (void)unsetenv("XDG_CONFIG_HOME");
    (void)unsetenv("HOME");
    (void)setenv("XDG_DATA_DIRS", "", 1);
    ck_assert_int_eq(theme_places_usual(&usual, &err), 0);
    ck_assert_ptr_null(usual->user);
    ck_assert_str_eq(usual->data[0], "/usr/local/share/davit/themes");
    ck_assert_str_eq(usual->data[1], "/usr/share/davit/themes");
    ck_assert_ptr_null(usual->data[2]);
    theme_places_free(usual);
}
END_TEST

static const struct {
    const char *name;
    int error;
    enum error_code code;
    const char *message, *hint;
} not_there[] = {
    {"nrod", ENOENT, ERROR_NO_PATH, "there is no theme 'nrod'", "nord"},
    {"zzz", ENOENT, ERROR_NO_PATH, "there is no theme 'zzz'", "one of default, mono, nord"},
    {"./zzz.json", ENOENT, ERROR_NO_PATH, "there is no theme file ./zzz.json", ""},
    {"", EINVAL, ERROR_USAGE, "is no name of a theme", ""},
    {"Nord", EINVAL, ERROR_USAGE, "'Nord' is no name of a theme", ""},
    {"..", EINVAL, ERROR_USAGE, "is no name of a theme", ""},
    {"nord.json", EINVAL, ERROR_USAGE, "is no name of a theme", ""},
    {"\x1b[2J", EINVAL, ERROR_USAGE, "is no name of a theme", ""},
    {"a123456789012345678901234567890123456789012345678901234567890123", EINVAL, ERROR_USAGE,
     "is no name of a theme", ""},
    {"/", EISDIR, ERROR_WRONG_TYPE, "/ is no file", ""},
    {"/dev/zero", EINVAL, ERROR_WRONG_TYPE, "/dev/zero is no file", ""},
};

START_TEST(what_is_not_there)
{
    struct theme *theme = NULL;

    put(user, "nord", "{}");
    ck_assert_int_eq(load(not_there[_i].name, &theme), -not_there[_i].error);
    ck_assert_int_eq(err.code, not_there[_i].code);
    ck_assert_msg(strstr(err.message, not_there[_i].message) != NULL, "%s", err.message);
    ck_assert_str_eq(err.hint, not_there[_i].hint);
}
END_TEST

START_TEST(only_files_are_read)
{
    _cleanup_free_ char *fifo = text_format("%s/fifo.json", user);
    _cleanup_free_ char *link = text_format("%s/link.json", user);
    _cleanup_free_ char *folder = text_format("%s/folder.json", user);
    struct theme *theme = NULL;

    put(user, "real", "{}");
    ck_assert_int_eq(mkfifo(fifo, 0600), 0);
    ck_assert_int_eq(symlink("real.json", link), 0);
    ck_assert_int_eq(mkdir(folder, 0700), 0);
    ck_assert_int_lt(load("fifo", &theme), 0);
    ck_assert_int_eq(err.code, ERROR_WRONG_TYPE);
    ck_assert_int_eq(load("link", &theme), -ELOOP);
    ck_assert_int_eq(load(link, &theme), -ELOOP);
    ck_assert_int_eq(load("folder", &theme), -EISDIR);
}
END_TEST

// --- circles ---------------------------------------------------------------------------------

START_TEST(circles_are_reported)
{
    struct theme *theme = NULL;

    put(user, "a", "{\"inherits\": \"b\"}");
    put(user, "b", "{\"inherits\": \"c\"}");
    put(user, "c", "{\"inherits\": \"b\"}");
    ck_assert_int_eq(load("a", &theme), -ELOOP);
    ck_assert_ptr_nonnull(strstr(err.message, "a \xe2\x86\x92 b \xe2\x86\x92 c \xe2\x86\x92 b"));
    put(user, "a", "{\"inherits\": \"a\"}");
    ck_assert_int_eq(load("a", &theme), -ELOOP);
    ck_assert_ptr_nonnull(strstr(err.message, "a \xe2\x86\x92 a"));
    put(user, "a", "{\"inherits\": \"absent\"}");
    ck_assert_int_eq(load("a", &theme), -ENOENT);
    ck_assert_ptr_nonnull(strstr(err.message, "a.json inherits from 'absent'"));
    put(user, "a", "{\"inherits\": \"default\"}");
    put(user, "default", "{\"inherits\": \"a\"}");
    ck_assert_int_eq(load("a", &theme), -ELOOP);
}
END_TEST

START_TEST(chains_are_bounded)
{
    struct theme *theme = NULL;

    for (int i = 0; i <= THEME_INHERITS_LIMIT; i++) {
        _cleanup_free_ char *name = text_format("n%d", i);
        _cleanup_free_ char *text = text_format("{\"inherits\": \"n%d\"}", i + 1);

        put(user, name, i < THEME_INHERITS_LIMIT ? text : "{\"inherits\": null}");
    }
    ck_assert_int_eq(load("n0", &theme), -ELOOP);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 8 themes"));
    ck_assert_int_eq(load("n1", &theme), 0);
    theme_free(theme);
}
END_TEST

// --- damage ----------------------------------------------------------------------------------

static const struct {
    const char *text, *message;
} refused[] = {
    {"", "is empty"},
    {"[]", "a JSON object is expected, not an array"},
    {"{\"name\": \"t\", \"name\": \"t\"}", "duplicate"},
    {"{\"roles\": {\"text\": {\"fg\": \"red\", \"fg\": \"red\"}}}", "duplicate"},
    {"{\"roles\": {\"text\": {\"fg\": \"r", "line 1"},
    {"{\"name\": \"\xff\"}", "line 1"},
    {"{\"name\": \"a\\u0000\"}", "line 1"},
    {"{\"name\": 5}", "name: the name of a theme is expected, not an integer"},
    {"{\"name\": \"A B\"}", "name: 'A B' is no name of a theme"},
    {"{\"inherits\": \"../../etc/passwd\"}", "inherits: '../../etc/passwd' is no name"},
    {"{\"inherits\": false}", "inherits: the name of a theme is expected, not false"},
    {"{\"variant\": true}", "variant: \"dark\" or \"light\" is expected, not true"},
    {"{\"palette\": []}", "palette: an object is expected, not an array"},
    {"{\"palette\": {\"a\": 5}}", "palette.a: an object with rgb (\"#rrggbb\") is expected"},
    {"{\"palette\": {\"a\": {\"rgb\": 5}}}", "palette.a.rgb: a string (\"#rrggbb\") is expected"},
    {"{\"palette\": {\"a\": {\"256\": null}}}", "palette.a.256: a number or one of the 16 names"},
    {"{\"roles\": \"all\"}", "roles: an object is expected, not a string"},
    {"{\"roles\": {\"text\": \"red\"}}", "roles.text: an object with fg, bg, attr, mono"},
    {"{\"roles\": {\"text\": {\"fg\": 1}}}", "roles.text.fg: the name of a colour is expected"},
    {"{\"roles\": {\"text\": {\"attr\": \"bold\"}}}", "roles.text.attr: an array of attributes"},
    {"{\"roles\": {\"text\": {\"mono\": [1]}}}", "roles.text.mono: an array of strings"},
    {"{\"roles\": {\"nonsense\": 1}}", "roles.nonsense: an object"},
    {"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[", "inside each other"},
};

START_TEST(damaged_themes_are_refused)
{
    struct theme *theme = NULL;
    _cleanup_free_ char *path = text_format("%s/t.json", user);

    put(user, "t", refused[_i].text);
    ck_assert_int_lt(load("t", &theme), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    ck_assert_msg(strstr(err.message, refused[_i].message) != NULL, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, path));
    ck_assert_str_eq(err.path, path);
    ck_assert(text_is_clean(err.message, strlen(err.message)));
}
END_TEST

static const struct {
    const char *text, *warning;
} warned[] = {
    {"{\"nmae\": 1}", "nmae is unknown (name?)"},
    {"{\"zzz\": 1}", "zzz is unknown\n"},
    {"{\"variant\": \"drak\"}", "variant is neither dark nor light: dark is taken"},
    {"{\"roles\": {\"list.slected\": {}}}", "role list.slected is unknown (list.selected?)"},
    {"{\"roles\": {\"\\u001b]0;x\": {}}}", "role \xef\xbf\xbd]0;x is unknown"},
    {"{\"roles\": {\"text\": {\"gf\": 1}}}", "roles.text.gf is unknown (fg?)"},
    {"{\"roles\": {\"title.filter\": {\"attr\": [\"blod\"]}}}",
     "attribute blod is unknown (bold?)"},
    {"{\"roles\": {\"text\": {\"fg\": \"octarine\"}}}", "text.fg: there is no colour 'octarine'"},
    {"{\"roles\": {\"text\": {\"bg\": \"#12345\"}}}", "text.bg: there is no colour '#12345'"},
    {"{\"palette\": {\"a\": {\"rgb\": \"#12345g\"}}}", "palette.a is left out: rgb is no colour"},
    {"{\"palette\": {\"a\": {\"rgb\": \"red\"}}}", "palette.a is left out: rgb is no colour"},
    {"{\"palette\": {\"a\": {}}}", "palette.a is left out: rgb, 256 and 16 is no colour"},
    {"{\"palette\": {\"a\": {\"256\": 256}}}", "palette.a is left out: 256 is no colour"},
    {"{\"palette\": {\"a\": {\"16\": -1}}}", "palette.a is left out: 16 is no colour"},
    {"{\"palette\": {\"a\": {\"rbg\": 1, \"16\": 1}}}", "palette.a.rbg is unknown (rgb?)"},
    {"{\"palette\": {\"default\": \"#000000\"}}", "palette.default is left out"},
};

// Never refused for its colours, nor for what a later davit may know.
START_TEST(oddities_are_warnings)
{
    _cleanup_theme_ struct theme *theme = loaded(warned[_i].text), *plain = NULL;

    ck_assert_msg(strstr(warnings, warned[_i].warning) != NULL, "%s", warnings);
    ck_assert_uint_eq(n_warnings, 1);
    ck_assert_int_eq(theme_load(NULL, "default", NULL, NULL, &plain, &err), 0);
    ck_assert_mem_eq(theme->styles, plain->styles, sizeof theme->styles);
}
END_TEST

START_TEST(hostile_files)
{
    size_t size = THEME_LIMIT + 1, used;
    char *text = malloc(size + 64);
    struct theme *theme = NULL;

    // as large as may be, one string
    memset(text, 'x', size);
    memcpy(text, "{\"roles\": {\"", 12);
    memcpy(text + size - 1 - 6, "\":{}}}", 6);
    put_bytes(user, "t", text, size - 1);
    ck_assert_int_eq(load("t", &theme), 0);
    theme_free(theme);
    ck_assert_uint_eq(n_warnings, 1);
    ck_assert_uint_lt(strlen(warnings), 400);
    // one byte more
    put_bytes(user, "t", text, size);
    ck_assert_int_eq(load("t", &theme), -EFBIG);
    // thousands of unknown roles
    used = (size_t)snprintf(text, size, "{\"roles\": {\"x\": {}");
    for (int i = 0; used < size - 64; i++)
        used += (size_t)snprintf(text + used, size - used, ",\"%x\":{}", (unsigned)i);
    (void)snprintf(text + used, 64, "}}");
    warnings[0] = '\0';
    n_warnings = 0;
    put(user, "t", text);
    ck_assert_int_eq(load("t", &theme), 0);
    theme_free(theme);
    ck_assert_uint_eq(n_warnings, 21);
    // nothing but brackets
    memset(text, '[', size - 1);
    put_bytes(user, "t", text, size - 1);
    ck_assert_int_lt(load("t", &theme), 0);
    // zeros
    memset(text, 0, 100);
    put_bytes(user, "t", text, 100);
    ck_assert_int_lt(load("t", &theme), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    free(text);
}
END_TEST

START_TEST(role_names)
{
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        ck_assert_int_eq(role_find(role_name(role), strlen(role_name(role))), role);
        ck_assert(*role_infos[role].meaning);
        ck_assert(!role_is_group(role_name(role)));
    }
    ck_assert_int_eq(role_find("text.", 5), ROLE_COUNT);
    ck_assert(role_is_group("status"));
    ck_assert(role_is_group("list"));
    ck_assert(!role_is_group("lis"));
    ck_assert(!role_is_group(""));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_loop_test(tcase, known_colors, 0, ARRAY_SIZE(quantised));
    tcase_add_test(tcase, colors_of_the_table);
    tcase_add_test(tcase, colors_that_stay);
    tcase_add_test(tcase, contrasts);
    tcase_add_test(tcase, the_built_in_ones);
    tcase_add_test(tcase, a_role_falls_back);
    tcase_add_test(tcase, a_theme_inherits);
    tcase_add_test(tcase, a_palette_gives_its_own_indexes);
    tcase_add_test(tcase, places_in_order);
    tcase_add_test(tcase, a_path_names_itself);
    tcase_add_test(tcase, names_are_listed);
    tcase_add_test(tcase, the_usual_places);
    tcase_add_loop_test(tcase, what_is_not_there, 0, ARRAY_SIZE(not_there));
    tcase_add_test(tcase, only_files_are_read);
    tcase_add_test(tcase, circles_are_reported);
    tcase_add_test(tcase, chains_are_bounded);
    tcase_add_loop_test(tcase, damaged_themes_are_refused, 0, ARRAY_SIZE(refused));
    tcase_add_loop_test(tcase, oddities_are_warnings, 0, ARRAY_SIZE(warned));
    tcase_add_test(tcase, hostile_files);
    tcase_add_test(tcase, role_names);
}

int main(void)
{
    return run_suite("theme", add);
}
