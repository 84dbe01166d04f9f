#include "core/engine/share.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "temporary.h"
#include "tests/unit/runner.h"

static struct error err;

START_TEST(the_host_is_a_container_of_its_own_kind)
{
    _cleanup_container_ struct container *host = NULL;

    ck_assert_int_eq(host_container(&host, &err), 0);
    ck_assert(host->host);
    ck_assert_str_eq(host->id, HOST_NAME);
    ck_assert_int_eq(host->pid, 1);
}
END_TEST

static const struct {
    const char *source;
    enum error_code code;
} sources[] = {
    {"/etc", ERROR_USAGE},   {"./x", ERROR_USAGE},      {"volume:x", ERROR_USAGE},
    {"tmpfs:", ERROR_USAGE}, {"image:/x", ERROR_USAGE}, {"bare", ERROR_USAGE},
    {"", ERROR_USAGE},
};

START_TEST(only_what_is_a_containers_is_shared)
{
    const struct target_request target = {.container = HOST_NAME, .path = "/mnt", .on_host = true};
    const struct attach_request request = {
        .source = sources[_i].source, .targets = &target, .n_targets = 1};
    _cleanup_report_ struct report *report = NULL;

    // Refused before an engine is asked for anything.
    ck_assert_int_lt(engine_share(NULL, &request, true, &report, &err), 0);
    ck_assert_int_eq(err.code, sources[_i].code);
    ck_assert_int_lt(engine_share(NULL, &request, false, &report, &err), 0);
    ck_assert_int_eq(err.code, sources[_i].code);
    ck_assert_ptr_null(report);
}
END_TEST

// ---- who goes on showing it ----

static const struct {
    const char *source, *target; // the other's source, and where the mount is that is detached
    pid_t provider;
    enum attachment_state state;
    bool warned;
} dependents[] = {
    {"web:/srv/data", "/srv", 100, ATTACHMENT_LIVE, true},
    {"web:/srv", "/srv", 100, ATTACHMENT_LIVE, true},
    {"web:/a:/srv", "/srv", 100, ATTACHMENT_LIVE, true}, // parted at the last ":/"
    {"web:/srvx", "/srv", 100, ATTACHMENT_LIVE, false},
    {"web:/", "/srv", 100, ATTACHMENT_LIVE, false}, // without what is mounted below
    {"web:/srv", "/srv", 101, ATTACHMENT_LIVE, false},
    {"web:/srv", "/srv", 100, ATTACHMENT_GONE, false},
    {"web:/srv", "/srv", 100, ATTACHMENT_LINGERING, false},
};

START_TEST(who_shows_it_too_is_warned_of)
{
    struct attachment what = {.identity = {.target = (char *)(uintptr_t)dependents[_i].target}};
    struct attachment other = {
        .source = (char *)(uintptr_t)dependents[_i].source,
        .provider = (char *)(uintptr_t) "web",
        .provider_init = dependents[_i].provider,
        .provider_start = 7,
        .container_name = (char *)(uintptr_t) "db",
        .target = (char *)(uintptr_t) "/mnt",
        .state = dependents[_i].state,
    };
    struct attachment *all[] = {&what, &other};
    struct journal_view view = {.attachments = all, .n_attachments = 2};
    struct result *result = calloc(1, sizeof *result);
    struct detach_job job = DETACH_JOB_INIT;

    job.view = &view;
    job.what = &what;
    job.result = result;
    job.inside.init.pid = 100;
    job.inside.init.start_time = 7;
    ck_assert_int_eq(share_warn_dependents(&job, &err), 0);
    if (dependents[_i].warned)
        ck_assert_str_eq(result->warnings[0], "db:/mnt goes on showing what is here");
    else
        ck_assert_ptr_null(result->warnings);
    result_free(result);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, the_host_is_a_container_of_its_own_kind);
    tcase_add_loop_test(tcase, only_what_is_a_containers_is_shared, 0, ARRAY_SIZE(sources));
    tcase_add_loop_test(tcase, who_shows_it_too_is_warned_of, 0, ARRAY_SIZE(dependents));
}

int main(void)
{
    return run_suite("share", add);
}
