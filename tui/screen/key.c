#include "tui/screen/key.h"

#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "tui/screen/key_sequence.h"

#define PENDING_LIMIT  16384
#define SEQUENCE_MS    1000  // for the rest of a sequence that has begun, or of a character
#define PASTE_MS       10000 // for the rest of a paste: too short, and its rest would be keys
#define STRING_LIMIT   65536 // bytes of a control string that are skipped
#define PASTE_END      "\x1b[201~"
#define PASTE_END_SIZE (sizeof PASTE_END - 1)
#define ADDED_LIMIT    96
#define ADDED_SIZE     16

struct added {
    char bytes[ADDED_SIZE];
    size_t length;
    enum key_code code;
};

struct key_decoder {
    char bytes[PENDING_LIMIT]; // not decoded yet
    size_t used;
    uint64_t last_ms; // when the last of them came
    unsigned esc_ms;
    uint64_t late_until; // 0, or until when "[" and "O" belong to the Esc that was given already
    bool late;           // the ESC at the start was put there for such a one
    bool alone;          // the ESC at the start waited long enough before the rest came
    enum { STATE_KEYS, STATE_PASTE, STATE_STRING, STATE_CONTROL } state;
    size_t skipped;
    char paste[PASTE_LIMIT];
    size_t paste_used;
    char text[3 * PASTE_LIMIT + 1];
    struct added added[ADDED_LIMIT];
    size_t n_added;
};

struct key_decoder *key_decoder_new(unsigned esc_ms)
{
    struct key_decoder *decoder = calloc(1, sizeof *decoder);

    if (decoder)
        decoder->esc_ms = esc_ms;
    return decoder;
}

void key_decoder_free(struct key_decoder *decoder)
{
    free(decoder);
}

void key_decoder_set_esc(struct key_decoder *decoder, unsigned esc_ms)
{
    decoder->esc_ms = esc_ms;
}

bool key_decoder_add(struct key_decoder *decoder, const char *sequence, enum key_code code)
{
    size_t length = strlen(sequence);
    struct added *added = &decoder->added[decoder->n_added];

    if (length < 2 || length >= ADDED_SIZE || sequence[0] != 0x1b ||
        decoder->n_added == ADDED_LIMIT)
        return false;
    memcpy(added->bytes, sequence, length);
    added->length = length;
    added->code = code;
    decoder->n_added++;
    return true;
}

void key_decoder_feed(struct key_decoder *decoder, const char *bytes, size_t length,
                      uint64_t now_ms)
{
    size_t room = sizeof decoder->bytes - 1 - decoder->used; // 1: for the ESC of a late "["

    if (length == 0)
        return;
    if (now_ms - decoder->last_ms >= SEQUENCE_MS &&
        (decoder->state == STATE_STRING || decoder->state == STATE_CONTROL))
        decoder->state = STATE_KEYS;
    if (decoder->state == STATE_KEYS && decoder->used == 1 && decoder->bytes[0] == 0x1b &&
        now_ms - decoder->last_ms >= decoder->esc_ms && bytes[0] != '[' && bytes[0] != 'O')
        decoder->alone = true;
    if (length > room)
        length = room;
    memcpy(decoder->bytes + decoder->used, bytes, length);
    decoder->used += length;
    decoder->last_ms = now_ms;
}

void key_decoder_reset(struct key_decoder *decoder)
{
    decoder->state = STATE_KEYS;
    decoder->used = decoder->paste_used = 0;
    decoder->late_until = 0;
    decoder->late = decoder->alone = false;
}

static void drop(struct key_decoder *decoder, size_t n)
{
    decoder->used -= n;
    memmove(decoder->bytes, decoder->bytes + n, decoder->used);
    decoder->late = decoder->alone = false;
}

// --- pasted text ---------------------------------------------------------------------------------

static void keep(struct key_decoder *decoder, size_t n)
{
    size_t room = sizeof decoder->paste - decoder->paste_used;

    memcpy(decoder->paste + decoder->paste_used, decoder->bytes, n < room ? n : room);
    decoder->paste_used += n < room ? n : room;
    drop(decoder, n);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

// One line of clean text. False when nothing is left of it.
static bool finish_paste(struct key_decoder *decoder)
{
    char *from = decoder->paste, *to = decoder->paste + decoder->paste_used;
    size_t n = 0;

    decoder->state = STATE_KEYS;
    decoder->paste_used = 0;
    if (to == decoder->paste + sizeof decoder->paste) { // a character may have been cut in two
        while (to > from && (unsigned char)to[-1] >> 6 == 2)
            to--;
        if (to > from && (unsigned char)to[-1] >= 0xc0)
            to--;
    }
    while (from < to && is_blank(*from))
        from++;
    while (to > from && is_blank(to[-1]))
        to--;
    for (char *c = from; c < to; c++)
        if (!(*c == '\n' && c > from && c[-1] == '\r'))
            from[n++] = is_blank(*c) && *c != '\r' ? ' ' : *c;
    for (char *c = from; c < from + n; c++)
        if (*c == '\r')
            *c = ' ';
    text_clean(decoder->text, sizeof decoder->text, from, n);
    return n > 0;
}

// The end may arrive in pieces: bytes that could be its beginning are left for the next time.
static bool take_paste(struct key_decoder *decoder, uint64_t now_ms, bool *ret_done)
{
    const char *end = memmem(decoder->bytes, decoder->used, PASTE_END, PASTE_END_SIZE);
    size_t held = decoder->used < PASTE_END_SIZE - 1 ? decoder->used : PASTE_END_SIZE - 1;

    *ret_done = true;
    if (end) {
        keep(decoder, (size_t)(end - decoder->bytes));
        drop(decoder, PASTE_END_SIZE);
        return finish_paste(decoder);
    }
    while (held > 0 && memcmp(decoder->bytes + decoder->used - held, PASTE_END, held) != 0)
        held--;
    if (now_ms - decoder->last_ms >= PASTE_MS) {
        keep(decoder, decoder->used);
        return finish_paste(decoder);
    }
    keep(decoder, decoder->used - held);
    *ret_done = false;
    return false;
}

// --- sequences that are skipped ------------------------------------------------------------------

// A string ends with BEL or ESC \; another ESC begins something new.
static bool skip_string(struct key_decoder *decoder)
{
    size_t i = 0;

    while (i < decoder->used && decoder->bytes[i] != '\a' && decoder->bytes[i] != 0x1b &&
           decoder->skipped + i < STRING_LIMIT)
        i++;
    if (i == decoder->used || (decoder->bytes[i] == 0x1b && i + 1 == decoder->used)) {
        drop(decoder, i);
        decoder->skipped += i;
        return false;
    }
    if (decoder->bytes[i] == '\a')
        i++;
    else if (decoder->bytes[i] == 0x1b && decoder->bytes[i + 1] == '\\')
        i += 2;
    drop(decoder, i);
    decoder->state = STATE_KEYS;
    return true;
}

static bool skip_control(struct key_decoder *decoder)
{
    size_t i = 0;

    while (i < decoder->used && decoder->bytes[i] >= 0x20 && decoder->bytes[i] < 0x40)
        i++;
    if (i == decoder->used) {
        drop(decoder, i);
        return false;
    }
    drop(decoder, decoder->bytes[i] >= 0x40 ? i + 1 : i);
    decoder->state = STATE_KEYS;
    return true;
}

// --- keys ----------------------------------------------------------------------------------------

// What the bytes are by the terminal's own description; SEQUENCE_UNKNOWN: nothing.
static enum sequence find_added(const struct key_decoder *decoder, struct key *ret_key,
                                size_t *ret_length)
{
    enum sequence found = SEQUENCE_UNKNOWN;

    for (size_t i = 0; i < decoder->n_added; i++) {
        const struct added *added = &decoder->added[i];
        size_t n = added->length < decoder->used ? added->length : decoder->used;

        if (memcmp(added->bytes, decoder->bytes, n) != 0)
            continue;
        if (added->length <= decoder->used) {
            *ret_key = (struct key){added->code, 0};
            *ret_length = added->length;
            return SEQUENCE_KEY;
        }
        *ret_length = decoder->used;
        found = SEQUENCE_MORE;
    }
    return found;
}

static unsigned patience(const struct key_decoder *decoder)
{
    bool only_esc = decoder->used == 1 || (decoder->used == 2 && decoder->bytes[1] == 0x1b);

    return decoder->bytes[0] == 0x1b && only_esc ? decoder->esc_ms : SEQUENCE_MS;
}

// Nothing more came: what the bytes are by themselves.
static struct key give_up(struct key_decoder *decoder, uint64_t now_ms, size_t length)
{
    struct key key = {0, 0};
    bool late = decoder->late;

    if (decoder->used == 1 || decoder->bytes[1] == 0x1b) {
        drop(decoder, 1);
        if (decoder->used == 0)
            decoder->late_until = now_ms + SEQUENCE_MS;
        return (struct key){KEYCODE_ESC, 0};
    }
    if (decoder->used == 2 && (unsigned char)decoder->bytes[1] < 0x80)
        key = sequence_key((unsigned char)decoder->bytes[1], late ? 0 : KEY_ALT);
    drop(decoder, length < decoder->used ? length : decoder->used);
    return key;
}

static enum sequence scan(const struct key_decoder *decoder, bool expired, struct key *ret_key,
                          size_t *ret_length)
{
    enum sequence found = find_added(decoder, ret_key, ret_length);

    if (found == SEQUENCE_KEY || (found == SEQUENCE_MORE && !expired))
        return found;
    return sequence_scan(decoder->bytes, decoder->used, ret_key, ret_length);
}

// Takes an escape sequence from the start. False: it waits for more. A key of code 0 is none.
static bool take_sequence(struct key_decoder *decoder, uint64_t now_ms, struct key *ret_key)
{
    bool expired = now_ms - decoder->last_ms >= patience(decoder);
    size_t length;

    *ret_key = (struct key){0, 0};
    if (decoder->alone) {
        drop(decoder, 1);
        *ret_key = (struct key){KEYCODE_ESC, 0};
        return true;
    }
    switch (scan(decoder, expired, ret_key, &length)) {
    case SEQUENCE_KEY:
        drop(decoder, length);
        return true;
    case SEQUENCE_MORE:
        if (!expired)
            return false;
        *ret_key = give_up(decoder, now_ms, length);
        return true;
    case SEQUENCE_UNKNOWN:
        break;
    case SEQUENCE_PASTE:
        decoder->state = STATE_PASTE;
        break;
    case SEQUENCE_STRING:
        decoder->state = STATE_STRING;
        decoder->skipped = 0;
        break;
    case SEQUENCE_TOO_LONG:
        decoder->state = STATE_CONTROL;
        break;
    }
    drop(decoder, length);
    *ret_key = (struct key){0, 0};
    return true;
}

static bool take_key(struct key_decoder *decoder, uint64_t now_ms, struct key *ret_key)
{
    size_t n;

    if (decoder->late_until > 0) {
        bool late = decoder->last_ms <= decoder->late_until;

        decoder->late_until = 0;
        if (late && (decoder->bytes[0] == '[' || decoder->bytes[0] == 'O')) {
            memmove(decoder->bytes + 1, decoder->bytes, decoder->used++);
            decoder->bytes[0] = 0x1b;
            decoder->late = true;
        }
    }
    if (decoder->bytes[0] == 0x1b)
        return take_sequence(decoder, now_ms, ret_key);
    n = sequence_character(decoder->bytes, decoder->used, ret_key);
    if (n == 0) {
        if (now_ms - decoder->last_ms < SEQUENCE_MS)
            return false;
        n = decoder->used;
    }
    drop(decoder, n);
    return true;
}

struct key_event key_decoder_next(struct key_decoder *decoder, uint64_t now_ms)
{
    struct key key;
    bool done;

    while (decoder->used > 0 || decoder->state == STATE_PASTE) {
        switch (decoder->state) {
        case STATE_PASTE:
            if (take_paste(decoder, now_ms, &done))
                return (struct key_event){.kind = EVENT_PASTE, .text = decoder->text};
            if (!done)
                return (struct key_event){.kind = EVENT_NONE};
            break;
        case STATE_STRING:
            if (!skip_string(decoder))
                return (struct key_event){.kind = EVENT_NONE};
            break;
        case STATE_CONTROL:
            if (!skip_control(decoder))
                return (struct key_event){.kind = EVENT_NONE};
            break;
        case STATE_KEYS:
            if (!take_key(decoder, now_ms, &key))
                return (struct key_event){.kind = EVENT_NONE};
            if (key.code)
                return (struct key_event){.kind = EVENT_KEY, .key = key};
            break;
        }
    }
    return (struct key_event){.kind = EVENT_NONE};
}

int key_decoder_timeout(const struct key_decoder *decoder, uint64_t now_ms)
{
    uint64_t passed = now_ms - decoder->last_ms, limit;

    if (decoder->state == STATE_PASTE)
        limit = PASTE_MS;
    else if (decoder->state == STATE_KEYS && decoder->used > 0)
        limit = patience(decoder);
    else
        return -1; // a string that never ends is given up when the next byte comes
    return passed >= limit ? 0 : (int)(limit - passed);
}
