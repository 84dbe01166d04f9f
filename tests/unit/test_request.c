#include "core/engine/request.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/cleanup.h"
#include "core/engine/plan.h"
#include "core/engine/source.h"
#include "core/runtime/container.h"
#include "tests/unit/runner.h"

static struct error err;

static const struct {
    const char *text, *container, *path; // container NULL: a usage error
    const char *hint;
} targets[] = {
    {"web:/data", "web", "/data", NULL},
    {"docker/web:/data", "docker/web", "/data", NULL},
    {"pid:12:/data", "pid:12", "/data", NULL},
    {"web:/a:b", "web", "/a:b", NULL},
    {"a:/b:/c", "a:/b", "/c", NULL}, // split at the last one
    {"web:/", "web", "/", NULL},
    {"web:/with space\nand newline", "web", "/with space\nand newline", NULL},
    {"web", NULL, NULL, "web:/mnt/data"},
    {"web:data", NULL, NULL, "web:/mnt/data"},
    {"", NULL, NULL, "web:/mnt/data"},
    {":/data", NULL, NULL, "davit ps"},
    {"/host:/data", NULL, NULL, "davit ps"},
    {"web:/data:ro", NULL, NULL, "--ro"},
    {"web:/data:rw", NULL, NULL, "--ro"},
    {"web:/data:z", NULL, NULL, "--ro"},
    {"web:/data:Z", NULL, NULL, "--ro"},
    {"web:/data:row", "web", "/data:row", NULL},
};

START_TEST(targets_are_split)
{
    _cleanup_free_ char *container = NULL, *path = NULL;
    int r = target_parse(targets[_i].text, &container, &path, &err);

    if (targets[_i].container) {
        ck_assert_int_eq(r, 0);
        ck_assert_str_eq(container, targets[_i].container);
        ck_assert_str_eq(path, targets[_i].path);
    } else {
        ck_assert_int_lt(r, 0);
        ck_assert_int_eq(err.code, ERROR_USAGE);
        ck_assert_ptr_null(container);
        ck_assert_msg(strstr(err.hint, targets[_i].hint), "%s: %s", err.message, err.hint);
    }
}
END_TEST

START_TEST(target_paths_are_bounded)
{
    _cleanup_free_ char *container = NULL, *path = NULL;
    char text[PATH_MAX + 8] = "web:/";

    memset(text + 5, 'x', PATH_MAX - 2);
    ck_assert_int_eq(target_parse(text, &container, &path, &err), 0);
    ck_assert_uint_eq(strlen(path), PATH_MAX - 1);
    free(TAKE_POINTER(container));
    free(TAKE_POINTER(path));
    text[PATH_MAX + 3] = 'x';
    ck_assert_uint_eq(strlen(text), PATH_MAX + 4);
    ck_assert_int_lt(target_parse(text, &container, &path, &err), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
}
END_TEST

static const struct {
    const char *text;
    enum error_code code;
    const char *hint;
} sources[] = {
    {"/srv", ERROR_NONE, NULL},
    {"./x", ERROR_NONE, NULL},
    {"../x", ERROR_NONE, NULL},
    {".", ERROR_NONE, NULL},
    {"..", ERROR_NONE, NULL},
    {"/with:/colon", ERROR_NONE, NULL},
    {"data", ERROR_USAGE, "./data is the directory, volume:data the volume"},
    {".hidden", ERROR_USAGE, "./.hidden"},
    {"", ERROR_USAGE, NULL},
};

static const struct {
    const char *text;
    enum source_kind kind;
} kinds[] = {
    {"tmpfs:size=1m", SOURCE_TMPFS}, {"device:/dev/sdb1", SOURCE_DEVICE},
    {"UUID=1", SOURCE_DEVICE},       {"LABEL=x:/sub", SOURCE_DEVICE},
    {"image:/x.img", SOURCE_IMAGE},  {"image:/x:/y.img:/sub", SOURCE_IMAGE},
};

START_TEST(what_is_no_path_is_told_by_its_beginning)
{
    enum source_kind kind = SOURCE_HOST;

    ck_assert_int_eq(source_parse(kinds[_i].text, &kind, &err), 0);
    ck_assert_int_eq(kind, kinds[_i].kind);
}
END_TEST

START_TEST(a_container_is_told_by_its_colon)
{
    enum source_kind kind = SOURCE_HOST;

    ck_assert_int_eq(source_parse("web:/srv", &kind, &err), 0);
    ck_assert_int_eq(kind, SOURCE_CONTAINER);
}
END_TEST

START_TEST(sources_are_told_apart)
{
    enum source_kind kind = SOURCE_TMPFS;
    int r = source_parse(sources[_i].text, &kind, &err);

    if (sources[_i].code == ERROR_NONE) {
        ck_assert_int_eq(r, 0);
        ck_assert_int_eq(kind, SOURCE_HOST);
    } else {
        ck_assert_int_lt(r, 0);
        ck_assert_int_eq(err.code, sources[_i].code);
        if (sources[_i].hint)
            ck_assert_ptr_nonnull(strstr(err.hint, sources[_i].hint));
    }
}
END_TEST

// A host of four mounts, one of them a subvolume with a mount below it.
static struct mount_table *host_table(void)
{
    static const char text[] = "1 1 8:0 / / rw - ext4 /dev/a rw\n"
                               "2 1 8:1 /@home /home rw - btrfs /dev/b rw\n"
                               "3 2 0:31 / /home/x/nas rw - nfs nas:/v rw\n"
                               "4 1 0:32 / /homes rw - tmpfs none rw\n";
    struct mount_table *table = NULL;

    ck_assert_int_eq(mount_table_parse(strdup(text), strlen(text), &table, &err), 0);
    return table;
}

static const struct {
    const char *path;
    uint64_t id;
    const char *sub_path, *inside;
    size_t below;
} located[] = {
    {"/", 1, "", "/", 3},           {"/srv/data", 1, "/srv/data", "/srv/data", 0},
    {"/home", 2, "", "/@home", 1},  {"/home/x", 2, "/x", "/@home/x", 1},
    {"/home/x/nas", 3, "", "/", 0}, {"/home/x/nas/d", 3, "/d", "/d", 0},
    {"/homes/h", 4, "/h", "/h", 0},
};

START_TEST(sources_are_located)
{
    struct source source = {.fd = -1,
                            .path = strdup(located[_i].path),
                            .mount_id = located[_i].id,
                            .host = host_table()};

    ck_assert_int_eq(source_locate(&source, &err), 0);
    ck_assert_str_eq(source.sub_path, located[_i].sub_path);
    ck_assert_str_eq(source.root_inside, located[_i].inside);
    ck_assert_uint_eq(source.n_below, located[_i].below);
    source_done(&source);
}
END_TEST

START_TEST(sources_of_other_namespaces_are_refused)
{
    struct source source = {.fd = -1, .path = strdup("/srv"), .mount_id = 99, .host = host_table()};

    ck_assert_int_lt(source_locate(&source, &err), 0);
    ck_assert_str_ne(err.hint, "");
    source_done(&source);
    // a path that is not below its mount: it was moved between the two looks
    source = (struct source){.fd = -1, .path = strdup("/srv"), .mount_id = 2, .host = host_table()};
    ck_assert_int_lt(source_locate(&source, &err), 0);
    source_done(&source);
}
END_TEST

// A plan's own words come back: the same file system, sub-root and path, or it is another source.
static const struct {
    struct source_expected expected;
    bool same;
} planned[] = {
    {{NULL, NULL, NULL}, true},         {{"8:1", "/@home", "/x"}, true},
    {{"8:17", "/@home", "/x"}, false}, // another device
    {{"8:1", "/@root", "/x"}, false},   {{"8:1", "/@home", ""}, false},
    {{"8:1", "/@home", "/x/y"}, false}, {{NULL, NULL, "/x\xff"}, false},
};

START_TEST(a_swapped_source_is_another)
{
    struct source source = {.fd = -1,
                            .path = strdup("/home/x"),
                            .name = strdup("/home/x"),
                            .mount_id = 2,
                            .host = host_table()};
    int r;

    ck_assert_int_eq(source_locate(&source, &err), 0);
    r = source_check_same(&source, &planned[_i].expected, &err);
    ck_assert_int_eq(r == 0, planned[_i].same);
    if (r < 0) {
        ck_assert_int_eq(err.code, ERROR_GONE);
        ck_assert_msg(strstr(err.message, "now it is /home/x on /dev/b (8:1)"), "%s", err.message);
        ck_assert_ptr_nonnull(strstr(err.hint, "plan again"));
    }
    source_done(&source);
}
END_TEST

static const struct {
    enum error_code codes[3]; // ERROR_NONE: went well
    int status;
} reports[] = {
    {{ERROR_NONE, ERROR_NONE, ERROR_NONE}, 0},
    {{ERROR_BUSY, ERROR_BUSY, ERROR_BUSY}, 4},
    {{ERROR_NONE, ERROR_BUSY, ERROR_NONE}, 9},
    {{ERROR_BUSY, ERROR_NONE, ERROR_NONE}, 9},
    {{ERROR_BUSY, ERROR_UNSAFE, ERROR_BUSY}, 9},
    {{ERROR_GONE, ERROR_NO_PATH, ERROR_NOT_ATTACHED}, 3},
};

START_TEST(reports_have_one_status)
{
    struct report *report = calloc(1, sizeof *report);
    struct target_request target = {.container = "c", .path = "/p"};

    for (size_t i = 0; i < 3; i++) {
        struct result *result = report_add(report, &target, &err);

        ck_assert_ptr_nonnull(result);
        result->ok = reports[_i].codes[i] == ERROR_NONE;
        result->error.code = reports[_i].codes[i];
    }
    ck_assert_int_eq(report_exit_status(report), reports[_i].status);
    report_free(report);
}
END_TEST

START_TEST(steps_and_options_are_kept_clean)
{
    struct result *result = calloc(1, sizeof *result);

    ck_assert_int_eq(
        result_add_step(result, ACTION_CLONE, 0, &err, strdup("a\x1b[2J"), strdup("c()")), 0);
    ck_assert_str_eq(result->steps[0].text, "a\xef\xbf\xbd[2J");
    ck_assert_int_lt(result_add_step(result, ACTION_CLONE, 0, &err, NULL, strdup("c()")), 0);
    ck_assert_uint_eq(result->n_steps, 1);
    ck_assert_int_eq(result_set_options(result, "ro,nosuid,nodev", &err), 0);
    ck_assert_str_eq(result->options[0], "ro");
    ck_assert_str_eq(result->options[2], "nodev");
    ck_assert_ptr_null(result->options[3]);
    ck_assert_int_eq(result_add_warning(result, &err, "left out: %s", "/x\n"), 0);
    ck_assert_str_eq(result->warnings[0], "left out: /x\xef\xbf\xbd");
    result_free(result);
}
END_TEST

// The container that was found must be the one that was looked at, when it is said which that was.
START_TEST(a_restarted_container_is_another)
{
    struct container now = {.name = (char[]){"web"}, .pid = 200, .start_time = 9000};
    const struct {
        pid_t pid;
        uint64_t start_time;
        bool same;
    } asked[] = {
        {0, 0, true},    {200, 0, true},     {0, 9000, true},    {200, 9000, true},
        {100, 0, false}, {100, 9000, false}, {200, 8999, false}, {0, 8999, false},
    };

    for (size_t i = 0; i < ARRAY_SIZE(asked); i++) {
        struct target_request target = {
            .container = "web",
            .path = "/mnt",
            .pid = asked[i].pid,
            .start_time = asked[i].start_time,
        };
        int r = target_check_same(&target, &now, &err);

        ck_assert_msg((r == 0) == asked[i].same, "case %zu", i);
        if (r < 0) {
            ck_assert_int_eq(err.code, ERROR_GONE);
            ck_assert_msg(strstr(err.message, "web was restarted since"), "%s", err.message);
        }
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, a_restarted_container_is_another);
    tcase_add_loop_test(tcase, targets_are_split, 0, ARRAY_SIZE(targets));
    tcase_add_test(tcase, target_paths_are_bounded);
    tcase_add_loop_test(tcase, sources_are_told_apart, 0, ARRAY_SIZE(sources));
    tcase_add_test(tcase, a_container_is_told_by_its_colon);
    tcase_add_loop_test(tcase, what_is_no_path_is_told_by_its_beginning, 0, ARRAY_SIZE(kinds));
    tcase_add_loop_test(tcase, sources_are_located, 0, ARRAY_SIZE(located));
    tcase_add_test(tcase, sources_of_other_namespaces_are_refused);
    tcase_add_loop_test(tcase, a_swapped_source_is_another, 0, ARRAY_SIZE(planned));
    tcase_add_loop_test(tcase, reports_have_one_status, 0, ARRAY_SIZE(reports));
    tcase_add_test(tcase, steps_and_options_are_kept_clean);
}

int main(void)
{
    return run_suite("request", add);
}
