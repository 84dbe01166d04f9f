// A daemon that answers wrongly, recorded answer by recorded answer, on a real unix socket. A
// daemon that answers rightly is dockerd itself, in the end-to-end suites.
#include "core/runtime/docker_http.h"

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "core/runtime/backend.h"
#include "core/runtime/container.h"
#include "runner.h"
#include "temporary.h"

#define A16 "0123456789abcdef"
#define A   A16 A16 A16 A16

static struct error err;
static char directory[TEMPORARY_SIZE], socket_path[TEMPORARY_SIZE + 8];
static pid_t server;

static int listen_there(void)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

    temporary_directory(directory);
    (void)snprintf(socket_path, sizeof socket_path, "%s/s", directory);
    ck_assert_int_lt((int)strlen(socket_path), (int)sizeof address.sun_path);
    memcpy(address.sun_path, socket_path, strlen(socket_path) + 1);
    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(bind(fd, (struct sockaddr *)&address, sizeof address), 0);
    ck_assert_int_eq(listen(fd, 8), 0);
    return fd;
}

// One answer that a daemon gives to a request whose first line contains `path`.
struct answer {
    const char *path;
    const char *text;
    size_t padding; // so many spaces behind it
};

static void send_all(int fd, const char *bytes, size_t length)
{
    while (length > 0) {
        ssize_t n = send(fd, bytes, length, MSG_NOSIGNAL);

        if (n <= 0)
            return;
        bytes += n;
        length -= (size_t)n;
    }
}

static void serve_one(int fd, const struct answer *answers, size_t n)
{
    static char spaces[65536];
    char request[4096];
    ssize_t length = recv(fd, request, sizeof request - 1, 0);

    memset(spaces, ' ', sizeof spaces);
    if (length <= 0)
        return;
    request[length] = '\0';
    request[strcspn(request, "\r\n")] = '\0';
    for (size_t i = 0; i < n; i++) {
        if (!strstr(request, answers[i].path))
            continue;
        send_all(fd, answers[i].text, strlen(answers[i].text));
        for (size_t k = 0; k < answers[i].padding; k += sizeof spaces)
            send_all(fd, spaces, sizeof spaces);
        return;
    }
}

// Each answer ends with its connection. No answers at all: it takes connections and is silent.
static void serve(const struct answer *answers, size_t n)
{
    int fd = listen_there();

    server = fork();
    ck_assert_int_ge(server, 0);
    if (server == 0) {
        (void)prctl(PR_SET_PDEATHSIG, SIGKILL);
        for (;;) {
            int connection = accept(fd, NULL, NULL);

            if (connection < 0)
                _exit(1);
            if (n == 0)
                (void)pause();
            serve_one(connection, answers, n);
            (void)close(connection);
        }
    }
    (void)close(fd);
}

static void stop(void)
{
    if (server > 0) {
        (void)kill(server, SIGKILL);
        (void)waitpid(server, NULL, 0);
        server = 0;
    }
    (void)unlink(socket_path);
    (void)rmdir(directory);
}

static struct snapshot *take(uint64_t timeout_ms)
{
    const struct runtime_options options = {
        .docker_endpoint = socket_path, .docker_root = "/nonexistent", .timeout_ms = timeout_ms};
    struct snapshot *snapshot = NULL;

    ck_assert_int_eq(snapshot_take(&options, &snapshot, &err), 0);
    ck_assert_uint_eq(snapshot->n_runtimes, BACKENDS_N);
    ck_assert_str_eq(snapshot->runtimes[0].name, "proc");
    ck_assert_int_eq(snapshot->runtimes[0].state, RUNTIME_CONNECTED);
    ck_assert_str_eq(snapshot->runtimes[1].name, "docker");
    ck_assert_str_eq(snapshot->runtimes[1].endpoint, socket_path);
    return snapshot;
}

#define OK_HEAD "HTTP/1.1 200 OK\r\nApi-Version: 1.41\r\nContent-Type: application/json\r\n"

static const struct {
    struct answer answers[3];
    int sys_errno;
    const char *message;
} faults[] = {
    // nonsense, cut off, too large, refused
    {{{"/containers/json", OK_HEAD "Content-Length: 4\r\n\r\nnope", 0}}, EPROTO, "no JSON"},
    {{{"/containers/json", OK_HEAD "Content-Length: 7\r\n\r\n{\"a\":1}", 0}}, EPROTO, "no array"},
    {{{"/containers/json", OK_HEAD "Content-Length: 0\r\n\r\n", 0}}, EPROTO, "no JSON"},
    {{{"/containers/json", OK_HEAD "Content-Length: 900\r\n\r\n[{\"Id\":\"", 0}},
     EPROTO,
     "no whole answer"},
    {{{"/containers/json", OK_HEAD "Transfer-Encoding: chunked\r\n\r\n5\r\n[{\"Id", 0}},
     EPROTO,
     "no whole answer"},
    {{{"/containers/json", OK_HEAD "\r\n[{\"Id\":\"" A "\"", 0}}, EPROTO, "no JSON"},
    {{{"/containers/json", "", 0}}, EPROTO, "no whole answer"},
    {{{"/containers/json", "SSH-2.0-OpenSSH_9.2\r\n", 0}}, EPROTO, "no whole answer"},
    {{{"/containers/json", OK_HEAD "\r\n[", DOCKER_ANSWER_LIMIT}}, EFBIG, "more than 32 MiB"},
    {{{"/containers/json",
       "HTTP/1.1 500 Internal Server Error\r\nApi-Version: 1.41\r\nContent-Length: 20\r\n\r\n"
       "{\"message\":\"broken\"}",
       0}},
     EPROTO,
     "HTTP status 500: broken"},
    {{{"/containers/json",
       "HTTP/1.1 301 Moved\r\nLocation: http://localhost/x\r\n"
       "Content-Length: 0\r\n\r\n",
       0}},
     EPROTO,
     "HTTP status 301"},
    // versions: a daemon that wants one and is too old, or is none
    {{{"GET /containers/json", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0},
      {"GET /_ping", "HTTP/1.1 200 OK\r\nApi-Version: 1.20\r\nContent-Length: 2\r\n\r\nOK", 0}},
     EPROTO,
     "1.24 is the oldest"},
    {{{"GET /containers/json", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0},
      {"GET /_ping", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0}},
     EPROTO,
     "no Docker daemon"},
};

START_TEST(test_fault)
{
    const struct runtime_status *docker;
    struct snapshot *snapshot;

    serve(faults[_i].answers, faults[_i].answers[1].path ? 2 : 1);
    snapshot = take(20000);
    docker = &snapshot->runtimes[1];
    ck_assert_int_eq(docker->state, RUNTIME_UNREACHABLE);
    ck_assert_msg(strstr(docker->error.message, faults[_i].message) != NULL, "%s, not %s",
                  docker->error.message, faults[_i].message);
    ck_assert_int_eq(docker->error.sys_errno, faults[_i].sys_errno);
    ck_assert_str_eq(docker->error.path, socket_path);
    ck_assert_str_ne(docker->error.hint, "");
    snapshot_free(snapshot);
}
END_TEST

// At a socket that is some user's.
START_TEST(test_users_limit)
{
    static const struct answer answer = {"/containers/json", OK_HEAD "\r\n[",
                                         DOCKER_USERS_ANSWER_LIMIT};
    _cleanup_docker_http_ struct docker_http *http = NULL;
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    _cleanup_docker_answer_ struct docker_answer got = {.body = NULL};

    serve(&answer, 1);
    ck_assert_int_eq(docker_endpoint_parse(socket_path, &endpoint, &err), 0);
    endpoint.pinned = true;
    endpoint.handle = open(socket_path, O_PATH | O_CLOEXEC);
    endpoint.owner = getuid();
    ck_assert_int_eq(docker_http_new(&endpoint, &http, &err), 0);
    ck_assert_int_eq(docker_http_start(http, "/containers/json", 20000, &err), 0);
    ck_assert_int_eq(docker_http_finish(http, &got, &err), -EFBIG);
    ck_assert_ptr_nonnull(strstr(err.message, "more than 2 MiB"));
}
END_TEST

static double seconds(void)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

START_TEST(test_silent)
{
    double begin = seconds();
    struct snapshot *snapshot;

    serve(NULL, 0);
    snapshot = take(300);
    ck_assert_int_eq(snapshot->runtimes[1].state, RUNTIME_UNREACHABLE);
    ck_assert_int_eq(snapshot->runtimes[1].error.code, ERROR_TIMED_OUT);
    ck_assert(seconds() - begin >= 0.3);
    ck_assert(seconds() - begin < 10);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(test_refused)
{
    struct snapshot *snapshot;

    (void)close(listen_there());
    snapshot = take(20000);
    ck_assert_int_eq(snapshot->runtimes[1].state, RUNTIME_UNREACHABLE);
    ck_assert_int_eq(snapshot->runtimes[1].error.sys_errno, ECONNREFUSED);
    snapshot_free(snapshot);
}
END_TEST

START_TEST(test_absent)
{
    struct snapshot *snapshot;

    (void)close(listen_there());
    ck_assert_int_eq(unlink(socket_path), 0);
    snapshot = take(20000);
    // where it was said to be: a fault, not an absence
    ck_assert_int_eq(snapshot->runtimes[1].state, RUNTIME_UNREACHABLE);
    ck_assert_int_eq(snapshot->runtimes[1].error.sys_errno, ENOENT);
    snapshot_free(snapshot);
}
END_TEST

// A daemon behind a local socket whose containers run elsewhere: they are shown, without a pid, and
// nothing can be done to them here.
static const char elsewhere[] = OK_HEAD "Connection: close\r\n\r\n[{\"Id\":\"" A
                                        "\",\"Names\":[\"/far\"],\"State\":\"running\"}]";

START_TEST(test_elsewhere)
{
    const struct answer answers[] = {{"/containers/json", elsewhere, 0}};
    const struct runtime_options options = {.docker_endpoint = socket_path, .timeout_ms = 20000};
    const struct container *found = NULL;
    struct container *container = NULL;
    struct snapshot *snapshot;

    serve(answers, 1);
    snapshot = take(20000);
    ck_assert_int_eq(snapshot->runtimes[1].state, RUNTIME_READ_ONLY);
    ck_assert_ptr_nonnull(strstr(snapshot->runtimes[1].error.hint, "reading only"));
    ck_assert_int_eq(container_select(snapshot, "docker/far", &found, &err), 0);
    ck_assert_int_eq(found->pid, 0);
    ck_assert_str_eq(found->id, A);
    snapshot_free(snapshot);
    ck_assert_int_lt(container_find(&options, "far", &container, &err), 0);
    ck_assert_int_eq(err.code, ERROR_GONE);
    ck_assert_ptr_null(container);
}
END_TEST

// A daemon newer than this program is asked in the newest version that both know; one that wants a
// version in every path, in its own.
static const char empty_list[] = OK_HEAD "Content-Length: 2\r\n\r\n[]";
static const struct {
    struct answer answers[3];
} versions[] = {
    {{{"GET /v1.47/containers/json", empty_list, 0},
      {"GET /containers/json",
       "HTTP/1.1 200 OK\r\nApi-Version: 1.60\r\nContent-Length: 6\r\n\r\n"
       "future",
       0},
      {"GET /_ping", "HTTP/1.1 200 OK\r\nApi-Version: 1.60\r\nContent-Length: 2\r\n\r\nOK", 0}}},
    {{{"GET /v1.40/containers/json", empty_list, 0},
      {"GET /containers/json",
       "HTTP/1.1 400 Bad Request\r\nApi-Version: 1.40\r\n"
       "Content-Length: 0\r\n\r\n",
       0},
      {"GET /_ping", "HTTP/1.1 200 OK\r\nApi-Version: 1.40\r\nContent-Length: 2\r\n\r\nOK", 0}}},
    {{{"GET /v1.40/containers/json", empty_list, 0},
      {"GET /containers/json", "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n", 0},
      {"GET /_ping", "HTTP/1.1 200 OK\r\nApi-Version: 1.40\r\nContent-Length: 2\r\n\r\nOK", 0}}},
};

START_TEST(test_version)
{
    struct snapshot *snapshot;

    serve(versions[_i].answers, 3);
    snapshot = take(20000);
    ck_assert_msg(snapshot->runtimes[1].state == RUNTIME_CONNECTED, "%s",
                  snapshot->runtimes[1].error.message);
    snapshot_free(snapshot);
}
END_TEST

static const struct {
    const char *text, *socket, *host; // both NULL: an error
} endpoints[] = {
    {"/run/docker.sock", "/run/docker.sock", NULL},
    {"unix:///run/docker.sock", "/run/docker.sock", NULL},
    {"tcp://10.0.0.1", NULL, "10.0.0.1:2375"},
    {"tcp://box:99/", NULL, "box:99"},
    {"http://[::1]:99", NULL, "[::1]:99"},
    {"tcp://[::1]", NULL, "[::1]:2375"},
    {"", NULL, NULL},
    {"docker.sock", NULL, NULL},
    {"unix://docker.sock", NULL, NULL},
    {"ssh://box", NULL, NULL},
    {"npipe:////./pipe/docker", NULL, NULL},
    {"tcp://", NULL, NULL},
    {"tcp://box/path", NULL, NULL},
    {"tcp://user@box", NULL, NULL},
    {"tcp://box\r\nX: y", NULL, NULL},
    {"/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
     "aaaaaaaaaaaaaaaaaaaaaaaaaa",
     NULL, NULL},
};

START_TEST(test_endpoint)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint;
    bool good = endpoints[_i].socket || endpoints[_i].host;
    int r = docker_endpoint_parse(endpoints[_i].text, &endpoint, &err);

    ck_assert_msg((r == 0) == good, "%s: %d", endpoints[_i].text, r);
    ck_assert_pstr_eq(endpoint.socket, endpoints[_i].socket);
    ck_assert_pstr_eq(endpoint.host, endpoints[_i].host);
    if (!good)
        ck_assert_int_eq(err.code, ERROR_USAGE);
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_checked_fixture(tests, NULL, stop);
    tcase_add_loop_test(tests, test_fault, 0, ARRAY_SIZE(faults));
    tcase_add_test(tests, test_users_limit);
    tcase_add_test(tests, test_silent);
    tcase_add_test(tests, test_refused);
    tcase_add_test(tests, test_absent);
    tcase_add_test(tests, test_elsewhere);
    tcase_add_loop_test(tests, test_version, 0, ARRAY_SIZE(versions));
    tcase_add_loop_test(tests, test_endpoint, 0, ARRAY_SIZE(endpoints));
}

int main(void)
{
    return run_suite("docker_http", add);
}
