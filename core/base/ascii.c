#include "core/base/ascii.h"

#include <string.h>

#include "core/base/cleanup.h"

static const struct ascii_form forms[] = {
    {"…", "...", '~'}, {"→", "->", '>'}, {"←", "<-", '<'}, {"↑", "^", '^'},        {"↓", "v", 'v'},
    {"µ", "u", 'u'},   {"·", "-", '-'},  {"×", "x", 'x'},  {"•", "*", '*'},        {"●", "*", '*'},
    {"○", "o", 'o'},   {"–", "-", '-'},  {"—", "-", '-'},  {"‘", "'", '\''},       {"’", "'", '\''},
    {"“", "\"", '"'},  {"”", "\"", '"'}, {"▌", ">", '>'},  {"▲", "^", '^'},        {"▼", "v", 'v'},
    {"▶", ">", '>'},   {"▸", ">", '>'},  {"▾", "v", 'v'},  {"≥", ">=", '>'},       {"≤", "<=", '<'},
    {"─", "-", '-'},   {"│", "|", '|'},  {"✓", "+", '+'},  {"\xc2\xa0", " ", ' '},
};
static const struct ascii_form none = {"", "?", '?'};

const struct ascii_form *ascii_form(const char *character, size_t length)
{
    for (size_t i = 0; i < ARRAY_SIZE(forms); i++)
        if (strlen(forms[i].character) == length &&
            memcmp(forms[i].character, character, length) == 0)
            return &forms[i];
    return &none;
}
