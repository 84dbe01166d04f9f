// Mount points that davit made in a container, and which it takes away again: only if inode and
// birth time are still those it journaled, deepest first, inside the container's namespace.
#ifndef DAVIT_ENGINE_MADE_H
#define DAVIT_ENGINE_MADE_H

#include "core/engine/attachment.h"
#include "core/engine/inside.h"
#include "core/engine/journal.h"
#include "core/engine/mover.h"
#include "core/host/mountcalls.h"

// Notes the inode and birth time of the entry that `fd` is open on.
int made_identify(int fd, struct made_node *node, struct error *err);
// Whether `fd` is open on that entry.
bool made_is(int fd, const struct made_node *node);

// Canonical path of node `index` inside the container, fresh memory; with `temporary` under the
// name it had before it got its own.
char *made_path(const struct attachment *what, size_t index, bool temporary);

// Takes away node `index`, under its own or its temporary name. 0: taken away or not there; 1:
// left, since it is another's by now or has something in it. A directory on a read-only mount is
// reached through a writable clone.
int made_remove(const struct inside *inside, struct mover *mover, const struct attachment *what,
                size_t index, uint64_t timeout_ms, struct error *err);

// Takes away what else davit made above the outermost node of `what`: a directory made for another
// attachment of this container that has ended, and that had to stay as long as `what` was in it.
void made_remove_orphans(const struct inside *inside, struct mover *mover, struct journal *journal,
                         const struct attachment *what, uint64_t timeout_ms);

// Whether the mount of `fd` (O_PATH of its root), with these ids and this row in the container's
// table, is the attachment's.
bool attachment_is_mount(const struct attachment *attachment, const struct inside *inside, int fd,
                         const struct mount_ids *ids, const struct mount_entry *entry);

#endif
