// Docker's event stream, which podman's service has too: GET /events, whose answer never ends. It
// is asked for in HTTP/1.0, so that its body is bytes without a frame, and filtered by the daemon
// to what changes the list: then every byte means a change and none has to be understood. One
// descriptor is waited for, and no timer runs while the daemon is well, hangs, or is not there;
// only one that refuses is asked again by the clock.
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "core/runtime/docker_endpoint.h"
#include "core/runtime/watch_internal.h"

#define HEADER_LIMIT   8192 // bytes
#define BYTES_AT_ONCE  65536
#define FIRST_PAUSE_MS 100 // a socket is there a moment before it listens
#define PAUSE_LIMIT_S  60
#define LASTING_S      10 // a stream that lasts as long ends the growing of the pauses

// {"type":["container"],"event":["start","die","pause","unpause","rename"]}. Not `exec_…`: a health
// check is one every few seconds. A restart is a `die` and a `start`.
static const char request[] =
    "GET /events?filters=%7B%22type%22%3A%5B%22container%22%5D%2C%22event%22%3A%5B%22start%22%2C"
    "%22die%22%2C%22pause%22%2C%22unpause%22%2C%22rename%22%5D%7D HTTP/1.0\r\n"
    "Host: localhost\r\n"
    "User-Agent: davit/" DAVIT_VERSION "\r\n"
    "\r\n";

struct docker_watch {
    enum docker_kind kind;
    struct runtime_watch *watch;
    struct loop *loop;
    char *named;    // as in struct runtime_options, or NULL
    char *socket;   // that was asked last
    int fd;         // connected, or -1
    bool streaming; // the answer has begun, and is the right one
    struct loop_source *source, *timer;
    struct path_watch *path;
    unsigned failures; // in a row
    struct timespec since;
    size_t n_header;
    char header[HEADER_LIMIT + 1];
};

static enum watch_notice own_notice(const struct docker_watch *docker)
{
    return docker->kind == DOCKER_DAEMON ? WATCH_DOCKER : WATCH_PODMAN;
}

static enum watch_notice refused_notice(const struct docker_watch *docker)
{
    return docker->kind == DOCKER_DAEMON ? WATCH_DOCKER_REFUSED : WATCH_PODMAN_REFUSED;
}

static void disconnect(struct docker_watch *docker)
{
    loop_source_free(TAKE_POINTER(docker->source));
    cleanup_close(&docker->fd);
    docker->fd = -1;
    docker->n_header = 0;
    docker->streaming = false;
}

static bool has_lasted(const struct docker_watch *docker)
{
    struct timespec now;

    (void)clock_gettime(CLOCK_MONOTONIC, &now);
    return docker->streaming && now.tv_sec - docker->since.tv_sec >= LASTING_S;
}

static void ask_later(struct docker_watch *docker)
{
    unsigned n = docker->failures++;
    uint64_t seconds = n > 0 && n <= 6 ? 1u << (n - 1) : PAUSE_LIMIT_S;

    loop_timer_start(docker->timer, n == 0 ? FIRST_PAUSE_MS : 1000 * seconds);
}

static void await_socket(struct docker_watch *docker)
{
    int r = path_watch_set(docker->path, docker->socket);

    if (r < 0)
        watch_notice(docker->watch, own_notice(docker),
                     "when the daemon at %s comes back shows late: its directory cannot be "
                     "watched: %s",
                     docker->socket, strerror(-r));
}

static void ended(struct docker_watch *docker)
{
    bool news = docker->streaming || docker->failures == 0;

    if (has_lasted(docker))
        docker->failures = 0;
    disconnect(docker);
    await_socket(docker);
    ask_later(docker);
    if (news)
        watch_changed(docker->watch);
}

// Whether the answer is the stream, told once its header is whole. 0; 1 not yet; -1 it is not.
static int header_arrived(struct docker_watch *docker, const char *bytes, size_t n)
{
    size_t room = HEADER_LIMIT - docker->n_header;
    unsigned status = 0;

    memcpy(docker->header + docker->n_header, bytes, n < room ? n : room);
    docker->n_header += n < room ? n : room;
    docker->header[docker->n_header] = '\0';
    if (!memmem(docker->header, docker->n_header, "\r\n\r\n", 4))
        return n < room ? 1 : -1;
    if (sscanf(docker->header, "HTTP/1.%*1[01] %3u", &status) == 1 && status == 200)
        return 0;
    watch_notice(docker->watch, refused_notice(docker),
                 "the daemon at %s does not tell what happens, HTTP status %u: its containers' "
                 "pauses and names show late",
                 docker->socket, status);
    return -1;
}

// 0, 1 when something happened, -1 when it is over.
static int bytes_arrived(struct docker_watch *docker, const char *bytes, size_t n)
{
    int r;

    if (docker->streaming)
        return 1;
    r = header_arrived(docker, bytes, n);
    if (r != 0)
        return r > 0 ? 0 : -1;
    docker->streaming = true;
    (void)clock_gettime(CLOCK_MONOTONIC, &docker->since);
    return 1; // what happened before is not told: so the list is read again now
}

static void answer_arrived(int fd, unsigned events, void *context)
{
    struct docker_watch *docker = context;
    bool some = false;
    char bytes[4096];

    (void)events;
    for (size_t total = 0; total < BYTES_AT_ONCE;) {
        ssize_t n = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);
        int r;

        if (n < 0 && (errno == EAGAIN || errno == EINTR))
            break;
        r = n > 0 ? bytes_arrived(docker, bytes, (size_t)n) : -1;
        if (r < 0) {
            ended(docker);
            return;
        }
        some |= r > 0;
        total += (size_t)n;
    }
    if (some)
        watch_changed(docker->watch);
}

// A descriptor on which the question has been asked, or -errno. Nothing of a unix socket waits: its
// buffer takes the question at once.
static int connect_to(const char *path)
{
    struct sockaddr_un address = {.sun_family = AF_UNIX};
    _cleanup_close_ int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    ssize_t n;

    if (fd < 0)
        return -errno;
    if (strlen(path) >= sizeof address.sun_path)
        return -ENAMETOOLONG;
    (void)strcpy(address.sun_path, path);
    if (connect(fd, (const struct sockaddr *)&address, sizeof address) < 0)
        return -errno;
    n = send(fd, request, sizeof request - 1, MSG_NOSIGNAL);
    if (n != (ssize_t)sizeof request - 1)
        return n < 0 ? -errno : -EIO;
    return TAKE_FD(fd);
}

// Podman's socket is Docker's too where podman-docker is installed: that one is watched already.
static bool is_dockers(const struct docker_watch *docker)
{
    const struct runtime_options options = {.docker_endpoint = docker->named};
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    struct stat own, other;
    struct error ignored;

    return docker->kind != DOCKER_DAEMON &&
           docker_endpoint_find(DOCKER_DAEMON, &options, &endpoint, &ignored) == 0 &&
           endpoint.socket && stat(endpoint.socket, &other) == 0 &&
           stat(docker->socket, &own) == 0 && own.st_dev == other.st_dev &&
           own.st_ino == other.st_ino;
}

// Whether there is a socket that may be waited for, into docker->socket.
static bool find_socket(struct docker_watch *docker)
{
    const struct runtime_options options = {.docker_endpoint = docker->named};
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    struct error err;

    if (docker_endpoint_find(docker->kind, &options, &endpoint, &err) < 0) {
        watch_notice(docker->watch, own_notice(docker), "%s", err.message);
        return false;
    }
    if (!endpoint.socket) {
        watch_notice(
            docker->watch, own_notice(docker),
            "a daemon that is asked over TCP (%s) is not watched: what changes there shows "
            "when the list is read again",
            endpoint.text);
        return false;
    }
    free(docker->socket);
    docker->socket = TAKE_POINTER(endpoint.socket);
    return !is_dockers(docker);
}

static void refused(struct docker_watch *docker, int sys_errno)
{
    if (sys_errno == ENOENT || sys_errno == ENOTDIR) {
        docker->failures = 0; // its coming is told
    } else if (sys_errno == EACCES || sys_errno == EPERM) {
        watch_notice(docker->watch, refused_notice(docker),
                     "%s may not be used by this user: pauses and names show late; run davit with "
                     "sudo",
                     docker->socket);
    } else {
        ask_later(docker);
    }
}

static void ask(void *context)
{
    struct docker_watch *docker = context;
    struct error err;

    loop_timer_stop(docker->timer);
    disconnect(docker);
    if (!find_socket(docker))
        return;
    docker->fd = connect_to(docker->socket);
    if (docker->fd < 0) {
        await_socket(docker);
        docker->fd = connect_to(docker->socket); // it may have come in between
    }
    if (docker->fd >= 0 && loop_fd(docker->loop, docker->fd, LOOP_READ, answer_arrived, docker,
                                   &docker->source, &err) < 0) {
        disconnect(docker);
        docker->fd = -ENOMEM;
    }
    if (docker->fd >= 0) {
        (void)path_watch_set(docker->path, NULL); // the end of the stream tells what is next
    } else {
        refused(docker, -docker->fd);
        docker->fd = -1;
    }
}

static void socket_appeared(void *context)
{
    struct docker_watch *docker = context;

    docker->failures = 0;
    ask(docker);
}

int docker_watch_new(struct loop *loop, enum docker_kind kind,
                     const struct runtime_options *options, struct runtime_watch *watch,
                     struct docker_watch **ret, struct error *err)
{
    struct docker_watch *docker = calloc(1, sizeof *docker);
    int r = 0;

    if (!docker)
        return ERROR_OOM(err);
    docker->kind = kind;
    docker->watch = watch;
    docker->loop = loop;
    docker->fd = -1;
    docker->named = options->docker_endpoint ? strdup(options->docker_endpoint) : NULL;
    if (options->docker_endpoint && !docker->named)
        r = ERROR_OOM(err);
    if (r == 0)
        r = path_watch_new(loop, socket_appeared, docker, &docker->path, err);
    if (r == 0)
        r = loop_timer(loop, ask, docker, &docker->timer, err);
    if (r < 0) {
        docker_watch_free(docker);
        return r;
    }
    ask(docker);
    *ret = docker;
    return 0;
}

void docker_watch_free(struct docker_watch *docker)
{
    if (!docker)
        return;
    disconnect(docker);
    loop_source_free(docker->timer);
    path_watch_free(docker->path);
    free(docker->socket);
    free(docker->named);
    free(docker);
}
