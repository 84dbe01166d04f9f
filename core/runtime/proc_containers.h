// From mount namespaces to containers: those of one container are put together, and one of its
// processes is found to be its init.
#ifndef DAVIT_RUNTIME_PROC_CONTAINERS_H
#define DAVIT_RUNTIME_PROC_CONTAINERS_H

#include "core/runtime/backend.h"
#include "core/runtime/proc_identity.h"
#include "core/runtime/proc_scan.h"

enum proc_containers_flags {
    PROC_CONTAINERS_ANY = 1 << 0, // what is in no container is one by itself
};

int proc_containers_add(const struct proc_scan *scan, const struct proc_host *host, unsigned flags,
                        struct container_list *list, struct error *err);

#endif
