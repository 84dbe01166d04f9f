#include "core/runtime/docker_volume.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/runtime/docker_disk.h"
#include "core/runtime/docker_endpoint.h"
#include "core/runtime/docker_request.h"
#include "core/runtime/outside_json.h"

#define ANSWER_MS     3000
#define VOLUMES_MAX   10000
#define OPTIONS_LIMIT 65536 // bytes of opts.json
#define PODMAN_ROOT   "/var/lib/containers/storage"

// What the local driver mounts on first use: of its options type, o and device.
static char *text_of_options(const json_t *options)
{
    const char *type = json_string_value(json_object_get(options, "type"));
    const char *device = json_string_value(json_object_get(options, "device"));
    _cleanup_free_ char *text = NULL;

    if (!device && !type)
        return NULL;
    text = text_format("%s %s", type && *type ? type : "bind", device ? device : "none");
    return text ? text_clean_dup(text, strlen(text)) : NULL;
}

// ---- from the API ----

static int take_volume(const json_t *object, const char *runtime, struct volume_list *list)
{
    const char *name = json_string_value(json_object_get(object, "Name"));
    const char *path = json_string_value(json_object_get(object, "Mountpoint"));
    const char *driver = json_string_value(json_object_get(object, "Driver"));
    const json_t *options = json_object_get(object, "Options");
    _cleanup_free_ char *clean_driver = driver ? text_clean_dup(driver, strlen(driver)) : NULL;
    _cleanup_free_ char *mounts = text_of_options(options);
    struct volume volume = {.runtime = runtime,
                            .name = (char *)(uintptr_t)name,
                            .path = (char *)(uintptr_t)path,
                            .driver = clean_driver,
                            .mounts = mounts};

    if (!name || !volume_name_valid(name) || (path && *path && path[0] != '/') ||
        (path && strlen(path) >= PATH_MAX))
        return 0;
    if (driver && strcmp(driver, "local") != 0 && !mounts)
        volume.mounts = mounts = text_format("what the driver %s serves", clean_driver);
    return volume_list_add(list, &volume);
}

int docker_volumes_parse(const char *text, size_t length, const char *runtime,
                         struct volume_list *list, struct error *err)
{
    _cleanup_json_ json_t *json =
        json_loadb(text ? text : "", length, JSON_REJECT_DUPLICATES, NULL);
    const json_t *volumes = json_object_get(json, "Volumes"), *item;
    size_t i;
    int r = 0;

    if (!json_is_object(json) || (volumes && !json_is_array(volumes) && !json_is_null(volumes)))
        return error_set(err, ERROR_FAILED, EPROTO, "the daemon's list of volumes is no such list");
    if (!volumes)
        return take_volume(json, runtime, list) < 0 ? ERROR_OOM(err) : 0;
    json_array_foreach (volumes, i, item)
        if (r == 0 && i < VOLUMES_MAX)
            r = take_volume(item, runtime, list);
    return r < 0 ? ERROR_OOM(err) : 0;
}

int docker_volumes_ask(const struct runtime_options *options, const char *name,
                       struct volume_list *list, struct error *err)
{
    _cleanup_docker_endpoint_ struct docker_endpoint endpoint = {.text = NULL};
    _cleanup_docker_request_ struct docker_request request = {.http = NULL};
    _cleanup_docker_answer_ struct docker_answer answer = {.body = NULL};
    char path[300];
    int r = docker_endpoint_find(DOCKER_DAEMON, options, &endpoint, err);

    if (r != 0)
        return r;
    if (endpoint.host)
        return error_set(err, ERROR_UNSUPPORTED, EREMOTE,
                         "the daemon is on another machine: its volumes are not here");
    (void)snprintf(path, sizeof path, "/volumes%s%s", name ? "/" : "", name ? name : "");
    r = docker_request_start(&endpoint, path, options->timeout_ms ? options->timeout_ms : ANSWER_MS,
                             &request, err);
    if (r == 0)
        r = docker_request_finish(&request, &answer, err);
    if (r != 0)
        return r > 0 ? 0 : r; // 404: it has none of that name
    // The paths that a user's daemon names are that user's to choose.
    if (answer.peer != geteuid())
        return error_set(err, ERROR_UNSAFE, EPERM,
                         "the daemon is user %u's: where its volumes are is not believed",
                         (unsigned)answer.peer);
    return docker_volumes_parse(answer.body, answer.length, answer.libpod ? "podman" : "docker",
                                list, err);
}

// ---- from disk ----

static bool is_roots(int fd)
{
    struct stat st;

    return fstat(fd, &st) == 0 && st.st_uid == 0 && !(st.st_mode & (S_IWGRP | S_IWOTH));
}

// opts.json of the local driver: {"MountType", "MountOpts", "MountDevice"}.
static char *options_on_disk(int directory)
{
    _cleanup_json_ json_t *json = NULL;
    _cleanup_free_ char *text = NULL, *shown = NULL;
    const char *type, *device;
    struct error ignored;
    size_t length;

    if (file_read(directory, "opts.json", OPTIONS_LIMIT, &text, &length, &ignored) < 0)
        return NULL;
    json = json_loadb(text, length, 0, NULL);
    type = json_string_value(json_object_get(json, "MountType"));
    device = json_string_value(json_object_get(json, "MountDevice"));
    if ((!type || !*type) && (!device || !*device))
        return NULL;
    shown =
        text_format("%s %s", type && *type ? type : "bind", device && *device ? device : "none");
    return shown ? text_clean_dup(shown, strlen(shown)) : NULL;
}

static int add_on_disk(int volumes, const char *root, const char *name, const char *runtime,
                       struct volume_list *list)
{
    _cleanup_close_ int fd = openat(volumes, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    _cleanup_free_ char *path = text_format("%s/volumes/%s/_data", root, name), *mounts = NULL;
    struct stat st;

    if (fd < 0 || !is_roots(fd) || fstatat(fd, "_data", &st, AT_SYMLINK_NOFOLLOW) < 0)
        return 0;
    if (!path)
        return -ENOMEM;
    mounts = options_on_disk(fd);
    return volume_list_add(list, &(struct volume){.runtime = runtime,
                                                  .name = (char *)(uintptr_t)name,
                                                  .path = path,
                                                  .mounts = mounts,
                                                  .from_disk = true});
}

static int add_root(const char *root, const char *name, const char *runtime,
                    struct volume_list *list)
{
    _cleanup_close_ int dir = open(root, O_PATH | O_DIRECTORY | O_CLOEXEC);
    int volumes =
        dir < 0 ? -1 : openat(dir, "volumes", O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    struct dirent *entry;
    DIR *stream;
    int r = 0;

    if (volumes < 0 || !is_roots(volumes)) {
        if (volumes >= 0)
            (void)close(volumes);
        return 0;
    }
    stream = fdopendir(volumes);
    if (!stream) {
        (void)close(volumes);
        return -ENOMEM;
    }
    while (r == 0 && list->n_items < VOLUMES_MAX && (entry = readdir(stream)))
        if (volume_name_valid(entry->d_name) && (!name || strcmp(name, entry->d_name) == 0))
            r = add_on_disk(volumes, root, entry->d_name, runtime, list);
    (void)closedir(stream);
    return r;
}

int docker_volumes_on_disk(const struct runtime_options *options, const char *name,
                           struct volume_list *list, struct error *err)
{
    _cleanup_docker_disk_ struct docker_disk *disk = NULL;
    const char *root;
    int r = docker_disk_new(options->docker_root, &disk, err);

    for (size_t i = 0; r == 0 && (root = docker_disk_root(disk, i)); i++)
        r = add_root(root, name, "docker", list) < 0 ? ERROR_OOM(err) : 0;
    return r;
}

int podman_volumes_on_disk(const char *name, struct volume_list *list, struct error *err)
{
    return add_root(PODMAN_ROOT, name, "podman", list) < 0 ? ERROR_OOM(err) : 0;
}
