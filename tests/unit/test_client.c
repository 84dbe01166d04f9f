// Requests and answers over a socket, recorded, and answered again from the recording.
#include "tui/model/client.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "runner.h"
#include "temporary.h"

struct seen {
    char text[1024]; // what was told, in order
    bool ended;
};

static void put(struct seen *seen, const char *what, const char *text)
{
    size_t used = strlen(seen->text);

    (void)snprintf(seen->text + used, sizeof seen->text - used, "%s:%s ", what, text);
}

static void on_news(const char *method, const json_t *params, void *context)
{
    (void)params;
    put(context, "news", method);
}

static void on_end(const struct error *why, void *context)
{
    struct seen *seen = context;

    ck_assert(!seen->ended);
    seen->ended = true;
    put(context, "end", why ? why->message : "");
}

static void on_reply(const json_t *result, const struct error *why, void *context)
{
    ck_assert((result != NULL) != (why != NULL));
    put(context, result ? "result" : "error",
        result ? json_string_value(json_object_get(result, "x")) : why->message);
}

static const struct client_events events = {on_news, on_end};

static struct loop *loop;
static int far; // the engine's end
static struct seen seen;

static void begin(void)
{
    struct error err;

    ck_assert_int_eq(loop_new(&loop, &err), 0);
    seen = (struct seen){0};
}

static struct client *connect_pair(void)
{
    int fds[2];
    struct client *client;
    struct error err;

    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
    far = fds[1];
    ck_assert_int_eq(client_new(loop, fds[0], &events, &seen, &client, &err), 0);
    return client;
}

static void engine_says(const char *line)
{
    ck_assert_int_eq(write(far, line, strlen(line)), (ssize_t)strlen(line));
}

static void until(const char *expected)
{
    while (strcmp(seen.text, expected) != 0) {
        ck_assert_msg(strncmp(expected, seen.text, strlen(seen.text)) == 0, "told: %s", seen.text);
        (void)loop_turn(loop); // the time limit of the suite ends what never comes
    }
}

static uint64_t ask(struct client *client, enum protocol_method method, const char *source)
{
    struct error err;
    uint64_t id;

    ck_assert_int_eq(client_call(client, method, json_pack("{s:s}", "source", source), on_reply,
                                 &seen, &id, &err),
                     0);
    return id;
}

START_TEST(answers_in_any_order)
{
    struct client *client;
    uint64_t forgotten;

    begin();
    client = connect_pair();
    (void)ask(client, PROTOCOL_DESCRIBE, "/a");
    (void)ask(client, PROTOCOL_DESCRIBE, "/b");
    forgotten = ask(client, PROTOCOL_PLAN, "/c");
    client_forget(client, forgotten);
    engine_says("{\"jsonrpc\":\"2.0\",\"id\":3,\"result\":{\"x\":\"forgotten\"}}\n"
                "{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"x\":\"b\"}}\n"
                "{\"jsonrpc\":\"2.0\",\"method\":\"notice\",\"params\":{\"text\":\"t\"}}\n"
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"error\":{\"code\":-32000,\"message\":\"m\","
                "\"data\":{\"code\":\"busy\",\"message\":\"in use\\u001b[2J\"}}}\n");
    until("result:b news:notice error:in use\xef\xbf\xbd[2J ");
    engine_says("not JSON\n");
    while (!seen.ended)
        (void)loop_turn(loop); // the time limit of the suite ends what never comes
    client_free(client);
    (void)close(far);
    loop_free(loop);
}
END_TEST

START_TEST(the_end_is_told_once)
{
    struct client *client;
    struct error err;

    begin();
    client = connect_pair();
    (void)ask(client, PROTOCOL_DESCRIBE, "/a");
    (void)close(far);
    while (!seen.ended)
        (void)loop_turn(loop); // the time limit of the suite ends what never comes
    ck_assert_int_lt(client_call(client, PROTOCOL_STATUS, NULL, on_reply, &seen, NULL, &err), 0);
    client_free(client);
    loop_free(loop);
}
END_TEST

START_TEST(recorded_and_replayed)
{
    char directory[TEMPORARY_SIZE];
    char path[TEMPORARY_SIZE + 16];
    struct client *client;
    struct error err;
    struct stat st;

    temporary_directory(directory);
    (void)snprintf(path, sizeof path, "%s/recording", directory);
    begin();
    client = connect_pair();
    ck_assert_int_eq(client_record(client, path, &err), 0);
    (void)ask(client, PROTOCOL_DESCRIBE, "/a");
    engine_says("{\"jsonrpc\":\"2.0\",\"method\":\"early\",\"params\":{}}\n"
                "{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"x\":\"a\"}}\n"
                "{\"jsonrpc\":\"2.0\",\"method\":\"late\",\"params\":{}}\n");
    until("news:early result:a news:late ");
    (void)ask(client, PROTOCOL_DESCRIBE, "/b");
    engine_says(
        "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32000,\"message\":\"no b\"}}\n");
    until("news:early result:a news:late error:no b ");
    client_free(client);
    (void)close(far);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 0777, 0600);
    loop_free(loop);

    begin(); // asked in another order, and for what was not recorded
    ck_assert_int_eq(client_replay(loop, path, &events, &seen, &client, &err), 0);
    (void)ask(client, PROTOCOL_DESCRIBE, "/b");
    until("news:early news:late error:no b ");
    (void)ask(client, PROTOCOL_DESCRIBE, "/a");
    until("news:early news:late error:no b result:a ");
    (void)ask(client, PROTOCOL_DESCRIBE, "/a"); // again: the last answer to it
    (void)ask(client, PROTOCOL_DESCRIBE, "/z");
    until("news:early news:late error:no b result:a result:a "
          "error:this describe is not in the recording ");
    client_free(client);

    client = connect_pair(); // never over a file that exists
    ck_assert_int_lt(client_record(client, path, &err), 0);
    ck_assert_int_eq(err.sys_errno, EEXIST);
    client_free(client);
    (void)close(far);
    loop_free(loop);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

static const char *const damaged[] = {
    "{}\n",
    "nonsense\n",
    "{\"from\":\"engine\"}\n",
    "{\"from\":\"engine\",\"message\":[]}\n",
    "{\"from\":\"engine\",\"message\":{}}\n{\"from\":\"eng",
};

START_TEST(damaged_recordings_are_refused)
{
    char directory[TEMPORARY_SIZE];
    char path[TEMPORARY_SIZE + 16];
    struct client *client;
    struct error err = {.code = ERROR_NONE};
    FILE *file;

    temporary_directory(directory);
    (void)snprintf(path, sizeof path, "%s/recording", directory);
    file = fopen(path, "we");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_ge(fputs(damaged[_i], file), 0);
    ck_assert_int_eq(fclose(file), 0);
    begin();
    ck_assert_int_lt(client_replay(loop, path, &events, &seen, &client, &err), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    ck_assert_msg(strstr(err.message, "line") != NULL, "%s", err.message);
    loop_free(loop);
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(directory), 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, answers_in_any_order);
    tcase_add_test(tcase, the_end_is_told_once);
    tcase_add_test(tcase, recorded_and_replayed);
    tcase_add_loop_test(tcase, damaged_recordings_are_refused, 0, (int)ARRAY_SIZE(damaged));
}

int main(void)
{
    return run_suite("client", add);
}
