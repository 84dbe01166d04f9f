// What is attached, chosen from what the engine lists: the test is the engine.
#include <locale.h>

#include "dialog_news.h"
#include "runner.h"

static struct stage stage;

static void open_page(void)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct error err = {.code = ERROR_NONE};

    ck_assert_msg(attach_page_open(&stage.host, &subject, &err) == 0, "%s", err.message);
}

static void begin_at(int height, int width, bool utf8)
{
    stage_begin(&stage, height, width, utf8, NULL, NULL);
    news_privileged(&stage);
    news_containers(&stage, 100);
    open_page();
}

static void begin(void)
{
    begin_at(24, 80, true);
}

static void finish(void)
{
    stage_finish(&stage);
}

// The kind of this name, from the menu of kinds.
static void choose_kind(const char *name)
{
    stage_press(&stage, "Ctrl-O");
    ck_assert_shows(&stage, "What is to be attached?");
    stage_press(&stage, "/");
    stage_type(&stage, name);
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
}

static json_int_t asked_for(const char *method, json_t **ret_params)
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

// What the next request of this method has as its source.
static void asks_about(const char *method, const char *source)
{
    json_t *params;

    (void)asked_for(method, &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "source")), source);
    json_decref(params);
}

static json_t *two_volumes(void)
{
    return json_pack("{s:[{s:s, s:s, s:s, s:[s,s], s:n}, {s:s, s:s, s:n, s:[], s:s}], s:n}",
                     "volumes", "name", "logs", "runtime", "davit", "path",
                     "/var/lib/davit/volumes/logs", "used_by", "web", "db", "mounts", "name",
                     "shared", "runtime", "docker", "path", "used_by", "mounts", "nfs nas:/v",
                     "why");
}

START_TEST(volume)
{
    choose_kind("volume");
    ck_assert_shows(&stage, "looking …");
    stage_answer(&stage, asked_for("volumes", NULL), two_volumes());
    stage_until(&stage, "davit, used by web");
    ck_assert_shows(&stage, "logs    davit, used by web,db");
    ck_assert_shows(&stage, "shared  docker, not used, mounts nfs nas:/v");
    stage_press(&stage, "Down");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Source  volume:docker/shared");
    stage_type(&stage, "/mnt"); // the focus went on
    asks_about("plan", "volume:docker/shared");
}
END_TEST

// It begins at the one that is there.
START_TEST(volume_again)
{
    stage_type(&stage, "volume:docker/shared");
    stage_press(&stage, "Ctrl-O");
    stage_answer(&stage, asked_for("volumes", NULL), two_volumes());
    stage_until(&stage, "davit, used by web");
    stage_press(&stage, "Up");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Source  volume:davit/logs");
}
END_TEST

// None, some that could not be asked for, an engine that fails, one that says nothing.
START_TEST(volumes_missing)
{
    choose_kind("volume");
    stage_answer(&stage, asked_for("volumes", NULL), json_pack("{s:[], s:n}", "volumes", "why"));
    stage_until_said(&stage, "there is no named volume");
    ck_assert_uint_eq(stage.n_dialogs, 1);
    choose_kind("volume");
    stage_answer(&stage, asked_for("volumes", NULL),
                 json_pack("{s:[], s:s}", "volumes", "why", "docker does not answer"));
    stage_until_said(&stage, "docker does not answer");
    choose_kind("volume");
    stage_answer(&stage, asked_for("volumes", NULL), json_pack("{s:[{}], s:n}", "volumes", "why"));
    stage_until_said(&stage, "name");
    choose_kind("volume");
    stage_refuse(&stage, asked_for("volumes", NULL), "failed", "nothing works");
    stage_until_said(&stage, "nothing works");
    choose_kind("volume");
    (void)asked_for("volumes", NULL);
    stage_press(&stage, "Esc");
    (void)asked_for("cancel", NULL); // nobody waits for it
    ck_assert_uint_eq(stage.n_dialogs, 1);
    ck_assert_hides(&stage, "volume:");
}
END_TEST

static json_t *listing(const char *name, const char *type)
{
    return json_pack("{s:s, s:[{s:s, s:s}], s:b}", "path", "/", "entries", "name", name, "type",
                     type, "truncated", 0);
}

START_TEST(device)
{
    choose_kind("block");
    stage_answer(&stage, asked_for("devices", NULL),
                 json_pack("{s:[{s:s, s:s}, {s:s, s:s, s:s, s:s, s:I, s:[s], s:n}]}", "devices",
                           "node", "/dev/sda1", "refused", "it is swap space", "node", "/dev/sdb1",
                           "type", "ext4", "label", "BACKUP", "model", "T7", "size",
                           (json_int_t)1 << 30, "mounted", "/media/b", "refused"));
    stage_until(&stage, "/dev/sda1");
    ck_assert_shows(&stage, "it is swap space");
    ck_assert_shows(&stage, "ext4 BACKUP, 1.0G, T7, mounted at /media/b");
    stage_press(&stage, "Enter"); // refused
    ck_assert_str_eq(stage.said, "it is swap space");
    stage_press(&stage, "Down");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Source  device:/dev/sdb1");
    asks_about("describe", "device:/dev/sdb1");
}
END_TEST

START_TEST(image)
{
    choose_kind("image");
    stage_answer(&stage, asked_for("browse", NULL), listing("disk.img", "file"));
    stage_until(&stage, "disk.img");
    stage_press(&stage, "Down");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Source  image:/disk.img");
    asks_about("describe", "image:/disk.img");
}
END_TEST

// What was last asked with this method, once the fields rest.
static json_t *asked_at_last(const char *method)
{
    json_t *found = NULL, *request;

    while ((request = stage_asked(&stage, STAGE_QUIET_MS)) != NULL) {
        if (strcmp(json_string_value(json_object_get(request, "method")), method) == 0) {
            json_decref(found);
            found = json_incref(json_object_get(request, "params"));
        }
        json_decref(request);
    }
    ck_assert_msg(found != NULL, "no %s was asked", method);
    return found;
}

static void fill_helper(void)
{
    choose_kind("helper");
    ck_assert_shows(&stage, "By which mount helper?");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Source  -t nfs");
    stage_type(&stage, "nas:/vol"); // the focus stayed
    stage_press(&stage, "Enter");
    stage_type(&stage, "user=x,pass=hush");
}

// Its options are nowhere to be seen or heard.
START_TEST(helper)
{
    struct dialog *page;
    json_t *params;
    char *said;

    fill_helper();
    page = stage_top(&stage);
    ck_assert_shows(&stage, "-o      \xe2\x80\xa2\xe2\x80\xa2");
    ck_assert_hides(&stage, "hush");
    said = page->ops->plain(page);
    ck_assert_ptr_nonnull(strstr(said, "options of the helper"));
    ck_assert_ptr_null(strstr(said, "hush"));
    free(said);
    ck_assert_ptr_null(page->ops->line(page));
    stage_press(&stage, "Enter");
    ck_assert_ptr_nonnull(page->ops->line(page));
    stage_type(&stage, "/mnt");
    params = asked_at_last("plan");
    ck_assert_str_eq(json_string_value(json_object_get(params, "source")), "nas:/vol");
    ck_assert_str_eq(json_string_value(json_object_get(params, "type")), "nfs");
    ck_assert_str_eq(json_string_value(json_object_get(params, "helper_options")),
                     "user=x,pass=hush");
    json_decref(params);
    // No draft has them.
    stage_press(&stage, "Esc");
    open_page();
    ck_assert_shows(&stage, "Source  -t nfs nas:/vol");
    ck_assert_hides(&stage, "\xe2\x80\xa2\xe2\x80\xa2");
    params = asked_at_last("plan");
    ck_assert_ptr_null(json_object_get(params, "helper_options"));
    json_decref(params);
}
END_TEST

// What was said of one kind is not said of another.
START_TEST(offset)
{
    json_t *params;

    fill_helper();
    stage_press(&stage, "Up");
    stage_press(&stage, "Ctrl-U");
    stage_type(&stage, "image:/disk");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "Offset");
    stage_type(&stage, "1048576");
    ck_assert_shows(&stage, "1048576");
    stage_press(&stage, "Enter");
    stage_type(&stage, "/mnt");
    params = asked_at_last("plan");
    ck_assert_str_eq(json_string_value(json_object_get(params, "source")), "image:/disk");
    ck_assert_int_eq(json_integer_value(json_object_get(params, "offset")), 1048576);
    ck_assert_ptr_null(json_object_get(params, "helper_options"));
    ck_assert_ptr_null(json_object_get(params, "type"));
    json_decref(params);
}
END_TEST

static void choose_in_db(void)
{
    json_t *params;
    json_int_t id;

    choose_kind("another");
    ck_assert_shows(&stage, "A directory of which container?");
    stage_press(&stage, "/");
    stage_type(&stage, "db");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    id = asked_for("browse", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "container")), "docker/db-id");
    json_decref(params);
    stage_answer(&stage, id,
                 json_pack("{s:s, s:[{s:s, s:s, s:s}], s:b}", "path", "/", "entries", "name",
                           "d\xef\xbf\xbd", "name_b64", "ZP8=", "type", "directory", "truncated",
                           0));
    stage_until(&stage, "d\xef\xbf\xbd/");
    stage_press(&stage, "Down");
    stage_press(&stage, "Space");
}

// The bytes of a name that is no text go along.
START_TEST(container)
{
    json_t *params;

    choose_in_db();
    ck_assert_shows(&stage, "Source  db:/d\xef\xbf\xbd");
    (void)asked_for("describe", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "source_b64")), "ZGI6L2T/");
    json_decref(params);
}
END_TEST

// What is typed already is where one begins.
START_TEST(container_typed)
{
    json_t *params;

    stage_type(&stage, "db:/srv/da");
    stage_press(&stage, "Ctrl-O");
    (void)asked_for("browse", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "container")), "docker/db-id");
    ck_assert_str_eq(json_string_value(json_object_get(params, "path")), "/srv");
    json_decref(params);
}
END_TEST

// A name that two have is not the one that is sent.
START_TEST(container_of_two)
{
    json_t *twin = news_container("db", 300);

    (void)json_object_set_new(twin, "key", json_string("docker/twin"));
    (void)json_object_set_new(twin, "id", json_string("twin"));
    news_tell(&stage, "containers",
              json_pack("{s:[o, o, o], s:[], s:i, s:b}", "set", news_container("web", 100),
                        news_container("db", 200), twin, "gone", "unreadable", 0, "whole", 1));
    choose_in_db();
    ck_assert_shows(&stage, "Source  docker/db-id:/d");
}
END_TEST

// ---- why a container sees a path, or not ----

static void ask_why(const char *path)
{
    struct shown_filesystem filesystem = {.mount_point = {(char *)"/data", NULL}};
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct error err = {.code = ERROR_NONE};

    stage_press(&stage, "Esc");
    subject.kind = SUBJECT_FILESYSTEM;
    subject.filesystem = &filesystem;
    ck_assert_int_eq(why_page_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "What web sees of a path of the host");
    ck_assert_shows(&stage, "Path  /data"); // of the filesystem
    stage_type(&stage, path);
    stage_press(&stage, "Enter");
    ck_assert_uint_eq(stage.n_dialogs, 1); // the answer's page
}

START_TEST(why)
{
    json_t *params;
    json_int_t id;

    ask_why("/x");
    id = asked_for("why", &params);
    ck_assert_str_eq(json_string_value(json_object_get(params, "container")), "docker/web-id");
    ck_assert_str_eq(json_string_value(json_object_get(params, "path")), "/data/x");
    json_decref(params);
    stage_answer(&stage, id,
                 json_pack("{s:b, s:s, s:s}", "visible", 1, "inside", "/srv/x", "why",
                           "It was mounted before the container began."));
    stage_until(&stage, "It was mounted before");
    ck_assert_shows(&stage, "/srv/x");
    ck_assert_shows(&stage, "yes");
}
END_TEST

START_TEST(why_not_known)
{
    ask_why("/gone");
    stage_refuse(&stage, asked_for("why", NULL), "no-path", "/data/gone is not there");
    stage_until(&stage, "/data/gone is not there");
    ck_assert_shows(&stage, "a hint");
}
END_TEST

START_TEST(why_completes)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct error err = {.code = ERROR_NONE};
    json_t *params;
    json_int_t id;

    stage_press(&stage, "Esc");
    ck_assert_int_eq(why_page_open(&stage.host, &subject, &err), 0);
    stage_press(&stage, "Enter"); // nothing is asked about nothing
    ck_assert_str_eq(stage.said, "a path of this host, from / on");
    stage_type(&stage, "/sr");
    stage_press(&stage, "Tab");
    id = asked_for("browse", &params);
    ck_assert(json_is_null(json_object_get(params, "container")));
    json_decref(params);
    stage_answer(&stage, id, listing("srv", "directory"));
    stage_until(&stage, "Path  /srv/");
}
END_TEST

// Little room, no UTF-8.
START_TEST(little_room)
{
    stage_finish(&stage);
    begin_at(10, 40, false);
    choose_kind("volume");
    stage_answer(&stage, asked_for("volumes", NULL), two_volumes());
    stage_until(&stage, "davit, used by web");
    ck_assert_shows(&stage, "logs");
    ck_assert_shows(&stage, "davit, used by web,db");
    stage_press(&stage, "Down");
    ck_assert_shows(&stage, "nas:/v");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_test(tcase, volume);
    tcase_add_test(tcase, volume_again);
    tcase_add_test(tcase, volumes_missing);
    tcase_add_test(tcase, device);
    tcase_add_test(tcase, image);
    tcase_add_test(tcase, helper);
    tcase_add_test(tcase, offset);
    tcase_add_test(tcase, container);
    tcase_add_test(tcase, container_typed);
    tcase_add_test(tcase, container_of_two);
    tcase_add_test(tcase, why);
    tcase_add_test(tcase, why_not_known);
    tcase_add_test(tcase, why_completes);
    tcase_add_test(tcase, little_room);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("attach_pickers", add);
}
