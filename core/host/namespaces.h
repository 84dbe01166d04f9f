// Every mount namespace of this machine that can be found: by a process that is in it, by the
// kernel's own list (6.12), and before that by files and descriptors that keep one alive.
#ifndef DAVIT_HOST_NAMESPACES_H
#define DAVIT_HOST_NAMESPACES_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/host/mounttable.h"

struct mount_namespace {
    uint64_t inode; // as readlink("ns/mnt") names it
    pid_t pid;      // the first process that is in it; of davit's own 1, unless that is seen to be
                    // in another; 0: none is ...
    bool own;       // davit's
    int fd;         // ... and then a descriptor of it, else -1
    char *keeper;   // ... and what is known to keep it alive, clean text, or NULL
};

struct namespace_list {
    struct mount_namespace *items; // davit's own first
    size_t n_items;
    bool complete; // false: some process's could not be read, or there are too many
};

#define NAMESPACES_MAX 16384

// Those with a process, and without one those that the kernel lists. NAMESPACES_BY_DESCRIPTORS:
// where it does not (before 6.12), also those that a thread has for itself or that processes keep
// by descriptors; which takes a look at every descriptor of the machine.
enum namespaces_flags { NAMESPACES_BY_DESCRIPTORS = 1 << 0 };
int namespaces_find(unsigned flags, struct namespace_list **ret, struct error *err);
// One more without a process, unless the list has it: takes `fd` over. 1 added, 0 known. `keeper`
// is copied, may be NULL.
int namespaces_add(struct namespace_list *list, int fd, const char *keeper, struct error *err);
bool namespaces_have(const struct namespace_list *list, uint64_t inode);
void namespace_list_free(struct namespace_list *list);
CLEANUP_POINTER(struct namespace_list, namespace_list_free);
#define _cleanup_namespace_list_ CLEANUP(namespace_list_freep)

// Another process that is in it, when ns->pid has ended: true when there is one.
bool namespace_find_process(struct mount_namespace *ns);
// Its mounts, as that process sees them, or from the root of the namespace: then by a child that
// enters it. ERROR_GONE when the process has ended meanwhile.
int namespace_mounts(const struct mount_namespace *ns, struct mount_table **ret, struct error *err);
// O_PATH of the root that those mounts are seen from.
int namespace_root_open(const struct mount_namespace *ns, int *ret, struct error *err);

#endif
