// A share: a container's mount shown on the host. It is an attach (attach_*.c) whose target is on
// the host itself; what is different is here: who the target's "container" is, what is refused, and
// that it ends with the container it comes from.
#ifndef DAVIT_ENGINE_SHARE_H
#define DAVIT_ENGINE_SHARE_H

#include "core/engine/attach_job.h"
#include "core/engine/detach_job.h"

// The host as a container to attach to: container->host.
int host_container(struct container **ret, struct error *err);

// What a share may not do: lie elsewhere than the path says, by a link; without ATTACH_FORCE: hide
// what is in a directory, or show anywhere else than at its target. After the checks that every
// target has.
int share_check_target(struct attach_job *job, struct error *err);

// Before a detach inside a container: who else shows what is mounted there (warnings).
int share_warn_dependents(struct detach_job *job, struct error *err);

#endif
