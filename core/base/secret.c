#include "core/base/secret.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/base/cleanup.h"

// ---- URLs ----

// Where a URL's authority may begin: behind "://", or behind "//" or "\\" at the very beginning.
static const char *next_authority(const char *text, const char *from, const char *end)
{
    for (const char *s = from; end - s >= 2; s++)
        if ((s[0] == '/' && s[1] == '/' && (s == text || s[-1] == ':')) ||
            (s == text && s[0] == '\\' && s[1] == '\\'))
            return s + 2;
    return NULL;
}

static const char *last_at(const char *from, const char *end)
{
    return memrchr(from, '@', (size_t)(end - from));
}

static bool is_number(const char *from, const char *end)
{
    while (from < end && isdigit((unsigned char)*from))
        from++;
    return from == end;
}

static size_t span_without(const char *from, const char *end, const char *stops)
{
    size_t n = 0;

    while (from + n < end && !strchr(stops, from[n]))
        n++;
    return n;
}

// From behind the mark of the user information up to the '@'.
static bool in_userinfo(const char *from, const char *at, const char *marks, struct secret *ret)
{
    const char *mark = from + span_without(from, at, marks);

    if (mark + 1 >= at)
        return false;
    *ret = (struct secret){mark + 1, (size_t)(at - mark - 1)};
    return true;
}

static bool in_authority(const char *from, const char *end, const char *marks, struct secret *ret)
{
    const char *stop = from + span_without(from, end, "/\\?#"), *at = last_at(from, stop);
    const char *colon = at ? NULL : memchr(from, ':', (size_t)(stop - from));

    if (at)
        return in_userinfo(from, at, marks, ret);
    // No port: a password with one of these characters in it, which should have been encoded.
    if (!colon || *from == '[' || is_number(colon + 1, stop))
        return false;
    at = last_at(stop, end);
    return at && in_userinfo(from, at, marks, ret);
}

static bool in_url(const char *text, const char *end, struct secret *ret)
{
    struct secret one;
    bool found = false;

    for (const char *s = text; (s = next_authority(text, s, end));) {
        // SMB's own way has it behind a '%'; in any other URL that is an encoded character.
        bool unc = s == text + 2;

        if (!in_authority(s, end, unc ? ":%" : ":", &one))
            continue;
        if (!found)
            *ret = one;
        ret->length = (size_t)(one.at + one.length - ret->at);
        found = true;
        s = one.at + one.length;
    }
    return found;
}

bool secret_in_url(const char *text, struct secret *ret)
{
    return in_url(text, text + strlen(text), ret);
}

bool secret_in_spec(const char *spec, struct secret *ret)
{
    const char *end = spec + strlen(spec), *at;

    if (secret_in_url(spec, ret))
        return true;
    if (*spec == '/' || *spec == '.' || strstr(spec, "://"))
        return false;
    at = last_at(spec, spec + span_without(spec, end, "/"));
    // Lustre has "10.0.0.1@tcp:10.0.0.2@tcp:/fs".
    return at && in_userinfo(spec, at, ":", ret) && !memchr(spec, '@', (size_t)(ret->at - spec));
}

// ---- options ----

// One word of a name such as "password2" or "access-key".
static bool is_secret_word(const char *word, size_t length)
{
    // Anywhere in it, or all of it.
    static const char *const parts[] = {"pass", "secret", "cred", "token"};
    static const char *const words[] = {"key", "apikey", "pw", "pwd"};

    while (length > 0 && isdigit((unsigned char)word[length - 1]))
        length--;
    for (size_t i = 0; i < ARRAY_SIZE(parts); i++)
        for (size_t k = 0; k + strlen(parts[i]) <= length; k++)
            if (strncasecmp(word + k, parts[i], strlen(parts[i])) == 0)
                return true;
    for (size_t i = 0; i < ARRAY_SIZE(words); i++)
        if (strlen(words[i]) == length && strncasecmp(word, words[i], length) == 0)
            return true;
    return false;
}

static bool is_secret_name(const char *name, const char *end)
{
    static const char between[] = "-_. \t:";

    for (const char *s = name; s < end; s++) {
        size_t length = span_without(s, end, between);

        if (is_secret_word(s, length))
            return true;
        s += length;
    }
    return false;
}

static bool ends_with(const char *name, const char *end, const char *with)
{
    size_t length = strlen(with);

    return (size_t)(end - name) >= length && strncasecmp(end - length, with, length) == 0;
}

// The comma that ends an option, or the end of all.
static const char *option_end(const char *s)
{
    const char *quote = NULL;

    for (; *s && (quote || *s != ','); s++)
        if (*s == '\\' && s[1])
            s++;
        else if (*s == '"')
            quote = quote ? NULL : s;
    return s;
}

// A quote that nobody ends is a character like any other.
static const char *one_option_end(const char *s)
{
    const char *end = option_end(s);
    size_t quotes = 0;

    for (const char *c = s; c < end; c++)
        quotes += *c == '"';
    return quotes % 2 && !*end ? s + strcspn(s, ",") : end;
}

static bool find(const char *text, const char *end, const char *what)
{
    return memmem(text, (size_t)(end - text), what, strlen(what)) != NULL;
}

// In one option whose value is not empty; *end is moved when the secret goes on behind its comma.
static bool in_option(const char *name, const char *equals, const char **end, struct secret *ret)
{
    const char *value = equals + 1;

    // sshfs: ssh_command=sshpass -p SECRET ssh
    if (is_secret_name(name, equals) || find(value, *end, "sshpass")) {
        if (*value == '"')
            *end = option_end(name); // all the rest, when nobody ends the quote
        while ((*end)[0] == ',' && (*end)[1] == ',' && (*end)[2] && (*end)[2] != ',')
            *end = one_option_end(*end + 2);
        *ret = (struct secret){value, (size_t)(*end - value)};
        return true;
    }
    if (ends_with(name, equals, "user") || ends_with(name, equals, "username")) {
        const char *mark = value + span_without(value, *end, "%:");

        *ret = (struct secret){mark + 1, mark < *end ? (size_t)(*end - mark - 1) : 0};
        return mark + 1 < *end;
    }
    return in_url(value, *end, ret);
}

bool secret_in_options(const char **rest, struct secret *ret)
{
    while (**rest) {
        const char *name = *rest, *end = one_option_end(name);
        const char *equals = memchr(name, '=', (size_t)(end - name));
        bool found = equals && equals + 1 < end && in_option(name, equals, &end, ret);

        // Not everyone takes a comma in quotes or behind a backslash for a part of the value.
        if (!found)
            end = name + strcspn(name, ",");
        *rest = *end ? end + 1 : end;
        if (found)
            return true;
    }
    return false;
}

// ---- the same text without ----

static char *without(const char *text, bool found, const struct secret *secret)
{
    size_t before = found ? (size_t)(secret->at - text) : 0;
    char *out = malloc(strlen(text) + sizeof SECRET_HIDDEN);

    if (!out || !found)
        return out ? strcpy(out, text) : NULL;
    (void)stpcpy(stpcpy((char *)memcpy(out, text, before) + before, SECRET_HIDDEN),
                 secret->at + secret->length);
    return out;
}

char *secret_hide_url(const char *text)
{
    struct secret secret;

    return without(text, secret_in_url(text, &secret), &secret);
}

char *secret_hide_spec(const char *spec)
{
    struct secret secret;

    return without(spec, secret_in_spec(spec, &secret), &secret);
}

char *secret_hide_options(const char *options)
{
    const size_t longer = strlen(SECRET_HIDDEN) - 1;
    const char *rest = options, *from = options;
    struct secret secret;
    size_t n = 0;
    char *out, *o;

    while (secret_in_options(&rest, &secret))
        n++;
    out = o = malloc(strlen(options) + n * longer + 1);
    for (rest = options; out && secret_in_options(&rest, &secret);) {
        o = stpcpy((char *)memcpy(o, from, (size_t)(secret.at - from)) + (secret.at - from),
                   SECRET_HIDDEN);
        from = secret.at + secret.length;
    }
    if (out)
        (void)strcpy(o, from);
    return out;
}

void secret_blank(char *text, const struct secret *secret)
{
    size_t stars = secret->length < strlen(SECRET_HIDDEN) ? secret->length : strlen(SECRET_HIDDEN);
    char *at = text + (secret->at - text), *end = text + strlen(text);
    size_t rest = (size_t)(end - at) - secret->length;

    memset(at, '*', stars);
    memmove(at + stars, at + secret->length, rest);
    explicit_bzero(at + stars + rest, secret->length - stars);
}

void secret_mask(char *message, size_t length, const struct secret *secret, bool cut)
{
    char *end = message + length, *s = message;
    size_t n = secret->length;

    for (size_t skip = 1; cut && skip < n; skip++)
        if (n - skip <= length && memcmp(message, secret->at + skip, n - skip) == 0) {
            memset(message, '*', n - skip);
            s = message + (n - skip);
            break;
        }
    while ((s = memmem(s, (size_t)(end - s), secret->at, n))) {
        memset(s, '*', n);
        s += n;
    }
}
