// The list of volumes that whoever knows some adds to.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/runtime/volume.h"

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
