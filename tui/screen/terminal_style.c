#include "tui/screen/terminal_internal.h"

static attr_t attributes_of(unsigned bits)
{
    return (bits & ATTRIBUTE_BOLD ? A_BOLD : 0U) | (bits & ATTRIBUTE_DIM ? A_DIM : 0U) |
           (bits & ATTRIBUTE_UNDERLINE ? A_UNDERLINE : 0U) |
           (bits & ATTRIBUTE_REVERSE ? A_REVERSE : 0U) | (bits & ATTRIBUTE_ITALIC ? A_ITALIC : 0U);
}

// Terminals whose numbers are RGB above the first 8: the colour that xterm has for the number.
static int direct(int color)
{
    static const int steps[] = {0, 0x5f, 0x87, 0xaf, 0xd7, 0xff};
    static const int bright[] = {0x7f7f7f, 0xff0000, 0x00ff00, 0xffff00,
                                 0x5c5cff, 0xff00ff, 0x00ffff, 0xffffff};

    if (color < 8)
        return color;
    if (color < 16)
        return bright[color - 8];
    if (color >= 232)
        return (8 + 10 * (color - 232)) * 0x010101;
    color -= 16;
    return steps[color / 36] << 16 | steps[color / 6 % 6] << 8 | steps[color % 6];
}

// Terminals of 8 colours show bright ones as bold; a bright black is shown dim in the terminal's
// own colour, since many show bold black as black.
static int foreground(const struct terminal *terminal, int color, attr_t *attributes)
{
    if (terminal->colors > 256)
        return direct(color);
    if (color < 8 || terminal->colors >= 16)
        return color;
    if (color == 8) {
        *attributes |= A_DIM;
        return -1;
    }
    *attributes |= A_BOLD;
    return color - 8;
}

static int background(const struct terminal *terminal, int color)
{
    if (terminal->colors > 256)
        return direct(color);
    return color >= 8 && terminal->colors < 16 ? color - 8 : color;
}

static short pair_of(int fg, int bg)
{
    int pair = fg < 0 && bg < 0 ? 0 : alloc_pair(fg, bg);

    return (short)(pair > 0 && pair <= 0x7fff ? pair : 0);
}

// What a blank of ROLE_TEXT is written with: its colour is not seen on a blank, and where a blank
// and the text beside it are one pair, nothing is sent between them. -1 where it says something
// else too (a bright colour that is shown as bold).
static int unseen(const struct terminal *terminal, const struct theme *theme)
{
    attr_t attributes = 0;
    int fg = theme_quantise(&theme->styles[ROLE_TEXT].fg, terminal->depth);

    if (terminal->depth == DEPTH_MONO || fg < 0)
        return -1;
    fg = foreground(terminal, fg, &attributes);
    return attributes ? -1 : fg;
}

static void set_role(struct terminal *terminal, enum role role, const struct theme_style *style,
                     int unseen_fg)
{
    struct surface_style *text = &terminal->surface.styles[role];
    struct surface_style *blank = &terminal->surface.blanks[role];
    bool mono = terminal->depth == DEPTH_MONO;
    int fg = -1, bg = -1;

    text->attributes = attributes_of(mono ? style->mono : style->attributes);
    if (!mono) {
        fg = theme_quantise(&style->fg, terminal->depth);
        bg = theme_quantise(&style->bg, terminal->depth);
    }
    if (fg >= 0)
        fg = foreground(terminal, fg, &text->attributes);
    if (bg >= 0)
        bg = background(terminal, bg);
    if (fg >= 0 && fg == bg) // 8 colours cannot tell them apart
        fg = bg == 0 ? 7 : 0;
    text->pair = pair_of(fg, bg);
    blank->attributes = text->attributes & (A_REVERSE | A_UNDERLINE);
    blank->pair = blank->attributes ? text->pair : pair_of(bg >= 0 ? unseen_fg : -1, bg);
}

void terminal_set_theme(struct terminal *terminal, const struct theme *theme)
{
    // Colours of the theme before give way, since some terminals have 64 pairs.
    for (size_t i = 0; i < ROLE_COUNT; i++) {
        if (terminal->surface.styles[i].pair > 0)
            (void)free_pair(terminal->surface.styles[i].pair);
        if (terminal->surface.blanks[i].pair > 0)
            (void)free_pair(terminal->surface.blanks[i].pair);
    }
    for (int i = 0; i < ROLE_COUNT; i++)
        set_role(terminal, (enum role)i, &theme->styles[i], unseen(terminal, theme));
    terminal->fresh = true;
}
