// What container runtimes mount on the host for their own use.
#ifndef DAVIT_RUNTIME_OWN_MOUNT_H
#define DAVIT_RUNTIME_OWN_MOUNT_H

#include <stdbool.h>

#include "core/host/mounttable.h"

// Whether a mount of the host is a container's root or its /dev/shm, as its runtime prepared it:
// an overlay, or the tmpfs that all runtimes call "shm", in a directory that is named by the id of
// a layer or a container (docker, podman, CRI-O, containerd under Kubernetes: 64 hexadecimal
// digits) or is containerd's own ("io.containerd.…", where ids are free). What else is mounted
// below a runtime's directory, such as a volume, is not.
bool runtime_mounted_for_itself(const struct mount_entry *mount);

#endif
