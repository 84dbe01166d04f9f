#include "core/base/text.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/error.h"
#include "tests/unit/runner.h"

#define R "\xef\xbf\xbd"

static const struct {
    const char *in, *out;
} clean[] = {
    {"", ""},
    {"plain", "plain"},
    {"caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x90\xb3", "caf\xc3\xa9 \xe2\x9c\x93 \xf0\x9f\x90\xb3"},
    {"a\nb\tc", "a" R "b" R "c"},
    {"\x1b]52;c;AAAA\x07", R "]52;c;AAAA" R},
    {"\x7f", R},
    {"\xc2\x9b"
     "31m",
     R "31m"}, // C1 as UTF-8
    {"\x9b"
     "31m",
     R "31m"}, // C1 as a byte
    {"\xe2\x80\xae"
     "abc",
     R "abc"},                     // right-to-left override
    {"\xe2\x81\xa6x", R "x"},      // isolate
    {"\xef\xbb\xbfx", R "x"},      // byte order mark
    {"\xf3\xa0\x81\x81", R},       // tag letter
    {"\xc0\xaf", R R},             // overlong
    {"\xed\xa0\x80", R R R},       // surrogate
    {"\xf4\x90\x80\x80", R R R R}, // beyond U+10FFFF
    {"ab\xe2\x82", "ab" R R},      // cut off
    {"\xff\xfe", R R},
};

START_TEST(clean_rows)
{
    char out[256];
    _cleanup_free_ char *fresh = text_clean_dup(clean[_i].in, strlen(clean[_i].in));

    text_clean(out, sizeof out, clean[_i].in, strlen(clean[_i].in));
    ck_assert_str_eq(out, clean[_i].out);
    ck_assert_str_eq(fresh, clean[_i].out);
    ck_assert_int_eq(text_is_clean(clean[_i].in, strlen(clean[_i].in)),
                     strcmp(clean[_i].in, clean[_i].out) == 0);
}
END_TEST

START_TEST(clean_cuts_at_characters)
{
    char out[12];

    for (size_t size = 1; size <= sizeof out; size++) {
        memset(out, 'X', sizeof out);
        text_clean(out, size, "\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9\xc3\xa9", 14);
        ck_assert_uint_lt(strlen(out), size);
        ck_assert(text_is_clean(out, strlen(out)));
        if (size >= 5)
            ck_assert_str_eq(out + strlen(out) - 3, "\xe2\x80\xa6");
    }
    text_clean(out, 6, "12345", 5);
    ck_assert_str_eq(out, "12345");
    text_clean(out, 6, "123456", 6);
    ck_assert_str_eq(out, "12\xe2\x80\xa6");
}
END_TEST

START_TEST(base64_round_trip)
{
    _cleanup_free_ char *padded = text_base64("foob", 4);
    unsigned char bytes[64];

    for (size_t i = 0; i < sizeof bytes; i++)
        bytes[i] = (unsigned char)(i * 37 + 200);
    for (size_t length = 0; length <= sizeof bytes; length++) {
        size_t back = 999;
        _cleanup_free_ char *text = text_base64(bytes, length);
        _cleanup_free_ unsigned char *decoded = text_base64_decode(text, &back);

        ck_assert_uint_eq(strlen(text), (length + 2) / 3 * 4);
        ck_assert_uint_eq(back, length);
        ck_assert(memcmp(bytes, decoded, length) == 0);
    }
    ck_assert_str_eq(padded, "Zm9vYg==");
}
END_TEST

static const char *const not_base64[] = {
    "A", "AAA", "AA=A", "A===", "AA*A", "====", "AAAA=", "Zm9\n"};

START_TEST(base64_rejects)
{
    size_t length;

    ck_assert_ptr_null(text_base64_decode(not_base64[_i], &length));
}
END_TEST

static const struct {
    const char *in;
    bool good;
    uint64_t value;
} durations[] = {
    {"10s", true, 10000},
    {"2h", true, 7200000},
    {"250ms", true, 250},
    {"3", true, 3000},
    {"1d", true, 86400000},
    {"5m", true, 300000},
    {"0", true, 0},
    {"", false, 0},
    {"s", false, 0},
    {"-1s", false, 0},
    {"1 s", false, 0},
    {"1w", false, 0},
    {"99999999999999999999s", false, 0},
    {"18446744073709551615d", false, 0},
    {"1.5s", false, 0},
};

START_TEST(durations_are_read)
{
    uint64_t value = 4711;

    ck_assert_int_eq(text_to_milliseconds(durations[_i].in, &value), durations[_i].good);
    ck_assert_uint_eq(value, durations[_i].good ? durations[_i].value : 4711);
}
END_TEST

START_TEST(numbers_are_read)
{
    uint64_t value = 1;

    ck_assert(text_to_u64("18446744073709551615", &value));
    ck_assert_uint_eq(value, UINT64_MAX);
    ck_assert(!text_to_u64("18446744073709551616", &value));
    ck_assert(!text_to_u64("+1", &value));
    ck_assert(!text_to_u64("0x10", &value));
    ck_assert(!text_to_u64("", &value));
    ck_assert_uint_eq(value, UINT64_MAX);
}
END_TEST

START_TEST(times_are_rfc3339)
{
    char out[TEXT_TIME_SIZE];

    text_time(out, 1795300714);
    ck_assert_str_eq(out, "2026-11-21T22:38:34Z");
}
END_TEST

START_TEST(random_differs)
{
    char a[17], b[17];

    text_random_hex(a, sizeof a);
    text_random_hex(b, sizeof b);
    ck_assert_uint_eq(strspn(a, "0123456789abcdef"), 16);
    ck_assert_str_ne(a, b);
}
END_TEST

// What a hint names can be pasted, whatever it is called.
START_TEST(a_hint_quotes_its_words)
{
    struct error err = {.code = ERROR_NONE};
    char longest[400] = "";

    error_hint_words(&err, "davit attach --ro %s %s:%s", "/srv/it's", "web", "/mnt/my data");
    ck_assert_str_eq(err.hint, "davit attach --ro '/srv/it'\\''s' web:'/mnt/my data'");
    error_hint_words(&err, "100%% of %s, %s", "", "a\033b");
    ck_assert_str_eq(err.hint, "100% of '', $'a\\033b'");
    memset(longest, '\'', sizeof err.hint - 1);
    error_hint_words(&err, "%s%s", longest, longest);
    ck_assert_uint_eq(strlen(err.hint), sizeof err.hint - 1);
    memset(longest, 'x', sizeof longest - 1);
    error_hint_words(&err, "rm %s", longest);
    ck_assert_str_eq(err.hint, "rm …");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, clean_rows, 0, ARRAY_SIZE(clean));
    tcase_add_test(tcase, clean_cuts_at_characters);
    tcase_add_test(tcase, base64_round_trip);
    tcase_add_loop_test(tcase, base64_rejects, 0, ARRAY_SIZE(not_base64));
    tcase_add_loop_test(tcase, durations_are_read, 0, ARRAY_SIZE(durations));
    tcase_add_test(tcase, numbers_are_read);
    tcase_add_test(tcase, times_are_rfc3339);
    tcase_add_test(tcase, random_differs);
    tcase_add_test(tcase, a_hint_quotes_its_words);
}

int main(void)
{
    return run_suite("text", add);
}
