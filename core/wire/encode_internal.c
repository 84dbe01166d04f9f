#include "core/wire/encode_internal.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/cleanup.h"
#include "core/base/secret.h"
#include "core/base/text.h"

json_t *encode_text(const char *text)
{
    return text && *text ? json_string(text) : json_null();
}

json_t *encode_number(uint64_t number)
{
    return number ? json_integer((json_int_t)(number <= INT64_MAX ? number : INT64_MAX))
                  : json_null();
}

json_t *encode_time(time_t when)
{
    char text[TEXT_TIME_SIZE];

    if (when == 0)
        return json_null();
    text_time(text, when);
    return encode_text(text);
}

json_t *encode_texts(char *const *texts)
{
    json_t *array = json_array();

    for (; array && texts && *texts; texts++)
        if (json_array_append_new(array, json_string(*texts)) < 0)
            return encode_done(array, -1);
    return array;
}

json_t *encode_major_minor(dev_t device)
{
    char text[32];

    (void)snprintf(text, sizeof text, "%u:%u", major(device), minor(device));
    return json_string(text);
}

// One option ends at a comma that is not between double quotes (context="…,…").
static size_t option_length(const char *options)
{
    bool quoted = false;
    size_t i;

    for (i = 0; options[i] && (quoted || options[i] != ','); i++)
        quoted ^= options[i] == '"';
    return i;
}

static bool contains(const json_t *array, const char *text)
{
    size_t i;
    json_t *value;

    json_array_foreach (array, i, value)
        if (strcmp(json_string_value(value), text) == 0)
            return true;
    return false;
}

static int add_options(json_t *array, const char *raw, bool of_filesystem)
{
    _cleanup_free_ char *options = secret_hide_options(raw);
    size_t length;

    if (!options)
        return -1;
    for (const char *s = options; *s; s += length + (s[length] == ',')) {
        _cleanup_free_ char *option = NULL;

        length = option_length(s);
        option = text_clean_dup(s, length);
        if (!option)
            return -1;
        // Whether it can be written is the mount's to say; read_only tells of both.
        if (!*option || contains(array, option) ||
            (of_filesystem && (strcmp(option, "rw") == 0 || strcmp(option, "ro") == 0)))
            continue;
        if (json_array_append_new(array, json_string(option)) < 0)
            return -1;
    }
    return 0;
}

json_t *encode_options(const char *mount, const char *filesystem)
{
    json_t *array = json_array();
    int failed = array ? 0 : -1;

    if (!failed && mount)
        failed = add_options(array, mount, false);
    if (!failed && filesystem)
        failed = add_options(array, filesystem, true);
    return encode_done(array, failed);
}

int encode_raw(json_t *object, const char *key, const char *bytes)
{
    _cleanup_free_ char *clean = NULL, *base64 = NULL;
    char key64[64];
    size_t length;

    if (!bytes)
        return json_object_set_new(object, key, json_null());
    length = strlen(bytes);
    clean = text_clean_dup(bytes, length);
    if (!clean || json_object_set_new(object, key, json_string(clean)) < 0)
        return -1;
    if (text_is_clean(bytes, length))
        return 0;
    (void)snprintf(key64, sizeof key64, "%s_b64", key);
    base64 = text_base64(bytes, length);
    return base64 ? json_object_set_new(object, key64, json_string(base64)) : -1;
}

json_t *encode_done(json_t *object, int failed)
{
    if (!failed)
        return object;
    json_decref(object);
    return NULL;
}
