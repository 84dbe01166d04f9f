#include "core/wire/message.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"

#define METHOD_LIMIT 64 // bytes of a method's name

int message_parse(const char *line, size_t length, json_t **ret, struct error *err)
{
    json_error_t what;
    json_t *value;

    if (memchr(line, '\0', length)) // jansson reads over it
        return error_set(err, ERROR_USAGE, EBADMSG, "a line is no JSON: it has a NUL in it");
    value = json_loadb(line, length, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &what);
    if (!value)
        return error_set(err, ERROR_USAGE, EBADMSG, "a line is no JSON: %.150s (byte %d)",
                         what.text, what.position);
    if (!json_is_object(value)) {
        json_decref(value);
        return error_set(err, ERROR_USAGE, EPROTO, "a line is no JSON object");
    }
    *ret = value;
    return 0;
}

// ---- making ----

static json_t *id_value(uint64_t id)
{
    return id ? json_integer((json_int_t)id) : json_null();
}

json_t *message_request(uint64_t id, const char *method, json_t *params)
{
    return json_pack("{s:s, s:o, s:s, s:o}", "jsonrpc", "2.0", "id", id_value(id), "method", method,
                     "params", params);
}

json_t *message_notification(const char *method, json_t *params)
{
    return json_pack("{s:s, s:s, s:o}", "jsonrpc", "2.0", "method", method, "params", params);
}

json_t *message_result(uint64_t id, json_t *result)
{
    return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id_value(id), "result", result);
}

json_t *message_failure(uint64_t id, json_t *error)
{
    return json_pack("{s:s, s:o, s:o}", "jsonrpc", "2.0", "id", id_value(id), "error", error);
}

json_t *message_error(int code, const char *message, json_t *data)
{
    json_t *error = json_pack("{s:i, s:s}", "code", code, "message", message);

    if (!data)
        return error;
    if (!error) {
        json_decref(data);
        return NULL;
    }
    if (json_object_set_new(error, "data", data) == 0)
        return error;
    json_decref(error);
    return NULL;
}

// ---- telling apart ----

static int bad(struct error *err, const char *where, const char *key, const char *expected)
{
    return error_set(err, ERROR_USAGE, EINVAL, "%s.%s: %s", where, key, expected);
}

static int read_call(const json_t *message, struct message *ret, struct error *err)
{
    int r =
        member_text(message, "message", "method", MEMBER_REQUIRED, METHOD_LIMIT, &ret->method, err);

    if (r == 0)
        r = member_object(message, "message", "params", 0, &ret->params, err);
    if (r < 0)
        return r;
    ret->kind = ret->id ? MESSAGE_REQUEST : MESSAGE_NOTIFICATION;
    return 0;
}

static int read_answer(const json_t *message, struct message *ret, struct error *err)
{
    int r;

    ret->result = json_object_get(message, "result");
    if (ret->result) {
        ret->kind = MESSAGE_RESULT;
        return ret->id ? 0 : bad(err, "message", "id", "a result has the id of its request");
    }
    ret->kind = MESSAGE_FAILURE;
    r = member_object(message, "message", "error", 0, &ret->error, err);
    if (r == 1)
        return error_set(err, ERROR_USAGE, EINVAL,
                         "a message has neither a method nor a result nor an error");
    return r;
}

int message_read(const json_t *message, struct message *ret, struct error *err)
{
    json_t *id = json_object_get(message, "id");
    const char *version = NULL;
    int r;

    *ret = (struct message){.id = 0};
    if (json_is_integer(id) && json_integer_value(id) > 0)
        ret->id = (uint64_t)json_integer_value(id);
    else if (id && !json_is_null(id))
        return bad(err, "message", "id", "expected a whole number from 1");
    r = member_text(message, "message", "jsonrpc", 0, 8, &version, err);
    if (r < 0)
        return r;
    if (version && strcmp(version, "2.0") != 0)
        return bad(err, "message", "jsonrpc", "expected \"2.0\"");
    if (!json_object_get(message, "method"))
        return read_answer(message, ret, err);
    if (id && ret->id == 0)
        return bad(err, "message", "id", "expected a whole number from 1");
    return read_call(message, ret, err);
}

// ---- members ----

// 1 when it is absent and may be, 0 when it is there.
static int get(const json_t *object, const char *where, const char *key, unsigned flags,
               const char *expected, json_t **ret, struct error *err)
{
    json_t *value = json_object_get(object, key);

    if (!value || json_is_null(value)) {
        if (!(flags & MEMBER_REQUIRED))
            return 1;
        return error_set(err, ERROR_USAGE, EINVAL, "%s.%s is missing: %s", where, key, expected);
    }
    *ret = value;
    return 0;
}

int member_text(const json_t *object, const char *where, const char *key, unsigned flags,
                size_t limit, const char **ret, struct error *err)
{
    json_t *value = NULL;
    int r = get(object, where, key, flags, "expected a string", &value, err);

    if (r != 0)
        return r;
    if (!json_is_string(value))
        return bad(err, where, key, "expected a string");
    if (json_string_length(value) > limit)
        return error_set(err, ERROR_USAGE, ENAMETOOLONG, "%s.%s: longer than %zu bytes", where, key,
                         limit);
    *ret = json_string_value(value);
    return 0;
}

int member_number(const json_t *object, const char *where, const char *key, unsigned flags,
                  uint64_t least, uint64_t most, uint64_t *ret, struct error *err)
{
    json_t *value = NULL;
    int r = get(object, where, key, flags, "expected a whole number", &value, err);

    if (r != 0)
        return r;
    if (!json_is_integer(value))
        return bad(err, where, key, "expected a whole number");
    if (json_integer_value(value) < 0 || (uint64_t)json_integer_value(value) < least ||
        (uint64_t)json_integer_value(value) > most)
        return error_set(err, ERROR_USAGE, ERANGE, "%s.%s: %lld is not from %llu to %llu", where,
                         key, (long long)json_integer_value(value), (unsigned long long)least,
                         (unsigned long long)most);
    *ret = (uint64_t)json_integer_value(value);
    return 0;
}

int member_bool(const json_t *object, const char *where, const char *key, unsigned flags, bool *ret,
                struct error *err)
{
    json_t *value = NULL;
    int r = get(object, where, key, flags, "expected true or false", &value, err);

    if (r != 0)
        return r;
    if (!json_is_boolean(value))
        return bad(err, where, key, "expected true or false");
    *ret = json_is_true(value);
    return 0;
}

int member_array(const json_t *object, const char *where, const char *key, unsigned flags,
                 size_t most, json_t **ret, struct error *err)
{
    json_t *value = NULL;
    int r = get(object, where, key, flags, "expected an array", &value, err);

    if (r != 0)
        return r;
    if (!json_is_array(value))
        return bad(err, where, key, "expected an array");
    if (json_array_size(value) > most)
        return error_set(err, ERROR_USAGE, E2BIG, "%s.%s: %zu items, at most %zu are taken", where,
                         key, json_array_size(value), most);
    *ret = value;
    return 0;
}

int member_object(const json_t *object, const char *where, const char *key, unsigned flags,
                  json_t **ret, struct error *err)
{
    json_t *value = NULL;
    int r = get(object, where, key, flags, "expected an object", &value, err);

    if (r != 0)
        return r;
    if (!json_is_object(value))
        return bad(err, where, key, "expected an object");
    *ret = value;
    return 0;
}

static int decode(const char *where, const char *key, const char *base64, size_t limit, char **ret,
                  struct error *err)
{
    _cleanup_free_ char *bytes = NULL;
    size_t length;

    bytes = text_base64_decode(base64, &length);
    if (!bytes)
        return bad(err, where, key, "expected base64");
    if (length > limit)
        return error_set(err, ERROR_USAGE, ENAMETOOLONG, "%s.%s: longer than %zu bytes", where, key,
                         limit);
    if (memchr(bytes, '\0', length))
        return bad(err, where, key, "has a NUL in it");
    *ret = strndup(bytes, length);
    return *ret ? 0 : ERROR_OOM(err);
}

int member_raw(const json_t *object, const char *where, const char *key, unsigned flags,
               size_t limit, char **ret, struct error *err)
{
    const char *text = NULL;
    char key64[64];
    int r;

    (void)snprintf(key64, sizeof key64, "%s_b64", key);
    r = member_text(object, where, key64, 0, (limit + 2) / 3 * 4, &text, err);
    if (r < 0)
        return r;
    if (r == 0)
        return decode(where, key64, text, limit, ret, err);
    r = member_text(object, where, key, flags, limit, &text, err);
    if (r != 0)
        return r;
    *ret = strdup(text);
    return *ret ? 0 : ERROR_OOM(err);
}
