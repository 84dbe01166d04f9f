#include "core/engine/journal_reader.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "core/base/text.h"
#include "core/engine/journal.h"

#define NAME_LIMIT     1024           // bytes of a container's id or name, of options
#define RAW_PATH_LIMIT (4 * PATH_MAX) // the kernel's own tables may show more than PATH_MAX

void *reader_bad(struct reader *r)
{
    if (r->failed == 0)
        r->failed = -EBADMSG;
    return NULL;
}

const json_t *reader_member(struct reader *r, const char *key, enum presence presence)
{
    const json_t *value = json_object_get(r->object, key);

    if (!value && presence == REQUIRED)
        return reader_bad(r);
    return value;
}

const char *reader_string(struct reader *r, const char *key, size_t limit, enum presence presence)
{
    const json_t *value = reader_member(r, key, presence);

    if (!value)
        return NULL;
    if (!json_is_string(value) || json_string_length(value) > limit)
        return reader_bad(r);
    return json_string_value(value);
}

char *reader_text(struct reader *r, const char *key, enum presence presence)
{
    const char *text = reader_string(r, key, NAME_LIMIT, presence);
    char *clean;

    if (!text)
        return NULL;
    clean = text_clean_dup(text, strlen(text));
    if (!clean)
        r->failed = -ENOMEM;
    return clean;
}

void reader_fixed(struct reader *r, const char *key, char *out, size_t size, enum presence presence)
{
    const char *text = reader_string(r, key, JOURNAL_LINE_LIMIT, presence);

    if (text)
        text_clean(out, size, text, strlen(text));
}

char *reader_path(struct reader *r, const char *key, enum presence presence)
{
    char key64[48];
    const char *text = reader_string(r, key, RAW_PATH_LIMIT, presence), *encoded;
    char *path;
    size_t length;

    (void)snprintf(key64, sizeof key64, "%s_b64", key);
    encoded = reader_string(r, key64, RAW_PATH_LIMIT / 3 * 4 + 4, OPTIONAL);
    if (!text)
        return encoded ? reader_bad(r) : NULL;
    if (!encoded) {
        path = strdup(text);
        if (!path)
            r->failed = -ENOMEM;
        return path;
    }
    path = text_base64_decode(encoded, &length);
    if (!path || length == 0 || memchr(path, '\0', length)) {
        free(path);
        return reader_bad(r);
    }
    return path;
}

char *reader_absolute(struct reader *r, const char *key, enum presence presence)
{
    char *path = reader_path(r, key, presence);

    if (path && path[0] != '/')
        (void)reader_bad(r);
    return path;
}

char *reader_component(struct reader *r, const char *key, enum presence presence)
{
    char *name = reader_path(r, key, presence);

    if (name && (!*name || strchr(name, '/') || strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
                 strlen(name) > NAME_MAX))
        (void)reader_bad(r);
    return name;
}

dev_t reader_device(struct reader *r, const char *key)
{
    const char *text = reader_string(r, key, 32, REQUIRED);
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
        (void)reader_bad(r);
        return 0;
    }
    return makedev((unsigned)major_number, (unsigned)minor_number);
}

int64_t reader_integer(struct reader *r, const char *key, int64_t least, int64_t most,
                       enum presence presence)
{
    const json_t *value = reader_member(r, key, presence);
    int64_t number;

    if (!value)
        return 0;
    number = json_integer_value(value);
    if (!json_is_integer(value) || number < least || number > most) {
        (void)reader_bad(r);
        return 0;
    }
    return number;
}

uint64_t reader_u64(struct reader *r, const char *key, enum presence presence)
{
    const json_t *value = reader_member(r, key, presence);
    uint64_t number = 0;

    if (json_is_string(value)) {
        if (!text_to_u64(json_string_value(value), &number))
            (void)reader_bad(r);
        return number;
    }
    return (uint64_t)reader_integer(r, key, 0, INT64_MAX, presence);
}
