// A theme of any bytes: it is taken or refused, and what is taken is within bounds, says something
// clean when it warns, and comes out as the same when it is read again.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "fuzz.h"
#include "fuzz_file.h"
#include "tui/screen/theme.h"

static void on_warning(const char *text, void *context)
{
    unsigned *n = context;

    require(text_is_clean(text, strlen(text)), "a warning is clean text");
    require(++*n <= 21, "there are few warnings");
}

static void check_color(const struct theme_color *color)
{
    int of_16 = theme_quantise(color, DEPTH_16), of_256 = theme_quantise(color, DEPTH_256);
    int full = theme_quantise(color, DEPTH_RGB);

    require(of_16 >= -1 && of_16 < 16, "one of 16");
    require(of_256 >= -1 && of_256 < 256, "one of 256");
    require(full >= -1 && (full < 16 || full >> 24 == 1), "one of all");
    require(theme_quantise(color, DEPTH_MONO) == -1, "none of none");
}

static void check_theme(const struct theme *theme)
{
    const unsigned all =
        ATTRIBUTE_BOLD | ATTRIBUTE_DIM | ATTRIBUTE_UNDERLINE | ATTRIBUTE_REVERSE | ATTRIBUTE_ITALIC;

    require(*theme->name && text_is_clean(theme->name, strlen(theme->name)), "it has a name");
    for (enum role role = 0; role < ROLE_COUNT; role++) {
        const struct theme_style *style = &theme->styles[role];

        check_color(&style->fg);
        check_color(&style->bg);
        require(!((style->attributes | style->mono) & ~all), "attributes that there are");
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
    const struct theme_places places = {.user = put_directory, .shipped = -1};
    struct theme *theme = NULL, *again = NULL;
    struct error err;
    unsigned n = 0, n_again = 0;

    put("t.json", bytes, size);
    if (theme_load(&places, "t", on_warning, &n, &theme, &err) < 0) {
        require(*err.message && text_is_clean(err.message, strlen(err.message)), "it says why");
        return 0;
    }
    check_theme(theme);
    require(theme_load(&places, "t", on_warning, &n_again, &again, &err) == 0 && n == n_again &&
                memcmp(theme, again, sizeof *theme) == 0,
            "read again it is the same");
    theme_free(theme);
    theme_free(again);
    return 0;
}
