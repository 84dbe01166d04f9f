// Why a container sees a path of the host, or does not.
#ifndef DAVIT_ENGINE_VISIBLE_H
#define DAVIT_ENGINE_VISIBLE_H

#include <stdbool.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/engine/engine.h"
#include "core/host/mounttable.h"

struct visible {
    bool seen;
    char *inside; // where it shows in the container, raw bytes; where its mount point's directory
                  // does when only that is seen; NULL: nowhere
    char *why;    // one or two sentences; clean text
};
void visible_free(struct visible *visible);
CLEANUP_POINTER(struct visible, visible_free);

// Pure: of the host's path (canonical) and what it is on (`on`, in `host`), and the container's
// table. Identity is device and root (mountinfo 3 and 4).
int visible_explain(const char *path, const struct mount_entry *on, const struct mount_table *host,
                    const struct mount_table *own, struct visible **ret, struct error *err);

// ERROR_NO_PATH, ERROR_TIMED_OUT of the host's path; those of container_find().
int engine_why(struct engine *engine, const char *selector, const char *path, struct visible **ret,
               struct error *err);

#endif
