// What is asked about when somebody asks who holds something: filesystems, parts of them, and block
// devices.
#ifndef DAVIT_HOST_HELD_SUBJECT_H
#define DAVIT_HOST_HELD_SUBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"

// A filesystem, or what is in one of its directories.
struct held_place {
    dev_t device; // as in mountinfo (3)
    char *root;   // "/": all of it; raw bytes
};

// A btrfs, of which statfs(2) says f_fsid: high, and low with a subvolume's number.
struct held_btrfs {
    uint32_t high, low;
};

struct held_subject {
    struct held_place *places;
    size_t n_places;
    dev_t *devices; // block devices: what was asked for, its partitions, and what is made of it
    size_t n_devices;
    struct held_btrfs *btrfs; // that have one of these devices (held_apart.h)
    size_t n_btrfs;
    char *host_path; // where a part of a filesystem lies on the host, raw bytes; NULL
};
#define HELD_MAX 4096 // places, and devices

// Adds unless it is there: 1 added, 0 known, or negative.
int held_subject_add_place(struct held_subject *subject, dev_t device, const char *root,
                           struct error *err);
int held_subject_add_device(struct held_subject *subject, dev_t number, struct error *err);
bool held_subject_has_device(const struct held_subject *subject, dev_t number);
// Whether something of that filesystem is asked about, and whether all of it is.
bool held_subject_has(const struct held_subject *subject, dev_t device);
bool held_subject_has_whole(const struct held_subject *subject, dev_t device);
void held_subject_done(struct held_subject *subject);
#define _cleanup_held_subject_ CLEANUP(held_subject_done)

#endif
