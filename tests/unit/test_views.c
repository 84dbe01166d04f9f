// The panes as they stand on the screen, from what the engine tells.
#include "tui/views/pane.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "runner.h"
#include "views_news.h"

START_TEST(eighty_by_twenty_four)
{
    static const char *const rows[] = {
        "davit  node7 PROD · root · docker DOWN (names from disk) · 1 attached · 1 stale",
        "┌ 1 Containers 4 ───────────────────────────────┬ 2 Filesystems 2 ─────────────┐",
        "│  NAME▲                          RUNTIME     UP   ATT  STATE                  │",
        "│▌ edge-api                       docker      9d   0    paused                 │",
        "│  shop/api-7d9f8b6c5d-k88vm:app  containerd  12s  0    restarted, 1 lost      │",
        "│  shop/api-7d9f8b6c5d-x2lqz:app  containerd  2h   1    running                │",
        "│  web                            docker           ?    running                │",
        "│! docker: no answer in 1.5 s                                                  │",
        "│  systemctl status docker                                          i Runtimes │",
        "├ 3 Mounts 4 in shop/api-7d9f8b6c5d-x2lqz:app ───────────────────── ↓1 more ───┤",
        "│  TARGET      SOURCE                      FS       ACCESS  ORIGIN             │",
        "│  /mnt/log    /dev/sda2:/var/log/app      ext4     ro      davit mara 12 Mar  │",
        "│  /data       nas:/vol1                   nfs4     rw      declared, STALE    │",
        "│  /etc/hosts  /dev/sda2:/va…3fa9c1/hosts  ext4     rw      declared           │",
        "├ 4 Log ───────────────────────────────────────────────────────── following ───┤",
        "│ 02:50:00 attach /var/log/app → app /mnt/log (mara, ok)                       │",
        "│ 02:59:48 lost: app /mnt/log (/var/log/app) (mara); x to attach again         │",
    };
    struct fixture f;

    fixture_open(&f, 24, 80, true);
    tell_all(&f);
    f.banner = "PROD";
    fixture_paint(&f);
    for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
        row_is(&f, i, rows[i]);
    row_is(&f, 22,
           "└──────────────────────────────────────────────────────────────────────────────┘");
    row_is(&f, 23, " a Attach  D Detach  e Enter  w Who  x All actions  / Filter  ? Help  q Quit");
    ck_assert_int_eq(f.screen.cursor_y, 3);
    ck_assert_int_eq(f.screen.cursor_x, 1);
    fixture_close(&f);
}
END_TEST

START_TEST(the_drawing_in_ascii)
{
    struct fixture f;

    fixture_open(&f, 24, 80, false);
    tell_all(&f);
    fixture_filter(&f, "api");
    fixture_paint(&f);
    row_is(&f, 1,
           "+ 1 Containers 3/4 - filter: api ---------------+ 2 Filesystems 2 -------------+");
    row_is(&f, 3,
           "|> edge-api                       docker      9d   0    paused                 |");
    row_is(&f, 4,
           "|  shop/api-7d9f8b6c5d-k88vm:app  containerd  12s  0    restarted, 1 lost      |");
    for (int i = 0; i < 24; i++)
        for (const char *c = f.screen.rows[i]; *c; c++)
            ck_assert_msg((unsigned char)*c < 0x80, "row %d: %s", i, f.screen.rows[i]);
    fixture_close(&f);
}
END_TEST

START_TEST(others_get_the_room)
{
    struct fixture f;

    fixture_open(&f, 24, 80, true);
    tell_all(&f);
    f.focus = PANE_FILESYSTEMS;
    fixture_paint(&f);
    row_is(&f, 2,
           "│  MOUNT POINT▲  DEVICE     SUB-ROOT   TYPE    USAGE                           │");
    row_is(&f, 3,
           "│▌ /             /dev/sda2  /          ext4    12G/20G 60% 5m                  │");
    row_is(&f, 4,
           "│  /srv/nas      nas:/vol1  /          nfs4    not answering 2m                │");
    f.focus = PANE_MOUNTS;
    fixture_paint(&f);
    row_has(&f, 2, "NAME");
    row_is(&f, 6,
           "├ 3 Mounts 4 in shop/api-7d9f8b6c5d-x2lqz:app ─────────────────────────────────┤");
    row_has(&f, 8, "▌ /mnt/log");
    row_has(&f, 11, "/           overlay");
    f.focus = PANE_LOG;
    fixture_paint(&f);
    row_is(&f, 10,
           "├ 4 Log ───────────────────────────────────────────────────────── following ───┤");
    fixture_close(&f);
}
END_TEST

static bool has_row(const struct fixture *f, const char *text)
{
    for (int i = 0; i < surface_height(f->screen.surface); i++)
        if (strstr(f->screen.rows[i], text))
            return true;
    return false;
}

START_TEST(wide)
{
    struct fixture f;

    fixture_open(&f, 50, 200, true);
    tell_all(&f);
    fixture_paint(&f);
    ck_assert_int_eq(text_columns(f.screen.rows[1]), 200);
    row_has(&f, 1, "┬ 2 Filesystems 2 ─");
    ck_assert(has_row(&f, "┴"));
    row_has(&f, 2, "PID      ID ");
    ck_assert_ptr_null(strstr(f.screen.rows[2], "IMAGE")); // of none it is known
    row_has(&f, 3, "│▌ edge-api");
    row_has(&f, 3, "│  /");
    row_has(&f, 2, "LABEL");
    f.focus = PANE_FILESYSTEMS;
    row_has(&f, 49, " a Attach");
    f.zoomed = true;
    fixture_paint(&f);
    row_has(&f, 49, " _ All panes  a Attach");
    row_has(&f, 2, "UUID");
    row_has(&f, 2, "MODEL");
    row_has(&f, 2, "TRAN");
    row_has(&f, 3, "11111111-2222-3333-4444-555555555555");
    fixture_close(&f);
}
END_TEST

START_TEST(tiny)
{
    struct fixture f;

    fixture_open(&f, 10, 40, true);
    tell_all(&f);
    fixture_paint(&f);
    row_is(&f, 0, "davit · docker DOWN (names from disk)");
    row_is(&f, 1, "─ 1 Containers 4 ───────────────────────");
    row_is(&f, 2, "  NAME▲            UP  ATT STATE");
    row_has(&f, 3, "▌ edge-api");
    row_has(&f, 9, " a Attach  D Detach");
    f.message = "attached";
    fixture_paint(&f);
    row_is(&f, 9, " attached");
    fixture_close(&f);
}
END_TEST

// No size, no pane and no model makes it fall over, and nothing of a former picture is left.
START_TEST(any_size)
{
    static const int sizes[][2] = {{1, 1},   {1, 80},  {2, 2},   {3, 5},   {4, 1},    {5, 200},
                                   {16, 60}, {15, 59}, {17, 61}, {60, 30}, {24, 119}, {24, 120}};
    int height = sizes[_i][0], width = sizes[_i][1];
    struct fixture f;

    fixture_open(&f, height, width, _i % 2);
    for (int told = 0; told < 2; told++) {
        for (int i = 0; i < 2 * PANE_COUNT; i++) {
            f.focus = (enum pane_id)(i % PANE_COUNT);
            f.zoomed = i >= PANE_COUNT;
            fixture_paint(&f);
            for (int y = 0; y < height; y++)
                ck_assert_int_le(text_columns(f.screen.rows[y]), width);
        }
        tell_all(&f);
    }
    fixture_close(&f);
}
END_TEST

START_TEST(zooming_leaves_no_debris)
{
    char expected[24][512];
    struct fixture f;

    fixture_open(&f, 24, 130, true);
    tell_all(&f);
    fixture_paint(&f);
    for (int i = 0; i < 24; i++)
        (void)snprintf(expected[i], sizeof expected[i], "%s", f.screen.rows[i]);
    for (int i = 0; i < 2 * PANE_COUNT; i++) {
        f.focus = (enum pane_id)(i % PANE_COUNT);
        f.zoomed = i % 3 == 0;
        fixture_paint(&f);
    }
    f.focus = PANE_CONTAINERS;
    f.zoomed = false;
    fixture_paint(&f);
    for (int i = 0; i < 24; i++)
        row_is(&f, i, expected[i]);
    fixture_close(&f);
}
END_TEST

START_TEST(before_the_first_list)
{
    struct fixture f;

    fixture_open(&f, 24, 80, true);
    fixture_paint(&f);
    row_has(&f, 0, "davit");
    row_has(&f, 2, "│ reading…");
    row_has(&f, 10, "The mounts of the selected container are shown here.");
    row_has(&f, 15, "nothing has been attached or detached yet");
    f.focus = PANE_FILESYSTEMS;
    fixture_paint(&f);
    row_has(&f, 2, "│ reading…");
    fixture_close(&f);
}
END_TEST

START_TEST(no_containers_says_what_was_looked_at)
{
    struct fixture f;

    fixture_open(&f, 24, 80, true);
    fixture_news(&f, "containers",
                 "{\"whole\":true,\"set\":[],\"unreadable\":12,\"runtimes\":["
                 "{\"name\":\"docker\",\"state\":\"unreachable\",\"endpoint\":\"/run/docker.sock\","
                 "\"error\":\"Connection refused\",\"hint\":\"systemctl start docker\"}]}");
    fixture_paint(&f);
    row_is(&f, 2,
           "│ No container can be seen here. Looked at: /proc; docker /run/docker.sock:    │");
    row_is(&f, 3,
           "│ unreachable, Connection refused (systemctl start docker). 12 processes could │");
    row_is(&f, 4,
           "│ not be read: sudo davit.                                                     │");
    fixture_close(&f);
}
END_TEST

START_TEST(header_without_privilege)
{
    struct fixture f;

    fixture_open(&f, 24, 120, true);
    fixture_hello(&f, "{\"protocol\":1,\"host\":\"node7\",\"user\":\"jp\",\"uid\":1000,"
                      "\"privileged\":false,\"read_only\":true}");
    fixture_news(&f, "containers", containers);
    fixture_news(&f, "containers",
                 "{\"whole\":false,\"set\":[],\"gone\":[],\"runtimes\":[],\"unreadable\":9}");
    f.banner = "PROD";
    fixture_paint(&f);
    row_is(&f, 0,
           "davit [RO]  node7 PROD · jp · 4 containers readable, 9 processes not: they need "
           "CAP_SYS_PTRACE · sudo davit");
    fixture_close(&f);
}
END_TEST

// Names of an enemy: nothing of them reaches the terminal as it is.
START_TEST(hostile_names)
{
    struct fixture f;

    fixture_open(&f, 24, 80, true);
    fixture_news(&f, "containers",
                 "{\"whole\":true,\"set\":[{\"key\":\"x/1\",\"id\":\"1\",\"name\":"
                 "\"a\\u001b]52;c;QQ==\\u0007\\u009b31m\\u202eb\",\"runtime\":\"x\","
                 "\"state\":\"running\\n\",\"pid\":1}]}");
    fixture_paint(&f);
    row_has(&f, 3, "]52;c;QQ==");
    for (int i = 0; i < 24; i++) {
        ck_assert(!strpbrk(f.screen.rows[i], "\x1b\x07\x7f\r\t"));
        ck_assert(!strstr(f.screen.rows[i], "\xe2\x80\xae"));
        ck_assert(!strstr(f.screen.rows[i], "\xc2\x9b"));
    }
    fixture_close(&f);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, eighty_by_twenty_four);
    tcase_add_test(tcase, the_drawing_in_ascii);
    tcase_add_test(tcase, others_get_the_room);
    tcase_add_test(tcase, wide);
    tcase_add_test(tcase, tiny);
    tcase_add_loop_test(tcase, any_size, 0, 12);
    tcase_add_test(tcase, zooming_leaves_no_debris);
    tcase_add_test(tcase, before_the_first_list);
    tcase_add_test(tcase, no_containers_says_what_was_looked_at);
    tcase_add_test(tcase, header_without_privilege);
    tcase_add_test(tcase, hostile_names);
}

int main(void)
{
    return run_suite("views", add);
}
