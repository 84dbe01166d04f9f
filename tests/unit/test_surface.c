#include "tui/screen/surface.h"

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"
#include "tests/unit/screen_lab.h"

static struct screen_lab lab;

static void open_small(int width, int height, bool utf8)
{
    screen_lab_open(&lab, width, height, "xterm-256color", utf8, 0);
    surface_clear(surface_all(lab.surface), ROLE_TEXT);
}

static const struct cut {
    const char *text;
    int width;
    enum surface_cut cut;
    const char *utf8, *ascii;
    int cells;
} cuts[] = {
    {"edge-api", 10, CUT_END, "edge-api", "edge-api", 8},
    {"edge-api", 8, CUT_END, "edge-api", "edge-api", 8},
    {"edge-api", 7, CUT_END, "edge-a…", "edge-a~", 7},
    {"edge-api", 1, CUT_END, "…", "~", 1},
    {"edge-api", 0, CUT_END, "", "", 0},
    {"", 5, CUT_MIDDLE, "", "", 0},
    {"shop/api-7d9f-x2lqz:app", 10, CUT_MIDDLE, "shop/…:app", "shop/~:app", 10},
    {"shop/api-7d9f-x2lqz:app", 9, CUT_MIDDLE, "shop…:app", "shop~:app", 9},
    {"shop/api-7d9f-x2lqz:app", 2, CUT_MIDDLE, "s…", "s~", 2},
    {"shop/api-7d9f-x2lqz:app", 1, CUT_MIDDLE, "…", "~", 1},
    {"データベース", 12, CUT_END, "データベース", "????????????", 12},
    {"データベース", 8, CUT_END, "データ…", "??????~", 7}, // half of a wide one is none
    {"データベース", 7, CUT_MIDDLE, "デ…ス", "??~??", 5},
    {"Größe → µs · 2×", 20, CUT_END, "Größe → µs · 2×", "Gr??e > us - 2x", 15},
    {"e\xcc\x81t\xc3\xa9", 5, CUT_END, "e\xcc\x81té", "et?", 3},
    {"\xcc\x81x", 5, CUT_END, "\xef\xbf\xbdx", "?x", 2}, // combines with nothing
    {"a\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81\xcc\x81z", 5, CUT_END,
     "a\xcc\x81\xcc\x81\xcc\x81\xcc\x81z", "az", 2},
    // never raw, whatever a view forgot
    {"a\x1b[31mb", 10, CUT_END, "a\xef\xbf\xbd[31mb", "a?[31mb", 7},
    {"a\xc2\x9b\x07\x7f\xff\xe2\x80\xaez", 10, CUT_END,
     "a\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdz", "a?????z", 7},
};

START_TEST(test_cut)
{
    const struct cut *cut = &cuts[_i];

    for (int utf8 = 0; utf8 < 2; utf8++) {
        char line[256];

        open_small(20, 1, utf8);
        ck_assert_int_eq(surface_text(surface_all(lab.surface), 0, 0, cut->width, ROLE_TEXT,
                                      cut->cut, cut->text),
                         cut->cells);
        (void)snprintf(line, sizeof line, "%s\n", utf8 ? cut->utf8 : cut->ascii);
        ck_assert_str_eq(screen_lab_text(&lab), line);
        screen_lab_close(&lab);
    }
}
END_TEST

START_TEST(test_columns)
{
    ck_assert_int_eq(text_columns(""), 0);
    ck_assert_int_eq(text_columns("edge-api"), 8);
    ck_assert_int_eq(text_columns("データ…"), 7);
    ck_assert_int_eq(text_columns("e\xcc\x81"), 1);
    ck_assert_int_eq(text_columns("\x1b[1m"), 4);
    ck_assert_int_eq(text_columns("\xef\xbf\xbd"), 1);
}
END_TEST

START_TEST(test_place) // where text is cut at the part, and what lies outside
{
    struct surface_part all, part;

    open_small(10, 4, true);
    all = surface_all(lab.surface);
    part = surface_within(all, 1, 2, 2, 5);
    ck_assert_int_eq(surface_text(part, 0, 0, -1, ROLE_TEXT, CUT_END, "123456"), 5);
    ck_assert_int_eq(surface_text(part, 1, 3, 9, ROLE_TEXT, CUT_END, "abc"), 2);
    ck_assert_int_eq(surface_text(part, 2, 0, -1, ROLE_TEXT, CUT_END, "no"), 0);
    ck_assert_int_eq(surface_text(part, -1, 0, -1, ROLE_TEXT, CUT_END, "no"), 0);
    ck_assert_int_eq(surface_text(part, 0, -1, -1, ROLE_TEXT, CUT_END, "no"), 0);
    ck_assert_int_eq(surface_text(part, 0, 5, -1, ROLE_TEXT, CUT_END, "no"), 0);
    surface_right(all, 3, 0, 10, ROLE_TEXT, "12 GB");
    surface_right(all, 3, 0, 3, ROLE_TEXT, "123456");
    surface_blank(part, 0, 1, 2, ROLE_TEXT);
    ck_assert_int_eq(surface_format(all, 0, 8, -1, ROLE_TEXT, "%d%s", 4, "2"), 2);
    ck_assert_str_eq(screen_lab_text(&lab), "        42\n  1  4…\n     a…\n12…  12 GB\n");
    screen_lab_close(&lab);
}
END_TEST

START_TEST(test_within)
{
    static const int asked[][8] = {
        // y, x, height, width of what is asked for; what there is, of a part of 4 x 10 at 1, 2
        {0, 0, 4, 10, 1, 2, 4, 10}, {1, 1, 2, 3, 2, 3, 2, 3},   {2, 5, 9, 9, 3, 7, 2, 5},
        {-1, -2, 3, 5, 1, 2, 2, 3}, {9, 20, 1, 1, 5, 12, 0, 0}, {1, 1, -3, -3, 2, 3, 0, 0},
    };
    const int *a = asked[_i];
    struct surface_part part;

    open_small(20, 10, true);
    part = surface_within(surface_within(surface_all(lab.surface), 1, 2, 4, 10), a[0], a[1], a[2],
                          a[3]);
    ck_assert_int_eq(part.y, a[4]);
    ck_assert_int_eq(part.x, a[5]);
    ck_assert_int_eq(part.height, a[6]);
    ck_assert_int_eq(part.width, a[7]);
    surface_clear(part, ROLE_TEXT);
    surface_frame(part, ROLE_BORDER);
    screen_lab_close(&lab);
}
END_TEST

// Two panes side by side and one below, each with a frame of its own: they join.
static void paint_panes(void)
{
    struct surface_part all = surface_all(lab.surface), left = surface_within(all, 0, 0, 4, 9),
                        right = surface_within(all, 0, 8, 4, 8),
                        below = surface_within(all, 3, 0, 4, 16);

    surface_frame(left, ROLE_BORDER);
    surface_frame(right, ROLE_BORDER);
    surface_frame(below, ROLE_BORDER);
    surface_rule(below, 2, ROLE_BORDER);
    surface_text(left, 0, 2, 4, ROLE_TITLE, CUT_END, " 1 ");
    surface_rule_down(surface_within(all, 5, 0, 2, 16), 4, ROLE_BORDER);
}

START_TEST(test_lines)
{
    open_small(16, 7, true);
    paint_panes();
    ck_assert_str_eq(screen_lab_text(&lab), "┌─ 1 ───┬──────┐\n"
                                            "│       │      │\n"
                                            "│       │      │\n"
                                            "├───────┴──────┤\n"
                                            "│              │\n"
                                            "├───┬──────────┤\n"
                                            "└───┴──────────┘\n");
    screen_lab_close(&lab);
    open_small(16, 7, false);
    paint_panes();
    ck_assert_str_eq(screen_lab_text(&lab), "+- 1 ---+------+\n"
                                            "|       |      |\n"
                                            "|       |      |\n"
                                            "+-------+------+\n"
                                            "|              |\n"
                                            "+---+----------+\n"
                                            "+---+----------+\n");
    screen_lab_close(&lab);
}
END_TEST

START_TEST(test_dialog) // what is cleared does not join
{
    struct surface_part all, dialog;

    open_small(16, 7, true);
    paint_panes();
    all = surface_all(lab.surface);
    dialog = surface_within(all, 1, 3, 4, 8);
    surface_clear(dialog, ROLE_DIALOG);
    surface_frame(dialog, ROLE_DIALOG_BORDER);
    ck_assert_str_eq(screen_lab_text(&lab), "┌─ 1 ───┬──────┐\n"
                                            "│  ┌──────┐    │\n"
                                            "│  │      │    │\n"
                                            "├──│      │────┤\n"
                                            "│  └──────┘    │\n"
                                            "├───┬──────────┤\n"
                                            "└───┴──────────┘\n");
    // and the next turn begins anew
    surface_clear(all, ROLE_TEXT);
    surface_frame(surface_within(all, 0, 0, 1, 4), ROLE_BORDER);
    surface_frame(surface_within(all, 2, 0, 3, 1), ROLE_BORDER);
    surface_frame(surface_within(all, 2, 4, 1, 1), ROLE_BORDER);
    surface_frame(surface_within(all, 4, 4, 2, 2), ROLE_BORDER);
    surface_frame(surface_within(all, 4, 9, 0, 2), ROLE_BORDER);
    surface_rule(all, 7, ROLE_BORDER);
    surface_rule(all, -1, ROLE_BORDER);
    surface_rule_down(all, 16, ROLE_BORDER);
    ck_assert_str_eq(screen_lab_text(&lab), "────\n\n│   ─\n│\n│   ┌┐\n    └┘\n\n");
    screen_lab_close(&lab);
}
END_TEST

START_TEST(test_wide_over) // half of a wide character never stays
{
    struct surface_part all;

    open_small(8, 3, true);
    all = surface_all(lab.surface);
    for (int y = 0; y < 3; y++)
        surface_text(all, y, 0, -1, ROLE_TEXT, CUT_END, "データ");
    surface_text(all, 0, 1, -1, ROLE_TEXT, CUT_END, "x");
    surface_text(all, 1, 2, -1, ROLE_TEXT, CUT_END, "x");
    surface_blank(all, 2, 3, 2, ROLE_TEXT);
    ck_assert_str_eq(screen_lab_text(&lab), " xータ\nデx タ\nデ\n");
    screen_lab_close(&lab);
}
END_TEST

static const struct wrapped {
    const char *text;
    int width;
    const char *lines; // with "|" between them
} wrapped[] = {
    {"", 10, ""},
    {"one two three", 20, "one two three"},
    {"one two three", 13, "one two three"},
    {"one two three", 12, "one two|three"},
    {"one two three", 7, "one two|three"},
    {"one two three", 5, "one|two|three"},
    {"one two three", 3, "one|two|thr|ee"},
    {"abcdefgh", 3, "abc|def|gh"},
    {"a   b    c", 3, "a|b|c"},
    {"データ ベース", 6, "データ|ベース"},
    {"データ", 1, "デ|ー|タ"}, // wider than the line: one each, so that it ends
    {"データ", 3, "デ|ー|タ"},
    {"ab cd", 0, "a|b|c|d"},
    {"bad\x1b[0m byte", 8, "bad\xef\xbf\xbd[0m|byte"},
};

static void add_line(const char *line, void *context)
{
    char *out = context;
    size_t used = strlen(out);

    (void)snprintf(out + used, 256 - used, "%s%s", used ? "|" : "", line);
}

START_TEST(test_wrap)
{
    char out[256] = "";
    int lines = text_wrap(wrapped[_i].text, wrapped[_i].width, add_line, out), expected = 1;

    ck_assert_str_eq(out, wrapped[_i].lines);
    for (const char *c = out; *c; c++)
        expected += *c == '|';
    ck_assert_int_eq(lines, expected);
    ck_assert_int_eq(text_wrap(wrapped[_i].text, wrapped[_i].width, NULL, NULL), expected);
}
END_TEST

START_TEST(test_signs)
{
    open_small(4, 1, true);
    ck_assert_str_eq(surface_sign_selected(lab.surface), "▌");
    ck_assert_str_eq(surface_sign_marked(lab.surface), "●");
    ck_assert_int_eq(surface_height(lab.surface), 1);
    ck_assert_int_eq(surface_width(lab.surface), 4);
    screen_lab_close(&lab);
    open_small(4, 1, false);
    ck_assert_str_eq(surface_sign_selected(lab.surface), ">");
    ck_assert_str_eq(surface_sign_marked(lab.surface), "*");
    screen_lab_close(&lab);
}
END_TEST

START_TEST(test_cursor)
{
    struct surface_part all;

    open_small(10, 3, true);
    all = surface_all(lab.surface);
    ck_assert_int_eq(terminal_flush(lab.terminal), 0);
    ck_assert_ptr_nonnull(strstr(screen_lab_read(&lab), "\nno cursor\n"));
    surface_text(all, 0, 0, -1, ROLE_TEXT, CUT_END, "x");
    surface_cursor(surface_within(all, 1, 1, 2, 4), 1, 2);
    surface_cursor(surface_within(all, 1, 1, 2, 4), 2, 2); // outside: not heard
    ck_assert_int_eq(terminal_flush(lab.terminal), 0);
    ck_assert_ptr_nonnull(strstr(screen_lab_read(&lab), "\ncursor in row 3, column 4\n"));
    ck_assert_int_eq(terminal_flush(lab.terminal), 0); // nothing painted: it stays
    ck_assert_ptr_nonnull(strstr(screen_lab_read(&lab), "\ncursor in row 3, column 4\n"));
    surface_text(all, 0, 0, -1, ROLE_TEXT, CUT_END, "y");
    ck_assert_int_eq(terminal_flush(lab.terminal), 0);
    ck_assert_ptr_nonnull(strstr(screen_lab_read(&lab), "\nno cursor\n"));
    screen_lab_close(&lab);
}
END_TEST

START_TEST(test_corner) // the last cell of the last row, where terminals would scroll
{
    open_small(3, 2, true);
    surface_text(surface_all(lab.surface), 0, 0, -1, ROLE_TEXT, CUT_END, "abc");
    surface_text(surface_all(lab.surface), 1, 0, -1, ROLE_TEXT, CUT_END, "def");
    ck_assert_str_eq(screen_lab_text(&lab), "abc\ndef\n");
    screen_lab_close(&lab);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_cut, 0, ARRAY_SIZE(cuts));
    tcase_add_test(tcase, test_columns);
    tcase_add_test(tcase, test_place);
    tcase_add_loop_test(tcase, test_within, 0, 6);
    tcase_add_test(tcase, test_lines);
    tcase_add_test(tcase, test_dialog);
    tcase_add_test(tcase, test_wide_over);
    tcase_add_loop_test(tcase, test_wrap, 0, ARRAY_SIZE(wrapped));
    tcase_add_test(tcase, test_signs);
    tcase_add_test(tcase, test_cursor);
    tcase_add_test(tcase, test_corner);
}

int main(void)
{
    return run_suite("surface", add);
}
