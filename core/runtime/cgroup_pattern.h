// One component of a control group's path: in which engine's way a container's id stands in it.
// Internal to the cgroup_*.c files.
#ifndef DAVIT_RUNTIME_CGROUP_PATTERN_H
#define DAVIT_RUNTIME_CGROUP_PATTERN_H

#include <stdbool.h>
#include <stddef.h>

#include "core/runtime/cgroup_path.h"

struct span {
    const char *start;
    size_t length;
};

bool span_is(struct span s, const char *text);
bool span_ends(struct span s, const char *text);
void span_store(char *out, size_t size, struct span s); // as clean text

// The uid in "podUID" (cgroupfs driver) or "kubepods-burstable-podUID.slice", '-' written as '_'
// (systemd); length 0: it is no pod's.
struct span cgroup_pod_of(struct span component);

// Fills in runtime and id; the runtime is "" for an id under a parent of the administrator's
// choice. 1: a container, 0: none of the patterns, -1: known to be none.
int cgroup_component_fits(struct span parent, struct span component, struct cgroup_identity *ret);

#endif
