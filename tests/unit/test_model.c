// What the engine tells, taken in: whole or not at all, sanitised, with deltas.
#include "tui/model/model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "runner.h"

static struct model *make(void)
{
    struct model *model;
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(model_new(&model, &err), 0);
    return model;
}

static int tell(struct model *model, const char *method, const char *text, struct error *err)
{
    json_t *params = json_loads(text, JSON_ALLOW_NUL, NULL);
    int r;

    ck_assert_msg(params != NULL, "no JSON: %s", text);
    *err = (struct error){.code = ERROR_NONE};
    r = model_news(model, method, params, err);
    json_decref(params);
    return r;
}

static void keys_are(const struct model *model, const char *expected)
{
    char keys[256] = "";

    for (size_t i = 0; i < model->containers->n; i++) {
        (void)strcat(keys, model->containers->items[i]->key);
        (void)strcat(keys, " ");
    }
    ck_assert_str_eq(keys, expected);
}

START_TEST(containers_come_and_go)
{
    struct model *model = make();
    struct error err;
    struct container_set *held;

    ck_assert(!model->containers_known);
    ck_assert_int_eq(
        tell(model, "containers",
             "{\"whole\":true,\"set\":[{\"key\":\"b\",\"name\":\"two\",\"user\":\"me\"},"
             "{\"key\":\"a\",\"pod\":\"shop/api\",\"name\":\"app\",\"pid\":7,"
             "\"start_time\":99,\"userns\":5,\"attached_count\":2}],"
             "\"runtimes\":[{\"name\":\"docker\",\"state\":\"unreachable\"}],"
             "\"unreadable\":3}",
             &err),
        MODEL_CONTAINERS | MODEL_RUNTIMES);
    keys_are(model, "a b ");
    ck_assert(model->containers_known);
    ck_assert_str_eq(model_container(model, "a")->label, "shop/api:app");
    ck_assert_str_eq(model_container(model, "b")->label, "me:two");
    ck_assert_int_eq(model_container(model, "a")->pid, 7);
    ck_assert_uint_eq(model_container(model, "a")->start_time, 99);
    ck_assert(model_container(model, "a")->user_namespace);
    ck_assert_int_eq(model_container(model, "a")->attached, 2);
    ck_assert_int_eq(model_container(model, "b")->attached, -1);
    ck_assert_uint_eq(model->unreadable, 3);
    ck_assert_uint_eq(model->n_runtimes, 1);

    held = container_set_ref(model->containers);
    ck_assert_int_eq(
        tell(model, "containers",
             "{\"set\":[{\"key\":\"c\",\"name\":\"x\"},{\"key\":\"a\",\"name\":\"n\"}],"
             "\"gone\":[\"b\",\"nobody\"]}",
             &err),
        MODEL_CONTAINERS);
    keys_are(model, "a c ");
    ck_assert_str_eq(model_container(model, "a")->label, "n");
    ck_assert_ptr_null(model_container(model, "b"));
    ck_assert_uint_eq(model->n_runtimes, 1); // absent: as before
    // Who holds the older set still sees it as it was.
    ck_assert_uint_eq(held->n, 2);
    ck_assert_str_eq(held->items[0]->label, "shop/api:app");
    container_set_unref(held);

    ck_assert_int_eq(tell(model, "containers", "{\"whole\":true,\"set\":[]}", &err),
                     MODEL_CONTAINERS);
    keys_are(model, "");
    model_free(model);
}
END_TEST

static const struct {
    const char *method, *params, *says;
} wrong[] = {
    {"containers", "{\"set\":[{\"name\":\"no key\"}]}", "key"},
    {"containers", "{\"set\":[{\"key\":5}]}", "key"},
    {"containers", "{\"set\":{}}", "set"},
    {"containers", "{\"set\":[7]}", "container"},
    {"containers", "{\"set\":[],\"gone\":[1]}", "gone"},
    {"containers", "{\"set\":[],\"gone\":\"a\"}", "gone"},
    {"containers", "{\"set\":[{\"key\":\"z\",\"pid\":\"7\"}]}", "pid"},
    {"containers", "{\"set\":[{\"key\":\"z\",\"started\":\"yesterday\"}]}", "started"},
    {"containers", "{\"set\":[],\"runtimes\":[{}]}", "name"},
    {"filesystems", "{\"filesystems\":[{\"device\":\"/dev/sda\"}]}", "mount_point"},
    {"filesystems", "{\"filesystems\":[{\"mount_point\":\"/\",\"options\":[3]}]}", "options"},
    {"filesystems", "{\"filesystems\":[{\"mount_point\":\"/\",\"mount_point_b64\":\"?\"}]}", "b64"},
    {"filesystems", "{\"filesystems\":[{\"mount_point\":\"/\",\"mount_point_b64\":\"YQBi\"}]}",
     "b64"}, // a NUL inside
    {"mounts", "{\"mounts\":[]}", "container"},
    {"mounts", "{\"container\":\"a\",\"mounts\":[{}]}", "target"},
    {"journal", "{\"attachments\":[{}],\"events\":[]}", "id"},
    {"journal", "{\"attachments\":[],\"events\":[{\"at\":3}]}", "at"},
    {"step", "{\"operation\":[]}", "operation"},
    {"notice", "{}", "text"},
};

static int runtimes(struct model *model, const char *docker)
{
    char params[512];
    struct error err;

    (void)snprintf(params, sizeof params,
                   "{\"set\":[],\"runtimes\":[{\"name\":\"proc\",\"state\":\"connected\"},"
                   "{\"name\":\"docker\",%s}]}",
                   docker);
    return tell(model, "containers", params, &err);
}

static const struct log_entry *last(const struct model *model)
{
    ck_assert_uint_gt(model->log->n, 0);
    return model->log->entries[model->log->n - 1];
}

// What was so at the beginning is no news.
START_TEST(a_runtime_that_goes_and_comes_is_one_line_each)
{
    static const int plain = MODEL_CONTAINERS | MODEL_RUNTIMES;
    struct model *model = make();

    ck_assert_int_eq(runtimes(model, "\"state\":\"connected\""), plain);
    ck_assert_uint_eq(model->log->n, 0);
    ck_assert_int_eq(runtimes(model, "\"state\":\"unreachable\",\"error\":\"no answer\""),
                     plain | MODEL_LOG);
    ck_assert_str_eq(last(model)->text, "docker is down: no answer");
    ck_assert_int_eq(last(model)->kind, LOG_WARNING);
    // As down as before, for another reason.
    ck_assert_int_eq(runtimes(model, "\"state\":\"unreachable\",\"error\":\"refused\""), plain);
    ck_assert_int_eq(runtimes(model, "\"state\":\"absent\""), plain);
    ck_assert_int_eq(runtimes(model, "\"state\":\"connected\""), plain | MODEL_LOG);
    ck_assert_str_eq(last(model)->text, "docker is up: it answers");
    ck_assert_int_eq(last(model)->kind, LOG_NOTICE);
    ck_assert_int_eq(runtimes(model, "\"state\":\"reading-only\""), plain);
    ck_assert_int_eq(runtimes(model, "\"state\":\"absent\""), plain | MODEL_LOG);
    ck_assert_str_eq(last(model)->text, "docker is down: nothing is at its socket");
    ck_assert_int_eq(runtimes(model, "\"state\":\"reading-only\""), plain | MODEL_LOG);
    ck_assert_str_eq(last(model)->text, "docker is up: for reading only");
    ck_assert_uint_eq(model->log->n, 4);
    model_free(model);
}
END_TEST

START_TEST(wrong_news_change_nothing)
{
    struct model *model = make();
    struct error err;

    ck_assert_int_gt(tell(model, "containers", "{\"set\":[{\"key\":\"a\",\"name\":\"n\"}]}", &err),
                     0);
    ck_assert_int_lt(tell(model, wrong[_i].method, wrong[_i].params, &err), 0);
    ck_assert_msg(strstr(err.message, wrong[_i].says) != NULL, "%s", err.message);
    keys_are(model, "a ");
    ck_assert_uint_eq(model->filesystems->n, 0);
    ck_assert(!model->filesystems_known);
    ck_assert_uint_eq(model->attachments->n, 0);
    ck_assert_ptr_null(model->mounts_of);
    model_free(model);
}
END_TEST

START_TEST(text_from_the_engine_is_cleaned_again)
{
    struct model *model = make();
    struct error err;
    const struct shown_mount *mount;

    ck_assert_int_gt(tell(model, "containers",
                          "{\"set\":[{\"key\":\"a\",\"name\":\"x\\u001b]52;c;\\u0007\"}]}", &err),
                     0);
    ck_assert_ptr_null(strchr(model_container(model, "a")->name, 033));
    ck_assert_ptr_null(strchr(model_container(model, "a")->label, 07));
    ck_assert_int_gt(tell(model, "mounts",
                          "{\"container\":\"a\",\"mounts\":[{\"target\":\"/a\\u001b\","
                          "\"target_b64\":\"L2Eb\",\"options\":[\"ro\",\"nosuid\"],"
                          "\"read_only\":true,\"mount_id\":9,\"id\":\"0123456789ab\"}]}",
                          &err),
                     0);
    mount = model->mounts->items[0];
    ck_assert_ptr_null(strchr(mount->target.text, 033));
    ck_assert_str_eq(mount->target.bytes, "/a\033"); // goes back to the engine, nowhere else
    ck_assert_str_eq(mount->options, "ro,nosuid");
    ck_assert_str_eq(mount->attachment, "0123456789ab");
    ck_assert_uint_eq(mount->id, 9);
    model_free(model);
}
END_TEST

// A mount point deeper than PATH_MAX and an overlay of many layers, as whoever may mount in the
// container can make them.
START_TEST(one_that_is_too_long_hides_nothing)
{
    struct model *model = make();
    char *path = calloc(1, 20001), *text = NULL, *coded = NULL;
    struct error err;
    int r;

    memset(path, 'd', 20000);
    path[0] = '/';
    coded = text_base64(path, 20000);
    text = text_format("{\"container\":\"a\",\"mounts\":[{\"target\":\"%s\"},"
                       "{\"target\":\"/c\",\"target_b64\":\"%s\"},"
                       "{\"target\":\"/o\",\"options\":[\"ro\",\"lowerdir=%s\"]},"
                       "{\"target\":\"/last\"}]}",
                       path, coded, path);
    r = tell(model, "mounts", text, &err);
    ck_assert_msg(r > 0, "%s", err.message);
    ck_assert_uint_eq(model->mounts->n, 4);
    ck_assert_uint_le(strlen(model->mounts->items[0]->target.text), 16 * 1024);
    ck_assert_str_eq(model->mounts->items[0]->target.bytes, path);
    ck_assert_str_eq(model->mounts->items[1]->target.bytes, path);
    ck_assert_str_eq(model->mounts->items[2]->options, "ro,\xe2\x80\xa6");
    ck_assert_str_eq(model->mounts->items[3]->target.text, "/last");
    ck_assert_ptr_null(model->mounts->items[3]->target.bytes);
    free(path);
    free(coded);
    free(text);
    model_free(model);
}
END_TEST

// Whatever the lengths are the mark of the cut fits.
START_TEST(options_of_every_length_fit)
{
    struct model *model = make();
    char *option = calloc(1, 16 * 1024);
    struct error err;

    for (size_t length = 16 * 1024 - 12; length < 16 * 1024 - 1; length++) {
        _cleanup_free_ char *text = NULL;

        memset(option, 'o', length);
        text = text_format("{\"container\":\"a\",\"mounts\":[{\"target\":\"/\","
                           "\"options\":[\"a\",\"%s\",\"the last one\"]}]}",
                           option);
        ck_assert_int_gt(tell(model, "mounts", text, &err), 0);
        ck_assert_uint_lt(strlen(model->mounts->items[0]->options), 16 * 1024);
        ck_assert_ptr_nonnull(strstr(model->mounts->items[0]->options, ",\xe2\x80\xa6"));
    }
    free(option);
    model_free(model);
}
END_TEST

START_TEST(mounts_that_cannot_be_read)
{
    struct model *model = make();
    struct error err;

    ck_assert_int_gt(tell(model, "mounts",
                          "{\"container\":\"a\",\"mounts\":null,\"error\":{\"code\":\"gone\","
                          "\"message\":\"it has ended\",\"hint\":\"start it\"}}",
                          &err),
                     0);
    ck_assert_int_eq(model->mounts_error.code, ERROR_GONE);
    ck_assert_str_eq(model->mounts_error.message, "it has ended");
    ck_assert_int_gt(tell(model, "mounts", "{\"container\":\"a\",\"mounts\":[]}", &err), 0);
    ck_assert_int_eq(model->mounts_error.code, ERROR_NONE);
    model_free(model);
}
END_TEST

#define LOST                                                                            \
    "{\"attachments\":[{\"id\":\"000000000001\",\"state\":\"gone\",\"target\":\"/a\"}," \
    "{\"id\":\"000000000002\",\"state\":\"live\",\"target\":\"/b\"}],\"events\":[]}"

START_TEST(dismissed_stays_dismissed)
{
    struct model *model = make();
    struct error err;

    ck_assert_int_gt(tell(model, "journal", LOST, &err), 0);
    ck_assert_uint_eq(model->attachments->n, 2);
    ck_assert_int_eq(model_dismiss(model, "000000000001"), MODEL_ATTACHMENTS);
    ck_assert_uint_eq(model->attachments->n, 1);
    ck_assert_int_gt(tell(model, "journal", LOST, &err), 0);
    ck_assert_uint_eq(model->attachments->n, 1);
    ck_assert_int_eq(model_dismiss(model, "000000000002"), MODEL_ATTACHMENTS);
    ck_assert_uint_eq(model->attachments->n, 1); // what is attached cannot be dismissed
    model_free(model);
}
END_TEST

START_TEST(hello_of_another_protocol)
{
    struct model *model = make();
    struct error err = {.code = ERROR_NONE};
    json_t *hello = json_pack("{s:i, s:s, s:b}", "protocol", 2, "host", "node7", "read_only", 1);

    ck_assert_int_lt(model_hello(model, hello, &err), 0);
    ck_assert_int_eq(err.code, ERROR_UNSUPPORTED);
    ck_assert_ptr_null(model->engine.host);
    ck_assert_int_eq(json_object_set_new(hello, "protocol", json_integer(1)), 0);
    ck_assert_int_eq(model_hello(model, hello, &err), MODEL_ENGINE);
    ck_assert_str_eq(model->engine.host, "node7");
    ck_assert(model->engine.read_only);
    json_decref(hello);
    model_free(model);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_runtime_that_goes_and_comes_is_one_line_each);
    tcase_add_test(tcase, containers_come_and_go);
    tcase_add_loop_test(tcase, wrong_news_change_nothing, 0, (int)ARRAY_SIZE(wrong));
    tcase_add_test(tcase, text_from_the_engine_is_cleaned_again);
    tcase_add_test(tcase, one_that_is_too_long_hides_nothing);
    tcase_add_test(tcase, options_of_every_length_fit);
    tcase_add_test(tcase, mounts_that_cannot_be_read);
    tcase_add_test(tcase, dismissed_stays_dismissed);
    tcase_add_test(tcase, hello_of_another_protocol);
}

int main(void)
{
    return run_suite("model", add);
}
