// Whose a container is.
#ifndef DAVIT_RUNTIME_PROC_OWNER_H
#define DAVIT_RUNTIME_PROC_OWNER_H

#include <sys/types.h>

#include "core/runtime/proc_identity.h"
#include "core/runtime/proc_init.h"
#include "core/runtime/proc_scan.h"

// As userns_owner() has it of its init. In the host's user namespace, who made the control group by
// which it claims to be a container: with a mount namespace that was made for them (a session's own
// /tmp, say) users are there, and root lets them make groups below one of theirs (systemd's
// user@UID.service), called as they like. 0 where that is root, or cannot be found below
// /sys/fs/cgroup, where systemd mounts the hierarchies, and for what has ended meanwhile.
uid_t proc_owner(const struct proc_scan *scan, const struct proc_init *init,
                 const struct proc_host *host, const struct cgroup_identity *claim);

#endif
