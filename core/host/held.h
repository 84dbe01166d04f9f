// What keeps a filesystem, a part of it, or a block device (held_subject.h): its mounts, in every
// mount namespace of the machine, and how a file that some process has open is told to be on it.
#ifndef DAVIT_HOST_HELD_H
#define DAVIT_HOST_HELD_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "core/host/held_subject.h"
#include "core/host/mountcalls.h"
#include "core/host/namespaces.h"

struct held_mount {
    size_t ns; // into namespaces
    uint64_t id, parent_id;
    dev_t device;
    uint64_t peer_group;
    char *root, *target, *type, *source, *options; // raw bytes, as in struct mount_entry
    bool read_only;
};

struct held_mounts {
    struct held_mount *items; // by namespace, in the order of its table
    size_t n_items;
    struct namespace_list *namespaces;
    struct known_mount *known; // every mount that was seen, by id: an id is one mount's only
    size_t n_known;
    bool complete; // false: a namespace could not be looked at
};

// Looks at the mounts of every namespace (flags: enum namespaces_flags). A btrfs that is on one of
// the devices becomes a place.
int held_find(struct held_subject *subject, unsigned flags, struct held_mounts **ret,
              struct error *err);
void held_mounts_free(struct held_mounts *mounts);
CLEANUP_POINTER(struct held_mounts, held_mounts_free);
#define _cleanup_held_mounts_ CLEANUP(held_mounts_freep)

// What is known of the mount with that id: no file on it has to be looked at, it has to be, or a
// file on it is held whatever it is.
enum held_verdict { HELD_NO, HELD_LOOK, HELD_YES };
enum held_verdict held_by_mount(const struct held_mounts *mounts, uint64_t id);
// Whether some namespace has that mount.
bool held_has_mount(const struct held_mounts *mounts, uint64_t id);
// Whether an object is on what is asked about, or is the node of one of the devices. `path` is
// where it is, as the kernel names it, NULL: not known.
bool held_object(const struct held_subject *subject, const struct held_mounts *mounts,
                 const struct call_object *object, const char *path);

#endif
