// The directory tree.
#include <locale.h>

#include "dialog_lab.h"

static json_int_t asked_path(const char *expected)
{
    json_t *params;
    json_int_t id = stage_expect(&stage, "browse", &params);

    ck_assert_str_eq(json_string_value(json_object_get(params, "path")), expected);
    json_decref(params);
    return id;
}

START_TEST(browser_walks)
{
    json_t *params;
    json_int_t id;

    open_browser("docker/web-id", "/srv");
    id = stage_expect(&stage, "browse", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "container")), "docker/web-id");
    ck_assert_int_eq(json_integer_value(json_object_get(params, "pid")), 100);
    ck_assert_int_eq(json_integer_value(json_object_get(params, "start_time")), 1000);
    json_decref(params);
    ck_assert_shows(&stage, "reading");
    stage_answer(&stage, id, entries(false));
    stage_until(&stage, "data.bin");
    ck_assert_shows(&stage, "web:/srv");
    ck_assert_shows(&stage, ".hidden/");
    ck_assert_shows(&stage, "1.1M");
    ck_assert_shows(&stage, "latest -> data.bin");
    // Into a name that is no UTF-8: by its bytes.
    stage_press_times(&stage, "Down", 3);
    stage_press(&stage, "Enter");
    id = stage_expect(&stage, "browse", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "path_b64")), "L3Nydi9h/w==");
    json_decref(params);
    stage_answer(&stage, id, json_pack("{s:s, s:[]}", "path", "x", "entries"));
    stage_until(&stage, "(empty)");
    // Up again: what one came from is chosen.
    stage_press(&stage, "Left");
    stage_answer(&stage, asked_path("/srv"), entries(false));
    stage_until(&stage, "data.bin");
    stage_press(&stage, "Space");
    ck_assert_uint_eq(path.times, 1);
    ck_assert_str_eq(path.bytes, "/srv/a\xff");
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

START_TEST(browser_chooses)
{
    open_browser(NULL, "/srv");
    stage_answer(&stage, asked_path("/srv"), entries(true));
    stage_until(&stage, "only the first 4 names are here");
    stage_press(&stage, "Enter"); // the first row
    ck_assert_str_eq(path.text, "/srv");
    open_browser(NULL, "/srv");
    stage_answer(&stage, asked_path("/srv"), entries(false));
    stage_until(&stage, "data.bin");
    stage_press_times(&stage, "Down", 4);
    stage_press(&stage, "Enter"); // a file
    ck_assert_str_eq(path.text, "/srv/data.bin");
}
END_TEST

START_TEST(browser_filters)
{
    open_browser(NULL, "/srv");
    stage_answer(&stage, asked_path("/srv"), entries(false));
    stage_until(&stage, "data.bin");
    stage_press(&stage, "/");
    stage_type(&stage, "bin");
    ck_assert_hides(&stage, ".hidden");
    ck_assert_shows(&stage, "data.bin");
    stage_paste(&stage, "x"); // text, here
    ck_assert_shows(&stage, "nothing that fits the filter");
    stage_press(&stage, "Backspace");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Esc"); // takes the filter back first
    ck_assert_shows(&stage, ".hidden");
    ck_assert_uint_eq(path.times, 0);
    stage_paste(&stage, "\r");
    ck_assert_uint_eq(stage.n_dialogs, 1);
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(path.times, 1);
    ck_assert(path.none);
}
END_TEST

// A directory that does not answer holds nobody: not while it is waited for, not after.
START_TEST(browser_of_the_silent)
{
    json_t *params;
    json_int_t id;

    open_browser(NULL, "/nas");
    id = asked_path("/nas");
    stage_refuse(&stage, id, "timed-out", "/nas does not answer");
    stage_until(&stage, "not answering");
    stage_press(&stage, "Left");
    id = asked_path("/");
    stage_press(&stage, "Backspace"); // at once, without its answer
    ck_assert_uint_eq(stage.n_dialogs, 0);
    ck_assert(path.none);
    (void)stage_expect(&stage, "cancel", &params);
    ck_assert_int_eq(json_integer_value(json_object_get(params, "request")), id);
    json_decref(params);
}
END_TEST

START_TEST(browser_refuses_wrong_names)
{
    open_browser(NULL, "/srv");
    stage_answer(&stage, asked_path("/srv"),
                 json_pack("{s:[{s:s, s:s}]}", "entries", "name", "../etc", "type", "directory"));
    stage_until(&stage, "wrong name");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_test(tcase, browser_walks);
    tcase_add_test(tcase, browser_chooses);
    tcase_add_test(tcase, browser_filters);
    tcase_add_test(tcase, browser_of_the_silent);
    tcase_add_test(tcase, browser_refuses_wrong_names);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("browser", add);
}
