#include "tui/screen/theme.h"

#include <math.h>
#include <string.h>

#include "tui/screen/theme_internal.h"

// What xterm shows for the 16, where nobody changed them. The user's terminal may show anything
// else: these values only decide which of them is nearest to a colour.
static const uint8_t ansi_values[16][3] = {
    {0x00, 0x00, 0x00}, {0xcd, 0x00, 0x00}, {0x00, 0xcd, 0x00}, {0xcd, 0xcd, 0x00},
    {0x00, 0x00, 0xee}, {0xcd, 0x00, 0xcd}, {0x00, 0xcd, 0xcd}, {0xe5, 0xe5, 0xe5},
    {0x7f, 0x7f, 0x7f}, {0xff, 0x00, 0x00}, {0x00, 0xff, 0x00}, {0xff, 0xff, 0x00},
    {0x5c, 0x5c, 0xff}, {0xff, 0x00, 0xff}, {0x00, 0xff, 0xff}, {0xff, 0xff, 0xff},
};

static const char *const ansi_names[16] = {
    "black",        "red",           "green",       "yellow",         "blue",
    "magenta",      "cyan",          "white",       "bright-black",   "bright-red",
    "bright-green", "bright-yellow", "bright-blue", "bright-magenta", "bright-cyan",
    "bright-white",
};

int theme_color_ansi(const char *name)
{
    for (int i = 0; i < 16; i++)
        if (strcmp(ansi_names[i], name) == 0)
            return i;
    return -1;
}

static int hexadecimal(char c)
{
    if (c >= '0' && c <= '9')
        return c - '0';
    if (c >= 'a' && c <= 'f')
        return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

static bool parse_rgb(const char *text, uint8_t out[3])
{
    if (text[0] != '#' || strlen(text) != 7)
        return false;
    for (int i = 0; i < 3; i++) {
        int high = hexadecimal(text[1 + 2 * i]), low = hexadecimal(text[2 + 2 * i]);

        if (high < 0 || low < 0)
            return false;
        out[i] = (uint8_t)(high << 4 | low);
    }
    return true;
}

bool theme_color_parse(const char *text, struct theme_color *ret)
{
    struct theme_color color = {.as_256 = -1, .as_16 = -1};
    int ansi = theme_color_ansi(text);
    uint8_t rgb[3];

    if (strcmp(text, "default") == 0) {
        color.kind = COLOR_IS_DEFAULT;
    } else if (ansi >= 0) {
        color.kind = COLOR_IS_ANSI;
        color.ansi = (uint8_t)ansi;
    } else if (parse_rgb(text, rgb)) {
        color.kind = COLOR_IS_RGB;
        color.r = rgb[0];
        color.g = rgb[1];
        color.b = rgb[2];
    } else {
        return false;
    }
    *ret = color;
    return true;
}

// xterm's 256: the 16, a cube of 6 × 6 × 6, 24 greys.
void theme_index_rgb(int index, uint8_t out[3])
{
    static const uint8_t levels[6] = {0, 95, 135, 175, 215, 255};

    if (index < 16) {
        memcpy(out, ansi_values[index < 0 ? 0 : index], 3);
    } else if (index < 232) {
        out[0] = levels[(index - 16) / 36];
        out[1] = levels[(index - 16) / 6 % 6];
        out[2] = levels[(index - 16) % 6];
    } else {
        memset(out, 8 + 10 * (index - 232), 3);
    }
}

// sRGB to linear light, IEC 61966-2-1. WCAG 2 has 0.03928 for the bend, which is the same in 8
// bits.
static double linear(uint8_t value)
{
    double v = value / 255.0;

    return v <= 0.04045 ? v / 12.92 : pow((v + 0.055) / 1.055, 2.4);
}

struct lab {
    double l, a, b;
};

static double lab_bend(double t)
{
    return t > 216.0 / 24389 ? cbrt(t) : (24389.0 / 27 * t + 16) / 116;
}

// CIE L*a*b* for the white D65.
static struct lab to_lab(const uint8_t rgb[3])
{
    double r = linear(rgb[0]), g = linear(rgb[1]), b = linear(rgb[2]);
    double x = lab_bend((0.4124564 * r + 0.3575761 * g + 0.1804375 * b) / 0.95047);
    double y = lab_bend(0.2126729 * r + 0.7151522 * g + 0.0721750 * b);
    double z = lab_bend((0.0193339 * r + 0.1191920 * g + 0.9503041 * b) / 1.08883);

    return (struct lab){116 * y - 16, 500 * (x - y), 200 * (y - z)};
}

// The nearest of some colours by the distance in L*a*b* (CIE 1976): near enough to what an eye
// says, and nobody's blue becomes grey as with a distance in RGB.
static int nearest(const uint8_t rgb[3], int first, int last)
{
    static struct lab known[256];
    static bool filled;
    struct lab wanted = to_lab(rgb);
    double best = INFINITY;
    int found = first;

    for (int i = 0; !filled && i < 256; i++) {
        uint8_t value[3];

        theme_index_rgb(i, value);
        known[i] = to_lab(value);
    }
    filled = true;
    for (int i = first; i <= last; i++) {
        double l = wanted.l - known[i].l, a = wanted.a - known[i].a, b = wanted.b - known[i].b;
        double far = l * l + a * a + b * b;

        if (far < best) {
            best = far;
            found = i;
        }
    }
    return found;
}

int theme_quantise(const struct theme_color *color, enum theme_depth depth)
{
    const uint8_t rgb[3] = {color->r, color->g, color->b};

    if (color->kind == COLOR_IS_DEFAULT || depth == DEPTH_MONO)
        return -1;
    if (color->kind == COLOR_IS_ANSI)
        return color->ansi;
    switch (depth) {
    case DEPTH_MONO:
        break;
    case DEPTH_16:
        return color->as_16 >= 0 ? color->as_16 : nearest(rgb, 0, 15);
    case DEPTH_256:
        // The first 16 are the user's own, and may be anything.
        return color->as_256 >= 0 ? color->as_256 : nearest(rgb, 16, 255);
    case DEPTH_RGB:
        return DEPTH_RGB | color->r << 16 | color->g << 8 | color->b;
    }
    return -1;
}
