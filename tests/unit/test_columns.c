#include "tui/verbs/columns.h"

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/format.h"
#include "tui/verbs/ascii.h"
#include "tests/unit/runner.h"

static struct error err;

static const struct fit {
    const char *text;
    size_t width;
    const char *fitted;
} fits[] = {
    {"shop/api-7d9f-x2lqz", 30, "shop/api-7d9f-x2lqz"},
    {"shop/api-7d9f-x2lqz", 19, "shop/api-7d9f-x2lqz"},
    {"shop/api-7d9f-x2lqz", 9, "shop…2lqz"},
    {"shop/api-7d9f-x2lqz", 10, "shop/…2lqz"},
    {"abcdef", 1, "…"},
    {"abcdef", 2, "a…"},
    {"abcdef", 0, ""},
    {"", 3, ""},
    {"データベース", 12, "データベース"},
    {"データベース", 7, "デ…ス"}, // two cells each: 3 + 1 + 3 have room for one and one
    {"データベース", 9, "デー…ース"},
    {"Größe-Größe", 7, "Grö…öße"},
    {"e\xcc\x81"
     "bcdefgh",
     5,
     "e\xcc\x81"
     "b…gh"}, // the combining accent stays with its letter
};

START_TEST(test_fit)
{
    char out[256];

    text_fit(out, sizeof out, fits[_i].text, fits[_i].width);
    ck_assert_str_eq(out, fits[_i].fitted);
    ck_assert_uint_le(text_width(out), fits[_i].width);
}
END_TEST

static const struct column what[] = {
    {"NAME", COLUMN_SHRINK},
    {"N", COLUMN_RIGHT},
    {"PLACE", COLUMN_SHRINK},
    {"NOTE", COLUMN_EXTRA},
};

// What the table prints, and its widest line.
static char *print(size_t width, size_t *ret_widest)
{
    static const char *const rows[][4] = {
        {"web", "1", "/mnt/data", "x"},
        {"a-very-long-name-of-a-container-in-production", "12",
         "/srv/www/app/releases/2026-11-21/shared/uploads", "a note"},
        {"データ", NULL, "", "y"},
    };
    _cleanup_columns_ struct columns *columns = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(columns_new(what, 4, &columns, &err), 0);
    for (int i = 0; i < 3; i++)
        ck_assert_int_eq(columns_add(columns, rows[i], &err), 0);
    columns_print(columns, file, width);
    ck_assert_int_eq(fclose(file), 0);
    *ret_widest = 0;
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1) {
        char *copy = strndup(line, (size_t)(end - line));

        *ret_widest = text_width(copy) > *ret_widest ? text_width(copy) : *ret_widest;
        ck_assert_msg(end == line || end[-1] != ' ', "spaces at the end: %s", copy);
        free(copy);
    }
    return text;
}

START_TEST(test_uncut)
{
    size_t widest;
    char *text = print(0, &widest);

    ck_assert_ptr_null(strstr(text, "…"));
    ck_assert_ptr_nonnull(strstr(text, "a-very-long-name-of-a-container-in-production  12  /srv"));
    ck_assert_ptr_nonnull(
        strstr(text, "\nweb                                             1  /mnt"));
    ck_assert_ptr_nonnull(strstr(text, "\nデータ                                          -  -"));
    free(text);
}
END_TEST

START_TEST(test_fitted)
{
    static const struct {
        size_t width;
        int note;
    } widths[] = {{200, 1}, {80, 1}, {60, 1}, {46, 1}, {45, 0}, {33, 0}, {26, 0}};
    size_t widest;
    char *text = print(widths[_i].width, &widest);

    ck_assert_msg(widest <= widths[_i].width, "%zu cells:\n%s", widest, text);
    ck_assert_int_eq(strstr(text, "NOTE") != NULL, widths[_i].note);
    ck_assert_ptr_nonnull(strstr(text, "NAME"));
    ck_assert_ptr_nonnull(strstr(text, "PLACE"));
    ck_assert_int_eq(strstr(text, "…") != NULL, widths[_i].width < 200);
    free(text);
}
END_TEST

// What tells the rows apart is whole as long as something else can be cut or left out.
START_TEST(test_key)
{
    static const struct column status[] = {{"ID", 0},
                                           {"TARGET", COLUMN_SHRINK | COLUMN_KEY},
                                           {"SOURCE", COLUMN_SHRINK},
                                           {"SINCE", COLUMN_EXTRA},
                                           {"BY", COLUMN_EXTRA}};
    static const char *const row[] = {"a82214f09495", "shop/api-7d9f-x2lqz:/mnt/log",
                                      "/srv/www/app/releases/shared/uploads", "22 Nov 14:00",
                                      "mara"};
    static const struct {
        size_t width;
        const char *shows, *hides;
    } widths[] = {
        {104,
         "shop/api-7d9f-x2lqz:/mnt/log  /srv/www/app/releases/shared/uploads  22 Nov 14:00  mara",
         "…"},
        {79, "shop/api-7d9f-x2lqz:/mnt/log  /srv/www", "mara"},
        {79, "22 Nov 14:00", "mara"},
        {64, "shop/api-7d9f-x2lqz:/mnt/log  /srv/www/a…d/uploads", "22 Nov"},
        {54, "shop/api-7d9f-x2lqz:/mnt/log  /srv/…oads", "22 Nov"},
        {46, "shop/api-7…:/mnt/log  /srv/…oads", "22 Nov"},
    };
    _cleanup_columns_ struct columns *columns = NULL;
    char *text = NULL;
    size_t size = 0;
    FILE *file = open_memstream(&text, &size);

    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(columns_new(status, 5, &columns, &err), 0);
    ck_assert_int_eq(columns_add(columns, row, &err), 0);
    columns_print(columns, file, widths[_i].width);
    ck_assert_int_eq(fclose(file), 0);
    ck_assert_msg(strstr(text, widths[_i].shows) != NULL, "%zu cells:\n%s", widths[_i].width, text);
    ck_assert_msg(strstr(text, widths[_i].hides) == NULL, "%zu cells:\n%s", widths[_i].width, text);
    free(text);
}
END_TEST

// One cell of 100 KB costs its own line, not every line.
START_TEST(test_long_cell)
{
    static const struct {
        size_t length;
        bool pads; // the others are as wide
    } cells[] = {{255, true}, {256, true}, {257, false}, {100000, false}};
    _cleanup_columns_ struct columns *columns = NULL;
    char *cell = malloc(cells[_i].length + 1), *text = NULL;
    size_t size = 0, n_lines = 0;
    FILE *file = open_memstream(&text, &size);

    ck_assert(cell && file);
    memset(cell, 'x', cells[_i].length);
    cell[cells[_i].length] = '\0';
    ck_assert_int_eq(columns_new(what, 4, &columns, &err), 0);
    for (int i = 0; i < 20; i++)
        ck_assert_int_eq(columns_add(columns,
                                     (const char *const[]){i == 7 ? cell : "web", "1", "/mnt", "y"},
                                     &err),
                         0);
    columns_print(columns, file, 0);
    ck_assert_int_eq(fclose(file), 0);
    for (char *line = text, *end; (end = strchr(line, '\n')); line = end + 1, n_lines++) {
        size_t first = cells[_i].pads ? cells[_i].length : strlen("NAME");

        if (n_lines == 8)
            ck_assert_int_eq(memcmp(line, cell, cells[_i].length), 0);
        else
            ck_assert_uint_le((size_t)(end - line), first + 20);
        ck_assert_uint_gt((size_t)(end - line), first);
    }
    ck_assert_uint_eq(n_lines, 21);
    free(text);
    free(cell);
}
END_TEST

START_TEST(test_format)
{
    static const struct {
        uint64_t bytes;
        const char *text;
    } sizes[] = {{0, "0"},           {1023, "1023"}, {1024, "1.0K"},    {1536, "1.5K"},
                 {10239, "9.9K"},    {10240, "10K"}, {1 << 20, "1.0M"}, {UINT64_C(1) << 40, "1.0T"},
                 {UINT64_MAX, "15E"}};
    char out[FORMAT_SIZE];

    for (size_t i = 0; i < sizeof sizes / sizeof sizes[0]; i++)
        ck_assert_str_eq(format_bytes(out, sizes[i].bytes), sizes[i].text);
    ck_assert_str_eq(format_took(out, 410), "410 µs");
    ck_assert_str_eq(format_took(out, 4160), "4.1 ms");
    ck_assert_str_eq(format_took(out, 2199999), "2.1 s");
    ck_assert_str_eq(format_age(out, 1000000, 1007200), "2h");
    ck_assert_str_eq(format_age(out, 1001000, 1000000), "");
    ck_assert_str_eq(format_age(out, 0, 1000000), "");
}
END_TEST

START_TEST(test_ascii)
{
    char *text = NULL;
    size_t size = 0;
    FILE *to = open_memstream(&text, &size), *ascii = ascii_stream(to);

    ck_assert_ptr_nonnull(ascii);
    ck_assert_int_gt(fprintf(ascii, "a…b → 410 µs · データ ö\n"), 0);
    // Characters that arrive in pieces.
    ck_assert_int_eq(fputc(0xe2, ascii), 0xe2);
    ck_assert_int_eq(fflush(ascii), 0);
    ck_assert_int_ge(fputs("\x80\xa6|\xc3", ascii), 0);
    ck_assert_int_eq(fclose(ascii), 0);
    ck_assert_int_eq(fclose(to), 0);
    ck_assert_str_eq(text, "a...b -> 410 us - ??? ?\n...|?");
    free(text);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_fit, 0, sizeof fits / sizeof fits[0]);
    tcase_add_test(tcase, test_uncut);
    tcase_add_loop_test(tcase, test_fitted, 0, 7);
    tcase_add_loop_test(tcase, test_key, 0, 6);
    tcase_add_loop_test(tcase, test_long_cell, 0, 4);
    tcase_add_test(tcase, test_format);
    tcase_add_test(tcase, test_ascii);
}

int main(void)
{
    return run_suite("columns", add);
}
