#include "tui/model/decode.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

#define CUT "\xe2\x80\xa6" // the rest of a list that is too long

static int bad(struct error *err, const char *key, const char *expected)
{
    return error_set(err, ERROR_FAILED, EPROTO, "the engine sent a wrong message: %s is no %s", key,
                     expected);
}

static bool absent(const json_t *value)
{
    return !value || json_is_null(value);
}

// How long it is was chosen by whoever named it, and must not hide a whole list.
static char *clean_text(const char *text, size_t length)
{
    char *cut;

    if (length <= DECODE_TEXT_LIMIT)
        return text_clean_dup(text, length);
    cut = malloc(DECODE_TEXT_LIMIT + 1);
    if (cut)
        text_clean(cut, DECODE_TEXT_LIMIT + 1, text, length);
    return cut;
}

int decode_text(const json_t *object, const char *key, char **ret, struct error *err)
{
    const json_t *value = json_object_get(object, key);

    *ret = NULL;
    if (absent(value))
        return 0;
    if (!json_is_string(value))
        return bad(err, key, "text");
    *ret = clean_text(json_string_value(value), json_string_length(value));
    return *ret ? 0 : ERROR_OOM(err);
}

int decode_need_text(const json_t *object, const char *key, char **ret, struct error *err)
{
    int r = decode_text(object, key, ret, err);

    return r == 0 && !*ret ? bad(err, key, "text") : r;
}

void raw_text_done(struct raw_text *raw)
{
    free(raw->text);
    free(raw->bytes);
    *raw = (struct raw_text){0};
}

int decode_raw(const json_t *object, const char *key, struct raw_text *ret, struct error *err)
{
    char name[64];
    const json_t *coded;
    size_t length;
    int r;

    *ret = (struct raw_text){0};
    (void)snprintf(name, sizeof name, "%s_b64", key);
    coded = json_object_get(object, name);
    if (absent(coded)) {
        const json_t *plain = json_object_get(object, key);

        // What is shown is cut: what goes back is not.
        if (json_string_length(plain) > DECODE_TEXT_LIMIT) {
            ret->bytes = strdup(json_string_value(plain));
            if (!ret->bytes)
                return ERROR_OOM(err);
        }
    } else {
        if (!json_is_string(coded))
            return bad(err, name, "base64");
        ret->bytes = text_base64_decode(json_string_value(coded), &length);
        if (!ret->bytes || strlen(ret->bytes) != length)
            r = bad(err, name, "base64 without NUL");
        else
            r = 0;
        if (r < 0) {
            raw_text_done(ret);
            return r;
        }
    }
    r = decode_text(object, key, &ret->text, err);
    if (r < 0)
        raw_text_done(ret);
    return r;
}

int raw_text_set(json_t *object, const char *key, const struct raw_text *raw)
{
    char name[64];
    _cleanup_free_ char *coded = NULL;

    if (json_object_set_new(object, key, json_string(raw->text)) < 0)
        return -1;
    if (!raw->bytes)
        return 0;
    coded = text_base64(raw->bytes, strlen(raw->bytes));
    (void)snprintf(name, sizeof name, "%s_b64", key);
    return coded ? json_object_set_new(object, name, json_string(coded)) : -1;
}

int decode_number(const json_t *object, const char *key, int64_t otherwise, int64_t *ret,
                  struct error *err)
{
    const json_t *value = json_object_get(object, key);

    *ret = otherwise;
    if (absent(value))
        return 0;
    if (!json_is_integer(value))
        return bad(err, key, "whole number");
    *ret = json_integer_value(value);
    return 0;
}

int decode_bool(const json_t *object, const char *key, bool otherwise, bool *ret, struct error *err)
{
    const json_t *value = json_object_get(object, key);

    *ret = otherwise;
    if (absent(value))
        return 0;
    if (!json_is_boolean(value))
        return bad(err, key, "true or false");
    *ret = json_boolean_value(value);
    return 0;
}

int decode_time(const json_t *object, const char *key, time_t *ret, struct error *err)
{
    const json_t *value = json_object_get(object, key);
    const char *end;
    struct tm tm = {0};

    *ret = 0;
    if (absent(value))
        return 0;
    end =
        json_is_string(value) ? strptime(json_string_value(value), "%Y-%m-%dT%H:%M:%S", &tm) : NULL;
    if (!end)
        return bad(err, key, "time");
    *ret = timegm(&tm);
    return 0;
}

int decode_joined(const json_t *object, const char *key, char **ret, struct error *err)
{
    const json_t *array;
    const json_t *item;
    char buffer[DECODE_TEXT_LIMIT] = "";
    size_t used = 0;
    size_t i;
    int r = decode_array(object, key, &array, err);

    *ret = NULL;
    if (r < 0 || !array)
        return r;
    json_array_foreach ((json_t *)(uintptr_t)array, i, item) {
        if (!json_is_string(item))
            return bad(err, key, "list of texts");
        if (used + json_string_length(item) + sizeof CUT + 2 > sizeof buffer) {
            // Whoever mounts chooses how long they are, and must not hide a whole list by it.
            used += (size_t)sprintf(buffer + used, "%s" CUT, used ? "," : "");
            break;
        }
        used += (size_t)sprintf(buffer + used, "%s%s", used ? "," : "", json_string_value(item));
    }
    *ret = text_clean_dup(buffer, used);
    return *ret ? 0 : ERROR_OOM(err);
}

int decode_array(const json_t *object, const char *key, const json_t **ret, struct error *err)
{
    const json_t *value = json_object_get(object, key);

    *ret = NULL;
    if (absent(value))
        return 0;
    if (!json_is_array(value))
        return bad(err, key, "list");
    *ret = value;
    return 0;
}

static enum error_code code_by_name(const char *name)
{
#define X(code, text, status)    \
    if (strcmp(name, text) == 0) \
        return code;
    ERROR_CODES(X)
#undef X
    return ERROR_FAILED;
}

static void copy_text(const json_t *object, const char *key, char *out, size_t size)
{
    const json_t *value = json_object_get(object, key);

    if (json_is_string(value))
        text_clean(out, size, json_string_value(value), json_string_length(value));
}

void decode_error(const json_t *object, struct error *ret)
{
    char code[64] = "";

    copy_text(object, "code", code, sizeof code);
    *ret = (struct error){.code = code_by_name(code)};
    if (ret->code == ERROR_NONE)
        ret->code = ERROR_FAILED;
    copy_text(object, "stage", ret->stage, sizeof ret->stage);
    copy_text(object, "path", ret->path, sizeof ret->path);
    copy_text(object, "message", ret->message, sizeof ret->message);
    copy_text(object, "hint", ret->hint, sizeof ret->hint);
    if (ret->message[0] == '\0')
        (void)snprintf(ret->message, sizeof ret->message, "the engine gave no reason");
}
