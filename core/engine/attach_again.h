// An attachment found by where it is, and asked for again.
#ifndef DAVIT_ENGINE_ATTACH_AGAIN_H
#define DAVIT_ENGINE_ATTACH_AGAIN_H

#include "core/engine/attachment.h"
#include "core/engine/engine_internal.h"

// Whether it is in a container and can be seen there now.
bool attachment_is_there(const struct attachment *attachment);

// What is attached in that container at this path, as asked for or as it is there; NULL: nothing.
const struct attachment *attachment_find_at(const struct journal_view *view,
                                            const struct container *container, const char *path);

// A request that attaches again, from the same source and in the same way, what was attached.
// `target` becomes its only one; what->container_id is its container. All borrowed from `what`.
// attach_again_possible(): an error when a secret in it was not written down, or its provider is
// gone.
// attach_again_in(): how its container is selected now, fresh memory: by its id, if that is still
// the one, else by its init, which is enough for one that no runtime knows.
int attach_again_possible(const struct attachment *what, struct error *err);
int attach_again_in(struct engine *engine, const struct attachment *what, char **ret,
                    struct error *err);
struct attach_request attach_again(const struct attachment *what, struct target_request *target);

#endif
