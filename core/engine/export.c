#include "core/engine/export.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/text.h"
#include "core/engine/attach_again.h"
#include "core/engine/attach_job.h"
#include "core/engine/device_source.h"
#include "core/engine/volume_find.h"

void export_free(struct export *export)
{
    for (size_t i = 0; i < export->n; i++) {
        free(export->mounts[i].target);
        free(export->mounts[i].source);
        free(export->mounts[i].type);
        free(export->mounts[i].why);
    }
    free(export->mounts);
    free(export->container);
    free(export->service);
    free(export);
}

static int set(char **ret, char *text, struct error *err)
{
    free(*ret);
    *ret = text;
    return text ? 0 : ERROR_OOM(err);
}

static int refuse(struct export_mount *mount, const char *why, struct error *err)
{
    mount->kind = EXPORT_NOT;
    return set(&mount->why, strdup(why), err);
}

// ---- by kind of source ----

// "64m", in bytes; 0: a share of the memory, or none.
static uint64_t size_of(const char *options)
{
    const char *size = strstr(options, "size=");
    uint64_t number;
    char *end;

    if (!size || (size != options && size[-1] != ',' && size[-1] != ':'))
        return 0;
    number = strtoull(size + 5, &end, 10);
    switch (*end) {
    case 'g':
    case 'G':
        return number << 30;
    case 'm':
    case 'M':
        return number << 20;
    case 'k':
    case 'K':
        return number << 10;
    case '%':
        return 0;
    }
    return number;
}

static int export_volume(struct engine *engine, const struct attachment *what,
                         struct export_mount *mount, struct error *err)
{
    const char *name = what->source + strlen("volume:"), *slash = strchr(name, '/');
    _cleanup_free_ char *own = NULL;

    if (!slash)
        return refuse(mount, "it is not known whose volume it is", err);
    if (strncmp(name, "davit/", 6) != 0) {
        size_t length = (size_t)(slash - name);

        if (strlen(what->runtime) != length || strncmp(what->runtime, name, length) != 0)
            return refuse(mount, "it is a volume of another runtime", err);
        mount->kind = EXPORT_VOLUME;
        return set(&mount->source, strdup(slash + 1), err);
    }
    own = volume_own_directory(engine);
    mount->kind = EXPORT_BIND;
    return own ? set(&mount->source, text_format("%s/%s", own, slash + 1), err) : ERROR_OOM(err);
}

// What docker's local driver does itself by mount(2): the whole filesystem of a device.
static int export_device(struct engine *engine, const struct attachment *what,
                         struct export_mount *mount, struct error *err)
{
    _cleanup_source_ struct source source = SOURCE_INIT;
    struct target_request ignored = {.container = NULL};
    struct attach_request request = attach_again(what, &ignored);
    const struct device_source *device;
    struct error why;

    if (source_resolve(engine, &request, &source, &why) < 0)
        return refuse(mount, why.message, err);
    device = source.state;
    if (*source.sub_path)
        return refuse(mount, "docker mounts whole filesystems only, not a directory of one", err);
    if (!*device->found.uuid)
        return refuse(mount, "the filesystem has no UUID to name it by", err);
    mount->kind = EXPORT_DEVICE;
    if (set(&mount->type, strdup(device->found.type), err) < 0)
        return -ENOMEM;
    return set(&mount->source, text_format("/dev/disk/by-uuid/%s", device->found.uuid), err);
}

static int export_source(struct engine *engine, const struct attachment *what,
                         struct export_mount *mount, struct error *err)
{
    enum source_kind kind = SOURCE_HELPER;
    struct error why;

    if (!what->helper && source_parse(what->source, &kind, &why) < 0)
        return refuse(mount, why.message, err);
    switch (kind) {
    case SOURCE_HOST:
        return 0;
    case SOURCE_VOLUME:
        return export_volume(engine, what, mount, err);
    case SOURCE_TMPFS:
        mount->kind = EXPORT_TMPFS;
        mount->size = size_of(what->source + strlen("tmpfs:"));
        return 0;
    case SOURCE_DEVICE:
        return export_device(engine, what, mount, err);
    case SOURCE_IMAGE:
        return refuse(mount,
                      "docker makes no loop device: mount the image on the host, and declare "
                      "that directory",
                      err);
    case SOURCE_CONTAINER:
        return refuse(mount, "another container's directory: share a volume between the two", err);
    case SOURCE_HELPER:
        return refuse(mount, "by a mount helper: mount it on the host, and declare that directory",
                      err);
    }
    return -EINVAL;
}

// ---- what is lost on the way ----

static bool has(const struct attachment *what, const char *option)
{
    return what->options && strstr(what->options, option);
}

static int note_differences(const struct attachment *what, struct export_mount *mount,
                            struct error *err)
{
    _cleanup_free_ char *list = NULL;
    bool recursive = what->flags & ATTACH_RECURSIVE;

    if (mount->kind != EXPORT_BIND)
        return 0;
    list = text_format("%s%s%s%s%s", has(what, "noexec") ? ", noexec" : "",
                       has(what, "nosuid") ? ", nosuid" : "", has(what, "nodev") ? ", nodev" : "",
                       what->idmap && strcmp(what->idmap, "off") != 0 ? ", mapped owners" : "",
                       recursive ? "" : ", and it takes mounts below the source along");
    if (!list)
        return ERROR_OOM(err);
    return *list ? set(&mount->why, text_format("docker's has no%s", list + 1), err) : 0;
}

static int add(struct engine *engine, const struct attachment *what, struct export *export,
               struct error *err)
{
    struct export_mount *mount = &export->mounts[export->n];
    int r;

    *mount = (struct export_mount){
        .kind = EXPORT_BIND,
        .read_only = what->flags & ATTACH_READ_ONLY,
        .propagation = (enum propagation)what->propagation,
        .target = strdup(what->target),
        .source = strdup(what->source),
    };
    export->n++;
    if (!mount->target || !mount->source)
        return ERROR_OOM(err);
    r = export_source(engine, what, mount, err);
    if (r == 0 && mount->kind != EXPORT_NOT &&
        (!text_is_clean(mount->target, strlen(mount->target)) ||
         !text_is_clean(mount->source, strlen(mount->source))))
        r = refuse(mount, "its path has bytes that no file of compose can have", err);
    return r < 0 ? r : note_differences(what, mount, err);
}

int engine_export(struct engine *engine, const char *selector, struct export **ret,
                  struct error *err)
{
    CLEANUP(export_freep) struct export *export = calloc(1, sizeof *export);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_container_ struct container *container = NULL;
    const char *service;
    int r = export ? container_find(&engine->options.runtime, selector, &container, err)
                   : ERROR_OOM(err);

    if (r == 0)
        r = engine_status(engine, &view, err);
    if (r < 0)
        return r;
    service = json_string_value(json_object_get(container->labels, "com.docker.compose.service"));
    export->container = strdup(container->name);
    export->service = strdup(service ? service : container->name);
    export->mounts = calloc(view->n_attachments + 1, sizeof *export->mounts);
    if (!export->container || !export->service || !export->mounts)
        return ERROR_OOM(err);
    for (size_t i = 0; i < view->n_attachments && r == 0; i++) {
        const struct attachment *what = view->attachments[i];

        if (what->state == ATTACHMENT_LIVE && what->identity.init == container->pid &&
            what->identity.init_start == container->start_time)
            r = add(engine, what, export, err);
    }
    if (r < 0)
        return r;
    if (export->n == 0) {
        r = error_set(err, ERROR_NOT_ATTACHED, ENOENT, "nothing is attached to %s",
                      container->name);
        error_hint_words(err, "what was declared when it was made is in docker inspect %s",
                         container->name);
        return r;
    }
    *ret = TAKE_POINTER(export);
    return 0;
}
