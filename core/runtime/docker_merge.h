// What a daemon says of its containers, put to what /proc says, by id.
#ifndef DAVIT_RUNTIME_DOCKER_MERGE_H
#define DAVIT_RUNTIME_DOCKER_MERGE_H

#include "core/runtime/backend.h"

struct docker_matches {
    size_t here;    // have a process on this host
    size_t missing; // run, as the daemon says, and have none
};

// Gives names, images, states and labels of `said` to the containers of the same id in `list` that
// are `owner`'s, and marks those of `said` with the pid that was found. `owner` is who said it: a
// user's daemon has nothing to say of what is root's or another user's, nor root's of what is a
// user's. -ENOMEM.
int docker_merge(struct container_list *list, struct container_list *said, uid_t owner,
                 struct docker_matches *ret);

// Moves those of `said` that have no pid to the list: all, or only restarting ones. -ENOMEM.
int docker_merge_rest(struct container_list *list, struct container_list *said, bool all);

#endif
