// The mounts that an eject takes away, in the order in which they go.
#ifndef DAVIT_ENGINE_EJECT_ORDER_H
#define DAVIT_ENGINE_EJECT_ORDER_H

#include "core/engine/engine.h"
#include "core/engine/who.h"

// Points into the report of who holds it and the view of the journal.
struct going {
    const struct held_mount *mount;
    const struct mount_namespace *ns;
    const struct attachment *attached; // NULL: not davit's
    size_t depth;                      // how many of the others it is mounted on
    const char *origin;                // mount_origin_name()
};

// The host's last; in a namespace what is mounted on another goes before it. One array, the
// caller's.
int eject_order(struct engine *engine, const struct who_report *who,
                const struct journal_view *view, struct going **ret, size_t *ret_n,
                struct error *err);

#endif
