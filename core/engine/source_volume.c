// volume:NAME and volume:RUNTIME/NAME: a directory of the host that has a name.
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>

#include "core/base/text.h"
#include "core/engine/maker.h"
#include "core/engine/volume_find.h"

static int find_all(struct engine *engine, const char *runtime, const char *name,
                    struct volume_list *list, struct error *why, struct error *err)
{
    struct runtime_options options = engine->options.runtime;
    int r = 0;

    *why = (struct error){.code = ERROR_NONE};
    if (!runtime || strcmp(runtime, "davit") == 0)
        r = volumes_own(engine, name, list, err);
    // Without a runtime davit's own has the name first, as the command line says.
    if (r < 0 || list->n_items > 0 || (runtime && strcmp(runtime, "davit") == 0))
        return r;
    if (runtime)
        options.runtimes = runtime;
    return volumes_list(&options, name, list, why, err);
}

static int no_volume(const char *asked, const struct error *why, struct error *err)
{
    int r = error_set(err, ERROR_NO_PATH, ENOENT, "there is no volume %s", asked);

    if (why->code != ERROR_NONE)
        error_hint(err, "a daemon was not asked: %s", why->message);
    else
        error_hint_words(err, "`davit volume ls` lists them; `davit volume create %s` makes one",
                         asked);
    return r;
}

static int several(const struct volume_list *list, const char *name, struct error *err)
{
    int r = error_set(err, ERROR_AMBIGUOUS, EEXIST, "%zu runtimes have a volume %s", list->n_items,
                      name);

    error_hint(err, "volume:%s/%s or volume:%s/%s", list->items[0].runtime, name,
               list->items[1].runtime, name);
    return r;
}

// What its driver mounts there only while a container uses it: until then the directory is empty.
static int check_mounted(const struct volume *volume, struct error *err)
{
    _cleanup_mount_table_ struct mount_table *host = NULL;
    int r = volume->mounts ? mount_table_read(AT_FDCWD, &host, err) : 0;

    if (r < 0 || !volume->mounts || (volume->path && mount_table_at(host, volume->path, NULL)))
        return r;
    r = error_set(err, ERROR_UNSUPPORTED, ENODEV,
                  "volume %s/%s is empty now: its driver mounts %s there while a container uses it",
                  volume->runtime, volume->name, volume->mounts);
    error_hint(err, "start a container that uses it, or attach what it mounts: -t TYPE -o OPTIONS "
                    "SPEC");
    return r;
}

int source_resolve_volume(struct engine *engine, const struct attach_request *request,
                          struct source *source, struct error *err)
{
    const char *asked = request->source + strlen("volume:"), *slash = strchr(asked, '/');
    _cleanup_free_ char *runtime = slash ? strndup(asked, (size_t)(slash - asked)) : NULL;
    const char *name = slash ? slash + 1 : asked;
    _cleanup_volume_list_ struct volume_list list = {.items = NULL};
    const struct volume *volume;
    struct error why;
    int r = volume_check_name(name, err);

    if (slash && !runtime)
        return ERROR_OOM(err);
    if (r == 0)
        r = find_all(engine, runtime, name, &list, &why, err);
    if (r < 0)
        return r;
    if (list.n_items == 0)
        return no_volume(asked, &why, err);
    if (list.n_items > 1)
        return several(&list, name, err);
    volume = &list.items[0];
    r = check_mounted(volume, err);
    if (r < 0)
        return r;
    source->maker = &maker_tree;
    source->name = text_format("volume:%s/%s", volume->runtime, volume->name);
    return source->name ? source_open_path(source, volume->path, request->timeout_ms, err)
                        : ERROR_OOM(err);
}
