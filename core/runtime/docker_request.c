#include "core/runtime/docker_request.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/docker_json.h"

#define API_OLDEST 24 // 1.24, Docker 1.12: the first whose fields are all there
#define API_NEWEST 47 // 1.47, Docker 27
#define INSPECT_MS 3000

int docker_request_start(const struct docker_endpoint *endpoint, const char *path,
                         uint64_t timeout_ms, struct docker_request *ret, struct error *err)
{
    struct docker_request request = {.timeout_ms = timeout_ms};
    int r = docker_http_new(endpoint, &request.http, err);

    if (r == 0)
        r = docker_request_again(&request, path, err);
    if (r < 0) {
        docker_request_done(&request);
        return r;
    }
    *ret = request;
    return 0;
}

int docker_request_again(struct docker_request *request, const char *path, struct error *err)
{
    char *copy = strdup(path);

    if (!copy)
        return ERROR_OOM(err);
    free(request->path);
    request->path = copy;
    return docker_http_start(request->http, path, request->timeout_ms, err);
}

void docker_request_done(struct docker_request *request)
{
    docker_http_free(request->http);
    free(request->path);
    *request = (struct docker_request){.http = NULL};
}

static int ask(struct docker_request *request, const char *path, struct docker_answer *ret,
               struct error *err)
{
    int r = docker_http_start(request->http, path, request->timeout_ms, err);

    return r < 0 ? r : docker_http_finish(request->http, ret, err);
}

static bool is_known(const struct docker_answer *answer)
{
    return answer->api_major < 1 || (answer->api_major == 1 && answer->api_minor <= API_NEWEST);
}

static int ask_in_version(struct docker_request *request, struct docker_answer *ret,
                          struct error *err)
{
    _cleanup_docker_answer_ struct docker_answer ping = {.body = NULL};
    _cleanup_free_ char *path = NULL;
    int r = ask(request, "/_ping", &ping, err);

    if (r < 0)
        return r;
    if (ping.api_major == 0)
        return error_set(err, ERROR_UNSUPPORTED, EPROTO,
                         "no Docker daemon answers there: it names "
                         "no version of its API");
    if (ping.api_major == 1 && ping.api_minor < API_OLDEST)
        return error_set(err, ERROR_UNSUPPORTED, EPROTO,
                         "the daemon speaks version 1.%u of Docker's API, 1.%d is the oldest known",
                         ping.api_minor, API_OLDEST);
    path = text_format("/v1.%u%s", is_known(&ping) ? ping.api_minor : API_NEWEST, request->path);
    return path ? ask(request, path, ret, err) : ERROR_OOM(err);
}

static int refused(const struct docker_answer *answer, struct error *err)
{
    char message[512];

    docker_json_message(answer->body, answer->length, message, sizeof message);
    return error_set(err, ERROR_FAILED, EPROTO, "the daemon answers with HTTP status %ld%s%s",
                     answer->status, message[0] ? ": " : "", message);
}

int docker_request_finish(struct docker_request *request, struct docker_answer *ret,
                          struct error *err)
{
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    int r = docker_http_finish(request->http, &answer, err);

    if (r < 0)
        return r;
    // A container that is not there is also a 404, but one with a message of the daemon's.
    if (answer.status == 400 || !is_known(&answer) ||
        (answer.status == 404 && answer.api_major == 0)) {
        docker_answer_done(&answer);
        r = ask_in_version(request, &answer, err);
        if (r < 0)
            return r;
    }
    if (answer.status == 404 && answer.api_major > 0)
        return 1;
    if (answer.status != 200)
        return refused(&answer, err);
    *ret = answer;
    answer = (struct docker_answer){.body = NULL};
    return 0;
}

int docker_request_inspect(const struct docker_endpoint *endpoint, uint64_t timeout_ms,
                           struct container *container, struct error *err)
{
    _cleanup_docker_request_ struct docker_request request = {.http = NULL};
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    char path[128];
    int r;

    (void)snprintf(path, sizeof path, "/containers/%s/json", container->id);
    r = docker_request_start(endpoint, path, timeout_ms ? timeout_ms : INSPECT_MS, &request, err);
    if (r == 0)
        r = docker_request_finish(&request, &answer, err);
    if (r == 0 && !endpoint->host && answer.peer != container->owner)
        return 1;
    if (r == 0)
        r = docker_json_inspect(answer.body, answer.length, container, err);
    if (endpoint->host)
        container->said_pid = 0; // of another machine
    if (r < 0)
        error_stage(err, "inspect");
    return r;
}
