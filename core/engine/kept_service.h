// What `davit keepd` asks of the engine.
#ifndef DAVIT_ENGINE_KEPT_SERVICE_H
#define DAVIT_ENGINE_KEPT_SERVICE_H

#include <stddef.h>
#include <time.h>

#include "core/base/error.h"
#include "core/engine/engine.h"

// *ret: a descriptor that holds the lock of the one keepd (state_dir NULL: the default). It may be
// opened in this one place only: closing any descriptor of that file lets go of it. ERROR_BUSY
// names the one that runs.
int kept_service_lock(const char *state_dir, int *ret, struct error *err);

// The directory of kept.json, made; fresh memory.
int kept_service_directory(const char *state_dir, char **ret, struct error *err);

// One look: attaches again what is kept in containers that have started, detaches what has come to
// its time. What fails because a container or the journal is busy for the moment is left for
// another look, unless `last`; all else is noted in kept.json and in the journal, and told by
// on_notice. An error is of kept.json as a whole.
struct kept_look {
    size_t n_entries;
    time_t next; // the earliest time at which one ends, 0: none
    bool again;  // look again in a moment
};
int kept_service_look(struct engine *engine, bool last, struct kept_look *ret, struct error *err);

#endif
