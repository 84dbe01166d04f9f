// The list: what is selected and marked is an identity, whatever happens to the rows.
#include "tui/views/list.h"

#include "list_table.h"
#include "runner.h"

START_TEST(first_row_is_selected)
{
    struct table table;
    struct list *list = make(&table, 0);

    ck_assert_int_eq(list_selected(list), -1);
    ck_assert(!list_act(list, ACTION_DOWN));
    table.n = 3;
    fill(&table, 3);
    change(list);
    ck_assert_str_eq(selected(list, &table), "k0");
    end(list, &table);
}
END_TEST

START_TEST(reordering_keeps_the_selected_row)
{
    struct table table;
    struct list *list = make(&table, 50);

    ck_assert(go_to(list, &table, "k7"));
    reverse(&table);
    change(list);
    ck_assert_str_eq(selected(list, &table), "k7");
    ck_assert(list_act(list, ACTION_DOWN));
    ck_assert_str_eq(selected(list, &table), "k6"); // the one below now
    end(list, &table);
}
END_TEST

START_TEST(what_vanished_is_not_selected)
{
    struct table table;
    struct list *list = make(&table, 10);

    ck_assert(go_to(list, &table, "k4"));
    drop(&table, 4);
    change(list);
    ck_assert_str_eq(selected(list, &table), "-");
    change(list);
    ck_assert_str_eq(selected(list, &table), "-");
    ck_assert(list_act(list, ACTION_DOWN)); // the row that stands there now
    ck_assert_str_eq(selected(list, &table), "k5");
    drop(&table, 4);
    change(list);
    ck_assert_str_eq(selected(list, &table), "-");
    ck_assert(list_act(list, ACTION_UP));
    ck_assert_str_eq(selected(list, &table), "k3");
    // It comes back: it is another one that merely has the same name to us.
    drop(&table, 3);
    change(list);
    fill(&table, 10);
    change(list);
    ck_assert_str_eq(selected(list, &table), "-");
    // The last one of all, then none.
    ck_assert(list_act(list, ACTION_BOTTOM));
    drop(&table, 9);
    change(list);
    ck_assert_str_eq(selected(list, &table), "-");
    ck_assert(list_act(list, ACTION_DOWN));
    ck_assert_str_eq(selected(list, &table), "k8");
    table.n = 0;
    change(list);
    ck_assert_str_eq(selected(list, &table), "-");
    ck_assert(!list_act(list, ACTION_MARK));
    end(list, &table);
}
END_TEST

START_TEST(filters)
{
    struct table table;
    struct list *list = make(&table, 20);

    ck_assert(go_to(list, &table, "k5"));
    set_filter(list, "NAME-01");
    ck_assert_uint_eq(list_shown(list), 10);
    ck_assert_str_eq(selected(list, &table),
                     "k10"); // the first shown: the filter is the user's act
    set_filter(list, "name-012");
    ck_assert_str_eq(selected(list, &table), "k12");
    set_filter(list, "name-0");
    ck_assert_str_eq(selected(list, &table), "k5"); // let through again
    set_filter(list, "name-012");
    set_filter(list, "");
    ck_assert_str_eq(selected(list, &table), "k12"); // what was found stays selected
    set_filter(list, "no such name");
    ck_assert_uint_eq(list_shown(list), 0);
    ck_assert_str_eq(selected(list, &table), "-");
    ck_assert(list_act(list, ACTION_BACK));
    ck_assert(!list_act(list, ACTION_BACK));
    ck_assert_str_eq(selected(list, &table), "k12"); // nothing was found
    set_filter(list, "!name-00");
    ck_assert_uint_eq(list_shown(list), 10);
    ck_assert(list_act(list, ACTION_DOWN));
    set_filter(list, "");
    ck_assert_str_eq(selected(list, &table), "k13"); // a key has chosen it
    set_filter(list, "!");
    ck_assert_uint_eq(list_shown(list), 20);
    // A row that leaves the filter by itself is not replaced by another.
    set_filter(list, "name-011");
    (void)snprintf(table.rows[11].name, sizeof table.rows[11].name, "other");
    change(list);
    ck_assert_uint_eq(list_shown(list), 0);
    (void)snprintf(table.rows[11].name, sizeof table.rows[11].name, "name-011");
    change(list);
    ck_assert_str_eq(selected(list, &table), "-");
    // Any column.
    set_filter(list, "20");
    ck_assert_uint_eq(list_shown(list), 1);
    ck_assert_str_eq(selected(list, &table), "k0");
    end(list, &table);
}
END_TEST

START_TEST(filter_beyond_ascii)
{
    struct table table;
    struct list *list = make(&table, 3);

    (void)snprintf(table.rows[1].name, sizeof table.rows[1].name, "\xc3\xa9t\xc3\xa9");
    change(list);
    set_filter(list, "\xc3\x89T"); // a capital, in the C locale
    ck_assert_uint_eq(list_shown(list), 1);
    ck_assert_str_eq(selected(list, &table), "k1");
    set_filter(list, "!\xc3\xa9t");
    ck_assert_uint_eq(list_shown(list), 2);
    set_filter(list, "\xc3");
    ck_assert_uint_le(list_shown(list), 3);
    end(list, &table);
}
END_TEST

START_TEST(marks_are_identities)
{
    struct table table;
    struct list *list = make(&table, 20);
    size_t rows[20];

    ck_assert(go_to(list, &table, "k3"));
    ck_assert(list_act(list, ACTION_MARK)); // and goes on to the next
    ck_assert_str_eq(selected(list, &table), "k4");
    ck_assert(list_act(list, ACTION_MARK));
    ck_assert_uint_eq(list_marked(list, rows, 20), 2);
    reverse(&table);
    change(list);
    ck_assert_uint_eq(list_marked(list, rows, 20), 2);
    ck_assert_str_eq(table.rows[rows[0]].key, "k4");
    ck_assert_str_eq(table.rows[rows[1]].key, "k3");
    // Hidden by the filter they stay, and stand last.
    set_filter(list, "name-01");
    ck_assert(list_act(list, ACTION_MARK_ALL));
    ck_assert_uint_eq(list_marked(list, rows, 20), 12);
    ck_assert_str_eq(table.rows[rows[0]].key, "k19");
    ck_assert_str_eq(table.rows[rows[10]].key, "k4");
    ck_assert_uint_eq(list_marked(list, rows, 1), 12); // no more than there is room for
    ck_assert(list_act(list, ACTION_MARK_ALL));        // all are: none
    ck_assert_uint_eq(list_marked(list, rows, 20), 2);
    set_filter(list, "");
    // What is gone is not marked, also when it comes back.
    drop(&table, 15);
    change(list);
    ck_assert_uint_eq(list_marked(list, rows, 20), 1);
    fill(&table, 20);
    change(list);
    ck_assert_uint_eq(list_marked(list, rows, 20), 1);
    ck_assert_str_eq(table.rows[rows[0]].key, "k3");
    list_unmark(list);
    ck_assert_uint_eq(list_marked(list, NULL, 0), 0);
    end(list, &table);
}
END_TEST

static void order_is(struct list *list, struct table *table, const char *expected)
{
    char order[128] = "";

    (void)list_act(list, ACTION_TOP);
    do {
        (void)strcat(order, selected(list, table));
        (void)strcat(order, " ");
    } while (list_act(list, ACTION_DOWN));
    ck_assert_str_eq(order, expected);
}

START_TEST(sorts)
{
    struct table table;
    struct list *list = make(&table, 4);

    (void)snprintf(table.rows[0].name, sizeof table.rows[0].name, "b");
    (void)snprintf(table.rows[1].name, sizeof table.rows[1].name, "A");
    (void)snprintf(table.rows[2].name, sizeof table.rows[2].name, "b");
    (void)snprintf(table.rows[3].name, sizeof table.rows[3].name, "c");
    table.rows[1].number = 100;
    change(list);
    order_is(list, &table, "k0 k1 k2 k3 ");
    ck_assert(list_act(list, ACTION_SORT_NEXT)); // by name, the same in the order they come
    order_is(list, &table, "k1 k0 k2 k3 ");
    ck_assert(list_act(list, ACTION_SORT_INVERT));
    order_is(list, &table, "k3 k0 k2 k1 ");
    ck_assert(go_to(list, &table, "k2"));
    ck_assert(list_act(list, ACTION_SORT_NEXT)); // by number, not by text
    ck_assert_str_eq(selected(list, &table), "k2");
    order_is(list, &table, "k3 k2 k0 k1 ");
    ck_assert(list_act(list, ACTION_SORT_PREVIOUS));
    order_is(list, &table, "k1 k0 k2 k3 ");
    table.rows[3].name[0] = 'a'; // rows change: sorted anew
    table.rows[3].name[1] = 'a';
    table.rows[3].name[2] = '\0';
    change(list);
    order_is(list, &table, "k1 k3 k0 k2 ");
    end(list, &table);
}
END_TEST

START_TEST(restart_forgets)
{
    struct table table;
    struct list *list = make(&table, 9);

    set_filter(list, "name");
    ck_assert(list_act(list, ACTION_BOTTOM));
    ck_assert(list_act(list, ACTION_MARK));
    list_restart(list);
    change(list);
    ck_assert_str_eq(selected(list, &table), "k0");
    ck_assert_uint_eq(list_marked(list, NULL, 0), 0);
    ck_assert_str_eq(list_filter_text(list), "name");
    end(list, &table);
}
END_TEST

// Two rows of one identity are a mistake of the owner, but must not trap the cursor.
START_TEST(twins_do_not_trap)
{
    struct table table;
    struct list *list = make(&table, 4);

    (void)strcpy(table.rows[1].key, "k0");
    change(list);
    for (int i = 0; i < 3; i++)
        ck_assert(list_act(list, ACTION_DOWN));
    ck_assert_str_eq(selected(list, &table), "k3");
    end(list, &table);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, first_row_is_selected);
    tcase_add_test(tcase, reordering_keeps_the_selected_row);
    tcase_add_test(tcase, what_vanished_is_not_selected);
    tcase_add_test(tcase, filters);
    tcase_add_test(tcase, filter_beyond_ascii);
    tcase_add_test(tcase, marks_are_identities);
    tcase_add_test(tcase, sorts);
    tcase_add_test(tcase, restart_forgets);
    tcase_add_test(tcase, twins_do_not_trap);
}

int main(void)
{
    return run_suite("list", add);
}
