// Bytes from a terminal: whatever they are, the keys are the same in whatever pieces they come,
// pasted text is clean, and nothing waits for ever.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "fuzz.h"
#include "tui/screen/key.h"

static void require(int condition, const char *what)
{
    if (condition)
        return;
    (void)fprintf(stderr, "not so: %s\n", what);
    abort();
}

static void drain(struct key_decoder *decoder, uint64_t now, FILE *out)
{
    for (;;) {
        struct key_event event = key_decoder_next(decoder, now);
        char name[KEY_NAME_SIZE];
        struct key again;

        if (event.kind == EVENT_NONE)
            return;
        if (event.kind == EVENT_PASTE) {
            require(*event.text && text_is_clean(event.text, strlen(event.text)),
                    "pasted text is clean");
            (void)fprintf(out, "[%s] ", event.text);
            continue;
        }
        require(event.key.code != 0, "a key has a code");
        key_format(event.key, name);
        require(event.key.modifiers & KEY_CTRL || !text_is_clean(name, strlen(name)) ||
                    (key_parse(name, &again) && again.code == event.key.code),
                "its name is its own");
        (void)fprintf(out, "%s ", name);
    }
}

// The keys as text, when the bytes come in pieces of `piece`.
static char *decode(const uint8_t *bytes, size_t size, size_t piece)
{
    struct key_decoder *decoder = key_decoder_new(100);
    char *text = NULL;
    size_t length;
    FILE *out = open_memstream(&text, &length);
    uint64_t now = 1000;
    int timeout;

    require(decoder && out, "memory");
    for (size_t i = 0; i < size; i += piece) {
        key_decoder_feed(decoder, (const char *)bytes + i, size - i < piece ? size - i : piece,
                         now);
        drain(decoder, now, out);
    }
    for (int i = 0; (timeout = key_decoder_timeout(decoder, now)) >= 0; i++) {
        require(i < 100000, "it ends");
        now += (uint64_t)timeout;
        drain(decoder, now, out);
    }
    (void)fclose(out);
    key_decoder_free(decoder);
    return text;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    char *whole = decode(bytes, size < 1024 ? size : 1024, 1024);

    for (size_t piece = 1; piece < 8; piece += 2) {
        char *parts = decode(bytes, size < 1024 ? size : 1024, piece);

        require(strcmp(whole, parts) == 0, "it is the same in pieces");
        free(parts);
    }
    free(whole);
    return 0;
}
