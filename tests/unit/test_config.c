#include "tui/screen/config.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "tests/unit/runner.h"
#include "tests/unit/temporary.h"

static char dir[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 32];
static struct error err;
static struct config config;
static struct keymap *keymap;
static char warnings[8192];
static unsigned n_warnings;

static void setup(void)
{
    temporary_directory(dir);
    (void)snprintf(path, sizeof path, "%s/config.json", dir);
    config = (struct config){.theme = NULL};
    ck_assert_int_eq(keymap_new(&keymap, &err), 0);
    warnings[0] = '\0';
    n_warnings = 0;
}

static void teardown(void)
{
    config_done(&config);
    keymap_free(keymap);
    (void)unlink(path);
    ck_assert_int_eq(rmdir(dir), 0);
}

static void on_warning(const char *text, void *context)
{
    size_t used = strlen(warnings);

    ck_assert_ptr_eq(context, &config);
    ck_assert_ptr_nonnull(strstr(text, path));
    (void)snprintf(warnings + used, sizeof warnings - used, "%s\n", text);
    n_warnings++;
}

static void put(const char *text)
{
    _cleanup_fclose_ FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(text, file), 0);
}

static int read_text(const char *text, unsigned flags)
{
    put(text);
    return config_read(&config, keymap, path, flags, on_warning, &config, &err);
}

static void assert_key(const char *name, const char *action)
{
    struct key key;

    ck_assert(key_parse(name, &key));
    ck_assert_msg(keymap_find(keymap, KEYS_LIST, key) ==
                      (action ? action_by_name(action) : ACTION_NONE),
                  "%s is not %s but %d", name, action ? action : "free",
                  (int)keymap_find(keymap, KEYS_LIST, key));
}

START_TEST(takes_everything)
{
    ck_assert_int_eq(read_text("{\"theme\": \"nord\", \"banner\": \"PROD\", \"ascii\": true,"
                               "\"esc_ms\": 50, \"keys\": {\"attach\": \"F2\"},"
                               "\"engine\": {\"docker\": \"/d\", \"runtimes\": \"docker\"}}",
                               0),
                     0);
    ck_assert_uint_eq(n_warnings, 0);
    ck_assert_str_eq(config.theme, "nord");
    ck_assert_str_eq(config.banner, "PROD");
    ck_assert(config.ascii);
    ck_assert_uint_eq(config.esc_ms, 50);
    ck_assert_str_eq(config.docker, "/d");
    ck_assert_str_eq(config.runtimes, "docker");
    assert_key("F2", "attach");
    assert_key("a", NULL);
}
END_TEST

START_TEST(the_users_file_goes_over_the_systems)
{
    ck_assert_int_eq(read_text("{\"theme\": \"nord\", \"banner\": \"PROD\", \"ascii\": true,"
                               "\"keys\": {\"attach\": \"F2\", \"undo\": \"F7\"},"
                               "\"engine\": {\"docker\": \"/d\"}}",
                               0),
                     0);
    ck_assert_int_eq(read_text("{\"theme\": \"mono\", \"ascii\": false, \"banner\": \"\","
                               "\"keys\": {\"undo\": \"F9\"}, \"engine\": {\"docker\": \"/evil\"}}",
                               CONFIG_SCREEN_ONLY),
                     0);
    ck_assert_str_eq(config.theme, "mono");
    ck_assert_str_eq(config.banner, "");
    ck_assert(!config.ascii);
    ck_assert_str_eq(config.docker, "/d");
    assert_key("F2", "attach");
    assert_key("F9", "undo");
    assert_key("F7", NULL);
    ck_assert_uint_eq(n_warnings, 1);
    ck_assert_ptr_nonnull(strstr(warnings, "engine: is not for this file to say; try: it belongs "
                                           "into /etc/davit/config.json"));
}
END_TEST

START_TEST(a_banner_is_short)
{
    ck_assert_int_eq(read_text("{\"banner\": \"1234567890123456\"}", 0), 0);
    ck_assert_int_eq(read_text("{\"banner\": \"12345678901234567\"}", 0), 0);
    ck_assert_str_eq(config.banner, "1234567890123456");
    ck_assert_ptr_nonnull(strstr(warnings, "banner: at most 16 characters are expected, not 17"));
    ck_assert_int_eq(read_text("{\"banner\": \"\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                               "\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4\xc3\xa4"
                               "\xc3\xa4\xc3\xa4\"}",
                               0),
                     0);
    ck_assert_uint_eq(n_warnings, 1);
}
END_TEST

START_TEST(damage_leaves_everything)
{
    static const char *const texts[] = {
        "",
        "{\"theme\": \"x\"",
        "{\"theme\": \"x\", \"theme\": \"y\"}",
        "nonsense",
        "{\"theme\": \"x\", \"keys\": {\"undo\": \"F9\", \"undo\": \"F7\"}}",
    };

    ck_assert_int_eq(read_text("{\"theme\": \"nord\", \"keys\": {\"undo\": \"F7\"}}", 0), 0);
    for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
        ck_assert_int_lt(read_text(texts[i], 0), 0);
        ck_assert_int_eq(err.code, ERROR_USAGE);
        ck_assert_ptr_nonnull(strstr(err.message, path));
        ck_assert_str_eq(config.theme, "nord");
        assert_key("F7", "undo");
    }
    ck_assert_uint_eq(n_warnings, 0);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(config_read(&config, keymap, path, 0, on_warning, &config, &err), 1);
    ck_assert_str_eq(config.theme, "nord");
}
END_TEST

// What is wrong with keys; `dismiss` on F9 beside it is taken all the same.
static const struct {
    const char *keys, *warning;
    unsigned n;
} bad_keys[] = {
    {"\"attahc\": \"F7\"", "keys.attahc: there is no action \"attahc\"", 1},
    {"\"attach\": \"Strg-A\"", "keys.attach: there is no key \"Strg-A\"", 1},
    {"\"attach\": \"D\"", "keys.attach: \"attach\" cannot be on D: that is \"detach\"", 1},
    {"\"quit\": \"\"", "keys.quit: \"quit\" cannot be left without a key", 1},
    {"\"cancel\": \"c\"", "keys.cancel: \"cancel\" cannot be on c", 1},
    {"\"attach\": \"F7\", \"undo\": \"F7\"", "\"attach\" cannot be on F7: that is \"undo\"", 1},
    {"\"attahc\": \"F7\", \"attach\": \"D\"", "there is no action \"attahc\"", 2},
};

START_TEST(bad_keys_are_told)
{
    _cleanup_free_ char *text =
        text_format("{\"keys\": {%s, \"dismiss\": \"F9\"}, \"ascii\": true}", bad_keys[_i].keys);

    ck_assert_int_eq(read_text(text, 0), 0);
    ck_assert_msg(strstr(warnings, bad_keys[_i].warning) != NULL, "%s", warnings);
    ck_assert_uint_eq(n_warnings, bad_keys[_i].n);
    ck_assert(config.ascii);
    assert_key("F9", "dismiss");
    assert_key("D", "detach");
    assert_key("q", "quit");
}
END_TEST

START_TEST(keys_change_places)
{
    ck_assert_int_eq(read_text("{\"keys\": {\"attach\": \"D F2\", \"detach\": \"a F8\"}}", 0), 0);
    ck_assert_uint_eq(n_warnings, 0);
    assert_key("a", "detach");
    assert_key("D", "attach");
    // the same with a third one that is wrong
    ck_assert_int_eq(read_text("{\"keys\": {\"attach\": \"a F2\", \"nonsense\": \"x\","
                               "\"detach\": \"D F8\"}}",
                               0),
                     0);
    ck_assert_uint_eq(n_warnings, 1);
    assert_key("a", "attach");
    assert_key("D", "detach");
}
END_TEST

START_TEST(without_a_keymap)
{
    put("{\"keys\": {\"attach\": \"F7\"}, \"theme\": \"nord\"}");
    ck_assert_int_eq(config_read(&config, NULL, path, 0, NULL, NULL, &err), 0);
    ck_assert_str_eq(config.theme, "nord");
    put("{\"them\": 1, \"theme\": 2}");
    ck_assert_int_eq(config_read(&config, NULL, path, 0, NULL, NULL, &err), 0);
}
END_TEST

START_TEST(warnings_say_what_to_try)
{
    ck_assert_int_eq(read_text("{\"banenr\": \"PROD\"}", 0), 0);
    ck_assert_uint_eq(n_warnings, 1);
    ck_assert_ptr_nonnull(strstr(warnings, "there is no member banenr; try: banner"));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, takes_everything);
    tcase_add_test(tcase, the_users_file_goes_over_the_systems);
    tcase_add_test(tcase, a_banner_is_short);
    tcase_add_test(tcase, damage_leaves_everything);
    tcase_add_loop_test(tcase, bad_keys_are_told, 0, ARRAY_SIZE(bad_keys));
    tcase_add_test(tcase, keys_change_places);
    tcase_add_test(tcase, without_a_keymap);
    tcase_add_test(tcase, warnings_say_what_to_try);
}

int main(void)
{
    return run_suite("config", add);
}
