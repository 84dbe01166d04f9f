// The pages of detach and undo, and what is kept.
#include <locale.h>

#include "dialog_lab.h"

// ---- detach ----

static void open_detach(void)
{
    struct subject subject = news_subject(&stage, "docker/web-id");

    tell_attachments("live", 1);
    subject.kind = SUBJECT_MOUNT;
    subject.mount = &attached;
    ck_assert_msg(detach_page_open(&stage.host, &subject, &err) == 0, "%s", err.message);
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

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
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
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("detach_page", add);
}
