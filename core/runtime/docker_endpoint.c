#include "core/runtime/docker_endpoint.h"

#include <stdlib.h>
#include <unistd.h>

static const char *const usual_sockets[] = {"/run/docker.sock", "/var/run/docker.sock"};

int docker_endpoint_find(const struct runtime_options *options, struct docker_endpoint *ret,
                         struct error *err)
{
    const char *text = options->docker_endpoint;
    int r;

    if (!text) {
        text = getenv("DOCKER_HOST");
        text = text && *text ? text : NULL;
    }
    for (size_t i = 0; !text && i < ARRAY_SIZE(usual_sockets); i++)
        if (access(usual_sockets[i], F_OK) == 0)
            text = usual_sockets[i];
    if (text) {
        r = docker_endpoint_parse(text, ret, err);
        if (r < 0 && !options->docker_endpoint)
            error_prefix(err, "DOCKER_HOST");
        return r;
    }
    r = docker_endpoint_parse(usual_sockets[0], ret, err);
    return r < 0 ? r : 1;
}
