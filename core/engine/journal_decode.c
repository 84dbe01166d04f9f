#include "core/engine/journal_line.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include <jansson.h>

#include "core/base/text.h"
#include "core/engine/journal.h"
#include "core/engine/request.h"

#define NAME_LIMIT     1024            // bytes of a container's id or name, of options
#define RAW_PATH_LIMIT (4 * PATH_MAX)  // the kernel's own tables may show more than PATH_MAX
#define MADE_LIMIT     (PATH_MAX / 2)  // components of a path

// Takes members out of one object and remembers what was wrong.
struct reader {
    const json_t *object;
    int failed; // 0, -EBADMSG or -ENOMEM
};

enum presence { OPTIONAL, REQUIRED };

static void *bad(struct reader *r)
{
    if (r->failed == 0)
        r->failed = -EBADMSG;
    return NULL;
}

static const json_t *member(struct reader *r, const char *key, enum presence presence)
{
    const json_t *value = json_object_get(r->object, key);

    if (!value && presence == REQUIRED)
        return bad(r);
    return value;
}

static const char *get_string(struct reader *r, const char *key, size_t limit,
                              enum presence presence)
{
    const json_t *value = member(r, key, presence);

    if (!value)
        return NULL;
    if (!json_is_string(value) || json_string_length(value) > limit)
        return bad(r);
    return json_string_value(value);
}

static char *get_text(struct reader *r, const char *key, enum presence presence)
{
    const char *text = get_string(r, key, NAME_LIMIT, presence);
    char *clean;

    if (!text)
        return NULL;
    clean = text_clean_dup(text, strlen(text));
    if (!clean)
        r->failed = -ENOMEM;
    return clean;
}

static void get_fixed(struct reader *r, const char *key, char *out, size_t size,
                      enum presence presence)
{
    const char *text = get_string(r, key, JOURNAL_LINE_LIMIT, presence);

    if (text)
        text_clean(out, size, text, strlen(text));
}

static char *get_path(struct reader *r, const char *key, enum presence presence)
{
    char key64[48];
    const char *text = get_string(r, key, RAW_PATH_LIMIT, presence), *encoded;
    char *path;
    size_t length;

    (void)snprintf(key64, sizeof key64, "%s_b64", key);
    encoded = get_string(r, key64, RAW_PATH_LIMIT / 3 * 4 + 4, OPTIONAL);
    if (!text)
        return encoded ? bad(r) : NULL;
    if (!encoded) {
        path = strdup(text);
        if (!path)
            r->failed = -ENOMEM;
        return path;
    }
    path = text_base64_decode(encoded, &length);
    if (!path || length == 0 || memchr(path, '\0', length)) {
        free(path);
        return bad(r);
    }
    return path;
}

// A path that begins with '/': the only kind that anything is opened by.
static char *get_absolute(struct reader *r, const char *key, enum presence presence)
{
    char *path = get_path(r, key, presence);

    if (path && path[0] != '/')
        (void)bad(r);
    return path;
}

// One component: recovery removes what has this name.
static char *get_component(struct reader *r, const char *key, enum presence presence)
{
    char *name = get_path(r, key, presence);

    if (name && (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
                 strlen(name) > NAME_MAX))
        (void)bad(r);
    return name;
}

static int64_t get_integer(struct reader *r, const char *key, int64_t least, int64_t most,
                           enum presence presence)
{
    const json_t *value = member(r, key, presence);
    int64_t number;

    if (!value)
        return 0;
    number = json_integer_value(value);
    if (!json_is_integer(value) || number < least || number > most) {
        (void)bad(r);
        return 0;
    }
    return number;
}

static uint64_t get_u64(struct reader *r, const char *key, enum presence presence)
{
    const json_t *value = member(r, key, presence);
    uint64_t number = 0;

    if (json_is_string(value)) {
        if (!text_to_u64(json_string_value(value), &number))
            (void)bad(r);
        return number;
    }
    return (uint64_t)get_integer(r, key, 0, INT64_MAX, presence);
}

static void get_id(struct reader *r, const char *key, char out[OPERATION_ID_SIZE])
{
    const char *id = get_string(r, key, OPERATION_ID_SIZE - 1, REQUIRED);

    if (!id)
        return;
    if (strlen(id) != OPERATION_ID_SIZE - 1 || strspn(id, "0123456789abcdef") != strlen(id)) {
        (void)bad(r);
        return;
    }
    memcpy(out, id, OPERATION_ID_SIZE);
}

static void get_boot(struct reader *r, char out[BOOT_ID_SIZE])
{
    const char *boot = get_string(r, "boot", BOOT_ID_SIZE - 1, REQUIRED);

    if (!boot)
        return;
    if (strlen(boot) != BOOT_ID_SIZE - 1 || strspn(boot, "0123456789abcdef-") != strlen(boot)) {
        (void)bad(r);
        return;
    }
    memcpy(out, boot, BOOT_ID_SIZE);
}

static dev_t get_device(struct reader *r)
{
    const char *text = get_string(r, "device", 32, REQUIRED);
    char copy[33], *colon;
    uint64_t major_number, minor_number;

    if (!text)
        return 0;
    (void)snprintf(copy, sizeof copy, "%s", text);
    colon = strchr(copy, ':');
    if (colon)
        *colon++ = '\0';
    if (!colon || !text_to_u64(copy, &major_number) || !text_to_u64(colon, &minor_number) ||
        major_number > UINT_MAX || minor_number > UINT_MAX) {
        (void)bad(r);
        return 0;
    }
    return makedev((unsigned)major_number, (unsigned)minor_number);
}

static int get_propagation(struct reader *r)
{
    const char *text = get_string(r, "propagation", 16, REQUIRED);

    if (!text)
        return PROPAGATION_PRIVATE;
#define X(value, name)                                                                             \
    if (strcmp(text, name) == 0)                                                                   \
        return value;
    PROPAGATIONS(X)
#undef X
    (void)bad(r);
    return PROPAGATION_PRIVATE;
}

static void get_birth(struct reader *r, struct made_node *node)
{
    const json_t *birth = member(r, "birth", OPTIONAL);
    const json_t *sec = json_array_get(birth, 0), *nsec = json_array_get(birth, 1);

    if (!birth)
        return;
    if (!json_is_integer(sec) || !json_is_integer(nsec) || json_integer_value(nsec) < 0 ||
        json_integer_value(nsec) > 999999999) {
        (void)bad(r);
        return;
    }
    node->birth_sec = json_integer_value(sec);
    node->birth_nsec = (uint32_t)json_integer_value(nsec);
}

static void get_made_node(struct reader *r, struct made_node *node, const struct made_node *above)
{
    const json_t *file = member(r, "file", OPTIONAL);

    node->name = get_component(r, "name", REQUIRED);
    node->parent = get_absolute(r, "parent", above ? OPTIONAL : REQUIRED);
    if (!node->parent && above && above->parent && above->name) {
        node->parent = text_format("%s%s%s", above->parent,
                                   strcmp(above->parent, "/") == 0 ? "" : "/", above->name);
        if (!node->parent)
            r->failed = -ENOMEM;
    }
    if (file && !json_is_boolean(file))
        (void)bad(r);
    node->is_file = json_is_true(file);
    node->inode = get_u64(r, "inode", OPTIONAL);
    get_birth(r, node);
}

static void get_made(struct reader *r, struct attachment *what)
{
    const json_t *list = member(r, "made", REQUIRED), *item;
    size_t i, n = json_array_size(list);

    if (!json_is_array(list) || n > MADE_LIMIT) {
        (void)bad(r);
        return;
    }
    what->temporary = get_component(r, "temporary", OPTIONAL);
    if (what->temporary && strncmp(what->temporary, ".davit-", 7) != 0)
        (void)bad(r);
    if (n == 0)
        return;
    what->made = calloc(n, sizeof *what->made);
    if (!what->made) {
        r->failed = -ENOMEM;
        return;
    }
    what->n_made = n;
    json_array_foreach(list, i, item)
    {
        struct reader node = {.object = item};

        if (!json_is_object(item)) {
            (void)bad(r);
            return;
        }
        get_made_node(&node, &what->made[i], i > 0 ? &what->made[i - 1] : NULL);
        if (node.failed < 0) {
            r->failed = node.failed;
            return;
        }
    }
}

static void get_identity(struct reader *r, struct mount_identity *identity)
{
    identity->unique = get_u64(r, "unique", REQUIRED);
    identity->old_id = get_u64(r, "mount_id", REQUIRED);
    identity->mnt_ns = get_u64(r, "mnt_ns", REQUIRED);
    identity->init = (pid_t)get_integer(r, "init", 1, INT_MAX, REQUIRED);
    identity->init_start = get_u64(r, "init_start", REQUIRED);
    identity->device = get_device(r);
    identity->root = get_path(r, "root", REQUIRED);
    identity->target = get_absolute(r, "inside", OPTIONAL);
    identity->n_mounts = (unsigned)get_integer(r, "mounts", 0, UINT_MAX, REQUIRED);
}

static void get_names(struct reader *r, struct attachment *what)
{
    what->container_id = get_text(r, "container_id", REQUIRED);
    what->container_name = get_text(r, "container", REQUIRED);
    what->runtime = get_text(r, "runtime", REQUIRED);
    what->source = get_absolute(r, "source", REQUIRED);
    what->target = get_absolute(r, "target", REQUIRED);
    get_boot(r, what->identity.boot_id);
    what->mover = (pid_t)get_integer(r, "mover", 0, INT_MAX, REQUIRED);
    what->mover_start = get_u64(r, "mover_start", REQUIRED);
}

static void get_attach(struct reader *r, struct attachment *what)
{
    get_names(r, what);
    what->options = get_text(r, "options", REQUIRED);
    what->flags = (unsigned)get_integer(r, "flags", 0, UINT_MAX, REQUIRED);
    what->propagation = get_propagation(r);
    what->mode = (mode_t)get_integer(r, "mode", 0, 07777, REQUIRED);
    what->since = (time_t)get_integer(r, "since", 0, INT64_MAX, REQUIRED);
    get_identity(r, &what->identity);
    get_made(r, what);
}

static void get_body(struct reader *r, struct journal_line *line)
{
    struct attachment *what = line->what;

    switch (line->kind) {
    case LINE_INTENT:
    case LINE_DONE:
        if (line->operation == OPERATION_ATTACH)
            get_attach(r, what);
        else
            get_names(r, what);
        return;
    case LINE_MADE:
        get_made(r, what);
        return;
    case LINE_FAILED:
    case LINE_GONE:
        get_fixed(r, "why", line->why, sizeof line->why, REQUIRED);
        return;
    case LINE_LINGERING:
        return;
    }
}

// The kind and the operation: 0, or 1 for names that this davit does not know.
static int get_kind(struct reader *r, struct journal_line *line)
{
    const char *kind = get_string(r, "line", 64, REQUIRED);
    const char *operation = get_string(r, "operation", 64, REQUIRED);
    int known = 0;

    if (!kind || !operation)
        return 0;
#define X(value, name)                                                                             \
    if (strcmp(kind, name) == 0) {                                                                 \
        line->kind = value;                                                                        \
        known = 1;                                                                                 \
    }
    JOURNAL_LINE_KINDS(X)
#undef X
    return known && journal_operation_of(operation, &line->operation) == 0 ? 0 : 1;
}

static int has_attachment(const struct journal_line *line)
{
    return line->kind == LINE_INTENT || line->kind == LINE_DONE || line->kind == LINE_MADE;
}

static int read_object(struct reader *r, struct journal_line *line)
{
    if (get_integer(r, "v", 1, JOURNAL_VERSION, REQUIRED) != JOURNAL_VERSION)
        return -EBADMSG;
    if (get_kind(r, line) == 1)
        return r->failed < 0 ? r->failed : 1;
    get_id(r, "id", line->id);
    memcpy(line->attachment, line->id, sizeof line->attachment);
    if (line->operation == OPERATION_DETACH)
        get_id(r, "attachment", line->attachment);
    line->at = (time_t)get_integer(r, "at", 0, INT64_MAX, REQUIRED);
    line->by_uid = (uid_t)get_integer(r, "by_uid", 0, UINT_MAX, REQUIRED);
    get_fixed(r, "by", line->by, sizeof line->by, REQUIRED);
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
