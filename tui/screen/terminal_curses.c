#include <errno.h>
#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <signal.h>
#include <sys/mman.h>

#include "core/base/text.h"
#include "tui/screen/terminal_internal.h"
#include "tui/screen/terminal_term.h"

// --- what the terminal is called -----------------------------------------------------------------

static void tell(const struct terminal *terminal, const char *name, enum term_found found)
{
    char shown[TERM_SIZE], text[160];

    if (!terminal->events.notice || terminal_lines_only(terminal))
        return;
    text_clean(shown, sizeof shown, name ? name : "", name ? strlen(name) : 0);
    if (!name || !*name)
        (void)snprintf(text, sizeof text, "TERM is not set: using %s", terminal->term);
    else if (found == TERM_NO_CURSOR)
        (void)snprintf(text, sizeof text, "TERM=%s cannot place the cursor: using %s", shown,
                       terminal->term);
    else
        (void)snprintf(text, sizeof text, "TERM=%s is unknown here: using %s", shown,
                       terminal->term);
    terminal->events.notice(text, terminal->context);
}

static int choose(struct terminal *terminal, const char *name, struct error *err)
{
    static const char *const instead[] = {"xterm-256color", "xterm", "vt100"};
    int fd = fileno(terminal->sink);
    enum term_found found = term_look_up(name, fd);

    if (found == TERM_GOOD) {
        (void)strcpy(terminal->term, name);
        return 0;
    }
    for (size_t i = 0; i < ARRAY_SIZE(instead); i++)
        if (term_look_up(instead[i], fd) == TERM_GOOD) {
            (void)strcpy(terminal->term, instead[i]);
            tell(terminal, name, found);
            return 0;
        }
    (void)error_set(err, ERROR_UNSUPPORTED, ENOENT,
                    "there is no description of any terminal (terminfo)");
    error_hint(err, "install ncurses-base (Debian), ncurses-terminfo-base (Alpine), or set "
                    "TERMINFO to where the descriptions are");
    return -ENOENT;
}

// --- strings of the description ------------------------------------------------------------------

size_t curses_string(const char *capability, char *out, size_t size)
{
    const char *s = tigetstr(capability);
    size_t n = 0;

    if (!s || s == (const char *)-1)
        return 0;
    while (*s && n < size) {
        const char *end = s[0] == '$' && s[1] == '<' ? strchr(s, '>') : NULL;

        if (end)
            s = end + 1;
        else
            out[n++] = *s++;
    }
    return *s ? 0 : n;
}

void curses_keys(struct key_decoder *decoder)
{
    static const struct {
        const char *capability;
        enum key_code code;
    } keys[] = {
        {"kcuu1", KEYCODE_UP},     {"kcud1", KEYCODE_DOWN},    {"kcub1", KEYCODE_LEFT},
        {"kcuf1", KEYCODE_RIGHT},  {"kpp", KEYCODE_PAGE_UP},   {"knp", KEYCODE_PAGE_DOWN},
        {"khome", KEYCODE_HOME},   {"kend", KEYCODE_END},      {"kich1", KEYCODE_INSERT},
        {"kdch1", KEYCODE_DELETE}, {"kbs", KEYCODE_BACKSPACE}, {"kcbt", KEYCODE_SHIFT_TAB},
        {"kent", KEYCODE_ENTER},   {"kf1", KEYCODE_F1},        {"kf2", KEYCODE_F2},
        {"kf3", KEYCODE_F3},       {"kf4", KEYCODE_F4},        {"kf5", KEYCODE_F5},
        {"kf6", KEYCODE_F6},       {"kf7", KEYCODE_F7},        {"kf8", KEYCODE_F8},
        {"kf9", KEYCODE_F9},       {"kf10", KEYCODE_F10},      {"kf11", KEYCODE_F11},
        {"kf12", KEYCODE_F12},
    };

    for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
        const char *sequence = tigetstr(keys[i].capability);

        if (sequence && sequence != (const char *)-1)
            (void)key_decoder_add(decoder, sequence, keys[i].code);
    }
}

// --- curses on it --------------------------------------------------------------------------------

// Of what is there only the part that says how characters are written. Where the locale that is
// asked for is not installed (ssh brings the client's), its UTF-8 still holds.
static bool set_locale(const struct terminal *terminal, const struct terminal_headless *headless)
{
    const char *asked = getenv("LC_ALL");

    if (terminal_off_screen(terminal)) {
        (void)setlocale(LC_CTYPE, headless->utf8 ? "C.UTF-8" : "C");
        return headless->utf8;
    }
    if (!asked || !*asked)
        asked = getenv("LC_CTYPE");
    if (!asked || !*asked)
        asked = getenv("LANG");
    if (!setlocale(LC_CTYPE, "") && asked &&
        (strcasestr(asked, "UTF-8") || strcasestr(asked, "UTF8")))
        (void)setlocale(LC_CTYPE, "C.UTF-8");
    return MB_CUR_MAX > 1 && mblen("\xe2\x80\xa6", 3) == 3;
}

static void set_number(const char *name, const char *value, int number)
{
    char digits[16];

    if (number > 0) {
        (void)snprintf(digits, sizeof digits, "%d", number);
        value = digits;
    }
    if (value)
        (void)setenv(name, value, 1);
    else
        (void)unsetenv(name);
}

// newterm(3) takes the size of what is no terminal from LINES and COLUMNS, and installs handlers
// for signals that are ours.
static SCREEN *new_screen(const struct terminal *terminal, int height, int width)
{
    static const int handled[] = {SIGINT, SIGTERM, SIGTSTP, SIGWINCH};
    struct sigaction before[ARRAY_SIZE(handled)];
    const char *lines_before = getenv("LINES"), *columns_before = getenv("COLUMNS");
    _cleanup_free_ char *own_lines = lines_before ? strdup(lines_before) : NULL;
    _cleanup_free_ char *own_columns = columns_before ? strdup(columns_before) : NULL;
    SCREEN *screen;

    for (size_t i = 0; i < ARRAY_SIZE(handled); i++)
        (void)sigaction(handled[i], NULL, &before[i]);
    set_number("LINES", NULL, height);
    set_number("COLUMNS", NULL, width);
    use_env(TRUE);
    screen = newterm(terminal->term, terminal->sink, terminal->nothing);
    set_number("LINES", own_lines, 0);
    set_number("COLUMNS", own_columns, 0);
    for (size_t i = 0; i < ARRAY_SIZE(handled); i++)
        (void)sigaction(handled[i], &before[i], NULL);
    return screen;
}

static void begin_colors(struct terminal *terminal)
{
    terminal->depth = DEPTH_MONO;
    terminal->colors = tigetnum("colors");
    if (terminal->flags & TERMINAL_NO_COLOR || terminal->colors < 8 || start_color() != OK ||
        use_default_colors() != OK)
        return;
    terminal->depth = terminal->colors >= 256 ? DEPTH_256 : DEPTH_16;
}

static int remember_size(struct terminal *terminal, int height, int width, struct error *err)
{
    unsigned char *lines_there = calloc((size_t)height * (size_t)width, 1);

    if (!lines_there)
        return ERROR_OOM(err);
    free(terminal->surface.lines);
    terminal->surface.lines = lines_there;
    terminal->surface.height = height;
    terminal->surface.width = width;
    terminal->fresh = true;
    return 0;
}

int curses_begin(struct terminal *terminal, const struct terminal_headless *headless,
                 struct error *err)
{
    int fd = memfd_create("davit-screen", MFD_CLOEXEC), height, width, r;

    terminal->sink = fd >= 0 ? fdopen(fd, "w") : NULL;
    terminal->nothing = fopen("/dev/null", "re");
    if (!terminal->sink || !terminal->nothing) {
        if (!terminal->sink && fd >= 0)
            (void)close(fd);
        return error_errno(err, errno, "cannot prepare the screen");
    }
    r = choose(terminal, headless ? headless->term : getenv("TERM"), err);
    if (r < 0)
        return r;
    terminal->surface.utf8 = set_locale(terminal, headless);
    if (headless) {
        height = headless->height;
        width = headless->width;
    } else {
        tty_size(terminal, &height, &width);
    }
    terminal->screen = new_screen(terminal, height, width);
    if (!terminal->screen)
        return error_set(err, ERROR_UNSUPPORTED, 0, "curses cannot use the terminal %s",
                         terminal->term);
    terminal->surface.window = stdscr;
    begin_colors(terminal);
    (void)nonl(); // nothing is done to what we send: see tty_raw()
    (void)typeahead(-1);
    return remember_size(terminal, height, width, err);
}

void curses_end(struct terminal *terminal)
{
    if (terminal->screen)
        delscreen(terminal->screen);
    cleanup_fclose(&terminal->sink);
    cleanup_fclose(&terminal->nothing);
    free(terminal->surface.lines);
}

int curses_resize(struct terminal *terminal, int height, int width, struct error *err)
{
    if (resize_term(height, width) != OK)
        return ERROR_OOM(err);
    return remember_size(terminal, height, width, err);
}
