// Keys: what arrives from the terminal as bytes, taken apart. Pure: the caller brings the bytes and
// the time.
//
// An Esc that nothing follows is the key Esc only after a pause; a "[" or "O" that arrives later
// still completes its sequence for a while, so that a split arrow key is never Esc and then a
// letter. What is pasted (bracketed paste, ESC[200~ … ESC[201~) is one event of text and never
// keys. Sequences that are not known are swallowed whole.
#ifndef DAVIT_TUI_SCREEN_KEY_H
#define DAVIT_TUI_SCREEN_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

// Codes above Unicode for keys that are no characters. id, name
// clang-format off
#define KEYS(X)                                                                     \
    X(UP, "Up") X(DOWN, "Down") X(LEFT, "Left") X(RIGHT, "Right")                   \
    X(PAGE_UP, "PageUp") X(PAGE_DOWN, "PageDown") X(HOME, "Home") X(END, "End")     \
    X(INSERT, "Insert") X(DELETE, "Delete") X(BACKSPACE, "Backspace")               \
    X(TAB, "Tab") X(SHIFT_TAB, "Shift-Tab") X(ENTER, "Enter") X(ESC, "Esc")         \
    X(SPACE, "Space")                                                               \
    X(F1, "F1") X(F2, "F2") X(F3, "F3") X(F4, "F4") X(F5, "F5") X(F6, "F6")         \
    X(F7, "F7") X(F8, "F8") X(F9, "F9") X(F10, "F10") X(F11, "F11") X(F12, "F12")
// clang-format on

enum key_code {
    KEY_FIRST_ = 0x110000,
#define X(id, name) KEYCODE_##id,
    KEYS(X)
#undef X
};

enum key_modifiers { KEY_CTRL = 1 << 0, KEY_ALT = 1 << 1 };

// Ctrl with a letter has the capital one. The space bar is KEYCODE_SPACE: see key_character().
struct key {
    uint32_t code;      // a Unicode character, or enum key_code
    unsigned modifiers; // enum key_modifiers
};

#define PASTE_LIMIT 8192 // bytes of one paste; the rest is dropped

struct key_event {
    enum { EVENT_NONE, EVENT_KEY, EVENT_PASTE } kind;
    struct key key;
    const char *text; // of a paste: clean UTF-8, no line feeds; valid until the next call
};

struct key_decoder;

// `esc_ms`: how long an Esc waits for its sequence: 100, over ssh 500.
struct key_decoder *key_decoder_new(unsigned esc_ms);
void key_decoder_free(struct key_decoder *decoder);
void key_decoder_set_esc(struct key_decoder *decoder, unsigned esc_ms);
// A sequence of this terminal (terminfo's kcuu1 and the like) beside those that are built in.
// False: it does not begin with ESC, is too long, or there are too many.
bool key_decoder_add(struct key_decoder *decoder, const char *sequence, enum key_code code);

// Takes bytes in; `now_ms` is monotonic. Then key_decoder_next() until EVENT_NONE.
void key_decoder_feed(struct key_decoder *decoder, const char *bytes, size_t length,
                      uint64_t now_ms);
struct key_event key_decoder_next(struct key_decoder *decoder, uint64_t now_ms);
// Forgets what has begun: a sequence, a paste. Whatever comes is keys again.
void key_decoder_reset(struct key_decoder *decoder);
// In how many ms to ask key_decoder_next() again; -1: when bytes come.
int key_decoder_timeout(const struct key_decoder *decoder, uint64_t now_ms);

// The character that a key types into a line (a space for the space bar); 0: none.
uint32_t key_character(struct key key);
// Writes a character as UTF-8 with a NUL; returns its bytes.
size_t key_utf8(uint32_t character, char out[5]);

// "Ctrl-D", "F5", "a", "Space". Parsing is whole-string and exact; false: no such key.
#define KEY_NAME_SIZE 32
bool key_parse(const char *name, struct key *ret);
// (Not key_name, which is a function of curses.)
void key_format(struct key key, char out[KEY_NAME_SIZE]);

#endif
