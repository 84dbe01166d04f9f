// Ids of containers that are no other's.
#ifndef DAVIT_RUNTIME_PROC_UNIQUE_H
#define DAVIT_RUNTIME_PROC_UNIQUE_H

#include <stddef.h>

#include "core/runtime/container.h"

struct proc_origin {
    struct container *container;
    size_t item;      // its place in the list, while that grows
    const char *path; // its cgroup
};

// Ids that are not unique in their runtime get the pid at the end. Sorts the origins. 0 or -ENOMEM.
int proc_make_unique(struct proc_origin *origins, size_t n);

#endif
