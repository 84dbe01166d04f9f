#include "core/engine/journal_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <jansson.h>

#include "core/base/text.h"
#include "core/engine/journal.h"
#include "core/engine/request.h"

// The longest that one made node can grow by between intent and done: inode and birth time.
#define MADE_GROWTH 96

const char *journal_line_kind_name(enum journal_line_kind kind)
{
    static const char *const names[] = {
#define X(value, name) [value] = name,
        JOURNAL_LINE_KINDS(X)
#undef X
    };

    return names[kind];
}

const char *journal_operation_name(enum journal_operation operation)
{
    static const char *const names[] = {
#define X(value, name) [value] = name,
        JOURNAL_OPERATIONS(X)
#undef X
    };

    return names[operation];
}

int journal_operation_of(const char *name, enum journal_operation *ret)
{
#define X(value, text)             \
    if (strcmp(name, text) == 0) { \
        *ret = value;              \
        return 0;                  \
    }
    JOURNAL_OPERATIONS(X)
#undef X
    return -EINVAL;
}

void journal_line_done(struct journal_line *line)
{
    if (line->what)
        attachment_free(line->what);
    line->what = NULL;
}

// Puts members into one object and remembers whether one of them did not fit in memory.
struct writer {
    json_t *object;
    bool failed;
};

static void put(struct writer *w, const char *key, json_t *value)
{
    // json_object_set_new() takes the value over in any case and refuses NULL.
    if (json_object_set_new(w->object, key, value) < 0)
        w->failed = true;
}

static void put_text(struct writer *w, const char *key, const char *text)
{
    _cleanup_free_ char *clean = NULL;

    if (!text)
        return;
    clean = text_clean_dup(text, strlen(text));
    put(w, key, clean ? json_string(clean) : NULL);
}

// JSON's integers are read as signed 64 bits everywhere: what is larger is written as text.
static void put_u64(struct writer *w, const char *key, uint64_t value)
{
    char text[24];

    if (value <= INT64_MAX) {
        put(w, key, json_integer((json_int_t)value));
        return;
    }
    (void)snprintf(text, sizeof text, "%llu", (unsigned long long)value);
    put(w, key, json_string(text));
}

// Raw bytes: as text when that is the same, else as a look of it and the bytes in KEY_b64.
static void put_path(struct writer *w, const char *key, const char *path)
{
    size_t length = path ? strlen(path) : 0;
    _cleanup_free_ char *encoded = NULL;
    char look[256], key64[48];

    if (!path)
        return;
    if (text_is_clean(path, length)) {
        put(w, key, json_string(path));
        return;
    }
    text_clean(look, sizeof look, path, length);
    put(w, key, json_string(look));
    encoded = text_base64(path, length);
    (void)snprintf(key64, sizeof key64, "%s_b64", key);
    put(w, key64, encoded ? json_string(encoded) : NULL);
}

static char *join(const char *parent, const char *name)
{
    return text_format("%s%s%s", parent, strcmp(parent, "/") == 0 ? "" : "/", name);
}

// A node's parent is written only where it is not the node before it: a chain of 2,000 directories
// would have 2,000 paths of 4 KiB.
static json_t *made_to_json(const struct attachment *what)
{
    struct writer list = {.object = json_array()};

    for (size_t i = 0; list.object && i < what->n_made; i++) {
        const struct made_node *node = &what->made[i];
        _cleanup_free_ char *above =
            i > 0 ? join(what->made[i - 1].parent, what->made[i - 1].name) : NULL;
        struct writer w = {.object = json_object()};

        put_path(&w, "name", node->name);
        if (!above || strcmp(above, node->parent) != 0)
            put_path(&w, "parent", node->parent);
        if (node->is_file)
            put(&w, "file", json_true());
        if (node->inode)
            put_u64(&w, "inode", node->inode);
        if (node->birth_sec || node->birth_nsec)
            put(&w, "birth",
                json_pack("[I,I]", (json_int_t)node->birth_sec, (json_int_t)node->birth_nsec));
        if (json_array_append_new(list.object, w.object) < 0 || w.failed)
            list.failed = true;
    }
    if (list.failed) {
        json_decref(list.object);
        return NULL;
    }
    return list.object;
}

static void put_identity(struct writer *w, const struct mount_identity *identity)
{
    char device[32];

    put_u64(w, "unique", identity->unique);
    put_u64(w, "mount_id", identity->old_id);
    put_u64(w, "mnt_ns", identity->mnt_ns);
    put(w, "init", json_integer(identity->init));
    put_u64(w, "init_start", identity->init_start);
    (void)snprintf(device, sizeof device, "%u:%u", major(identity->device),
                   minor(identity->device));
    put_text(w, "device", device);
    put_path(w, "root", identity->root);
    put_path(w, "inside", identity->target);
    put(w, "mounts", json_integer(identity->n_mounts));
}

static const char *propagation_text(int propagation)
{
#define X(value, name)             \
    if (propagation == (int)value) \
        return name;
    PROPAGATIONS(X)
#undef X
    return "private";
}

static void put_names(struct writer *w, const struct attachment *what)
{
    put_text(w, "container_id", what->container_id);
    put_text(w, "container", what->container_name);
    put_text(w, "pod", what->pod);
    put_text(w, "runtime", what->runtime);
    put_path(w, "source", what->source);
    put_path(w, "target", what->target);
    put_text(w, "boot", what->identity.boot_id);
    put(w, "mover", json_integer(what->mover));
    put_u64(w, "mover_start", what->mover_start);
}

// Of an image only.
static void put_image(struct writer *w, const struct attachment *what)
{
    const struct loop_file *file = &what->loop_file;
    char device[32];

    if (what->offset)
        put_u64(w, "offset", what->offset);
    if (!what->has_loop)
        return;
    put(w, "loop", json_integer(what->loop));
    (void)snprintf(device, sizeof device, "%u:%u", major(file->device), minor(file->device));
    put_text(w, "loop_device", device);
    put_u64(w, "loop_inode", file->inode);
    put_u64(w, "loop_limit", file->limit);
}

static void put_attach(struct writer *w, const struct attachment *what)
{
    put_names(w, what);
    put_text(w, "options", what->options);
    put_text(w, "method", what->method);
    put_text(w, "helper", what->helper);
    put_text(w, "helper_options", what->helper_options);
    if (what->server) {
        put(w, "server", json_integer(what->server));
        put_u64(w, "server_start", what->server_start);
    }
    put_text(w, "replaces", *what->replaces ? what->replaces : NULL);
    if (what->provider) {
        put_text(w, "provider", what->provider);
        put(w, "provider_init", json_integer(what->provider_init));
        put_u64(w, "provider_start", what->provider_start);
    }
    put_image(w, what);
    put(w, "flags", json_integer(what->flags));
    put_text(w, "propagation", propagation_text(what->propagation));
    put_text(w, "idmap", what->idmap);
    put(w, "mode", json_integer(what->mode));
    put(w, "since", json_integer(what->since));
    put_identity(w, &what->identity);
    put(w, "made", made_to_json(what));
    put_path(w, "temporary", what->temporary);
    put_path(w, "workplace", what->workplace);
}

static void put_body(struct writer *w, const struct journal_line *line,
                     const struct attachment *what)
{
    switch (line->kind) {
    case LINE_INTENT:
    case LINE_DONE:
        if (line->operation != OPERATION_DETACH)
            put_attach(w, what);
        else
            put_names(w, what);
        return;
    case LINE_MADE:
        put(w, "made", made_to_json(what));
        put_path(w, "temporary", what->temporary);
        if (what->workplace) { // the intent could not know the mount's ids
            put_u64(w, "unique", what->identity.unique);
            put_u64(w, "mount_id", what->identity.old_id);
        }
        return;
    case LINE_FAILED:
    case LINE_GONE:
        put_text(w, "why", line->why);
        return;
    case LINE_LINGERING:
        return;
    }
}

int journal_line_encode(const struct journal_line *line, const struct attachment *what, char **ret,
                        size_t *ret_length, struct error *err)
{
    struct writer w = {.object = json_object()};
    _cleanup_free_ char *text = NULL;
    char *out;
    size_t length;

    if (!w.object)
        return ERROR_OOM(err);
    put(&w, "v", json_integer(JOURNAL_VERSION));
    put_text(&w, "line", journal_line_kind_name(line->kind));
    put_text(&w, "operation", journal_operation_name(line->operation));
    put_text(&w, "id", line->id);
    if (line->operation == OPERATION_DETACH)
        put_text(&w, "attachment", line->attachment);
    put(&w, "at", json_integer(line->at));
    put(&w, "by_uid", json_integer((json_int_t)line->by_uid));
    put_text(&w, "by", line->by);
    put_body(&w, line, what);
    text = w.failed ? NULL : json_dumps(w.object, JSON_COMPACT);
    json_decref(w.object);
    if (!text)
        return ERROR_OOM(err);
    length = strlen(text);
    // What comes after the intent must fit too: then it is too late to refuse.
    if (length + 1 + (line->kind == LINE_INTENT ? what->n_made * MADE_GROWTH + 16384 : 0) >
        JOURNAL_LINE_LIMIT)
        return error_set(err, ERROR_FAILED, ENAMETOOLONG,
                         "the paths are too long to be written to the journal");
    out = malloc(length + 2);
    if (!out)
        return ERROR_OOM(err);
    memcpy(out, text, length);
    memcpy(out + length, "\n", 2);
    *ret = out;
    *ret_length = length + 1;
    return 0;
}
