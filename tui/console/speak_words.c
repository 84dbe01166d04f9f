// What is said, in lines.
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "tui/console/speak_internal.h"

// Takes `fresh` over; whether it is other than before.
bool speak_replace(char **place, char *fresh)
{
    bool other = !*place || !fresh || strcmp(*place, fresh) != 0;

    free(*place);
    *place = fresh;
    return other;
}

bool speak_differ(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) != 0 : a != b;
}

// Each `sign` becomes `word`, which is not longer.
static void replace(char *text, const char *sign, const char *word)
{
    size_t length = strlen(word);

    for (char *at = strstr(text, sign); at; at = strstr(at, sign)) {
        memcpy(at, word, length);
        memmove(at + length, at + strlen(sign), strlen(at + strlen(sign)) + 1);
    }
}

// What is drawn for the eye, in words: " · " parts what is told, "! " marks a warning.
static char *in_words(const char *text)
{
    const char *sign = strncmp(text, "! ", 2) == 0 ? "Warning: " : "";
    char *words = text_format("%s%s", sign, text + (*sign ? 2 : 0));

    if (words) {
        replace(words, " · ", ", ");
        replace(words, " → ", " to ");
    }
    return words;
}

void speak_line(struct speaker *speaker, const char *text)
{
    _cleanup_free_ char *words = in_words(text + strspn(text, " "));

    speaker->typed.open = false;
    if (words && *words)
        (void)terminal_line(speaker->console->terminal, words);
}

void speak_sentence(struct speaker *speaker, const char *text)
{
    size_t length = strlen(text);
    _cleanup_free_ char *line =
        text_format("%s%s", text, length > 0 && text[length - 1] == '.' ? "" : ".");

    if (line && length > 0)
        speak_line(speaker, line);
}
