// Which daemon of Docker's is meant.
#ifndef DAVIT_RUNTIME_DOCKER_ENDPOINT_H
#define DAVIT_RUNTIME_DOCKER_ENDPOINT_H

#include "core/runtime/container.h"
#include "core/runtime/docker_http.h"

// The one that `options` or DOCKER_HOST names, else the usual socket that exists. 0; 1 when none
// was named and none of the usual sockets exists: *ret is then where it usually is.
int docker_endpoint_find(const struct runtime_options *options, struct docker_endpoint *ret,
                         struct error *err);

#endif
