// A backend knows one kind of container runtime. Each adds to one list: first the /proc backend
// with what runs here, then the daemons' with names, images and states.
//
//   start    begins what takes a daemon's time and returns at once
//   list     waits for the answer and adds to the list
//   stop     frees what start made, answered or not; NULL: nothing to free
//   inspect  asks for the details of one container; NULL: it has nothing to say
// A backend that can tell of births and deaths gets a further operation `watch` here.
#ifndef DAVIT_RUNTIME_BACKEND_H
#define DAVIT_RUNTIME_BACKEND_H

#include <stddef.h>
#include <stdint.h>

#include "core/runtime/container.h"

struct container_list {
    struct container *items;
    size_t n_items, capacity;
    unsigned unreadable; // see struct snapshot
};

// A new container at the end, all zero, or NULL when out of memory. Earlier pointers are void then.
struct container *container_list_add(struct container_list *list);
void container_list_done(struct container_list *list);
void container_done(struct container *container); // frees what it holds, not itself
#define _cleanup_container_list_ CLEANUP(container_list_done)

struct query {
    const struct runtime_options *options; // never NULL
    uint64_t timeout_ms;                   // for one answer
    const char *name;                      // the only name that is asked for, NULL: all
    bool by_pid; // the list is the one container of that process: nothing is left out
};

struct backend {
    const char *name; // as in struct runtime_status

    // 0, or < 0 only for what is wrong with the request or this program. A daemon that is absent
    // or fails is said in `status`.
    int (*start)(const struct query *query, struct runtime_status *status, void **ret_state,
                 struct error *err);
    int (*list)(void *state, struct container_list *list, struct runtime_status *status,
                struct error *err);
    void (*stop)(void *state);

    // 0; 1 when the container is not of this backend or there is nothing more to say of it.
    int (*inspect)(const struct runtime_options *options, struct container *container,
                   struct error *err);
};

extern const struct backend proc_backend;
extern const struct backend docker_backend;
extern const struct backend podman_backend;
extern const struct backend containerd_backend;
extern const struct backend lxc_backend, lxd_backend, incus_backend;
extern const struct backend nspawn_backend;

// In the order in which they add to the list: first what runs, then who knows more of it.
#define BACKENDS_N 8
extern const struct backend *const backends[BACKENDS_N];

// Gives one container that was found by its process what the runtimes that need nobody's answer say
// of it, so that it is the same as in a snapshot.
int backends_name(const struct runtime_options *options, struct container *container,
                  struct error *err);

// Lists everything into a new snapshot. With `name` daemons are asked for that name only, so that
// other containers may lack theirs.
int snapshot_query(const struct query *query, struct snapshot **ret, struct error *err);

// Whether --runtime LIST (NULL: all) has the name.
bool runtime_list_has(const char *list, const char *name);

// One process as a container of its own, for pid:N.
int proc_container_of(pid_t pid, struct container **ret, struct error *err);

#endif
