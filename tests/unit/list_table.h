// Rows for the tests of the list.
#ifndef DAVIT_TESTS_LIST_TABLE_H
#define DAVIT_TESTS_LIST_TABLE_H

#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tui/views/list.h"

#define ROWS_MAX 10000

struct table {
    struct row {
        char key[16];
        char name[24];
        int number;
    } * rows;
    size_t n;
    size_t asked; // cells
};

static inline size_t count(void *context)
{
    return ((struct table *)context)->n;
}

static const char *key(void *context, size_t row)
{
    return ((struct table *)context)->rows[row].key;
}

static inline void cell(void *context, size_t row, size_t column, struct list_cell *ret)
{
    struct table *table = context;

    table->asked++;
    if (column == 0) {
        (void)snprintf(ret->text, sizeof ret->text, "%s", table->rows[row].name);
        return;
    }
    (void)snprintf(ret->text, sizeof ret->text, "%d%s", table->rows[row].number,
                   column == 2 ? " wide" : "");
    ret->numeric = true;
    ret->sort = table->rows[row].number;
}

static const char *nothing(void *context)
{
    (void)context;
    return "nothing is here";
}

static const struct list_column columns[] = {
    {"NAME", 6, 0, 0, false, CUT_MIDDLE},
    {"NUMBER", 6, 6, 0, true, CUT_END},
    {"WIDE", 6, 10, 60, false, CUT_END},
};
static const struct list_ops ops = {columns, 3, count, key, cell, nothing};

static inline void fill(struct table *table, size_t n)
{
    if (!table->rows)
        table->rows = calloc(ROWS_MAX, sizeof *table->rows);
    table->n = n;
    for (size_t i = 0; i < n; i++) {
        (void)snprintf(table->rows[i].key, sizeof table->rows[i].key, "k%zu", i);
        (void)snprintf(table->rows[i].name, sizeof table->rows[i].name, "name-%03zu", i);
        table->rows[i].number = (int)(n - i);
    }
}

static inline struct list *make(struct table *table, size_t n)
{
    struct list *list = NULL;
    struct error err = {.code = ERROR_NONE};

    *table = (struct table){0};
    fill(table, n);
    ck_assert_int_eq(list_new(&ops, table, &list, &err), 0);
    ck_assert_int_eq(list_changed(list, &err), 0);
    return list;
}

static inline void end(struct list *list, struct table *table)
{
    list_free(list);
    free(table->rows);
}

static inline void change(struct list *list)
{
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(list_changed(list, &err), 0);
}

static inline void set_filter(struct list *list, const char *text)
{
    struct error err = {.code = ERROR_NONE};

    ck_assert_int_eq(list_filter(list, text, &err), 0);
}

static const char *selected(struct list *list, struct table *table)
{
    long row = list_selected(list);

    return row < 0 ? "-" : table->rows[row].key;
}

// By the keys; false: it is not shown.
static inline bool go_to(struct list *list, struct table *table, const char *key)
{
    (void)list_act(list, ACTION_TOP);
    while (strcmp(selected(list, table), key) != 0)
        if (!list_act(list, ACTION_DOWN))
            return false;
    return true;
}

static inline void drop(struct table *table, size_t i)
{
    table->n--;
    memmove(table->rows + i, table->rows + i + 1, (table->n - i) * sizeof *table->rows);
}

static inline void reverse(struct table *table)
{
    for (size_t i = 0; i < table->n / 2; i++) {
        struct row other = table->rows[i];

        table->rows[i] = table->rows[table->n - 1 - i];
        table->rows[table->n - 1 - i] = other;
    }
}

#endif
