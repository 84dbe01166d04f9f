// A mount's propagation in words. Pure: of two mount tables.
#ifndef DAVIT_ENGINE_MOUNTS_EXPLAIN_H
#define DAVIT_ENGINE_MOUNTS_EXPLAIN_H

#include "core/base/error.h"
#include "core/host/mounttable.h"

// *ret_receives_from: "host /mnt (peer group 12)" for a slave of a group that is known, else NULL.
// *ret_why: one sentence. Both fresh memory, clean text. `own` is the table that `entry` is in.
int mounts_explain(const struct mount_entry *entry, const struct mount_table *own,
                   const struct mount_table *host, char **ret_receives_from, char **ret_why,
                   struct error *err);

#endif
