// One escape sequence out of bytes; for the decoder alone.
#ifndef DAVIT_TUI_SCREEN_KEY_SEQUENCE_H
#define DAVIT_TUI_SCREEN_KEY_SEQUENCE_H

#include <stddef.h>

#include "tui/screen/key.h"

#define SEQUENCE_LIMIT 256 // bytes of a control sequence; longer ones are skipped as they come

enum sequence {
    SEQUENCE_KEY,
    SEQUENCE_UNKNOWN,  // whole, but no key
    SEQUENCE_PASTE,    // what follows is pasted text
    SEQUENCE_STRING,   // a control string begins: to be skipped up to its end
    SEQUENCE_TOO_LONG, // a control sequence: to be skipped up to its end
    SEQUENCE_MORE,     // may go on
};

// `bytes` begin with ESC. Sets *ret_length to what the sequence takes.
enum sequence sequence_scan(const char *bytes, size_t length, struct key *ret_key,
                            size_t *ret_length);

// One character or control byte that is no ESC; 0: more bytes are needed. code 0: none (bytes that
// are no UTF-8).
size_t sequence_character(const char *bytes, size_t length, struct key *ret_key);

// A key by the number that a terminal gives its character: Unicode, with the control characters
// that have keys of their own.
struct key sequence_key(uint32_t character, unsigned modifiers);

#endif
