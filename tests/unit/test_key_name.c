#include "tui/screen/key.h"

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"

static const struct spelled {
    const char *name;
    uint32_t code;
    unsigned modifiers;
} spelled[] = {
    {"a", 'a', 0},
    {"A", 'A', 0},
    {"ä", 0xe4, 0},
    {"+", '+', 0},
    {"-", '-', 0},
    {"Ctrl-D", 'D', KEY_CTRL},
    {"Ctrl-\\", '\\', KEY_CTRL},
    {"Alt-x", 'x', KEY_ALT},
    {"Ctrl-Alt-Left", KEYCODE_LEFT, KEY_CTRL | KEY_ALT},
    {"F12", KEYCODE_F12, 0},
    {"Space", KEYCODE_SPACE, 0},
    {"Ctrl-Space", KEYCODE_SPACE, KEY_CTRL},
    {"Shift-Tab", KEYCODE_SHIFT_TAB, 0},
};

START_TEST(test_names)
{
    struct key key;
    char name[KEY_NAME_SIZE];

    ck_assert(key_parse(spelled[_i].name, &key));
    ck_assert_uint_eq(key.code, spelled[_i].code);
    ck_assert_uint_eq(key.modifiers, spelled[_i].modifiers);
    key_format(key, name);
    ck_assert_str_eq(name, spelled[_i].name);
}
END_TEST

START_TEST(test_every_name)
{
    static const char *const names[] = {
#define X(id, name) name,
        KEYS(X)
#undef X
    };

    for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
        struct key key;
        char name[KEY_NAME_SIZE];

        ck_assert(key_parse(names[i], &key));
        key_format(key, name);
        ck_assert_str_eq(name, names[i]);
    }
}
END_TEST

START_TEST(test_no_names)
{
    static const char *const names[] = {"",       " ",      "aa",     "F13",     "f1",
                                        "up",     "Ctrl-",  "Ctrl-1", "Ctrl-ä",  "Ctrl-Ctrl-A",
                                        "Ctrl-I", "Ctrl-M", "Ctrl-[", "Ctrl-aa", "Shift-a",
                                        "ctrl-a", "Esc ",   "\x01",   "\xff",    "\xe2\x80\xae",
                                        "Alt-",   "Ctrl-H", "Ctrl-J", "Ctrl-m"};
    struct key key = {'k', 0};

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        ck_assert_msg(!key_parse(names[i], &key), "\"%s\" is no key", names[i]);
    ck_assert_uint_eq(key.code, 'k');
    ck_assert(key_parse("Ctrl-d", &key));
    ck_assert_uint_eq(key.code, 'D');
}
END_TEST

START_TEST(test_characters)
{
    char out[5];

    ck_assert_uint_eq(key_character((struct key){'a', 0}), 'a');
    ck_assert_uint_eq(key_character((struct key){KEYCODE_SPACE, 0}), ' ');
    ck_assert_uint_eq(key_character((struct key){KEYCODE_UP, 0}), 0);
    ck_assert_uint_eq(key_character((struct key){'A', KEY_CTRL}), 0);
    ck_assert_uint_eq(key_utf8(0x1f600, out), 4);
    ck_assert_str_eq(out, "😀");
    ck_assert_uint_eq(key_utf8(0xe9, out), 2);
    ck_assert_str_eq(out, "é");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, test_names, 0, ARRAY_SIZE(spelled));
    tcase_add_test(tcase, test_every_name);
    tcase_add_test(tcase, test_no_names);
    tcase_add_test(tcase, test_characters);
}

int main(void)
{
    return run_suite("key_name", add);
}
