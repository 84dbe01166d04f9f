// Two ends of a socket pair: the stream on one, the test by plain calls on the other.
#include "core/wire/stream.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/base/cleanup.h"
#include "core/wire/protocol.h"
#include "tests/unit/runner.h"

#define LIMIT 64 // bytes of a line here

static struct error err;
static struct loop *loop;
static struct stream *stream;
static int far; // the other end

static unsigned n_messages, n_bad, n_ends, n_drained;
static long long sum; // of the members "n"
static int bad_errno; // of the last bad line
static struct error end_why;
static bool free_at_message, answer_each;

static void on_message(json_t *message, void *context)
{
    ck_assert_ptr_eq(context, &loop);
    n_messages++;
    sum += json_integer_value(json_object_get(message, "n"));
    if (answer_each)
        (void)stream_send(stream, message, &err);
    if (free_at_message) {
        stream_free(stream);
        stream = NULL;
    }
}

static void on_bad(const struct error *why, void *context)
{
    (void)context;
    n_bad++;
    bad_errno = why->sys_errno;
    ck_assert(*why->message);
}

static void on_end(const struct error *why, void *context)
{
    (void)context;
    n_ends++;
    end_why = *why;
}

static void on_drained(void *context)
{
    (void)context;
    n_drained++;
}

static const struct stream_events events = {on_message, on_bad, on_end, on_drained, NULL};

static void setup(void)
{
    int pair[2];

    (void)signal(SIGPIPE, SIG_IGN);
    ck_assert_int_eq(loop_new(&loop, &err), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    far = pair[1];
    ck_assert_int_eq(stream_new(loop, pair[0], pair[0], LIMIT, &events, &loop, &stream, &err), 0);
}

static void teardown(void)
{
    stream_free(stream);
    loop_free(loop);
    if (far >= 0)
        (void)close(far);
}

static void say(const char *text, size_t length)
{
    ck_assert_int_eq(write(far, text, length), (ssize_t)length);
}

static void hang_up(void)
{
    (void)close(far);
    far = -1;
}

// Turns until the stream has ended; the end of the other side must come first.
static void until_end(void)
{
    for (unsigned i = 0; n_ends == 0 && i < 100000; i++)
        (void)loop_turn(loop);
    ck_assert_uint_eq(n_ends, 1);
}

// ---- reading ----

static const struct {
    const char *text;
    unsigned n_messages, n_bad;
    long long sum;
    int bad_errno;
} inputs[] = {
    {"{\"n\":1}\n{\"n\":2}\n\n", 2, 1, 3, EBADMSG}, // an empty line is none
    {"{\"n\":1}\r\n", 1, 0, 1, 0},
    {"{\"n\":1", 0, 1, 0, EPIPE},  // cut off: never acted upon
    {"{\"n\":1}", 0, 1, 0, EPIPE}, // ... not even when it looks whole
    {"{\"n\":4}\n{\"n\":1}", 1, 1, 4, EPIPE},
    {"no json\n{\"n\":1}\n", 1, 1, 1, EBADMSG},
    {"[{\"n\":1}]\n{\"n\":3}\n", 1, 1, 3, EPROTO},
    {"{\"n\":1,\"n\":2}\n", 0, 1, 0, EBADMSG},
    // 64 bytes are taken, 65 are not, and what follows is read
    {"{\"a\":\"01234567890123456789012345678901234567890123456789\",\"n\":5}\n", 1, 0, 5, 0},
    {"{\"a\":\"012345678901234567890123456789012345678901234567890\",\"n\":5}\n{\"n\":1}\n", 1, 1,
     1, EMSGSIZE},
    // a long one that is cut off is told once
    {"{\"a\":\"0123456789012345678901234567890123456789012345678901234567890123456789", 0, 1, 0,
     EMSGSIZE},
    {"", 0, 0, 0, 0},
};

START_TEST(lines_are_read)
{
    setup();
    say(inputs[_i].text, strlen(inputs[_i].text));
    hang_up();
    until_end();
    ck_assert_uint_eq(n_messages, inputs[_i].n_messages);
    ck_assert_uint_eq(n_bad, inputs[_i].n_bad);
    ck_assert_int_eq((int)sum, (int)inputs[_i].sum);
    if (inputs[_i].n_bad > 0)
        ck_assert_int_eq(bad_errno, inputs[_i].bad_errno);
    ck_assert_int_eq(end_why.code, ERROR_NONE);
    teardown();
}
END_TEST

START_TEST(a_line_may_come_byte_by_byte)
{
    const char *text = "{\"n\":1}\nbad\n{\"n\":2}\n";

    setup();
    for (const char *s = text; *s; s++) {
        say(s, 1);
        (void)loop_turn(loop);
    }
    ck_assert_uint_eq(n_messages, 2);
    ck_assert_uint_eq(n_bad, 1);
    hang_up();
    until_end();
    ck_assert_uint_eq(n_bad, 1);
    teardown();
}
END_TEST

// Whatever its length, a line that is too long costs no more memory than one read; and its rest,
// though it looks like a message after 64 KiB, is none.
START_TEST(an_endless_line_is_skipped)
{
    static char block[64 * 1024];

    setup();
    memset(block, 'x', sizeof block);
    memcpy(block + sizeof block - 10, "{\"n\":7}  ", 9);
    for (unsigned i = 0; i < 200; i++) {
        size_t sent = 0;

        while (sent < sizeof block) {
            ssize_t n = send(far, block + sent, sizeof block - sent, MSG_DONTWAIT);

            if (n > 0)
                sent += (size_t)n;
            (void)loop_turn(loop);
        }
    }
    say("\n{\"n\":1}\n", 9);
    hang_up();
    until_end();
    ck_assert_uint_eq(n_bad, 1);
    ck_assert_int_eq(bad_errno, EMSGSIZE);
    ck_assert_uint_eq(n_messages, 1);
    ck_assert_int_eq((int)sum, 1);
    teardown();
}
END_TEST

START_TEST(it_may_be_freed_by_a_message)
{
    setup();
    free_at_message = true;
    say("{\"n\":1}\n{\"n\":2}\n", 16);
    (void)loop_turn(loop);
    ck_assert_uint_eq(n_messages, 1);
    ck_assert_ptr_null(stream);
    ck_assert_int_eq(read(far, &(char){0}, 1), 0); // it was closed
    teardown();
}
END_TEST

// What comes while nobody listens waits, and the end too; it is read when it is asked for.
START_TEST(it_need_not_listen)
{
    setup();
    stream_listen(stream, false);
    say("{\"n\":1}\n{\"n\":2}\n{\"n\":", 21);
    (void)loop_turn(loop);
    ck_assert_uint_eq(n_messages, 0);
    stream_take(stream);
    ck_assert_uint_eq(n_messages, 2);
    say("4}\n", 3);
    hang_up();
    (void)loop_turn(loop);
    ck_assert_uint_eq(n_messages, 2);
    stream_listen(stream, true);
    until_end();
    ck_assert_uint_eq(n_messages, 3);
    ck_assert_int_eq(sum, 7);
    teardown();
}
END_TEST

static unsigned n_lines;

static bool on_line(const char *line, size_t length, void *context)
{
    (void)context;
    n_lines++;
    return length > 0 && line[0] == '#';
}

static const struct stream_events line_events = {on_message, on_bad, on_end, on_drained, on_line};

START_TEST(a_line_may_be_taken_as_it_is)
{
    int pair[2];

    ck_assert_int_eq(loop_new(&loop, &err), 0);
    ck_assert_int_eq(socketpair(AF_UNIX, SOCK_STREAM, 0, pair), 0);
    far = pair[1];
    ck_assert_int_eq(stream_new(loop, pair[0], pair[0], LIMIT, &line_events, &loop, &stream, &err),
                     0);
    say("#{}}\n{\"n\":1}\n", 13);
    (void)loop_turn(loop);
    ck_assert_uint_eq(n_lines, 2);
    ck_assert_uint_eq(n_messages, 1);
    ck_assert_uint_eq(n_bad, 0);
    teardown();
}
END_TEST

// ---- writing ----

static json_t *big(size_t length)
{
    char *text = malloc(length + 1);
    json_t *message;

    memset(text, 'y', length);
    text[length] = '\0';
    message = json_pack("{s:s}", "big", text);
    free(text);
    return message;
}

START_TEST(what_is_sent_arrives)
{
    char line[64] = "";
    json_t *message = json_pack("{s:s, s:i}", "text", "two\nlines", "n", 3);

    setup();
    ck_assert_int_eq(stream_send(stream, message, &err), 0);
    ck_assert_uint_eq(stream_queued(stream), 0); // at once, without a turn of the loop
    ck_assert_int_gt(read(far, line, sizeof line - 1), 0);
    ck_assert_str_eq(line, "{\"text\":\"two\\nlines\",\"n\":3}\n");
    json_decref(message);
    teardown();
}
END_TEST

// What is added goes with what is sent next, before it.
START_TEST(what_is_added_goes_with_the_next)
{
    char lines[64] = "";
    json_t *message = json_pack("{s:i}", "n", 1);

    setup();
    ck_assert_int_eq(fcntl(far, F_SETFL, O_NONBLOCK), 0);
    ck_assert_int_eq(stream_add(stream, message, &err), 0);
    ck_assert_int_eq(stream_add_line(stream, "{\"n\":2}", 7, &err), 0);
    ck_assert_int_eq(read(far, lines, sizeof lines), -1);
    ck_assert_int_eq(errno, EAGAIN);
    ck_assert_int_eq(stream_send_line(stream, "{\"n\":3}", 7, &err), 0);
    ck_assert_int_eq(read(far, lines, sizeof lines - 1), 24);
    ck_assert_str_eq(lines, "{\"n\":1}\n{\"n\":2}\n{\"n\":3}\n");
    json_decref(message);
    teardown();
}
END_TEST

// Nothing blocks, nothing is lost, order is kept; `drained` comes once it may go on.
START_TEST(what_cannot_be_written_waits)
{
    json_t *message = big(300 * 1024), *last = json_pack("{s:i}", "n", 9);
    char *end = NULL, *all;
    size_t used = 0, size = 4 * 1024 * 1024;

    setup();
    all = malloc(size);
    for (unsigned i = 0; i < 8; i++)
        ck_assert_int_eq(stream_send(stream, message, &err), 0);
    ck_assert_int_eq(stream_send(stream, last, &err), 0);
    ck_assert_uint_gt(stream_queued(stream), STREAM_LOW_MARK);
    while (!end) {
        ssize_t n = recv(far, all + used, size - used, MSG_DONTWAIT);

        used += n > 0 ? (size_t)n : 0;
        ck_assert_uint_lt(used, size);
        end = memmem(all, used, "{\"n\":9}\n", 8);
        if (n < 0) // all that was there has been read
            (void)loop_turn(loop);
    }
    ck_assert_uint_eq((size_t)(end - all), 8 * (300 * 1024 + strlen("{\"big\":\"\"}\n")));
    ck_assert_uint_eq(stream_queued(stream), 0);
    ck_assert_uint_eq(n_drained, 1);
    json_decref(message);
    json_decref(last);
    free(all);
    teardown();
}
END_TEST

START_TEST(a_reader_that_never_reads_ends_it)
{
    json_t *message = big(1024 * 1024);
    unsigned n = 0;
    int r = 0;

    setup();
    while (r == 0 && n++ < 200)
        r = stream_send(stream, message, &err);
    ck_assert_int_eq(r, -ENOBUFS);
    ck_assert_uint_gt(n, 60);
    ck_assert_uint_lt(n, 70);     // 64 MiB and what the socket takes
    ck_assert_uint_eq(n_ends, 0); // from the loop only
    ck_assert_uint_eq(stream_queued(stream), 0);
    until_end();
    ck_assert_int_eq(end_why.sys_errno, ENOBUFS);
    ck_assert_int_eq(stream_send(stream, message, &err), -EPIPE);
    json_decref(message);
    teardown();
}
END_TEST

START_TEST(a_message_has_a_limit)
{
    json_t *message = big(PROTOCOL_MESSAGE_LIMIT), *small = json_pack("{s:i}", "n", 1);
    char line[16] = "";

    setup();
    ck_assert_int_eq(stream_send(stream, message, &err), -EMSGSIZE);
    ck_assert_uint_eq(stream_queued(stream), 0);
    ck_assert_int_eq(stream_send(stream, small, &err), 0); // the stream goes on
    ck_assert_int_gt(read(far, line, sizeof line - 1), 0);
    ck_assert_str_eq(line, "{\"n\":1}\n");
    json_decref(message);
    json_decref(small);
    teardown();
}
END_TEST

START_TEST(a_closed_end_is_told_once)
{
    json_t *message = json_pack("{s:i}", "n", 1);
    int r = 0;

    setup();
    hang_up();
    for (unsigned i = 0; r == 0 && i < 3; i++)
        r = stream_send(stream, message, &err);
    ck_assert_int_eq(r, -EPIPE);
    until_end();
    ck_assert_int_eq(end_why.sys_errno, EPIPE);
    for (unsigned i = 0; i < 3; i++) {
        ck_assert_int_eq(stream_send(stream, message, &err), -EPIPE);
        (void)loop_turn(loop);
    }
    ck_assert_uint_eq(n_ends, 1);
    json_decref(message);
    teardown();
}
END_TEST

// `printf '…' | davit engine`: no more questions, but the answers are still wanted.
START_TEST(after_the_end_of_one_side_the_other_may_be_written)
{
    char line[16] = "";
    json_t *empty = json_object();

    setup();
    answer_each = true;
    say("{\"n\":1}\n", 8);
    (void)shutdown(far, SHUT_WR);
    until_end();
    ck_assert_int_gt(read(far, line, sizeof line - 1), 0);
    ck_assert_str_eq(line, "{\"n\":1}\n");
    memset(line, 0, sizeof line);
    ck_assert_int_eq(stream_send(stream, empty, &err), 0);
    json_decref(empty);
    ck_assert_int_gt(read(far, line, sizeof line - 1), 0);
    ck_assert_str_eq(line, "{}\n");
    teardown();
}
END_TEST

START_TEST(two_descriptors_and_their_flags)
{
    int in[2], out[2], kept;
    char line[16] = "";

    ck_assert_int_eq(loop_new(&loop, &err), 0);
    ck_assert_int_eq(pipe(in), 0);
    ck_assert_int_eq(pipe(out), 0);
    kept = dup(in[0]); // the same open file, as a shell has it
    ck_assert_int_eq(stream_new(loop, in[0], out[1], LIMIT, &events, &loop, &stream, &err), 0);
    ck_assert_int_ne(fcntl(kept, F_GETFL) & O_NONBLOCK, 0);
    answer_each = true;
    ck_assert_int_eq(write(in[1], "{\"n\":1}\n", 8), 8);
    (void)loop_turn(loop);
    ck_assert_int_gt(read(out[0], line, sizeof line - 1), 0);
    ck_assert_str_eq(line, "{\"n\":1}\n");
    stream_free(stream);
    stream = NULL;
    ck_assert_int_eq(fcntl(kept, F_GETFL) & O_NONBLOCK, 0);
    loop_free(loop);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, lines_are_read, 0, (int)ARRAY_SIZE(inputs));
    tcase_add_test(tcase, a_line_may_come_byte_by_byte);
    tcase_add_test(tcase, an_endless_line_is_skipped);
    tcase_add_test(tcase, it_may_be_freed_by_a_message);
    tcase_add_test(tcase, it_need_not_listen);
    tcase_add_test(tcase, a_line_may_be_taken_as_it_is);
    tcase_add_test(tcase, what_is_sent_arrives);
    tcase_add_test(tcase, what_is_added_goes_with_the_next);
    tcase_add_test(tcase, what_cannot_be_written_waits);
    tcase_add_test(tcase, a_reader_that_never_reads_ends_it);
    tcase_add_test(tcase, a_message_has_a_limit);
    tcase_add_test(tcase, a_closed_end_is_told_once);
    tcase_add_test(tcase, after_the_end_of_one_side_the_other_may_be_written);
    tcase_add_test(tcase, two_descriptors_and_their_flags);
}

int main(void)
{
    return run_suite("stream", add);
}
