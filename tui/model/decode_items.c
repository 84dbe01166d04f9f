#include "tui/model/decode.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

// Several members in a row: the first error counts, and what was taken is freed by the caller.
#define TRY(call)          \
    do {                   \
        int try_ = (call); \
        if (try_ < 0)      \
            return try_;   \
    } while (0)

static int label_of(struct shown_container *c, struct error *err)
{
    const char *before = c->user ? c->user : c->pod;

    c->label = before ? text_format("%s:%s", before, c->name ? c->name : c->key)
                      : strdup(c->name ? c->name : c->key);
    return c->label ? 0 : ERROR_OOM(err);
}

static int fill_container(const json_t *o, struct shown_container *c, struct error *err)
{
    int64_t number;

    TRY(decode_need_text(o, "key", &c->key, err));
    TRY(decode_text(o, "id", &c->id, err));
    TRY(decode_text(o, "name", &c->name, err));
    TRY(decode_text(o, "runtime", &c->runtime, err));
    TRY(decode_text(o, "image", &c->image, err));
    TRY(decode_text(o, "pod", &c->pod, err));
    TRY(decode_text(o, "user", &c->user, err));
    TRY(decode_text(o, "state", &c->state, err));
    TRY(decode_text(o, "name_source", &c->name_source, err));
    TRY(decode_time(o, "started", &c->started, err));
    TRY(decode_number(o, "pid", 0, &number, err));
    c->pid = (pid_t)number;
    TRY(decode_number(o, "start_time", 0, &number, err));
    c->start_time = (uint64_t)number;
    TRY(decode_number(o, "userns", 0, &number, err));
    c->user_namespace = number != 0;
    TRY(decode_bool(o, "contested", false, &c->contested, err));
    TRY(decode_number(o, "attached_count", -1, &number, err));
    c->attached = (int)number;
    return label_of(c, err);
}

static enum shown_usage usage_by_name(const char *name)
{
    if (text_same(name, "read"))
        return USAGE_SHOWN_READ;
    if (text_same(name, "not-answering"))
        return USAGE_SHOWN_SILENT;
    if (text_same(name, "failed"))
        return USAGE_SHOWN_FAILED;
    return USAGE_SHOWN_UNREAD;
}

static int fill_filesystem(const json_t *o, struct shown_filesystem *f, struct error *err)
{
    _cleanup_free_ char *usage = NULL;
    int64_t number;

    TRY(decode_raw(o, "mount_point", &f->mount_point, err));
    if (!f->mount_point.text)
        return error_set(err, ERROR_FAILED, EPROTO,
                         "the engine sent a wrong message: a filesystem without mount_point");
    TRY(decode_raw(o, "sub_root", &f->sub_root, err));
    TRY(decode_text(o, "device", &f->device, err));
    TRY(decode_text(o, "major_minor", &f->major_minor, err));
    TRY(decode_text(o, "type", &f->type, err));
    TRY(decode_joined(o, "options", &f->options, err));
    TRY(decode_text(o, "propagation", &f->propagation, err));
    TRY(decode_text(o, "label", &f->label, err));
    TRY(decode_text(o, "uuid", &f->uuid, err));
    TRY(decode_text(o, "model", &f->model, err));
    TRY(decode_text(o, "transport", &f->transport, err));
    TRY(decode_bool(o, "read_only", false, &f->read_only, err));
    TRY(decode_bool(o, "internal", false, &f->internal, err));
    TRY(decode_text(o, "usage", &usage, err));
    f->usage = usage_by_name(usage);
    TRY(decode_number(o, "size", 0, &number, err));
    f->size = (uint64_t)number;
    TRY(decode_number(o, "used", 0, &number, err));
    f->used = (uint64_t)number;
    TRY(decode_number(o, "avail", 0, &number, err));
    f->available = (uint64_t)number;
    return decode_time(o, "usage_at", &f->usage_at, err);
}

static int fill_mount(const json_t *o, struct shown_mount *m, struct error *err)
{
    int64_t number;

    TRY(decode_number(o, "mount_id", 0, &number, err));
    m->id = (uint64_t)number;
    TRY(decode_raw(o, "target", &m->target, err));
    if (!m->target.text)
        return error_set(err, ERROR_FAILED, EPROTO,
                         "the engine sent a wrong message: a mount without target");
    TRY(decode_raw(o, "sub_root", &m->sub_root, err));
    TRY(decode_text(o, "device", &m->device, err));
    TRY(decode_text(o, "major_minor", &m->major_minor, err));
    TRY(decode_text(o, "type", &m->type, err));
    TRY(decode_joined(o, "options", &m->options, err));
    TRY(decode_text(o, "propagation", &m->propagation, err));
    TRY(decode_text(o, "receives_from", &m->receives_from, err));
    TRY(decode_text(o, "gives_to", &m->gives_to, err));
    TRY(decode_text(o, "why", &m->why, err));
    TRY(decode_text(o, "origin", &m->origin, err));
    TRY(decode_text(o, "id", &m->attachment, err));
    TRY(decode_bool(o, "read_only", false, &m->read_only, err));
    return decode_bool(o, "stale", false, &m->stale, err);
}

static int fill_attachment(const json_t *o, struct shown_attachment *a, struct error *err)
{
    _cleanup_free_ char *operation = NULL;

    TRY(decode_text(o, "operation", &operation, err));
    a->share = text_same(operation, "share");
    TRY(decode_need_text(o, "id", &a->id, err));
    TRY(decode_text(o, "container", &a->container, err));
    TRY(decode_text(o, "container_id", &a->container_id, err));
    TRY(decode_text(o, "pod", &a->pod, err));
    TRY(decode_text(o, "runtime", &a->runtime, err));
    TRY(decode_text(o, "by", &a->by, err));
    TRY(decode_text(o, "state", &a->state, err));
    TRY(decode_joined(o, "options", &a->options, err));
    TRY(decode_raw(o, "source", &a->source, err));
    TRY(decode_raw(o, "target", &a->target, err));
    TRY(decode_bool(o, "kept", false, &a->kept, err));
    TRY(decode_time(o, "until", &a->until, err));
    TRY(decode_text(o, "problem", &a->problem, err));
    return decode_time(o, "since", &a->since, err);
}

static int fill_runtime(const json_t *o, struct shown_runtime *r, struct error *err)
{
    TRY(decode_need_text(o, "name", &r->name, err));
    TRY(decode_text(o, "state", &r->state, err));
    TRY(decode_text(o, "endpoint", &r->endpoint, err));
    TRY(decode_text(o, "error", &r->error, err));
    TRY(decode_text(o, "hint", &r->hint, err));
    return decode_bool(o, "names_from_disk", false, &r->names_from_disk, err);
}

void container_forget(struct shown_container *c)
{
    char *texts[] = {c->key,   c->label, c->id,   c->name,  c->runtime,
                     c->image, c->pod,   c->user, c->state, c->name_source};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
}

void filesystem_forget(struct shown_filesystem *f)
{
    char *texts[] = {f->device, f->major_minor, f->type,  f->options,  f->propagation,
                     f->label,  f->uuid,        f->model, f->transport};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    raw_text_done(&f->mount_point);
    raw_text_done(&f->sub_root);
}

void mount_forget(struct shown_mount *m)
{
    char *texts[] = {m->device,        m->major_minor, m->type, m->options, m->propagation,
                     m->receives_from, m->gives_to,    m->why,  m->origin,  m->attachment};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    raw_text_done(&m->target);
    raw_text_done(&m->sub_root);
}

void attachment_forget(struct shown_attachment *a)
{
    char *texts[] = {a->id,    a->container, a->container_id, a->runtime, a->by,
                     a->state, a->options,   a->pod,          a->problem};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
    raw_text_done(&a->source);
    raw_text_done(&a->target);
}

void runtime_forget(struct shown_runtime *r)
{
    char *texts[] = {r->name, r->state, r->endpoint, r->error, r->hint};

    for (size_t i = 0; i < ARRAY_SIZE(texts); i++)
        free(texts[i]);
}

// decode_X: all or nothing.
#define X(name, type)                                                                           \
    int decode_##name(const json_t *object, struct type *ret, struct error *err)                \
    {                                                                                           \
        int r;                                                                                  \
                                                                                                \
        if (!json_is_object(object))                                                            \
            return error_set(err, ERROR_FAILED, EPROTO,                                         \
                             "the engine sent a wrong message: a " #name " that is no object"); \
        r = fill_##name(object, ret, err);                                                      \
        if (r < 0)                                                                              \
            name##_forget(ret);                                                                 \
        return r;                                                                               \
    }
X(container, shown_container)
X(filesystem, shown_filesystem)
X(mount, shown_mount)
X(attachment, shown_attachment)
X(runtime, shown_runtime)
#undef X
