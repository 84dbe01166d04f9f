#include "core/wire/message.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"

static struct error err;

static json_t *parse(const char *text)
{
    json_t *value = NULL;

    ck_assert_msg(message_parse(text, strlen(text), &value, &err) == 0, "%s: %s", text,
                  err.message);
    return value;
}

// ---- lines ----

static const struct {
    const char *line;
    size_t length; // 0: all of it
    int sys_errno; // 0: an object
} lines[] = {
    {"{}", 0, 0},
    {" {\"a\": [1, 2.5, null, true, \"\\u00e4\"]} ", 0, 0},
    {"", 0, EBADMSG},
    {"{", 0, EBADMSG},
    {"{\"a\":1,}", 0, EBADMSG},
    {"{\"a\":1} {}", 0, EBADMSG},                 // two on one line
    {"{\"a\":1,\"a\":2}", 0, EBADMSG},            // which of them is meant?
    {"{\"o\":{\"b\":1,\"b\":1}}", 0, EBADMSG},    // also further down
    {"{\"a\":\"\xff\"}", 0, EBADMSG},             // no UTF-8
    {"{\"a\":\"\xc0\xaf\"}", 0, EBADMSG},         // an overlong '/'
    {"{\"a\":\"\\u0000\"}", 0, EBADMSG},          // would end a string early
    {"{\"a\":\"\\ud800\"}", 0, EBADMSG},          // half a pair
    {"{\"a\":1\0}", 8, EBADMSG},                  // a NUL
    {"{\"a\":99999999999999999999}", 0, EBADMSG}, // no int64
    {"[]", 0, EPROTO},
    {"1", 0, EPROTO},
    {"\"hello\"", 0, EPROTO},
    {"null", 0, EPROTO},
};

START_TEST(a_line_is_one_object)
{
    size_t length = lines[_i].length ? lines[_i].length : strlen(lines[_i].line);
    json_t *value = NULL;
    int r = message_parse(lines[_i].line, length, &value, &err);

    if (lines[_i].sys_errno == 0) {
        ck_assert_msg(r == 0 && json_is_object(value), "%s: %s", lines[_i].line, err.message);
        json_decref(value);
        return;
    }
    ck_assert_msg(r < 0 && err.sys_errno == lines[_i].sys_errno, "%s: %d %s", lines[_i].line,
                  err.sys_errno, err.message);
    ck_assert_ptr_null(value);
}
END_TEST

START_TEST(depth_is_bounded)
{
    static char bomb[200 * 1024];
    json_t *value = NULL;

    memset(bomb, '[', sizeof bomb);
    memcpy(bomb, "{\"a\":", 5);
    ck_assert_int_lt(message_parse(bomb, sizeof bomb, &value, &err), 0);
    ck_assert_int_eq(err.sys_errno, EBADMSG);
    for (size_t i = 0; i + 5 <= sizeof bomb; i += 5)
        memcpy(bomb + i, "{\"a\":", 5);
    ck_assert_int_lt(message_parse(bomb, sizeof bomb, &value, &err), 0);
    ck_assert_int_eq(err.sys_errno, EBADMSG);
}
END_TEST

// ---- messages ----

static const struct {
    const char *text;
    int kind; // -1: none
    uint64_t id;
    const char *says;
} messages[] = {
    {"{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"plan\",\"params\":{}}", MESSAGE_REQUEST, 7, NULL},
    {"{\"id\":7,\"method\":\"plan\"}", MESSAGE_REQUEST, 7, NULL},
    {"{\"method\":\"step\",\"params\":{\"a\":1}}", MESSAGE_NOTIFICATION, 0, NULL},
    {"{\"id\":9223372036854775807,\"result\":null}", MESSAGE_RESULT, INT64_MAX, NULL},
    {"{\"id\":7,\"error\":{\"code\":-32000}}", MESSAGE_FAILURE, 7, NULL},
    {"{\"id\":null,\"error\":{\"code\":-32700}}", MESSAGE_FAILURE, 0, NULL},
    {"{\"id\":0,\"method\":\"plan\"}", -1, 0, "whole number from 1"},
    {"{\"id\":-3,\"method\":\"plan\"}", -1, 0, "whole number from 1"},
    {"{\"id\":1.0,\"method\":\"plan\"}", -1, 0, "whole number from 1"},
    {"{\"id\":\"1\",\"method\":\"plan\"}", -1, 0, "whole number from 1"},
    {"{\"id\":null,\"method\":\"plan\"}", -1, 0, "whole number from 1"},
    {"{\"id\":4,\"method\":7}", -1, 4, "message.method: expected a string"},
    {"{\"id\":4,\"method\":\"plan\",\"params\":[]}", -1, 4, "params: expected an object"},
    {"{\"id\":4,\"jsonrpc\":\"1.0\",\"method\":\"plan\"}", -1, 4, "expected \"2.0\""},
    {"{\"id\":4}", -1, 4, "neither a method nor a result nor an error"},
    {"{\"id\":4,\"error\":\"no\"}", -1, 4, "error: expected an object"},
    {"{\"result\":1}", -1, 0, "the id of its request"},
    {"{}", -1, 0, "neither"},
};

START_TEST(messages_are_told_apart)
{
    json_t *object = parse(messages[_i].text);
    struct message message;
    int r = message_read(object, &message, &err);

    ck_assert_uint_eq(message.id, messages[_i].id);
    if (messages[_i].kind < 0) {
        ck_assert_int_lt(r, 0);
        ck_assert_int_eq(err.code, ERROR_USAGE);
        ck_assert_msg(strstr(err.message, messages[_i].says), "%s: %s", messages[_i].text,
                      err.message);
    } else {
        ck_assert_msg(r == 0, "%s: %s", messages[_i].text, err.message);
        ck_assert_int_eq((int)message.kind, messages[_i].kind);
    }
    json_decref(object);
}
END_TEST

START_TEST(a_long_name_of_a_method_is_refused)
{
    char name[80];
    json_t *object;
    struct message message;

    memset(name, 'm', sizeof name - 1);
    name[sizeof name - 1] = '\0';
    object = message_request(1, name, json_object());
    ck_assert_int_lt(message_read(object, &message, &err), 0);
    json_decref(object);
}
END_TEST

START_TEST(what_is_made_is_read)
{
    struct message message;
    json_t *made = message_request(12, "run", json_pack("{s:i}", "a", 1));

    ck_assert_int_eq(message_read(made, &message, &err), 0);
    ck_assert_int_eq((int)message.kind, MESSAGE_REQUEST);
    ck_assert_str_eq(message.method, "run");
    ck_assert_int_eq((int)json_integer_value(json_object_get(message.params, "a")), 1);
    json_decref(made);

    made = message_failure(12,
                           message_error(-32000, "it is busy", json_pack("{s:s}", "code", "busy")));
    ck_assert_int_eq(message_read(made, &message, &err), 0);
    ck_assert_int_eq((int)message.kind, MESSAGE_FAILURE);
    ck_assert_str_eq(json_string_value(json_object_get(message.error, "message")), "it is busy");
    ck_assert(json_is_object(json_object_get(message.error, "data")));
    json_decref(made);

    made = message_failure(0, message_error(-32700, "x", NULL));
    ck_assert(json_is_null(json_object_get(made, "id")));
    json_decref(made);

    // Out of memory somewhere is out of memory.
    ck_assert_ptr_null(message_result(1, NULL));
    ck_assert_ptr_null(message_notification("step", NULL));
}
END_TEST

// ---- members ----

START_TEST(members_say_what_is_wrong_where)
{
    json_t *o = parse("{\"text\":\"web\",\"long\":\"0123456789\",\"n\":5,\"r\":1.5,\"neg\":-1,"
                      "\"yes\":true,\"null\":null,\"list\":[1,2,3],\"o\":{}}");
    const char *text = "unset";
    uint64_t n = 77;
    bool b = false;
    json_t *value = NULL;

#define FAILS(call, text)                                                      \
    do {                                                                       \
        ck_assert_int_lt((call), 0);                                           \
        ck_assert_int_eq(err.code, ERROR_USAGE);                               \
        ck_assert_msg(strstr(err.message, (text)) != NULL, "%s", err.message); \
    } while (0)

    ck_assert_int_eq(member_text(o, "params", "text", MEMBER_REQUIRED, 3, &text, &err), 0);
    ck_assert_str_eq(text, "web");
    FAILS(member_text(o, "params", "long", 0, 9, &text, &err), "params.long: longer than 9");
    FAILS(member_text(o, "params", "n", 0, 9, &text, &err), "params.n: expected a string");
    FAILS(member_text(o, "params.targets[2]", "none", MEMBER_REQUIRED, 9, &text, &err),
          "params.targets[2].none is missing");
    FAILS(member_text(o, "params", "null", MEMBER_REQUIRED, 9, &text, &err), "is missing");
    ck_assert_int_eq(member_text(o, "params", "null", 0, 9, &text, &err), 1);
    ck_assert_int_eq(member_text(o, "params", "none", 0, 9, &text, &err), 1);
    ck_assert_str_eq(text, "web");

    ck_assert_int_eq(member_number(o, "params", "n", 0, 5, 5, &n, &err), 0);
    ck_assert_uint_eq(n, 5);
    FAILS(member_number(o, "params", "n", 0, 6, 9, &n, &err), "5 is not from 6 to 9");
    FAILS(member_number(o, "params", "n", 0, 0, 4, &n, &err), "5 is not from 0 to 4");
    FAILS(member_number(o, "params", "neg", 0, 0, 9, &n, &err), "-1 is not from 0");
    FAILS(member_number(o, "params", "r", 0, 0, 9, &n, &err), "expected a whole number");
    ck_assert_int_eq(member_number(o, "params", "none", 0, 0, 9, &n, &err), 1);
    ck_assert_uint_eq(n, 5);

    ck_assert_int_eq(member_bool(o, "params", "yes", 0, &b, &err), 0);
    ck_assert(b);
    FAILS(member_bool(o, "params", "n", 0, &b, &err), "true or false");
    ck_assert_int_eq(member_array(o, "params", "list", 0, 3, &value, &err), 0);
    FAILS(member_array(o, "params", "list", 0, 2, &value, &err), "3 items, at most 2");
    FAILS(member_array(o, "params", "o", 0, 2, &value, &err), "expected an array");
    ck_assert_int_eq(member_object(o, "params", "o", 0, &value, &err), 0);
    FAILS(member_object(o, "params", "list", 0, &value, &err), "expected an object");
    FAILS(member_object(NULL, "params", "o", MEMBER_REQUIRED, &value, &err), "is missing");
    json_decref(o);
}
END_TEST

static const struct {
    const char *object, *bytes; // bytes NULL: refused, and says:
    const char *says;
} raws[] = {
    {"{\"p\":\"/srv\"}", "/srv", NULL},
    {"{\"p\":\"/s?\",\"p_b64\":\"L3PD\"}", "/s\xc3", NULL}, // only the bytes come back
    {"{\"p_b64\":\"L3PD\"}", "/s\xc3", NULL},
    {"{\"p\":\"\"}", "", NULL},
    {"{\"p\":\"/0123456789\"}", NULL, "longer than 10 bytes"},
    {"{\"p_b64\":\"LzAxMjM0NTY3ODk=\"}", NULL, "longer than 10 bytes"},
    {"{\"p_b64\":\"L3P\"}", NULL, "base64"},
    {"{\"p_b64\":\"L3$D\"}", NULL, "base64"},
    {"{\"p_b64\":\"L3MA\"}", NULL, "NUL"},
    {"{\"p_b64\":5,\"p\":\"/srv\"}", NULL, "expected a string"},
    {"{}", NULL, "is missing"},
};

START_TEST(raw_bytes_come_from_base64)
{
    json_t *object = parse(raws[_i].object);
    char *bytes = NULL;
    int r = member_raw(object, "params", "p", MEMBER_REQUIRED, 10, &bytes, &err);

    if (raws[_i].bytes) {
        ck_assert_msg(r == 0, "%s: %s", raws[_i].object, err.message);
        ck_assert_str_eq(bytes, raws[_i].bytes);
    } else {
        ck_assert_int_lt(r, 0);
        ck_assert_ptr_null(bytes);
        ck_assert_msg(strstr(err.message, raws[_i].says), "%s", err.message);
    }
    free(bytes);
    json_decref(object);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, a_line_is_one_object, 0, (int)ARRAY_SIZE(lines));
    tcase_add_test(tcase, depth_is_bounded);
    tcase_add_loop_test(tcase, messages_are_told_apart, 0, (int)ARRAY_SIZE(messages));
    tcase_add_test(tcase, a_long_name_of_a_method_is_refused);
    tcase_add_test(tcase, what_is_made_is_read);
    tcase_add_test(tcase, members_say_what_is_wrong_where);
    tcase_add_loop_test(tcase, raw_bytes_come_from_base64, 0, (int)ARRAY_SIZE(raws));
}

int main(void)
{
    return run_suite("message", add);
}
