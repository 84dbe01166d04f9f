#include "core/engine/kept.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include <jansson.h>

#include "core/base/file.h"
#include "core/base/text.h"
#include "core/engine/journal_internal.h"
#include "core/engine/journal_line.h"
#include "core/engine/journal_reader.h"
#include "core/engine/journal_writer.h"

// ---- the list ----

void kept_filesystem_done(struct kept_filesystem *filesystem)
{
    free(filesystem->type);
    free(filesystem->from);
    free(filesystem->uuid);
    *filesystem = (struct kept_filesystem){.type = NULL};
}

void kept_entry_free(struct kept_entry *entry)
{
    if (entry->what)
        attachment_free(entry->what);
    free(entry->project);
    free(entry->service);
    free(entry->number);
    kept_filesystem_done(&entry->filesystem);
    free(entry->problem);
    free(entry);
}

void kept_list_done(struct kept_list *list)
{
    for (size_t i = 0; i < list->n; i++)
        kept_entry_free(list->entries[i]);
    free(list->entries);
    *list = (struct kept_list){.n = 0};
}

struct kept_entry *kept_find(const struct kept_list *list, const char *id)
{
    for (size_t i = 0; i < list->n; i++)
        if (strcmp(list->entries[i]->what->id, id) == 0)
            return list->entries[i];
    return NULL;
}

int kept_add(struct kept_list *list, struct kept_entry *entry)
{
    struct kept_entry **grown =
        reallocarray(list->entries, list->n + 1, sizeof(struct kept_entry *));

    if (!grown)
        return -ENOMEM;
    list->entries = grown;
    grown[list->n++] = entry;
    return 0;
}

void kept_remove(struct kept_list *list, const struct kept_entry *entry)
{
    for (size_t i = 0; i < list->n; i++) {
        if (list->entries[i] != entry)
            continue;
        kept_entry_free(list->entries[i]);
        memmove(list->entries + i, list->entries + i + 1,
                (list->n - i - 1) * sizeof(struct kept_entry *));
        list->n--;
        return;
    }
}

// ---- written ----

static json_t *encode_kept_filesystem(const struct kept_filesystem *filesystem)
{
    struct writer w = {.object = json_object()};

    writer_text(&w, "type", filesystem->type);
    writer_text(&w, "from", filesystem->from);
    writer_text(&w, "uuid", filesystem->uuid);
    writer_device(&w, "device", filesystem->device);
    if (!w.failed)
        return w.object;
    json_decref(w.object);
    return NULL;
}

static json_t *encode_entry(const struct kept_entry *entry)
{
    struct writer w = {.object = json_object()};

    writer_put(&w, "keep", json_boolean(entry->keep));
    if (entry->until)
        writer_put(&w, "until", json_integer(entry->until));
    writer_put(&w, "owner", json_integer((json_int_t)entry->owner));
    writer_text(&w, "name_source", name_source_name(entry->name_source));
    writer_text(&w, "project", entry->project);
    writer_text(&w, "service", entry->service);
    writer_text(&w, "number", entry->number);
    writer_put(&w, "filesystem", encode_kept_filesystem(&entry->filesystem));
    if (entry->tried) {
        writer_text(&w, "tried_boot", entry->tried_boot);
        writer_put(&w, "tried", json_integer(entry->tried));
        writer_u64(&w, "tried_start", entry->tried_start);
    }
    writer_text(&w, "problem", entry->problem);
    writer_put(&w, "attachment", journal_attachment_encode(entry->what));
    if (!w.failed)
        return w.object;
    json_decref(w.object);
    return NULL;
}

char *kept_encode(const struct kept_list *list)
{
    json_t *array = json_array(), *object;
    int failed = array ? 0 : -1;
    char *text;

    for (size_t i = 0; !failed && i < list->n; i++)
        failed = json_array_append_new(array, encode_entry(list->entries[i]));
    if (failed) {
        json_decref(array);
        return NULL;
    }
    object = json_pack("{s:i, s:o}", "schema", KEPT_VERSION, "kept", array);
    text = object ? json_dumps(object, JSON_INDENT(1)) : NULL;
    json_decref(object);
    return text;
}

// ---- read ----

static void get_filesystem(struct reader *outer, struct kept_filesystem *ret)
{
    struct reader r = {.object = reader_member(outer, "filesystem", REQUIRED)};

    if (!json_is_object(r.object)) {
        (void)reader_bad(outer);
        return;
    }
    ret->type = reader_text(&r, "type", REQUIRED);
    ret->from = reader_text(&r, "from", REQUIRED);
    ret->uuid = reader_text(&r, "uuid", OPTIONAL);
    ret->device = reader_device(&r, "device");
    if (r.failed < 0 && outer->failed == 0)
        outer->failed = r.failed;
}

static enum name_source get_name_source(struct reader *r)
{
    const char *name = reader_string(r, "name_source", 16, REQUIRED);

#define X(value, text)                   \
    if (name && strcmp(name, text) == 0) \
        return value;
    NAME_SOURCES(X)
#undef X
    (void)reader_bad(r);
    return NAME_FROM_CGROUP;
}

static void get_tried(struct reader *r, struct kept_entry *entry)
{
    const char *boot = reader_string(r, "tried_boot", BOOT_ID_SIZE - 1, OPTIONAL);

    if (!boot)
        return;
    (void)snprintf(entry->tried_boot, sizeof entry->tried_boot, "%s", boot);
    entry->tried = (pid_t)reader_integer(r, "tried", 1, INT_MAX, REQUIRED);
    entry->tried_start = reader_u64(r, "tried_start", REQUIRED);
}

static int decode_entry(const json_t *object, struct kept_entry *entry)
{
    struct reader r = {.object = object};
    const json_t *keep, *what;
    int decoded;

    if (!json_is_object(object))
        return -EBADMSG;
    keep = reader_member(&r, "keep", REQUIRED);
    if (keep && !json_is_boolean(keep))
        (void)reader_bad(&r);
    entry->keep = json_is_true(keep);
    entry->until = (time_t)reader_integer(&r, "until", 1, INT64_MAX / 2, OPTIONAL);
    entry->owner = (uid_t)reader_integer(&r, "owner", 0, UINT_MAX, REQUIRED);
    entry->name_source = get_name_source(&r);
    entry->project = reader_text(&r, "project", OPTIONAL);
    entry->service = reader_text(&r, "service", OPTIONAL);
    entry->number = reader_text(&r, "number", OPTIONAL);
    get_filesystem(&r, &entry->filesystem);
    get_tried(&r, entry);
    entry->problem = reader_text(&r, "problem", OPTIONAL);
    what = reader_member(&r, "attachment", REQUIRED);
    if (r.failed == 0 && !json_is_object(what))
        (void)reader_bad(&r);
    decoded = r.failed == 0 ? journal_attachment_decode(what, &entry->what) : 0;
    if (decoded < 0)
        return decoded;
    if (!entry->keep && !entry->until)
        (void)reader_bad(&r);
    return r.failed;
}

static int add_decoded(struct kept_list *list, const json_t *object, size_t index,
                       struct error *err)
{
    CLEANUP(kept_entry_freep) struct kept_entry *entry = calloc(1, sizeof *entry);
    int r = entry ? decode_entry(object, entry) : -ENOMEM;

    if (r == 0 && kept_find(list, entry->what->id))
        r = -EBADMSG;
    if (r == 0)
        r = kept_add(list, entry);
    if (r == -ENOMEM)
        return ERROR_OOM(err);
    if (r < 0)
        return error_set(err, ERROR_FAILED, EBADMSG, "entry %zu is damaged", index + 1);
    entry = NULL;
    return 0;
}

static int decode_entries(const json_t *object, struct kept_list *list, struct error *err)
{
    const json_t *schema = json_object_get(object, "schema");
    const json_t *array = json_object_get(object, "kept"), *item;
    size_t i;
    int r = 0;

    if (!json_is_integer(schema) || !json_is_array(array))
        return error_set(err, ERROR_FAILED, EBADMSG, "it is no object with schema and kept");
    if (json_integer_value(schema) != KEPT_VERSION)
        return error_set(err, ERROR_FAILED, EBADMSG, "its schema is %lld, this davit knows %d",
                         (long long)json_integer_value(schema), KEPT_VERSION);
    if (json_array_size(array) > KEPT_MOST)
        return error_set(err, ERROR_FAILED, EBADMSG, "it has more than %d entries", KEPT_MOST);
    json_array_foreach (array, i, item) {
        r = add_decoded(list, item, i, err);
        if (r < 0)
            break;
    }
    return r;
}

int kept_decode(const char *text, size_t length, struct kept_list *ret, struct error *err)
{
    _cleanup_kept_list_ struct kept_list list = {.n = 0};
    json_error_t why;
    json_t *object = json_loadb(text, length, JSON_REJECT_DUPLICATES, &why);
    int r;

    if (!object)
        return error_set(err, ERROR_FAILED, EBADMSG, "line %d: %s", why.line, why.text);
    r = decode_entries(object, &list, err);
    json_decref(object);
    if (r < 0)
        return r;
    *ret = list;
    list = (struct kept_list){.n = 0};
    return 0;
}

// ---- the file ----

static char *directory_of(const struct engine *engine)
{
    const char *state = engine->options.state_dir;

    return strdup(strcmp(state, JOURNAL_DEFAULT_DIR) == 0 ? KEPT_DIRECTORY : state);
}

char *kept_path(const struct engine *engine)
{
    _cleanup_free_ char *directory = directory_of(engine);

    return directory ? text_format("%s/kept.json", directory) : NULL;
}

static int read_file(const char *path, char **ret, size_t *ret_length, struct error *err)
{
    int fd = journal_open_owned(AT_FDCWD, path, O_RDONLY, path, err);

    if (fd < 0)
        return fd == -ENOENT ? 1 : fd;
    (void)close(fd); // only whose it is was asked
    return file_read(AT_FDCWD, path, KEPT_LIMIT, ret, ret_length, err);
}

int kept_load(const struct engine *engine, struct kept_list *ret, struct error *err)
{
    _cleanup_free_ char *path = kept_path(engine), *text = NULL;
    size_t length = 0;
    int r = path ? read_file(path, &text, &length, err) : ERROR_OOM(err);

    *ret = (struct kept_list){.n = 0};
    if (r == 0)
        r = kept_decode(text, length, ret, err);
    if (r == -EBADMSG || r == -EFBIG) {
        error_prefix(err, "%s is damaged", path);
        error_path(err, path);
        error_hint_words(
            err, "mend it, or move it aside, and what was kept is forgotten: mv %s{,.damaged}",
            path);
    }
    return r < 0 ? r : 0;
}

int kept_save(const struct engine *engine, const struct kept_list *list, struct error *err)
{
    _cleanup_free_ char *directory = directory_of(engine), *path = kept_path(engine);
    _cleanup_free_ char *text = NULL;
    int r;

    if (!directory || !path)
        return ERROR_OOM(err);
    if (list->n > KEPT_MOST)
        return error_set(err, ERROR_FAILED, E2BIG, "more than %d attachments cannot be kept",
                         KEPT_MOST);
    text = kept_encode(list);
    if (!text)
        return ERROR_OOM(err);
    if (strlen(text) > KEPT_LIMIT)
        return error_set(err, ERROR_FAILED, E2BIG, "%s would be larger than %d bytes", path,
                         KEPT_LIMIT);
    r = file_make_directories(directory, 0755, err);
    return r < 0 ? r : file_replace(path, text, strlen(text), 0600, err);
}
