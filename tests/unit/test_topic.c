// When what is watched is read again: at once when it was quiet, and not all the time when it never
// is.
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/helper.h"
#include "core/wire/server_internal.h"
#include "tests/unit/runner.h"
#include "tests/unit/turns.h"

static unsigned taken;

static json_t *params(struct topic *topic)
{
    (void)topic;
    return json_object();
}

static void take(struct topic *topic, json_t *result)
{
    (void)topic, (void)result;
    taken++;
}

static const struct topic_ops ops = {.method = "filesystems", .params = params, .take = take};

static void ignore(json_t *message, void *context)
{
    (void)message, (void)context;
}

static void ignore_error(const struct error *why, void *context)
{
    (void)why, (void)context;
}

static const struct stream_events front_events = {ignore, ignore_error, ignore_error, NULL, NULL};

static int begin(struct server *server, struct topic *topic)
{
    struct error err;
    int pair[2];

    memset(server, 0, sizeof *server);
    memset(topic, 0, sizeof *topic);
    taken = 0;
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    ck_assert_int_eq(loop_new(&server->loop, &err), 0);
    ck_assert_int_eq(stream_new(server->loop, pair[0], pair[0], PROTOCOL_REQUEST_LIMIT,
                                &front_events, server, &server->front, &err),
                     0);
    ck_assert_int_eq(children_new(server->loop, &server->engine, &server->children, &err), 0);
    ck_assert_int_eq(topic_new(server, topic, &ops, &err), 0);
    topic->watched = true;
    return pair[1];
}

static void end(struct server *server, struct topic *topic, int other)
{
    topic_done(topic);
    children_free(server->children);
    stream_free(server->front);
    loop_free(server->loop);
    (void)close(other);
}

static void until_read(struct server *server, struct topic *topic)
{
    while (!topic->child)
        ck_assert_int_eq(loop_turn(server->loop), 0);
}

START_TEST(what_took_long_is_not_read_again_at_once)
{
    struct server server;
    struct topic topic;
    int other = begin(&server, &topic);
    uint64_t rested;

    topic_read(&topic);
    topic.begun_us -= 200000; // it is a slow one
    turns_until(server.loop, &taken, 1);
    ck_assert_uint_ge(topic.rest_until_us, topic.begun_us + 800000);
    rested = topic.rest_until_us;
    for (int i = 0; i < 3; i++)
        topic_touch(&topic);
    until_read(&server, &topic);
    ck_assert_uint_ge(monotonic_us() + 1000, rested);
    turns_until(server.loop, &taken, 2);
    end(&server, &topic, other);
}
END_TEST

START_TEST(who_asks_is_not_made_to_wait)
{
    struct server server;
    struct topic topic;
    int other = begin(&server, &topic);

    topic_read(&topic);
    topic.begun_us -= 200000;
    turns_until(server.loop, &taken, 1);
    topic_touch(&topic);
    topic_read(&topic); // F5
    ck_assert_ptr_nonnull(topic.child);
    turns_until(server.loop, &taken, 2);
    end(&server, &topic, other);
}
END_TEST

START_TEST(nobody_waits_for_ever)
{
    struct server server;
    struct topic topic;
    int other = begin(&server, &topic);

    topic_read(&topic);
    topic.begun_us -= 50000000;
    turns_until(server.loop, &taken, 1);
    ck_assert_uint_le(topic.rest_until_us, monotonic_us() + 5000000);
    end(&server, &topic, other);
}
END_TEST

// The end frees all requests: not while one of them is being answered.
START_TEST(out_of_memory_while_answering)
{
    struct server server;
    struct topic topic;
    int other = begin(&server, &topic);
    struct request *request = calloc(1, sizeof *request);

    ck_assert_ptr_nonnull(request);
    *request = (struct request){.server = &server, .id = 1, .method = PROTOCOL_STATUS};
    server.requests = request;
    server.n_requests = 1;
    request_answer(request, NULL);
    ck_assert_ptr_null(server.requests);
    ck_assert_uint_eq(server.n_requests, 0);
    ck_assert(server.starved);
    end(&server, &topic, other);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, out_of_memory_while_answering);
    tcase_add_test(tcase, what_took_long_is_not_read_again_at_once);
    tcase_add_test(tcase, who_asks_is_not_made_to_wait);
    tcase_add_test(tcase, nobody_waits_for_ever);
}

int main(void)
{
    return run_suite("topic", add);
}
