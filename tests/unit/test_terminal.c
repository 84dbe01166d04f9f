#include "tui/screen/terminal.h"

#include <errno.h>
#include <locale.h>
#include <stdlib.h>

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"
#include "tests/unit/screen_lab.h"

static struct screen_lab lab;

static struct theme_color ansi(uint8_t color)
{
    return (struct theme_color){.kind = COLOR_IS_ANSI, .ansi = color, .as_256 = -1, .as_16 = -1};
}

static struct theme_color rgb(uint8_t r, uint8_t g, uint8_t b)
{
    return (struct theme_color){
        .kind = COLOR_IS_RGB, .r = r, .g = g, .b = b, .as_256 = -1, .as_16 = -1};
}

static void paint(void)
{
    static const enum role roles[] = {ROLE_TEXT,          ROLE_HEADER,         ROLE_STATUS_OK,
                                      ROLE_STATUS_ERROR,  ROLE_STATUS_WARNING, ROLE_TEXT_DIM,
                                      ROLE_LIST_SELECTED, ROLE_FOUND};
    struct theme theme = {.name = "test"};
    struct surface_part all = surface_all(lab.surface);

    theme.styles[ROLE_HEADER].attributes = ATTRIBUTE_BOLD | ATTRIBUTE_UNDERLINE;
    theme.styles[ROLE_HEADER].mono = ATTRIBUTE_REVERSE;
    theme.styles[ROLE_STATUS_OK].fg = ansi(2);
    theme.styles[ROLE_STATUS_ERROR].fg = ansi(9);
    theme.styles[ROLE_STATUS_ERROR].mono = ATTRIBUTE_BOLD;
    theme.styles[ROLE_STATUS_WARNING].fg = ansi(0);
    theme.styles[ROLE_STATUS_WARNING].bg = ansi(11);
    theme.styles[ROLE_TEXT_DIM].fg = ansi(8);
    theme.styles[ROLE_LIST_SELECTED].fg = rgb(0x88, 0xc0, 0xd0);
    theme.styles[ROLE_LIST_SELECTED].attributes = ATTRIBUTE_ITALIC;
    theme.styles[ROLE_FOUND].fg = ansi(4);
    theme.styles[ROLE_FOUND].bg = ansi(12);
    terminal_set_theme(lab.terminal, &theme);
    surface_clear(all, ROLE_TEXT);
    for (size_t i = 0; i < ARRAY_SIZE(roles); i++) {
        surface_text(all, 0, (int)(2 * i), 1, roles[i], CUT_END, "x");
        surface_blank(all, 1, (int)(2 * i), 1, roles[i]);
    }
    ck_assert_int_eq(terminal_flush(lab.terminal), 0);
}

// Two kinds of terminals of which no description is everywhere.
static const char described[] =
    "lab-16|16 colours, am, colors#16, cols#80, lines#24, pairs#256, bold=\\E[1m, "
    "clear=\\E[H\\E[J, "
    "cup=\\E[%i%p1%d;%p2%dH, op=\\E[39;49m, setab=\\E[4%p1%dm, setaf=\\E[3%p1%dm, sgr0=\\E[m,\n"
    "lab-direct|colours by RGB, RGB, colors#0x1000000, pairs#0x10000, use=lab-16,\n";

static char directory[TEMPORARY_SIZE]; // of the descriptions

static void describe(void)
{
    char command[TEMPORARY_SIZE + 64];
    FILE *tic;

    temporary_directory(directory);
    (void)snprintf(command, sizeof command, "tic -x -o %s -", directory);
    tic = popen(command, "w");
    ck_assert_ptr_nonnull(tic);
    ck_assert_int_ge(fputs(described, tic), 0);
    ck_assert_int_eq(pclose(tic), 0);
    ck_assert_int_eq(setenv("TERMINFO", directory, 1), 0);
}

static void forget(void)
{
    char command[TEMPORARY_SIZE + 64];

    (void)snprintf(command, sizeof command, "rm -r %s", directory);
    ck_assert_int_eq(system(command), 0);
}

static const struct shown {
    const char *term;
    unsigned flags;
    const char *attributes; // as its colours are
} shown[] = {
    {"xterm-256color", 0,
     "..b.f.i.e.h.j.g.\n"
     "..a.....c.....d.\n"
     "-- legend --\n"
     ". as the terminal has it\n"
     "a underline\n"
     "b bold underline\n"
     "c bg 11\n"
     "d bg 12\n"
     "e fg 0 bg 11\n"
     "f fg 2\n"
     "g fg 4 bg 12\n"
     "h fg 8\n"
     "i fg 9\n"
     "j fg 109 italic\n"
     "no cursor\n"},
    {"lab-16", 0,
     "..b.f.j.e.i.h.g.\n"
     "..a.....c.....d.\n"
     "-- legend --\n"
     ". as the terminal has it\n"
     "a underline\n"
     "b bold underline\n"
     "c bg 11\n"
     "d bg 12\n"
     "e fg 0 bg 11\n"
     "f fg 2\n"
     "g fg 4 bg 12\n"
     "h fg 7 italic\n"
     "i fg 8\n"
     "j fg 9\n"
     "no cursor\n"},
    // 8 colours: bright ones are bold, a bright black is dim, and nothing is on its own colour
    {"linux", 0,
     "..c.i.h.f.b.j.g.\n"
     "..a.....d.....e.\n"
     "-- legend --\n"
     ". as the terminal has it\n"
     "a underline\n"
     "b dim\n"
     "c bold underline\n"
     "d bg 3\n"
     "e bg 4\n"
     "f fg 0 bg 3\n"
     "g fg 0 bg 4\n"
     "h fg 1 bold\n"
     "i fg 2\n"
     "j fg 7 italic\n"
     "no cursor\n"},
    {"vt100", 0,
     "..a...b.........\n"
     "..a.............\n"
     "-- legend --\n"
     ". as the terminal has it\n"
     "a reverse\n"
     "b bold\n"
     "no cursor\n"},
    {"xterm-256color", TERMINAL_NO_COLOR,
     "..a...b.........\n"
     "..a.............\n"
     "-- legend --\n"
     ". as the terminal has it\n"
     "a reverse\n"
     "b bold\n"
     "no cursor\n"},
};

START_TEST(test_shown)
{
    const struct shown *what = &shown[_i];
    const char *found;

    describe();
    for (int utf8 = 0; utf8 < 2; utf8++) {
        screen_lab_open(&lab, 16, 2, what->term, utf8, what->flags);
        paint();
        found = strstr(screen_lab_read(&lab), "-- attributes --\n");
        ck_assert_str_eq(found + strlen("-- attributes --\n"), what->attributes);
        screen_lab_close(&lab);
    }
    forget();
}
END_TEST

START_TEST(test_direct) // numbers above 7 are RGB there, so 9 would be nearly black
{
    describe();
    screen_lab_open(&lab, 16, 2, "lab-direct", true, 0);
    paint();
    (void)screen_lab_read(&lab);
    ck_assert_ptr_nonnull(strstr(lab.text, " fg 2\n"));
    ck_assert_ptr_null(strstr(lab.text, " fg 9\n"));
    ck_assert_ptr_nonnull(strstr(lab.text, " fg 16711680\n"));       // ff0000
    ck_assert_ptr_nonnull(strstr(lab.text, " fg 8892335 italic\n")); // 109 is 87afaf
    screen_lab_close(&lab);
    forget();
}
END_TEST

START_TEST(test_sizes)
{
    static const int sizes[][2] = {{80, 24}, {200, 50}, {40, 10}, {1, 1}, {1000, 3}};
    int width = sizes[_i][0], height = sizes[_i][1], rows = 0;
    const char *grid;

    screen_lab_open(&lab, width, height, "xterm-256color", true, 0);
    ck_assert_int_eq(surface_width(lab.surface), width);
    ck_assert_int_eq(surface_height(lab.surface), height);
    surface_clear(surface_all(lab.surface), ROLE_TEXT);
    surface_frame(surface_all(lab.surface), ROLE_BORDER);
    ck_assert_int_eq(terminal_flush(lab.terminal), 0);
    (void)screen_lab_read(&lab);
    grid = strstr(lab.text, "-- attributes --\n");
    for (const char *c = lab.text; c < grid; c++)
        rows += *c == '\n';
    ck_assert_int_eq(rows, height);
    grid += strlen("-- attributes --\n");
    for (int y = 0; y < height; y++, grid += width + 1)
        ck_assert_uint_eq(strspn(grid, "."), width);
    ck_assert(strncmp(grid, "-- legend --\n", 13) == 0);
    screen_lab_close(&lab);
}
END_TEST

// A replay must give the same everywhere.
START_TEST(test_environment)
{
    char here[sizeof lab.text];

    screen_lab_open(&lab, 30, 5, "screen", true, 0);
    paint();
    (void)strcpy(here, screen_lab_read(&lab));
    screen_lab_close(&lab);
    ck_assert_int_eq(setenv("TERM", "vt52", 1), 0);
    ck_assert_int_eq(setenv("LINES", "7", 1), 0);
    ck_assert_int_eq(setenv("COLUMNS", "9", 1), 0);
    ck_assert_int_eq(setenv("NO_COLOR", "1", 1), 0);
    ck_assert_int_eq(setenv("LC_ALL", "C", 1), 0);
    ck_assert_ptr_nonnull(setlocale(LC_ALL, "C"));
    screen_lab_open(&lab, 30, 5, "screen", true, 0);
    paint();
    ck_assert_str_eq(screen_lab_read(&lab), here);
    screen_lab_close(&lab);
    ck_assert_str_eq(getenv("LINES"), "7");
    ck_assert_str_eq(getenv("COLUMNS"), "9");
}
END_TEST

static char noticed[256];

static void notice(const char *text, void *context)
{
    (void)context;
    (void)snprintf(noticed, sizeof noticed, "%s", text);
}

static const struct fallback {
    const char *term, *notice;
} fallbacks[] = {
    {"no-such-terminal", "TERM=no-such-terminal is unknown here: using xterm-256color"},
    {"dumb", "TERM=dumb cannot place the cursor: using xterm-256color"},
    {"unknown", "TERM=unknown is unknown here: using xterm-256color"},
    {"", "TERM is not set: using xterm-256color"},
    {NULL, "TERM is not set: using xterm-256color"},
    {"../../etc/passwd", "TERM=../../etc/passwd is unknown here: using xterm-256color"},
    {"\x1b]0;x\x07", "TERM=\xef\xbf\xbd]0;x\xef\xbf\xbd is unknown here: using xterm-256color"},
    {"vt100", ""},
};

START_TEST(test_fallback)
{
    const struct terminal_events events = {.notice = notice};
    const struct terminal_headless headless = {80, 24, fallbacks[_i].term, true};
    struct terminal *terminal;
    struct loop *loop;
    struct error err;

    ck_assert_int_eq(loop_new(&loop, &err), 0);
    ck_assert_int_eq(
        terminal_open(loop, TERMINAL_OFF_SCREEN, &headless, &events, NULL, &terminal, &err), 0);
    ck_assert_str_eq(noticed, fallbacks[_i].notice);
    terminal_close(terminal);
    loop_free(loop);
}
END_TEST

START_TEST(test_no_tty)
{
    static const struct terminal_events events = {.notice = notice};
    struct terminal *terminal = NULL;
    struct loop *loop;
    struct error err;

    ck_assert_ptr_nonnull(freopen("/dev/null", "r", stdin));
    ck_assert_int_eq(loop_new(&loop, &err), 0);
    ck_assert_int_eq(terminal_open(loop, 0, NULL, &events, NULL, &terminal, &err), -ENOTTY);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "standard input is none"));
    ck_assert_ptr_null(terminal);
    loop_free(loop);
}
END_TEST

static struct key_event pressed;

static void on_key(struct key_event event, void *context)
{
    (void)context;
    pressed = event;
}

START_TEST(test_press)
{
    static const struct terminal_events events = {.key = on_key};
    const struct terminal_headless headless = {80, 24, "xterm", true};
    struct key_event event = {.kind = EVENT_KEY, .key = {KEYCODE_F5, 0}};
    struct terminal *terminal;
    struct loop *loop;
    struct error err;

    ck_assert_int_eq(loop_new(&loop, &err), 0);
    ck_assert_int_eq(
        terminal_open(loop, TERMINAL_OFF_SCREEN, &headless, &events, NULL, &terminal, &err), 0);
    terminal_press(terminal, event);
    ck_assert_int_eq(pressed.kind, EVENT_KEY);
    ck_assert_uint_eq(pressed.key.code, KEYCODE_F5);
    terminal_set_esc(terminal, 20);
    terminal_suspend(terminal); // nothing to give back
    terminal_redraw(terminal);
    ck_assert_int_eq(terminal_flush(terminal), 0);
    terminal_close(terminal);
    loop_free(loop);
}
END_TEST

START_TEST(test_copy_limit)
{
    char *text = malloc(70000);
    struct error err;

    memset(text, 'x', 69999);
    text[69999] = '\0';
    screen_lab_open(&lab, 10, 2, "xterm", true, 0);
    ck_assert_int_eq(terminal_copy(lab.terminal, text, &err), -ERANGE);
    text[65536] = '\0';
    ck_assert_int_eq(terminal_copy(lab.terminal, text, &err), 0);
    free(text);
    screen_lab_close(&lab);
}
END_TEST

START_TEST(test_save_fails)
{
    struct error err;

    screen_lab_open(&lab, 10, 2, "xterm", true, 0);
    ck_assert_int_lt(terminal_save(lab.terminal, "/proc/no/such/place", &err), 0);
    ck_assert_uint_ne(err.code, ERROR_NONE);
    screen_lab_close(&lab);
}
END_TEST

START_TEST(test_themes) // colours of many themes one after the other: pairs are given back
{
    screen_lab_open(&lab, 16, 2, "linux", true, 0);
    for (int i = 0; i < 300; i++) {
        struct theme theme = {.name = "test"};

        for (int role = 0; role < ROLE_COUNT; role++) {
            theme.styles[role].fg = ansi((uint8_t)((role + i) % 8));
            theme.styles[role].bg = ansi((uint8_t)((role / 8 + i / 8) % 8));
        }
        terminal_set_theme(lab.terminal, &theme);
    }
    paint();
    ck_assert_ptr_nonnull(strstr(screen_lab_read(&lab), "\nh fg 1 bold\n"));
    screen_lab_close(&lab);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_shown, 0, ARRAY_SIZE(shown));
    tcase_add_test(tcase, test_direct);
    tcase_add_loop_test(tcase, test_sizes, 0, 5);
    tcase_add_test(tcase, test_environment);
    tcase_add_loop_test(tcase, test_fallback, 0, ARRAY_SIZE(fallbacks));
    tcase_add_test(tcase, test_no_tty);
    tcase_add_test(tcase, test_press);
    tcase_add_test(tcase, test_copy_limit);
    tcase_add_test(tcase, test_save_fails);
    tcase_add_test(tcase, test_themes);
}

int main(void)
{
    return run_suite("terminal", add);
}
