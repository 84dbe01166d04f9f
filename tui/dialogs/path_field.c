#include "tui/dialogs/path_field.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/model/decode.h"

void path_field_init(struct path_field *field, struct dialog_host *host,
                     void (*completed)(bool changed, void *context), void *context)
{
    field->host = host;
    field->completed = completed;
    field->context = context;
    input_line_set(&field->line, "");
}

static void forget_names(struct path_field *field)
{
    for (size_t i = 0; i < field->n_names; i++)
        free(field->names[i]);
    free(field->names);
    field->names = NULL;
    field->n_names = field->n_fitting = 0;
}

void path_field_forget(struct path_field *field)
{
    if (field->request)
        client_forget(field->host->client, field->request);
    field->request = 0;
    free(field->asked);
    field->asked = NULL;
    field->note[0] = '\0';
    forget_names(field);
}

void path_field_done(struct path_field *field)
{
    path_field_forget(field);
    raw_text_done(&field->raw);
}

int path_field_set(struct path_field *field, const struct raw_text *raw)
{
    struct raw_text copy = {NULL, NULL};

    if (raw->bytes) {
        copy.text = strdup(raw->text);
        copy.bytes = strdup(raw->bytes);
        if (!copy.text || !copy.bytes) {
            raw_text_done(&copy);
            return -1;
        }
    }
    raw_text_done(&field->raw);
    field->raw = copy;
    input_line_set(&field->line, raw->text ? raw->text : "");
    return 0;
}

// Whether the line is the text of `raw`, or a path below it.
static bool begins_with_raw(const struct path_field *field)
{
    const char *text = field->raw.text;
    size_t n = text ? strlen(text) : 0;

    return field->raw.bytes && n > 0 && strncmp(field->line.text, text, n) == 0 &&
           (field->line.text[n] == '\0' || field->line.text[n] == '/' || text[n - 1] == '/');
}

int path_field_get(const struct path_field *field, struct raw_text *ret)
{
    *ret = (struct raw_text){strdup(field->line.text), NULL};
    if (ret->text && begins_with_raw(field)) {
        ret->bytes =
            text_format("%s%s", field->raw.bytes, field->line.text + strlen(field->raw.text));
        if (!ret->bytes)
            raw_text_done(ret);
    }
    return ret->text ? 0 : -1;
}

// ---- completion ----

// The directory part, with its last slash: fresh memory.
static char *directory_of(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? strndup(path, (size_t)(slash - path) + 1) : NULL;
}

static int directory(const struct path_field *field, struct raw_text *ret)
{
    struct raw_text whole;

    if (path_field_get(field, &whole) < 0)
        return -1;
    ret->text = directory_of(whole.text);
    ret->bytes = whole.bytes ? directory_of(whole.bytes) : NULL;
    raw_text_done(&whole);
    return ret->text ? 0 : -1;
}

static size_t common(const char *a, const char *b, size_t most)
{
    size_t n = 0;

    while (n < most && a[n] && a[n] == b[n])
        n++;
    while (n > 0 && ((unsigned char)a[n] & 0xc0) == 0x80)
        n--; // whole characters
    return n;
}

struct fitting {
    const json_t *first; // the first entry that fits
    const char *name;    // its name
    size_t common;       // bytes that the names of all that fit begin with
    size_t n;
};

static const char *name_of(const json_t *entry)
{
    const char *name = json_string_value(json_object_get(entry, "name"));

    return name && *name && !strchr(name, '/') && text_is_clean(name, strlen(name)) ? name : NULL;
}

static bool is_directory(const json_t *entry)
{
    const char *type = json_string_value(json_object_get(entry, "type"));

    return text_same(type, "directory");
}

static void remember(struct path_field *field, const json_t *entry, const char *name)
{
    if (field->n_names == PATH_NAMES_MAX || !field->names)
        return;
    field->names[field->n_names] = text_format("%s%s", name, is_directory(entry) ? "/" : "");
    if (field->names[field->n_names])
        field->n_names++;
}

static struct fitting find_fitting(struct path_field *field, const json_t *entries,
                                   const char *prefix)
{
    struct fitting fitting = {.n = 0};
    size_t length = strlen(prefix);

    field->names = calloc(PATH_NAMES_MAX, sizeof *field->names);
    for (size_t i = 0; i < json_array_size(entries); i++) {
        const json_t *entry = json_array_get(entries, i);
        const char *name = name_of(entry);

        // Hidden names are meant only when the dot was typed, as in a shell.
        if (!name || strncmp(name, prefix, length) != 0 || (length == 0 && name[0] == '.'))
            continue;
        if (fitting.n++ == 0) {
            fitting.first = entry;
            fitting.name = name;
            fitting.common = strlen(name);
        } else {
            fitting.common = common(fitting.name, name, fitting.common);
        }
        remember(field, entry, name);
    }
    field->n_fitting = fitting.n;
    return fitting;
}

static char *glue(const char *directory_text, const char *name, size_t length, const char *end)
{
    return text_format("%s%.*s%s", directory_text, (int)length, name, end);
}

// One name: all of it, with the bytes it stands for, and a slash behind a directory. Several: what
// they have in common.
static int apply(struct path_field *field, const struct fitting *fitting)
{
    struct raw_text base = {NULL, NULL}, name = {NULL, NULL}, path = {NULL, NULL};
    const char *end = fitting->n == 1 && is_directory(fitting->first) ? "/" : "";
    struct error ignored;
    int r = directory(field, &base);

    if (r == 0 && fitting->n == 1)
        r = decode_raw(fitting->first, "name", &name, &ignored);
    if (r == 0)
        path.text = glue(base.text, fitting->name, fitting->common, end);
    if (r == 0 && (base.bytes || name.bytes))
        path.bytes = name.bytes ? glue(base.bytes ? base.bytes : base.text, name.bytes,
                                       strlen(name.bytes), end)
                                : glue(base.bytes, fitting->name, fitting->common, end);
    if (r == 0)
        r = path.text && strlen(path.text) <= INPUT_LINE_LIMIT ? path_field_set(field, &path) : -1;
    raw_text_done(&base);
    raw_text_done(&name);
    raw_text_done(&path);
    return r;
}

static void note(struct path_field *field, const char *text)
{
    text_clean(field->note, sizeof field->note, text, strlen(text));
}

static void answered(const json_t *result, const struct error *why, void *context)
{
    struct path_field *field = context;
    const char *prefix = strrchr(field->line.text, '/');
    struct fitting fitting;
    bool changed;

    field->request = 0;
    forget_names(field);
    if (why) {
        note(field, why->code == ERROR_TIMED_OUT ? "not answering" : why->message);
    } else if (prefix && field->asked && strcmp(field->asked, field->line.text) == 0) {
        fitting = find_fitting(field, json_object_get(result, "entries"), prefix + 1);
        if (fitting.n == 0)
            note(field, "nothing there begins with this");
        else if (fitting.n == 1 || fitting.common > strlen(prefix + 1))
            (void)apply(field, &fitting);
        if (fitting.n <= 1)
            forget_names(field);
    }
    changed = field->asked && strcmp(field->asked, field->line.text) != 0;
    field->completed(changed, field->context);
}

void path_field_complete(struct path_field *field, const char *container)
{
    struct raw_text base = {NULL, NULL};
    json_t *params =
        container ? json_pack("{s:s}", "container", container) : json_pack("{s:n}", "container");
    struct error err;

    path_field_forget(field);
    if (field->line.text[0] != '/') {
        note(field, "Tab completes paths that begin with /");
    } else if (params && directory(field, &base) == 0 && raw_text_set(params, "path", &base) == 0 &&
               (field->asked = strdup(field->line.text)) != NULL) {
        if (client_call(field->host->client, PROTOCOL_BROWSE, params, answered, field,
                        &field->request, &err) < 0)
            note(field, err.message);
        params = NULL;
    }
    json_decref(params);
    raw_text_done(&base);
}
