// Which daemon that speaks Docker's API is meant.
#ifndef DAVIT_RUNTIME_DOCKER_ENDPOINT_H
#define DAVIT_RUNTIME_DOCKER_ENDPOINT_H

#include "core/runtime/container.h"
#include "core/runtime/docker_http.h"

enum docker_kind { DOCKER_DAEMON, PODMAN_SERVICE };

// DOCKER_DAEMON: the one that `options` or DOCKER_HOST names; PODMAN_SERVICE: root's, the one that
// CONTAINER_HOST names (podman-system-service(1)); else the usual socket that exists. 0; 1 when
// none was named and none of the usual sockets exists: *ret is then where it usually is.
int docker_endpoint_find(enum docker_kind kind, const struct runtime_options *options,
                         struct docker_endpoint *ret, struct error *err);

// A user's own: dockerd (rootless) at /run/user/UID/docker.sock, podman's service at
// /run/user/UID/podman/podman.sock, pinned. All below /run/user/UID is
// that user's to change: it must be a socket of that user's, with no symbolic link and no other
// filesystem on the way, and whoever listens there must be that user. 0; 1: there is none; -errno
// with what is wrong.
int docker_endpoint_of_user(enum docker_kind kind, uid_t uid, struct docker_endpoint *ret,
                            struct error *err);

// What to try when it fails, if nothing was said yet.
void docker_endpoint_hint(enum docker_kind kind, const struct docker_endpoint *endpoint,
                          struct error *err);

#endif
