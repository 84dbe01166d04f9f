// What a Docker daemon says and what it wrote to its disk, as JSON. All of it is outside text: it
// is bounded, checked, and cleaned here. Formats: Docker Engine API 1.24 to 1.47, and podman's
// rendering of it; config.v2.json of dockerd 1.10 and later.
#ifndef DAVIT_RUNTIME_DOCKER_JSON_H
#define DAVIT_RUNTIME_DOCKER_JSON_H

#include <stddef.h>

#include "core/runtime/backend.h"

#define DOCKER_CONTAINERS_MAX 20000
#define DOCKER_LABELS_LIMIT   (64 * 1024) // bytes of one container's keys and values
#define DOCKER_MOUNTS_MAX     4096

// GET /containers/json, and podman's own GET /libpod/containers/json, which knows pods: adds every
// container with its id, name, image, state, labels, pod and sandbox; the runtime is `runtime`.
// -EPROTO when it is not what a daemon says: nothing is added then.
int docker_json_list(const char *text, size_t length, const char *runtime,
                     struct container_list *list, struct error *err);

// GET /containers/ID/json: image, labels, pod, state, said_pid, declared mounts and, if nobody has
// named it yet, the name of `container`. -EPROTO.
// Docker's own rule, so that a selector of any kind can be put into a URL: only such names exist.
bool docker_json_name_valid(const char *name);

int docker_json_inspect(const char *text, size_t length, struct container *container,
                        struct error *err);

// config.v2.json: name (NAME_FROM_DISK), image, labels, pod, state, started, declared mounts.
// -EPROTO when it is damaged or another container's; nothing is changed then.
int docker_json_disk(const char *text, size_t length, struct container *container,
                     struct error *err);

// The "message" of an error answer as clean text into `out`; "" when there is none.
void docker_json_message(const char *text, size_t length, char *out, size_t size);

// The "data-root" (or older "graph") of /etc/docker/daemon.json: raw, the caller frees; NULL.
char *docker_json_data_root(const char *text, size_t length);

#endif
