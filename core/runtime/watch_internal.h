// The parts of the watch, each of which waits for one kind of event and tells through these.
#ifndef DAVIT_RUNTIME_WATCH_INTERNAL_H
#define DAVIT_RUNTIME_WATCH_INTERNAL_H

#include <stdbool.h>

#include "core/runtime/docker_endpoint.h"
#include "core/runtime/watch.h"

// What cannot be watched; each is said once.
enum watch_notice {
    WATCH_NO_CGROUPS,
    WATCH_CGROUPS_CUT,
    WATCH_INITS_CUT,
    WATCH_DOCKER,
    WATCH_DOCKER_REFUSED,
    WATCH_PODMAN,
    WATCH_PODMAN_REFUSED,
};

struct runtime_watch {
    struct runtime_watch_events events;
    void *context;
    unsigned noticed; // bits of enum watch_notice
    struct cgroup_watch *cgroups;
    struct init_watch *inits;
    struct docker_watch *docker, *podman;
    struct loop_source *soon;
    struct loop_source *again;
    size_t pause; // index of the one that `again` waits for
};

// What is told and when, watch_tell.c.
int watch_timers(struct loop *loop, struct runtime_watch *watch, struct error *err);
// Tells now.
void watch_changed(struct runtime_watch *watch);
// Tells at the loop's next turn: for those who are called by the one that is told.
void watch_changed_soon(struct runtime_watch *watch);
// Tells now and a few times more: a control group is made before the container is in it, and the
// last step, a process that changes its namespaces, is told by nothing.
void watch_born(struct runtime_watch *watch);
// Something of a control group: as after a birth when there was one just now.
void watch_stirred(struct runtime_watch *watch);
void watch_notice(struct runtime_watch *watch, enum watch_notice which, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

// Births (and deaths) of control groups, watch_cgroup.c.
struct cgroup_watch;
int cgroup_watch_new(struct loop *loop, struct runtime_watch *watch, struct cgroup_watch **ret,
                     struct error *err);
void cgroup_watch_free(struct cgroup_watch *cgroups);

// A directory for each hierarchy that is to be watched, watch_hierarchy.c: version 2, or else
// systemd's of version 1; and of version 1 one with a controller, for not everyone uses the others.
#define HIERARCHIES_MAX 2
struct hierarchy {
    char *path; // raw; the mount point
    bool version2;
};
// Returns how many, or -errno.
int hierarchies_find(struct hierarchy ret[HIERARCHIES_MAX], struct error *err);
void hierarchies_done(struct hierarchy hierarchies[HIERARCHIES_MAX]);

// Deaths of inits, watch_init.c.
struct init_watch;
int init_watch_new(struct loop *loop, struct runtime_watch *watch, struct init_watch **ret,
                   struct error *err);
void init_watch_free(struct init_watch *inits);
int init_watch_set(struct init_watch *inits, const struct watched_init *wanted, size_t n,
                   struct error *err);

// The event stream of Docker's daemon or of root's podman service, watch_docker.c.
struct docker_watch;
int docker_watch_new(struct loop *loop, enum docker_kind kind,
                     const struct runtime_options *options, struct runtime_watch *watch,
                     struct docker_watch **ret, struct error *err);
void docker_watch_free(struct docker_watch *docker);

// The return of a socket: told when something of its name, or a directory on the way to it, comes
// into being or changes its rights, watch_path.c.
struct path_watch;
int path_watch_new(struct loop *loop, void (*appeared)(void *context), void *context,
                   struct path_watch **ret, struct error *err);
// From now on this path, and before that nothing; NULL: none. -errno when it cannot be watched.
int path_watch_set(struct path_watch *watch, const char *path);
void path_watch_free(struct path_watch *watch);

#endif
