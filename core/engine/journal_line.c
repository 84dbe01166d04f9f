#include "core/engine/journal_line.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/base/text.h"
#include "core/engine/journal.h"
#include "core/engine/journal_writer.h"
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

        writer_path(&w, "name", node->name);
        if (!above || strcmp(above, node->parent) != 0)
            writer_path(&w, "parent", node->parent);
        if (node->is_file)
            writer_put(&w, "file", json_true());
        if (node->inode)
            writer_u64(&w, "inode", node->inode);
        if (node->birth_sec || node->birth_nsec)
            writer_put(
                &w, "birth",
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

    writer_u64(w, "unique", identity->unique);
    writer_u64(w, "mount_id", identity->old_id);
    writer_u64(w, "mnt_ns", identity->mnt_ns);
    writer_put(w, "init", json_integer(identity->init));
    writer_u64(w, "init_start", identity->init_start);
    writer_device(w, "device", identity->device);
    writer_path(w, "root", identity->root);
    if (identity->node.inode) {
        writer_device(w, "node_device", identity->node.device);
        writer_u64(w, "node", identity->node.inode);
        writer_put(w, "node_birth",
                   json_pack("[I,I]", (json_int_t)identity->node.birth_sec,
                             (json_int_t)identity->node.birth_nsec));
    }
    writer_path(w, "inside", identity->target);
    writer_put(w, "mounts", json_integer(identity->n_mounts));
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
    writer_text(w, "container_id", what->container_id);
    writer_text(w, "container", what->container_name);
    writer_text(w, "pod", what->pod);
    writer_text(w, "runtime", what->runtime);
    writer_path(w, "source", what->source);
    writer_path(w, "target", what->target);
    writer_text(w, "boot", what->identity.boot_id);
    writer_put(w, "mover", json_integer(what->mover));
    writer_u64(w, "mover_start", what->mover_start);
}

// Of an image only.
static void put_image(struct writer *w, const struct attachment *what)
{
    const struct loop_file *file = &what->loop_file;

    if (what->offset)
        writer_u64(w, "offset", what->offset);
    if (!what->has_loop)
        return;
    writer_put(w, "loop", json_integer(what->loop));
    writer_device(w, "loop_device", file->device);
    writer_u64(w, "loop_inode", file->inode);
    writer_u64(w, "loop_limit", file->limit);
}

static void put_attach(struct writer *w, const struct attachment *what)
{
    put_names(w, what);
    writer_text(w, "options", what->options);
    writer_text(w, "method", what->method);
    writer_text(w, "helper", what->helper);
    writer_text(w, "helper_options", what->helper_options);
    if (what->server) {
        writer_put(w, "server", json_integer(what->server));
        writer_u64(w, "server_start", what->server_start);
    }
    writer_text(w, "replaces", *what->replaces ? what->replaces : NULL);
    if (what->provider) {
        writer_text(w, "provider", what->provider);
        writer_put(w, "provider_init", json_integer(what->provider_init));
        writer_u64(w, "provider_start", what->provider_start);
    }
    put_image(w, what);
    writer_put(w, "flags", json_integer(what->flags));
    writer_text(w, "propagation", propagation_text(what->propagation));
    writer_text(w, "idmap", what->idmap);
    writer_put(w, "mode", json_integer(what->mode));
    writer_put(w, "since", json_integer(what->since));
    put_identity(w, &what->identity);
    writer_put(w, "made", made_to_json(what));
    writer_path(w, "temporary", what->temporary);
    writer_path(w, "workplace", what->workplace);
}

json_t *journal_attachment_encode(const struct attachment *what)
{
    struct writer w = {.object = json_object()};

    writer_text(&w, "id", what->id);
    writer_put(&w, "by_uid", json_integer((json_int_t)what->by_uid));
    writer_text(&w, "by", what->by);
    put_attach(&w, what);
    if (!w.failed)
        return w.object;
    json_decref(w.object);
    return NULL;
}

// Whose lines are about an attachment that they make.
static bool has_all(enum journal_operation operation)
{
    return operation == OPERATION_ATTACH || operation == OPERATION_SHARE;
}

static void put_body(struct writer *w, const struct journal_line *line,
                     const struct attachment *what)
{
    switch (line->kind) {
    case LINE_INTENT:
    case LINE_DONE:
        if (has_all(line->operation))
            put_attach(w, what);
        else
            put_names(w, what);
        return;
    case LINE_MADE:
        writer_put(w, "made", made_to_json(what));
        writer_path(w, "temporary", what->temporary);
        if (what->workplace) { // the intent could not know the mount's ids
            writer_u64(w, "unique", what->identity.unique);
            writer_u64(w, "mount_id", what->identity.old_id);
        }
        return;
    case LINE_FAILED:
        if (line->operation == OPERATION_KEEP)
            put_names(w, what);
        writer_text(w, "why", line->why);
        return;
    case LINE_GONE:
        writer_text(w, "why", line->why);
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
    writer_put(&w, "v", json_integer(JOURNAL_VERSION));
    writer_text(&w, "line", journal_line_kind_name(line->kind));
    writer_text(&w, "operation", journal_operation_name(line->operation));
    writer_text(&w, "id", line->id);
    if (!has_all(line->operation))
        writer_text(&w, "attachment", line->attachment);
    writer_put(&w, "at", json_integer(line->at));
    writer_put(&w, "by_uid", json_integer((json_int_t)line->by_uid));
    writer_text(&w, "by", line->by);
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
