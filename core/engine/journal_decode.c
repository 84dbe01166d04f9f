#include "core/engine/journal_line.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/base/text.h"
#include "core/engine/journal.h"
#include "core/engine/journal_reader.h"
#include "core/engine/request.h"

#define MADE_LIMIT (PATH_MAX / 2) // components of a path

static void get_id(struct reader *r, const char *key, enum presence presence,
                   char out[OPERATION_ID_SIZE])
{
    const char *id = reader_string(r, key, OPERATION_ID_SIZE - 1, presence);

    if (!id)
        return;
    if (strlen(id) != OPERATION_ID_SIZE - 1 || strspn(id, "0123456789abcdef") != strlen(id)) {
        (void)reader_bad(r);
        return;
    }
    memcpy(out, id, OPERATION_ID_SIZE);
}

static void get_boot(struct reader *r, char out[BOOT_ID_SIZE])
{
    const char *boot = reader_string(r, "boot", BOOT_ID_SIZE - 1, REQUIRED);

    if (!boot)
        return;
    if (strlen(boot) != BOOT_ID_SIZE - 1 || strspn(boot, "0123456789abcdef-") != strlen(boot)) {
        (void)reader_bad(r);
        return;
    }
    memcpy(out, boot, BOOT_ID_SIZE);
}

static int get_propagation(struct reader *r)
{
    const char *text = reader_string(r, "propagation", 16, REQUIRED);

    if (!text)
        return PROPAGATION_PRIVATE;
#define X(value, name)           \
    if (strcmp(text, name) == 0) \
        return value;
    PROPAGATIONS(X)
#undef X
    (void)reader_bad(r);
    return PROPAGATION_PRIVATE;
}

static void get_birth(struct reader *r, const char *key, int64_t *ret_sec, uint32_t *ret_nsec)
{
    const json_t *birth = reader_member(r, key, OPTIONAL);
    const json_t *sec = json_array_get(birth, 0), *nsec = json_array_get(birth, 1);

    if (!birth)
        return;
    if (!json_is_integer(sec) || !json_is_integer(nsec) || json_integer_value(nsec) < 0 ||
        json_integer_value(nsec) > 999999999) {
        (void)reader_bad(r);
        return;
    }
    *ret_sec = json_integer_value(sec);
    *ret_nsec = (uint32_t)json_integer_value(nsec);
}

static void get_made_node(struct reader *r, struct made_node *node, const struct made_node *above)
{
    const json_t *file = reader_member(r, "file", OPTIONAL);

    node->name = reader_component(r, "name", REQUIRED);
    node->parent = reader_absolute(r, "parent", above ? OPTIONAL : REQUIRED);
    if (!node->parent && above && above->parent && above->name) {
        node->parent = text_format("%s%s%s", above->parent,
                                   strcmp(above->parent, "/") == 0 ? "" : "/", above->name);
        if (!node->parent)
            r->failed = -ENOMEM;
    }
    if (file && !json_is_boolean(file))
        (void)reader_bad(r);
    node->is_file = json_is_true(file);
    node->inode = reader_u64(r, "inode", OPTIONAL);
    get_birth(r, "birth", &node->birth_sec, &node->birth_nsec);
}

static void get_made(struct reader *r, struct attachment *what)
{
    const json_t *list = reader_member(r, "made", REQUIRED), *item;
    size_t i, n = json_array_size(list);

    if (!json_is_array(list) || n > MADE_LIMIT) {
        (void)reader_bad(r);
        return;
    }
    what->temporary = reader_component(r, "temporary", OPTIONAL);
    if (what->temporary && strncmp(what->temporary, ".davit-", 7) != 0)
        (void)reader_bad(r);
    if (n == 0)
        return;
    what->made = calloc(n, sizeof *what->made);
    if (!what->made) {
        r->failed = -ENOMEM;
        return;
    }
    what->n_made = n;
    json_array_foreach (list, i, item) {
        struct reader node = {.object = item};

        if (!json_is_object(item)) {
            (void)reader_bad(r);
            return;
        }
        get_made_node(&node, &what->made[i], i > 0 ? &what->made[i - 1] : NULL);
        if (node.failed < 0) {
            r->failed = node.failed;
            return;
        }
    }
}

// `attached`: it has a mount point by then.
static void get_identity(struct reader *r, struct mount_identity *identity, enum presence attached)
{
    identity->unique = reader_u64(r, "unique", REQUIRED);
    identity->old_id = reader_u64(r, "mount_id", REQUIRED);
    identity->mnt_ns = reader_u64(r, "mnt_ns", REQUIRED);
    identity->init = (pid_t)reader_integer(r, "init", 1, INT_MAX, REQUIRED);
    identity->init_start = reader_u64(r, "init_start", REQUIRED);
    identity->device = reader_device(r, "device");
    identity->root = reader_path(r, "root", REQUIRED);
    identity->node.inode = reader_u64(r, "node", OPTIONAL);
    if (identity->node.inode)
        identity->node.device = reader_device(r, "node_device");
    get_birth(r, "node_birth", &identity->node.birth_sec, &identity->node.birth_nsec);
    identity->target = reader_absolute(r, "inside", attached);
    identity->n_mounts = (unsigned)reader_integer(r, "mounts", 0, UINT_MAX, REQUIRED);
}

static void get_names(struct reader *r, struct attachment *what)
{
    what->container_id = reader_text(r, "container_id", REQUIRED);
    what->container_name = reader_text(r, "container", REQUIRED);
    what->pod = reader_text(r, "pod", OPTIONAL);
    what->runtime = reader_text(r, "runtime", REQUIRED);
    what->source = reader_path(r, "source", REQUIRED); // read by source_parse() before it is used
    if (what->source && !*what->source)
        (void)reader_bad(r);
    what->target = reader_absolute(r, "target", REQUIRED);
    get_boot(r, what->identity.boot_id);
    what->mover = (pid_t)reader_integer(r, "mover", 0, INT_MAX, REQUIRED);
    what->mover_start = reader_u64(r, "mover_start", REQUIRED);
}

// Absent in lines of davits that had one only.
static const char *get_method(struct reader *r)
{
    const char *name = reader_string(r, "method", 16, OPTIONAL);

#define X(value, text)                   \
    if (name && strcmp(name, text) == 0) \
        return text;
    METHODS(X)
#undef X
    return name ? reader_bad(r) : "tree";
}

// Of an image only.
static void get_image(struct reader *r, struct attachment *what)
{
    struct loop_file *file = &what->loop_file;

    what->offset = reader_u64(r, "offset", OPTIONAL);
    what->has_loop = reader_member(r, "loop", OPTIONAL) != NULL;
    if (!what->has_loop)
        return;
    what->loop = (unsigned)reader_integer(r, "loop", 0, UINT_MAX, REQUIRED);
    file->device = reader_device(r, "loop_device");
    file->inode = reader_u64(r, "loop_inode", REQUIRED);
    file->limit = reader_u64(r, "loop_limit", REQUIRED);
    file->offset = what->offset;
}

static void get_attach(struct reader *r, struct attachment *what, enum presence attached)
{
    get_names(r, what);
    what->options = reader_text(r, "options", REQUIRED);
    what->method = get_method(r);
    what->helper = reader_text(r, "helper", OPTIONAL);
    what->helper_options = reader_text(r, "helper_options", OPTIONAL);
    what->server = (pid_t)reader_integer(r, "server", 2, INT_MAX, OPTIONAL);
    what->server_start = reader_u64(r, "server_start", what->server ? REQUIRED : OPTIONAL);
    get_id(r, "replaces", OPTIONAL, what->replaces);
    what->provider = reader_text(r, "provider", OPTIONAL);
    if (what->provider) {
        what->provider_init = (pid_t)reader_integer(r, "provider_init", 1, INT_MAX, REQUIRED);
        what->provider_start = reader_u64(r, "provider_start", REQUIRED);
    }
    get_image(r, what);
    what->flags = (unsigned)reader_integer(r, "flags", 0, UINT_MAX, REQUIRED);
    what->propagation = get_propagation(r);
    what->idmap = reader_text(r, "idmap", OPTIONAL);
    what->mode = (mode_t)reader_integer(r, "mode", 0, 07777, REQUIRED);
    what->since = (time_t)reader_integer(r, "since", 0, INT64_MAX, REQUIRED);
    get_identity(r, &what->identity, attached);
    get_made(r, what);
    what->workplace = reader_absolute(r, "workplace", OPTIONAL);
}

static void get_body(struct reader *r, struct journal_line *line)
{
    struct attachment *what = line->what;

    switch (line->kind) {
    case LINE_INTENT:
    case LINE_DONE:
        if (line->operation == OPERATION_ATTACH || line->operation == OPERATION_SHARE)
            get_attach(r, what, line->kind == LINE_DONE ? REQUIRED : OPTIONAL);
        else
            get_names(r, what);
        return;
    case LINE_MADE:
        get_made(r, what);
        what->identity.unique = reader_u64(r, "unique", OPTIONAL);
        what->identity.old_id = reader_u64(r, "mount_id", OPTIONAL);
        return;
    case LINE_FAILED:
        if (what)
            get_names(r, what);
        reader_fixed(r, "why", line->why, sizeof line->why, REQUIRED);
        return;
    case LINE_GONE:
        reader_fixed(r, "why", line->why, sizeof line->why, REQUIRED);
        return;
    case LINE_LINGERING:
        return;
    }
}

// The kind and the operation: 0, or 1 for names that this davit does not know.
static int get_kind(struct reader *r, struct journal_line *line)
{
    const char *kind = reader_string(r, "line", 64, REQUIRED);
    const char *operation = reader_string(r, "operation", 64, REQUIRED);
    int known = 0;

    if (!kind || !operation)
        return 0;
#define X(value, name)             \
    if (strcmp(kind, name) == 0) { \
        line->kind = value;        \
        known = 1;                 \
    }
    JOURNAL_LINE_KINDS(X)
#undef X
    return known && journal_operation_of(operation, &line->operation) == 0 ? 0 : 1;
}

static int has_attachment(const struct journal_line *line)
{
    return line->kind == LINE_INTENT || line->kind == LINE_DONE || line->kind == LINE_MADE ||
           (line->kind == LINE_FAILED && line->operation == OPERATION_KEEP);
}

static int read_object(struct reader *r, struct journal_line *line)
{
    if (reader_integer(r, "v", 1, JOURNAL_VERSION, REQUIRED) != JOURNAL_VERSION)
        return -EBADMSG;
    if (get_kind(r, line) == 1)
        return r->failed < 0 ? r->failed : 1;
    get_id(r, "id", REQUIRED, line->id);
    memcpy(line->attachment, line->id, sizeof line->attachment);
    if (line->operation != OPERATION_ATTACH && line->operation != OPERATION_SHARE)
        get_id(r, "attachment", REQUIRED, line->attachment);
    line->at = (time_t)reader_integer(r, "at", 0, INT64_MAX, REQUIRED);
    line->by_uid = (uid_t)reader_integer(r, "by_uid", 0, UINT_MAX, REQUIRED);
    reader_fixed(r, "by", line->by, sizeof line->by, REQUIRED);
    if (r->failed < 0)
        return r->failed;
    if (has_attachment(line)) {
        line->what = calloc(1, sizeof *line->what);
        if (!line->what)
            return -ENOMEM;
        memcpy(line->what->id, line->attachment, sizeof line->what->id);
        line->what->by_uid = line->by_uid;
        line->what->by = strdup(line->by);
        if (!line->what->by)
            return -ENOMEM;
    }
    get_body(r, line);
    return r->failed;
}

int journal_attachment_decode(const json_t *object, struct attachment **ret)
{
    _cleanup_attachment_ struct attachment *what = calloc(1, sizeof *what);
    struct reader r = {.object = object};

    if (!what)
        return -ENOMEM;
    get_id(&r, "id", REQUIRED, what->id);
    what->by_uid = (uid_t)reader_integer(&r, "by_uid", 0, UINT_MAX, REQUIRED);
    what->by = reader_text(&r, "by", REQUIRED);
    get_attach(&r, what, REQUIRED);
    if (r.failed < 0)
        return r.failed;
    *ret = TAKE_POINTER(what);
    return 0;
}

int journal_line_decode(const char *bytes, size_t length, struct journal_line *ret)
{
    struct journal_line line = {0};
    struct reader r = {0};
    json_t *object;
    int result;

    if (length >= JOURNAL_LINE_LIMIT)
        return -EBADMSG;
    // Without JSON_ALLOW_NUL no text has a NUL inside.
    object = json_loadb(bytes, length, JSON_REJECT_DUPLICATES, NULL);
    if (!json_is_object(object)) {
        json_decref(object);
        return -EBADMSG;
    }
    r.object = object;
    result = read_object(&r, &line);
    json_decref(object);
    if (result != 0) {
        journal_line_done(&line);
        return result;
    }
    *ret = line;
    return 0;
}
