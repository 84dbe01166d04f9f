// What the console watches, read once.
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/encode.h"
#include "core/wire/protocol.h"
#include "core/wire/encode_internal.h"
#include "core/wire/message.h"
#include "core/wire/worker_internal.h"

#define EVENTS_MAX     1000 // that are told when everything is
#define SELECTOR_LIMIT 511

// ---- containers ----

// The selector that container_find() takes for this container alone; fresh memory. What is nested
// goes by its full id only; everything else by its runtime too, since a container of another
// runtime may be called like an id.
static char *key_of(const struct container *container)
{
    _cleanup_free_ char *key = container->outer
                                   ? strdup(container->id)
                                   : text_format("%s/%s", container->runtime, container->id);

    if (key && !container_selector_valid(key) && container->pid > 0)
        return text_format("pid:%d", (int)container->pid);
    return TAKE_POINTER(key);
}

json_t *job_container(const struct container *container, int count, const char *key)
{
    json_t *object = encode_container(container, count);
    int failed = object ? 0 : -1;

    if (failed)
        return NULL;
    failed |= json_object_del(object, "labels");
    failed |= json_object_set_new(object, "key", json_string(key));
    failed |= json_object_set_new(object, "start_time", encode_number(container->start_time));
    return encode_done(object, failed);
}

static uint64_t known_number(const json_t *known, const char *key)
{
    return (uint64_t)json_integer_value(json_object_get(known, key));
}

static char *known_text(const json_t *known, const char *key)
{
    return (char *)(uintptr_t)json_string_value(json_object_get(known, key));
}

bool job_known(const json_t *known, struct container *ret)
{
    const char *source = known_text(known, "name_source");

    *ret = (struct container){
        .id = known_text(known, "id"),
        .name = known_text(known, "name"),
        .outer = known_text(known, "outer"),
        .runtime = known_text(known, "runtime"),
        .name_source = NAME_FROM_CGROUP,
        .pid = (pid_t)known_number(known, "pid"),
        .start_time = known_number(known, "start_time"),
        .mnt_ns = known_number(known, "mnt_ns"),
        .userns = known_number(known, "userns"),
        .contested = !json_is_false(json_object_get(known, "contested")),
    };
    for (unsigned i = NAME_FROM_DAEMON; source && i <= NAME_FROM_CGROUP; i++)
        if (strcmp(source, name_source_name((enum name_source)i)) == 0)
            ret->name_source = (enum name_source)i;
    return ret->id && ret->name && ret->runtime;
}

// Of two with one key the second goes by its process. O(1) each by a JSON object as the set.
static int append_container(json_t *array, json_t *taken, const struct container *container,
                            int count)
{
    _cleanup_free_ char *key = key_of(container), *by_pid = NULL;
    const char *used = key;

    if (key && json_object_get(taken, key)) {
        if (container->pid <= 0)
            return 0; // nothing could be done to it
        used = by_pid = text_format("pid:%d", (int)container->pid);
    }
    if (!used || json_object_set_new(taken, used, json_true()) < 0)
        return -1;
    return json_array_append_new(array, job_container(container, count, used));
}

int job_snapshot(struct job *job, json_t **ret, struct error *err)
{
    struct runtime_options options = job->options->runtime;
    _cleanup_snapshot_ struct snapshot *snapshot = NULL;
    _cleanup_journal_view_ struct journal_view *attached = NULL;
    json_t *containers = json_array(), *taken = json_object();
    bool silent = false;
    int failed = containers && taken ? 0 : -1;
    int r =
        member_number(job->params, "params", "timeout_ms", 0, 0, 60000, &options.timeout_ms, err);

    if (r >= 0)
        r = snapshot_take(&options, &snapshot, err);
    if (r < 0)
        return r;
    engine_attached(job->engine, &attached);
    for (size_t i = 0; !failed && i < snapshot->n_containers; i++)
        failed = append_container(containers, taken, &snapshot->containers[i],
                                  attached_count(attached, &snapshot->containers[i]));
    if (failed)
        return ERROR_OOM(err);
    for (size_t i = 0; i < snapshot->n_runtimes; i++)
        silent |= snapshot->runtimes[i].error.code == ERROR_TIMED_OUT;
    json_decref(taken);
    return job_answer(json_pack("{s:o, s:o, s:i, s:b}", "containers", containers, "runtimes",
                                JOB_ARRAY(snapshot->runtimes, snapshot->n_runtimes, encode_runtime),
                                "unreadable", (int)snapshot->unreadable, "silent", (int)silent),
                      ret, err);
}

int job_privileges(struct job *job, json_t **ret, struct error *err)
{
    struct runtime_options options = job->options->runtime;
    _cleanup_snapshot_ struct snapshot *snapshot = NULL;
    int r, readable = 0;

    options.timeout_ms = 100;
    r = snapshot_take(&options, &snapshot, err);
    if (r < 0)
        return r;
    for (size_t i = 0; i < snapshot->n_containers; i++)
        readable += snapshot->containers[i].mnt_ns != 0;
    return job_answer(
        json_pack("{s:i, s:i}", "readable", readable, "containers", (int)snapshot->n_containers),
        ret, err);
}

// ---- filesystems, mounts ----

int job_filesystems(struct job *job, json_t **ret, struct error *err)
{
    CLEANUP(filesystem_inventory_freep) struct filesystem_inventory *inventory = NULL;
    bool usage = false;
    int r = member_bool(job->params, "params", "usage", 0, &usage, err);

    if (r >= 0)
        r = filesystem_inventory_new(usage ? INVENTORY_USAGE : 0, &inventory, err);
    if (r < 0)
        return r;
    return job_answer(
        json_pack("{s:o}", "filesystems",
                  JOB_ARRAY(inventory->filesystems, inventory->n_filesystems, encode_filesystem)),
        ret, err);
}

// As many as the limit lets through: names inside a container may be as long as it likes.
static json_t *bounded_mounts(struct container_mounts *mounts)
{
    json_t *array = json_array();
    size_t bytes = 0;

    for (size_t i = 0; array && i < mounts->n_mounts; i++) {
        json_t *mount = encode_container_mount(&mounts->mounts[i]);

        bytes += mount ? json_dumpb(mount, NULL, 0, JSON_COMPACT) : 0;
        if (bytes > PROTOCOL_MOUNTS_LIMIT) {
            mounts->truncated = true;
            json_decref(mount);
            break;
        }
        if (json_array_append_new(array, mount) < 0) {
            json_decref(array);
            array = NULL;
        }
    }
    return array;
}

int job_mounts(struct job *job, json_t **ret, struct error *err)
{
    CLEANUP(container_mounts_freep) struct container_mounts *mounts = NULL;
    struct container known;
    const char *key = NULL;
    json_t *told;
    int r =
        member_text(job->params, "params", "container", MEMBER_REQUIRED, SELECTOR_LIMIT, &key, err);

    if (r == 0)
        r = engine_mounts(job->engine, key,
                          job_known(json_object_get(job->params, "known"), &known) ? &known : NULL,
                          PROTOCOL_MOUNTS_MAX, &mounts, err);
    if (r < 0)
        return r;
    told = bounded_mounts(mounts);
    return job_answer(json_pack("{s:i, s:I, s:o, s:b}", "pid", (int)mounts->container->pid,
                                "start_time", (json_int_t)mounts->container->start_time, "mounts",
                                told, "truncated", (int)mounts->truncated),
                      ret, err);
}

// ---- journal ----

static json_t *encode_attachment_at(struct attachment *const *attachment)
{
    return encode_attachment(*attachment);
}

// What tells this journal from another: its first line.
static char *first_of(const struct journal_view *view)
{
    const struct journal_event *first = view->n_events > 0 ? &view->events[0] : NULL;

    return first ? text_format("%lld %s %s", (long long)first->at, first->id,
                               first->line ? first->line : "")
                 : strdup("");
}

int job_journal(struct job *job, json_t **ret, struct error *err)
{
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_free_ char *now = NULL;
    const char *first = NULL;
    uint64_t from = 0;
    bool whole;
    int r = member_number(job->params, "params", "events", 0, 0, INT32_MAX, &from, err);

    if (r >= 0)
        r = member_text(job->params, "params", "first", 0, 256, &first, err);
    if (r >= 0)
        r = engine_status(job->engine, &view, err);
    if (r < 0)
        return r;
    now = first_of(view);
    if (!now)
        return ERROR_OOM(err);
    // An empty journal may begin; another one is told whole.
    whole = !first || view->n_events < from || (*first && strcmp(first, now) != 0);
    if (whole)
        from = view->n_events > EVENTS_MAX ? view->n_events - EVENTS_MAX : 0;
    return job_answer(
        json_pack("{s:o, s:I, s:s, s:o, s:b}", "events",
                  JOB_ARRAY(view->events + from, view->n_events - from, encode_event), "n_events",
                  (json_int_t)view->n_events, "first", now, "attachments",
                  JOB_ARRAY(view->attachments, view->n_attachments, encode_attachment_at), "whole",
                  (int)whole),
        ret, err);
}
