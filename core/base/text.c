#include "core/base/text.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "core/base/cleanup.h"

#define REPLACEMENT "\xef\xbf\xbd"
#define ELLIPSIS    "\xe2\x80\xa6"

// Length of the UTF-8 character at `s` and its code point; 0 when it is none (RFC 3629: no
// surrogates, no overlong forms, at most U+10FFFF).
static size_t decode(const unsigned char *s, size_t left, uint32_t *ret)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    size_t n = s[0] < 0x80 ? 1 : s[0] >> 5 == 6 ? 2 : s[0] >> 4 == 14 ? 3 : s[0] >> 3 == 30 ? 4 : 0;
    uint32_t point;

    if (n == 0 || n > left)
        return 0;
    point = n == 1 ? s[0] : s[0] & (0x7fU >> n);
    for (size_t i = 1; i < n; i++) {
        if (s[i] >> 6 != 2)
            return 0;
        point = point << 6 | (s[i] & 0x3fU);
    }
    if (n > 1 && (point < least[n] || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)))
        return 0;
    *ret = point;
    return n;
}

static bool harmless(uint32_t c)
{
    if (c < 0x20 || (c >= 0x7f && c < 0xa0))
        return false;
    // soft hyphen, zero-width and bidirectional marks, line separators, embeddings, isolates,
    // the byte order mark, interlinear annotations, tags
    return c != 0xad && c != 0x61c && !(c >= 0x200b && c <= 0x200f) &&
           !(c >= 0x2028 && c <= 0x202e) && !(c >= 0x2060 && c <= 0x206f) && c != 0xfeff &&
           !(c >= 0xfff9 && c <= 0xfffb) && !(c >= 0xe0000 && c <= 0xe007f);
}

// The next piece of clean text for the bytes at `s`: at most four bytes.
static size_t clean_next(const unsigned char *s, size_t left, const char **piece, size_t *length)
{
    uint32_t point;
    size_t n = decode(s, left, &point);

    if (n > 0 && harmless(point)) {
        *piece = (const char *)s;
        *length = n;
        return n;
    }
    *piece = REPLACEMENT;
    *length = sizeof REPLACEMENT - 1;
    return n > 0 ? n : 1;
}

void text_clean(char *out, size_t size, const char *bytes, size_t length)
{
    const size_t mark = sizeof ELLIPSIS - 1;
    size_t used = 0, fits = 0;

    if (size == 0)
        return;
    for (size_t i = 0; i < length;) {
        const char *piece;
        size_t n;

        i += clean_next((const unsigned char *)bytes + i, length - i, &piece, &n);
        if (used + n >= size) {
            used = fits;
            if (used + mark < size) {
                memcpy(out + used, ELLIPSIS, mark);
                used += mark;
            }
            break;
        }
        memcpy(out + used, piece, n);
        used += n;
        if (used + mark < size)
            fits = used;
    }
    out[used] = '\0';
}

char *text_clean_dup(const char *bytes, size_t length)
{
    char *out;

    if (length > SIZE_MAX / 3 - 1)
        return NULL;
    out = malloc(3 * length + 1);
    if (out)
        text_clean(out, 3 * length + 1, bytes, length);
    return out;
}

bool text_is_clean(const char *bytes, size_t length)
{
    for (size_t i = 0; i < length;) {
        uint32_t point;
        size_t n = decode((const unsigned char *)bytes + i, length - i, &point);

        if (n == 0 || !harmless(point))
            return false;
        i += n;
    }
    return true;
}

bool text_same(const char *a, const char *b)
{
    return a && b && strcmp(a, b) == 0;
}

int text_order(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static const char digits64[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

char *text_base64(const void *bytes, size_t length)
{
    const unsigned char *in = bytes;
    char *out = malloc((length + 2) / 3 * 4 + 1), *o = out;

    if (!out)
        return NULL;
    for (size_t i = 0; i < length; i += 3) {
        size_t left = length - i;
        uint32_t v = (uint32_t)in[i] << 16 | (left > 1 ? (uint32_t)in[i + 1] << 8 : 0) |
                     (left > 2 ? in[i + 2] : 0U);

        *o++ = digits64[v >> 18];
        *o++ = digits64[v >> 12 & 63];
        *o++ = left > 1 ? digits64[v >> 6 & 63] : '=';
        *o++ = left > 2 ? digits64[v & 63] : '=';
    }
    *o = '\0';
    return out;
}

void *text_base64_decode(const char *text, size_t *ret_length)
{
    size_t length = strlen(text), used = 0;
    _cleanup_free_ unsigned char *out = malloc(length / 4 * 3 + 1);
    uint32_t value = 0;

    if (!out || length % 4 != 0)
        return NULL;
    for (size_t i = 0; i < length; i++) {
        const char *digit = text[i] != '=' ? strchr(digits64, text[i]) : NULL;
        size_t padding = text[i] == '=' ? length - i : 0;

        if (!digit && (padding == 0 || padding > 2 || (padding == 2 && text[i + 1] != '=')))
            return NULL;
        value = value << 6 | (digit ? (uint32_t)(digit - digits64) : 0);
        if (i % 4 == 3) {
            size_t keep = text[i] != '=' ? 3 : text[i - 1] != '=' ? 2 : 1;

            for (size_t k = 0; k < keep; k++)
                out[used++] = (unsigned char)(value >> (16 - 8 * k));
            value = 0;
        }
    }
    out[used] = '\0';
    *ret_length = used;
    return TAKE_POINTER(out);
}

char *text_format(const char *format, ...)
{
    va_list arguments;
    char *out = NULL;
    int n;

    va_start(arguments, format);
    n = vasprintf(&out, format, arguments);
    va_end(arguments);
    return n < 0 ? NULL : out;
}

void text_time(char out[TEXT_TIME_SIZE], time_t when)
{
    struct tm tm;

    out[0] = '\0';
    if (gmtime_r(&when, &tm))
        (void)strftime(out, TEXT_TIME_SIZE, "%Y-%m-%dT%H:%M:%SZ", &tm);
}

bool text_to_u64(const char *text, uint64_t *ret)
{
    uint64_t value = 0;

    if (!*text)
        return false;
    for (const char *s = text; *s; s++) {
        if (*s < '0' || *s > '9' || __builtin_mul_overflow(value, 10, &value) ||
            __builtin_add_overflow(value, (uint64_t)(*s - '0'), &value))
            return false;
    }
    *ret = value;
    return true;
}

bool text_to_milliseconds(const char *text, uint64_t *ret)
{
    static const struct {
        const char *unit;
        uint64_t milliseconds;
    } units[] = {{"ms", 1}, {"s", 1000}, {"m", 60000}, {"h", 3600000}, {"d", 86400000}, {"", 1000}};
    size_t length = strspn(text, "0123456789");
    char number[24];
    uint64_t value;

    if (length >= sizeof number)
        return false;
    memcpy(number, text, length);
    number[length] = '\0';
    if (!text_to_u64(number, &value))
        return false;
    for (size_t i = 0; i < ARRAY_SIZE(units); i++)
        if (strcmp(text + length, units[i].unit) == 0) {
            if (__builtin_mul_overflow(value, units[i].milliseconds, &value))
                return false;
            *ret = value;
            return true;
        }
    return false;
}

void text_random_hex(char *out, size_t digits_and_nul)
{
    unsigned char bytes[32] = {0};
    size_t digits = digits_and_nul - 1;

    // getrandom() does not fail for so few bytes once the pool is up (getrandom(2), 256 bytes).
    while (getrandom(bytes, sizeof bytes, 0) < 0 && errno == EINTR)
        ;
    for (size_t i = 0; i < digits; i++)
        out[i] = "0123456789abcdef"[bytes[i / 2 % sizeof bytes] >> (i % 2 * 4) & 15];
    out[digits] = '\0';
}
