// A mount namespace that no process is in, looked at by a child that enters it. After setns(2) it
// makes raw system calls only, and opens no path that could lead to a server: the root alone.
#ifndef DAVIT_HOST_NAMESPACES_VISIT_H
#define DAVIT_HOST_NAMESPACES_VISIT_H

#include "core/base/error.h"
#include "core/host/mounttable.h"

// *ret_table and *ret_root (O_PATH) as seen from the root of the namespace; either may be NULL.
int namespace_visit(int ns_fd, struct mount_table **ret_table, int *ret_root, struct error *err);

#endif
