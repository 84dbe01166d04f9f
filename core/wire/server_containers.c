// The list of containers: told whole once, then what is new or gone.
//
// The first reading waits for daemons for a moment only, so that one that is stopped does not hold
// up the first screen; the second one waits as long as usual. While a daemon is silent the readings
// that events ask for are short again, and it is asked patiently with growing pauses.
#include <stdlib.h>
#include <string.h>

#include "core/wire/server_internal.h"

#define FIRST_MS       80  // for one answer of a daemon, in the first reading
#define SHORT_MS       200 // ... and while it is silent
#define AGAIN_FIRST_MS 1000
#define AGAIN_MOST_MS  60000

static struct containers_state *state_of(struct topic *topic)
{
    return &topic->server->containers;
}

static json_t *params(struct topic *topic)
{
    struct containers_state *state = state_of(topic);
    int timeout = !state->asked ? FIRST_MS : state->silent && !state->patient ? SHORT_MS : 0;

    return json_pack("{s:i}", "timeout_ms", timeout);
}

// ---- what is new ----

static bool same_init(const json_t *a, const json_t *b)
{
    return json_equal(json_object_get(a, "pid"), json_object_get(b, "pid")) &&
           json_equal(json_object_get(a, "start_time"), json_object_get(b, "start_time"));
}

struct difference {
    json_t *set, *gone, *now;
    bool births_or_deaths;
    int failed;
};

static void compare_one(struct containers_state *state, json_t *container,
                        struct difference *difference)
{
    const char *key = json_string_value(json_object_get(container, "key"));
    json_t *before = key ? json_object_get(state->known, key) : NULL;

    if (!key)
        return;
    difference->failed |= json_object_set(difference->now, key, container);
    if (!state->topic.whole && before && json_equal(before, container))
        return;
    difference->failed |= json_array_append(difference->set, container);
    if (!before || !same_init(before, container)) {
        difference->births_or_deaths = true;
        mounts_container_changed(state->topic.server, key);
    }
}

static void compare(struct containers_state *state, json_t *containers,
                    struct difference *difference)
{
    json_t *container, *value;
    const char *key;
    size_t i;

    json_array_foreach (containers, i, container)
        compare_one(state, container, difference);
    json_object_foreach (state->known, key, value) {
        if (json_object_get(difference->now, key))
            continue;
        difference->births_or_deaths = true;
        mounts_container_changed(state->topic.server, key);
        if (!state->topic.whole)
            difference->failed |= json_array_append_new(difference->gone, json_string(key));
    }
}

static void tell(struct containers_state *state, json_t *result, struct difference *difference)
{
    json_t *runtimes = json_object_get(result, "runtimes"), *told;
    bool runtimes_changed = !state->runtimes || !json_equal(state->runtimes, runtimes);
    bool whole = state->topic.whole;

    if (!whole && !runtimes_changed && json_array_size(difference->set) == 0 &&
        json_array_size(difference->gone) == 0)
        return;
    told = json_pack("{s:O, s:O, s:O, s:b}", "set", difference->set, "gone", difference->gone,
                     "unreadable", json_object_get(result, "unreadable"), "whole", (int)whole);
    if (told && (whole || runtimes_changed))
        (void)json_object_set(told, "runtimes", runtimes);
    server_send(state->topic.server, message_notification("containers", told));
    state->topic.whole = false;
    json_decref(state->runtimes);
    state->runtimes = json_incref(runtimes);
}

// ---- what follows ----

static void watch_inits(struct containers_state *state)
{
    size_t n = 0, size = json_object_size(state->known);
    _cleanup_free_ struct watched_init *inits = calloc(size + 1, sizeof *inits);
    struct error why;
    const char *key;
    json_t *value;

    if (!state->watch || !inits)
        return;
    json_object_foreach (state->known, key, value) {
        json_t *pid = json_object_get(value, "pid"), *start = json_object_get(value, "start_time");

        if (!json_is_integer(pid) || !json_is_integer(start))
            continue;
        inits[n++] = (struct watched_init){.pid = (pid_t)json_integer_value(pid),
                                           .start_time = (uint64_t)json_integer_value(start)};
    }
    if (runtime_watch_inits(state->watch, inits, n, &why) < 0)
        server_notice(state->topic.server, why.message);
}

static void on_again(void *context)
{
    struct containers_state *state = context;

    state->patient = true;
    topic_read(&state->topic);
}

static void ask_again(struct containers_state *state, bool first)
{
    if (!state->silent) {
        state->again_ms = 0;
        loop_timer_stop(state->again);
        return;
    }
    if (first) { // the short one: now with patience
        state->patient = true;
        topic_read(&state->topic);
    } else if (!loop_timer_running(state->again)) {
        state->again_ms = state->again_ms ? 2 * state->again_ms : AGAIN_FIRST_MS;
        if (state->again_ms > AGAIN_MOST_MS)
            state->again_ms = AGAIN_MOST_MS;
        loop_timer_start(state->again, state->again_ms);
    }
}

static void take(struct topic *topic, json_t *result)
{
    struct containers_state *state = state_of(topic);
    struct difference difference = {json_array(), json_array(), json_object(), false, 0};
    bool first = !state->asked;

    state->asked = true;
    state->patient = false;
    state->silent = json_is_true(json_object_get(result, "silent"));
    compare(state, json_object_get(result, "containers"), &difference);
    if (difference.failed) {
        topic->whole = true; // what was missed is told with the next reading
    } else {
        tell(state, result, &difference);
        json_decref(state->known);
        state->known = json_incref(difference.now);
        watch_inits(state);
    }
    if (difference.births_or_deaths && !first) {
        if (state->watch)
            runtime_watch_settle(state->watch);
        topic_touch(&topic->server->journal.topic); // what was attached there is gone
        if (json_array_size(difference.gone) > 0)
            server_recover(topic->server); // what it shared with the host
    }
    json_decref(difference.set);
    json_decref(difference.gone);
    json_decref(difference.now);
    ask_again(state, first);
}

static const struct topic_ops ops = {.method = "snapshot", .params = params, .take = take};

// ---- watching ----

static void on_changed(void *context)
{
    topic_touch(context);
}

static void on_notice(const char *text, void *context)
{
    struct topic *topic = context;

    server_notice(topic->server, text);
}

void containers_watch(struct server *server, bool on)
{
    static const struct runtime_watch_events events = {.changed = on_changed, .notice = on_notice};
    struct containers_state *state = &server->containers;
    struct error why;

    state->topic.watched = on;
    if (!on) {
        runtime_watch_free(TAKE_POINTER(state->watch));
        loop_timer_stop(state->again);
        return;
    }
    state->topic.whole = true;
    // Watched first and read then: nothing falls between.
    if (!state->watch && runtime_watch_new(server->loop, &server->engine.runtime, &events,
                                           &state->topic, &state->watch, &why) < 0)
        server_notice(server, why.message);
    topic_read(&state->topic);
}

int containers_new(struct server *server, struct error *err)
{
    struct containers_state *state = &server->containers;
    int r = topic_new(server, &state->topic, &ops, err);

    if (r == 0)
        r = loop_timer(server->loop, on_again, state, &state->again, err);
    state->known = json_object();
    return r < 0 || state->known ? r : ERROR_OOM(err);
}

void containers_done(struct server *server)
{
    struct containers_state *state = &server->containers;

    topic_done(&state->topic);
    if (state->watch)
        runtime_watch_free(state->watch);
    loop_source_free(state->again);
    json_decref(state->known);
    json_decref(state->runtimes);
}
