// A mount's propagation in words. Pure: of two mount tables.
#ifndef DAVIT_ENGINE_MOUNTS_EXPLAIN_H
#define DAVIT_ENGINE_MOUNTS_EXPLAIN_H

#include "core/base/error.h"
#include "core/host/mounttable.h"

// The mounts of a table that are in peer groups, by group: there may be thousands of both.
struct mount_groups {
    const struct mount_entry **members; // into the table
    size_t n;
};
int mount_groups_make(const struct mount_table *table, struct mount_groups *ret, struct error *err);
void mount_groups_done(struct mount_groups *groups);
#define _cleanup_mount_groups_ CLEANUP(mount_groups_done)

// *ret_receives_from: "host /mnt (peer group 12)" for a slave of a group that is known, else NULL.
// *ret_gives_to: "host /mnt (peer group 12)" when what is mounted here shows on the host, else
// NULL. *ret_why: one sentence. All fresh memory, clean text. `own` is the table that `entry` is
// in.
int mounts_explain(const struct mount_entry *entry, const struct mount_groups *own,
                   const struct mount_groups *host, char **ret_receives_from, char **ret_gives_to,
                   char **ret_why, struct error *err);

#endif
