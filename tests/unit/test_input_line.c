// One typed line: what keys do to text and cursor, and what of it is shown.
#include "tui/dialogs/input_line.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/text.h"
#include "offscreen.h"
#include "runner.h"

static struct input_line line;

static enum input_outcome press(const char *name)
{
    struct key_event event = {.kind = EVENT_KEY};

    ck_assert_msg(key_parse(name, &event.key), "no key %s", name);
    return input_line_type(&line, &event);
}

static enum input_outcome character(uint32_t point)
{
    struct key_event event = {.kind = EVENT_KEY, .key = {.code = point}};

    return input_line_type(&line, &event);
}

static enum input_outcome paste(const char *text)
{
    struct key_event event = {.kind = EVENT_PASTE, .text = text};

    return input_line_type(&line, &event);
}

// What keys make of a text; the cursor stands at the end when they begin.
START_TEST(typed)
{
    static const struct {
        const char *text, *keys, *expected;
        size_t cursor;
    } cases[] = {
        {"", "a b", "ab", 2},
        {"ac", "Left b", "abc", 2},
        {"bc", "Home a", "abc", 1},
        {"bc", "Ctrl-A a", "abc", 1},
        {"ab", "Home End c", "abc", 3},
        {"ab", "Home Ctrl-E c", "abc", 3},
        {"abc", "Backspace", "ab", 2},
        {"abc", "Home Backspace", "abc", 0},
        {"abc", "Home Delete", "bc", 0},
        {"abc", "Delete", "abc", 3},
        {"abc", "Left Left Ctrl-K", "a", 1},
        {"abc", "Left Ctrl-U", "c", 0},
        {"/var/log/app", "Ctrl-W", "/var/log/", 9},
        {"/var/log/", "Ctrl-W", "/var/", 5},
        {"two words", "Ctrl-W", "two ", 4},
        {"/", "Ctrl-W", "", 0},
        {"", "Ctrl-W", "", 0},
        {"a", "Space b", "a b", 3},
        {"äö", "Left Backspace", "ö", 0},
        {"aö", "Home Right Delete", "a", 1},
        {"€", "Left x", "x€", 1},
        {"a", "Left Left Left b", "ba", 1},
        {"a", "Right Right b", "ab", 2},
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char copy[64], *rest = copy, *key;

        (void)snprintf(copy, sizeof copy, "%s", cases[i].keys);
        input_line_set(&line, cases[i].text);
        while ((key = strsep(&rest, " ")))
            (void)press(key);
        ck_assert_msg(strcmp(line.text, cases[i].expected) == 0 && line.cursor == cases[i].cursor,
                      "'%s' and %s gave '%s' with the cursor at %zu", cases[i].text, cases[i].keys,
                      line.text, line.cursor);
        ck_assert_uint_eq(line.length, strlen(line.text));
    }
}
END_TEST

// What belongs to whoever has the line comes back to it, and changes nothing.
START_TEST(not_mine)
{
    static const char *const keys[] = {"Tab", "Shift-Tab", "Enter",  "Esc",    "Up",     "Down",
                                       "F1",  "PageUp",    "Ctrl-C", "Ctrl-O", "Ctrl-Z", "Alt-x"};

    input_line_set(&line, "text");
    for (size_t i = 0; i < sizeof keys / sizeof keys[0]; i++) {
        struct key key;

        if (!key_parse(keys[i], &key))
            continue;
        ck_assert_msg(press(keys[i]) == INPUT_NOT_MINE, "%s was taken", keys[i]);
    }
    ck_assert_str_eq(line.text, "text");
    ck_assert_int_eq(press("Left"), INPUT_MOVED);
    ck_assert_int_eq(press("x"), INPUT_CHANGED);
    ck_assert_int_eq(press("Backspace"), INPUT_CHANGED);
    (void)press("Home");
    ck_assert_int_eq(press("Backspace"), INPUT_MOVED);
}
END_TEST

START_TEST(unicode)
{
    static const uint32_t clean[] = {'a', 0xe4, 0x20ac, 0x1f40b};
    static const uint32_t hostile[] = {0x1b,   0x7f, 0x9b,   0x202e,
                                       0x2028, 0xad, 0xd800, 0x110000 - 1};

    input_line_set(&line, "");
    for (size_t i = 0; i < sizeof clean / sizeof clean[0]; i++)
        ck_assert_int_eq(character(clean[i]), INPUT_CHANGED);
    ck_assert_str_eq(line.text, "aä€\xf0\x9f\x90\x8b");
    input_line_set(&line, "");
    for (size_t i = 0; i < sizeof hostile / sizeof hostile[0] - 1; i++)
        ck_assert_msg(character(hostile[i]) != INPUT_CHANGED, "U+%04X was taken", hostile[i]);
    ck_assert_str_eq(line.text, "");
}
END_TEST

// What is pasted is text, whatever is in it.
START_TEST(pasted)
{
    input_line_set(&line, "ac");
    (void)press("Left");
    ck_assert_int_eq(paste("b"), INPUT_CHANGED);
    ck_assert_str_eq(line.text, "abc");
    ck_assert_uint_eq(line.cursor, 2);
    input_line_set(&line, "");
    (void)paste("\x1b]52;c;x\a\rA");
    ck_assert(text_is_clean(line.text, line.length));
    ck_assert_ptr_null(strchr(line.text, '\x1b'));
    ck_assert_ptr_nonnull(strchr(line.text, 'A'));
    ck_assert_int_eq(paste(""), INPUT_MOVED);
}
END_TEST

// At the limit nothing is cut in the middle of a character.
START_TEST(bounded)
{
    char *text = malloc(8000);

    memset(text, 'x', 7999);
    text[7999] = '\0';
    input_line_set(&line, text);
    ck_assert_uint_le(line.length, INPUT_LINE_LIMIT);
    ck_assert_uint_gt(line.length, INPUT_LINE_LIMIT - 8);
    input_line_set(&line, "");
    memcpy(text + INPUT_LINE_LIMIT - 1, "ä", 2);
    ck_assert_int_eq(paste(text), INPUT_CHANGED);
    ck_assert_uint_eq(line.length, INPUT_LINE_LIMIT - 1);
    ck_assert_int_eq(character(0xe4), INPUT_MOVED); // no room for two bytes
    ck_assert_int_eq(character('y'), INPUT_CHANGED);
    ck_assert_int_eq(character('y'), INPUT_MOVED);
    ck_assert_uint_eq(line.length, INPUT_LINE_LIMIT);
    free(text);
}
END_TEST

static void paint(struct offscreen *screen, int width)
{
    surface_clear(surface_all(screen->surface), ROLE_TEXT);
    input_line_paint(&line, surface_all(screen->surface), 0, 0, width, true);
    offscreen_look(screen);
}

// The cursor is always in sight, and as much of the text as fits.
START_TEST(painted)
{
    struct offscreen screen;

    offscreen_open(&screen, 2, 20, true);
    input_line_set(&line, "/var/log");
    paint(&screen, 10);
    ck_assert_ptr_nonnull(strstr(screen.rows[0], "/var/log"));
    ck_assert_int_eq(screen.cursor_x, 8);
    input_line_set(&line, "/var/log/application");
    paint(&screen, 10);
    ck_assert_ptr_nonnull(strstr(screen.rows[0], "<"));
    ck_assert_ptr_nonnull(strstr(screen.rows[0], "ication"));
    ck_assert_int_le(screen.cursor_x, 9);
    (void)press("Home");
    paint(&screen, 10);
    ck_assert_ptr_nonnull(strstr(screen.rows[0], "/var/log"));
    ck_assert_int_eq(screen.cursor_x, 0);
    (void)press("End");
    for (int i = 0; i < 12; i++)
        (void)press("Backspace");
    paint(&screen, 10);
    ck_assert_ptr_nonnull(strstr(screen.rows[0], "/var/log"));
    for (int width = 0; width < 4; width++) {
        input_line_set(&line, "äöü€");
        paint(&screen, width);
        ck_assert_int_lt(screen.cursor_x, width > 0 ? width : 1);
    }
    offscreen_close(&screen);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, typed);
    tcase_add_test(tcase, not_mine);
    tcase_add_test(tcase, unicode);
    tcase_add_test(tcase, pasted);
    tcase_add_test(tcase, bounded);
    tcase_add_test(tcase, painted);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("input_line", add);
}
