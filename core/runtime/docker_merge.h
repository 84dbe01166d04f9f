// What a daemon says of its containers, put to what /proc says, by id.
#ifndef DAVIT_RUNTIME_DOCKER_MERGE_H
#define DAVIT_RUNTIME_DOCKER_MERGE_H

#include "core/runtime/backend.h"

struct docker_matches {
    size_t here;    // have a process on this host
    size_t missing; // run, as the daemon says, and have none
};

// Gives names, images, states and labels of `said` to the containers of the same id in `list`, and
// marks those of `said` with the pid that was found. -ENOMEM.
int docker_merge(struct container_list *list, struct container_list *said,
                 struct docker_matches *ret);

// Moves those of `said` that have no pid to the list: all, or only restarting ones. -ENOMEM.
int docker_merge_rest(struct container_list *list, struct container_list *said, bool all);

#endif
