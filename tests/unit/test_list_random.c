// The list, compared with the simplest description of it over long random uses.
#include "tui/views/list.h"

#include "core/base/cleanup.h"
#include "list_table.h"
#include "runner.h"

// What the list must do, said once more in the simplest way.
struct truth {
    char selected[16]; // "": nothing
    bool marked[64];   // by the number in the key
    char filter[8];
    int new_key;
};

static bool passes(const struct truth *truth, const struct row *row)
{
    char number[16];
    bool inverted = truth->filter[0] == '!';
    const char *wanted = truth->filter + inverted;

    (void)snprintf(number, sizeof number, "%d wide", row->number);
    return !*wanted || (strstr(row->name, wanted) || strstr(number, wanted)) != inverted;
}

static const struct row *find_row(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->n; i++)
        if (strcmp(table->rows[i].key, name) == 0)
            return &table->rows[i];
    return NULL;
}

static void rows_changed(struct truth *truth, const struct table *table)
{
    const struct row *row = find_row(table, truth->selected);

    if (!row || !passes(truth, row))
        truth->selected[0] = '\0';
    for (int i = 0; i < 64; i++) {
        char name[16];

        (void)snprintf(name, sizeof name, "k%d", i);
        if (!find_row(table, name))
            truth->marked[i] = false;
    }
}

static void alter_rows(struct table *table, struct truth *truth)
{
    size_t at = table->n ? (size_t)rand() % table->n : 0;

    switch (rand() % 4) {
    case 0:
        if (table->n > 0)
            drop(table, at);
        break;
    case 1:
        if (table->n < 40 && truth->new_key < 64) {
            struct row *row = &table->rows[table->n++];

            (void)snprintf(row->key, sizeof row->key, "k%d", truth->new_key++);
            (void)snprintf(row->name, sizeof row->name, "name-%03d", rand() % 50);
            row->number = rand() % 100;
        }
        break;
    case 2:
        reverse(table);
        break;
    default:
        if (table->n > 0)
            table->rows[at].number = rand() % 100;
    }
}

static void compare(struct list *list, struct table *table, const struct truth *truth)
{
    size_t shown = 0, marked = 0;

    for (size_t i = 0; i < table->n; i++)
        shown += passes(truth, &table->rows[i]);
    for (int i = 0; i < 64; i++)
        marked += truth->marked[i];
    ck_assert_uint_eq(list_shown(list), shown);
    ck_assert_uint_eq(list_marked(list, NULL, 0), marked);
    ck_assert_str_eq(selected(list, table), *truth->selected ? truth->selected : "-");
}

static void press(struct list *list, struct table *table, struct truth *truth)
{
    static const enum action actions[] = {ACTION_UP,        ACTION_DOWN,       ACTION_PAGE_UP,
                                          ACTION_PAGE_DOWN, ACTION_HALF_DOWN,  ACTION_BOTTOM,
                                          ACTION_SORT_NEXT, ACTION_SORT_INVERT};
    enum action action = actions[(size_t)rand() % ARRAY_SIZE(actions)];
    bool is_sort = action == ACTION_SORT_NEXT || action == ACTION_SORT_INVERT;
    bool done = list_act(list, action);

    if (is_sort || !done)
        return; // selects nothing else: compare() looks
    (void)snprintf(truth->selected, sizeof truth->selected, "%s", selected(list, table));
    // A key may select only what is shown.
    ck_assert_str_ne(truth->selected, "-");
    ck_assert(passes(truth, find_row(table, truth->selected)));
}

static void mark_one(struct list *list, struct table *table, struct truth *truth)
{
    bool was = *truth->selected != '\0';

    if (was)
        truth->marked[atoi(truth->selected + 1)] ^= true;
    ck_assert(list_act(list, ACTION_MARK) == was);
    if (was)
        (void)snprintf(truth->selected, sizeof truth->selected, "%s", selected(list, table));
}

static void filter_some(struct list *list, struct table *table, struct truth *truth)
{
    static const char *const texts[] = {"", "1", "!2", "e-0", "wide", "!", "zz"};
    const struct row *row;

    (void)strcpy(truth->filter, texts[(size_t)rand() % ARRAY_SIZE(texts)]);
    set_filter(list, truth->filter);
    row = list_selected(list) < 0 ? NULL : &table->rows[list_selected(list)];
    ck_assert(!row || passes(truth, row));
    (void)snprintf(truth->selected, sizeof truth->selected, "%s", row ? row->key : "");
}

START_TEST(random_operations)
{
    struct table table;
    struct list *list = make(&table, 12);
    struct truth truth = {.selected = "k0", .new_key = 12};

    srand((unsigned)_i + 1);
    for (int i = 0; i < 600; i++) {
        switch (rand() % 6) {
        case 0:
        case 1:
            alter_rows(&table, &truth);
            change(list);
            rows_changed(&truth, &table);
            break;
        case 2:
            filter_some(list, &table, &truth);
            break;
        case 3:
            mark_one(list, &table, &truth);
            break;
        default:
            press(list, &table, &truth);
        }
        compare(list, &table, &truth);
    }
    end(list, &table);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, random_operations, 0, 40);
}

int main(void)
{
    return run_suite("list_random", add);
}
