#include "tui/model/sets.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/model/decode.h"

#define X(name, type)                                                                      \
    void name##_unref(type *item)                                                          \
    {                                                                                      \
        if (item && --item->references == 0) {                                             \
            name##_forget(item);                                                           \
            free(item);                                                                    \
        }                                                                                  \
    }                                                                                      \
                                                                                           \
    struct name##_set *name##_set_new(size_t capacity)                                     \
    {                                                                                      \
        struct name##_set *set = calloc(1, sizeof *set);                                   \
                                                                                           \
        if (!set)                                                                          \
            return NULL;                                                                   \
        set->references = 1;                                                               \
        set->items = calloc(capacity ? capacity : 1, sizeof *set->items);                  \
        if (!set->items) {                                                                 \
            free(set);                                                                     \
            return NULL;                                                                   \
        }                                                                                  \
        return set;                                                                        \
    }                                                                                      \
                                                                                           \
    struct name##_set *name##_set_ref(struct name##_set *set)                              \
    {                                                                                      \
        set->references++;                                                                 \
        return set;                                                                        \
    }                                                                                      \
                                                                                           \
    void name##_set_unref(struct name##_set *set)                                          \
    {                                                                                      \
        if (!set || --set->references > 0)                                                 \
            return;                                                                        \
        for (size_t i = 0; i < set->n; i++)                                                \
            name##_unref(set->items[i]);                                                   \
        free(set->items);                                                                  \
        free(set);                                                                         \
    }                                                                                      \
                                                                                           \
    int name##_set_decode(const json_t *array, struct name##_set **ret, struct error *err) \
    {                                                                                      \
        size_t n = array ? json_array_size(array) : 0;                                     \
        struct name##_set *set = name##_set_new(n);                                        \
        int r = set ? 0 : ERROR_OOM(err);                                                  \
                                                                                           \
        for (size_t i = 0; r == 0 && i < n; i++) {                                         \
            type *item = calloc(1, sizeof *item);                                          \
                                                                                           \
            if (!item) {                                                                   \
                r = ERROR_OOM(err);                                                        \
                break;                                                                     \
            }                                                                              \
            item->references = 1;                                                          \
            r = decode_##name(json_array_get(array, i), item, err);                        \
            if (r < 0)                                                                     \
                free(item);                                                                \
            else                                                                           \
                set->items[set->n++] = item;                                               \
        }                                                                                  \
        if (r < 0)                                                                         \
            name##_set_unref(set);                                                         \
        else                                                                               \
            *ret = set;                                                                    \
        return r;                                                                          \
    }
SHOWN_SETS(X)
#undef X

static int by_key(const void *a, const void *b)
{
    const struct shown_container *const *x = a;
    const struct shown_container *const *y = b;

    return strcmp((*x)->key, (*y)->key);
}

static void take(struct container_set *into, struct shown_container *item)
{
    item->references++;
    into->items[into->n++] = item;
}

// Both are sorted by key; of two with the same key the newer is taken.
static void merge(struct container_set *into, const struct container_set *old,
                  const struct container_set *new, const char *const *gone, size_t n_gone)
{
    size_t i = 0;
    size_t j = 0;

    while (i < old->n || j < new->n) {
        int order = i == old->n   ? 1
                    : j == new->n ? -1
                                  : strcmp(old->items[i]->key, new->items[j]->key);

        if (order >= 0) {
            take(into, new->items[j++]);
            i += order == 0;
        } else {
            const char *key = old->items[i]->key;

            if (!bsearch(&key, gone, n_gone, sizeof *gone, text_order))
                take(into, old->items[i]);
            i++;
        }
    }
}

int container_set_merge(const struct container_set *old, struct container_set *new,
                        const json_t *gone, struct container_set **ret, struct error *err)
{
    size_t n_gone = gone ? json_array_size(gone) : 0;
    _cleanup_free_ const char **keys = calloc(n_gone + 1, sizeof *keys);
    struct container_set *set = container_set_new(old->n + new->n);

    if (!keys || !set) {
        container_set_unref(set);
        return ERROR_OOM(err);
    }
    for (size_t i = 0; i < n_gone; i++) {
        keys[i] = json_string_value(json_array_get(gone, i));
        if (!keys[i]) {
            container_set_unref(set);
            return error_set(err, ERROR_FAILED, EPROTO,
                             "the engine sent a wrong message: gone is no list of texts");
        }
    }
    qsort(keys, n_gone, sizeof *keys, text_order);
    if (new->n > 0)
        qsort(new->items, new->n, sizeof(struct shown_container *), by_key);
    merge(set, old, new, keys, n_gone);
    *ret = set;
    return 0;
}
