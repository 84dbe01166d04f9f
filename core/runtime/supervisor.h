// The process that started a container and watches over it from outside: conmon, LXC's monitor,
// containerd's shim, systemd-nspawn. It is the parent of the container's init, and its command line
// says what the container is called. Who made which process cannot be forged, and a command line
// is worth as much as the process: it has to be of the user whose the container is, in the host's
// pid namespace, and in no container's cgroup, or have the host's root: conmon's cgroup may be in
// that of a pod, which looks like a container's.
#ifndef DAVIT_RUNTIME_SUPERVISOR_H
#define DAVIT_RUNTIME_SUPERVISOR_H

#include <stdbool.h>
#include <stddef.h>

#include "core/runtime/container.h"
#include "core/runtime/proc_identity.h"

#define SUPERVISOR_TEXT_SIZE     16384 // bytes of a command line that are looked at
#define SUPERVISOR_ARGUMENTS_MAX 256

struct supervisor {
    int proc; // its /proc/PID
    size_t n_arguments;
    const char *arguments[SUPERVISOR_ARGUMENTS_MAX + 1]; // raw, NULL at the end; into `text`
    char text[SUPERVISOR_TEXT_SIZE];
};

// 0; 1 when the container has none, or none that can be believed.
int supervisor_open(const struct container *container, const struct proc_host *host,
                    struct supervisor *ret);
// The same of a container that seems to be in another one.
int supervisor_open_apart(const struct container *container, const struct proc_host *host,
                          struct supervisor *ret);
void supervisor_done(struct supervisor *supervisor);
#define _cleanup_supervisor_ CLEANUP(supervisor_done)

// Whether it is the program of that name.
bool supervisor_is(const struct supervisor *supervisor, const char *program);

// What follows the argument `option`; NULL when there is none.
const char *supervisor_option(const struct supervisor *supervisor, const char *option);

// Takes the name that a runtime gives to the container. Raw bytes; nothing happens when there are
// none or too many. -ENOMEM.
int container_rename(struct container *container, const char *name, size_t length,
                     enum name_source source);
// Takes the id that its runtime gave it. 1: another one in the list has it, nothing happens.
// -ENOMEM.
struct container_list;
int container_set_id(struct container *container, const struct container_list *list,
                     const char *id);
// Takes the runtime's name. -ENOMEM.
int container_set_runtime(struct container *container, const char *runtime);

#endif
