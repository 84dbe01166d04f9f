// The panes while containers, attachments and filesystems change under them.
#include "tui/views/pane.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "runner.h"
#include "tui/views/runtimes.h"
#include "views_news.h"

START_TEST(lost_rows_until_dismissed)
{
    struct fixture f;
    struct subject subject;
    struct error err;
    char reason[256];

    fixture_open(&f, 24, 80, true);
    tell_all(&f);
    fixture_news(&f, "mounts",
                 "{\"container\":\"containerd/77aa01\",\"mounts\":[{\"target\":\"/\","
                 "\"device\":\"overlay\",\"sub_root\":\"/\",\"type\":\"overlay\","
                 "\"origin\":\"image\",\"mount_id\":1}],\"error\":null}");
    f.focus = PANE_MOUNTS;
    fixture_paint(&f);
    row_has(&f, 18, "(mara); x to attach again");
    row_is(&f, 8,
           "│▌ /mnt/log  LOST, was /var/log/app           ro      davit mara 12 Mar        │");
    row_has(&f, 9, "overlay");
    row_has(&f, 4, "restarted, 1 lost");
    ck_assert_int_eq(ops_of(f.panes[PANE_MOUNTS])->subject(f.panes[PANE_MOUNTS], &subject, &err),
                     0);
    ck_assert_int_eq(subject.kind, SUBJECT_ATTACHMENT);
    ck_assert_str_eq(subject.attachment->id, "00000000000a");
    ck_assert_str_eq(subject.container->key, "containerd/77aa01");
    ck_assert(action_possible(ACTION_DISMISS, &subject, f.model, reason, sizeof reason));
    ck_assert(action_possible(ACTION_ATTACH, &subject, f.model, reason, sizeof reason));
    ck_assert(!action_possible(ACTION_DETACH, &subject, f.model, reason, sizeof reason));
    subject_done(&subject);
    fixture_tell(&f, model_dismiss(f.model, "00000000000a"));
    ck_assert_int_eq(ops_of(f.panes[PANE_MOUNTS])->subject(f.panes[PANE_MOUNTS], &subject, &err),
                     0);
    ck_assert_int_eq(subject.kind, SUBJECT_NONE); // not the row that stands there now
    ck_assert(fixture_act(&f, ACTION_DOWN));
    fixture_paint(&f);
    row_has(&f, 8, "▌ /");
    row_has(&f, 8, "overlay");
    row_has(&f, 4, "restarted ");
    ck_assert_ptr_null(strstr(f.screen.rows[18], "again"));
    fixture_close(&f);
}
END_TEST

// A container of a pod that restarts has another id, and the same name as those of other pods.
START_TEST(lost_in_a_pod)
{
    static const char text[] =
        "{\"whole\":true,\"events\":[],\"attachments\":[{\"id\":\"00000000000c\","
        "\"container\":\"app\",\"container_id\":\"before\",\"runtime\":\"containerd\","
        "\"pod\":%s,\"by\":\"mara\",\"state\":\"gone\",\"source\":\"/srv\","
        "\"target\":\"/mnt/x\",\"since\":\"2026-03-12T02:50:00Z\"}]}";
    static const char *const pods[] = {"\"shop/api-7d9f8b6c5d-k88vm\"", "null"};

    for (size_t i = 0; i < ARRAY_SIZE(pods); i++) {
        struct fixture f;
        char news[512];

        fixture_open(&f, 24, 80, true);
        fixture_hello(&f, hello);
        fixture_news(&f, "containers", containers);
        (void)snprintf(news, sizeof news, text, pods[i]);
        fixture_news(&f, "journal", news);
        fixture_paint(&f);
        for (int row = 0; row < 8; row++)
            ck_assert_msg((strstr(f.screen.rows[row], "1 lost") != NULL) ==
                              (i == 0 && strstr(f.screen.rows[row], "k88vm")),
                          "case %zu, row %d: %s", i, row, f.screen.rows[row]);
        fixture_close(&f);
    }
}
END_TEST

// The engine tells some thousands at most; the last row says so, and is nothing to act on.
START_TEST(more_mounts_than_are_told)
{
    struct fixture f;
    struct subject subject;
    struct error err;

    fixture_open(&f, 24, 80, true);
    tell_all(&f);
    fixture_news(&f, "mounts",
                 "{\"container\":\"containerd/3fa9c1\",\"truncated\":true,\"mounts\":["
                 "{\"target\":\"/\",\"device\":\"overlay\",\"sub_root\":\"/\",\"type\":\"overlay\","
                 "\"origin\":\"image\",\"mount_id\":1}],\"error\":null}");
    f.focus = PANE_MOUNTS;
    (void)fixture_act(&f, ACTION_BOTTOM);
    fixture_paint(&f);
    row_has(&f, 8, "overlay");
    row_has(&f, 9, "… and more");
    row_has(&f, 9, "see: davit mounts");
    ck_assert_int_eq(ops_of(f.panes[PANE_MOUNTS])->subject(f.panes[PANE_MOUNTS], &subject, &err),
                     0);
    ck_assert_int_eq(subject.kind, SUBJECT_NONE);
    subject_done(&subject);
    tell_all(&f); // another table, which is whole
    fixture_paint(&f);
    for (int i = 0; i < 24; i++)
        ck_assert_ptr_null(strstr(f.screen.rows[i], "and more"));
    fixture_close(&f);
}
END_TEST

// The same container with another process has been restarted, whatever it was attached to.
START_TEST(restarts_are_seen)
{
    struct fixture f;

    fixture_open(&f, 24, 80, true);
    tell_all(&f);
    fixture_news(&f, "containers",
                 "{\"whole\":false,\"gone\":[],\"set\":[{\"key\":\"docker/bb\",\"id\":\"bb\","
                 "\"name\":\"web\",\"runtime\":\"docker\",\"state\":\"running\",\"pid\":5000,"
                 "\"start_time\":99,\"started\":\"2026-03-12T02:59:00Z\",\"attached_count\":0}]}");
    fixture_paint(&f);
    row_is(&f, 6,
           "│  web                            docker      1m   0    restarted              │");
    f.model->now = NOW + 86400; // no news any more
    fixture_paint(&f);
    row_is(&f, 6,
           "│  web                            docker      1d   0    running                │");
    fixture_close(&f);
}
END_TEST

START_TEST(selection_holds_while_containers_change)
{
    struct fixture f;
    struct subject subject;
    struct error err;

    fixture_open(&f, 24, 80, true);
    tell_all(&f);
    ck_assert(fixture_act(&f, ACTION_BOTTOM));
    ck_assert(fixture_act(&f, ACTION_MARK));
    ck_assert(fixture_act(&f, ACTION_TOP));
    ck_assert(fixture_act(&f, ACTION_MARK));
    fixture_news(&f, "containers",
                 "{\"whole\":false,\"set\":[{\"key\":\"docker/0\",\"id\":\"0\",\"name\":\"a-new\","
                 "\"runtime\":\"docker\",\"state\":\"running\",\"pid\":9}],"
                 "\"gone\":[\"docker/aa\"]}");
    ck_assert_int_eq(
        ops_of(f.panes[PANE_CONTAINERS])->subject(f.panes[PANE_CONTAINERS], &subject, &err), 0);
    ck_assert_str_eq(subject.container->key, "containerd/77aa01");
    ck_assert_uint_eq(subject.n_marked, 1); // the other marked one is gone
    ck_assert_str_eq(subject.marked[0], "docker/bb");
    subject_done(&subject);
    fixture_paint(&f);
    row_has(&f, 3, "│  a-new");
    row_has(&f, 4, "│▌ shop/api-7d9f8b6c5d-k88vm:app");
    row_has(&f, 6, "│ ●web");
    row_has(&f, 1, "1 Containers 4 ────────────────── 1 marked ───┬");
    fixture_close(&f);
}
END_TEST

// Filesystems that are mounted over themselves are rows of their own.
START_TEST(twin_filesystems)
{
    struct fixture f;

    fixture_open(&f, 24, 80, true);
    f.focus = PANE_FILESYSTEMS;
    fixture_news(&f, "filesystems",
                 "{\"filesystems\":[{\"mount_point\":\"/a\",\"type\":\"ext4\"},"
                 "{\"mount_point\":\"/a\",\"type\":\"xfs\"},{\"mount_point\":\"/a\","
                 "\"type\":\"btrfs\"},{\"mount_point\":\"/b\",\"type\":\"tmpfs\"}]}");
    for (int i = 0; i < 3; i++)
        ck_assert(fixture_act(&f, ACTION_DOWN));
    ck_assert(!fixture_act(&f, ACTION_DOWN));
    ck_assert(fixture_act(&f, ACTION_UP));
    fixture_tell(&f, MODEL_FILESYSTEMS); // the same again
    fixture_paint(&f);
    row_has(&f, 5, "▌ /a");
    row_has(&f, 5, "btrfs");
    ck_assert(!fixture_act(&f, ACTION_MARK)); // only containers are marked
    fixture_close(&f);
}
END_TEST

START_TEST(what_runtimes_mount_is_hidden)
{
    struct fixture f;

    fixture_open(&f, 24, 80, true);
    f.focus = PANE_FILESYSTEMS;
    fixture_news(&f, "filesystems",
                 "{\"filesystems\":[{\"mount_point\":\"/a\",\"type\":\"ext4\"},"
                 "{\"mount_point\":\"/merged\",\"type\":\"overlay\",\"internal\":true},"
                 "{\"mount_point\":\"/z\",\"type\":\"xfs\",\"internal\":false}]}");
    ck_assert(fixture_act(&f, ACTION_BOTTOM));
    fixture_paint(&f);
    row_has(&f, 1, "2 Filesystems 2, 1 hidden ─");
    row_has(&f, 4, "▌ /z");
    ck_assert(fixture_act(&f, ACTION_INTERNAL));
    fixture_paint(&f);
    row_has(&f, 1, "2 Filesystems 3 ─");
    row_has(&f, 4, "/merged");
    row_has(&f, 5, "▌ /z"); // what is selected stays so
    ck_assert(fixture_act(&f, ACTION_INTERNAL));
    fixture_news(&f, "filesystems",
                 "{\"filesystems\":[{\"mount_point\":\"/merged\",\"type\":\"overlay\","
                 "\"internal\":true}]}");
    fixture_paint(&f);
    row_has(&f, 2, "All that is here (1) is what container runtimes");
    fixture_close(&f);
}
END_TEST

// One that is down is seen in the header, why and what to try below the rows, all on a page.
START_TEST(runtimes_are_told)
{
    _cleanup_free_ char *text = NULL;
    struct fixture f;

    fixture_open(&f, 24, 120, true);
    tell_all(&f);
    fixture_paint(&f);
    row_has(&f, 0, "docker DOWN (names from disk)");
    text = runtimes_text(f.model);
    ck_assert_ptr_nonnull(strstr(text, "docker: DOWN at /run/docker.sock\n"));
    ck_assert_ptr_nonnull(strstr(text, "  why: no answer in 1.5 s\n  try: systemctl status"));
    fixture_news(&f, "containers",
                 "{\"whole\":false,\"set\":[],\"gone\":[],\"runtimes\":["
                 "{\"name\":\"proc\",\"state\":\"connected\"},"
                 "{\"name\":\"docker\",\"state\":\"connected\"},"
                 "{\"name\":\"podman\",\"state\":\"absent\"}],\"unreadable\":0}");
    fixture_paint(&f);
    row_is(&f, 0, "davit  node7 · root · docker ok · 1 attached · 1 stale");
    for (int i = 0; i < 24; i++)
        ck_assert_ptr_null(strstr(f.screen.rows[i], "i Runtimes"));
    fixture_close(&f);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, what_runtimes_mount_is_hidden);
    tcase_add_test(tcase, runtimes_are_told);
    tcase_add_test(tcase, lost_rows_until_dismissed);
    tcase_add_test(tcase, more_mounts_than_are_told);
    tcase_add_test(tcase, lost_in_a_pod);
    tcase_add_test(tcase, restarts_are_seen);
    tcase_add_test(tcase, selection_holds_while_containers_change);
    tcase_add_test(tcase, twin_filesystems);
}

int main(void)
{
    return run_suite("views_change", add);
}
