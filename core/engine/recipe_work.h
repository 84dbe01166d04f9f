// The part of method recipe that is done inside a container's mount namespace, by the mover: raw
// system calls only, and no path that the container could lead elsewhere.
//
// Nothing is put into the container's own /dev. One directory with an unused name is made in a
// place chosen by the plan; on it comes a tmpfs of ours, and on that one a second, empty one, which
// hides the first from every look-up but the mover's. In the hidden one the device's node is made
// at the path that it has on the host, and the mover makes it its root for the mount(2): the kernel
// is told the very name that the host has, which is what btrfs notes for all of its mounts. So the
// container's /dev may be read-only, hostile or absent; the rest of the filesystem is never where
// someone inside can look it up; and to unmount one name takes everything away again.
//
// Not hidden from a root inside that enters the directory in the microseconds before the second
// tmpfs comes (mode 0700): the plan warns of it.
#ifndef DAVIT_ENGINE_RECIPE_WORK_H
#define DAVIT_ENGINE_RECIPE_WORK_H

#include <limits.h>
#include <stdint.h>
#include <sys/types.h>

// step, what it is, in the order in which they are done
#define RECIPE_STEPS(X) \
    X(RECIPE_DIRECTORY) \
    X(RECIPE_HIDE)      \
    X(RECIPE_NODE)      \
    X(RECIPE_MOUNT)     \
    X(RECIPE_BIND)      \
    X(RECIPE_SET_FLAGS)

enum recipe_step {
#define X(step) step,
    RECIPE_STEPS(X)
#undef X
        RECIPE_STEP_COUNT
};

#define RECIPE_WHOLE "whole" // in the hidden tmpfs: where the filesystem is mounted
#define RECIPE_PART  "part"  // ... and what will be attached

struct recipe_order {
    char name[64];         // of the directory that is made
    char device[PATH_MAX]; // the host's name of it, absolute and canonical
    dev_t number;
    char type[64];
    char options[64];      // for mount(2), "" none
    uint64_t whole_flags;  // MS_*: MS_RDONLY when the host has the superblock read-only
    uint64_t flags;        // MS_* of what will be attached
    char path[PATH_MAX];   // from the root of the filesystem: sub-root and sub-path
    uint64_t inode;        // the file that must be there
    unsigned major, minor; // ... and its st_dev
    int is_directory;
};

struct recipe_times {
    unsigned n_steps; // that were ended, the failed one included
    uint64_t took_us[RECIPE_STEP_COUNT];
};

// After setns(2): `proc` is the host's /proc, `place` an O_PATH of the directory to work in.
// *ret_part: O_PATH of the root of the mount that is to be moved to the target. 0 or -errno; what a
// failure leaves is taken away by recipe_clear().
int recipe_make(int proc, int place, const struct recipe_order *order, struct recipe_times *times,
                int *ret_part);
// mount(2) MS_MOVE of the mount whose root `part` is onto `target`.
int recipe_move(int proc, int part, int target);
// Takes away all that recipe_make() made below `place`; 0 also when there is nothing.
int recipe_clear(int place, const char *name);

#endif
