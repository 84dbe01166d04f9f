#include "tui/screen/key.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"

#define ESC_MS 100

// Bytes at their times, and what comes of them: keys by name, "[text]" for a paste.
static const struct typed {
    struct {
        uint64_t at;
        const char *bytes;
    } feed[6];
    const char *expected;
} typed[] = {
    // characters
    {{{0, "aZ?"}}, "a Z ?"},
    {{{0, " \t\r\n\x7f\b"}}, "Space Tab Enter Enter Backspace Backspace"},
    {{{0, "\x01\x04\x1a\x1c\x1f"}}, "Ctrl-A Ctrl-D Ctrl-Z Ctrl-\\ Ctrl-_"},
    {{{0, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80"}}, "ä € 😀"},
    {{{0, "\xc3"}, {5, "\xa4"}}, "ä"},
    {{{0, "\xe2"}, {5, "\x82"}, {900, "\xac"}}, "€"},
    {{{0, "\xe2\x82"}, {1500, "a"}}, "a"},                 // never finished
    {{{0, "\xff\xc3(\x80z"}}, "( z"},                      // no UTF-8
    {{{0, "\xc0\xaf\xed\xa0\x80\xf4\x90\x80\x80q"}}, "q"}, // overlong, surrogate, too large
    {{{0, "\xc2\x9bq"}}, "q"},                             // a C1 control
    // Esc alone and with what follows
    {{{0, "\x1b"}}, "Esc"},
    {{{0, "\x1b"}, {150, "q"}}, "Esc q"},
    {{{0, "\x1b"}, {50, "q"}}, "Alt-q"},
    {{{0, "\x1b\x1b"}}, "Esc Esc"},
    {{{0, "\x1b\x1bq"}}, "Esc Alt-q"},
    {{{0, "\x1b\r"}}, "Alt-Enter"},
    {{{0, "\x1b\xc3"}, {10, "\xa4"}}, "Alt-ä"},
    // an arrow that was split is never Esc and then D
    {{{0, "\x1b"}, {50, "[D"}}, "Left"},
    {{{0, "\x1b["}, {900, "D"}}, "Left"},
    {{{0, "\x1b"}, {150, "[D"}}, "Esc Left"},
    {{{0, "\x1b"}, {150, "["}, {800, "D"}}, "Esc Left"},
    {{{0, "\x1b"}, {900, "OD"}}, "Esc Left"},
    {{{0, "\x1b"}, {900, "O"}, {1800, "D"}}, "Esc Left"},
    {{{0, "\x1b"}, {150, "[1;5"}, {200, "D"}}, "Esc Ctrl-Left"},
    {{{0, "\x1b"}, {150, "D"}}, "Esc D"}, // this one was typed
    {{{0, "\x1b"}, {150, "q"}, {200, "[D"}}, "Esc q [ D"},
    {{{0, "\x1b"}, {150, "["}}, "Esc ["},
    {{{0, "\x1b"}, {1500, "[D"}}, "Esc [ D"}, // too late
    {{{0, "\x1b[1;"}, {1500, "q"}}, "q"},     // never finished: nothing of it is a key
    {{{0, "\x1b["}}, "Alt-["},
    {{{0, "\x1bO"}}, "Alt-O"},
    // ECMA-48, xterm
    {{{0, "\x1b[A\x1b[B\x1b[C\x1b[D\x1b[H\x1b[F"}}, "Up Down Right Left Home End"},
    {{{0, "\x1b[1~\x1b[2~\x1b[3~\x1b[4~\x1b[5~\x1b[6~\x1b[7~\x1b[8~"}},
     "Home Insert Delete End PageUp PageDown Home End"},
    {{{0,
       "\x1bOP\x1bOQ\x1bOR\x1bOS\x1b[15~\x1b[17~\x1b[18~\x1b[19~\x1b[20~\x1b[21~\x1b[23~\x1b[24~"}},
     "F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 F11 F12"},
    {{{0, "\x1b[Z"}}, "Shift-Tab"},
    {{{0, "\x1b[1;5A\x1b[1;3B\x1b[1;7C\x1b[1;2D\x1b[3;5~\x1b[5;3~"}},
     "Ctrl-Up Alt-Down Ctrl-Alt-Right Left Ctrl-Delete Alt-PageUp"},
    {{{0, "\x1b[1;5P\x1b[15;3~"}}, "Ctrl-F1 Alt-F5"},
    {{{0, "\x1b[1;2P\x1b[19;2~"}}, ""}, // Shift-F8 is not F8
    {{{0, "\x1b[27;5;100~\x1b[100;5u\x1b[27u\x1b[9;2u"}}, "Ctrl-D Ctrl-D Esc Shift-Tab"},
    // application mode and the keypad
    {{{0, "\x1bOA\x1bOH\x1bOM\x1bOk\x1bOp\x1bOy\x1bO5C"}}, "Up Home Enter + 0 9 Ctrl-Right"},
    // VT100, Linux console, rxvt, Alt by a second Esc
    {{{0, "\x1b[11~\x1b[12~\x1b[13~\x1b[14~"}}, "F1 F2 F3 F4"},
    {{{0, "\x1b[[A\x1b[[B\x1b[[C\x1b[[D\x1b[[E"}}, "F1 F2 F3 F4 F5"},
    {{{0, "\x1b[["}, {20, "E"}}, "F5"},
    {{{0, "\x1b[[Fq"}}, "q"},
    {{{0, "\x1bOa\x1bOd\x1b[a\x1b[5^\x1b[5$\x1b[5@"}},
     "Ctrl-Up Ctrl-Left Up Ctrl-PageUp PageUp Ctrl-PageUp"},
    {{{0, "\x1b\x1b[A\x1b\x1bOB"}}, "Alt-Up Alt-Down"},
    // what is no key is swallowed whole
    {{{0, "\x1b[?1;2cq"}}, "q"},
    {{{0, "\x1b[>41;354;0cq"}}, "q"},
    {{{0, "\x1b[24;79Rq"}}, "q"},
    {{{0, "\x1b[1;5Rq"}}, "Ctrl-F3 q"},
    {{{0, "\x1b[Iq\x1b[Ow"}}, "q w"},
    {{{0, "\x1b[<0;10;10Mq"}}, "q"},
    {{{0, "\x1b[M DDq"}}, "q"},
    {{{0, "\x1b[M"}, {10, " D"}, {20, "Dq"}}, "q"},
    {{{0, "\x1b[1;2;3;4;5;6xq"}}, "q"},
    {{{0, "\x1b[999999999999999~q"}}, "q"},
    {{{0, "\x1b]11;rgb:0000/DDDD/0000\x1b\\q"}}, "q"},
    {{{0, "\x1b]52;c;REREREQ=\aq"}}, "q"},
    {{{0, "\x1bP1$r"}, {10, "0mDD\x1b"}, {20, "\\q"}}, "q"},
    {{{0, "\x1b]52;never ends"}, {1500, "q"}}, "q"},
    {{{0, "\x1b_DD\x1b[Aq"}}, "Up q"}, // broken off by another sequence
    {{{0, "\x1b]"}}, "Alt-]"},
    {{{0, "\x1b[1;\rq"}}, "Enter q"},
    {{{0, "\x1b[1\x1b[Aq"}}, "Up q"},
    {{{0, "\x1b[1\xc3\xa4q"}}, "ä q"},
    // paste
    {{{0, "\x1b[200~Dq\x1b[201~x"}}, "[Dq] x"},
    {{{0, "\x1b[200~a\r\nb\nc\td\n\x1b[201~"}}, "[a b c d]"},
    {{{0, "\x1b[20"}, {5, "0~A"}, {10, "D\x1b"}, {15, "[20"}, {20, "1"}, {25, "~x"}}, "[AD] x"},
    {{{0, "\x1b[200~\x1b[A\x1b[2D\x1b[201~"}}, "[\xef\xbf\xbd[A\xef\xbf\xbd[2D]"},
    {{{0, "\x1b[200~\x01\xff\xe2\x80\xae\x1b[201~"}}, "[\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd]"},
    {{{0, "\x1b[200~ \n \x1b[201~x"}}, "x"},
    {{{0, "\x1b[200~slow"}, {5000, " line\x1b[201~"}}, "[slow line]"},
    {{{0, "\x1b[200~never ends"}, {15000, "x"}}, "[never ends] x"},
    {{{0, "\x1b[201~x"}}, "x"},
    {{{0, "\x1b"}, {150, "[200~D\x1b[201~"}}, "Esc [D]"},
    // by the terminal's own description
    {{{0, "\x1b?up!"}}, "Up"},
    {{{0, "\x1b?"}, {500, "up!q"}}, "Up q"},
    {{{0, "\x1b?u"}, {1500, "x"}}, "Alt-? u x"},
    {{{0, "\x1bOz"}}, "F11"},
};

static void collect(struct key_decoder *decoder, uint64_t now, char *out, size_t size)
{
    for (;;) {
        struct key_event event = key_decoder_next(decoder, now);
        size_t used = strlen(out);
        char name[KEY_NAME_SIZE];

        if (event.kind == EVENT_NONE)
            return;
        if (event.kind == EVENT_PASTE) {
            (void)snprintf(out + used, size - used, "%s[%s]", used ? " " : "", event.text);
        } else {
            key_format(event.key, name);
            (void)snprintf(out + used, size - used, "%s%s", used ? " " : "", name);
        }
    }
}

// Lets time pass as the loop would: asks again whenever the decoder wants to be asked.
static void pass(struct key_decoder *decoder, uint64_t *now, uint64_t until, char *out, size_t size)
{
    int timeout;

    while ((timeout = key_decoder_timeout(decoder, *now)) >= 0 &&
           *now + (uint64_t)timeout <= until) {
        *now += (uint64_t)timeout;
        collect(decoder, *now, out, size);
        ck_assert_int_ne(key_decoder_timeout(decoder, *now), 0);
    }
    *now = until;
}

static void type(const struct typed *what, size_t piece, char *out, size_t size)
{
    struct key_decoder *decoder = key_decoder_new(ESC_MS);
    uint64_t now = 0;

    ck_assert_ptr_nonnull(decoder);
    ck_assert(key_decoder_add(decoder, "\x1b?up!", KEYCODE_UP));
    ck_assert(key_decoder_add(decoder, "\x1bOz", KEYCODE_F11));
    out[0] = '\0';
    for (size_t i = 0; i < ARRAY_SIZE(what->feed) && what->feed[i].bytes; i++) {
        const char *bytes = what->feed[i].bytes;

        pass(decoder, &now, 1000 + what->feed[i].at, out, size);
        for (size_t left = strlen(bytes), n; left > 0; bytes += n, left -= n) {
            n = piece && piece < left ? piece : left;
            key_decoder_feed(decoder, bytes, n, now);
            collect(decoder, now, out, size);
        }
    }
    pass(decoder, &now, now + 60000, out, size);
    ck_assert_int_eq(key_decoder_timeout(decoder, now), -1);
    key_decoder_free(decoder);
}

START_TEST(test_typed)
{
    char out[512];

    type(&typed[_i], 0, out, sizeof out);
    ck_assert_msg(strcmp(out, typed[_i].expected) == 0, "%d: \"%s\" instead of \"%s\"", _i, out,
                  typed[_i].expected);
}
END_TEST

// The same in whatever pieces the bytes arrive.
START_TEST(test_pieces)
{
    for (size_t piece = 1; piece < 5; piece++) {
        char out[512];

        type(&typed[_i], piece, out, sizeof out);
        ck_assert_msg(strcmp(out, typed[_i].expected) == 0,
                      "%d in pieces of %zu: \"%s\" instead of \"%s\"", _i, piece, out,
                      typed[_i].expected);
    }
}
END_TEST

START_TEST(test_busy) // the loop was away while the time of an Esc ran out
{
    struct key_decoder *decoder = key_decoder_new(ESC_MS);
    char out[64] = "";

    key_decoder_feed(decoder, "\x1b", 1, 1000);
    key_decoder_feed(decoder, "q", 1, 1300);
    collect(decoder, 1300, out, sizeof out);
    ck_assert_str_eq(out, "Esc q");
    key_decoder_feed(decoder, "\x1b", 1, 2000);
    key_decoder_feed(decoder, "[D", 2, 2300);
    out[0] = '\0';
    collect(decoder, 2300, out, sizeof out);
    ck_assert_str_eq(out, "Left");
    key_decoder_free(decoder);
}
END_TEST

START_TEST(test_patience) // 500 ms over ssh
{
    struct key_decoder *decoder = key_decoder_new(500);

    key_decoder_feed(decoder, "\x1b", 1, 1000);
    ck_assert_int_eq(key_decoder_next(decoder, 1200).kind, EVENT_NONE);
    ck_assert_int_eq(key_decoder_timeout(decoder, 1200), 300);
    ck_assert_int_eq(key_decoder_next(decoder, 1500).kind, EVENT_KEY);
    key_decoder_set_esc(decoder, 20);
    key_decoder_feed(decoder, "\x1b", 1, 9000);
    ck_assert_int_eq(key_decoder_timeout(decoder, 9000), 20);
    key_decoder_free(decoder);
}
END_TEST

// Long ones are skipped up to their end, not given as keys from some place on.
START_TEST(test_long)
{
    static const char *const frames[][2] = {
        {"\x1b[", "mq"}, {"\x1b]52;c;", "\aq"}, {"\x1bP", "\x1b\\q"}, {"\x1b_", "\x1b\\q"}};
    struct key_decoder *decoder = key_decoder_new(ESC_MS);
    char out[64] = "";

    key_decoder_feed(decoder, frames[_i][0], strlen(frames[_i][0]), 1000);
    for (int i = 0; i < 40; i++) {
        char bytes[1000];

        memset(bytes, _i == 0 ? '1' : 'D', sizeof bytes);
        key_decoder_feed(decoder, bytes, sizeof bytes, 1000);
        collect(decoder, 1000, out, sizeof out);
    }
    key_decoder_feed(decoder, frames[_i][1], strlen(frames[_i][1]), 1000);
    collect(decoder, 1000, out, sizeof out);
    ck_assert_str_eq(out, "q");
    key_decoder_free(decoder);
}
END_TEST

START_TEST(test_long_paste) // the rest is dropped, no character is cut in two
{
    struct key_decoder *decoder = key_decoder_new(ESC_MS);
    struct key_event event;

    key_decoder_feed(decoder, "\x1b[200~x", 7, 1000);
    for (int i = 0; i < 3 * PASTE_LIMIT; i += 3) {
        key_decoder_feed(decoder, "€", 3, 1000);
        ck_assert_int_eq(key_decoder_next(decoder, 1000).kind, EVENT_NONE);
    }
    key_decoder_feed(decoder, "\x1b[201~", 6, 1000);
    event = key_decoder_next(decoder, 1000);
    ck_assert_int_eq(event.kind, EVENT_PASTE);
    ck_assert_uint_eq(strlen(event.text), (PASTE_LIMIT - 1) / 3 * 3 + 1);
    ck_assert_str_eq(event.text + strlen(event.text) - 6, "€€");
    ck_assert_int_eq(key_decoder_next(decoder, 1000).kind, EVENT_NONE);
    key_decoder_free(decoder);
}
END_TEST

START_TEST(test_any_bytes) // whatever comes, it ends, within memory
{
    struct key_decoder *decoder = key_decoder_new(ESC_MS);
    unsigned seed = 4711 + (unsigned)_i;
    uint64_t now = 1;

    for (int round = 0; round < 400; round++) {
        static const char likely[] = "\x1b[]OP\\;0129~u\a\xc3\xa4M$Dq<?";
        char bytes[64];
        size_t n = (size_t)rand_r(&seed) % sizeof bytes;

        for (size_t i = 0; i < n; i++)
            bytes[i] = rand_r(&seed) % 4 ? likely[(size_t)rand_r(&seed) % (sizeof likely - 1)]
                                         : (char)rand_r(&seed);
        key_decoder_feed(decoder, bytes, n, now);
        for (int events = 0;; events++) {
            struct key_event event = key_decoder_next(decoder, now);

            if (event.kind == EVENT_NONE)
                break;
            ck_assert_int_lt(events, 20000);
            if (event.kind == EVENT_KEY)
                ck_assert_uint_ne(event.key.code, 0);
        }
        now += (uint64_t)rand_r(&seed) % 300;
    }
    key_decoder_free(decoder);
}
END_TEST

START_TEST(test_add)
{
    struct key_decoder *decoder = key_decoder_new(ESC_MS);
    int added = 0;

    ck_assert(!key_decoder_add(decoder, "", KEYCODE_UP));
    ck_assert(!key_decoder_add(decoder, "\x1b", KEYCODE_UP));
    ck_assert(!key_decoder_add(decoder, "\b", KEYCODE_BACKSPACE));
    ck_assert(!key_decoder_add(decoder, "up", KEYCODE_UP));
    ck_assert(!key_decoder_add(decoder, "\x1bmuch-too-long-for-a-key", KEYCODE_UP));
    while (key_decoder_add(decoder, "\x1bOA", KEYCODE_UP))
        ck_assert_int_lt(added++, 1000);
    ck_assert_int_gt(added, 30);
    key_decoder_free(decoder);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_typed, 0, ARRAY_SIZE(typed));
    tcase_add_loop_test(tcase, test_pieces, 0, ARRAY_SIZE(typed));
    tcase_add_test(tcase, test_busy);
    tcase_add_test(tcase, test_patience);
    tcase_add_loop_test(tcase, test_long, 0, 4);
    tcase_add_test(tcase, test_long_paste);
    tcase_add_loop_test(tcase, test_any_bytes, 0, 8);
    tcase_add_test(tcase, test_add);
}

int main(void)
{
    return run_suite("key", add);
}
