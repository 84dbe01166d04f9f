// What was attached to a running container, as docker itself would declare it: for who makes the
// container anew.
#ifndef DAVIT_ENGINE_EXPORT_H
#define DAVIT_ENGINE_EXPORT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/engine/engine.h"

enum export_kind {
    EXPORT_BIND,
    EXPORT_VOLUME, // a named one of the runtime's own
    EXPORT_TMPFS,
    EXPORT_DEVICE, // a volume of docker's local driver that mounts it
    EXPORT_NOT,    // it cannot be declared: `why`
};

struct export_mount {
    enum export_kind kind;
    char *target; // raw bytes
    char *source; // raw bytes: a path, a volume's name, "/dev/disk/by-uuid/…"; EXPORT_NOT: as davit
                  // calls it
    char *type; // of the filesystem of a device; clean text
    bool read_only;
    enum propagation propagation;
    uint64_t size; // of a tmpfs, 0: not limited
    char *why;     // EXPORT_NOT: the reason, else what docker does otherwise, or NULL; clean text
};

struct export
{
    char *container; // name, clean text
    char *service;   // of compose, else the name; clean text
    struct export_mount *mounts;
    size_t n;
};
void export_free(struct export *export);
CLEANUP_POINTER(struct export, export_free);

// ERROR_NOT_ATTACHED when there is nothing, and what container_find() fails with.
int engine_export(struct engine *engine, const char *selector, struct export **ret,
                  struct error *err);

#endif
