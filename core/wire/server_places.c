// The host's filesystems, and the mounts of the one container that is looked at.
#include <stdlib.h>
#include <string.h>

#include "core/host/process.h"
#include "core/wire/server_internal.h"

// ---- filesystems ----

static json_t *filesystems_params(struct topic *topic)
{
    return json_pack("{s:b}", "usage", (int)topic->server->filesystems.usage);
}

static bool same_place(const json_t *a, const json_t *b)
{
    static const char *const keys[] = {"mount_point", "mount_point_b64", "major_minor", "sub_root"};

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const json_t *x = json_object_get(a, keys[i]), *y = json_object_get(b, keys[i]);

        if (x != y && !json_equal(x, y))
            return false;
    }
    return true;
}

// There is no event for how full a filesystem is: what was read before stays, with its age.
static bool keep_usage(const json_t *before, json_t *filesystem)
{
    static const char *const keys[] = {"size", "used", "avail", "usage_at", "usage"};
    const json_t *old;
    size_t i;

    json_array_foreach (before, i, old) {
        if (!same_place(old, filesystem))
            continue;
        for (size_t k = 0; k < ARRAY_SIZE(keys); k++)
            (void)json_object_set(filesystem, keys[k], json_object_get(old, keys[k]));
        return true;
    }
    return false;
}

static void filesystems_take(struct topic *topic, json_t *result)
{
    struct filesystems_state *state = &topic->server->filesystems;
    json_t *filesystems = json_object_get(result, "filesystems"), *filesystem;
    bool some_unread = false, had_usage = state->usage;
    size_t i;

    state->usage = false;
    if (!had_usage)
        json_array_foreach (filesystems, i, filesystem)
            some_unread |= !keep_usage(state->told, filesystem);
    if (topic->whole || !state->told || !json_equal(state->told, filesystems)) {
        server_send(
            topic->server,
            message_notification("filesystems", json_pack("{s:O}", "filesystems", filesystems)));
        topic->whole = false;
        json_decref(state->told);
        state->told = json_incref(filesystems);
    }
    if (some_unread) {
        state->usage = true;
        topic_read(topic);
    }
}

static const struct topic_ops filesystems_ops = {
    .method = "filesystems",
    .params = filesystems_params,
    .take = filesystems_take,
};

static void on_changed(void *context)
{
    topic_touch(context);
}

void filesystems_watch(struct server *server, bool on)
{
    static const struct mount_watch_events events = {.changed = on_changed};
    struct filesystems_state *state = &server->filesystems;
    struct error why;

    state->topic.watched = on;
    if (!on) {
        mount_watch_free(TAKE_POINTER(state->mounts));
        device_watch_free(TAKE_POINTER(state->devices));
        return;
    }
    state->topic.whole = true;
    if (!state->mounts &&
        mount_watch_new(server->loop, NULL, &events, &state->topic, &state->mounts, &why) < 0)
        server_notice(server, why.message);
    if (!state->devices && !state->no_devices &&
        device_watch_new(server->loop, on_changed, &state->topic, &state->devices, &why) != 0) {
        state->no_devices = true; // said once
        server_notice(server, why.message);
    }
    topic_read(&state->topic);
}

// ---- mounts of one container ----

static json_t *mounts_params(struct topic *topic)
{
    const struct server *server = topic->server;
    const char *key = server->mounts.key;

    return json_pack(
        "{s:s, s:O*}", "container", key, "known",
        server->containers.topic.watched ? json_object_get(server->containers.known, key) : NULL);
}

static void mounts_changed(void *context)
{
    struct server *server = context;

    topic_touch(&server->mounts.topic);
    topic_touch(&server->journal.topic); // somebody may have taken away what is in it
}

static void mounts_ended(void *context)
{
    struct server *server = context;

    server->mounts.pid = 0; // the watch is freed by the next reading
    topic_touch(&server->mounts.topic);
}

// The namespace that was read, watched. True when it was not before: then a change may have fallen
// between the two.
static bool watch_init(struct server *server, uint64_t pid, uint64_t start_time)
{
    static const struct mount_watch_events events = {.changed = mounts_changed,
                                                     .ended = mounts_ended};
    struct mounts_state *state = &server->mounts;
    _cleanup_process_ struct process process = PROCESS_INIT;
    struct error why;

    if (state->watch && state->pid == pid && state->start_time == start_time)
        return false;
    mount_watch_free(TAKE_POINTER(state->watch));
    state->pid = 0;
    if (process_open((pid_t)pid, &process, &why) < 0 || process.start_time != start_time ||
        mount_watch_new(server->loop, &process, &events, server, &state->watch, &why) < 0)
        return false; // the list of containers says what has become of it
    state->pid = pid;
    state->start_time = start_time;
    return true;
}

static void mounts_tell(struct topic *topic, json_t *mounts, bool truncated, json_t *error)
{
    struct mounts_state *state = &topic->server->mounts;
    json_t *told = json_pack("{s:s, s:O, s:b, s:O}", "container", state->key, "mounts", mounts,
                             "truncated", (int)truncated, "error", error);

    if (told && !topic->whole && state->told && json_equal(state->told, told)) {
        json_decref(told);
        return;
    }
    topic->whole = false;
    json_decref(state->told);
    state->told = json_incref(told);
    server_send(topic->server, message_notification("mounts", told));
}

// A reading of the container that was looked at before may still arrive: its child was dropped, so
// it does not.
static void mounts_take(struct topic *topic, json_t *result)
{
    json_t *null = json_null();
    uint64_t pid = (uint64_t)json_integer_value(json_object_get(result, "pid"));
    uint64_t start = (uint64_t)json_integer_value(json_object_get(result, "start_time"));

    mounts_tell(topic, json_object_get(result, "mounts"),
                json_is_true(json_object_get(result, "truncated")), null);
    if (watch_init(topic->server, pid, start))
        topic_read(topic);
}

static void mounts_failed(struct topic *topic, json_t *error)
{
    json_t *data = json_object_get(error, "data");

    mounts_tell(topic, json_null(), false, data ? data : json_null());
    mount_watch_free(TAKE_POINTER(topic->server->mounts.watch));
}

static const struct topic_ops mounts_ops = {
    .method = "mounts",
    .params = mounts_params,
    .take = mounts_take,
    .failed = mounts_failed,
};

void mounts_watch(struct server *server, const char *key)
{
    struct mounts_state *state = &server->mounts;

    child_drop(TAKE_POINTER(state->topic.child));
    loop_timer_stop(state->topic.timer);
    mount_watch_free(TAKE_POINTER(state->watch));
    json_decref(state->told);
    state->told = NULL;
    free(state->key);
    state->key = key ? strdup(key) : NULL;
    state->topic.watched = state->topic.whole = state->key != NULL;
    topic_read(&state->topic);
}

void mounts_container_changed(struct server *server, const char *key)
{
    if (server->mounts.key && strcmp(server->mounts.key, key) == 0)
        topic_touch(&server->mounts.topic);
}

// ---- both ----

int places_new(struct server *server, struct error *err)
{
    int r = topic_new(server, &server->filesystems.topic, &filesystems_ops, err);

    return r < 0 ? r : topic_new(server, &server->mounts.topic, &mounts_ops, err);
}

void places_done(struct server *server)
{
    topic_done(&server->filesystems.topic);
    topic_done(&server->mounts.topic);
    mount_watch_free(server->filesystems.mounts);
    device_watch_free(server->filesystems.devices);
    mount_watch_free(server->mounts.watch);
    json_decref(server->filesystems.told);
    json_decref(server->mounts.told);
    free(server->mounts.key);
}
