// What dockerd wrote to its disk, for when it does not answer:
// DATAROOT/containers/ID/config.v2.json.
#ifndef DAVIT_RUNTIME_DOCKER_DISK_H
#define DAVIT_RUNTIME_DOCKER_DISK_H

#include "core/runtime/container.h"

struct docker_disk;

// `data_root`: --docker's data root, looked at first, or NULL. Then /etc/docker/daemon.json's and
// /var/lib/docker. A dockerd with another one is found by what it mounts into each container:
// /etc/hosts, /etc/hostname and /etc/resolv.conf come from DATAROOT/containers/ID. That is believed
// for the same container alone, when root owns every directory down to there (and no one else may
// write to it, but for a sticky one), and it lies neither on an overlay nor below any directory
// that is mounted in the container: its root, a volume.
int docker_disk_new(const char *data_root, struct docker_disk **ret, struct error *err);
void docker_disk_free(struct docker_disk *disk);
CLEANUP_POINTER(struct docker_disk, docker_disk_free);
#define _cleanup_docker_disk_ CLEANUP(docker_disk_freep)

// The data roots that are known beforehand, in the order they are looked at; NULL after the last.
const char *docker_disk_root(const struct docker_disk *disk, size_t index);

// Fills in what docker_json_disk() finds. 0; 1 when there is nothing usable on this disk; -ENOMEM.
// Only a regular file that belongs to root and that nobody else may write is believed.
int docker_disk_fill(struct docker_disk *disk, struct container *container, struct error *err);

#endif
