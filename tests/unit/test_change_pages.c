// The attach page with another verb (a share, a replace), whose files they are inside, and the page
// of a refresh, with the test as their engine.
#include <locale.h>

#include "dialog_news.h"
#include "runner.h"

static struct stage stage;
static struct error err;
static const struct shown_mount attached = {
    .target = {(char *)"/data", NULL},
    .origin = (char *)"attached",
    .attachment = (char *)"a82214f09495",
};

static void begin(void)
{
    stage_begin(&stage, 24, 80, true, NULL, NULL);
    news_privileged(&stage);
    news_containers(&stage, 100);
    news_attachments(&stage);
}

static void finish(void)
{
    stage_finish(&stage);
}

static struct subject mount_subject(void)
{
    struct subject subject = news_subject(&stage, "docker/web-id");

    subject.kind = SUBJECT_MOUNT;
    subject.mount = &attached;
    return subject;
}

static json_int_t until_asked(const char *method, json_t **ret_params)
{
    for (;;) {
        json_t *request = stage_asked(&stage, TURNS_LIMIT_MS);
        json_int_t id;
        bool it;

        ck_assert_msg(request != NULL, "no %s was asked", method);
        id = json_integer_value(json_object_get(request, "id"));
        it = strcmp(json_string_value(json_object_get(request, "method")), method) == 0;
        if (it && ret_params)
            *ret_params = json_incref(json_object_get(request, "params"));
        json_decref(request);
        if (it)
            return id;
    }
}

static const char *text_of(const json_t *params, const char *key)
{
    const char *text = json_string_value(json_object_get(params, key));

    return text ? text : "";
}

static const json_t *target_of(const json_t *params, size_t i)
{
    return json_array_get(json_object_get(params, "targets"), i);
}

static json_t *plan_of_mount(const char *container, const char *target, int mount_id)
{
    json_t *plan = news_plan(container, target, false);

    (void)json_object_set_new(json_object_get(plan, "predicted"), "mount_id",
                              json_integer(mount_id));
    return plan;
}

// ---- share ----

START_TEST(shares)
{
    struct subject subject = mount_subject();
    json_t *params;
    json_int_t id;

    ck_assert_int_eq(share_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Share with this host ← web · docker web-id · pid 100");
    ck_assert_shows(&stage, "Source  web:/data");
    stage_type(&stage, "/mnt/shared"); // the source is said already
    id = until_asked("plan", &params);
    ck_assert_str_eq(text_of(params, "operation"), "share");
    ck_assert_str_eq(text_of(params, "source"), "web:/data");
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 1);
    ck_assert_str_eq(text_of(target_of(params, 0), "container"), "host");
    ck_assert(json_is_true(json_object_get(target_of(params, 0), "on_host")));
    ck_assert_str_eq(text_of(target_of(params, 0), "target"), "/mnt/shared");
    json_decref(params);
    stage_answer(&stage, id, news_plans(news_plan("host", "/mnt/shared", true)));
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_until(&stage, "On the host: ");
    ck_assert_shows(&stage, "the container unchanged");
    ck_assert_shows(&stage, "nosuid nodev noexec");
    stage_press(&stage, "Enter");
    ck_assert_str_eq(stage.said, "A shares; Enter changes nothing");
    stage_press(&stage, "A");
    id = until_asked("run", &params);
    ck_assert_str_eq(text_of(params, "operation"), "share");
    news_expects(params);
    json_decref(params);
    stage_answer(&stage, id, news_results(news_result("host", "/mnt/shared", NULL)));
    stage_until_closed(&stage);
    ck_assert_str_eq(stage.said, "shared /mnt/shared in host, verified");
}
END_TEST

// Of a container the path is typed; Tab in the target's line is the host's.
START_TEST(shares_what_is_typed)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    json_t *params;

    ck_assert_int_eq(share_page_open(&stage.host, &subject, &err), 0);
    stage_type(&stage, "srv");
    ck_assert_shows(&stage, "Source  web:/srv");
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mn");
    stage_press(&stage, "Tab");
    (void)until_asked("browse", &params);
    ck_assert(json_is_null(json_object_get(params, "container")));
    json_decref(params);
}
END_TEST

// ---- replace ----

START_TEST(replaces)
{
    struct subject subject = mount_subject();
    json_t *params;
    json_int_t id;

    ck_assert_int_eq(replace_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Replace in web · docker web-id · pid 100");
    ck_assert_shows(&stage, "now /srv/pgdata");
    stage_type(&stage, "/srv/next");
    id = until_asked("plan", &params);
    ck_assert_str_eq(text_of(params, "operation"), "replace");
    ck_assert_str_eq(text_of(target_of(params, 0), "container"), "docker/web-id");
    ck_assert_str_eq(text_of(target_of(params, 0), "target"), "/data");
    ck_assert_ptr_null(json_object_get(target_of(params, 0), "mount_id")); // nothing was shown yet
    json_decref(params);
    stage_answer(&stage, id, news_plans(plan_of_mount("web", "/data", 77)));
    stage_press(&stage, "Enter"); // the target is no field
    ck_assert_shows(&stage, "Access");
    stage_press(&stage, "Enter");
    stage_until(&stage, "in the place of what is attached there");
    stage_press(&stage, "A");
    id = until_asked("run", &params);
    ck_assert_int_eq(json_integer_value(json_object_get(target_of(params, 0), "mount_id")), 77);
    news_expects(params);
    json_decref(params);
    stage_answer(&stage, id, news_results(news_result("web", "/data", NULL)));
    stage_until_closed(&stage);
    ck_assert_str_eq(stage.said, "replaced /data in web, verified inside");
}
END_TEST

// A container that carries one: it; what is not davit's is refused.
START_TEST(replaces_the_only_one)
{
    struct subject subject = news_subject(&stage, "docker/db-id");
    struct subject other = mount_subject();
    const struct shown_mount declared = {.target = {(char *)"/etc/hosts", NULL},
                                         .origin = (char *)"declared"};

    ck_assert_int_eq(replace_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Target  /data2");
    stage_press(&stage, "Esc");
    other.mount = &declared;
    ck_assert_int_lt(replace_page_open(&stage.host, &other, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NOT_ATTACHED);
}
END_TEST

// ---- refresh ----

START_TEST(refreshes_a_mount)
{
    struct subject subject = mount_subject();
    json_t *params;
    json_int_t id;

    ck_assert_int_eq(refresh_page_open(&stage.host, &subject, &err), 0);
    id = stage_expect(&stage, "plan", &params);
    ck_assert_str_eq(text_of(params, "operation"), "refresh");
    ck_assert_str_eq(text_of(target_of(params, 0), "target"), "/data");
    ck_assert_ptr_null(json_object_get(params, "mounts"));
    json_decref(params);
    stage_answer(&stage, id, news_plans(plan_of_mount("web", "/data", 77)));
    stage_until(&stage, "1 clone the source");
    ck_assert_shows(&stage, "Refresh /data in web");
    stage_press(&stage, "Enter");
    stage_paste(&stage, "A");
    stage_nothing_asked(&stage);
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "mounts")), 1);
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(params, "mounts"), 0)), 77);
    json_decref(params);
    stage_answer(&stage, id, news_results(news_result("web", "/data", NULL)));
    stage_until_closed(&stage);
    ck_assert_str_eq(stage.said, "refreshed /data in web, verified inside");
}
END_TEST

// What changes elsewhere asks for the plan anew and takes nothing away: the one that stands there
// can be carried out until the next one is there.
START_TEST(planned_anew)
{
    struct subject subject = mount_subject();
    json_t *params;
    json_int_t id;

    ck_assert_int_eq(refresh_page_open(&stage.host, &subject, &err), 0);
    id = stage_expect(&stage, "plan", NULL);
    stage_answer(&stage, id, news_plans(plan_of_mount("web", "/data", 77)));
    stage_until(&stage, "1 clone the source");
    news_attachments(&stage);
    id = stage_expect(&stage, "plan", NULL);
    ck_assert_shows(&stage, "1 clone the source");
    stage_answer(&stage, id, news_plans(plan_of_mount("web", "/data", 78)));
    news_attachments(&stage);
    (void)until_asked("plan", NULL);
    stage_press(&stage, "A");
    (void)until_asked("run", &params);
    ck_assert_int_eq(json_integer_value(json_array_get(json_object_get(params, "mounts"), 0)), 78);
    json_decref(params);
}
END_TEST

static const char *marked[] = {"docker/web-id", "docker/db-id"};

START_TEST(refreshes_what_is_marked)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    json_t *params;
    json_int_t id;

    subject.marked = marked;
    subject.n_marked = 2;
    ck_assert_int_eq(refresh_page_open(&stage.host, &subject, &err), 0);
    id = stage_expect(&stage, "plan", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 2);
    ck_assert_str_eq(text_of(target_of(params, 1), "container"), "docker/db-id");
    ck_assert_str_eq(text_of(target_of(params, 1), "target"), "/data2");
    json_decref(params);
    stage_answer(&stage, id,
                 json_pack("{s:[o, o]}", "plans", plan_of_mount("web", "/data", 77),
                           plan_of_mount("db", "/data2", 78)));
    stage_until(&stage, "+ db /data2: replaced, 2 steps");
    ck_assert_shows(&stage, "Refresh what is attached in 2 containers");
}
END_TEST

// ---- detach of what is marked ----

static struct subject marked_subject(void)
{
    struct subject subject = news_subject(&stage, "docker/web-id");

    subject.marked = marked;
    subject.n_marked = 2;
    return subject;
}

// As of news_attachments(), or all at the same target: `both`.
static void attached_at(bool both)
{
    json_t *all = json_array();

    for (int i = 0; i < (both ? 2 : 1); i++)
        (void)json_array_append_new(all, json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:[s]}", "id",
                                                   i ? "a82214f09496" : "a82214f09495",
                                                   "container_id", i ? "db-id" : "web-id",
                                                   "runtime", "docker", "state", "live", "source",
                                                   "/srv", "target", "/mnt", "options", "rw"));
    news_tell(&stage, "journal",
              json_pack("{s:[], s:o, s:b}", "events", "attachments", all, "whole", 1));
}

// Each container is named, who holds it too; what cannot be detached is not tried; what was done is
// not in the next plan.
START_TEST(detaches_what_is_marked)
{
    struct subject subject = marked_subject();
    json_t *params, *held = plan_of_mount("db", "/mnt", 78);
    json_int_t id;

    attached_at(true);
    (void)json_object_set_new(
        held, "holders",
        json_pack("[{s:s, s:i, s:s}]", "comm", "postgres", "pid", 812, "kind", "cwd"));
    ck_assert_int_eq(detach_page_open(&stage.host, &subject, &err), 0);
    id = stage_expect(&stage, "plan", &params);
    ck_assert_str_eq(text_of(params, "operation"), "detach");
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 2);
    ck_assert_str_eq(text_of(target_of(params, 1), "container"), "docker/db-id");
    ck_assert_str_eq(text_of(target_of(params, 1), "target"), "/mnt");
    ck_assert_int_eq(json_integer_value(json_object_get(target_of(params, 1), "pid")), 200);
    json_decref(params);
    stage_answer(&stage, id,
                 json_pack("{s:[o, o]}", "plans", plan_of_mount("web", "/mnt", 77), held));
    stage_until(&stage, "+ web /mnt from /srv: 2 steps, with warnings");
    ck_assert_shows(&stage, "Detach from marked containers");
    ck_assert_shows(&stage, "+ db /mnt from /srv: 2 steps, but it is in use");
    ck_assert_shows(&stage, "! held by postgres (pid 812): its working directory");
    ck_assert_hides(&stage, "Nothing to detach");
    stage_press(&stage, "Enter");
    stage_nothing_asked(&stage);
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(target_of(params, 0), "mount_id")), 77);
    ck_assert_int_eq(json_integer_value(json_object_get(target_of(params, 1), "mount_id")), 78);
    json_decref(params);
    stage_answer(&stage, id,
                 json_pack("{s:[o, o]}", "results", news_result("web", "/mnt", NULL),
                           news_result("db", "/mnt", "it is in use")));
    id = stage_expect(&stage, "plan", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 1);
    ck_assert_str_eq(text_of(target_of(params, 0), "container"), "docker/db-id");
    json_decref(params);
    stage_answer(&stage, id, news_plans(plan_of_mount("db", "/mnt", 78)));
    stage_until(&stage, "Detach from marked containers: /mnt in db");
    ck_assert_shows(&stage, "Attached from /srv");
    ck_assert_shows(&stage, "1 of 2 detached, the first that was not: it is in use");
}
END_TEST

START_TEST(detaches_what_can_be)
{
    struct subject subject = marked_subject();
    json_t *params;
    json_int_t id;

    attached_at(true);
    ck_assert_int_eq(detach_page_open(&stage.host, &subject, &err), 0);
    id = stage_expect(&stage, "plan", NULL);
    stage_answer(&stage, id,
                 json_pack("{s:[o, o]}", "plans", news_refused("web", "/mnt", "it is covered"),
                           plan_of_mount("db", "/mnt", 78)));
    stage_until(&stage, "! web /mnt: cannot be done: it is covered");
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 1);
    ck_assert_str_eq(text_of(target_of(params, 0), "container"), "docker/db-id");
    ck_assert_int_eq(json_integer_value(json_object_get(target_of(params, 0), "mount_id")), 78);
    json_decref(params);
    stage_answer(&stage, id, news_results(news_result("db", "/mnt", NULL)));
    stage_until_closed(&stage);
    ck_assert_str_eq(stage.said, "detached /mnt in db, seen to be gone");
}
END_TEST

// Several targets: which is asked. Where nothing is attached is said.
START_TEST(detaches_one_target_of_several)
{
    struct subject subject = marked_subject();
    json_t *params;

    ck_assert_int_eq(detach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Detach from 2 marked containers: which?");
    ck_assert_shows(&stage, "in web");
    ck_assert_shows(&stage, "all of these");
    ck_assert_shows(&stage, "in 2 of 2 containers");
    stage_press(&stage, "Down");
    stage_press(&stage, "Enter");
    (void)stage_expect(&stage, "plan", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 1);
    ck_assert_str_eq(text_of(target_of(params, 0), "target"), "/data2");
    json_decref(params);
    ck_assert_shows(&stage, "Nothing to detach in web.");
    stage_press(&stage, "Esc");
    ck_assert_int_eq(detach_page_open(&stage.host, &subject, &err), 0);
    stage_press(&stage, "End");
    stage_press(&stage, "Enter");
    (void)until_asked("plan", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 2);
    json_decref(params);
    ck_assert_hides(&stage, "Nothing to detach");
}
END_TEST

// One that is marked is meant, whatever is selected; nothing anywhere is an error.
START_TEST(detaches_the_only_marked)
{
    struct subject subject = marked_subject();

    subject.marked = marked + 1;
    subject.n_marked = 1;
    ck_assert_int_eq(detach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Detach /data2 from db");
    stage_press(&stage, "Esc");
    attached_at(false);
    ck_assert_int_lt(detach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_int_eq(err.code, ERROR_NOT_ATTACHED);
    ck_assert_str_eq(err.message, "davit has attached nothing to db");
}
END_TEST

START_TEST(refreshes_what_is_stale)
{
    json_t *params;
    json_int_t id;

    ck_assert_int_eq(refresh_stale_page_open(&stage.host, &err), 0);
    id = stage_expect(&stage, "plan", &params);
    ck_assert(json_is_true(json_object_get(params, "stale")));
    json_decref(params);
    stage_answer(&stage, id, json_pack("{s:[]}", "plans"));
    stage_until(&stage, "There is nothing to refresh");
    stage_press(&stage, "A");
    stage_nothing_asked(&stage);
    ck_assert_str_eq(stage.said, "there is nothing that can be refreshed");
}
END_TEST

// What is empty is wrong where something was asked for.
START_TEST(empty_plans)
{
    ck_assert_int_eq(undo_page_open(&stage.host, &err), 0);
    stage_answer(&stage, stage_expect(&stage, "plan", NULL), json_pack("{s:[]}", "plans"));
    stage_until(&stage, "the engine sent an empty answer");
}
END_TEST

START_TEST(refreshes_from_a_filesystem)
{
    const struct shown_filesystem filesystem = {.mount_point = {(char *)"/srv", NULL}};
    struct subject subject = {.kind = SUBJECT_FILESYSTEM, .filesystem = &filesystem};
    json_t *params;

    ck_assert_int_eq(refresh_page_open(&stage.host, &subject, &err), 0);
    (void)stage_expect(&stage, "plan", &params);
    ck_assert_str_eq(text_of(params, "source"), "/srv");
    json_decref(params);
    ck_assert_shows(&stage, "Refresh what is attached from /srv");
}
END_TEST

// ---- owners ----

static void with_users_of_its_own(void)
{
    json_t *web = news_container("web", 100);

    (void)json_object_set_new(web, "userns", json_integer(4026532000));
    news_tell(
        &stage, "containers",
        json_pack("{s:[o], s:[], s:i, s:b}", "set", web, "gone", "unreadable", 0, "whole", 1));
}

static void plans_with_idmap(const char *idmap)
{
    json_t *params;

    (void)until_asked("plan", &params);
    ck_assert_str_eq(text_of(params, "idmap"), idmap);
    json_decref(params);
}

START_TEST(owners)
{
    struct subject subject;

    with_users_of_its_own();
    subject = news_subject(&stage, "docker/web-id");
    ck_assert_int_eq(attach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Owners  ( ) as on the host  ( ) nobody's  ( ) mapped");
    ck_assert_shows(&stage, "read-only: as on the host, unless something else is said");
    stage_type(&stage, "/srv");
    stage_answer(&stage, until_asked("describe", NULL), news_described());
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mnt");
    plans_with_idmap("");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Space"); // writable
    ck_assert_shows(&stage, "the container has users of its own: say whose");
    plans_with_idmap("");
    stage_press(&stage, "Enter"); // what has to be said is the next field
    stage_press(&stage, "Space");
    ck_assert_shows(&stage, "Owners  (•) as on the host  ( ) nobody's");
    ck_assert_shows(&stage, "what root inside writes there belongs to the host's root");
    plans_with_idmap("auto");
    stage_press(&stage, "Right");
    ck_assert_shows(&stage, "(•) nobody's");
    plans_with_idmap("off");
    stage_press(&stage, "Right");
    ck_assert_shows(&stage, "Mapping 0:0:1");
    plans_with_idmap("0:0:1");
    stage_press(&stage, "Enter");
    stage_type(&stage, "0"); // it is a line
    plans_with_idmap("0:0:10");
    stage_press(&stage, "Enter");
    ck_assert_int_eq(stage_top(&stage)->ops->context(stage_top(&stage)), KEYS_PLAN);
}
END_TEST

// Where the container has the host's users there is nothing to say, but in [more].
START_TEST(owners_of_the_host)
{
    struct subject subject = news_subject(&stage, "docker/web-id");

    ck_assert_int_eq(attach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_hides(&stage, "Owners");
    stage_type(&stage, "/srv");
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mnt");
    stage_press(&stage, "Down");
    stage_press(&stage, "Down"); // [more]
    stage_press(&stage, "Space");
    ck_assert_shows(&stage, "Owners  ( ) as on the host");
    stage_press(&stage, "Up");
    stage_press(&stage, "Left");
    ck_assert_shows(&stage, "Mapping 0:0:1");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_test(tcase, shares);
    tcase_add_test(tcase, shares_what_is_typed);
    tcase_add_test(tcase, replaces);
    tcase_add_test(tcase, replaces_the_only_one);
    tcase_add_test(tcase, refreshes_a_mount);
    tcase_add_test(tcase, planned_anew);
    tcase_add_test(tcase, refreshes_what_is_marked);
    tcase_add_test(tcase, detaches_what_is_marked);
    tcase_add_test(tcase, detaches_what_can_be);
    tcase_add_test(tcase, detaches_one_target_of_several);
    tcase_add_test(tcase, detaches_the_only_marked);
    tcase_add_test(tcase, refreshes_what_is_stale);
    tcase_add_test(tcase, empty_plans);
    tcase_add_test(tcase, refreshes_from_a_filesystem);
    tcase_add_test(tcase, owners);
    tcase_add_test(tcase, owners_of_the_host);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("change_pages", add);
}
