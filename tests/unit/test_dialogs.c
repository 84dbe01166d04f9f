// The dialogs but the attach page, with the test as their engine.
#include <locale.h>

#include "dialog_news.h"
#include "runner.h"

static struct stage stage;
static struct error err;

static void begin(void)
{
    stage_begin(&stage, 24, 80, true, NULL, NULL);
    news_privileged(&stage);
    news_containers(&stage, 100);
}

static void finish(void)
{
    stage_finish(&stage);
}

// ---- browser ----

static struct {
    unsigned times;
    char text[256], bytes[256];
    bool none;
} path;

static void path_chosen(const struct raw_text *raw, void *context)
{
    (void)context;
    path.times++;
    path.none = !raw;
    (void)snprintf(path.text, sizeof path.text, "%s", raw ? raw->text : "");
    (void)snprintf(path.bytes, sizeof path.bytes, "%s", raw && raw->bytes ? raw->bytes : "");
}

static void open_browser(const char *container, const char *start)
{
    struct raw_text raw = {(char *)(uintptr_t)start, NULL};

    memset(&path, 0, sizeof path);
    ck_assert_int_eq(browser_open(&stage.host, container, NULL, &raw, path_chosen, NULL, &err), 0);
}

static json_t *entries(bool truncated)
{
    return json_pack("{s:s, s:b, s:[{s:s, s:s, s:i}, {s:s, s:s, s:s}, {s:s, s:s, s:i}, "
                     "{s:s, s:s, s:s}]}",
                     "path", "/srv", "truncated", truncated, "entries", "name", ".hidden", "type",
                     "directory", "size", 4096, "name", "a\xef\xbf\xbd", "name_b64", "Yf8=", "type",
                     "directory", "name", "data.bin", "type", "file", "size", 1234567, "name",
                     "latest", "type", "symlink", "link", "data.bin");
}

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

// ---- detach ----

static struct shown_mount attached = {
    .target = {(char *)"/data", NULL},
    .origin = (char *)"attached",
    .attachment = (char *)"a82214f09495",
};

static void tell_attachments(const char *state, unsigned n)
{
    json_t *all = json_array();

    for (unsigned i = 0; i < n; i++) {
        char id[16], target[16];

        (void)snprintf(id, sizeof id, "a82214f0949%u", 5 + i);
        (void)snprintf(target, sizeof target, "/data%s", i ? "2" : "");
        (void)json_array_append_new(
            all,
            json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:[s]}", "id", id, "container",
                      "web", "container_id", "web-id", "runtime", "docker", "by", "mara", "state",
                      state, "source", "/srv/pgdata", "target", target, "options", "rw"));
    }
    news_tell(&stage, "journal",
              json_pack("{s:[], s:o, s:b}", "events", "attachments", all, "whole", 1));
}

static void open_detach(void)
{
    struct subject subject = news_subject(&stage, "docker/web-id");

    tell_attachments("live", 1);
    subject.kind = SUBJECT_MOUNT;
    subject.mount = &attached;
    ck_assert_msg(detach_page_open(&stage.host, &subject, &err) == 0, "%s", err.message);
}

static json_t *detach_plan(bool held)
{
    json_t *holders = json_array();
    json_t *plan;

    for (int i = 0; held && i < 14; i++)
        (void)json_array_append_new(holders, json_pack("{s:i, s:s, s:s, s:s, s:i}", "pid", 812,
                                                       "command", "postgres", "kind", "fd", "path",
                                                       "/data/x", "count", 1));
    if (held)
        (void)json_array_append_new(holders,
                                    json_pack("{s:i, s:s, s:s, s:i}", "pid", 812, "command",
                                              "postgres", "kind", "cwd", "count", 1));
    plan = json_pack("{s:s, s:s, s:[{s:s, s:s, s:s}], s:{s:b, s:n, s:s, s:o, s:b, s:I}, s:[]}",
                     "container", "web", "target", "/data", "steps", "stage", "detach", "text",
                     "unmount /data", "call", "umount2(\"data\")", "predicted", "ok", 1, "error",
                     "reveals", "the image's own directory (empty)", "holders", holders, "complete",
                     1, "mount_id", (json_int_t)2147483700, "warnings");
    return news_plans(plan);
}

static json_int_t mount_id_of(const json_t *params)
{
    const json_t *target = json_array_get(json_object_get(params, "targets"), 0);

    return json_integer_value(json_object_get(target, "mount_id"));
}

START_TEST(detach_says_what_comes_back)
{
    json_t *params;
    json_int_t id;

    open_detach();
    ck_assert_shows(&stage, "looking who holds it");
    id = stage_expect(&stage, "plan", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "operation")), "detach");
    ck_assert_str_eq(json_string_value(json_object_get(params, "only")), "a82214f09495");
    ck_assert_int_eq(mount_id_of(params), 0); // none was shown yet
    json_decref(params);
    stage_answer(&stage, id, detach_plan(true));
    stage_until(&stage, "Held by postgres (pid 812): 14 files, its working directory");
    ck_assert_shows(&stage, "Detach /data from web");
    ck_assert_shows(&stage, "Attached by mara, an unknown time, writable, from /srv/pgdata");
    ck_assert_shows(&stage, "After:  /data shows the image's own directory (empty)");
    ck_assert_shows(&stage, "goes on writing, unseen, until it lets go");
    ck_assert_shows(&stage, "[Back]  [Detach]  [Wait 10 s]  [Lazy: hidden now, still in use]");
    // Back is what Enter does first.
    stage_press(&stage, "Enter");
    ck_assert_uint_eq(stage.n_dialogs, 0);
    stage_nothing_asked(&stage);
}
END_TEST

START_TEST(detaches)
{
    json_t *params;
    json_int_t id;

    open_detach();
    stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(false));
    stage_until(&stage, "[Detach]");
    ck_assert_hides(&stage, "Wait");
    stage_press(&stage, "Right");
    stage_paste(&stage, "\r");
    stage_nothing_asked(&stage);
    stage_press(&stage, "Enter");
    id = stage_expect(&stage, "run", &params);
    ck_assert_ptr_null(json_object_get(params, "lazy"));
    ck_assert_ptr_null(json_object_get(params, "wait_ms"));
    ck_assert_int_eq(mount_id_of(params), 2147483700);
    ck_assert_str_eq(json_string_value(json_object_get(params, "only")), "a82214f09495");
    json_decref(params);
    stage_press(&stage, "Enter"); // not again
    stage_answer(&stage, id, news_results(news_result("web", "/data", NULL)));
    stage_until_closed(&stage);
    ck_assert_str_eq(stage.said, "detached /data in web, seen to be gone");
}
END_TEST

START_TEST(detach_waits)
{
    json_t *params;
    json_int_t id;

    open_detach();
    stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(true));
    stage_until(&stage, "[Wait 10 s]");
    stage_press_times(&stage, "Tab", 2);
    stage_press(&stage, "Enter");
    id = stage_expect(&stage, "run", &params);
    ck_assert_int_eq(json_integer_value(json_object_get(params, "wait_ms")), 10000);
    json_decref(params);
    ck_assert_shows(&stage, "0 of 10 s");
    stage_until(&stage, "1 of 10 s");
    stage_press(&stage, "Ctrl-C");
    (void)stage_expect(&stage, "cancel", &params);
    ck_assert_int_eq(json_integer_value(json_object_get(params, "request")), id);
    json_decref(params);
    stage_refuse(&stage, id, "busy", "/data is in use by postgres (pid 812)");
    stage_until(&stage, "/data is in use by postgres (pid 812)");
    // Looked at anew, and back at what changes nothing.
    stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(true));
    stage_until(&stage, "Held by");
    stage_press(&stage, "Enter");
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

START_TEST(detach_lazily)
{
    json_t *params;

    open_detach();
    stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(true));
    stage_until(&stage, "[Lazy");
    stage_press(&stage, "End");
    stage_press(&stage, "Enter");
    (void)stage_expect(&stage, "run", &params);
    ck_assert(json_is_true(json_object_get(params, "lazy")));
    json_decref(params);
}
END_TEST

START_TEST(detach_of_what_is_gone)
{
    open_detach();
    stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(true));
    stage_until(&stage, "[Lazy");
    stage_press(&stage, "Right");
    news_containers(&stage, 101);
    ck_assert_shows(&stage, "web was restarted meanwhile");
    ck_assert_hides(&stage, "[Detach]");
    stage_press(&stage, "Enter"); // Back is all there is
    ck_assert_uint_eq(stage.n_dialogs, 0);
    stage_nothing_asked(&stage);
    news_containers(&stage, 100);
    open_detach();
    tell_attachments("gone", 1);
    ck_assert_shows(&stage, "not attached any more");
    ck_assert_hides(&stage, "[Detach]");
}
END_TEST

START_TEST(detach_of_what_is_not_ours)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct shown_mount declared = {.target = {(char *)"/data", NULL}, .origin = (char *)"declared"};

    subject.kind = SUBJECT_MOUNT;
    subject.mount = &declared;
    ck_assert_int_lt(detach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NOT_ATTACHED);
    ck_assert_ptr_nonnull(strstr(err.message, "declared when the container was made"));
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

// On a container it is asked which.
START_TEST(detach_from_a_container)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    json_t *params;

    ck_assert_int_lt(detach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_str_eq(err.message, "davit has attached nothing to web");
    tell_attachments("live", 1);
    ck_assert_int_eq(detach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Detach /data from web");
    stage_press(&stage, "Esc");
    tell_attachments("live", 2);
    (void)stage_expect(&stage, "plan", NULL);
    (void)stage_expect(&stage, "cancel", NULL);
    ck_assert_int_eq(detach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Detach from web: which?");
    stage_press(&stage, "Down");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Detach /data2 from web");
    (void)stage_expect(&stage, "plan", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "only")), "a82214f09496");
    json_decref(params);
}
END_TEST

// With little room, who holds it and the choices are what is left.
START_TEST(detach_in_little_room)
{
    stage_finish(&stage);
    stage_begin(&stage, 10, 40, true, NULL, NULL);
    news_containers(&stage, 100);
    open_detach();
    stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(true));
    stage_until(&stage, "Held by postgres (pid 812)");
    ck_assert_shows(&stage, "[Back]  [Detach]");
    ck_assert_shows(&stage, "[Lazy");
}
END_TEST

// ---- undo ----

START_TEST(undoes)
{
    json_int_t id;
    json_t *params;

    ck_assert_int_eq(undo_page_open(&stage.host, &err), 0);
    stage_press(&stage, "A"); // no plan yet
    id = stage_expect(&stage, "plan", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "operation")), "undo");
    json_decref(params);
    stage_answer(&stage, id, detach_plan(false));
    stage_until(&stage, "1 unmount /data");
    ck_assert_shows(&stage, "Undo my last change: attach of /data in web");
    stage_press(&stage, "Enter");
    stage_paste(&stage, "A");
    stage_nothing_asked(&stage);
    // Something was changed meanwhile: "the last" may be another one.
    tell_attachments("live", 1);
    id = stage_expect(&stage, "plan", NULL);
    stage_answer(&stage, id, detach_plan(false));
    stage_nothing_asked(&stage);
    ck_assert_shows(&stage, "1 unmount /data");
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "operation")), "undo");
    json_decref(params);
    stage_answer(&stage, id, news_results(news_result("web", "/data", NULL)));
    stage_until_closed(&stage);
    ck_assert_str_eq(stage.said, "took back /data in web, verified");
}
END_TEST

// By the id that the plan named, and with the source that it showed.
// Nothing is asked of the engine before the answer, which is Back first.
START_TEST(keeps_and_forgets)
{
    struct shown_attachment a = {.id = (char *)"a82214f09495",
                                 .container = (char *)"web",
                                 .target = {(char *)"/data", NULL},
                                 .state = (char *)"live"};
    struct subject subject = {.kind = SUBJECT_MOUNT, .attachment = &a};
    json_int_t id;
    json_t *params;

    ck_assert_int_eq(keep_ask_open(&stage.host, &subject, true, &err), 0);
    ck_assert_shows(&stage, "Keep /data in web");
    stage_press(&stage, "Enter");
    stage_nothing_asked(&stage);
    ck_assert_int_eq(keep_ask_open(&stage.host, &subject, true, &err), 0);
    stage_press(&stage, "Right");
    stage_press(&stage, "Enter");
    id = stage_expect(&stage, "run", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "operation")), "keep");
    json_decref(params);
    stage_answer(&stage, id, news_results(news_result("web", "/data", NULL)));
    stage_until_said(&stage, "kept /data in web");
    ck_assert_int_eq(keep_ask_open(&stage.host, &subject, false, &err), 0);
    stage_press(&stage, "Right");
    stage_press(&stage, "Enter");
    id = stage_expect(&stage, "run", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "operation")), "forget");
    json_decref(params);
    stage_refuse(&stage, id, "unsupported", "davit keepd does not run");
    stage_until_said(&stage, "keepd does not run");
}
END_TEST
START_TEST(undoes_what_was_shown)
{
    json_t *plan = news_plans(news_plan("web", "/mnt", true)), *params;

    (void)json_object_set_new(plan, "id", json_string("a82214f09495"));
    ck_assert_int_eq(undo_page_open(&stage.host, &err), 0);
    stage_answer(&stage, stage_expect(&stage, "plan", &params), plan);
    ck_assert_ptr_null(json_object_get(params, "id"));
    ck_assert_ptr_null(json_object_get(params, "expect"));
    json_decref(params);
    stage_until(&stage, "1 clone the source");
    stage_press(&stage, "A");
    (void)stage_expect(&stage, "run", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "id")), "a82214f09495");
    news_expects(params);
    json_decref(params);
}
END_TEST

START_TEST(undoes_nothing)
{
    ck_assert_int_eq(undo_page_open(&stage.host, &err), 0);
    stage_refuse(&stage, stage_expect(&stage, "plan", NULL), "not-attached",
                 "there is nothing to take back");
    stage_until(&stage, "! there is nothing to take back");
    stage_press(&stage, "A");
    stage_nothing_asked(&stage);
}
END_TEST

// ---- menus ----

START_TEST(menu_of_a_row)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct subject stopped;

    ck_assert_int_eq(action_menu_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Attach");
    stage_paste(&stage, "a");
    ck_assert_int_eq(stage.performed, ACTION_NONE);
    stage_press(&stage, "a");
    ck_assert_int_eq(stage.performed, ACTION_ATTACH);
    ck_assert_uint_eq(stage.n_dialogs, 0);
    ck_assert_int_eq(action_menu_open(&stage.host, &subject, &err), 0);
    stage_press(&stage, "Down");
    stage_press(&stage, "Enter");
    ck_assert_int_eq(stage.performed, ACTION_DETACH);
    // What is impossible stands there with its reason, and is not done.
    news_containers(&stage, 0);
    stopped = news_subject(&stage, "docker/web-id");
    stage.performed = ACTION_NONE;
    ck_assert_int_eq(action_menu_open(&stage.host, &stopped, &err), 0);
    ck_assert_shows(&stage, "no process on this host");
    stage_press(&stage, "Enter");
    stage_press(&stage, "a");
    ck_assert_int_eq(stage.performed, ACTION_NONE);
    ck_assert_uint_eq(stage.n_dialogs, 1);
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

START_TEST(menu_filters)
{
    struct subject subject = news_subject(&stage, "docker/web-id");

    ck_assert_int_eq(action_menu_open(&stage.host, &subject, &err), 0);
    stage_press(&stage, "/");
    stage_type(&stage, "take back");
    ck_assert_hides(&stage, "Attach");
    ck_assert_shows(&stage, "Undo");
    stage_type(&stage, "q");
    ck_assert_shows(&stage, "nothing fits the filter");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter"); // nothing to choose
    ck_assert_int_eq(stage.performed, ACTION_NONE);
    stage_press(&stage, "Esc"); // takes the filter back first
    ck_assert_shows(&stage, "Attach");
    stage_press(&stage, "/");
    stage_type(&stage, "take back");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    ck_assert_int_eq(stage.performed, ACTION_UNDO);
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

static void command(const char *text)
{
    stage.performed = ACTION_NONE;
    ck_assert_int_eq(palette_open(&stage.host, &err), 0);
    stage_type(&stage, text);
    stage_press(&stage, "Enter");
}

START_TEST(palette_does)
{
    static const struct {
        const char *text;
        enum action action;
        const char *argument;
    } cases[] = {
        {"theme nord", ACTION_THEME, "nord"},
        {"save /tmp/log", ACTION_SAVE, "/tmp/log"},
        {"w /tmp/a b", ACTION_SAVE, "/tmp/a b"},
        {"save-screen x", ACTION_SAVE_SCREEN, "x"},
        {"filter !api", ACTION_FILTER, "!api"},
        {"q", ACTION_QUIT, ""},
        {"quit", ACTION_QUIT, ""},
        {":reread", ACTION_REREAD, ""},
        {":refresh", ACTION_REFRESH, ""}, // and not refresh-stale
        {"undo", ACTION_UNDO, ""},
        {"rer", ACTION_REREAD, ""}, // the only one that begins so
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        command(cases[i].text);
        ck_assert_msg(stage.performed == cases[i].action, "'%s' did %d", cases[i].text,
                      (int)stage.performed);
        ck_assert_str_eq(stage.argument, cases[i].argument);
        ck_assert_uint_eq(stage.n_dialogs, 0);
    }
}
END_TEST

START_TEST(palette_helps)
{
    command("detahc");
    ck_assert_int_eq(stage.performed, ACTION_NONE);
    ck_assert_str_eq(stage.said, "there is no 'detahc': did you mean detach?");
    ck_assert_shows(&stage, "did you mean detach?");
    stage_press(&stage, "Ctrl-U");
    stage_type(&stage, "xyzzy");
    stage_press(&stage, "Enter");
    ck_assert_str_eq(stage.said, "there is no 'xyzzy'");
    stage_press(&stage, "Ctrl-U");
    stage_type(&stage, "them");
    ck_assert_shows(&stage, "theme [NAME]");
    stage_press(&stage, "Tab");
    ck_assert_shows(&stage, ":theme");
    stage_type(&stage, "x");
    stage_press(&stage, "Enter");
    ck_assert_int_eq(stage.performed, ACTION_THEME);
    ck_assert_str_eq(stage.argument, "x");
    ck_assert_int_eq(palette_open(&stage.host, &err), 0);
    stage_paste(&stage, "quit\r");
    ck_assert_uint_eq(stage.n_dialogs, 1);
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

// ---- prompt, question, text ----

static struct {
    unsigned done, each;
    char text[64], last[64];
    bool none;
} answer;

static void prompt_done(const char *text, void *context)
{
    ck_assert_ptr_eq(context, &answer);
    answer.done++;
    answer.none = !text;
    (void)snprintf(answer.text, sizeof answer.text, "%s", text ? text : "");
}

static void prompt_each(const char *text, void *context)
{
    (void)context;
    answer.each++;
    (void)snprintf(answer.last, sizeof answer.last, "%s", text);
}

START_TEST(prompts)
{
    memset(&answer, 0, sizeof answer);
    ck_assert_int_eq(
        prompt_open(&stage.host, "Filter", "ap", prompt_done, prompt_each, &answer, &err), 0);
    ck_assert_shows(&stage, "Filter ap");
    stage_type(&stage, "i");
    stage_press(&stage, "Left");
    ck_assert_uint_eq(answer.each, 1);
    ck_assert_str_eq(answer.last, "api");
    stage_press(&stage, "Enter");
    ck_assert_uint_eq(answer.done, 1);
    ck_assert_str_eq(answer.text, "api");
    ck_assert_int_eq(prompt_open(&stage.host, "Filter", "", prompt_done, NULL, &answer, &err), 0);
    stage_type(&stage, "x");
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(answer.done, 2);
    ck_assert(answer.none);
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

static void question_chosen(int choice, void *context)
{
    *(int *)context = choice;
}

START_TEST(questions)
{
    static const char *const choices[] = {"Stay", "Wait", "Quit", NULL};
    static const struct {
        const char *keys;
        int expected;
    } cases[] = {
        {"Enter", 0},   {"Right Enter", 1},    {"Tab Tab Tab Enter", 2}, {"Esc", -1},
        {"Ctrl-C", -1}, {"End Left Enter", 1}, {"Left Left Enter", 0},   {"Down Down Up Enter", 1},
        {"q", -1}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char copy[64], *rest = copy, *key;
        int choice = -2;

        (void)snprintf(copy, sizeof copy, "%s", cases[i].keys);
        ck_assert_int_eq(question_open(&stage.host, "Quit?", "A change is under way.", choices,
                                       question_chosen, &choice, &err),
                         0);
        ck_assert_shows(&stage, "[Stay]  [Wait]  [Quit]");
        while ((key = strsep(&rest, " ")))
            stage_press(&stage, key);
        ck_assert_msg(choice == cases[i].expected, "%s chose %d", cases[i].keys, choice);
        ck_assert_uint_eq(stage.n_dialogs, 0);
    }
}
END_TEST

START_TEST(texts)
{
    char text[4000] = "";

    for (int i = 1; i <= 100; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "line %d%s\n", i,
                       i == 77 ? " Needle" : "");
    ck_assert_int_eq(text_page_open(&stage.host, "Text", text, &err), 0);
    ck_assert_shows(&stage, "line 20");
    ck_assert_hides(&stage, "line 77");
    stage_press(&stage, "/");
    stage_type(&stage, "needle");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "line 77 Needle");
    stage_press(&stage, "g");
    ck_assert_hides(&stage, "line 77");
    stage_press(&stage, "n"); // the only one, again
    ck_assert_shows(&stage, "line 77 Needle");
    stage_press(&stage, "G");
    ck_assert_shows(&stage, "line 100");
    stage_press(&stage, "PageUp");
    ck_assert_hides(&stage, "line 100");
    stage_press(&stage, "/");
    stage_type(&stage, "absent");
    stage_press(&stage, "Enter");
    ck_assert_str_eq(stage.said, "no such text here");
    stage_press(&stage, "q");
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

// From the live key map: a key that was bound elsewhere is not there any more.
START_TEST(helps)
{
    const struct keymap_binding binding = {"attach", "F6"};

    ck_assert_int_eq(keymap_bind_all(stage.keymap, &binding, 1, &err), 0);
    ck_assert_int_eq(help_open(&stage.host, KEYS_LIST, &err), 0);
    ck_assert_shows(&stage, "Keys in the lists");
    stage_press(&stage, "/");
    stage_type(&stage, "Attach: attach");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "F6");
    ck_assert_hides(&stage, "F2");
    stage_press(&stage, "Esc");
    for (unsigned context = KEYS_LIST; context <= KEYS_INPUT; context <<= 1) {
        ck_assert_int_eq(help_open(&stage.host, (enum key_context)context, &err), 0);
        ck_assert_shows(&stage, "Keys ");
        stage_press(&stage, "Esc");
    }
}
END_TEST

START_TEST(details)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct shown_mount mount = {.target = {(char *)"/data", NULL},
                                .origin = (char *)"declared",
                                .propagation = (char *)"slave",
                                .why = (char *)"what the host mounts there shows here too",
                                .stale = true};
    json_int_t id;

    ck_assert_int_eq(details_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Pid");
    id = stage_expect(&stage, "inspect", NULL);
    stage_answer(&stage, id,
                 json_pack("{s:{s:i}, s:[s], s:{s:s}, s:[{s:s, s:s, s:b}]}", "namespaces", "mnt",
                           4711, "user_mapping", "0 100000 65536", "labels", "app",
                           "x\033]52;c;evil\a", "declared", "target", "/d", "source", "/srv/d",
                           "read_only", 1));
    stage_until(&stage, "4711");
    ck_assert_shows(&stage, "0-65535 inside are 100000-165535 outside");
    stage_press(&stage, "G");
    ck_assert_shows(&stage, "/srv/d");
    ck_assert_shows(&stage, "evil");
    ck_assert_hides(&stage, "\033");
    stage_press(&stage, "Esc");
    // Closed before the answer: nobody waits for it any more.
    ck_assert_int_eq(details_open(&stage.host, &subject, &err), 0);
    id = stage_expect(&stage, "inspect", NULL);
    stage_press(&stage, "Esc");
    (void)stage_expect(&stage, "cancel", NULL);
    subject.kind = SUBJECT_MOUNT;
    subject.mount = &mount;
    ck_assert_int_eq(details_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "what the host mounts there shows here too");
    ck_assert_shows(&stage, "STALE");
}
END_TEST

// ---- all of them ----

// Every part of a screen that a dialog can be given; the cursor stays within.
static void paint_everywhere(void)
{
    struct surface_part all = surface_all(stage.screen.surface);
    struct dialog *top = stage_top(&stage);
    char *plain = top->ops->plain(top);

    ck_assert_msg(plain && *plain, "%s has no text", top->ops->name);
    ck_assert_ptr_null(strchr(plain, '\033'));
    free(plain);
    for (int height = 0; height <= all.height; height++)
        for (int width = 0; width <= all.width; width += width < 12 ? 1 : 7)
            top->ops->paint(top, surface_within(all, 0, 0, height, width));
    stage_look(&stage);
    ck_assert_msg(stage.screen.cursor_y >= 0, "%s leaves no cursor", top->ops->name);
    ck_assert_msg(top->ops->footer(top)->action != ACTION_NONE, "%s has no footer", top->ops->name);
}

static void open_nth(unsigned n)
{
    static const char *const choices[] = {"Back", "A choice that is long", "Another one", NULL};
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct subject mount = subject;
    int r = 0;

    mount.kind = SUBJECT_MOUNT;
    mount.mount = &attached;
    switch (n) {
    case 0:
        r = attach_page_open(&stage.host, &subject, &err);
        stage_type(&stage, "/srv/a/very/long/path/that/does/not/fit/into/any/narrow/window/at/all");
        stage_press_times(&stage, "Down", 3);
        stage_press(&stage, "Space");
        break;
    case 1:
        r = detach_page_open(&stage.host, &mount, &err);
        stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(true));
        stage_until(&stage, "Held by");
        break;
    case 2:
        r = undo_page_open(&stage.host, &err);
        stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(false));
        stage_until(&stage, "unmount");
        break;
    case 3:
        r = action_menu_open(&stage.host, &subject, &err);
        break;
    case 4:
        r = palette_open(&stage.host, &err);
        break;
    case 5:
        r = prompt_open(&stage.host, "Filter", "text", prompt_done, NULL, &answer, &err);
        break;
    case 6:
        r = question_open(&stage.host, "Title", "A question of some length, to be broken.", choices,
                          NULL, NULL, &err);
        break;
    case 7:
        r = help_open(&stage.host, KEYS_LIST, &err);
        break;
    case 8:
        r = details_open(&stage.host, &subject, &err);
        (void)stage_expect(&stage, "inspect", NULL);
        break;
    case 9:
        open_browser(NULL, "/srv");
        stage_answer(&stage, stage_expect(&stage, "browse", NULL), entries(true));
        stage_until(&stage, "data.bin");
        break;
    case 10: // with all that can be said of it
        news_attachments(&stage);
        r = replace_page_open(&stage.host, &mount, &err);
        stage_press_times(&stage, "Down", 2);
        stage_press(&stage, "Space");
        stage_press(&stage, "Up");
        stage_press_times(&stage, "Space", 3);
        ck_assert_shows(&stage, "Mapping");
        break;
    case 11:
        r = refresh_page_open(&stage.host, &mount, &err);
        stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(false));
        stage_until(&stage, "unmount");
        break;
    default:
        break;
    }
    ck_assert_msg(r == 0, "dialog %u: %s", n, err.message);
}

START_TEST(any_size)
{
    tell_attachments("live", 1);
    open_nth((unsigned)_i);
    paint_everywhere();
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
    tcase_add_test(tcase, detach_says_what_comes_back);
    tcase_add_test(tcase, detaches);
    tcase_add_test(tcase, detach_waits);
    tcase_add_test(tcase, detach_lazily);
    tcase_add_test(tcase, detach_of_what_is_gone);
    tcase_add_test(tcase, detach_of_what_is_not_ours);
    tcase_add_test(tcase, detach_from_a_container);
    tcase_add_test(tcase, detach_in_little_room);
    tcase_add_test(tcase, undoes);
    tcase_add_test(tcase, keeps_and_forgets);
    tcase_add_test(tcase, undoes_what_was_shown);
    tcase_add_test(tcase, undoes_nothing);
    tcase_add_test(tcase, menu_of_a_row);
    tcase_add_test(tcase, menu_filters);
    tcase_add_test(tcase, palette_does);
    tcase_add_test(tcase, palette_helps);
    tcase_add_test(tcase, prompts);
    tcase_add_test(tcase, questions);
    tcase_add_test(tcase, texts);
    tcase_add_test(tcase, helps);
    tcase_add_test(tcase, details);
    tcase_add_loop_test(tcase, any_size, 0, 12);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("dialogs", add);
}
