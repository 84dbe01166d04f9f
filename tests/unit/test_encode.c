#include "core/wire/encode.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "core/base/text.h"
#include "tests/unit/runner.h"

static char text_web[] = "web", text_target[] = "/mnt/data", text_ro[] = "ro",
            text_nosuid[] = "nosuid", text_warning[] = "left out: /srv/data/old",
            text_step[] = "clone /srv/data", text_call[] = "open_tree(</srv/data>, \"\")",
            text_device[] = "/dev/sda2", text_empty[] = "", text_bad[] = "/caf\xe9\n",
            text_root[] = "/", text_type[] = "ext4", text_path[] = "/var/log";

// Exactly these keys, parted by spaces, no other and none missing. Takes the object over.
static void has_keys(json_t *object, const char *keys)
{
    _cleanup_free_ char *copy = strdup(keys);
    size_t n = 0;

    ck_assert_ptr_nonnull(object);
    for (char *rest = copy, *key; (key = strsep(&rest, " "));) {
        ck_assert_msg(json_object_get(object, key) != NULL, "no key %s", key);
        n++;
    }
    if (json_object_size(object) != n) {
        char *dump = json_dumps(object, 0);

        ck_abort_msg("other keys than %s: %s", keys, dump);
    }
    json_decref(object);
}

static const char *string(json_t *object, const char *key)
{
    const char *value = json_string_value(json_object_get(object, key));

    ck_assert_msg(value != NULL, "%s is no string", key);
    return value;
}

static bool is_null(json_t *object, const char *key)
{
    return json_is_null(json_object_get(object, key));
}

#define RESULT_KEYS                                                                            \
    "container target ok error operation device major_minor sub_root sub_path method options " \
    "read_only mount_id verified origin reveals reveals_nothing steps warnings holders complete"

static struct result sample(void)
{
    static struct plan_step steps[] = {
        {.action = ACTION_CLONE, .text = text_step, .call = text_call, .done = true, .took_us = 12},
        {.action = ACTION_MOVE, .text = text_step, .done = true, .sys_errno = EBUSY, .took_us = 3},
        {.action = ACTION_VERIFY, .text = text_step},
    };
    static char *option_list[] = {text_ro, text_nosuid, NULL}, *warnings[] = {text_warning, NULL};

    return (struct result){
        .container = text_web,
        .target = text_target,
        .ok = true,
        .device = text_device,
        .sub_path = text_empty,
        .method = "tree",
        .options = option_list,
        .read_only = true,
        .mount_id = UINT64_C(4294967301),
        .verified = true,
        .steps = steps,
        .n_steps = 3,
        .warnings = warnings,
    };
}

START_TEST(test_error)
{
    struct error err;
    json_t *object;

    (void)error_set(&err, ERROR_BUSY, EBUSY, "in use");
    has_keys(encode_error(&err), "code exit stage path errno message hint");
    object = encode_failure(&err);
    ck_assert_str_eq(string(json_object_get(object, "error"), "code"), "busy");
    ck_assert_str_eq(string(json_object_get(object, "error"), "errno"), "EBUSY");
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(object, "error"), "exit")),
                     4);
    ck_assert(is_null(json_object_get(object, "error"), "stage"));
    ck_assert(is_null(json_object_get(object, "error"), "hint"));
    json_decref(object);
    (void)error_set(&err, ERROR_USAGE, 0, "no");
    object = encode_error(&err);
    ck_assert(is_null(object, "errno"));
    json_decref(object);
}
END_TEST

START_TEST(test_result)
{
    struct result result = sample();
    json_t *object = encode_result(&result), *steps, *step;

    ck_assert_ptr_nonnull(object);
    has_keys(json_incref(object), RESULT_KEYS);
    ck_assert_str_eq(string(object, "container"), "web");
    ck_assert(is_null(object, "error"));
    ck_assert(is_null(object, "operation")); // none before it was performed
    ck_assert(is_null(object, "sub_root"));
    ck_assert_str_eq(string(object, "sub_path"), ""); // known: the root of the mount
    ck_assert_int_eq(json_integer_value(json_object_get(object, "mount_id")), 4294967301);
    ck_assert_uint_eq(json_array_size(json_object_get(object, "options")), 2);
    ck_assert_uint_eq(json_array_size(json_object_get(object, "warnings")), 1);
    ck_assert_uint_eq(json_array_size(json_object_get(object, "holders")), 0);
    ck_assert(is_null(object, "complete"));
    steps = json_object_get(object, "steps");
    ck_assert_uint_eq(json_array_size(steps), 3);
    step = json_array_get(steps, 0);
    has_keys(json_incref(step), "stage text call result errno took_us");
    ck_assert_str_eq(string(step, "stage"), "clone");
    ck_assert_str_eq(string(step, "result"), "ok");
    ck_assert(is_null(step, "errno"));
    ck_assert_int_eq(json_integer_value(json_object_get(step, "took_us")), 12);
    step = json_array_get(steps, 1);
    ck_assert_str_eq(string(step, "result"), "failed");
    ck_assert_str_eq(string(step, "errno"), "EBUSY");
    ck_assert(is_null(step, "call"));
    step = json_array_get(steps, 2);
    has_keys(json_incref(step), "stage text call result errno took_us");
    ck_assert(is_null(step, "result"));
    ck_assert(is_null(step, "took_us"));
    json_decref(object);
}
END_TEST

START_TEST(test_holders)
{
    struct holder holders[] = {
        {.pid = 812,
         .comm = "sleep",
         .command = "sleep 9",
         .kind = HOLDER_FD,
         .count = 2,
         .mnt_ns = 7,
         .path = text_target},
        {.kind = HOLDER_MOUNT, .path = text_target},
    };
    struct holder_list list = {.holders = holders, .n_holders = 2, .complete = true};
    struct result result = sample();
    json_t *object, *array;

    result.holders = &list;
    object = encode_result(&result);
    array = json_object_get(object, "holders");
    ck_assert(json_is_true(json_object_get(object, "complete")));
    has_keys(json_incref(json_array_get(array, 0)),
             "pid comm command container mnt_ns kind path count");
    ck_assert_int_eq(json_integer_value(json_object_get(json_array_get(array, 0), "pid")), 812);
    ck_assert_str_eq(string(json_array_get(array, 0), "kind"), "fd");
    ck_assert(is_null(json_array_get(array, 1), "pid"));
    ck_assert_str_eq(string(json_array_get(array, 1), "kind"), "mount");
    json_decref(object);
}
END_TEST

START_TEST(test_plan)
{
    struct result result = sample();
    json_t *object = encode_plan(&result);

    ck_assert_ptr_nonnull(object);
    has_keys(json_incref(object), "container target steps predicted warnings");
    has_keys(json_incref(json_object_get(object, "predicted")), RESULT_KEYS);
    has_keys(json_incref(json_array_get(json_object_get(object, "steps"), 0)), "stage text call");
    json_decref(object);
}
END_TEST

// What the exit status says is what the error object says.
START_TEST(test_report)
{
    static const struct {
        enum error_code codes[3];
        size_t n;
        const char *code; // of the whole; NULL: no error
    } reports[] = {
        {{ERROR_NONE}, 1, NULL},
        {{ERROR_NONE, ERROR_NONE}, 2, NULL},
        {{ERROR_BUSY}, 1, "busy"},
        {{ERROR_NONE, ERROR_BUSY}, 2, "partial"},
        {{ERROR_BUSY, ERROR_BUSY}, 2, "busy"},
        {{ERROR_BUSY, ERROR_UNSAFE, ERROR_NONE}, 3, "partial"},
    };
    struct result results[3] = {sample(), sample(), sample()};
    struct result *list[] = {&results[0], &results[1], &results[2]};
    struct report report = {.results = list, .n_results = reports[_i].n};
    json_t *object, *error;
    struct error whole;

    for (size_t i = 0; i < report.n_results; i++)
        if (reports[_i].codes[i] != ERROR_NONE) {
            results[i].ok = false;
            (void)error_set(&results[i].error, reports[_i].codes[i], 0, "number %zu", i);
        }
    object = encode_report(&report, 0);
    ck_assert_ptr_nonnull(object);
    ck_assert_uint_eq(json_array_size(json_object_get(object, "results")), report.n_results);
    error = json_object_get(object, "error");
    report_error(&report, &whole);
    ck_assert_int_eq(error_exit_status(whole.code), report_exit_status(&report));
    if (reports[_i].code) {
        ck_assert_str_eq(string(error, "code"), reports[_i].code);
        ck_assert_int_eq(json_integer_value(json_object_get(error, "exit")),
                         report_exit_status(&report));
        ck_assert_ptr_nonnull(strstr(string(error, "message"), "number"));
    } else {
        ck_assert_ptr_null(error);
    }
    json_decref(object);
    object = encode_report(&report, ENCODE_PLANS);
    ck_assert_uint_eq(json_array_size(json_object_get(object, "plans")), report.n_results);
    json_decref(object);
}
END_TEST

START_TEST(test_container)
{
    struct container container = {.id = text_web, .name = text_web, .runtime = text_web};
    struct runtime_status status = {.name = "docker", .state = RUNTIME_UNREACHABLE};
    json_t *object = encode_container(&container, 2);

    has_keys(json_incref(object), "id name name_source runtime image pod state started pid mnt_ns "
                                  "userns attached_count labels contested outer user");
    ck_assert(is_null(object, "pid"));
    ck_assert(is_null(object, "started"));
    ck_assert(json_is_object(json_object_get(object, "labels")));
    ck_assert_int_eq(json_integer_value(json_object_get(object, "attached_count")), 2);
    json_decref(object);
    object = encode_container(&container, -1);
    ck_assert(is_null(object, "attached_count"));
    json_decref(object);

    (void)error_set(&status.error, ERROR_FAILED, ECONNREFUSED, "refused");
    error_hint(&status.error, "start it");
    object = encode_runtime(&status);
    has_keys(json_incref(object), "name state endpoint error hint names_from_disk");
    ck_assert_str_eq(string(object, "state"), "unreachable");
    ck_assert_str_eq(string(object, "error"), "refused");
    ck_assert_str_eq(string(object, "hint"), "start it");
    json_decref(object);
}
END_TEST

static const char *const merged[] = {"rw", "nosuid", "context=\"a,b\"", "password=***", "errors=x"};

START_TEST(test_filesystem)
{
    char mount_options[] = "rw,nosuid", fs_options[] = "rw,context=\"a,b\",password=x,errors=x";
    struct mount_entry mount = {.device = makedev(8, 2),
                                .root = text_root,
                                .target = text_bad,
                                .options = mount_options,
                                .fs_options = fs_options,
                                .type = text_type,
                                .source = text_device,
                                .peer_group = 5};
    struct filesystem filesystem = {.mount = &mount,
                                    .usage_state = USAGE_READ,
                                    .size = 100,
                                    .used = 40,
                                    .available = 0,
                                    .usage_at = 1};
    json_t *object = encode_filesystem(&filesystem), *list;
    char *bytes;
    size_t length;

    has_keys(
        json_incref(object),
        "mount_point mount_point_b64 device major_minor sub_root type options read_only "
        "propagation size used avail usage_at usage label uuid model transport holders internal");
    ck_assert_str_eq(string(object, "mount_point"), "/caf\xef\xbf\xbd\xef\xbf\xbd");
    bytes = text_base64_decode(string(object, "mount_point_b64"), &length);
    ck_assert_str_eq(bytes, text_bad);
    free(bytes);
    ck_assert_str_eq(string(object, "major_minor"), "8:2");
    ck_assert_str_eq(string(object, "usage_at"), "1970-01-01T00:00:01Z");
    ck_assert_int_eq(json_integer_value(json_object_get(object, "avail")), 0);
    ck_assert(json_is_integer(json_object_get(object, "avail"))); // none left is not unknown
    list = json_object_get(object, "options");
    ck_assert_uint_eq(json_array_size(list), sizeof merged / sizeof merged[0]);
    for (size_t i = 0; i < sizeof merged / sizeof merged[0]; i++)
        ck_assert_str_eq(json_string_value(json_array_get(list, i)), merged[i]);
    json_decref(object);

    filesystem.usage_state = USAGE_NOT_ANSWERING;
    object = encode_filesystem(&filesystem);
    ck_assert(is_null(object, "size") && is_null(object, "used") && is_null(object, "avail"));
    ck_assert_str_eq(string(object, "usage"), "not-answering");
    json_decref(object);
}
END_TEST

START_TEST(test_container_mount)
{
    struct mount_entry entry = {.device = makedev(0, 40),
                                .root = text_path,
                                .target = text_target,
                                .options = text_ro,
                                .type = text_type,
                                .source = text_device,
                                .fs_options = text_ro,
                                .master = 3};
    struct container_mount mount = {.entry = &entry, .origin = ORIGIN_OTHER, .stale = true};
    json_t *object = encode_container_mount(&mount);

    has_keys(json_incref(object),
             "target device major_minor sub_root type options read_only "
             "propagation peer_group receives_from gives_to why origin id mount_id stale");
    ck_assert(json_is_true(json_object_get(object, "read_only")));
    ck_assert_str_eq(string(object, "propagation"), "slave");
    ck_assert(is_null(object, "peer_group") && is_null(object, "id"));
    ck_assert(json_is_true(json_object_get(object, "stale")));
    json_decref(object);
}
END_TEST

START_TEST(test_listing_entry)
{
    struct listing_entry entry = {
        .name = text_bad, .type = S_IFLNK, .mode = 04755, .uid = 0, .link = text_path, .mtime = 0};
    json_t *object = encode_listing_entry(&entry);

    has_keys(json_incref(object), "name name_b64 type size mode uid gid mtime link");
    ck_assert_str_eq(string(object, "type"), "symlink");
    ck_assert_str_eq(string(object, "mode"), "4755");
    ck_assert_str_eq(string(object, "mtime"), "1970-01-01T00:00:00Z");
    json_decref(object);
    entry = (struct listing_entry){.name = text_web};
    object = encode_listing_entry(&entry);
    has_keys(json_incref(object), "name type size mode uid gid mtime link");
    ck_assert(is_null(object, "type") && is_null(object, "uid") && is_null(object, "link"));
    json_decref(object);
}
END_TEST

START_TEST(test_journal)
{
    struct attachment attachment = {.id = "0123456789ab",
                                    .container_name = text_web,
                                    .source = text_path,
                                    .target = text_bad,
                                    .since = 60,
                                    .state = ATTACHMENT_LINGERING,
                                    .identity = {.old_id = 104}};
    struct journal_event event = {.at = 60, .id = "0123456789ab", .container = text_web};
    json_t *object = encode_attachment(&attachment);

    has_keys(json_incref(object),
             "id container target target_b64 source mount_id since by state "
             "kept until problem container_id pod runtime method options idmap operation");
    ck_assert_int_eq(json_integer_value(json_object_get(object, "mount_id")), 104);
    ck_assert_str_eq(string(object, "state"), "lingering");
    ck_assert(json_is_false(json_object_get(object, "kept")));
    json_decref(object);
    has_keys(encode_event(&event),
             "at by id operation container target source result line attachment");
}
END_TEST

START_TEST(test_check)
{
    struct doctor_check check = {.name = "open_tree", .ok = true};

    has_keys(encode_check(&check), "name ok detail hint");
}
END_TEST

// The name is whole, however long: a shorter one could be another volume's.
START_TEST(test_export_volume)
{
    char name[256];
    struct export_mount mount = {.kind = EXPORT_VOLUME, .target = text_target, .source = name};
    struct export export = {.container = text_web, .service = text_web, .mounts = &mount, .n = 1};
    _cleanup_free_ char *run = NULL, *compose = NULL;

    memset(name, 'v', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    run = export_run(&mount);
    compose = export_compose(&export);
    ck_assert_ptr_nonnull(strstr(run, name));
    ck_assert_ptr_nonnull(strstr(compose, name));
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, test_error);
    tcase_add_test(tcase, test_result);
    tcase_add_test(tcase, test_holders);
    tcase_add_test(tcase, test_plan);
    tcase_add_loop_test(tcase, test_report, 0, 6);
    tcase_add_test(tcase, test_container);
    tcase_add_test(tcase, test_filesystem);
    tcase_add_test(tcase, test_container_mount);
    tcase_add_test(tcase, test_listing_entry);
    tcase_add_test(tcase, test_journal);
    tcase_add_test(tcase, test_check);
    tcase_add_test(tcase, test_export_volume);
}

int main(void)
{
    return run_suite("encode", add);
}
