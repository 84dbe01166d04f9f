// HTTP to a Docker daemon, one request at a time, over its unix socket or (for reading only) TCP.
// libcurl is loaded on first use; nothing here blocks but docker_http_finish().
#ifndef DAVIT_RUNTIME_DOCKER_HTTP_H
#define DAVIT_RUNTIME_DOCKER_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

#define DOCKER_ANSWER_LIMIT (32 * 1024 * 1024) // bytes
// Of a user's: as JSON it takes up to fifty times as much of davit's memory.
#define DOCKER_USERS_ANSWER_LIMIT (2 * 1024 * 1024)

struct docker_endpoint {
    char *text;   // as given
    char *socket; // path of the unix socket, NULL for TCP
    char *host;   // "HOST:PORT", NULL for a unix socket
    // Of a socket that a user could exchange for another: the very one that was looked at, and who
    // has to listen there. docker_endpoint_done() closes it.
    bool pinned;
    int handle; // O_PATH
    uid_t owner;
};

// "/path", "unix:///path", "tcp://HOST[:PORT]" (2375). ERROR_USAGE for anything else.
int docker_endpoint_parse(const char *text, struct docker_endpoint *ret, struct error *err);
void docker_endpoint_done(struct docker_endpoint *endpoint);
#define _cleanup_docker_endpoint_ CLEANUP(docker_endpoint_done)

struct docker_answer {
    long status; // of HTTP
    char *body;  // with a terminating NUL that is not counted
    size_t length;
    unsigned api_major, api_minor; // header Api-Version, 0.0 when there is none
    bool libpod;                   // it is podman that answers (header Server)
    uid_t peer; // who listens at the unix socket (SO_PEERCRED, unix(7)); over TCP: 0
};
void docker_answer_done(struct docker_answer *answer);
#define _cleanup_docker_answer_ CLEANUP(docker_answer_done)

struct docker_http;

// -ENOENT: the socket does not exist (said without loading libcurl).
int docker_http_new(const struct docker_endpoint *endpoint, struct docker_http **ret,
                    struct error *err);
void docker_http_free(struct docker_http *http);
CLEANUP_POINTER(struct docker_http, docker_http_free);
#define _cleanup_docker_http_ CLEANUP(docker_http_freep)

// Sends GET `path` ("/containers/json") and returns; the connection is kept for the next one.
int docker_http_start(struct docker_http *http, const char *path, uint64_t timeout_ms,
                      struct error *err);

// Waits for the answer, at most until timeout_ms after the start. -ETIMEDOUT, -ECONNREFUSED,
// -EFBIG (more than the limit), -EPROTO (cut off, or no HTTP), -EPERM (somebody else
// listens at a pinned socket: nothing of the answer was read) and others; an HTTP status of any
// kind is an answer.
int docker_http_finish(struct docker_http *http, struct docker_answer *ret, struct error *err);

#endif
