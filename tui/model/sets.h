// Making the sets of model.h; for the model's own files.
#ifndef DAVIT_TUI_MODEL_SETS_H
#define DAVIT_TUI_MODEL_SETS_H

#include <jansson.h>

#include "core/base/error.h"
#include "tui/model/model.h"

#define X(name, type)                                                                    \
    struct name##_set *name##_set_new(size_t capacity); /* empty; NULL: out of memory */ \
    void name##_unref(type *item);                                                       \
    /* All of an array (NULL: none), or nothing with err. */                             \
    int name##_set_decode(const json_t *array, struct name##_set **ret, struct error *err);
SHOWN_SETS(X)
#undef X

// `old` (sorted by key) without the keys in `gone`, and with `new` (which is sorted by this), of
// which items replace those with the same key.
int container_set_merge(const struct container_set *old, struct container_set *new,
                        const json_t *gone, struct container_set **ret, struct error *err);

#endif
