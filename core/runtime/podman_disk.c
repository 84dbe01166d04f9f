#include "core/runtime/podman_disk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "core/base/text.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/disk.h"
#include "core/runtime/outside_json.h"
#include "core/runtime/supervisor.h"

#define FILE_LIMIT      (16 * 1024 * 1024) // bytes of containers.json
#define METADATA_LIMIT  (64 * 1024)
#define CONFIG_LIMIT    (1024 * 1024) // bytes of config.json
#define DIRECTORIES_MAX 16
#define SANDBOX         "io.kubernetes.cri-o.SandboxID"
#define POD_DIGITS      12
#define ID_DIGITS       64

struct podman_disk {
    struct {
        char *path;
        json_t *index; // NULL: nothing usable is there
    } directories[DIRECTORIES_MAX];
    size_t n;
};

int podman_disk_new(struct podman_disk **ret, struct error *err)
{
    *ret = calloc(1, sizeof **ret);
    return *ret ? 0 : ERROR_OOM(err);
}

void podman_disk_free(struct podman_disk *disk)
{
    if (!disk)
        return;
    for (size_t i = 0; i < disk->n; i++) {
        free(disk->directories[i].path);
        json_decref(disk->directories[i].index);
    }
    free(disk);
}

json_t *podman_disk_index(const char *text, size_t length, struct error *err)
{
    _cleanup_json_ json_t *json = outside_json_load(text, length, "containers.json", err);
    _cleanup_json_ json_t *index = json_object();
    json_t *entry;
    size_t i;

    if (json && !index)
        (void)ERROR_OOM(err);
    else if (json && !json_is_array(json))
        (void)error_set(err, ERROR_FAILED, EPROTO, "containers.json is not usable: it is no array");
    if (!json_is_array(json) || !index)
        return NULL;
    json_array_foreach (json, i, entry) {
        const char *id = json_string_value(json_object_get(entry, "id"));

        // Of two with one id the first counts.
        if (id && cgroup_id_is_hex(id) && !json_object_get(index, id) &&
            json_object_set(index, id, entry) < 0) {
            (void)ERROR_OOM(err);
            return NULL;
        }
    }
    return TAKE_POINTER(index);
}

int podman_disk_take(const json_t *entry, struct container *container, struct error *err)
{
    const json_t *name = json_array_get(json_object_get(entry, "names"), 0);
    const json_t *metadata = json_object_get(entry, "metadata");
    _cleanup_json_ json_t *inner = NULL;
    struct error ignored;
    int r = 0;

    if (json_is_string(name))
        r = container_rename(container, json_string_value(name), json_string_length(name),
                             NAME_FROM_DISK);
    // A JSON text as a string.
    if (json_is_string(metadata) && json_string_length(metadata) < METADATA_LIMIT)
        inner = outside_json_load(json_string_value(metadata), json_string_length(metadata),
                                  "metadata", &ignored);
    outside_json_replace(&container->image, outside_json_text(inner, "image-name", &r));
    return r < 0 ? ERROR_OOM(err) : 0;
}

// "…/POD-ID/libpod-ID", "machine-libpod_pod_POD-ID.slice:libpod:ID".
static bool pod_in_cgroup(const char *path, char ret[POD_DIGITS + 1])
{
    static const char *const before[] = {"/libpod_parent/", "libpod_pod_"};

    for (size_t i = 0; path && i < ARRAY_SIZE(before); i++) {
        const char *at = strstr(path, before[i]);

        at = at ? at + strlen(before[i]) : "";
        if (strspn(at, "0123456789abcdef") != 64)
            continue;
        (void)snprintf(ret, POD_DIGITS + 1, "%s", at);
        return true;
    }
    return false;
}

// "PARENT/POD-ID/libpod-ID" (podman pod create --cgroup-parent), if more says that it is in a pod.
static bool pod_in_other_cgroup(const char *path, char ret[POD_DIGITS + 1])
{
    const char *below = path ? strstr(path, "/libpod-") : NULL;
    const char *pod = below && below - path >= ID_DIGITS ? below - ID_DIGITS : NULL;

    if (!pod || strspn(pod, "0123456789abcdef") != ID_DIGITS)
        return false;
    (void)snprintf(ret, POD_DIGITS + 1, "%s", pod);
    return true;
}

// As podman calls the one that holds a pod's namespaces.
static bool is_infra(const struct container *container, const char *pod)
{
    return strncmp(container->name, pod, POD_DIGITS) == 0 &&
           strcmp(container->name + POD_DIGITS, "-infra") == 0;
}

// The bundle's config.json (podman 4). A container in a pod has annotations of CRI-O's, the one
// that holds the pod's namespaces is without. The pod's name is in podman's database alone.
static int take_pod(const char *text, size_t length, struct container *container)
{
    struct error ignored;
    _cleanup_json_ json_t *json = outside_json_load(text, length, "config.json", &ignored);
    const json_t *linux_ = json_object_get(json, "linux");
    const char *sandbox =
        json_string_value(json_object_get(json_object_get(json, "annotations"), SANDBOX));
    const char *path = json_string_value(json_object_get(linux_, "cgroupsPath"));
    char pod[POD_DIGITS + 1] = "";

    if (outside_json_directory(json_object_get(json, "process"), "cwd",
                               &container->working_directory) < 0)
        return -ENOMEM;
    if (pod_in_cgroup(path, pod))
        container->sandbox = !sandbox;
    else if (pod_in_other_cgroup(path, pod)) {
        container->sandbox = !sandbox && is_infra(container, pod);
        if (!sandbox && !container->sandbox)
            return 0;
    } else if (sandbox && cgroup_id_is_hex(sandbox))
        (void)snprintf(pod, sizeof pod, "%s", sandbox);
    if (!*pod)
        return 0;
    free(container->pod);
    container->pod = strdup(pod);
    return container->pod ? 0 : -ENOMEM;
}

static int find_pod(const char *directory, struct container *container, struct error *err)
{
    _cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ char *path = text_format("%s/%s/userdata/config.json", directory, container->id);
    _cleanup_free_ char *text = NULL;
    size_t length;
    int r;

    if (root < 0 || !path)
        return ERROR_OOM(err);
    r = disk_read(root, path, CONFIG_LIMIT, &text, &length, err);
    if (r == 0 && take_pod(text, length, container) < 0)
        return ERROR_OOM(err);
    return r == -ENOMEM ? r : 0;
}

// 0, 1 when there is nothing usable, -EACCES, -ENOMEM.
static int read_index(const char *directory, json_t **ret, struct error *err)
{
    _cleanup_close_ int root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
    _cleanup_free_ char *path = text_format("%s/containers.json", directory), *text = NULL;
    size_t length;
    int r;

    if (root < 0 || !path)
        return ERROR_OOM(err);
    r = disk_read(root, path, FILE_LIMIT, &text, &length, err);
    if (r != 0)
        return r;
    *ret = podman_disk_index(text, length, err);
    if (*ret)
        return 0;
    return err->code == ERROR_NO_MEMORY ? -ENOMEM : 1;
}

// 0 with what is there; 1 when that is nothing.
static int find_index(struct podman_disk *disk, const char *directory, json_t **ret,
                      struct error *err)
{
    json_t *index = NULL;
    int r;

    for (size_t i = 0; i < disk->n; i++) {
        if (strcmp(disk->directories[i].path, directory) == 0) {
            *ret = disk->directories[i].index;
            return *ret ? 0 : 1;
        }
    }
    if (disk->n == DIRECTORIES_MAX)
        return 1;
    r = read_index(directory, &index, err);
    if (r < 0)
        return r;
    disk->directories[disk->n].index = *ret = index;
    disk->directories[disk->n].path = strdup(directory);
    return disk->directories[disk->n++].path ? r : ERROR_OOM(err);
}

int podman_disk_fill(struct podman_disk *disk, const char *directory, struct container *container,
                     struct error *err)
{
    const json_t *entry;
    json_t *index = NULL;
    int r = find_index(disk, directory, &index, err);

    if (r != 0)
        return r;
    entry = json_object_get(index, container->id);
    if (!entry)
        return 1;
    r = podman_disk_take(entry, container, err);
    return r < 0 ? r : find_pod(directory, container, err);
}
