// The attach page, with the test as its engine: late answers, silence, and containers that come and
// go while the page is open cannot be ordered from a real one.
#include <locale.h>

#include "dialog_news.h"
#include "runner.h"

static struct stage stage;

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

static void open_page(void)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct error err = {.code = ERROR_NONE};

    ck_assert_msg(attach_page_open(&stage.host, &subject, &err) == 0, "%s", err.message);
}

// Passes by what else is asked (descriptions of what was typed meanwhile). *ret_params: a
// reference.
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

// Source and target, each described and planned when it rests; leaves the page on its target with
// the plan asked for. The id of that request.
static json_int_t fill(const char *source, const char *target)
{
    json_int_t described;

    stage_type(&stage, source);
    stage_press(&stage, "Enter");
    stage_type(&stage, target);
    described = stage_expect(&stage, "describe", NULL);
    stage_answer(&stage, described, news_described());
    return stage_expect(&stage, "plan", NULL);
}

// A page on its plan, which is there.
static void planned(void)
{
    json_int_t id;

    open_page();
    id = fill("/srv", "/mnt");
    stage_answer(&stage, id, news_plans(news_plan("web", "/mnt", true)));
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_until(&stage, "Inside:");
    ck_assert_int_eq(stage_top(&stage)->ops->context(stage_top(&stage)), KEYS_PLAN);
}

// The drawing: what is filled in, what is known of it, steps with their calls, what it comes to.
START_TEST(looks)
{
    planned();
    ck_assert_shows(&stage, "Attach a filesystem → web · docker web-id · pid 100");
    ck_assert_shows(&stage, "Source  /srv");
    ck_assert_shows(&stage, "/dev/sda2 8:2 ext4 · sub-root / · 0:0 0755 · 1 mount below");
    ck_assert_shows(&stage, "Target  /mnt");
    ck_assert_shows(&stage, "will be created");
    ck_assert_shows(&stage, "(•) read-only  ( ) writable     nosuid nodev private");
    ck_assert_shows(&stage, "1 clone the source");
    ck_assert_shows(&stage, "open_tree");
    ck_assert_hides(&stage, "OPEN_TREE_CLONE"); // whole calls where there is room
    ck_assert_shows(&stage, "! left out: /srv/old (nas:/v)");
    ck_assert_shows(&stage, "owned by root · not writable · hides nothing · host unchanged");
    ck_assert_int_eq(stage_footer(&stage), ACTION_PERFORM);
}
END_TEST

// One question for fields that rest, none for each key; the request has what the page shows.
START_TEST(asks_when_fields_rest)
{
    json_t *params, *targets, *target;
    json_int_t id;

    open_page();
    stage_type(&stage, "/srv");
    id = stage_expect(&stage, "describe", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "source")), "/srv");
    json_decref(params);
    stage_answer(&stage, id, news_described());
    stage_nothing_asked(&stage); // no plan without a target
    stage_press(&stage, "Down");
    stage_type(&stage, "/mnt/log");
    (void)stage_expect(&stage, "plan", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "operation")), "attach");
    ck_assert_str_eq(json_string_value(json_object_get(params, "source")), "/srv");
    ck_assert_str_eq(json_string_value(json_object_get(params, "propagation")), "private");
    ck_assert_ptr_null(json_object_get(params, "expect")); // nothing was shown yet
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(params, "options"), 0)),
                     "ro");
    ck_assert_uint_eq(json_array_size(json_object_get(params, "options")), 1);
    targets = json_object_get(params, "targets");
    ck_assert_uint_eq(json_array_size(targets), 1);
    target = json_array_get(targets, 0);
    ck_assert_str_eq(json_string_value(json_object_get(target, "container")), "docker/web-id");
    ck_assert_str_eq(json_string_value(json_object_get(target, "target")), "/mnt/log");
    ck_assert_int_eq(json_integer_value(json_object_get(target, "pid")), 100);
    ck_assert_int_eq(json_integer_value(json_object_get(target, "start_time")), 1000);
    json_decref(params);
    stage_nothing_asked(&stage);
}
END_TEST

// On the plan nobody waits for the fields to rest.
START_TEST(asks_at_once_on_the_plan)
{
    json_t *request;

    open_page();
    stage_type(&stage, "/srv");
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mnt");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    (void)loop_turn(stage.host.loop); // one turn, no time for a rest
    request = stage_asked(&stage, TURNS_LIMIT_MS);
    ck_assert_str_eq(json_string_value(json_object_get(request, "method")), "describe");
    json_decref(request);
    (void)stage_expect(&stage, "plan", NULL);
}
END_TEST

// An answer to what stood there before is not shown, and the engine need not work on it.
START_TEST(drops_stale_answers)
{
    json_int_t first, second;
    json_t *params;

    open_page();
    first = fill("/srv", "/mnt");
    stage_type(&stage, "2");
    (void)stage_expect(&stage, "cancel", &params);
    ck_assert_int_eq(json_integer_value(json_object_get(params, "request")), first);
    json_decref(params);
    second = stage_expect(&stage, "plan", NULL);
    stage_answer(&stage, first, news_plans(news_refused("web", "/mnt", "the old answer")));
    stage_answer(&stage, second, news_plans(news_plan("web", "/mnt2", false)));
    stage_until(&stage, "Inside:");
    ck_assert_hides(&stage, "the old answer");
    ck_assert_shows(&stage, "exists");
    ck_assert_shows(&stage, "what it hides is not known");
}
END_TEST

static json_t *plan_that_hides(const char *what, json_t *nothing)
{
    json_t *plan = news_plan("web", "/mnt", false), *predicted = json_object_get(plan, "predicted");

    (void)json_object_set_new(predicted, "reveals", json_string(what));
    (void)json_object_set_new(predicted, "reveals_nothing", nothing);
    return news_plans(plan);
}

// Told by what the engine saw there, not by the words it has for it.
START_TEST(says_what_it_hides)
{
    open_page();
    stage_answer(&stage, fill("/srv", "/mnt"), plan_that_hides("three files", json_false()));
    stage_until(&stage, "hides three files");
    stage_type(&stage, "2");
    stage_answer(&stage, stage_expect(&stage, "plan", NULL),
                 plan_that_hides("an empty directory", json_true()));
    stage_until(&stage, "hides nothing but an empty directory");
    stage_type(&stage, "3");
    stage_answer(&stage, stage_expect(&stage, "plan", NULL),
                 plan_that_hides("not answering", json_null()));
    stage_until(&stage, "what it hides is not known: not");
}
END_TEST

static bool footer_has(enum action action)
{
    struct dialog *top = stage_top(&stage);

    for (const struct footer_key *key = top->ops->footer(top); key->action != ACTION_NONE; key++)
        if (key->action == action)
            return true;
    return false;
}

// The footer has the keys that do something where one is, and not those that would not.
START_TEST(footers)
{
    json_int_t id;

    open_page();
    ck_assert(footer_has(ACTION_ACCEPT) && footer_has(ACTION_COMPLETE));
    ck_assert(footer_has(ACTION_BROWSE) && footer_has(ACTION_LEAVE));
    id = fill("/srv", "/mnt");
    stage_press(&stage, "Enter");
    ck_assert(footer_has(ACTION_TICK) && footer_has(ACTION_OPEN) && footer_has(ACTION_BACK));
    stage_press(&stage, "Enter");
    ck_assert(!footer_has(ACTION_PERFORM)); // the plan is not there yet
    stage_answer(&stage, id, news_plans(news_refused("web", "/mnt", "/mnt is procfs")));
    stage_until(&stage, "! /mnt is procfs");
    ck_assert(!footer_has(ACTION_PERFORM));
    ck_assert(footer_has(ACTION_PREVIOUS_FIELD) && footer_has(ACTION_BACK));
    stage_press(&stage, "Enter");
    ck_assert_str_eq(stage.said, "this cannot be attached: the plan says why");
    news_containers(&stage, 101);
    id = stage_expect(&stage, "plan", NULL);
    stage_answer(&stage, id, news_plans(news_plan("web", "/mnt", true)));
    stage_until(&stage, "Inside:");
    ck_assert(footer_has(ACTION_PERFORM) && footer_has(ACTION_COPY));
    stage_press(&stage, "A");
    ck_assert(footer_has(ACTION_CANCEL) && !footer_has(ACTION_PERFORM));
}
END_TEST

// However many steps there are: what one decides on is in sight, and keys show all the rest.
START_TEST(decides_before_steps)
{
    json_t *plan = news_plan("web", "/mnt", true), *steps = json_object_get(plan, "steps");
    json_int_t id;

    for (int i = 4; i <= 60; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "step %d of many", i);
        (void)json_array_append_new(
            steps, json_pack("{s:s, s:s, s:s}", "stage", "x", "text", text, "call", "call()"));
    }
    stage_finish(&stage);
    stage_begin(&stage, 10, 40, true, NULL, NULL);
    news_privileged(&stage);
    news_containers(&stage, 100);
    open_page();
    id = fill("/srv", "/mnt");
    stage_answer(&stage, id, news_plans(plan));
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_until(&stage, "Inside: owned by root");
    ck_assert_shows(&stage, "! left out: /srv/old");
    ck_assert_shows(&stage, "host unchanged");
    ck_assert_shows(&stage, "Down: more");
    for (int i = 4; i <= 60; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "step %d of many", i);
        for (int presses = 0; presses < 100 && !stage_shows(&stage, text); presses++)
            stage_press(&stage, "Down");
        ck_assert_shows(&stage, text);
    }
    ck_assert_hides(&stage, "Down: more");
}
END_TEST

START_TEST(enter_never_attaches)
{
    planned();
    stage_press_times(&stage, "Enter", 20);
    stage_paste(&stage, "A");
    stage_paste(&stage, "AAAA\rA");
    stage_nothing_asked(&stage);
    ck_assert_uint_eq(stage.n_started, 0);
    ck_assert_uint_eq(stage.n_dialogs, 1);
    ck_assert_str_eq(stage.said, "A attaches; Enter changes nothing");
}
END_TEST

START_TEST(attaches)
{
    json_t *params;
    json_int_t id;

    planned();
    stage_press(&stage, "A");
    stage_press(&stage, "A"); // the second is none
    id = stage_expect(&stage, "run", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "source")), "/srv");
    news_expects(params);
    json_decref(params);
    ck_assert_uint_eq(stage.n_started, 1);
    ck_assert_shows(&stage, "attaching");
    stage_nothing_asked(&stage);
    stage_answer(&stage, id, news_results(news_result("web", "/mnt", NULL)));
    stage_until_closed(&stage);
    ck_assert_str_eq(stage.said, "attached /mnt in web, verified inside");
    ck_assert_uint_eq(stage.n_ended, 1);
    ck_assert_ptr_null(stage.host.draft);
}
END_TEST

// The reason stays, and A waits for a plan that was made after it.
START_TEST(failure_stays)
{
    json_int_t id;

    planned();
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", NULL);
    stage_answer(&stage, id,
                 news_results(news_result("web", "/mnt", "something is mounted there")));
    stage_until(&stage, "! something is mounted there");
    ck_assert_shows(&stage, "wait"); // the hint
    id = stage_expect(&stage, "plan", NULL);
    stage_press(&stage, "A");
    stage_nothing_asked(&stage);
    stage_answer(&stage, id, news_plans(news_plan("web", "/mnt", true)));
    stage_until(&stage, "Inside:");
    ck_assert_shows(&stage, "! something is mounted there");
    stage_press(&stage, "A");
    (void)stage_expect(&stage, "run", NULL);
}
END_TEST

// The source that was shown is another by now: what it is is asked again too.
START_TEST(another_source_is_looked_at_anew)
{
    json_int_t id;

    planned();
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", NULL);
    stage_refuse(&stage, id, "gone", "the source is another than was planned");
    stage_until(&stage, "! the source is another than was planned");
    (void)stage_expect(&stage, "describe", NULL);
    (void)stage_expect(&stage, "plan", NULL);
}
END_TEST

// Leaving does not end what is under way; how it ends is said.
START_TEST(goes_on_when_left)
{
    json_int_t id;

    planned();
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", NULL);
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(stage.n_dialogs, 0);
    stage_nothing_asked(&stage); // no cancel
    stage_answer(&stage, id, news_results(news_result("web", "/mnt", NULL)));
    stage_until_said(&stage, "attached /mnt in web");
    ck_assert_uint_eq(stage.n_ended, 1);
}
END_TEST

START_TEST(cancels)
{
    json_int_t id;
    json_t *params;

    planned();
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", NULL);
    stage_press(&stage, "Ctrl-C");
    (void)stage_expect(&stage, "cancel", &params);
    ck_assert_int_eq(json_integer_value(json_object_get(params, "request")), id);
    json_decref(params);
    stage_refuse(&stage, id, "failed", "cancelled: it was taken back");
    stage_until(&stage, "cancelled: it was taken back");
}
END_TEST

START_TEST(container_restarts)
{
    json_t *params;
    json_int_t id;

    planned();
    news_containers(&stage, 101);
    ck_assert_shows(&stage, "! web was restarted meanwhile");
    ck_assert_hides(&stage, "Inside:"); // the old plan is gone
    stage_press(&stage, "A");
    ck_assert_uint_eq(stage.n_started, 0);
    id = stage_expect(&stage, "plan", &params);
    ck_assert_int_eq(json_integer_value(json_object_get(
                         json_array_get(json_object_get(params, "targets"), 0), "pid")),
                     101);
    json_decref(params);
    stage_nothing_asked(&stage);
    stage_answer(&stage, id, news_plans(news_plan("web", "/mnt", true)));
    stage_until(&stage, "Inside:");
    ck_assert_shows(&stage, "pid 101");
    stage_press(&stage, "A");
    (void)stage_expect(&stage, "run", &params);
    ck_assert_int_eq(json_integer_value(json_object_get(
                         json_array_get(json_object_get(params, "targets"), 0), "pid")),
                     101);
    json_decref(params);
}
END_TEST

// Stopped, gone, and running again.
START_TEST(container_goes)
{
    json_int_t id;

    planned();
    news_containers(&stage, 0);
    ck_assert_shows(&stage, "! web has stopped");
    stage_press(&stage, "A");
    stage_nothing_asked(&stage);
    ck_assert_str_eq(stage.said, "web has stopped");
    news_containers(&stage, -1);
    stage_press(&stage, "A");
    stage_nothing_asked(&stage);
    news_containers(&stage, 102);
    id = stage_expect(&stage, "plan", NULL);
    stage_answer(&stage, id, news_plans(news_plan("web", "/mnt", true)));
    stage_until(&stage, "Inside:");
    news_containers(&stage, -1);
    ck_assert_shows(&stage, "! web is gone");
    stage_press(&stage, "A");
    stage_nothing_asked(&stage);
    ck_assert_uint_eq(stage.n_started, 0);
}
END_TEST

// A container that only others changed about is no reason to plan anew.
START_TEST(others_change)
{
    planned();
    news_containers(&stage, 100);
    stage_nothing_asked(&stage);
    ck_assert_shows(&stage, "Inside:");
}
END_TEST

START_TEST(draft)
{
    struct subject other;
    struct error err;

    open_page();
    stage_type(&stage, "/srv/a");
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mnt");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Space");
    ck_assert_shows(&stage, "( ) read-only  (•) writable");
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(stage.n_dialogs, 0);
    ck_assert_ptr_nonnull(stage.host.draft);
    other = news_subject(&stage, "docker/db-id");
    ck_assert_int_eq(attach_page_open(&stage.host, &other, &err), 0);
    ck_assert_hides(&stage, "/srv/a");
    stage_press(&stage, "Esc"); // nothing was typed: the draft of before stays
    open_page();
    ck_assert_shows(&stage, "Source  /srv/a");
    ck_assert_shows(&stage, "Target  /mnt");
    ck_assert_shows(&stage, "(•) read-only  ( ) writable"); // said anew each time
}
END_TEST

START_TEST(source_is_silent)
{
    json_int_t id;

    open_page();
    stage_type(&stage, "/nas");
    id = stage_expect(&stage, "describe", NULL);
    stage_refuse(&stage, id, "timed-out", "/nas does not answer");
    stage_until(&stage, "not answering");
    stage_press(&stage, "Enter"); // the page stays usable
    stage_type(&stage, "/mnt");
    id = stage_expect(&stage, "plan", NULL);
    stage_refuse(&stage, id, "timed-out", "the source /nas does not answer");
    stage_until(&stage, "! the source /nas does not answer");
    ck_assert_shows(&stage, "a hint");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_press(&stage, "A");
    stage_nothing_asked(&stage);
    ck_assert_str_eq(stage.said, "this cannot be attached: the plan says why");
}
END_TEST

START_TEST(refused_for_one)
{
    json_int_t id;

    open_page();
    id = fill("/srv", "/proc");
    stage_answer(&stage, id, news_plans(news_refused("web", "/proc", "/proc is procfs")));
    stage_until(&stage, "! /proc is procfs");
    ck_assert_shows(&stage, "try another");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_press(&stage, "A");
    stage_nothing_asked(&stage);
}
END_TEST

static const char *marked[] = {"docker/web-id", "docker/db-id"};

// One plan and one result for each; those that are done are not done again.
START_TEST(several)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct error err;
    json_t *params;
    json_int_t id;

    subject.marked = marked;
    subject.n_marked = 2;
    ck_assert_int_eq(attach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "2 containers");
    id = fill("/srv", "/mnt");
    stage_answer(&stage, id,
                 json_pack("{s:[o, o]}", "plans", news_plan("web", "/mnt", true),
                           news_refused("db", "/mnt", "db has a read-only root")));
    stage_until(&stage, "+ web /mnt: will be created, 3 steps, with warnings");
    ck_assert_shows(&stage, "! db /mnt: cannot be done: db has a read-only root");
    ck_assert_shows(&stage, "1 clone the source");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_press(&stage, "A");
    id = stage_expect(&stage, "run", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 2);
    news_expects(params);
    json_decref(params);
    stage_answer(&stage, id,
                 json_pack("{s:[o, o]}", "results", news_result("web", "/mnt", NULL),
                           news_result("db", "/mnt", "db has a read-only root")));
    stage_until(&stage, "! 1 of 2 attached, the first that was not: db has");
    ck_assert_str_eq(stage.said, "attached 1 of 2; the log has each");
    (void)stage_expect(&stage, "plan", &params);
    ck_assert_uint_eq(json_array_size(json_object_get(params, "targets")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(
                         json_array_get(json_object_get(params, "targets"), 0), "container")),
                     "docker/db-id");
    json_decref(params);
}
END_TEST

static json_t *listing(const char *a, const char *b)
{
    json_t *entries = json_pack("[{s:s, s:s}]", "name", a, "type", "directory");

    if (b)
        (void)json_array_append_new(entries, json_pack("{s:s, s:s}", "name", b, "type", "file"));
    (void)json_array_append_new(entries, json_pack("{s:s, s:s}", "name", "other", "type", "file"));
    return json_pack("{s:s, s:o, s:b}", "path", "/var/", "entries", entries, "truncated", 0);
}

START_TEST(completes)
{
    json_t *params;
    json_int_t id;

    open_page();
    stage_type(&stage, "/var/lo");
    stage_press(&stage, "Tab");
    id = stage_expect(&stage, "browse", &params);
    ck_assert(json_is_null(json_object_get(params, "container")));
    ck_assert_str_eq(json_string_value(json_object_get(params, "path")), "/var/");
    json_decref(params);
    stage_answer(&stage, id, listing("logs", "logs.old"));
    stage_until(&stage, "logs.old");
    ck_assert_shows(&stage, "Source  /var/logs");
    ck_assert_shows(&stage, "logs/");
    stage_type(&stage, "x");
    ck_assert_hides(&stage, "logs.old"); // the names are of another text
    id = stage_expect(&stage, "describe", NULL);
    stage_press(&stage, "Backspace");
    stage_press(&stage, "Tab");
    id = until_asked("browse", NULL);
    stage_answer(&stage, id, listing("logs", NULL));
    stage_until(&stage, "Source  /var/logs/");
}
END_TEST

START_TEST(completes_nothing)
{
    json_int_t id;

    open_page();
    stage_type(&stage, "relative");
    stage_press(&stage, "Tab");
    ck_assert_shows(&stage, "Tab completes paths that begin with /");
    stage_press(&stage, "Ctrl-U");
    stage_type(&stage, "/x");
    stage_press(&stage, "Tab");
    id = stage_expect(&stage, "browse", NULL);
    stage_answer(&stage, id, listing("logs", NULL));
    stage_until(&stage, "nothing there begins with this");
    stage_press(&stage, "Tab");
    id = until_asked("browse", NULL);
    stage_refuse(&stage, id, "timed-out", "no answer");
    stage_until(&stage, "not answering");
}
END_TEST

// A name that is no UTF-8 is shown clean; its bytes are what is asked for.
START_TEST(raw_names)
{
    json_t *params;
    json_int_t id;
    _cleanup_free_ char *expected = text_base64("/var/a\xff/", 8);

    open_page();
    stage_type(&stage, "/var/a");
    stage_press(&stage, "Tab");
    id = stage_expect(&stage, "browse", NULL);
    stage_answer(&stage, id,
                 json_pack("{s:s, s:[{s:s, s:s, s:s}]}", "path", "/var/", "entries", "name",
                           "a\xef\xbf\xbd", "name_b64", "Yf8=", "type", "directory"));
    stage_until(&stage, "/var/a\xef\xbf\xbd/");
    (void)stage_expect(&stage, "describe", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "source_b64")), expected);
    json_decref(params);
    stage_press(&stage, "Ctrl-W"); // other text, no bytes of before
    stage_type(&stage, "b");
    stage_press(&stage, "Down");
    (void)until_asked("describe", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "source")), "/var/b");
    ck_assert_ptr_null(json_object_get(params, "source_b64"));
    json_decref(params);
}
END_TEST

// The browser of a field shows that field's tree, and what is chosen goes into the field.
START_TEST(browses)
{
    json_t *params;
    json_int_t id;

    open_page();
    stage_type(&stage, "/srv/da");
    stage_press(&stage, "Ctrl-O");
    id = stage_expect(&stage, "browse", &params);
    ck_assert(json_is_null(json_object_get(params, "container")));
    ck_assert_str_eq(json_string_value(json_object_get(params, "path")), "/srv");
    json_decref(params);
    stage_answer(&stage, id, listing("data", NULL));
    stage_until(&stage, "data/");
    stage_press(&stage, "Down");
    stage_press(&stage, "Down");
    stage_press(&stage, "Space");
    ck_assert_uint_eq(stage.n_dialogs, 1);
    ck_assert_shows(&stage, "Source  /srv/data");
    stage_press(&stage, "Ctrl-O"); // the target's now
    (void)until_asked("browse", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "container")), "docker/web-id");
    ck_assert_int_eq(json_integer_value(json_object_get(params, "pid")), 100);
    ck_assert_int_eq(json_integer_value(json_object_get(params, "start_time")), 1000);
    ck_assert_str_eq(json_string_value(json_object_get(params, "path")), "/");
    json_decref(params);
}
END_TEST

// Several kinds: which one is asked for while nothing is typed; what is typed tells it else.
START_TEST(kinds_of_sources)
{
    json_t *params;

    open_page();
    stage_press(&stage, "Ctrl-O");
    ck_assert_shows(&stage, "What is to be attached?");
    stage_press(&stage, "Enter"); // the host's tree is the first
    (void)stage_expect(&stage, "browse", NULL);
    stage_press(&stage, "Esc");
    stage_press(&stage, "Ctrl-O");
    stage_press(&stage, "/");
    stage_type(&stage, "tmpfs");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Source  tmpfs:size=64m");
    stage_type(&stage, "/mnt"); // the focus went on
    (void)until_asked("plan", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "source")), "tmpfs:size=64m");
    json_decref(params);
}
END_TEST

START_TEST(options)
{
    static const char *const expected[] = {"rw", "recursive", "noexec", "no-mkdir", "keep"};
    json_t *params, *names;

    open_page();
    stage_type(&stage, "/srv");
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mnt");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Right");
    stage_press(&stage, "Down");
    stage_press(&stage, "Space"); // [more]
    ck_assert_shows(&stage, "[ ] recursive");
    stage_press(&stage, "Down");
    stage_press(&stage, "Space"); // recursive
    stage_press(&stage, "Tab");
    stage_press(&stage, "Space"); // noexec
    stage_press_times(&stage, "Down", 3);
    stage_press(&stage, "Space"); // mkdir
    ck_assert_shows(&stage, "[x] mkdir in a read-only root");
    stage_press(&stage, "Down");
    stage_press(&stage, "Space"); // no-mkdir takes mkdir back
    ck_assert_shows(&stage, "[ ] mkdir in a read-only root");
    stage_press_times(&stage, "Down", 2);
    stage_press(&stage, "Space"); // keep
    stage_press(&stage, "Down");
    stage_press(&stage, "Right"); // slave
    ck_assert_shows(&stage, "propagation <slave>");
    stage_press(&stage, "Down");
    stage_press(&stage, "Right");
    stage_press(&stage, "Right");
    ck_assert_shows(&stage, "lasts <8 hours>");
    stage_press(&stage, "Enter");
    stage_answer(&stage, stage_expect(&stage, "describe", NULL), news_described());
    (void)stage_expect(&stage, "plan", &params);
    names = json_object_get(params, "options");
    ck_assert_uint_eq(json_array_size(names), 5);
    for (size_t i = 0; i < 5; i++)
        ck_assert_str_eq(json_string_value(json_array_get(names, i)), expected[i]);
    ck_assert_str_eq(json_string_value(json_object_get(params, "propagation")), "slave");
    ck_assert_int_eq(json_integer_value(json_object_get(params, "for_ms")), 8 * 60 * 60 * 1000);
    json_decref(params);
}
END_TEST

// A filesystem gives the source, a mount the target; what was lost gives both.
START_TEST(subjects)
{
    struct shown_filesystem filesystem = {.mount_point = {(char *)"/data", NULL}};
    struct shown_mount mount = {.target = {(char *)"/opt", NULL}};
    struct shown_attachment lost = {.source = {(char *)"/srv/x", NULL},
                                    .target = {(char *)"/mnt/x", NULL}};
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct error err = {.code = ERROR_NONE};

    subject.kind = SUBJECT_FILESYSTEM;
    subject.filesystem = &filesystem;
    ck_assert_int_eq(attach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Source  /data");
    stage_press(&stage, "Esc");
    subject.kind = SUBJECT_MOUNT;
    subject.mount = &mount;
    ck_assert_int_eq(attach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Target  /opt");
    stage_press(&stage, "Esc");
    subject.kind = SUBJECT_ATTACHMENT;
    subject.attachment = &lost;
    ck_assert_int_eq(attach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Source  /srv/x");
    ck_assert_shows(&stage, "Target  /mnt/x");
    stage_press(&stage, "Esc");
    // Without a container it is asked which.
    subject = (struct subject){.kind = SUBJECT_FILESYSTEM, .filesystem = &filesystem};
    ck_assert_int_eq(attach_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Attach to which container?");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Source  /data");
    ck_assert_shows(&stage, "→ db");
}
END_TEST

// Little room and no UTF-8: a page for each question.
START_TEST(little_room)
{
    json_int_t id;

    stage_finish(&stage);
    stage_begin(&stage, 15, 60, false, NULL, NULL);
    news_privileged(&stage);
    news_containers(&stage, 100);
    open_page();
    ck_assert_shows(&stage, "Attach 1/4");
    ck_assert_shows(&stage, "Source");
    ck_assert_hides(&stage, "Target");
    id = fill("/srv", "/mnt");
    stage_answer(&stage, id, news_plans(news_plan("web", "/mnt", true)));
    ck_assert_shows(&stage, "Attach 2/4");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Attach 3/4");
    ck_assert_shows(&stage, "read-only");
    stage_press(&stage, "Enter");
    stage_until(&stage, "Inside:");
    ck_assert_shows(&stage, "Attach 4/4");
    stage_finish(&stage);
    stage_begin(&stage, 8, 40, false, NULL, NULL);
    news_containers(&stage, 100);
    open_page();
    id = fill("/srv", "/mnt");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    stage_answer(&stage, id, news_plans(news_plan("web", "/mnt", true)));
    stage_until(&stage, "! left out: /srv/old");
    ck_assert_shows(&stage, "Inside: owned by root"); // both before the steps
    ck_assert_hides(&stage, "make the directory");
    stage_press(&stage, "G");
    ck_assert_shows(&stage, "make the directory");
    for (int i = 0; i < 8; i++)
        for (const char *c = stage.screen.rows[i]; *c; c++)
            ck_assert_msg((unsigned char)*c < 0x80, "row %d is no ASCII: %s", i,
                          stage.screen.rows[i]);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_test(tcase, looks);
    tcase_add_test(tcase, asks_when_fields_rest);
    tcase_add_test(tcase, asks_at_once_on_the_plan);
    tcase_add_test(tcase, drops_stale_answers);
    tcase_add_test(tcase, says_what_it_hides);
    tcase_add_test(tcase, footers);
    tcase_add_test(tcase, decides_before_steps);
    tcase_add_test(tcase, enter_never_attaches);
    tcase_add_test(tcase, attaches);
    tcase_add_test(tcase, failure_stays);
    tcase_add_test(tcase, another_source_is_looked_at_anew);
    tcase_add_test(tcase, goes_on_when_left);
    tcase_add_test(tcase, cancels);
    tcase_add_test(tcase, container_restarts);
    tcase_add_test(tcase, container_goes);
    tcase_add_test(tcase, others_change);
    tcase_add_test(tcase, draft);
    tcase_add_test(tcase, source_is_silent);
    tcase_add_test(tcase, refused_for_one);
    tcase_add_test(tcase, several);
    tcase_add_test(tcase, completes);
    tcase_add_test(tcase, completes_nothing);
    tcase_add_test(tcase, raw_names);
    tcase_add_test(tcase, browses);
    tcase_add_test(tcase, kinds_of_sources);
    tcase_add_test(tcase, options);
    tcase_add_test(tcase, subjects);
    tcase_add_test(tcase, little_room);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("attach_page", add);
}
