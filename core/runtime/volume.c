#include "core/runtime/volume.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/runtime/backend.h"
#include "core/runtime/docker_volume.h"

bool volume_name_valid(const char *name)
{
    size_t length = strlen(name);

    return length > 0 && length <= 255 && strchr("_.-", name[0]) == NULL &&
           strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-") ==
               length;
}

static void volume_done(struct volume *volume)
{
    free(volume->name);
    free(volume->path);
    free(volume->driver);
    free(volume->mounts);
}

static bool copy(char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

int volume_list_add(struct volume_list *list, const struct volume *volume)
{
    struct volume *more = realloc(list->items, (list->n_items + 1) * sizeof *more), *item;

    if (!more)
        return -ENOMEM;
    list->items = more;
    item = &more[list->n_items];
    *item = (struct volume){.runtime = volume->runtime, .from_disk = volume->from_disk};
    if (!copy(&item->name, volume->name) || !copy(&item->path, volume->path) ||
        !copy(&item->driver, volume->driver) || !copy(&item->mounts, volume->mounts)) {
        volume_done(item);
        return -ENOMEM;
    }
    list->n_items++;
    return 0;
}

void volume_list_done(struct volume_list *list)
{
    for (size_t i = 0; i < list->n_items; i++)
        volume_done(&list->items[i]);
    free(list->items);
    *list = (struct volume_list){.items = NULL};
}

int volumes_list(const struct runtime_options *options, const char *name, struct volume_list *ret,
                 struct error *ret_why, struct error *err)
{
    int r = 1;

    *ret_why = (struct error){.code = ERROR_NONE};
    if (runtime_list_has(options->runtimes, "docker"))
        r = docker_volumes_ask(options, name, ret, ret_why);
    if (r == -ENOMEM)
        return ERROR_OOM(err);
    if (r != 0 && runtime_list_has(options->runtimes, "docker"))
        r = docker_volumes_on_disk(options, name, ret, err);
    if (r >= 0 && runtime_list_has(options->runtimes, "podman"))
        r = podman_volumes_on_disk(name, ret, err);
    return r < 0 ? r : 0;
}
