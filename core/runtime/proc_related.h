// Whether two mount namespaces that claim to be one container really are: a claim can be forged by
// whoever may write to the filesystem of control groups, who made which process cannot.
#ifndef DAVIT_RUNTIME_PROC_RELATED_H
#define DAVIT_RUNTIME_PROC_RELATED_H

#include <stdbool.h>

#include "core/runtime/proc_init.h"
#include "core/runtime/proc_scan.h"

// Whether `other` comes out of the container whose init is `init`: one of its ancestors is in the
// init's mount namespace (unshare -m inside, services of an inner systemd). Or, where `init` is pid
// 1 of a pid namespace: it is in a pid namespace made in there, or in the same and with the same
// root (docker exec web unshare -m: its parent is outside). With the same pid namespace and another
// root it is another container that shares it (docker run --pid=container:web).
// False also when that cannot be read, or one of them has ended.
bool proc_init_is_related(const struct proc_scan *scan, const struct proc_init *init,
                          const struct proc_init *other);

#endif
