#include "tui/model/model.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/wire/protocol.h"
#include "tui/model/decode.h"
#include "tui/model/runtime_news.h"
#include "tui/model/sets.h"

int model_new(struct model **ret, struct error *err)
{
    struct model *model = calloc(1, sizeof *model);

    if (!model)
        return ERROR_OOM(err);
    model->containers = container_set_new(0);
    model->filesystems = filesystem_set_new(0);
    model->attachments = attachment_set_new(0);
    model->mounts = mount_set_new(0);
    model->log = log_new();
    if (!model->containers || !model->filesystems || !model->attachments || !model->mounts ||
        !model->log) {
        model_free(model);
        return ERROR_OOM(err);
    }
    *ret = model;
    return 0;
}

static void engine_forget(struct shown_engine *engine)
{
    char *texts[] = {engine->version, engine->host, engine->kernel,
                     engine->user,    engine->hint, engine->state_dir};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
}

static void runtimes_free(struct shown_runtime *runtimes, size_t n)
{
    for (size_t i = 0; i < n; i++)
        runtime_forget(&runtimes[i]);
    free(runtimes);
}

void model_free(struct model *model)
{
    if (!model)
        return;
    engine_forget(&model->engine);
    container_set_unref(model->containers);
    filesystem_set_unref(model->filesystems);
    attachment_set_unref(model->attachments);
    mount_set_unref(model->mounts);
    runtimes_free(model->runtimes, model->n_runtimes);
    free(model->mounts_of);
    for (size_t i = 0; i < model->n_dismissed; i++)
        free(model->dismissed[i]);
    free(model->dismissed);
    log_free(model->log);
    free(model);
}

static int fill_engine(const json_t *o, struct shown_engine *e, struct error *err)
{
    int64_t uid = 0;
    int r = decode_text(o, "version", &e->version, err);

    if (r == 0)
        r = decode_text(o, "host", &e->host, err);
    if (r == 0)
        r = decode_text(o, "kernel", &e->kernel, err);
    if (r == 0)
        r = decode_text(o, "user", &e->user, err);
    if (r == 0)
        r = decode_text(o, "hint", &e->hint, err);
    if (r == 0)
        r = decode_text(o, "state_dir", &e->state_dir, err);
    if (r == 0)
        r = decode_number(o, "uid", 0, &uid, err);
    if (r == 0)
        r = decode_time(o, "time", &e->time, err);
    if (r == 0)
        r = decode_bool(o, "privileged", false, &e->privileged, err);
    if (r == 0)
        r = decode_bool(o, "read_only", false, &e->read_only, err);
    e->uid = (uid_t)uid;
    return r;
}

int model_hello(struct model *model, const json_t *result, struct error *err)
{
    struct shown_engine engine = {0};
    int64_t protocol;
    int r = decode_number(result, "protocol", 0, &protocol, err);

    if (r == 0 && protocol != PROTOCOL_VERSION) {
        r = error_set(err, ERROR_UNSUPPORTED, EPROTO,
                      "the engine speaks protocol %lld, this console %d", (long long)protocol,
                      PROTOCOL_VERSION);
        error_hint(err, "both come with davit: install them together");
    }
    if (r == 0)
        r = fill_engine(result, &engine, err);
    if (r < 0) {
        engine_forget(&engine);
        return r;
    }
    engine_forget(&model->engine);
    model->engine = engine;
    return MODEL_ENGINE;
}

static int decode_runtimes(const json_t *params, struct shown_runtime **ret, size_t *ret_n,
                           struct error *err)
{
    const json_t *array;
    int r = decode_array(params, "runtimes", &array, err);
    size_t n = array ? json_array_size(array) : 0;
    struct shown_runtime *runtimes;
    size_t done = 0;

    *ret = NULL;
    *ret_n = 0;
    if (r < 0 || !array)
        return r;
    runtimes = calloc(n + 1, sizeof *runtimes);
    if (!runtimes)
        return ERROR_OOM(err);
    for (; r == 0 && done < n; done++) {
        r = decode_runtime(json_array_get(array, done), &runtimes[done], err);
        if (r < 0)
            break;
    }
    if (r < 0) {
        runtimes_free(runtimes, done);
        return r;
    }
    *ret = runtimes;
    *ret_n = n;
    return 1;
}

static int news_containers(struct model *model, const json_t *params, struct error *err)
{
    struct container_set *set = NULL;
    struct container_set *merged = NULL;
    struct container_set *none = NULL;
    struct shown_runtime *runtimes = NULL;
    const json_t *array;
    const json_t *gone;
    size_t n_runtimes = 0;
    int64_t unreadable;
    bool whole;
    int said = 0;
    int r = decode_array(params, "set", &array, err);

    if (r == 0)
        r = decode_array(params, "gone", &gone, err);
    if (r == 0)
        r = decode_bool(params, "whole", false, &whole, err);
    if (r == 0)
        r = decode_number(params, "unreadable", model->unreadable, &unreadable, err);
    if (r == 0)
        r = container_set_decode(array, &set, err);
    if (r == 0 && whole && !(none = container_set_new(0)))
        r = ERROR_OOM(err);
    if (r == 0)
        r = container_set_merge(whole ? none : model->containers, set, gone, &merged, err);
    container_set_unref(set);
    container_set_unref(none);
    if (r == 0)
        r = decode_runtimes(params, &runtimes, &n_runtimes, err);
    if (r > 0 && (said = runtime_news(model, runtimes, n_runtimes)) < 0) {
        runtimes_free(runtimes, n_runtimes);
        r = ERROR_OOM(err);
    }
    if (r < 0) {
        container_set_unref(merged);
        return r;
    }
    container_set_unref(model->containers);
    model->containers = merged;
    model->containers_known = true;
    model->unreadable = (unsigned)unreadable;
    if (r > 0) {
        runtimes_free(model->runtimes, model->n_runtimes);
        model->runtimes = runtimes;
        model->n_runtimes = n_runtimes;
    }
    return MODEL_CONTAINERS | (r > 0 ? MODEL_RUNTIMES : 0) | (said > 0 ? MODEL_LOG : 0);
}

static int news_filesystems(struct model *model, const json_t *params, struct error *err)
{
    struct filesystem_set *set;
    const json_t *array;
    int r = decode_array(params, "filesystems", &array, err);

    if (r == 0)
        r = filesystem_set_decode(array, &set, err);
    if (r < 0)
        return r;
    filesystem_set_unref(model->filesystems);
    model->filesystems = set;
    model->filesystems_known = true;
    return MODEL_FILESYSTEMS;
}

static int news_mounts(struct model *model, const json_t *params, struct error *err)
{
    const json_t *why = json_object_get(params, "error");
    struct mount_set *set = NULL;
    const json_t *array;
    char *container = NULL;
    bool truncated = false;
    int r = decode_need_text(params, "container", &container, err);

    if (r == 0)
        r = decode_array(params, "mounts", &array, err);
    if (r == 0)
        r = mount_set_decode(array, &set, err);
    if (r == 0)
        r = decode_bool(params, "truncated", false, &truncated, err);
    if (r < 0) {
        if (set)
            mount_set_unref(set);
        free(container);
        return r;
    }
    mount_set_unref(model->mounts);
    model->mounts = set;
    model->mounts_truncated = truncated;
    free(model->mounts_of);
    model->mounts_of = container;
    model->mounts_error = (struct error){.code = ERROR_NONE};
    if (json_is_object(why))
        decode_error(why, &model->mounts_error);
    return MODEL_MOUNTS;
}

static bool is_dismissed(const struct model *model, const struct shown_attachment *attachment)
{
    for (size_t i = 0; i < model->n_dismissed; i++)
        if (strcmp(model->dismissed[i], attachment->id) == 0)
            return attachment->state && strcmp(attachment->state, "gone") == 0;
    return false;
}

static void leave_out_dismissed(const struct model *model, struct attachment_set *set)
{
    size_t kept = 0;

    for (size_t i = 0; i < set->n; i++)
        if (is_dismissed(model, set->items[i]))
            attachment_unref(set->items[i]);
        else
            set->items[kept++] = set->items[i];
    set->n = kept;
}

int model_dismiss(struct model *model, const char *id)
{
    struct attachment_set *set = attachment_set_new(model->attachments->n);
    char **grown = reallocarray(model->dismissed, model->n_dismissed + 1, sizeof *grown);
    char *copy = strdup(id);

    if (grown)
        model->dismissed = grown;
    if (!set || !grown || !copy) {
        attachment_set_unref(set);
        free(copy);
        return -ENOMEM;
    }
    grown[model->n_dismissed++] = copy;
    for (size_t i = 0; i < model->attachments->n; i++) {
        set->items[set->n++] = model->attachments->items[i];
        model->attachments->items[i]->references++;
    }
    leave_out_dismissed(model, set);
    attachment_set_unref(model->attachments);
    model->attachments = set;
    return MODEL_ATTACHMENTS;
}

static int news_journal(struct model *model, const json_t *params, struct error *err)
{
    struct attachment_set *set = NULL;
    const json_t *attachments;
    const json_t *events;
    int r = decode_array(params, "attachments", &attachments, err);

    if (r == 0)
        r = decode_array(params, "events", &events, err);
    if (r == 0)
        r = attachment_set_decode(attachments, &set, err);
    if (r == 0 && events)
        r = log_events(model->log, events, err);
    if (r < 0) {
        attachment_set_unref(set);
        return r;
    }
    leave_out_dismissed(model, set);
    attachment_set_unref(model->attachments);
    model->attachments = set;
    return MODEL_ATTACHMENTS | MODEL_LOG;
}

static int news_step(struct model *model, const json_t *params, struct error *err)
{
    int r = log_step(model->log, params, err);

    return r < 0 ? r : MODEL_LOG;
}

static int news_notice(struct model *model, const json_t *params, struct error *err)
{
    _cleanup_free_ char *text = NULL;
    int r = decode_need_text(params, "text", &text, err);

    if (r == 0)
        r = log_notice(model->log, LOG_NOTICE, model_now(model), text) < 0 ? ERROR_OOM(err) : 0;
    return r < 0 ? r : MODEL_LOG;
}

static const struct {
    const char *method;
    int (*take)(struct model *model, const json_t *params, struct error *err);
} news[] = {
    {"containers", news_containers},
    {"filesystems", news_filesystems},
    {"mounts", news_mounts},
    {"journal", news_journal},
    {"step", news_step},
    {"notice", news_notice},
};

int model_news(struct model *model, const char *method, const json_t *params, struct error *err)
{
    for (size_t i = 0; i < ARRAY_SIZE(news); i++)
        if (strcmp(method, news[i].method) == 0)
            return news[i].take(model, params, err);
    return 0; // of a later version
}

const struct shown_container *model_container(const struct model *model, const char *key)
{
    size_t low = 0;
    size_t high = model->containers->n;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = strcmp(model->containers->items[middle]->key, key);

        if (order == 0)
            return model->containers->items[middle];
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return NULL;
}

const struct shown_attachment *model_attachment(const struct model *model, const char *id)
{
    for (size_t i = 0; i < model->attachments->n; i++)
        if (strcmp(model->attachments->items[i]->id, id) == 0)
            return model->attachments->items[i];
    return NULL;
}
