#include "core/runtime/docker_http.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "core/base/text.h"
#include "core/runtime/curl_library.h"

#define DOCKER_PORT "2375"
#define PATH_LIMIT  4096

struct docker_http {
    const struct curl_library *curl;
    CURLM *multi;
    CURL *easy;
    bool added; // `easy` is in `multi`
    struct docker_endpoint endpoint;
    struct docker_answer answer;
    size_t capacity; // of answer.body
    int fd;          // of the connection
    bool too_large, no_memory;
    bool wrong_peer; // somebody else listens than it should be
    uint64_t timeout_ms;
};

static int endpoint_usage(const char *text, const char *why, struct error *err)
{
    int r = error_set(err, ERROR_USAGE, EINVAL, "'%s' is no endpoint of a Docker daemon: %s", text,
                      why);

    error_path(err, text);
    error_hint(err, "give the path of its socket (/run/docker.sock, unix:///run/docker.sock) or, "
                    "for reading only, tcp://HOST:PORT");
    return r;
}

static int parse_tcp(const char *text, const char *host, struct docker_endpoint *ret,
                     struct error *err)
{
    static const char allowed[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                  "0123456789.-_:[]";
    size_t length = strspn(host, allowed);
    const char *colon = strrchr(host, ':'), *bracket = strrchr(host, ']');
    bool has_port = colon && (!bracket || colon > bracket);

    if (length == 0 || (host[length] && strcmp(host + length, "/") != 0))
        return endpoint_usage(text, "it names no host and port", err);
    ret->host = text_format("%.*s%s", (int)length, host, has_port ? "" : ":" DOCKER_PORT);
    return ret->host ? 0 : ERROR_OOM(err);
}

int docker_endpoint_parse(const char *text, struct docker_endpoint *ret, struct error *err)
{
    const struct sockaddr_un *address;
    const char *path = strncmp(text, "unix://", 7) == 0 ? text + 7 : text;
    int r = 0;

    *ret = (struct docker_endpoint){.text = strdup(text)};
    if (!ret->text)
        return ERROR_OOM(err);
    if (strncmp(text, "tcp://", 6) == 0 || strncmp(text, "http://", 7) == 0) {
        r = parse_tcp(text, strstr(text, "://") + 3, ret, err);
    } else if (*path != '/') {
        r = endpoint_usage(text, strstr(text, "://") ? "unknown protocol" : "no absolute path",
                           err);
    } else if (strlen(path) >= sizeof address->sun_path) {
        r = endpoint_usage(text, "the path of a unix socket has at most 107 bytes", err);
    } else {
        ret->socket = strdup(path);
        r = ret->socket ? 0 : ERROR_OOM(err);
    }
    if (r < 0)
        docker_endpoint_done(ret);
    return r;
}

void docker_endpoint_done(struct docker_endpoint *endpoint)
{
    free(endpoint->text);
    free(endpoint->socket);
    free(endpoint->host);
    if (endpoint->pinned)
        (void)close(endpoint->handle);
    *endpoint = (struct docker_endpoint){.text = NULL};
}

void docker_answer_done(struct docker_answer *answer)
{
    free(answer->body);
    *answer = (struct docker_answer){.body = NULL};
}

static size_t limit_of(const struct docker_http *http)
{
    return http->endpoint.pinned ? DOCKER_USERS_ANSWER_LIMIT : DOCKER_ANSWER_LIMIT;
}

static size_t body_arrived(char *bytes, size_t size, size_t n, void *context)
{
    struct docker_http *http = context;
    struct docker_answer *answer = &http->answer;
    size_t length = size * n; // size is always 1, CURLOPT_WRITEFUNCTION(3)

    if (length > limit_of(http) - answer->length) {
        http->too_large = true;
        return 0;
    }
    if (answer->length + length + 1 > http->capacity) {
        size_t more = 2 * (answer->length + length) + 4096;
        char *body = realloc(answer->body, more);

        if (!body) {
            http->no_memory = true;
            return 0;
        }
        answer->body = body;
        http->capacity = more;
    }
    memcpy(answer->body + answer->length, bytes, length);
    answer->length += length;
    answer->body[answer->length] = '\0';
    return length;
}

// Looks at who is at the other end, before anything from there is read.
static bool peer_is_right(struct docker_http *http)
{
    struct ucred peer;
    socklen_t length = sizeof peer;

    if (!http->endpoint.socket)
        return true;
    if (getsockopt(http->fd, SOL_SOCKET, SO_PEERCRED, &peer, &length) < 0)
        return false;
    http->answer.peer = peer.uid;
    http->wrong_peer = http->endpoint.pinned && peer.uid != http->endpoint.owner;
    return !http->wrong_peer;
}

static size_t header_arrived(char *bytes, size_t size, size_t n, void *context)
{
    struct docker_http *http = context;
    size_t length = size * n;
    char line[256];

    if (!peer_is_right(http))
        return 0;
    if (length < sizeof line) { // no header of interest is longer
        memcpy(line, bytes, length);
        line[length] = '\0';
        if (strncasecmp(line, "Api-Version:", 12) == 0)
            (void)sscanf(line + 12, " %3u.%3u", &http->answer.api_major, &http->answer.api_minor);
        else if (strncasecmp(line, "Server:", 7) == 0)
            http->answer.libpod = strcasestr(line, "libpod") != NULL;
    }
    return length;
}

static int socket_made(void *context, curl_socket_t fd, curlsocktype purpose)
{
    struct docker_http *http = context;

    (void)purpose;
    http->fd = fd;
    return CURL_SOCKOPT_OK;
}

static bool set_options(struct docker_http *http)
{
    const struct curl_library *curl = http->curl;
    CURL *easy = http->easy;
    char pinned[32];
    bool good = true;

#define SET(option, value) good = good && curl->easy_setopt(easy, option, value) == CURLE_OK
    SET(CURLOPT_NOSIGNAL, 1L);
    SET(CURLOPT_PROXY, ""); // not what http_proxy says
    SET(CURLOPT_FOLLOWLOCATION, 0L);
    SET(CURLOPT_HTTP_VERSION, (long)CURL_HTTP_VERSION_1_1);
    SET(CURLOPT_USERAGENT, "davit/" DAVIT_VERSION);
    SET(CURLOPT_WRITEFUNCTION, body_arrived);
    SET(CURLOPT_WRITEDATA, (void *)http);
    SET(CURLOPT_HEADERFUNCTION, header_arrived);
    SET(CURLOPT_HEADERDATA, (void *)http);
    if (http->endpoint.pinned)
        (void)snprintf(pinned, sizeof pinned, "/proc/self/fd/%d", http->endpoint.handle);
    if (http->endpoint.socket) {
        SET(CURLOPT_UNIX_SOCKET_PATH, http->endpoint.pinned ? pinned : http->endpoint.socket);
        SET(CURLOPT_SOCKOPTFUNCTION, socket_made);
        SET(CURLOPT_SOCKOPTDATA, (void *)http);
    }
#undef SET
    return good;
}

static int endpoint_copy(const struct docker_endpoint *from, struct docker_endpoint *to)
{
    to->text = strdup(from->text);
    to->socket = from->socket ? strdup(from->socket) : NULL;
    to->host = from->host ? strdup(from->host) : NULL;
    to->owner = from->owner;
    to->handle = from->pinned ? fcntl(from->handle, F_DUPFD_CLOEXEC, 3) : -1;
    to->pinned = to->handle >= 0;
    return to->pinned == from->pinned && to->text && (to->socket || !from->socket) &&
                   (to->host || !from->host)
               ? 0
               : -ENOMEM;
}

int docker_http_new(const struct docker_endpoint *endpoint, struct docker_http **ret,
                    struct error *err)
{
    _cleanup_docker_http_ struct docker_http *http = calloc(1, sizeof *http);
    struct stat st;
    int r;

    if (!http || endpoint_copy(endpoint, &http->endpoint) < 0)
        return ERROR_OOM(err);
    if (endpoint->socket && !endpoint->pinned && stat(endpoint->socket, &st) < 0) {
        r = error_errno(err, errno, "no Docker daemon's socket at %s", endpoint->socket);
        error_path(err, endpoint->socket);
        return r;
    }
    r = curl_library_load(&http->curl, err);
    if (r < 0)
        return r;
    http->multi = http->curl->multi_init();
    http->easy = http->curl->easy_init();
    if (!http->multi || !http->easy || !set_options(http))
        return ERROR_OOM(err);
    *ret = TAKE_POINTER(http);
    return 0;
}

void docker_http_free(struct docker_http *http)
{
    if (!http)
        return;
    if (http->added)
        (void)http->curl->multi_remove_handle(http->multi, http->easy);
    if (http->easy)
        http->curl->easy_cleanup(http->easy);
    if (http->multi)
        (void)http->curl->multi_cleanup(http->multi);
    docker_answer_done(&http->answer);
    docker_endpoint_done(&http->endpoint);
    free(http);
}

int docker_http_start(struct docker_http *http, const char *path, uint64_t timeout_ms,
                      struct error *err)
{
    const struct curl_library *curl = http->curl;
    const char *host = http->endpoint.host ? http->endpoint.host : "localhost";
    char url[PATH_LIMIT];
    int n = snprintf(url, sizeof url, "http://%s%s", host, path), running;

    if (n < 0 || (size_t)n >= sizeof url)
        return error_set(err, ERROR_FAILED, ENAMETOOLONG, "the request is too long");
    docker_answer_done(&http->answer);
    http->capacity = 0;
    http->too_large = http->no_memory = http->wrong_peer = false;
    http->timeout_ms = timeout_ms;
    if (curl->easy_setopt(http->easy, CURLOPT_URL, url) != CURLE_OK ||
        curl->easy_setopt(http->easy, CURLOPT_TIMEOUT_MS, (long)timeout_ms) != CURLE_OK ||
        curl->multi_add_handle(http->multi, http->easy) != CURLM_OK)
        return ERROR_OOM(err);
    http->added = true;
    // Connects and sends: a unix socket takes both at once.
    if (curl->multi_perform(http->multi, &running) != CURLM_OK)
        return ERROR_OOM(err);
    return 0;
}

static int failed(struct docker_http *http, CURLcode code, struct error *err)
{
    const char *where = http->endpoint.socket ? http->endpoint.socket : http->endpoint.host;
    long number = 0;
    int r;

    (void)http->curl->easy_getinfo(http->easy, CURLINFO_OS_ERRNO, &number);
    if (http->too_large)
        r = error_set(err, ERROR_FAILED, EFBIG, "the daemon at %s answers more than %zu MiB", where,
                      limit_of(http) >> 20);
    else if (http->no_memory || code == CURLE_OUT_OF_MEMORY)
        r = ERROR_OOM(err);
    else if (http->wrong_peer)
        r = error_set(err, ERROR_UNSAFE, EPERM, "at the socket %s listens not the user whose it is",
                      where);
    else if (code == CURLE_OPERATION_TIMEDOUT)
        r = error_set(err, ERROR_TIMED_OUT, ETIMEDOUT,
                      "the daemon at %s did not answer within %llu ms", where,
                      (unsigned long long)http->timeout_ms);
    else if (code == CURLE_COULDNT_CONNECT && number > 0)
        r = error_errno(err, (int)number, "cannot connect to the daemon at %s", where);
    else if (code == CURLE_COULDNT_CONNECT || code == CURLE_COULDNT_RESOLVE_HOST)
        r = error_set(err, ERROR_FAILED, EHOSTUNREACH, "cannot connect to the daemon at %s: %s",
                      where, http->curl->easy_strerror(code));
    else
        r = error_set(err, ERROR_FAILED, EPROTO, "the daemon at %s gave no whole answer: %s", where,
                      http->curl->easy_strerror(code));
    error_path(err, where);
    return r;
}

static CURLcode result_of(struct docker_http *http)
{
    CURLMsg *message;
    int left;

    while ((message = http->curl->multi_info_read(http->multi, &left)) != NULL)
        if (message->msg == CURLMSG_DONE)
            return message->data.result;
    return CURLE_RECV_ERROR;
}

int docker_http_finish(struct docker_http *http, struct docker_answer *ret, struct error *err)
{
    const struct curl_library *curl = http->curl;
    int running = 1;
    CURLMcode multi;
    CURLcode code;

    for (;;) {
        multi = curl->multi_perform(http->multi, &running);
        if (multi != CURLM_OK || running == 0)
            break;
        // It ends by itself when CURLOPT_TIMEOUT_MS has passed since the start.
        multi = curl->multi_poll(http->multi, NULL, 0, (int)http->timeout_ms, NULL);
        if (multi != CURLM_OK)
            break;
    }
    code = multi == CURLM_OK ? result_of(http) : CURLE_RECV_ERROR;
    (void)curl->easy_getinfo(http->easy, CURLINFO_RESPONSE_CODE, &http->answer.status);
    if (code != CURLE_OK) {
        int r = failed(http, code, err);

        (void)curl->multi_remove_handle(http->multi, http->easy);
        http->added = false;
        return r;
    }
    (void)curl->multi_remove_handle(http->multi, http->easy);
    http->added = false;
    *ret = http->answer;
    http->answer = (struct docker_answer){.body = NULL};
    return 0;
}
