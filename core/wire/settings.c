#include "core/wire/settings.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <jansson.h>

#include "core/base/near.h"
#include "core/base/text.h"
#include "core/wire/jsonfile.h"

#define NAME_SHOWN   40 // bytes of an unknown name that are repeated
#define ACTION_LIMIT 63 // bytes of an action's name

struct reader {
    struct settings *out;
    const char *path; // clean enough: error_set() cleans what it formats
    unsigned flags;
    const struct settings_events *events;
};

int settings_wrong(struct error *err, const char *path, const char *member, const char *format, ...)
{
    char text[sizeof err->message];
    va_list arguments;

    va_start(arguments, format);
    (void)vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    (void)error_set(err, ERROR_USAGE, 0, "%s: %s: %s", path, member, text);
    error_path(err, path);
    return -EINVAL;
}

static void tell(void (*how)(const struct error *, void *), const struct reader *reader,
                 const struct error *err)
{
    if (how)
        how(err, reader->events->context);
}

// Replaces a string in `where`; a value that is none stays.
static int take_text(char **where, const char *text)
{
    char *copy = strdup(text);

    if (!copy)
        return -ENOMEM;
    free(*where);
    *where = copy;
    return 0;
}

static const char *expected(enum setting id, char *out, size_t size)
{
    const struct setting_info *info = &setting_infos[id];

    switch (info->type) {
    case SETTING_TEXT:
        (void)snprintf(out, size, "a string of %ld to %ld bytes", info->least, info->most);
        break;
    case SETTING_BOOLEAN:
        (void)snprintf(out, size, "true or false");
        break;
    case SETTING_INTEGER:
        (void)snprintf(out, size, "an integer from %ld to %ld", info->least, info->most);
        break;
    case SETTING_KEYS:
        (void)snprintf(out, size, "an object of actions with their keys");
        break;
    }
    return out;
}

// What a value is that is not what is expected.
static const char *found(const json_t *value, char *out, size_t size)
{
    if (json_is_string(value))
        (void)snprintf(out, size, "one of %zu", json_string_length(value));
    else if (json_is_integer(value))
        (void)snprintf(out, size, "%lld", (long long)json_integer_value(value));
    else
        (void)snprintf(out, size, "%s", jsonfile_type(value));
    return out;
}

static bool fits(enum setting id, const json_t *value)
{
    const struct setting_info *info = &setting_infos[id];

    switch (info->type) {
    case SETTING_TEXT:
        return json_is_string(value) && json_string_length(value) >= (size_t)info->least &&
               json_string_length(value) <= (size_t)info->most;
    case SETTING_BOOLEAN:
        return json_is_boolean(value);
    case SETTING_INTEGER:
        return json_is_integer(value) && json_integer_value(value) >= info->least &&
               json_integer_value(value) <= info->most;
    case SETTING_KEYS:
        return json_is_object(value);
    }
    return false;
}

// Whether a value is what the table says; else that is told.
static bool check(const struct reader *reader, enum setting id, const json_t *value)
{
    const struct setting_info *info = &setting_infos[id];
    char what[96], instead[48];
    struct error err;

    if (!fits(id, value))
        (void)settings_wrong(&err, reader->path, info->name, "%s is expected, not %s",
                             expected(id, what, sizeof what),
                             found(value, instead, sizeof instead));
    else if (info->type == SETTING_TEXT &&
             !text_is_clean(json_string_value(value), json_string_length(value)))
        (void)settings_wrong(&err, reader->path, info->name, "it has control characters");
    else
        return true;
    tell(reader->events->wrong, reader, &err);
    return false;
}

// --- keys ------------------------------------------------------------------------------------

static struct setting_key *key_of(struct settings *out, const char *action)
{
    struct setting_key *grown;

    for (size_t i = 0; i < out->n_keys; i++)
        if (strcmp(out->keys[i].action, action) == 0)
            return &out->keys[i];
    grown = realloc(out->keys, (out->n_keys + 1) * sizeof *grown);
    if (!grown)
        return NULL;
    out->keys = grown;
    grown[out->n_keys] = (struct setting_key){.action = strdup(action)};
    return grown[out->n_keys].action ? &grown[out->n_keys++] : NULL;
}

// Whether one member of "keys" can be taken at all; what its keys are is for the screen to say.
static bool check_key(const struct reader *reader, const char *action, const json_t *value)
{
    long most = setting_infos[SETTING_ID_KEYS].most;
    char member[NAME_SHOWN + 8];
    struct error err;

    (void)snprintf(member, sizeof member, "keys.%.*s", NAME_SHOWN, action);
    if (strlen(action) > ACTION_LIMIT)
        (void)settings_wrong(&err, reader->path, member, "there is no such action");
    else if (reader->out->n_keys >= SETTINGS_KEYS_MAX)
        (void)settings_wrong(&err, reader->path, member, "these are more than %d actions",
                             SETTINGS_KEYS_MAX);
    else if (!json_is_string(value) || json_string_length(value) > (size_t)most)
        (void)settings_wrong(&err, reader->path, member,
                             "a string of keys parted by spaces is expected, of at most %ld bytes",
                             most);
    else if (!text_is_clean(json_string_value(value), json_string_length(value)))
        (void)settings_wrong(&err, reader->path, member, "it has control characters");
    else
        return true;
    tell(reader->events->wrong, reader, &err);
    return false;
}

static int take_keys(const struct reader *reader, json_t *object)
{
    const char *action;
    json_t *value;

    json_object_foreach (object, action, value) {
        struct setting_key *key;

        if (!check_key(reader, action, value))
            continue;
        key = key_of(reader->out, action);
        if (!key || take_text(&key->keys, json_string_value(value)) < 0)
            return -ENOMEM;
    }
    return 0;
}

// --- the table -------------------------------------------------------------------------------

static int take(const struct reader *reader, enum setting id, json_t *value)
{
    struct settings *out = reader->out;
    int r = 0;

    if (!check(reader, id, value))
        return 0;
    switch (id) {
    case SETTING_ID_THEME:
        r = take_text(&out->theme, json_string_value(value));
        break;
    case SETTING_ID_BANNER:
        r = take_text(&out->banner, json_string_value(value));
        break;
    case SETTING_ID_ASCII:
        out->ascii = json_is_true(value);
        break;
    case SETTING_ID_ESC_MS:
        out->esc_ms = (unsigned)json_integer_value(value);
        break;
    case SETTING_ID_KEYS:
        r = take_keys(reader, value);
        break;
    case SETTING_ID_ENGINE_DOCKER:
        r = take_text(&out->docker, json_string_value(value));
        break;
    case SETTING_ID_ENGINE_RUNTIMES:
        r = take_text(&out->runtimes, json_string_value(value));
        break;
    case SETTING_COUNT:
        return 0;
    }
    if (r == 0)
        out->given |= 1U << id;
    return r;
}

static enum setting find(const char *prefix, const char *name)
{
    size_t length = strlen(prefix);

    for (enum setting id = 0; id < SETTING_COUNT; id++)
        if (strncmp(setting_infos[id].name, prefix, length) == 0 &&
            strcmp(setting_infos[id].name + length, name) == 0)
            return id;
    return SETTING_COUNT;
}

// The member of the same object that `name` may have been meant to be, or NULL.
static const char *nearest(const char *prefix, const char *name)
{
    size_t length = strlen(prefix);
    const char *best_name = NULL;
    unsigned best = NEAR_NOT;

    for (enum setting id = 0; id <= SETTING_COUNT; id++) {
        // "engine" itself is a member of the top, after all others.
        const char *known = id < SETTING_COUNT ? setting_infos[id].name : "engine";
        unsigned far;

        if (strncmp(known, prefix, length) != 0 || strchr(known + length, '.') ||
            (length > 0 && id == SETTING_COUNT))
            continue;
        far = near_distance(name, strlen(name), known + length, strlen(known + length));
        if (far < best) {
            best = far;
            best_name = known;
        }
    }
    return best_name;
}

static void tell_unknown(const struct reader *reader, const char *prefix, const char *name)
{
    const char *near = nearest(prefix, name);
    struct error err;

    (void)error_set(&err, ERROR_USAGE, 0, "%s: there is no member %s%.*s%s", reader->path, prefix,
                    NAME_SHOWN, name, strlen(name) > NAME_SHOWN ? "\xe2\x80\xa6" : "");
    error_path(&err, reader->path);
    if (near)
        error_hint(&err, "%s", near);
    tell(reader->events->unknown, reader, &err);
}

static int take_engine(const struct reader *reader, json_t *engine)
{
    const char *name;
    json_t *value;
    struct error err;
    int r = 0;

    if (reader->flags & SETTINGS_SCREEN_ONLY) {
        (void)settings_wrong(&err, reader->path, "engine", "is not for this file to say");
        error_hint(&err, "it belongs into " SETTINGS_SYSTEM_PATH);
        tell(reader->events->wrong, reader, &err);
        return 0;
    }
    if (!json_is_object(engine)) {
        (void)settings_wrong(&err, reader->path, "engine", "an object is expected, not %s",
                             jsonfile_type(engine));
        tell(reader->events->wrong, reader, &err);
        return 0;
    }
    json_object_foreach (engine, name, value) {
        enum setting id = find("engine.", name);

        if (id == SETTING_COUNT)
            tell_unknown(reader, "engine.", name);
        else if (r == 0)
            r = take(reader, id, value);
    }
    return r;
}

static int take_all(const struct reader *reader, json_t *top)
{
    const char *name;
    json_t *value;
    int r = 0;

    json_object_foreach (top, name, value) {
        enum setting id = strchr(name, '.') ? SETTING_COUNT : find("", name);

        if (strcmp(name, "engine") == 0)
            r = r < 0 ? r : take_engine(reader, value);
        else if (id == SETTING_COUNT)
            tell_unknown(reader, "", name);
        else if (r == 0 && !(reader->flags & SETTINGS_ENGINE_ONLY))
            r = take(reader, id, value);
    }
    return r;
}

int settings_read(struct settings *settings, const char *path, unsigned flags,
                  const struct settings_events *events, struct error *err)
{
    struct reader reader = {.out = settings, .path = path, .flags = flags, .events = events};
    unsigned how = JSONFILE_FOLLOW | (flags & SETTINGS_TRUSTED ? JSONFILE_TRUSTED : 0);
    _cleanup_json_ref_ json_t *top = NULL;
    int r = jsonfile_read(AT_FDCWD, path, path, SETTINGS_LIMIT, how, &top, err);

    if (r != 0)
        return r;
    return take_all(&reader, top) < 0 ? ERROR_OOM(err) : 0;
}

void settings_done(struct settings *settings)
{
    for (size_t i = 0; i < settings->n_keys; i++) {
        free(settings->keys[i].action);
        free(settings->keys[i].keys);
    }
    free(settings->keys);
    free(settings->theme);
    free(settings->banner);
    free(settings->docker);
    free(settings->runtimes);
    *settings = (struct settings){.given = 0};
}

char *settings_user_path(const char *below)
{
    const char *directory = getenv("XDG_CONFIG_HOME"), *home = getenv("HOME");

    if (directory && *directory == '/')
        return text_format("%s/%s", directory, below);
    return home && *home == '/' ? text_format("%s/.config/%s", home, below) : NULL;
}
