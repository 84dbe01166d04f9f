// Docker's and Podman's volumes: GET /volumes, and ROOT/volumes/NAME/_data.
#ifndef DAVIT_RUNTIME_DOCKER_VOLUME_H
#define DAVIT_RUNTIME_DOCKER_VOLUME_H

#include "core/runtime/volume.h"

// 0; 1 when there is no daemon here; < 0 with what went wrong in err.
int docker_volumes_ask(const struct runtime_options *options, const char *name,
                       struct volume_list *list, struct error *err);

// Of the text that GET /volumes (or /volumes/NAME) answers. ERROR_FAILED: it is no such text.
// Volumes whose name or path cannot be one are left out.
int docker_volumes_parse(const char *text, size_t length, const char *runtime,
                         struct volume_list *list, struct error *err);

// Only what root alone can have put there is believed. 0 also when there is nothing.
int docker_volumes_on_disk(const struct runtime_options *options, const char *name,
                           struct volume_list *list, struct error *err);
int podman_volumes_on_disk(const char *name, struct volume_list *list, struct error *err);

#endif
