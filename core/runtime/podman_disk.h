// What podman leaves on the disk: GRAPHROOT/overlay-containers/containers.json of
// containers/storage, 1.0 and later: [{id, names: [NAME], metadata: "{\"image-name\": IMAGE}"}].
#ifndef DAVIT_RUNTIME_PODMAN_DISK_H
#define DAVIT_RUNTIME_PODMAN_DISK_H

#include <stddef.h>

#include "core/runtime/container.h"

#define PODMAN_USUAL_DIRECTORY "/var/lib/containers/storage/overlay-containers"

struct podman_disk;

int podman_disk_new(struct podman_disk **ret, struct error *err);
void podman_disk_free(struct podman_disk *disk);
CLEANUP_POINTER(struct podman_disk, podman_disk_free);
#define _cleanup_podman_disk_ CLEANUP(podman_disk_freep)

// Fills in name (NAME_FROM_DISK), image, sandbox and the pod's short id by what is in `directory`,
// the index of which is read once, and in the container's bundle below it. 0; 1 when
// nothing usable is said of the container there (disk.h says what is believed); -EACCES; -ENOMEM.
int podman_disk_fill(struct podman_disk *disk, const char *directory, struct container *container,
                     struct error *err);

// containers.json as an object of its entries by id; NULL when it is no such file, or out of
// memory (-ENOMEM in err). For podman_disk_fill() and tests.
json_t *podman_disk_index(const char *text, size_t length, struct error *err);
// One entry of it. 0, -ENOMEM.
int podman_disk_take(const json_t *entry, struct container *container, struct error *err);

#endif
