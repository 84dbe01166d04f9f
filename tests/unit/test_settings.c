#include "core/wire/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/wire/jsonfile.h"
#include "tests/unit/runner.h"
#include "tests/unit/temporary.h"

static char dir[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 32];
static struct error err, wrong, unknown;
static unsigned n_wrong, n_unknown;
static struct settings settings;

static void setup(void)
{
    temporary_directory(dir);
    (void)snprintf(path, sizeof path, "%s/config.json", dir);
    settings = (struct settings){.given = 0};
    n_wrong = n_unknown = 0;
}

static void teardown(void)
{
    settings_done(&settings);
    (void)unlink(path);
    (void)rmdir(path);
    ck_assert_int_eq(rmdir(dir), 0);
}

static void on_wrong(const struct error *error, void *context)
{
    ck_assert_ptr_eq(context, &settings);
    wrong = *error;
    n_wrong++;
}

static void on_unknown(const struct error *error, void *context)
{
    (void)context;
    unknown = *error;
    n_unknown++;
}

static const struct settings_events events = {on_wrong, on_unknown, &settings};

static void put(const void *bytes, size_t length)
{
    _cleanup_fclose_ FILE *file = fopen(path, "w");

    ck_assert_ptr_nonnull(file);
    ck_assert_uint_eq(fwrite(bytes, 1, length, file), length);
}

static int read_text(const char *text, unsigned flags)
{
    put(text, strlen(text));
    return settings_read(&settings, path, flags, &events, &err);
}

START_TEST(takes_everything)
{
    ck_assert_int_eq(read_text("{\"theme\": \"nord\", \"banner\": \"PR\xc3\x96"
                               "D\", \"ascii\": true, "
                               "\"esc_ms\": 250, \"keys\": {\"attach\": \"a F2\", \"undo\": \"\"}, "
                               "\"engine\": {\"docker\": \"/run/d\", \"runtimes\": \"docker\"}}",
                               0),
                     0);
    ck_assert_uint_eq(n_wrong + n_unknown, 0);
    ck_assert_uint_eq(settings.given, (1U << SETTING_COUNT) - 1);
    ck_assert_str_eq(settings.theme, "nord");
    ck_assert_str_eq(settings.banner, "PR\xc3\x96"
                                      "D");
    ck_assert(settings.ascii);
    ck_assert_uint_eq(settings.esc_ms, 250);
    ck_assert_uint_eq(settings.n_keys, 2);
    ck_assert_str_eq(settings.keys[0].action, "attach");
    ck_assert_str_eq(settings.keys[0].keys, "a F2");
    ck_assert_str_eq(settings.keys[1].keys, "");
    ck_assert_str_eq(settings.docker, "/run/d");
    ck_assert_str_eq(settings.runtimes, "docker");
}
END_TEST

START_TEST(a_second_file_replaces_by_member)
{
    ck_assert_int_eq(read_text("{\"theme\": \"nord\", \"ascii\": true, \"esc_ms\": 1,"
                               "\"keys\": {\"attach\": \"a\", \"undo\": \"U\"}}",
                               0),
                     0);
    ck_assert_int_eq(read_text("{\"theme\": \"mono\", \"keys\": {\"undo\": \"F6\"}}", 0), 0);
    ck_assert_str_eq(settings.theme, "mono");
    ck_assert(settings.ascii);
    ck_assert_uint_eq(settings.esc_ms, 1);
    ck_assert_uint_eq(settings.n_keys, 2);
    ck_assert_str_eq(settings.keys[0].keys, "a");
    ck_assert_str_eq(settings.keys[1].keys, "F6");
}
END_TEST

START_TEST(an_empty_object_is_fine)
{
    ck_assert_int_eq(read_text("{}\n", 0), 0);
    ck_assert_uint_eq(settings.given, 0);
}
END_TEST

// One member is wrong; what is told of it; `banner` beside it is taken all the same.
static const struct {
    const char *member, *message;
} wrongs[] = {
    {"\"theme\": 5", "theme: a string of 1 to 4095 bytes is expected, not 5"},
    {"\"theme\": \"\"", "theme: a string of 1 to 4095 bytes is expected, not one of 0"},
    {"\"theme\": null", "theme: a string of 1 to 4095 bytes is expected, not null"},
    {"\"theme\": \"a\\u001bb\"", "theme: it has control characters"},
    {"\"theme\": \"a\\u202eb\"", "theme: it has control characters"},
    {"\"ascii\": 1", "ascii: true or false is expected, not 1"},
    {"\"ascii\": \"yes\"", "ascii: true or false is expected, not one of 3"},
    {"\"esc_ms\": -1", "esc_ms: an integer from 0 to 5000 is expected, not -1"},
    {"\"esc_ms\": 5001", "esc_ms: an integer from 0 to 5000 is expected, not 5001"},
    {"\"esc_ms\": 1.5", "esc_ms: an integer from 0 to 5000 is expected, not a number with"},
    {"\"keys\": []", "keys: an object of actions with their keys is expected, not an array"},
    {"\"keys\": {\"attach\": 1}", "keys.attach: a string of keys parted by spaces is expected"},
    {"\"keys\": {\"attach\": \"\\u009b\"}", "keys.attach: it has control characters"},
    {"\"keys\": {\"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\": "
     "\"a\"}",
     "there is no such action"},
    {"\"engine\": \"docker\"", "engine: an object is expected, not a string"},
    {"\"engine\": {\"docker\": true}", "engine.docker: a string of 1 to 255 bytes is expected"},
    {"\"engine\": {\"runtimes\": [\"docker\"]}", "engine.runtimes: a string of 1 to 255 bytes"},
};

START_TEST(wrong_members_are_told)
{
    _cleanup_free_ char *text = text_format("{%s, \"banner\": \"PROD\"}", wrongs[_i].member);

    ck_assert_int_eq(read_text(text, 0), 0);
    ck_assert_uint_eq(n_wrong, 1);
    ck_assert_uint_eq(n_unknown, 0);
    ck_assert_msg(strstr(wrong.message, wrongs[_i].message) != NULL, "%s", wrong.message);
    ck_assert_ptr_nonnull(strstr(wrong.message, path));
    ck_assert_int_eq(wrong.code, ERROR_USAGE);
    ck_assert_str_eq(wrong.path, path);
    ck_assert_uint_eq(settings.given & ~(1U << SETTING_ID_KEYS), 1U << SETTING_ID_BANNER);
    ck_assert_uint_eq(settings.n_keys, 0);
}
END_TEST

static const struct {
    const char *text, *name, *near;
} unknowns[] = {
    {"{\"them\": 1}", "there is no member them", "theme"},
    {"{\"enigne\": {}}", "there is no member enigne", "engine"},
    {"{\"engine\": {\"dokcer\": \"/x\"}}", "there is no member engine.dokcer", "engine.docker"},
    {"{\"engine.docker\": \"/x\"}", "there is no member engine.docker", ""},
    {"{\"docker\": \"/x\"}", "there is no member docker", ""},
    {"{\"\": 1}", "there is no member ", ""},
    {"{\"\\u001b[2J\": 1}", "there is no member \xef\xbf\xbd[2J", ""},
};

START_TEST(unknown_members_are_told)
{
    ck_assert_int_eq(read_text(unknowns[_i].text, 0), 0);
    ck_assert_uint_eq(n_wrong, 0);
    ck_assert_uint_eq(n_unknown, 1);
    ck_assert_msg(strstr(unknown.message, unknowns[_i].name) != NULL, "%s", unknown.message);
    ck_assert_str_eq(unknown.hint, unknowns[_i].near);
    ck_assert_uint_eq(settings.given, 0);
}
END_TEST

// Whole files that are refused.
static const struct {
    const char *text;
    size_t length; // 0: strlen
    const char *message;
} damaged[] = {
    {"", 0, "is empty: a JSON object is expected"},
    {"{", 0, "line 1"},
    {"{\"theme\": \"no", 0, "line 1"},
    {"{\n\n\"theme\" \"nord\"}", 0, "line 3"},
    {"{\"theme\": \"a\", \"theme\": \"b\"}", 0, "duplicate"},
    {"{\"keys\": {\"up\": \"a\", \"up\": \"b\"}}", 0, "duplicate"},
    {"[]", 0, "a JSON object is expected, not an array"},
    {"5", 0, "a JSON object is expected, not an integer"},
    {"null", 0, "a JSON object is expected, not null"},
    {"\x7f"
     "ELF\x02\x01\x01",
     0, "line 1"},
    {"{\"theme\": \"\xff\xfe\"}", 0, "line 1"},
    {"{\"theme\": \"\xc0\xaf\"}", 0, "line 1"},
    {"{\"theme\": \"a\\u0000b\"}", 0, "line 1"},
    {"{\"theme\": \"\\ud800\"}", 0, "line 1"},
    {"{\"theme\": \"a\0b\"}", 16, "line 1"},
    {"{}\0{}", 5, "line 1"},
    {"{} {}", 0, "line 1"},
    {"\xef\xbb\xbf{}", 0, "line 1"},
    {"// comment\n{}", 0, "line 1"},
    {"{\"esc_ms\": 99999999999999999999999}", 0, "too big"},
    {"[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]", 0, "inside each other"},
    {"{\"a\":\n[[[[[[[[[[[[[[[[[", 0, "line 2: more than 16"},
};

START_TEST(damaged_files_are_refused)
{
    ck_assert_int_eq(read_text("{\"theme\": \"kept\"}", 0), 0);
    put(damaged[_i].text, damaged[_i].length ? damaged[_i].length : strlen(damaged[_i].text));
    ck_assert_int_lt(settings_read(&settings, path, 0, &events, &err), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    ck_assert_msg(strstr(err.message, damaged[_i].message) != NULL, "%s", err.message);
    ck_assert_ptr_nonnull(strstr(err.message, path));
    ck_assert_str_eq(err.path, path);
    ck_assert(text_is_clean(err.message, strlen(err.message)));
    ck_assert_str_eq(settings.theme, "kept");
}
END_TEST

START_TEST(brackets_in_strings_are_no_depth)
{
    ck_assert_int_eq(read_text("{\"banner\": \"[[[[[[[[[[[[[[[[[[[[[[[\\\"{{{{{{\"}", 0), 0);
    ck_assert_uint_eq(n_wrong, 0);
}
END_TEST

START_TEST(size_is_bounded)
{
    char *text = malloc(SETTINGS_LIMIT + 2);

    memset(text, ' ', SETTINGS_LIMIT + 1);
    memcpy(text, "{}", 2);
    put(text, SETTINGS_LIMIT);
    ck_assert_int_eq(settings_read(&settings, path, 0, &events, &err), 0);
    put(text, SETTINGS_LIMIT + 1);
    ck_assert_int_eq(settings_read(&settings, path, 0, &events, &err), -EFBIG);
    ck_assert_ptr_nonnull(strstr(err.message, "larger than 64 KiB"));
    ck_assert_int_eq(truncate(path, 1L << 40), 0);
    ck_assert_int_eq(settings_read(&settings, path, 0, &events, &err), -EFBIG);
    free(text);
}
END_TEST

START_TEST(many_keys_are_bounded)
{
    size_t used = 0, size = SETTINGS_LIMIT;
    char *text = malloc(size);

    used += (size_t)snprintf(text, size, "{\"keys\": {\"a\": \"x\"");
    for (int i = 0; i < SETTINGS_KEYS_MAX + 5; i++)
        used += (size_t)snprintf(text + used, size - used, ",\"a%d\":\"x\"", i);
    (void)snprintf(text + used, size - used, "}}");
    ck_assert_int_eq(read_text(text, 0), 0);
    ck_assert_uint_eq(settings.n_keys, SETTINGS_KEYS_MAX);
    ck_assert_uint_eq(n_wrong, 6);
    free(text);
}
END_TEST

START_TEST(only_files_are_read)
{
    char link[TEMPORARY_SIZE + 8];

    ck_assert_int_eq(settings_read(&settings, path, 0, &events, &err), 1);
    ck_assert_int_eq(settings_read(&settings, "/dev/null/config.json", 0, &events, &err), 1);
    ck_assert_int_eq(mkfifo(path, 0600), 0);
    ck_assert_int_lt(settings_read(&settings, path, 0, &events, &err), 0);
    ck_assert_int_eq(err.code, ERROR_WRONG_TYPE);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
    ck_assert_int_eq(settings_read(&settings, path, 0, &events, &err), -EISDIR);
    ck_assert_int_eq(rmdir(path), 0);
    ck_assert_int_lt(settings_read(&settings, "/dev/zero", 0, &events, &err), 0);
    ck_assert_int_eq(err.code, ERROR_WRONG_TYPE);

    ck_assert_int_eq(read_text("{\"theme\": \"nord\"}", 0), 0);
    (void)snprintf(link, sizeof link, "%s/link", dir);
    ck_assert_int_eq(symlink("config.json", link), 0);
    settings_done(&settings);
    ck_assert_int_eq(settings_read(&settings, link, 0, &events, &err), 0);
    ck_assert_str_eq(settings.theme, "nord");
    ck_assert_int_eq(unlink(link), 0);
}
END_TEST

START_TEST(a_themes_file_is_no_link)
{
    _cleanup_json_ref_ json_t *json = NULL;

    ck_assert_int_eq(symlink("/etc/hostname", path), 0);
    ck_assert_int_eq(jsonfile_read(AT_FDCWD, path, path, 100, 0, &json, &err), -ELOOP);
    ck_assert_int_eq(err.code, ERROR_WRONG_TYPE);
}
END_TEST

START_TEST(what_others_may_change_is_unsafe)
{
    static const struct {
        mode_t mode;
        uid_t uid;
        gid_t gid;
        bool safe;
    } files[] = {
        {0644, 0, 0, true},     {0600, 0, 0, true},      {0664, 0, 0, true},
        {0646, 0, 0, false},    {0664, 0, 65534, false}, {0644, 65534, 0, false},
        {0644, 0, 65534, true},
    };

    if (geteuid() != 0)
        return;
    for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
        int r;

        ck_assert_int_eq(read_text("{\"engine\": {\"docker\": \"/x\"}}", 0), 0);
        ck_assert_int_eq(chown(path, files[i].uid, files[i].gid), 0);
        ck_assert_int_eq(chmod(path, files[i].mode), 0);
        r = settings_read(&settings, path, SETTINGS_TRUSTED, &events, &err);
        ck_assert_msg(r == (files[i].safe ? 0 : -EPERM), "file %zu: %d", i, r);
        if (!files[i].safe) {
            ck_assert_int_eq(err.code, ERROR_UNSAFE);
            ck_assert_ptr_nonnull(strstr(err.hint, "chown root:"));
        }
        ck_assert_int_eq(unlink(path), 0);
    }
}
END_TEST

START_TEST(the_users_file_does_not_set_the_engine)
{
    static const char text[] = "{\"theme\": \"nord\", \"engine\": {\"docker\": \"/x\"}}";

    ck_assert_int_eq(read_text(text, SETTINGS_SCREEN_ONLY), 0);
    ck_assert_ptr_null(settings.docker);
    ck_assert_str_eq(settings.theme, "nord");
    ck_assert_uint_eq(n_wrong, 1);
    ck_assert_ptr_nonnull(strstr(wrong.hint, SETTINGS_SYSTEM_PATH));
}
END_TEST

START_TEST(the_engine_looks_at_nothing_else)
{
    ck_assert_int_eq(read_text("{\"theme\": 5, \"ascii\": true, \"nonsense\": 1, "
                               "\"engine\": {\"docker\": \"/x\"}}",
                               SETTINGS_ENGINE_ONLY),
                     0);
    ck_assert_str_eq(settings.docker, "/x");
    ck_assert(!settings.ascii);
    ck_assert_uint_eq(n_wrong, 0);
    ck_assert_uint_eq(n_unknown, 1);
}
END_TEST

START_TEST(the_users_place)
{
    static const struct {
        const char *config_home, *home, *expected;
    } places[] = {
        {"/c", "/h", "/c/davit"},
        {NULL, "/h", "/h/.config/davit"},
        {"", "/h", "/h/.config/davit"},
        {"c", "/h", "/h/.config/davit"},
        {NULL, NULL, NULL},
        {"c", "h", NULL},
    };

    for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
        _cleanup_free_ char *found = NULL;

        (void)unsetenv("XDG_CONFIG_HOME");
        (void)unsetenv("HOME");
        if (places[i].config_home)
            (void)setenv("XDG_CONFIG_HOME", places[i].config_home, 1);
        if (places[i].home)
            (void)setenv("HOME", places[i].home, 1);
        found = settings_user_path("davit");
        ck_assert_pstr_eq(found, places[i].expected);
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, takes_everything);
    tcase_add_test(tcase, a_second_file_replaces_by_member);
    tcase_add_test(tcase, an_empty_object_is_fine);
    tcase_add_loop_test(tcase, wrong_members_are_told, 0, ARRAY_SIZE(wrongs));
    tcase_add_loop_test(tcase, unknown_members_are_told, 0, ARRAY_SIZE(unknowns));
    tcase_add_loop_test(tcase, damaged_files_are_refused, 0, ARRAY_SIZE(damaged));
    tcase_add_test(tcase, brackets_in_strings_are_no_depth);
    tcase_add_test(tcase, size_is_bounded);
    tcase_add_test(tcase, many_keys_are_bounded);
    tcase_add_test(tcase, only_files_are_read);
    tcase_add_test(tcase, a_themes_file_is_no_link);
    tcase_add_test(tcase, what_others_may_change_is_unsafe);
    tcase_add_test(tcase, the_users_file_does_not_set_the_engine);
    tcase_add_test(tcase, the_engine_looks_at_nothing_else);
    tcase_add_test(tcase, the_users_place);
}

int main(void)
{
    return run_suite("settings", add);
}
