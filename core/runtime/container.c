#include "core/runtime/container.h"

#include <stdlib.h>
#include <string.h>

#include "core/runtime/backend.h"

const char *name_source_name(enum name_source source)
{
    static const char *const names[] = {
#define X(value, name) [value] = name,
        NAME_SOURCES(X)
#undef X
    };

    return names[source];
}

const char *container_state_name(enum container_state state)
{
    static const char *const names[] = {
#define X(value, name) [value] = name,
        CONTAINER_STATES(X)
#undef X
    };

    return names[state];
}

const char *runtime_state_name(enum runtime_state state)
{
    switch (state) {
    case RUNTIME_ABSENT:
        return "absent";
    case RUNTIME_PRESENT:
        return "present";
    case RUNTIME_CONNECTED:
        return "connected";
    case RUNTIME_UNREACHABLE:
        return "unreachable";
    case RUNTIME_READ_ONLY:
        return "reading-only";
    }
    return "absent";
}

void container_done(struct container *container)
{
    free(container->id);
    free(container->name);
    free(container->outer);
    free(container->user);
    free(container->runtime);
    free(container->image);
    free(container->pod);
    free(container->nested);
    free(container->working_directory);
    json_decref(container->labels);
    json_decref(container->declared);
    *container = (struct container){.pid = 0};
}

void container_free(struct container *container)
{
    if (!container)
        return;
    container_done(container);
    free(container);
}

struct container *container_list_add(struct container_list *list)
{
    struct container *container;

    if (list->n_items == list->capacity) {
        size_t more = list->capacity ? 2 * list->capacity : 32;
        struct container *items = reallocarray(list->items, more, sizeof *items);

        if (!items)
            return NULL;
        list->items = items;
        list->capacity = more;
    }
    container = &list->items[list->n_items++];
    *container = (struct container){.pid = 0};
    return container;
}

void container_list_done(struct container_list *list)
{
    for (size_t i = 0; i < list->n_items; i++)
        container_done(&list->items[i]);
    free(list->items);
    *list = (struct container_list){.items = NULL};
}

void snapshot_free(struct snapshot *snapshot)
{
    if (!snapshot)
        return;
    for (size_t i = 0; i < snapshot->n_containers; i++)
        container_done(&snapshot->containers[i]);
    for (size_t i = 0; i < snapshot->n_runtimes; i++)
        free(snapshot->runtimes[i].endpoint);
    free(snapshot->containers);
    free(snapshot->runtimes);
    free(snapshot);
}
