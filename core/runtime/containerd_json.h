// config.json of an OCI bundle, as containerd and its shims leave it at
// STATE/io.containerd.runtime.v2.task/NAMESPACE/ID: what its annotations say of the container.
// They are written by who starts the container: Kubernetes' CRI plug-in (io.kubernetes.cri.…,
// containerd 1.3 and later) or nerdctl (nerdctl/…).
#ifndef DAVIT_RUNTIME_CONTAINERD_JSON_H
#define DAVIT_RUNTIME_CONTAINERD_JSON_H

#include <stddef.h>

#include "core/runtime/container.h"

// Fills in name (NAME_FROM_DISK), pod and image. 0; 1: it is a pod's sandbox ("pause"), which
// nobody means; -EPROTO when it is damaged: nothing is changed then; -ENOMEM.
int containerd_json_bundle(const char *text, size_t length, struct container *container,
                           struct error *err);

#endif
