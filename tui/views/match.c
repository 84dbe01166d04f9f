#include "tui/views/match.h"

#include <ctype.h>
#include <limits.h>
#include <locale.h>
#include <string.h>
#include <wchar.h>
#include <wctype.h>

// Text is UTF-8 whatever the locale of the process is. Returns what to give to leave().
static locale_t enter(void)
{
    static locale_t utf8;

    if (!utf8)
        utf8 = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return uselocale(utf8); // (locale_t)0, when there is none, only asks
}

static void leave(locale_t before)
{
    (void)uselocale(before);
}

// One character in lower case at the end of `out`; returns how many bytes of `text` it took.
static size_t fold_one(const char *text, char *out, size_t *ret_length)
{
    mbstate_t state = {0};
    wchar_t wide;
    size_t taken = mbrtowc(&wide, text, MB_LEN_MAX, &state);
    size_t written;

    if (taken == 0 || taken > MB_LEN_MAX) {
        *out = *text;
        *ret_length = 1;
        return 1;
    }
    state = (mbstate_t){0};
    written = wcrtomb(out, (wchar_t)towlower((wint_t)wide), &state);
    if (written == (size_t)-1) {
        memcpy(out, text, taken);
        written = taken;
    }
    *ret_length = written;
    return taken;
}

void match_set(struct match *match, const char *filter)
{
    char folded[MB_LEN_MAX];
    size_t used = 0;
    size_t length;
    locale_t before;

    *match = (struct match){.inverted = filter && *filter == '!', .ascii = true};
    if (!filter)
        return;
    filter += match->inverted;
    before = enter();
    while (*filter) {
        match->ascii = match->ascii && isascii((unsigned char)*filter);
        filter += fold_one(filter, folded, &length);
        if (used + length >= sizeof match->text)
            break;
        memcpy(match->text + used, folded, length);
        used += length;
    }
    match->text[used] = '\0';
    leave(before);
}

bool match_any(const struct match *match)
{
    return match->text[0] != '\0';
}

// Whether the text at this place begins with what is looked for; its length there.
static bool begins(const struct match *match, const char *text, size_t *ret_length)
{
    const char *wanted = match->text;
    const char *at = text;
    char folded[MB_LEN_MAX];
    size_t length;

    while (*wanted) {
        if (*at == '\0')
            return false;
        at += fold_one(at, folded, &length);
        if (strncmp(wanted, folded, length) != 0)
            return false;
        wanted += length;
    }
    *ret_length = (size_t)(at - text);
    return true;
}

static long find_folded(const struct match *match, const char *text, size_t *ret_length)
{
    locale_t before = enter();
    long found = -1;

    for (const char *at = text; *at && found < 0; at++)
        if (begins(match, at, ret_length))
            found = at - text;
    leave(before);
    return found;
}

long match_find(const struct match *match, const char *text, size_t *ret_length)
{
    const char *found;

    *ret_length = 0;
    if (!match_any(match))
        return -1;
    if (!match->ascii)
        return find_folded(match, text, ret_length);
    found = strcasestr(text, match->text);
    *ret_length = strlen(match->text);
    return found ? found - text : -1;
}

bool match_text(const struct match *match, const char *text)
{
    size_t length;

    return match_find(match, text, &length) >= 0;
}
