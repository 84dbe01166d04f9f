// Named volumes of the container runtimes: from the daemon's API, and from its disk when it is
// down.
#ifndef DAVIT_RUNTIME_VOLUME_H
#define DAVIT_RUNTIME_VOLUME_H

#include <stdbool.h>
#include <stddef.h>

#include "core/runtime/container.h"

struct volume {
    const char *runtime; // "docker", "podman", "davit"; static
    char *name;          // volume_name_valid()
    char *path;          // its directory on the host, raw bytes
    char *driver;        // clean text; NULL unknown
    char *mounts;        // what its driver mounts there while a container uses it ("nfs nas:/vol"),
                         // clean text; NULL: nothing, the directory is the volume
    bool from_disk;      // the daemon did not say so
};

struct volume_list {
    struct volume *items;
    size_t n_items;
};

// [A-Za-z0-9][A-Za-z0-9_.-]*, at most 255 bytes: what Docker and Podman take.
bool volume_name_valid(const char *name);

// Adds one; all strings are copied. -ENOMEM.
int volume_list_add(struct volume_list *list, const struct volume *volume);
void volume_list_done(struct volume_list *list);
#define _cleanup_volume_list_ CLEANUP(volume_list_done)

// Every volume of the runtimes (`name` NULL), or those of that name. A daemon that does not answer
// is no error: what is on its disk is listed, and *ret_why (struct error of the caller's) says why.
int volumes_list(const struct runtime_options *options, const char *name, struct volume_list *ret,
                 struct error *ret_why, struct error *err);

#endif
