// Where davit's own volumes are, and how one is found by name. Internal to the volume*.c files.
#ifndef DAVIT_ENGINE_VOLUME_FIND_H
#define DAVIT_ENGINE_VOLUME_FIND_H

#include "core/engine/engine_internal.h"
#include "core/engine/volume.h"

char *volume_own_directory(const struct engine *engine); // fresh memory, NULL: out of memory
// ERROR_UNSAFE unless the directory is root's alone. *ret is opened (O_RDONLY|O_DIRECTORY); 1 when
// it does not exist.
int volume_own_open(const struct engine *engine, int *ret, struct error *err);
int volumes_own(const struct engine *engine, const char *name, struct volume_list *list,
                struct error *err);
int volume_check_name(const char *name, struct error *err);

// The containers that have a mount of the directory `path` or of one below it, each once.
int volume_users(struct engine *engine, const struct snapshot *snapshot, const char *path,
                 char ***ret, struct error *err);

#endif
