// How a container and a source are known again.
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/text.h"
#include "core/engine/device_source.h"
#include "core/engine/kept.h"
#include "core/engine/source.h"
#include "core/host/block_sysfs.h"
#include "core/host/device.h"

// ---- containers ----

static const char *label_of(const struct container *container, const char *key)
{
    return json_string_value(json_object_get(container->labels, key));
}

// Docker Compose's own, which podman-compose sets too.
#define COMPOSE_PROJECT "com.docker.compose.project"
#define COMPOSE_SERVICE "com.docker.compose.service"
#define COMPOSE_NUMBER  "com.docker.compose.container-number"

static int copy(char **ret, const char *text)
{
    free(*ret);
    *ret = text ? strdup(text) : NULL;
    return text && !*ret ? -ENOMEM : 0;
}

int kept_note_container(struct kept_entry *entry, const struct container *container,
                        struct error *err)
{
    const char *project = label_of(container, COMPOSE_PROJECT);
    const char *service = label_of(container, COMPOSE_SERVICE);
    const char *number = label_of(container, COMPOSE_NUMBER);
    bool composed = project && service && number;
    int r = copy(&entry->project, composed ? project : NULL);

    if (r == 0)
        r = copy(&entry->service, composed ? service : NULL);
    if (r == 0)
        r = copy(&entry->number, composed ? number : NULL);
    if (r < 0)
        return ERROR_OOM(err);
    entry->owner = container->owner;
    entry->name_source = container->name_source;
    if (!container->outer && !container->contested)
        return 0;
    r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
                  container->outer ? "%s runs in another container: nobody but that one could "
                                     "tell it again after a restart"
                                   : "several claim to be %s: it could not be told again",
                  container->name);
    error_hint(err, "attach without --keep");
    return r;
}

static bool same_or_none(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : !a && !b;
}

// What an image says of itself (LABEL) are labels of its containers too, and whoever starts one may
// know nothing of that: the name is to fit as well. As compose makes it, if it is another by now.
static bool is_composed_name(const struct kept_entry *entry, const char *name)
{
    static const char separators[] = "-_";

    for (const char *s = separators; *s; s++) {
        _cleanup_free_ char *made =
            text_format("%s%c%s%c%s", entry->project, *s, entry->service, *s, entry->number);

        if (made && strcmp(name, made) == 0)
            return true;
    }
    return strcmp(name, entry->what->container_name) == 0;
}

// A name that a container has given itself (by its control group) is as good as it was then, and
// no better.
bool kept_is_container(const struct kept_entry *entry, const struct container *container)
{
    const struct attachment *what = entry->what;

    if (container->pid <= 0 || container->mnt_ns == 0 || container->contested || container->outer ||
        container->owner != entry->owner || strcmp(container->runtime, what->runtime) != 0 ||
        (container->name_source == NAME_FROM_CGROUP && entry->name_source != NAME_FROM_CGROUP))
        return false;
    if (entry->project && container->labels)
        return is_composed_name(entry, container->name) &&
               text_same(label_of(container, COMPOSE_PROJECT), entry->project) &&
               text_same(label_of(container, COMPOSE_SERVICE), entry->service) &&
               text_same(label_of(container, COMPOSE_NUMBER), entry->number);
    return strcmp(container->name, what->container_name) == 0 &&
           same_or_none(container->pod, what->pod);
}

bool kept_was_tried(const struct kept_entry *entry, const struct container *container)
{
    char boot[BOOT_ID_SIZE];
    struct error ignored;

    return entry->tried == container->pid && entry->tried_start == container->start_time &&
           boot_id_read(boot, &ignored) == 0 && strcmp(boot, entry->tried_boot) == 0;
}

void kept_note_tried(struct kept_entry *entry, pid_t init, uint64_t start_time)
{
    struct error ignored;

    if (boot_id_read(entry->tried_boot, &ignored) < 0)
        return;
    entry->tried = init;
    entry->tried_start = start_time;
}

// ---- sources ----

// Where the device itself may not be read.
static void read_udev(dev_t number, char **ret)
{
    struct device_index *index = NULL;
    const struct block_device *device;
    struct error ignored;

    if (device_index_new(&index, &ignored) < 0)
        return;
    device = device_index_find(index, number);
    if (device && device->uuid)
        *ret = strdup(device->uuid);
    device_index_free(index);
}

// A block device's number, or of a btrfs, which has another, the name in the mount table. A disk
// that does not answer in time is no disk without a UUID.
static int read_uuid(const struct mount_entry *mount, uint64_t timeout_ms, char **ret,
                     struct error *err)
{
    char node[PATH_MAX];
    struct superblock found;
    int r;

    if (major(mount->device) == 0 && mount->source[0] == '/')
        (void)snprintf(node, sizeof node, "%s", mount->source);
    else if (major(mount->device) == 0 || block_sysfs_node(mount->device, node) < 0)
        return 0;
    r = superblock_read(node, -1, 0, timeout_ms, &found, err);
    if (r == 0 && *found.uuid) {
        *ret = strdup(found.uuid);
        return *ret ? 0 : ERROR_OOM(err);
    }
    read_udev(mount->device, ret);
    return !*ret && r < 0 && (err->code == ERROR_TIMED_OUT || err->code == ERROR_BUSY) ? r : 0;
}

static int fill(struct kept_filesystem *ret, const char *type, const char *from, dev_t device,
                struct error *err)
{
    ret->type = text_clean_dup(type, strlen(type));
    ret->from = text_clean_dup(from, strlen(from));
    ret->device = device;
    return ret->type && ret->from ? 0 : ERROR_OOM(err);
}

// A name alone may be that of another one by now: of another runtime, or in somebody else's pod.
static const char *whose(const struct container *provider)
{
    return provider->user ? provider->user : provider->pod ? provider->pod : "";
}

int kept_filesystem_of(const struct source *source, uint64_t timeout_ms,
                       struct kept_filesystem *ret, struct error *err)
{
    const struct mount_entry *mount = source->mount;
    const struct device_source *device = source->state;
    int r;

    switch (source->kind) {
    case SOURCE_HOST:
        r = fill(ret, mount->type, mount->source, mount->device, err);
        return r < 0 ? r : read_uuid(mount, timeout_ms, &ret->uuid, err);
    case SOURCE_DEVICE:
    case SOURCE_IMAGE:
        r = fill(ret, device->found.type, "", 0, err);
        if (r == 0 && *device->found.uuid) {
            ret->uuid = strdup(device->found.uuid);
            return ret->uuid ? 0 : ERROR_OOM(err);
        }
        if (r < 0 || source->kind == SOURCE_IMAGE)
            return r;
        r = error_set(err, ERROR_UNSUPPORTED, EOPNOTSUPP,
                      "%s has no UUID, by which it could be told from another device after a "
                      "restart",
                      source->name);
        error_hint(err, "mount it on the host, and attach the directory");
        return r;
    case SOURCE_CONTAINER:
        return fill(ret, source->provider->runtime, whose(source->provider), 0, err);
    case SOURCE_VOLUME: // all known again by their name
    case SOURCE_TMPFS:
    case SOURCE_HELPER:
        return fill(ret, "", "", 0, err);
    }
    return -EINVAL;
}

// "nas:/vol", "user@host:/dir": mounted anew it has another number.
static bool names_server(const char *from)
{
    return strchr(from, ':') && from[0] != '/';
}

bool kept_only_this_boot(const struct kept_filesystem *filesystem)
{
    return !filesystem->uuid && strncmp(filesystem->from, "/dev/", 5) == 0;
}

int kept_filesystem_same(const struct kept_entry *entry, const struct kept_filesystem *now,
                         struct error *err)
{
    const struct kept_filesystem *then = &entry->filesystem;
    char boot[BOOT_ID_SIZE];
    struct error ignored;
    bool same_boot =
        boot_id_read(boot, &ignored) == 0 && strcmp(boot, entry->what->identity.boot_id) == 0;
    bool same;
    int r;

    if (then->uuid || now->uuid)
        same = text_same(then->uuid, now->uuid);
    else if (then->device && same_boot && !names_server(then->from))
        same = then->device == now->device;
    else
        same = !kept_only_this_boot(then) && strcmp(then->type, now->type) == 0 &&
               strcmp(then->from, now->from) == 0;
    if (same)
        return 0;
    if (entry->what->provider) {
        r = error_set(err, ERROR_UNSAFE, ESTALE,
                      "%s is of another container of that name now: %s%s%s, and it was %s%s%s",
                      entry->what->source, now->type, *now->from ? " " : "", now->from, then->type,
                      *then->from ? " " : "", then->from);
        error_hint_words(err, "davit forget %s:%s, and attach it from the one that is meant",
                         entry->what->container_name, entry->what->target);
        return r;
    }
    r = error_set(err, ERROR_UNSAFE, ESTALE,
                  "%s is on another filesystem now: %s %s%s%s, and it was %s %s%s%s",
                  entry->what->source, now->type, now->from, now->uuid ? " UUID=" : "",
                  now->uuid ? now->uuid : "", then->type, then->from, then->uuid ? " UUID=" : "",
                  then->uuid ? then->uuid : "");
    error_hint_words(err, "is it mounted? Else davit forget %s:%s, and attach what is there now",
                     entry->what->container_name, entry->what->target);
    return r;
}
