#include "tui/screen/keymap.h"

#include <stdlib.h>
#include <string.h>

#include "tests/unit/runner.h"

static struct keymap *keymap;
static struct error err;

static void setup(void)
{
    ck_assert_msg(keymap_new(&keymap, &err) == 0, "the default keys: %s", err.message);
}

static void teardown(void)
{
    keymap_free(keymap);
}

static enum action find(enum key_context context, const char *name)
{
    struct key key;

    ck_assert_msg(key_parse(name, &key), "%s", name);
    return keymap_find(keymap, context, key);
}

static int bind_one(const char *action, const char *keys, struct error *why)
{
    return keymap_bind_all(keymap, &(struct keymap_binding){action, keys}, 1, why);
}

// keymap_new() itself fails on a conflict; this looks in another way.
START_TEST(test_table)
{
    for (int a = 0; a < ACTION_COUNT; a++) {
        const struct action_info *one = &action_infos[a];

        ck_assert_int_eq(action_by_name(one->name), a);
        ck_assert_msg(strspn(one->name, "abcdefghijklmnopqrstuvwxyz-") == strlen(one->name), "%s",
                      one->name);
        ck_assert(*one->label && *one->help);
        ck_assert_uint_ne(one->contexts, 0);
        ck_assert_uint_eq(one->contexts & ~(unsigned)KEYS_ALL, 0);
        for (unsigned context = 1; context <= KEYS_INPUT; context <<= 1) {
            char *keys = strdup(one->keys), *save = NULL;

            for (char *key = strtok_r(keys, " ", &save); key; key = strtok_r(NULL, " ", &save))
                if (one->contexts & context)
                    ck_assert_int_eq(find((enum key_context)context, key), a);
            free(keys);
        }
        for (int b = 0; b < a; b++)
            ck_assert_str_ne(one->name, action_infos[b].name);
    }
    ck_assert_int_eq(action_by_name("no-such"), ACTION_NONE);
    ck_assert_int_eq(action_by_name(""), ACTION_NONE);
}
END_TEST

static const struct {
    enum key_context context;
    const char *key;
    enum action action;
} found[] = {
    {KEYS_LIST, "a", ACTION_ATTACH},       {KEYS_LIST, "F2", ACTION_ATTACH},
    {KEYS_LIST, "D", ACTION_DETACH},       {KEYS_LIST, "d", ACTION_NONE}, // on purpose
    {KEYS_LOG, "D", ACTION_NONE},          {KEYS_LOG, "f", ACTION_LOG_FOLLOW},
    {KEYS_LIST, "f", ACTION_NONE},         {KEYS_PLAN, "A", ACTION_PERFORM},
    {KEYS_LIST, "A", ACTION_NONE},         {KEYS_INPUT, "q", ACTION_NONE},
    {KEYS_INPUT, "k", ACTION_NONE},        {KEYS_MENU, "k", ACTION_UP},
    {KEYS_INPUT, "Ctrl-C", ACTION_CANCEL}, {KEYS_BROWSER, "Esc", ACTION_BACK},
    {KEYS_LIST, "Space", ACTION_MARK},
};

START_TEST(test_find)
{
    ck_assert_int_eq(find(found[_i].context, found[_i].key), found[_i].action);
}
END_TEST

START_TEST(test_bind)
{
    char keys[KEYMAP_KEYS_SIZE], key[KEY_NAME_SIZE];

    ck_assert_int_eq(bind_one("attach", " Ctrl-R  F6 Ctrl-R ", &err), 0);
    ck_assert_int_eq(find(KEYS_LIST, "a"), ACTION_NONE);
    ck_assert_int_eq(find(KEYS_LIST, "Ctrl-R"), ACTION_ATTACH);
    ck_assert_int_eq(find(KEYS_LIST, "F6"), ACTION_ATTACH);
    keymap_keys(keymap, ACTION_ATTACH, keys);
    ck_assert_str_eq(keys, "Ctrl-R, F6");
    keymap_key(keymap, ACTION_ATTACH, key);
    ck_assert_str_eq(key, "Ctrl-R");
    ck_assert_int_eq(bind_one("attach", "", &err), 0);
    keymap_keys(keymap, ACTION_ATTACH, keys);
    ck_assert_str_eq(keys, "");
    keymap_key(keymap, ACTION_ATTACH, key);
    ck_assert_str_eq(key, "");
    // a key that is taken in another context only
    ck_assert_int_eq(bind_one("attach", "A", &err), 0);
    ck_assert_int_eq(find(KEYS_PLAN, "A"), ACTION_PERFORM);
    ck_assert_int_eq(find(KEYS_LIST, "A"), ACTION_ATTACH);
}
END_TEST

static const struct refused {
    const char *action, *keys, *says;
} refused[] = {
    {"atach", "a", "no action \"atach\""},
    {"attach", "Ctrl-1", "no key \"Ctrl-1\" (for \"attach\")"},
    {"attach", "a F99", "no key \"F99\""},
    {"attach", "aVeryLongNameOfAKeyThatIsNoneAtAllAndGoesOn", "no key \"aVery"},
    {"attach", "b D", "\"attach\" cannot be on D: that is \"detach\""},
    {"attach", "k", "that is \"up\""},
    {"attach", "b c d e f h i m o", "more than 8 keys"},
    {"suspend", "z", "\"suspend\" cannot be on z: it works while text is typed"},
    {"redraw", "Space", "cannot be on Space"},
    {"quit", "", "\"quit\" cannot be left without a key"},
    {"back", " ", "\"back\" cannot be left"},
    {"cancel", "", "\"cancel\" cannot be left"},
};

START_TEST(test_refused)
{
    const struct refused *what = &refused[_i];
    char before[ACTION_COUNT][KEYMAP_KEYS_SIZE], after[KEYMAP_KEYS_SIZE];

    for (int i = 0; i < ACTION_COUNT; i++)
        keymap_keys(keymap, (enum action)i, before[i]);
    ck_assert_int_lt(bind_one(what->action, what->keys, &err), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    ck_assert_msg(strstr(err.message, what->says) != NULL, "%s", err.message);
    for (int i = 0; i < ACTION_COUNT; i++) {
        keymap_keys(keymap, (enum action)i, after);
        ck_assert_str_eq(before[i], after);
    }
}
END_TEST

START_TEST(test_together) // two change places
{
    static const struct keymap_binding swap[] = {{"attach", "D"}, {"detach", "a"}};
    static const struct keymap_binding clash[] = {{"attach", "b"}, {"detach", "b"}};

    ck_assert_int_lt(bind_one("attach", "D", &err), 0);
    ck_assert_int_eq(keymap_bind_all(keymap, swap, 2, &err), 0);
    ck_assert_int_eq(find(KEYS_LIST, "D"), ACTION_ATTACH);
    ck_assert_int_eq(find(KEYS_LIST, "a"), ACTION_DETACH);
    ck_assert_int_lt(keymap_bind_all(keymap, clash, 2, &err), 0);
    ck_assert_int_eq(find(KEYS_LIST, "b"), ACTION_NONE);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, setup, teardown);
    tcase_add_test(tcase, test_table);
    tcase_add_loop_test(tcase, test_find, 0, sizeof found / sizeof found[0]);
    tcase_add_test(tcase, test_bind);
    tcase_add_loop_test(tcase, test_refused, 0, sizeof refused / sizeof refused[0]);
    tcase_add_test(tcase, test_together);
}

int main(void)
{
    return run_suite("keymap", add);
}
