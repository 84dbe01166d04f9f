// Containers of users' own dockerds (rootless): rootlesskit runs each in a user namespace of that
// user's, and where the user may make no cgroups (version 1) the container has none of its own.
#ifndef DAVIT_RUNTIME_DOCKER_ROOTLESS_H
#define DAVIT_RUNTIME_DOCKER_ROOTLESS_H

#include "core/runtime/backend.h"

// Gives its runtime and id to what has no cgroup that says so, by the shim that watches over it.
int docker_rootless_identify(struct container_list *list, struct error *err);

#endif
