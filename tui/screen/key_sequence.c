#include "tui/screen/key_sequence.h"

#include <string.h>

#include "core/base/cleanup.h"

struct final {
    char final;
    enum key_code code;
};

// ECMA-48 with what xterm, the VT100, the Linux console, screen, tmux and rxvt send.
static const struct final letters[] = {
    {'A', KEYCODE_UP},   {'B', KEYCODE_DOWN},  {'C', KEYCODE_RIGHT},     {'D', KEYCODE_LEFT},
    {'H', KEYCODE_HOME}, {'F', KEYCODE_END},   {'P', KEYCODE_F1},        {'Q', KEYCODE_F2},
    {'R', KEYCODE_F3},   {'S', KEYCODE_F4},    {'Z', KEYCODE_SHIFT_TAB}, {'a', KEYCODE_UP},
    {'b', KEYCODE_DOWN}, {'c', KEYCODE_RIGHT}, {'d', KEYCODE_LEFT},
};

// ESC [ N ~
static const struct {
    unsigned number;
    enum key_code code;
} numbers[] = {
    {1, KEYCODE_HOME},    {2, KEYCODE_INSERT},    {3, KEYCODE_DELETE}, {4, KEYCODE_END},
    {5, KEYCODE_PAGE_UP}, {6, KEYCODE_PAGE_DOWN}, {7, KEYCODE_HOME},   {8, KEYCODE_END},
    {11, KEYCODE_F1},     {12, KEYCODE_F2},       {13, KEYCODE_F3},    {14, KEYCODE_F4},
    {15, KEYCODE_F5},     {17, KEYCODE_F6},       {18, KEYCODE_F7},    {19, KEYCODE_F8},
    {20, KEYCODE_F9},     {21, KEYCODE_F10},      {23, KEYCODE_F11},   {24, KEYCODE_F12},
};

#define SHIFT_BIT 1U // of a modifier parameter less one; Alt 2, Ctrl 4, Meta 8

static unsigned modifiers_of(unsigned bits)
{
    return (bits & 4 ? KEY_CTRL : 0U) | (bits & (2 | 8) ? KEY_ALT : 0U);
}

// Shift is dropped with keys that move; a shifted function key is another key, which has no name.
static enum sequence special(enum key_code code, unsigned bits, struct key *ret_key)
{
    if (bits & SHIFT_BIT && code >= KEYCODE_F1 && code <= KEYCODE_F12)
        return SEQUENCE_UNKNOWN;
    *ret_key = (struct key){code, modifiers_of(bits)};
    return SEQUENCE_KEY;
}

struct key sequence_key(uint32_t character, unsigned modifiers)
{
    switch (character) {
    case '\0':
        return (struct key){KEYCODE_SPACE, modifiers | KEY_CTRL};
    case '\b':
    case 0x7f:
        return (struct key){KEYCODE_BACKSPACE, modifiers};
    case '\t':
        return (struct key){KEYCODE_TAB, modifiers};
    case '\n':
    case '\r':
        return (struct key){KEYCODE_ENTER, modifiers};
    case 0x1b:
        return (struct key){KEYCODE_ESC, modifiers};
    case ' ':
        return (struct key){KEYCODE_SPACE, modifiers};
    }
    if (character < 0x20)
        return (struct key){character + '@', modifiers | KEY_CTRL};
    if (modifiers & KEY_CTRL && character >= 'a' && character <= 'z')
        character -= 'a' - 'A';
    if (character > 0x10ffff || (character >= 0x80 && character < 0xa0))
        return (struct key){0, 0};
    return (struct key){character, modifiers};
}

// The parameters of a control sequence: numbers between semicolons, 0 when left out.
#define PARAMETERS 3

static bool parameters(const char *bytes, size_t length, unsigned out[PARAMETERS])
{
    size_t n = 0;

    memset(out, 0, PARAMETERS * sizeof *out);
    for (size_t i = 0; i < length; i++) {
        if (bytes[i] == ';') {
            if (++n == PARAMETERS)
                return false;
        } else if (bytes[i] >= '0' && bytes[i] <= '9' && out[n] < 0x200000) {
            out[n] = out[n] * 10 + (unsigned)(bytes[i] - '0');
        } else {
            return false; // private ones: answers to questions that were not ours
        }
    }
    return true;
}

// The character itself comes as a number: ESC [ 27 ; MODIFIERS ; N ~ and ESC [ N ; MODIFIERS u.
static enum sequence numbered(unsigned character, unsigned bits, struct key *ret_key)
{
    if (character == '\t' && bits & SHIFT_BIT) {
        *ret_key = (struct key){KEYCODE_SHIFT_TAB, 0};
        return SEQUENCE_KEY;
    }
    *ret_key = sequence_key(character, modifiers_of(bits));
    return character > 0 && ret_key->code ? SEQUENCE_KEY : SEQUENCE_UNKNOWN;
}

static enum sequence tilde(const unsigned p[PARAMETERS], char final, struct key *ret_key)
{
    unsigned bits = p[1] > 0 ? p[1] - 1 : 0;

    if (final == '^' || final == '@') // rxvt: with Ctrl
        bits |= 4;
    if (final == '$' || final == '@') // rxvt: with Shift
        bits |= SHIFT_BIT;
    if (p[0] == 200 && final == '~')
        return SEQUENCE_PASTE;
    if (p[0] == 27)
        return numbered(p[2], bits, ret_key);
    for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
        if (numbers[i].number == p[0])
            return special(numbers[i].code, bits, ret_key);
    return SEQUENCE_UNKNOWN;
}

static enum sequence lettered(const unsigned p[PARAMETERS], char final, struct key *ret_key)
{
    unsigned bits = p[1] > 0 ? p[1] - 1 : 0;

    if (p[0] > 1 && p[1] > 0) // where the cursor is, which has an R too
        return SEQUENCE_UNKNOWN;
    if (p[0] > 1) // ESC [ 5 A and ESC O 5 A of old terminals
        bits = p[0] - 1;
    if (final >= 'a' && final <= 'd') // rxvt: with Shift, which is dropped
        bits = 0;
    for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
        if (letters[i].final == final)
            return special(letters[i].code, bits, ret_key);
    return SEQUENCE_UNKNOWN;
}

static enum sequence finish(const char *bytes, size_t length, char final, struct key *ret_key)
{
    unsigned p[PARAMETERS];

    if (!parameters(bytes, length, p))
        return SEQUENCE_UNKNOWN;
    if (final == 'u')
        return numbered(p[0], p[1] > 0 ? p[1] - 1 : 0, ret_key);
    if (strchr("~^$@", final))
        return tilde(p, final, ret_key);
    return lettered(p, final, ret_key);
}

static enum sequence control_sequence(const char *bytes, size_t length, struct key *ret_key,
                                      size_t *ret_length)
{
    static const enum key_code console[] = {KEYCODE_F1, KEYCODE_F2, KEYCODE_F3, KEYCODE_F4,
                                            KEYCODE_F5};
    size_t i = 2;

    if (length > 2 && bytes[2] == '[') { // the Linux console's F1 to F5
        *ret_length = 4;
        if (length == 3)
            return SEQUENCE_MORE;
        *ret_key = (struct key){0, 0};
        if (bytes[3] < 'A' || bytes[3] > 'E')
            return SEQUENCE_UNKNOWN;
        *ret_key = (struct key){console[bytes[3] - 'A'], 0};
        return SEQUENCE_KEY;
    }
    if (length > 2 && bytes[2] == 'M') { // a mouse that another program left switched on
        *ret_length = 6;
        return length < 6 ? SEQUENCE_MORE : SEQUENCE_UNKNOWN;
    }
    while (i < length && bytes[i] >= 0x20 && bytes[i] < 0x40 && bytes[i] != '$')
        i++;
    *ret_length = i;
    if (i > SEQUENCE_LIMIT)
        return SEQUENCE_TOO_LONG;
    if (i == length)
        return SEQUENCE_MORE;
    if (bytes[i] < 0x20 || bytes[i] == 0x7f) // broken off; char may be signed: not ASCII too
        return SEQUENCE_UNKNOWN;
    *ret_length = i + 1;
    return finish(bytes + 2, i - 2, bytes[i], ret_key);
}

// ESC O: cursor keys and F1 to F4 of application mode, and the keypad.
static enum sequence single_shift(const char *bytes, size_t length, struct key *ret_key,
                                  size_t *ret_length)
{
    static const char keypad[] = "*+,-./0123456789"; // j to y
    enum sequence found;
    size_t i = 2;

    while (i < length && i < 8 && ((bytes[i] >= '0' && bytes[i] <= '9') || bytes[i] == ';'))
        i++;
    *ret_length = i;
    if (i == length)
        return SEQUENCE_MORE;
    if (bytes[i] <= 0x20 || bytes[i] == 0x7f)
        return SEQUENCE_UNKNOWN;
    *ret_length = i + 1;
    if (bytes[i] == 'M' || bytes[i] == 'X' || bytes[i] == 'I') {
        *ret_key = sequence_key(bytes[i] == 'M' ? '\r' : bytes[i] == 'I' ? '\t' : '=', 0);
        return SEQUENCE_KEY;
    }
    if (bytes[i] >= 'j' && bytes[i] <= 'y') {
        *ret_key = sequence_key((unsigned char)keypad[bytes[i] - 'j'], 0);
        return SEQUENCE_KEY;
    }
    found = finish(bytes + 2, i - 2, bytes[i], ret_key);
    if (found == SEQUENCE_KEY && bytes[i] >= 'a' && bytes[i] <= 'd') // rxvt: with Ctrl
        ret_key->modifiers = KEY_CTRL;
    return found == SEQUENCE_KEY ? found : SEQUENCE_UNKNOWN;
}

// Two Escs, or one before a sequence: how some terminals send Alt with a cursor key.
static enum sequence twice(const char *bytes, size_t length, struct key *ret_key,
                           size_t *ret_length)
{
    enum sequence found;

    if (length == 2) {
        *ret_length = 2;
        return SEQUENCE_MORE;
    }
    if (bytes[2] != '[' && bytes[2] != 'O') {
        *ret_length = 1;
        *ret_key = (struct key){KEYCODE_ESC, 0};
        return SEQUENCE_KEY;
    }
    found = sequence_scan(bytes + 1, length - 1, ret_key, ret_length);
    ++*ret_length;
    if (found == SEQUENCE_KEY)
        ret_key->modifiers |= KEY_ALT;
    return found;
}

enum sequence sequence_scan(const char *bytes, size_t length, struct key *ret_key,
                            size_t *ret_length)
{
    size_t n;

    *ret_length = length;
    if (length < 2)
        return SEQUENCE_MORE;
    switch (bytes[1]) {
    case '[':
        return control_sequence(bytes, length, ret_key, ret_length);
    case 'O':
        return single_shift(bytes, length, ret_key, ret_length);
    case 0x1b:
        return twice(bytes, length, ret_key, ret_length);
    case 'P':
    case 'X':
    case ']':
    case '^':
    case '_':
        *ret_length = 2;
        return length == 2 ? SEQUENCE_MORE : SEQUENCE_STRING;
    }
    n = sequence_character(bytes + 1, length - 1, ret_key);
    if (n == 0)
        return SEQUENCE_MORE;
    *ret_length = n + 1;
    if (!ret_key->code)
        return SEQUENCE_UNKNOWN;
    ret_key->modifiers |= KEY_ALT;
    return SEQUENCE_KEY;
}

size_t sequence_character(const char *bytes, size_t length, struct key *ret_key)
{
    static const uint32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
    unsigned char first = (unsigned char)bytes[0];
    size_t n = first < 0x80       ? 1
               : first >> 5 == 6  ? 2
               : first >> 4 == 14 ? 3
               : first >> 3 == 30 ? 4
                                  : 0;
    uint32_t point = n < 2 ? first : first & (0x7fU >> n);

    *ret_key = (struct key){0, 0};
    if (n == 0)
        return 1;
    for (size_t i = 1; i < n; i++) {
        if (i == length)
            return 0;
        if ((unsigned char)bytes[i] >> 6 != 2)
            return i; // the rest begins something else
        point = point << 6 | ((unsigned char)bytes[i] & 0x3fU);
    }
    if (point >= least[n] && !(point >= 0xd800 && point < 0xe000))
        *ret_key = sequence_key(point, 0);
    return n;
}
