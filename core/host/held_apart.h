// Files on mounts that no namespace has any more (unmounted lazily, held by a descriptor): what
// there is to tell whether they are on what is asked about.
#ifndef DAVIT_HOST_HELD_APART_H
#define DAVIT_HOST_HELD_APART_H

#include "core/host/held_subject.h"
#include "core/host/mountcalls.h"

// The filesystems among all btrfs that have one of the subject's devices, mounted anywhere or
// nowhere: /sys/fs/btrfs/UUID/devices lists them as long as anything of them is in use.
int held_apart_find(struct held_subject *subject, struct error *err);

enum held_apart {
    HELD_APART_OTHER,   // on another filesystem
    HELD_APART_BESIDE,  // on the same, but in another part of it
    HELD_APART_HELD,    // it is on what is asked about
    HELD_APART_UNKNOWN, // on the same filesystem; which part of it cannot be told
};

// Of an object for which held_object() says no and that is on no mount of a namespace, found at
// `link` below `dirfd`. Its filesystem is asked only where that is one of local disks.
enum held_apart held_apart(const struct held_subject *subject, const struct call_object *object,
                           int dirfd, const char *link);

#endif
