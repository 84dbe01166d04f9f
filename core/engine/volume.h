// Named volumes: those of the runtimes, and davit's own below VOLUME_DIRECTORY, which are plain
// directories of root's.
#ifndef DAVIT_ENGINE_VOLUME_H
#define DAVIT_ENGINE_VOLUME_H

#include "core/engine/engine.h"
#include "core/runtime/volume.h"

// With --state-dir DIR davit's own are in DIR/volumes.
#define VOLUME_DIRECTORY "/var/lib/davit/volumes"

// What stands in a listing: a volume and the names of the containers in whose mount namespace a
// mount of its directory (or of one below it) is now. Clean text, NULL-terminated.
struct volume_use {
    struct volume *volume; // into the report's list
    char **used_by;
};
struct volume_report {
    struct volume_list list; // sorted by runtime, then name
    struct volume_use *uses; // as many
    struct error why;        // why a daemon was not asked, ERROR_NONE when it was
};
void volume_report_free(struct volume_report *report);
CLEANUP_POINTER(struct volume_report, volume_report_free);

int engine_volumes(struct engine *engine, struct volume_report **ret, struct error *err);

// Makes one of davit's own (mode 0755, owner root). ERROR_USAGE: no such name is possible;
// ERROR_BUSY: it is there already. With `dry_run` only whether it could be made.
int engine_volume_create(struct engine *engine, const char *name, bool dry_run, struct error *err);

// Removes one of davit's own with all that is in it. ERROR_BUSY names who has it mounted;
// ERROR_NO_PATH: there is none of that name (another runtime's: the hint says with what).
int engine_volume_remove(struct engine *engine, const char *name, struct error *err);
// Whether it would be, with the same errors. Changes nothing.
int engine_volume_removable(struct engine *engine, const char *name, struct error *err);

#endif
