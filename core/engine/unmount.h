// Taking an attachment's mount out of its namespace by the directory it is in and its name there,
// both proven first.
#ifndef DAVIT_ENGINE_UNMOUNT_H
#define DAVIT_ENGINE_UNMOUNT_H

#include <stdbool.h>

#include "core/engine/attachment.h"
#include "core/engine/inside.h"
#include "core/engine/mover.h"

// Opens (O_PATH) the directory that the mount point is in, with no symbolic link on the way, and
// proves that its entry *ret_name (part of what->identity.target) shows the mount. ERROR_BUSY when
// something else is there.
int unmount_open_parent(const struct inside *inside, const struct attachment *what,
                        uint64_t timeout_ms, int *ret, const char **ret_name, struct error *err);

// mount_setattr(2) of it and what is below to MS_PRIVATE: its unmounting must not reach the host's
// own mounts (a recursive clone of a shared tree).
int unmount_make_private(const struct inside *inside, struct mover *mover,
                         const struct attachment *what, uint64_t timeout_ms, struct error *err);

// umount2(2) of it; a busy mount is an answer (answer->act_errno EBUSY), not an error.
int unmount_attachment(const struct inside *inside, struct mover *mover,
                       const struct attachment *what, bool lazy, uint64_t timeout_ms,
                       struct mover_answer *answer, struct error *err);

#endif
