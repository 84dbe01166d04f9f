// What the list of containers has of a request's targets: beside what came from outside it goes to
// the worker that plans or makes a change, or looks at a directory, which then has to search for
// nothing and to ask no daemon.
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/container.h"
#include "core/wire/server_internal.h"

// The container that a target names. That more has changed since does not matter: whoever uses it
// asks the process itself whether it is still the one (container_confirm()), and searches when it
// is not. NULL: it is not listed, or with another pid or start time than the target's.
static json_t *listed(const struct server *server, const json_t *target)
{
    static const char *const compared[] = {"pid", "start_time"};
    const char *key = json_string_value(json_object_get(target, "container"));
    json_t *container = key ? json_object_get(server->containers.known, key) : NULL;

    if (!server->containers.topic.watched)
        return NULL;
    for (size_t i = 0; container && i < ARRAY_SIZE(compared); i++) {
        const json_t *asked = json_object_get(target, compared[i]);

        if (asked && !json_equal(asked, json_object_get(container, compared[i])))
            return NULL;
    }
    return container;
}

// ---- names ----

// As much of the list as container_select() goes by. The texts stay the JSON's.
static int borrow_list(const json_t *known, struct snapshot *ret)
{
    static const char *const members[] = {"id", "name", "runtime", "pod", "outer"};
    json_t *value;
    const char *key;

    ret->containers = calloc(json_object_size(known) + 1, sizeof *ret->containers);
    if (!ret->containers)
        return -1;
    json_object_foreach ((json_t *)(uintptr_t)known, key, value) {
        struct container *container = &ret->containers[ret->n_containers++];
        char **const texts[] = {&container->id, &container->name, &container->runtime,
                                &container->pod, &container->outer};

        for (size_t i = 0; i < ARRAY_SIZE(members); i++)
            *texts[i] = (char *)(uintptr_t)json_string_value(json_object_get(value, members[i]));
        container->pid = (pid_t)json_integer_value(json_object_get(value, "pid"));
    }
    return 0;
}

// `id` is the list's own text: one id may be listed twice.
static bool means(const struct snapshot *list, const char *selector, const char *id)
{
    const struct container *found;
    struct error ignored;

    return selector && container_select(list, selector, &found, &ignored) == 0 && found->id == id;
}

// The shortest way to say it that can only mean it, NAME or RUNTIME/NAME; else null, for the key as
// it was given.
static json_t *shortest_name(const struct snapshot *list, const json_t *container)
{
    const char *id = json_string_value(json_object_get(container, "id"));
    const char *name = json_string_value(json_object_get(container, "name"));
    const char *runtime = json_string_value(json_object_get(container, "runtime"));
    _cleanup_free_ char *long_name = name && runtime ? text_format("%s/%s", runtime, name) : NULL;

    if (id && means(list, name, id))
        return json_string(name);
    return id && means(list, long_name, id) ? json_string(long_name) : json_null();
}

static json_t *names_of(const struct server *server, const json_t *known)
{
    struct snapshot list = {.containers = NULL};
    json_t *names = json_array(), *container;
    size_t i;

    if (borrow_list(server->containers.known, &list) == 0)
        json_array_foreach (known, i, container)
            (void)json_array_append_new(names, shortest_name(&list, container));
    free(list.containers);
    return names;
}

// ---- a change ----

static json_t *known_of(const struct server *server, const json_t *change)
{
    const json_t *targets = json_object_get(change, "targets"), *target;
    json_t *known = json_array();
    size_t i;

    json_array_foreach (targets, i, target) {
        json_t *container = i < PROTOCOL_TARGETS_MAX ? listed(server, target) : NULL;

        (void)json_array_append_new(known, container ? json_incref(container) : json_null());
    }
    return known;
}

json_t *targets_plan(const struct server *server, json_t *change)
{
    json_t *known = known_of(server, change);

    return json_pack("{s:o, s:o, s:o}", "change", change, "names", names_of(server, known), "known",
                     known);
}

json_t *targets_run(const struct server *server, json_t *change, uint64_t request)
{
    return json_pack("{s:o, s:o, s:I}", "change", change, "known", known_of(server, change),
                     "request", (json_int_t)request);
}

json_t *targets_browse(const struct server *server, json_t *place)
{
    json_t *container = listed(server, place);

    return json_pack("{s:o, s:O*}", "place", place, "known", container);
}
