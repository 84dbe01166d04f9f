// How full the filesystems of an inventory are: statvfs(3) in child processes, since a filesystem
// whose server is dead never answers and what asked it cannot be killed.
#ifndef DAVIT_HOST_FILESYSTEM_USAGE_H
#define DAVIT_HOST_FILESYSTEM_USAGE_H

#include <stdint.h>

#include "core/host/filesystem.h"

// Fills usage_state, size, used, available and usage_at. Those that cannot wait for a server are
// asked by one child, each other one by a child of its own, all at the same time; who has said
// nothing after `timeout_ms` is USAGE_NOT_ANSWERING. A mount of a device that another mount was
// asked about gets that answer. USAGE_UNREAD stays what no path leads to, and every autofs, which
// may mount something when looked at. Out of memory or of processes: an error, nothing is filled.
int filesystem_usage_read(struct filesystem_inventory *inventory, uint64_t timeout_ms,
                          struct error *err);

#endif
