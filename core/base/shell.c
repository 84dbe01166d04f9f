#include "core/base/shell.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"

// "\n" "\t" "\'" "\\" as ksh(1) and bash(1) know them; everything else that is not plain in octal,
// three digits, so that a digit may follow.
static size_t escape(char *out, unsigned char byte)
{
    static const char named[] = "a\ab\bt\tn\nv\vf\fr\r\\\\''";

    for (const char *s = named; *s; s += 2)
        if ((unsigned char)s[1] == byte) {
            out[0] = '\\';
            out[1] = s[0];
            return 2;
        }
    return (size_t)sprintf(out, "\\%03o", byte);
}

// In $'…', for what must not be shown as it is: characters that are clean stay.
static char *quote_bytes(char *o, const char *word)
{
    *o++ = '$';
    *o++ = '\'';
    for (const char *s = word; *s;) {
        size_t n = 1;

        // The bytes of one character; a byte that begins none goes by itself.
        while (n < 4 && ((unsigned char)s[n] & 0xc0) == 0x80)
            n++;
        while (n > 1 && !text_is_clean(s, n))
            n--;
        if (text_is_clean(s, n) && *s != '\'' && *s != '\\') {
            memcpy(o, s, n);
            o += n;
        } else {
            o += escape(o, (unsigned char)*s);
            n = 1;
        }
        s += n;
    }
    *o++ = '\'';
    return o;
}

char *shell_quote(char *o, const char *word)
{
    static const char plain[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
                                "0123456789_@%+=:,./-";
    size_t length = strlen(word);

    if (length > 0 && strspn(word, plain) == length)
        return stpcpy(o, word);
    if (!text_is_clean(word, length)) {
        o = quote_bytes(o, word);
    } else {
        *o++ = '\'';
        for (; *word; word++)
            if (*word == '\'')
                o = stpcpy(o, "'\\''");
            else
                *o++ = *word;
        *o++ = '\'';
    }
    *o = '\0';
    return o;
}

char *shell_append(char *out, const char *word)
{
    size_t used = out ? strlen(out) : 0;
    char *more = realloc(out, used + 1 + SHELL_QUOTED_SIZE(strlen(word))), *o;

    if (!more) {
        free(out);
        return NULL;
    }
    o = more + used;
    if (used > 0)
        *o++ = ' ';
    (void)shell_quote(o, word);
    return more;
}
