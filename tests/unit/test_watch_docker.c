// A daemon whose answers are the test's own.
#include "core/runtime/watch.h"

#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "tests/unit/runner.h"
#include "watching.h"

static const char good[] = "HTTP/1.0 200 OK\r\nApi-Version: 1.41\r\n\r\n";

static const char *socket_path(void)
{
    return in(directory, "s");
}

static int listen_at(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    ck_assert_int_lt(strlen(path), sizeof address.sun_path);
    (void)strcpy(address.sun_path, path);
    ck_assert_int_eq(bind(fd, (const void *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 5), 0);
    return fd;
}

// The next connection, on which the question has come already.
static int answer(int listener)
{
    char request[2048];
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    ssize_t n = recv(fd, request, sizeof request - 1, MSG_DONTWAIT);

    ck_assert_int_gt(n, 0);
    request[n] = '\0';
    ck_assert_msg(strncmp(request, "GET /events?filters=%7B", 23) == 0, "%s", request);
    ck_assert_ptr_nonnull(strstr(request, " HTTP/1.0\r\n"));
    ck_assert_str_eq(request + n - 4, "\r\n\r\n");
    return fd;
}

static void say(int fd, const char *text)
{
    ck_assert_int_eq(send(fd, text, strlen(text), MSG_NOSIGNAL), (int)strlen(text));
}

static void asked_once(int fd, unsigned what, void *context)
{
    (void)fd, (void)what;
    *(unsigned *)context = 1;
}

// Whether somebody has connected within `ms`.
static bool is_asked(int listener, unsigned ms)
{
    struct loop_source *source;
    unsigned asked = 0;
    bool r;

    ck_assert_int_eq(loop_fd(loop, listener, LOOP_READ, asked_once, &asked, &source, &err), 0);
    r = turns(loop, &asked, 1, ms);
    loop_source_free(source);
    return r;
}

START_TEST(test_a_stream)
{
    int listener = listen_at(socket_path()), fd;

    hide_groups();
    watch_begin("docker", socket_path());
    fd = answer(listener);
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 0);
    say(fd, "HTTP/1.0 200 OK\r\nApi-Version: 1.41\r\n");
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 0);
    say(fd, "\r\n");
    turns_until(loop, &changes, 1); // what happened before that is not told
    say(fd, "{\"Type\":\"container\"");
    turns_until(loop, &changes, 2);
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 2);
    (void)close(fd);
    turns_until(loop, &changes, 3);
    ck_assert(is_asked(listener, 5000));
    fd = answer(listener);
    say(fd, good);
    turns_until(loop, &changes, 4);
    ck_assert_uint_eq(notices, 1); // of the control groups
    (void)close(fd);
    (void)close(listener);
}
END_TEST

START_TEST(test_a_flood)
{
    static char much[1 << 20];
    int listener = listen_at(socket_path()), fd;
    size_t sent = 0;

    memset(much, 'x', sizeof much);
    watch_begin("docker", socket_path());
    fd = answer(listener);
    say(fd, good);
    while (sent < sizeof much) {
        ssize_t n = send(fd, much + sent, sizeof much - sent, MSG_DONTWAIT | MSG_NOSIGNAL);

        sent += n > 0 ? (size_t)n : 0;
        (void)turns(loop, &changes, changes + 1, 1000);
    }
    (void)close(fd);
    ck_assert(is_asked(listener, 5000));
    (void)close(listener);
}
END_TEST

static const struct {
    const char *answer, *notice;
} wrong[] = {
    {"HTTP/1.0 404 Not Found\r\n\r\n", "HTTP status 404"},
    {"HTTP/1.1 500 Internal\x1b[2J\r\n\r\n", "HTTP status 500"},
    {"SSH-2.0-OpenSSH\r\n\r\n", "HTTP status 0"},
    {"HTTP/1.0 200", NULL}, // and no more
    {"", NULL},
    {NULL, NULL}, // a header without an end
};

START_TEST(test_a_wrong_answer)
{
    static char endless[10000];
    int listener = listen_at(socket_path()), fd;
    char byte;

    hide_groups();
    watch_begin("docker", socket_path());
    notices = 0;
    memset(endless, 'x', sizeof endless);
    fd = answer(listener);
    (void)send(fd, wrong[_i].answer ? wrong[_i].answer : endless,
               wrong[_i].answer ? strlen(wrong[_i].answer) : sizeof endless, MSG_NOSIGNAL);
    if (!wrong[_i].notice && wrong[_i].answer)
        (void)shutdown(fd, SHUT_WR);
    turns_until(loop, &changes, 1);
    ck_assert_int_le(recv(fd, &byte, 1, MSG_DONTWAIT), 0); // hung up
    (void)close(fd);
    ck_assert(is_asked(listener, 5000)); // again soon
    fd = answer(listener);
    (void)close(fd);
    ck_assert(_i > 0 || !is_asked(listener, 900)); // then not before a second has passed
    ck_assert_uint_eq(notices, wrong[_i].notice != NULL);
    ck_assert(!wrong[_i].notice || strstr(notice, wrong[_i].notice));
    ck_assert_uint_eq(changes, 1);
    (void)close(listener);
}
END_TEST

// The path of the socket, what is made for it, and when it refuses.
START_TEST(test_a_socket_that_comes)
{
    char path[1024], target[1024];
    int listener, fd;

    (void)snprintf(path, sizeof path, "%s", in(directory, "run/docker/link"));
    (void)snprintf(target, sizeof target, "%s", in(directory, "other/s"));
    watch_begin("docker", path);
    turns_for(loop, 20);
    make("other");
    make("run");
    turns_for(loop, 20);
    make("run/docker");
    turns_for(loop, 20);
    ck_assert_int_eq(symlink("../../other/s", path), 0);
    turns_for(loop, 20);
    listener = listen_at(target);
    ck_assert(is_asked(listener, 5000));
    fd = answer(listener);
    say(fd, good);
    turns_until(loop, &changes, 1);
    (void)close(listener); // it stays, and refuses
    (void)close(fd);
    turns_until(loop, &changes, 2);
    turns_for(loop, 1500);
    ck_assert_int_eq(unlink(target), 0);
    turns_for(loop, 20);
    listener = listen_at(target);
    ck_assert(is_asked(listener, 400)); // not by the clock
    (void)close(listener);
}
END_TEST

START_TEST(test_a_directory_that_goes_and_comes)
{
    char path[1024];
    int listener;

    (void)snprintf(path, sizeof path, "%s", in(directory, "run/s"));
    make("run");
    watch_begin("docker", path);
    turns_for(loop, 20);
    take_away("run");
    turns_for(loop, 20);
    make("run");
    turns_for(loop, 20);
    listener = listen_at(path);
    ck_assert(is_asked(listener, 400));
    (void)close(listener);
}
END_TEST

START_TEST(test_endpoints_that_are_not_watched)
{
    static const struct {
        const char *runtimes, *endpoint, *notice;
    } cases[] = {{NULL, "tcp://127.0.0.1:1", "over TCP"},
                 {NULL, "nonsense", "no endpoint"},
                 {"lxc", "tcp://127.0.0.1:1", NULL}};

    hide_groups();
    watch_begin(cases[_i].runtimes, cases[_i].endpoint);
    ck_assert_uint_eq(notices, cases[_i].notice ? 2 : 1);
    ck_assert(!cases[_i].notice || strstr(notice, cases[_i].notice));
    turns_for(loop, 20);
    ck_assert_uint_eq(changes, 0);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, watching_begin, watching_end);
    tcase_add_test(tcase, test_a_stream);
    tcase_add_test(tcase, test_a_flood);
    tcase_add_loop_test(tcase, test_a_wrong_answer, 0, ARRAY_SIZE(wrong));
    tcase_add_test(tcase, test_a_socket_that_comes);
    tcase_add_test(tcase, test_a_directory_that_goes_and_comes);
    tcase_add_loop_test(tcase, test_endpoints_that_are_not_watched, 0, 3);
}

int main(void)
{
    return run_suite("watch_docker", add);
}
