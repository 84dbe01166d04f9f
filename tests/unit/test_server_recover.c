// When a server has what a killed davit left taken back. The worker that does it is the test's own:
// it is done when the test says so.
#include "core/wire/server_internal.h"

#include <errno.h>
#include <string.h>

#include "core/wire/message.h"
#include "tests/unit/runner.h"

static char worker; // its address stands for the worker that runs
static const struct child_events *events;
static void *context;
static unsigned n_started, n_notices;
static bool cannot_start;

int child_start(struct children *children, const char *method, json_t *params, unsigned flags,
                const struct child_events *its_events, void *its_context, struct child **ret,
                struct error *err)
{
    (void)children;
    ck_assert_str_eq(method, "recover");
    ck_assert_uint_eq(flags, CHILD_CHANGES);
    json_decref(params);
    if (cannot_start)
        return error_errno(err, EAGAIN, "no worker");
    events = its_events;
    context = its_context;
    n_started++;
    *ret = (struct child *)(void *)&worker;
    return 0;
}

void server_notice(struct server *server, const char *text)
{
    (void)server;
    (void)text;
    n_notices++;
}

void server_send(struct server *server, json_t *message)
{
    (void)server;
    json_decref(message);
}

// The worker that runs ends well, or says why not.
static void end(const char *why)
{
    json_t *result = why ? NULL : json_object(), *error = NULL;

    if (why)
        error = json_pack("{s:s}", "message", why);
    events->done(result, error, context);
    json_decref(result);
    json_decref(error);
}

START_TEST(one_at_a_time_and_none_by_itself)
{
    struct server server = {.greeted = true};

    server_recover(&server);
    ck_assert_uint_eq(n_started, 1);
    ck_assert_ptr_nonnull(server.recovery);
    end(NULL);
    ck_assert_ptr_null(server.recovery);
    ck_assert_uint_eq(n_started, 1);
    ck_assert_uint_eq(n_notices, 0);
}
END_TEST

// It may have looked before what it is asked for now: another one comes after it, and one only.
START_TEST(asked_for_again_it_comes_again)
{
    struct server server = {.greeted = true};

    server_recover(&server);
    server_recover(&server);
    server_recover(&server);
    ck_assert_uint_eq(n_started, 1);
    end(NULL);
    ck_assert_uint_eq(n_started, 2);
    ck_assert_ptr_nonnull(server.recovery);
    end(NULL);
    ck_assert_uint_eq(n_started, 2);
    ck_assert_ptr_null(server.recovery);
}
END_TEST

START_TEST(also_after_one_that_failed)
{
    struct server server = {.greeted = true};

    server_recover(&server);
    server_recover(&server);
    end("no lock");
    ck_assert_uint_eq(n_notices, 1);
    ck_assert_uint_eq(n_started, 2);
    end(NULL);
    ck_assert_uint_eq(n_started, 2);
}
END_TEST

// What cannot be started is said, and is not tried for ever.
START_TEST(one_that_cannot_start)
{
    struct server server = {.greeted = true};

    server_recover(&server);
    server_recover(&server);
    cannot_start = true;
    end(NULL);
    ck_assert_uint_eq(n_notices, 1);
    ck_assert_ptr_null(server.recovery);
    cannot_start = false;
    server_recover(&server);
    ck_assert_uint_eq(n_started, 2);
    end(NULL);
    ck_assert_uint_eq(n_started, 2);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, one_at_a_time_and_none_by_itself);
    tcase_add_test(tcase, asked_for_again_it_comes_again);
    tcase_add_test(tcase, also_after_one_that_failed);
    tcase_add_test(tcase, one_that_cannot_start);
}

int main(void)
{
    return run_suite("server_recover", add);
}
