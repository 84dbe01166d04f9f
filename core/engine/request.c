#include "core/engine/request.h"

#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/secret.h"
#include "core/runtime/container.h"

static const char *last_colon_slash(const char *text)
{
    const char *found = NULL;

    for (const char *s = text; (s = strstr(s, ":/")); s++)
        found = s;
    return found;
}

static bool ends_in_docker_flag(const char *path)
{
    static const char *const flags[] = {":ro", ":rw", ":z", ":Z"};
    size_t length = strlen(path);

    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        size_t n = strlen(flags[i]);

        if (length > n && strcmp(path + length - n, flags[i]) == 0)
            return true;
    }
    return false;
}

const char *method_name(enum method method)
{
    static const char *const names[] = {
#define X(value, name) [value] = name,
        METHODS(X)
#undef X
    };

    return names[method];
}

int target_parse(const char *text, char **ret_container, char **ret_path, struct error *err)
{
    const char *colon = last_colon_slash(text);
    _cleanup_free_ char *container = NULL, *path = NULL;
    struct secret secret;
    int r = 0;

    // It may be a mount helper's source, in the place of the target.
    if (!colon || secret_in_spec(text, &secret)) {
        _cleanup_free_ char *shown = secret_hide_spec(text);

        r = error_set(err, ERROR_USAGE, EINVAL, "%s is not CONTAINER:PATH with an absolute path",
                      shown ? shown : "the target");
        error_hint(err, "write for example web:/mnt/data");
    } else if (ends_in_docker_flag(colon)) {
        r = error_set(err, ERROR_USAGE, EINVAL, "the target %s ends in a mount flag", text);
        error_hint(err, "access is an option here: --ro or --rw");
    } else if (strlen(colon + 1) >= PATH_MAX) {
        r = error_set(err, ERROR_USAGE, ENAMETOOLONG, "the target's path is longer than %d bytes",
                      PATH_MAX - 1);
    }
    if (r < 0)
        return r;
    container = strndup(text, (size_t)(colon - text));
    path = strdup(colon + 1);
    if (!container || !path)
        return ERROR_OOM(err);
    if (!container_selector_valid(container)) {
        r = error_set(err, ERROR_USAGE, EINVAL, "%s does not name a container", text);
        error_hint(err, "write CONTAINER:PATH; `davit ps` lists the containers");
        return r;
    }
    *ret_container = TAKE_POINTER(container);
    *ret_path = TAKE_POINTER(path);
    return 0;
}

int target_check_same(const struct target_request *target, const struct container *container,
                      struct error *err)
{
    int r;

    if ((target->pid == 0 || target->pid == container->pid) &&
        (target->start_time == 0 || target->start_time == container->start_time))
        return 0;
    r = error_set(err, ERROR_GONE, ESTALE, "container %s was restarted since it was looked at",
                  container->name);
    error_hint(err, "look at it again: its init was %d and is %d now", (int)target->pid,
               (int)container->pid);
    return r;
}

int targets_check(const struct target_request *targets, size_t n_targets, struct error *err)
{
    if (n_targets == 0)
        return error_set(err, ERROR_USAGE, EINVAL, "no target is named");
    for (size_t i = 0; i < n_targets; i++)
        for (size_t j = 0; j < i; j++)
            if (targets[i].on_host == targets[j].on_host &&
                strcmp(targets[i].container, targets[j].container) == 0 &&
                strcmp(targets[i].path, targets[j].path) == 0)
                return error_set(err, ERROR_USAGE, EINVAL, "%s:%s is named twice",
                                 targets[i].container, targets[i].path);
    return 0;
}
