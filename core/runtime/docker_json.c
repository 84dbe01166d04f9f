#include "core/runtime/docker_json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "core/base/text.h"
#include "core/runtime/cgroup_path.h"
#include "core/runtime/outside_json.h"

static int nonsense(struct error *err, const char *what, const char *why)
{
    return error_set(err, ERROR_FAILED, EPROTO, "%s is not usable: %s", what, why);
}

bool docker_json_name_valid(const char *name)
{
    return *name && strlen(name) < 256 &&
           name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                             "0123456789_.-")] == '\0';
}

static int set_member(json_t *object, const char *key, const json_t *from, const char *from_key)
{
    int r = 0;
    _cleanup_free_ char *text = outside_json_text(from, from_key, &r);

    if (text && json_object_set_new(object, key, json_string(text)) < 0)
        return -ENOMEM;
    return r;
}

static int add_label(json_t *labels, const char *key, const json_t *value)
{
    _cleanup_free_ char *clean_key = text_clean_dup(key, strlen(key));
    _cleanup_free_ char *text = NULL;

    text = text_clean_dup(json_string_value(value), json_string_length(value));
    return clean_key && text && json_object_set_new(labels, clean_key, json_string(text)) == 0
               ? 0
               : -ENOMEM;
}

// Labels as clean text, at most DOCKER_LABELS_LIMIT bytes of them.
static int take_labels(struct container *container, json_t *labels)
{
    size_t used = 0;
    const char *key;
    json_t *value, *clean;

    if (!json_is_object(labels))
        return 0;
    clean = json_object();
    if (!clean)
        return -ENOMEM;
    json_decref(container->labels);
    container->labels = clean;
    json_object_foreach (labels, key, value) {
        if (!json_is_string(value))
            continue;
        used += strlen(key) + json_string_length(value);
        if (used > DOCKER_LABELS_LIMIT)
            break;
        if (add_label(clean, key, value) < 0)
            return -ENOMEM;
    }
    return 0;
}

// What the kubelet writes to the containers that it makes.
static int take_pod(struct container *container)
{
    const char *space, *name;
    char *pod;

    space = json_string_value(json_object_get(container->labels, "io.kubernetes.pod.namespace"));
    name = json_string_value(json_object_get(container->labels, "io.kubernetes.pod.name"));
    if (!space || !name)
        return 0;
    pod = text_format("%s/%s", space, name);
    outside_json_replace(&container->pod, pod);
    return pod ? 0 : -ENOMEM;
}

static bool id_is_good(const json_t *id)
{
    const char *text = json_string_value(id);

    return text && strlen(text) == json_string_length(id) && cgroup_id_is_hex(text);
}

// "/web". Names of legacy links, "/other/alias", have a second '/'.
static const json_t *own_name(const json_t *names)
{
    size_t i;
    json_t *name;

    json_array_foreach (names, i, name) {
        const char *text = json_string_value(name);

        if (text && text[0] && !strchr(text + 1, '/'))
            return name;
    }
    return NULL;
}

// Without the '/' in front; NULL when there is no usable name.
static char *clean_name(const json_t *name, int *ret_r)
{
    const char *text = json_string_value(name);
    size_t length = json_string_length(name);
    char *clean;

    if (text && length > 0 && *text == '/') {
        text++;
        length--;
    }
    if (!text || length == 0 || length > 255)
        return NULL;
    clean = text_clean_dup(text, length);
    if (!clean)
        *ret_r = -ENOMEM;
    return clean;
}

static void take_name(struct container *container, const json_t *json, enum name_source source,
                      int *ret_r)
{
    char *name = clean_name(json_object_get(json, "Name"), ret_r);

    if (name) {
        outside_json_replace(&container->name, name);
        container->name_source = source;
    }
}

static enum container_state state_of(const char *text)
{
    if (text_same(text, "running"))
        return CONTAINER_RUNNING;
    if (text_same(text, "paused"))
        return CONTAINER_PAUSED;
    if (text_same(text, "restarting"))
        return CONTAINER_RESTARTING;
    return CONTAINER_STOPPED;
}

static int add_listed(const json_t *entry, const char *runtime, struct container_list *list,
                      struct error *err)
{
    const json_t *id = json_object_get(entry, "Id");
    struct container *container;
    int r = 0;

    if (!id_is_good(id))
        return nonsense(err, "the list of containers", "one has no id of 64 hexadecimal digits");
    container = container_list_add(list);
    if (!container)
        return ERROR_OOM(err);
    container->id = strdup(json_string_value(id));
    container->runtime = strdup(runtime);
    container->name = clean_name(own_name(json_object_get(entry, "Names")), &r);
    if (container->name)
        container->name_source = NAME_FROM_DAEMON;
    else if (r == 0) {
        container->name = strndup(json_string_value(id), 12);
        container->name_source = NAME_FROM_CGROUP;
    }
    container->image = outside_json_text(entry, "Image", &r);
    container->pod = outside_json_text(entry, "PodName", &r);
    container->sandbox = json_is_true(json_object_get(entry, "IsInfra"));
    container->state = state_of(json_string_value(json_object_get(entry, "State")));
    if (r < 0 || !container->id || !container->runtime || !container->name ||
        take_labels(container, json_object_get(entry, "Labels")) < 0 || take_pod(container) < 0)
        return ERROR_OOM(err);
    return 0;
}

int docker_json_list(const char *text, size_t length, const char *runtime,
                     struct container_list *list, struct error *err)
{
    _cleanup_json_ json_t *json = outside_json_load(text, length, "the list of containers", err);
    size_t before = list->n_items, i;
    json_t *entry;
    int r = 0;

    if (!json)
        return -EPROTO;
    if (!json_is_array(json))
        return nonsense(err, "the list of containers", "it is no array");
    if (json_array_size(json) > DOCKER_CONTAINERS_MAX)
        return nonsense(err, "the list of containers", "it has more than 20000");
    json_array_foreach (json, i, entry) {
        r = add_listed(entry, runtime, list, err);
        if (r < 0)
            break;
    }
    while (r < 0 && list->n_items > before)
        container_done(&list->items[--list->n_items]);
    return r;
}

// A mount is writable unless it says otherwise.
static bool is_read_only(const json_t *mount)
{
    return json_is_false(json_object_get(mount, "RW"));
}

static int add_declared(json_t *declared, const json_t *mount)
{
    _cleanup_json_ json_t *clean = json_object();

    if (!clean || set_member(clean, "type", mount, "Type") < 0 ||
        set_member(clean, "source", mount, "Source") < 0 ||
        set_member(clean, "target", mount, "Destination") < 0 ||
        set_member(clean, "name", mount, "Name") < 0 ||
        json_object_set_new(clean, "read_only", json_boolean(is_read_only(mount))) < 0)
        return -ENOMEM;
    return json_array_append(declared, clean) < 0 ? -ENOMEM : 0;
}

// `mounts` is an array (API) or an object by destination (disk).
static int take_declared(struct container *container, json_t *mounts)
{
    _cleanup_json_ json_t *declared = json_array();
    const char *key;
    json_t *mount;
    size_t i;

    if (!declared)
        return -ENOMEM;
    if (json_array_size(mounts) + json_object_size(mounts) > DOCKER_MOUNTS_MAX)
        return 0;
    json_array_foreach (mounts, i, mount) {
        if (add_declared(declared, mount) < 0)
            return -ENOMEM;
    }
    json_object_foreach (mounts, key, mount) {
        if (add_declared(declared, mount) < 0)
            return -ENOMEM;
    }
    json_decref(container->declared);
    container->declared = TAKE_POINTER(declared);
    return 0;
}

static void take_state(struct container *container, const json_t *state)
{
    if (!json_is_object(state))
        return;
    if (json_is_true(json_object_get(state, "Paused")))
        container->state = CONTAINER_PAUSED;
    else if (json_is_true(json_object_get(state, "Restarting")))
        container->state = CONTAINER_RESTARTING;
    else if (json_is_true(json_object_get(state, "Running")))
        container->state = CONTAINER_RUNNING;
    else
        container->state = CONTAINER_STOPPED;
}

// What inspect and the disk have in common.
static int take_details(struct container *container, const json_t *json, const char *mounts)
{
    json_t *config = json_object_get(json, "Config");
    int r = 0;

    outside_json_replace(&container->image, outside_json_text(config, "Image", &r));
    if (r < 0 || outside_json_directory(config, "WorkingDir", &container->working_directory) < 0 ||
        take_labels(container, json_object_get(config, "Labels")) < 0 || take_pod(container) < 0 ||
        take_declared(container, json_object_get(json, mounts)) < 0)
        return -ENOMEM;
    return 0;
}

static bool is_of(const json_t *json, const char *key, const struct container *container)
{
    const json_t *id = json_object_get(json, key);

    return id_is_good(id) && strcmp(json_string_value(id), container->id) == 0;
}

// As container.h has it.
static pid_t pid_said(const json_t *state)
{
    const json_t *pid = json_object_get(state, "Pid");
    json_int_t number = json_integer_value(pid);

    if (!json_is_integer(pid) || number < 0 || number > INT32_MAX)
        return 0;
    return number > 0 ? (pid_t)number : -1;
}

int docker_json_inspect(const char *text, size_t length, struct container *container,
                        struct error *err)
{
    _cleanup_json_ json_t *json =
        outside_json_load(text, length, "what the daemon says of the container", err);
    int r = 0;

    if (!json)
        return -EPROTO;
    if (!is_of(json, "Id", container))
        return nonsense(err, "what the daemon says of the container", "it is another's");
    if (container->name_source == NAME_FROM_CGROUP && !container->outer)
        take_name(container, json, NAME_FROM_DAEMON, &r);
    take_state(container, json_object_get(json, "State"));
    container->said_pid = pid_said(json_object_get(json, "State"));
    return r < 0 || take_details(container, json, "Mounts") < 0 ? ERROR_OOM(err) : 0;
}

// "2026-11-21T22:03:10.123456789Z"; 0 when it is no such time.
static time_t time_of(const char *text)
{
    struct tm tm = {.tm_sec = 0};
    const char *end = text ? strptime(text, "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    time_t when = end && tm.tm_year > 70 ? timegm(&tm) : 0;

    return when > 0 ? when : 0;
}

int docker_json_disk(const char *text, size_t length, struct container *container,
                     struct error *err)
{
    _cleanup_json_ json_t *json = outside_json_load(text, length, "config.v2.json", err);
    const json_t *state;
    time_t started;
    int r = 0;

    if (!json)
        return -EPROTO;
    if (!is_of(json, "ID", container))
        return nonsense(err, "config.v2.json", "it is another container's");
    take_name(container, json, NAME_FROM_DISK, &r);
    state = json_object_get(json, "State");
    started = time_of(json_string_value(json_object_get(state, "StartedAt")));
    if (started > 0)
        container->started = started;
    // It has a process, so that only one word of a daemon that is gone can still be true.
    if (json_is_true(json_object_get(state, "Paused")))
        container->state = CONTAINER_PAUSED;
    return r < 0 || take_details(container, json, "MountPoints") < 0 ? ERROR_OOM(err) : 0;
}

void docker_json_message(const char *text, size_t length, char *out, size_t size)
{
    _cleanup_json_ json_t *json = json_loadb(text ? text : "", length, JSON_ALLOW_NUL, NULL);
    const json_t *message = json_object_get(json, "message");

    out[0] = '\0';
    if (json_is_string(message))
        text_clean(out, size, json_string_value(message), json_string_length(message));
    else if (text && !json)
        text_clean(out, size, text, strcspn(text, "\r\n"));
}

char *docker_json_data_root(const char *text, size_t length)
{
    _cleanup_json_ json_t *json = json_loadb(text, length, 0, NULL);
    const char *root = json_string_value(json_object_get(json, "data-root"));

    if (!root)
        root = json_string_value(json_object_get(json, "graph"));
    return root && *root == '/' ? strdup(root) : NULL;
}
