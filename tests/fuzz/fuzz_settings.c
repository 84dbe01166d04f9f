// A configuration file of any bytes: it is refused as a whole, or its members are taken, told to be
// wrong or told to be unknown; what is taken is within the bounds of the table.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "core/wire/settings.h"
#include "fuzz.h"
#include "fuzz_file.h"

static void check_error(const struct error *err)
{
    require(*err->message && text_is_clean(err->message, strlen(err->message)), "it says why");
    require(text_is_clean(err->hint, strlen(err->hint)), "a hint is clean text");
    require(err->code != ERROR_NONE, "an error has a code");
}

static void on_told(const struct error *err, void *context)
{
    check_error(err);
    ++*(unsigned *)context;
}

static void check_text(const char *text, enum setting id)
{
    if (!text)
        return;
    require(text_is_clean(text, strlen(text)), "what is taken is clean text");
    require((long)strlen(text) >= setting_infos[id].least &&
                (long)strlen(text) <= setting_infos[id].most,
            "what is taken is within bounds");
}

static void check_settings(const struct settings *settings)
{
    check_text(settings->theme, SETTING_ID_THEME);
    check_text(settings->banner, SETTING_ID_BANNER);
    check_text(settings->docker, SETTING_ID_ENGINE_DOCKER);
    check_text(settings->runtimes, SETTING_ID_ENGINE_RUNTIMES);
    require(settings->esc_ms <= 5000, "milliseconds are within bounds");
    require(settings->n_keys <= SETTINGS_KEYS_MAX, "keys are within bounds");
    for (size_t i = 0; i < settings->n_keys; i++) {
        check_text(settings->keys[i].keys, SETTING_ID_KEYS);
        require(strlen(settings->keys[i].action) < 64, "an action has a short name");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    static const unsigned flags[] = {0, SETTINGS_SCREEN_ONLY, SETTINGS_ENGINE_ONLY};

    put("config.json", bytes, size);
    for (size_t i = 0; i < ARRAY_SIZE(flags); i++) {
        _cleanup_settings_ struct settings settings = {.given = 0};
        unsigned told = 0;
        const struct settings_events events = {on_told, on_told, &told};
        struct error err;
        int r = settings_read(&settings, put_path, flags[i], &events, &err);

        require(r <= 0, "the file is there");
        if (r < 0) {
            check_error(&err);
            require(settings.given == 0, "nothing is taken of a file that is refused");
        }
        check_settings(&settings);
        require(!(flags[i] & SETTINGS_SCREEN_ONLY) || !settings.docker, "the engine is left out");
        require(!(flags[i] & SETTINGS_ENGINE_ONLY) || !settings.theme, "the screen is left out");
    }
    return 0;
}
