// A container's passwd(5) and group(5): what is an account, and what only looks like one.
#include "core/engine/passwd.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "tests/unit/runner.h"

static const char passwd[] = "root:x:0:0:root:/root:/bin/bash\n"
                             "# a comment\n"
                             "\n"
                             "+nis:x:1:1::/:/bin/sh\n"
                             "short:x:5:5\n"
                             "minus:x:-1:0::/:/bin/sh\n"
                             "huge:x:4294967295:0::/:/bin/sh\n"
                             "huger:x:99999999999999999999:0::/:/bin/sh\n"
                             "hex:x:0x10:0::/:/bin/sh\n"
                             "space:x: 7:0::/:/bin/sh\n"
                             "evil\x1b[2J:x:8:8::/:/bin/sh\n"
                             "nohome:x:9:9::relative:../sh\n"
                             "daemon:x:10:11:a:/d:/usr/sbin/nologin\n"
                             "root:x:12:12::/second:/bin/sh\n"
                             "more:x:13:13:a:/more:/bin/sh:and:more\n"
                             "last:x:4294967294:14::/last:";

START_TEST(finds_accounts)
{
    struct account found;

    ck_assert(passwd_find(passwd, "root", 99, &found));
    ck_assert_uint_eq(found.uid, 0);
    ck_assert_str_eq(found.home, "/root");
    ck_assert_str_eq(found.shell, "/bin/bash");
    ck_assert(passwd_find(passwd, NULL, 10, &found));
    ck_assert_str_eq(found.name, "daemon");
    ck_assert_uint_eq(found.gid, 11);
    ck_assert(passwd_find(passwd, "nohome", 0, &found));
    ck_assert_str_eq(found.home, "/");
    ck_assert_str_eq(found.shell, "");
    ck_assert(passwd_find(passwd, "last", 0, &found));
    ck_assert_uint_eq(found.uid, 4294967294U);
    ck_assert_str_eq(found.shell, "");
    // What follows the shell is a part of it: no program has such a name.
    ck_assert(passwd_find(passwd, "more", 0, &found));
    ck_assert_str_eq(found.shell, "/bin/sh:and:more");
}
END_TEST

START_TEST(takes_nothing_else)
{
    static const char *const names[] = {"nobody", "+nis",  "short", "minus",  "huge",
                                        "huger",  "hex",   "space", "",       "#",
                                        "roo",    "rootx", "evil",  "root:x", "evil\x1b[2J"};
    struct account found;

    for (size_t i = 0; i < ARRAY_SIZE(names); i++)
        ck_assert_msg(!passwd_find(passwd, names[i], 0, &found), "%s", names[i]);
    ck_assert(!passwd_find(passwd, NULL, 8, &found));
    ck_assert(!passwd_find(passwd, NULL, 4294967295U, &found));
    ck_assert(!passwd_find("", NULL, 0, &found));
    ck_assert(!passwd_find(":::::::", NULL, 0, &found));
}
END_TEST

START_TEST(long_fields_are_no_accounts)
{
    _cleanup_free_ char *line = malloc(20000);
    struct account found;
    int n;

    memset(line, 'a', 200);
    n = snprintf(line + 200, 100, ":x:3:3::/:/bin/sh\n");
    ck_assert(!passwd_find(line, NULL, 3, &found));
    n = snprintf(line, 100, "long:x:3:3::/");
    memset(line + n, 'h', 10000);
    (void)snprintf(line + n + 10000, 100, ":/bin/sh\n");
    ck_assert(passwd_find(line, "long", 0, &found));
    ck_assert_str_eq(found.home, "/");
}
END_TEST

static const char group[] = "root:x:0:\n"
                            "wheel:x:10:root,user\n"
                            "userx:x:11:users,xuser\n"
                            "bad:x:no:user\n"
                            "evil:x:4294967295:user\n"
                            "more:x:12:user:user\n"
                            "audio:x:13:,user,";

START_TEST(finds_groups)
{
    gid_t groups[PASSWD_GROUPS_MAX], gid = 99;

    ck_assert_uint_eq(group_memberships(group, "user", groups), 2);
    ck_assert_uint_eq(groups[0], 10);
    ck_assert_uint_eq(groups[1], 13);
    ck_assert_uint_eq(group_memberships(group, "nobody", groups), 0);
    ck_assert(group_find(group, "wheel", &gid));
    ck_assert_uint_eq(gid, 10);
    ck_assert(!group_find(group, "evil", &gid));
    ck_assert(!group_find(group, "bad", &gid));
    ck_assert(!group_find(group, "nosuch", &gid));
}
END_TEST

START_TEST(no_more_groups_than_there_is_room_for)
{
    char text[PASSWD_GROUPS_MAX * 2 * 16] = "";
    gid_t groups[PASSWD_GROUPS_MAX];

    for (int i = 0; i < PASSWD_GROUPS_MAX * 2; i++)
        (void)sprintf(text + strlen(text), "g:x:%d:u\n", i);
    ck_assert_uint_eq(group_memberships(text, "u", groups), PASSWD_GROUPS_MAX);
}
END_TEST

START_TEST(reads_numbers)
{
    uint32_t id = 7;

    ck_assert(id_parse("0", 1, &id) && id == 0);
    ck_assert(id_parse("4294967294", 10, &id) && id == 4294967294U);
    ck_assert(id_parse("123", 2, &id) && id == 12);
    ck_assert(!id_parse("4294967295", 10, &id));
    ck_assert(!id_parse("", 0, &id));
    ck_assert(!id_parse("+1", 2, &id));
    ck_assert(!id_parse("1 ", 2, &id));
    ck_assert(!id_parse("00000000000000000001", 20, &id));
}
END_TEST

static void add(TCase *tests)
{
    tcase_add_test(tests, finds_accounts);
    tcase_add_test(tests, takes_nothing_else);
    tcase_add_test(tests, long_fields_are_no_accounts);
    tcase_add_test(tests, finds_groups);
    tcase_add_test(tests, no_more_groups_than_there_is_room_for);
    tcase_add_test(tests, reads_numbers);
}

int main(void)
{
    return run_suite("passwd", add);
}
