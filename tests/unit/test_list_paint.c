// The list on the screen: its columns at every width, where the cursor stands, how much is asked
// for.
#include "tui/views/list.h"

#include <time.h>

#include "list_table.h"
#include "offscreen.h"
#include "runner.h"

static void paint(struct offscreen *screen, struct list *list, unsigned flags)
{
    list_paint(list, surface_all(screen->surface), flags);
    offscreen_look(screen);
}

START_TEST(paints_rows)
{
    struct table table;
    struct list *list = make(&table, 30);
    struct offscreen screen;

    offscreen_open(&screen, 6, 30, true);
    list_sort(list, 0);
    change(list);
    paint(&screen, list, LIST_FOCUSED);
    ck_assert_str_eq(screen.rows[0], "  NAME▲    NUMBER");
    ck_assert_str_eq(screen.rows[1], "▌ name-000     30");
    ck_assert_str_eq(screen.rows[2], "  name-001     29");
    ck_assert_int_eq(screen.cursor_y, 1);
    ck_assert(list_act(list, ACTION_MARK));
    ck_assert(list_act(list, ACTION_BOTTOM));
    paint(&screen, list, LIST_FOCUSED);
    ck_assert_str_eq(screen.rows[5], "▌ name-029      1");
    ck_assert_int_eq(screen.cursor_y, 5);
    // What was selected is gone: no marker, the cursor stays.
    drop(&table, 29);
    change(list);
    paint(&screen, list, LIST_FOCUSED);
    ck_assert_str_eq(screen.rows[5], "  name-028      2");
    ck_assert_int_eq(screen.cursor_y, 5);
    for (int i = 0; i < 6; i++)
        ck_assert_ptr_null(strstr(screen.rows[i], "▌"));
    ck_assert(list_act(list, ACTION_TOP));
    ck_assert(list_act(list, ACTION_SORT_INVERT)); // k0 is the last now
    ck_assert(!list_act(list, ACTION_BOTTOM));
    paint(&screen, list, 0);
    ck_assert_str_eq(screen.rows[0], "  NAME▼    NUMBER");
    ck_assert_str_eq(screen.rows[5], "▌●name-000     30");
    offscreen_close(&screen);
    end(list, &table);
}
END_TEST

static void rename_row(struct table *table, size_t i, const char *name)
{
    (void)snprintf(table->rows[i].name, sizeof table->rows[i].name, "%s", name);
}

// A column takes what its rows need; what there is not enough of is shared.
START_TEST(columns_take_what_they_need)
{
    struct table table;
    struct list *list = make(&table, 3);
    struct offscreen screen;

    rename_row(&table, 1, "a-name-of-23-characters");
    change(list);
    offscreen_open(&screen, 4, 70, true);
    paint(&screen, list, 0);
    ck_assert_str_eq(screen.rows[0], "  NAME                     NUMBER  WIDE");
    ck_assert_str_eq(screen.rows[2], "  a-name-of-23-characters       2  2 wide");
    set_filter(list, "name-00"); // columns stay where they are
    paint(&screen, list, 0);
    ck_assert_str_eq(screen.rows[0], "  NAME                     NUMBER  WIDE");
    offscreen_close(&screen);
    offscreen_open(&screen, 4, 30, true);
    set_filter(list, "");
    paint(&screen, list, 0);
    ck_assert_str_eq(screen.rows[2], "  a-name-of-…characters      2");
    offscreen_close(&screen);
    end(list, &table);
}
END_TEST

// Rows that come or go above leave the selected one on its line of the screen.
START_TEST(reordering_does_not_scroll)
{
    struct table table;
    struct list *list = make(&table, 40);
    struct offscreen screen;

    offscreen_open(&screen, 11, 30, true);
    ck_assert(go_to(list, &table, "k20"));
    paint(&screen, list, LIST_FOCUSED);
    ck_assert(list_act(list, ACTION_UP));
    ck_assert(list_act(list, ACTION_UP));
    paint(&screen, list, LIST_FOCUSED);
    ck_assert_int_eq(screen.cursor_y, 8);
    drop(&table, 3);
    drop(&table, 2);
    change(list);
    paint(&screen, list, LIST_FOCUSED);
    ck_assert_str_eq(selected(list, &table), "k18");
    ck_assert_int_eq(screen.cursor_y, 8);
    ck_assert_ptr_nonnull(strstr(screen.rows[8], "name-018"));
    offscreen_close(&screen);
    end(list, &table);
}
END_TEST

START_TEST(paints_any_size)
{
    struct table table;
    struct list *list = make(&table, 3);

    for (int height = 1; height < 6; height++)
        for (int width = 1; width < 90; width += 4) {
            struct offscreen screen;

            offscreen_open(&screen, height, width, width % 8 == 1);
            paint(&screen, list, LIST_FOCUSED);
            if (height == 3 && width >= 29)
                ck_assert_ptr_nonnull(strstr(screen.rows[1], "name-000"));
            ck_assert(width < 60 || !strstr(screen.rows[0], "NAME") ||
                      strstr(screen.rows[0], "WIDE"));
            table.n = 0;
            change(list);
            paint(&screen, list, LIST_FOCUSED);
            table.n = 3;
            list_restart(list);
            change(list);
            offscreen_close(&screen);
        }
    end(list, &table);
}
END_TEST

START_TEST(says_why_it_is_empty)
{
    struct table table;
    struct list *list = make(&table, 5);
    struct offscreen screen;

    offscreen_open(&screen, 5, 60, false);
    set_filter(list, "zz");
    paint(&screen, list, 0);
    ck_assert_str_eq(screen.rows[0], " none of 5 fits the filter \"zz\"; Esc clears it");
    set_filter(list, "");
    table.n = 0;
    change(list);
    paint(&screen, list, 0);
    ck_assert_str_eq(screen.rows[0], " nothing is here");
    offscreen_close(&screen);
    end(list, &table);
}
END_TEST

START_TEST(long_lists_stay_fast)
{
    struct table table;
    struct list *list = make(&table, ROWS_MAX);
    struct offscreen screen;
    clock_t start;

    offscreen_open(&screen, 24, 80, true);
    paint(&screen, list, LIST_FOCUSED);
    table.asked = 0;
    for (int i = 0; i < 100; i++) {
        ck_assert(list_act(list, ACTION_DOWN));
        list_paint(list, surface_all(screen.surface), LIST_FOCUSED);
    }
    ck_assert_uint_le(table.asked, 100 * 24 * 3); // cells of rows in sight alone
    start = clock();
    list_sort(list, 1);
    change(list);
    set_filter(list, "name-0");
    ck_assert(list_act(list, ACTION_MARK_ALL));
    set_filter(list, "");
    ck_assert(list_act(list, ACTION_MARK_ALL));
    ck_assert(list_act(list, ACTION_MARK_ALL));
    ck_assert_uint_eq(list_marked(list, NULL, 0), 0);
    // Generous: with sanitizers, on a busy machine. The product of rows and marks takes minutes.
    ck_assert_int_lt((clock() - start) / CLOCKS_PER_SEC, 10);
    offscreen_close(&screen);
    end(list, &table);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, paints_rows);
    tcase_add_test(tcase, columns_take_what_they_need);
    tcase_add_test(tcase, reordering_does_not_scroll);
    tcase_add_test(tcase, paints_any_size);
    tcase_add_test(tcase, says_why_it_is_empty);
    tcase_add_test(tcase, long_lists_stay_fast);
}

int main(void)
{
    return run_suite("list_paint", add);
}
