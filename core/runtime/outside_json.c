#include "core/runtime/outside_json.h"

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

json_t *outside_json_load(const char *text, size_t length, const char *what, struct error *err)
{
    json_error_t error;
    json_t *json =
        json_loadb(text ? text : "", length, JSON_REJECT_DUPLICATES | JSON_ALLOW_NUL, &error);

    if (!json)
        (void)error_set(err, ERROR_FAILED, EPROTO, "%s is no JSON: %s (byte %d of %zu)", what,
                        error.text, error.position, length);
    return json;
}

char *outside_json_text(const json_t *object, const char *key, int *ret_r)
{
    const json_t *string = json_object_get(object, key);
    char *text;

    if (!json_is_string(string) || json_string_length(string) == 0)
        return NULL;
    text = text_clean_dup(json_string_value(string), json_string_length(string));
    if (!text)
        *ret_r = -ENOMEM;
    return text;
}

int outside_json_directory(const json_t *object, const char *key, char **where)
{
    const json_t *string = json_object_get(object, key);
    const char *path = json_string_value(string);
    char *copy;

    if (!path || strlen(path) != json_string_length(string) || strlen(path) >= PATH_MAX ||
        (*path && *path != '/'))
        return 0;
    copy = strdup(*path ? path : "/");
    outside_json_replace(where, copy);
    return copy ? 0 : -ENOMEM;
}

void outside_json_replace(char **where, char *text)
{
    if (text) {
        free(*where);
        *where = text;
    }
}
