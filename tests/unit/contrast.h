// How well a theme's colours can be told apart.
#ifndef DAVIT_TESTS_CONTRAST_H
#define DAVIT_TESTS_CONTRAST_H

#include <math.h>

#include "tui/screen/theme.h"

// WCAG 2: relative luminance, of a colour whose value only the user's terminal knows that of xterm:
// the 16 as xterm has them, and for "default" its white (#e5e5e5) on black, or black on white for a
// light theme.
static inline double luminance(const struct theme_color *color, bool is_bg, bool light)
{
    uint8_t rgb[3] = {color->r, color->g, color->b};
    double linear[3];

    if (color->kind == COLOR_IS_ANSI)
        theme_index_rgb(color->ansi, rgb);
    else if (color->kind == COLOR_IS_DEFAULT)
        theme_index_rgb(is_bg ? (light ? 15 : 0) : (light ? 0 : 7), rgb);
    for (int i = 0; i < 3; i++) {
        double v = rgb[i] / 255.0;

        linear[i] = v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
    }
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2];
}

// WCAG 2 contrast ratio, 1 to 21.
static inline double contrast_of(const struct theme_color *fg, const struct theme_color *bg,
                                 const struct theme *theme)
{
    double a = luminance(fg, false, theme->light), b = luminance(bg, true, theme->light);

    return a > b ? (a + 0.05) / (b + 0.05) : (b + 0.05) / (a + 0.05);
}

#endif
