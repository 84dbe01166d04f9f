#include "core/runtime/docker_stopped.h"

#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/docker_endpoint.h"
#include "core/runtime/docker_json.h"
#include "core/runtime/docker_request.h"
#include "core/runtime/outside_json.h"

#define ASK_MS 1000 // it is for a message only

bool docker_stopped(const struct runtime_options *options, const char *name, char *state,
                    size_t size)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    _cleanup_docker_request_ struct docker_request request = {.http = NULL};
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    _cleanup_json_ json_t *json = NULL;
    const char *status;
    struct error ignored;
    char path[320];

    if (!docker_json_name_valid(name) ||
        docker_endpoint_find(DOCKER_DAEMON, options, &endpoint, &ignored) != 0)
        return false;
    (void)snprintf(path, sizeof path, "/containers/%s/json", name);
    if (docker_request_start(&endpoint, path, ASK_MS, &request, &ignored) < 0 ||
        docker_request_finish(&request, &answer, &ignored) != 0)
        return false;
    json = outside_json_load(answer.body, answer.length, "what the daemon says", &ignored);
    status = json_string_value(json_object_get(json_object_get(json, "State"), "Status"));
    if (!status || json_is_true(json_object_get(json_object_get(json, "State"), "Running")))
        return false;
    text_clean(state, size, status, strlen(status));
    return true;
}
