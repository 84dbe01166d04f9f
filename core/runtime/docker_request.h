// One question to a Docker daemon in a version of its API that both sides know.
//
// Version: a request without one in its path is answered in the daemon's own, which the answer's
// Api-Version header names. When we know that version, that was all: one round trip, which is what
// an attach by name can afford. When it is newer than ours, or the daemon wants a version in the
// path (404, 400), the question is asked again with the highest version that both know, which
// GET /_ping tells. A path with a fixed old version would not do: Docker 29 refuses 1.24, and
// Docker 20.10 refuses 1.42.
#ifndef DAVIT_RUNTIME_DOCKER_REQUEST_H
#define DAVIT_RUNTIME_DOCKER_REQUEST_H

#include "core/runtime/container.h"
#include "core/runtime/docker_http.h"

// What runs or is paused, by podman's own API (podman 4), which says which pod a container is in,
// and by Docker's: there podman leaves out what is paused without a filter.
// {"status":["running","paused"]}
#define PODMAN_LIST \
    "/containers/json?all=true&filters=%7B%22status%22%3A%5B%22running%22%2C%22paused%22%5D%7D"
#define PODMAN_OWN_LIST "/v4.0.0/libpod" PODMAN_LIST

struct docker_request {
    struct docker_http *http;
    char *path; // "/containers/json"
    uint64_t timeout_ms;
};

int docker_request_start(const struct docker_endpoint *endpoint, const char *path,
                         uint64_t timeout_ms, struct docker_request *ret, struct error *err);
// Asks another question on the same connection.
int docker_request_again(struct docker_request *request, const char *path, struct error *err);
// 0 with an answer of HTTP status 200; 1: 404, there is no such container; < 0 with what the
// daemon said in err.
int docker_request_finish(struct docker_request *request, struct docker_answer *ret,
                          struct error *err);
// GET /containers/ID/json: asks for the details of one container (docker_json_inspect()), which
// must be the one's who answers. `timeout_ms` 0: 3 seconds. 0; 1: it knows no such container.
int docker_request_inspect(const struct docker_endpoint *endpoint, uint64_t timeout_ms,
                           struct container *container, struct error *err);
void docker_request_done(struct docker_request *request);
#define _cleanup_docker_request_ CLEANUP(docker_request_done)

#endif
