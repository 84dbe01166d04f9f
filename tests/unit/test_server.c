// A whole server in a child, on the other end of a socket pair: what it answers to whom, and when
// it ends. No container is needed; those that run on this machine are left alone.
#include "core/wire/server.h"

#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/text.h"
#include "core/wire/message.h"
#include "core/wire/protocol.h"
#include "tests/unit/runner.h"
#include "tests/unit/temporary.h"

#define PATIENCE_MS 20000

static int wire = -1;
static pid_t server;
static char state_dir[TEMPORARY_SIZE], state[TEMPORARY_SIZE + 8];
static char buffer[8 * 1024 * 1024];
static size_t used;

static void start(unsigned flags)
{
    int pair[2];

    temporary_directory(state_dir);
    (void)snprintf(state, sizeof state, "%s/state", state_dir);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    (void)signal(SIGPIPE, SIG_IGN);
    server = fork();
    if (server == 0) {
        struct server_options options = {
            .engine = {.flags = flags,
                       .state_dir = state,
                       .runtime = {.docker_endpoint = "/nonexistent/docker.sock"}},
            .in = pair[1],
            .out = pair[1],
            .terminal = -1,
        };
        struct error err;

        (void)close(pair[0]);
        exit(server_run(&options, &err) < 0); // not _exit(): what it leaked is found
    }
    (void)close(pair[1]);
    wire = pair[0];
}

static void remove_state(void)
{
    char path[TEMPORARY_SIZE + 16];

    for (size_t i = 0; i < 2; i++) {
        (void)snprintf(path, sizeof path, "%s/%s", state, i ? "journal" : "lock");
        (void)unlink(path);
    }
    (void)rmdir(state);
    ck_assert_int_eq(rmdir(state_dir), 0);
}

// The server ends by itself, with 0.
static void expect_end(void)
{
    int status = 0;

    (void)alarm(30);
    ck_assert_int_eq(waitpid(server, &status, 0), server);
    (void)alarm(0);
    ck_assert_msg(WIFEXITED(status) && WEXITSTATUS(status) == 0, "status %x", (unsigned)status);
    remove_state();
}

static void finish(void)
{
    (void)close(wire);
    expect_end();
}

static void say(const char *text)
{
    ck_assert_int_eq(write(wire, text, strlen(text)), (ssize_t)strlen(text));
    ck_assert_int_eq(write(wire, "\n", 1), 1);
}

static json_t *next(void)
{
    for (;;) {
        char *end = memchr(buffer, '\n', used);
        struct pollfd one = {.fd = wire, .events = POLLIN};
        json_t *message = NULL;
        struct error err;
        ssize_t n;

        if (end) {
            ck_assert_msg(message_parse(buffer, (size_t)(end - buffer), &message, &err) == 0, "%s",
                          err.message);
            used -= (size_t)(end - buffer) + 1;
            memmove(buffer, end + 1, used);
            return message;
        }
        ck_assert_msg(poll(&one, 1, PATIENCE_MS) == 1, "nothing comes");
        n = read(wire, buffer + used, sizeof buffer - used);
        ck_assert_msg(n > 0, "the server has closed");
        used += (size_t)n;
    }
}

// The answer to `id`; others and notifications before it are passed over.
static json_t *answer(uint64_t id)
{
    for (;;) {
        json_t *message = next();

        if (!json_object_get(message, "method") &&
            (uint64_t)json_integer_value(json_object_get(message, "id")) == id)
            return message;
        json_decref(message);
    }
}

static json_t *notification(const char *method)
{
    for (;;) {
        json_t *message = next();
        const char *name = json_string_value(json_object_get(message, "method"));

        if (name && strcmp(name, method) == 0)
            return message;
        json_decref(message);
    }
}

static long long code_of(json_t *message)
{
    long long code = json_integer_value(json_object_get(json_object_get(message, "error"), "code"));

    json_decref(message);
    return code;
}

static void hello(void)
{
    json_t *message;

    say("{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"hello\",\"params\":{\"protocol\":1}}");
    message = answer(1);
    ck_assert_int_eq(
        json_integer_value(json_object_get(json_object_get(message, "result"), "protocol")), 1);
    json_decref(message);
}

// ---- the conversation ----

START_TEST(hello_comes_first_and_once)
{
    json_t *message, *result;

    start(ENGINE_NO_CHANGES);
    say("{\"id\":5,\"method\":\"status\"}");
    ck_assert_int_eq(code_of(answer(5)), PROTOCOL_NO_REQUEST);
    say("{\"id\":6,\"method\":\"hello\",\"params\":{\"protocol\":2}}");
    ck_assert_int_eq(code_of(answer(6)), PROTOCOL_FAILED);
    say("{\"id\":7,\"method\":\"hello\",\"params\":{}}");
    ck_assert_int_eq(code_of(answer(7)), PROTOCOL_BAD_PARAMS);
    say("{\"id\":8,\"method\":\"hello\",\"params\":{\"protocol\":1,\"else\":[]}}");
    message = answer(8);
    result = json_object_get(message, "result");
    ck_assert(json_is_true(json_object_get(result, "read_only")));
    ck_assert_str_eq(json_string_value(json_object_get(result, "state_dir")), state);
    ck_assert_str_eq(json_string_value(json_object_get(result, "version")), DAVIT_VERSION);
    ck_assert(json_is_string(json_object_get(result, "user")));
    json_decref(message);
    say("{\"id\":9,\"method\":\"hello\",\"params\":{\"protocol\":1}}");
    ck_assert_int_eq(code_of(answer(9)), PROTOCOL_NO_REQUEST);
    finish();
}
END_TEST

static const struct {
    const char *line;
    uint64_t id;
    int code;
} nonsense[] = {
    {"", 0, PROTOCOL_NO_JSON},
    {"GET / HTTP/1.1", 0, PROTOCOL_NO_JSON},
    {"{\"id\":3,\"id\":4,\"method\":\"status\"}", 0, PROTOCOL_NO_JSON},
    {"[{\"id\":3,\"method\":\"status\"}]", 0, PROTOCOL_NO_REQUEST},
    {"{}", 0, PROTOCOL_NO_REQUEST},
    {"{\"id\":3}", 3, PROTOCOL_NO_REQUEST},
    {"{\"id\":\"x\",\"method\":\"status\"}", 0, PROTOCOL_NO_REQUEST},
    {"{\"id\":3,\"result\":{}}", 3, PROTOCOL_NO_REQUEST},
    {"{\"id\":3,\"method\":\"nonsense\"}", 3, PROTOCOL_NO_METHOD},
    {"{\"id\":3,\"method\":\"snapshot\"}", 3, PROTOCOL_NO_METHOD}, // a worker's, not ours to ask
    {"{\"id\":3,\"method\":\"recover\"}", 3, PROTOCOL_NO_METHOD},
    {"{\"id\":3,\"method\":\"watch\",\"params\":{\"containers\":1}}", 3, PROTOCOL_BAD_PARAMS},
    {"{\"id\":3,\"method\":\"watch\",\"params\":{\"mounts\":\"\"}}", 3, PROTOCOL_BAD_PARAMS},
    {"{\"id\":3,\"method\":\"cancel\"}", 3, PROTOCOL_BAD_PARAMS},
    {"{\"id\":3,\"method\":\"browse\"}", 3, PROTOCOL_BAD_PARAMS},
    {"{\"id\":3,\"method\":\"browse\",\"params\":{\"path\":\"etc\"}}", 3, PROTOCOL_BAD_PARAMS},
    {"{\"id\":3,\"method\":\"browse\",\"params\":{\"path\":\"/nonexistent\"}}", 3, PROTOCOL_FAILED},
    {"{\"id\":3,\"method\":\"describe\",\"params\":{\"source\":\"word\"}}", 3, PROTOCOL_BAD_PARAMS},
    {"{\"id\":3,\"method\":\"describe\",\"params\":{\"source\":\"/nonexistent\"}}", 3,
     PROTOCOL_FAILED},
    {"{\"id\":3,\"method\":\"plan\"}", 3, PROTOCOL_BAD_PARAMS},
    {"{\"id\":3,\"method\":\"run\",\"params\":{\"operation\":\"format\"}}", 3, PROTOCOL_BAD_PARAMS},
    {"{\"id\":3,\"method\":\"inspect\",\"params\":{\"container\":\"no/such\"}}", 3,
     PROTOCOL_FAILED},
};

START_TEST(nonsense_is_answered_and_the_server_goes_on)
{
    json_t *message;

    start(0);
    hello();
    for (size_t i = 0; i < ARRAY_SIZE(nonsense); i++) {
        long long code;

        say(nonsense[i].line);
        message = answer(nonsense[i].id);
        ck_assert_ptr_nonnull(json_object_get(json_object_get(message, "error"), "data"));
        code = code_of(message);
        ck_assert_msg(code == nonsense[i].code, "%s: %lld", nonsense[i].line, code);
    }
    // What is told and not asked is passed over.
    say("{\"method\":\"status\",\"params\":{}}");
    say("{\"id\":4,\"method\":\"describe\",\"params\":{\"source\":\"/\"}}");
    message = answer(4);
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(message, "result"), "path")),
                     "/");
    json_decref(message);
    finish();
}
END_TEST

START_TEST(a_line_that_is_too_long_is_refused)
{
    static char line[PROTOCOL_REQUEST_LIMIT + 64];
    json_t *message;

    start(0);
    hello();
    memset(line, ' ', sizeof line - 1);
    memcpy(line, "{\"id\":2,\"method\":\"status\"}", 26);
    say(line);
    message = answer(0);
    ck_assert_msg(
        strstr(json_string_value(json_object_get(json_object_get(message, "error"), "message")),
               "longer than"),
        "too long");
    ck_assert_int_eq(code_of(message), PROTOCOL_NO_JSON);
    line[PROTOCOL_REQUEST_LIMIT] = '\0'; // and one that just fits is not
    say(line);
    message = answer(2);
    ck_assert_ptr_nonnull(json_object_get(message, "result"));
    json_decref(message);
    finish();
}
END_TEST

START_TEST(a_change_is_refused_when_it_is_for_reading)
{
    json_t *message, *data;

    start(ENGINE_NO_CHANGES);
    hello();
    say("{\"id\":2,\"method\":\"run\",\"params\":{\"operation\":\"attach\",\"source\":\"/\","
        "\"targets\":[{\"container\":\"web\",\"target\":\"/mnt\"}]}}");
    message = answer(2);
    data = json_object_get(json_object_get(message, "error"), "data");
    ck_assert_str_eq(json_string_value(json_object_get(data, "code")), "not-permitted");
    ck_assert_int_eq(json_integer_value(json_object_get(data, "exit")), 5);
    json_decref(message);
    ck_assert_int_ne(access(state, F_OK), 0); // nothing was made for it
    finish();
}
END_TEST

START_TEST(what_is_watched_is_told_whole)
{
    static const char *const methods[] = {"containers", "filesystems", "journal"};
    json_t *message, *params;

    start(0);
    hello();
    say("{\"id\":2,\"method\":\"watch\",\"params\":{\"filesystems\":true}}");
    message = notification("filesystems");
    params = json_object_get(message, "params");
    ck_assert(json_array_size(json_object_get(params, "filesystems")) > 0);
    json_decref(message);
    say("{\"id\":3,\"method\":\"watch\",\"params\":{\"containers\":true}}");
    message = notification("containers");
    params = json_object_get(message, "params");
    ck_assert(json_is_true(json_object_get(params, "whole")));
    ck_assert(json_is_array(json_object_get(params, "runtimes")));
    ck_assert_uint_eq(json_array_size(json_object_get(params, "gone")), 0);
    json_decref(message);
    say("{\"id\":4,\"method\":\"watch\",\"params\":{\"journal\":true}}");
    message = notification("journal");
    params = json_object_get(message, "params");
    ck_assert(json_is_true(json_object_get(params, "whole")));
    ck_assert_uint_eq(json_array_size(json_object_get(params, "events")), 0);
    json_decref(message);
    // Asked for again it is told whole again, in whatever order.
    say("{\"id\":5,\"method\":\"watch\",\"params\":{\"containers\":true,\"filesystems\":true,"
        "\"journal\":true}}");
    for (size_t seen = 0; seen < 7;) {
        const char *method;

        message = next();
        method = json_string_value(json_object_get(message, "method"));
        for (size_t i = 0; method && i < ARRAY_SIZE(methods); i++)
            if (strcmp(method, methods[i]) == 0)
                seen |= (size_t)1 << i;
        json_decref(message);
    }
    finish();
}
END_TEST

START_TEST(mounts_of_a_container_that_is_not_there)
{
    json_t *message, *params;

    start(0);
    hello();
    say("{\"id\":2,\"method\":\"watch\",\"params\":{\"mounts\":\"no/such\"}}");
    message = notification("mounts");
    params = json_object_get(message, "params");
    ck_assert_str_eq(json_string_value(json_object_get(params, "container")), "no/such");
    ck_assert(json_is_null(json_object_get(params, "mounts")));
    ck_assert_str_eq(json_string_value(json_object_get(json_object_get(params, "error"), "code")),
                     "no-container");
    json_decref(message);
    say("{\"id\":3,\"method\":\"watch\",\"params\":{\"mounts\":null}}");
    json_decref(answer(3));
    finish();
}
END_TEST

// Each answer has the id of its question, in whatever order they are done.
START_TEST(questions_go_side_by_side)
{
    bool seen[PROTOCOL_REQUESTS_MAX + 2] = {false};
    char line[128];

    start(0);
    hello();
    for (int i = 2; i < PROTOCOL_REQUESTS_MAX + 2; i++) {
        (void)snprintf(line, sizeof line,
                       "{\"id\":%d,\"method\":\"%s\",\"params\":{\"path\":\"/\"}}", i,
                       i % 2 ? "browse" : "status");
        say(line);
    }
    for (int i = 2; i < PROTOCOL_REQUESTS_MAX + 2; i++) {
        json_t *message = next();
        long long id = json_integer_value(json_object_get(message, "id"));

        ck_assert_msg(id >= 2 && id < PROTOCOL_REQUESTS_MAX + 2 && !seen[id], "%lld", id);
        seen[id] = true;
        ck_assert_ptr_nonnull(json_object_get(json_object_get(message, "result"),
                                              id % 2 ? "entries" : "attachments"));
        json_decref(message);
    }
    finish();
}
END_TEST

// ---- the end ----

START_TEST(it_ends_in_the_middle_of_everything)
{
    start(0);
    hello();
    say("{\"id\":2,\"method\":\"watch\",\"params\":{\"containers\":true,\"filesystems\":true,"
        "\"journal\":true,\"mounts\":\"no/such\"}}");
    for (int i = 3; i < 20; i++) {
        char line[128];

        (void)snprintf(line, sizeof line, "{\"id\":%d,\"method\":\"doctor\"}", i);
        say(line);
    }
    finish();
}
END_TEST

START_TEST(a_signal_ends_it)
{
    start(0);
    hello();
    say("{\"id\":2,\"method\":\"watch\",\"params\":{\"containers\":true}}");
    json_decref(notification("containers"));
    (void)kill(server, SIGTERM);
    expect_end();
    (void)close(wire);
}
END_TEST

START_TEST(half_a_request_is_none)
{
    start(0);
    hello();
    ck_assert_int_gt(write(wire, "{\"id\":2,\"method\":\"status\"}", 26), 0);
    (void)shutdown(wire, SHUT_WR);
    ck_assert_int_eq(code_of(answer(0)), PROTOCOL_NO_JSON);
    expect_end();
    (void)close(wire);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, hello_comes_first_and_once);
    tcase_add_test(tcase, nonsense_is_answered_and_the_server_goes_on);
    tcase_add_test(tcase, a_line_that_is_too_long_is_refused);
    tcase_add_test(tcase, a_change_is_refused_when_it_is_for_reading);
    tcase_add_test(tcase, what_is_watched_is_told_whole);
    tcase_add_test(tcase, mounts_of_a_container_that_is_not_there);
    tcase_add_test(tcase, questions_go_side_by_side);
    tcase_add_test(tcase, it_ends_in_the_middle_of_everything);
    tcase_add_test(tcase, a_signal_ends_it);
    tcase_add_test(tcase, half_a_request_is_none);
}

int main(void)
{
    return run_suite("server", add);
}
