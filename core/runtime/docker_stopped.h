// Of a container that does not run: only the daemon knows it.
#ifndef DAVIT_RUNTIME_DOCKER_STOPPED_H
#define DAVIT_RUNTIME_DOCKER_STOPPED_H

#include <stdbool.h>

#include "core/runtime/container.h"

// Whether Docker has a container of this name or id that does not run: its state in Docker's own
// word ("exited", "created"), as clean text. False also when it does not answer.
bool docker_stopped(const struct runtime_options *options, const char *name, char *state,
                    size_t size);

#endif
