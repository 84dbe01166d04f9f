// The log pane: what arrives does not move it, what is unfolded stays so, what is saved is clean.
#include "tui/views/pane.h"

#include <errno.h>
#include <sys/stat.h>

#include "core/base/cleanup.h"
#include "core/base/text.h"
#include "runner.h"
#include "views_fixture.h"

// 24 rows with the log focused: its body are these rows of the screen.
enum { FIRST = 11, ROWS = 11 };

static void open_log(struct fixture *f)
{
    fixture_open(f, 24, 80, true);
    f->focus = PANE_LOG;
    fixture_paint(f);
    ck_assert_ptr_nonnull(strstr(f->screen.rows[FIRST - 1], "4 Log"));
    ck_assert_ptr_nonnull(strstr(f->screen.rows[FIRST + ROWS], "└"));
}

static void notices(struct fixture *f, int from, int n)
{
    char text[32];

    for (int i = from; i < from + n; i++) {
        (void)snprintf(text, sizeof text, "line %d", i);
        ck_assert_int_eq(log_notice(f->model->log, LOG_NOTICE, NOW + i, text), 0);
    }
    fixture_tell(f, MODEL_LOG);
}

static void keep(const struct fixture *f, char rows[ROWS][512])
{
    for (int i = 0; i < ROWS; i++)
        (void)snprintf(rows[i], 512, "%s", f->screen.rows[FIRST + i]);
}

static void is_kept(const struct fixture *f, char rows[ROWS][512])
{
    for (int i = 0; i < ROWS; i++)
        ck_assert_str_eq(f->screen.rows[FIRST + i], rows[i]);
}

static void state_is(struct fixture *f, const char *expected)
{
    char state[128];

    log_pane.state(f->panes[PANE_LOG], state, sizeof state);
    ck_assert_str_eq(state, expected);
}

START_TEST(follows_the_end)
{
    struct fixture f;

    open_log(&f);
    notices(&f, 0, 5);
    fixture_paint(&f);
    row_has(&f, FIRST, "│ 03:00:00 line 0 ");
    row_has(&f, FIRST + 4, "│▌03:00:04 line 4 ");
    ck_assert_int_eq(f.screen.cursor_y, FIRST + 4);
    notices(&f, 5, 100);
    fixture_paint(&f);
    row_has(&f, FIRST, "line 94 ");
    row_has(&f, FIRST + ROWS - 1, "▌03:01:44 line 104 ");
    state_is(&f, "following");
    fixture_close(&f);
}
END_TEST

// Up pauses; ten thousand lines move nothing, although the log drops what is on the screen.
START_TEST(paused_view_stays)
{
    char rows[ROWS][512];
    struct fixture f;

    open_log(&f);
    notices(&f, 0, 50);
    fixture_paint(&f);
    ck_assert(fixture_act(&f, ACTION_UP));
    ck_assert(fixture_act(&f, ACTION_UP));
    fixture_paint(&f);
    state_is(&f, "paused");
    row_has(&f, FIRST + ROWS - 3, "▌03:00:47 line 47 ");
    keep(&f, rows);
    for (int i = 0; i < 25; i++) {
        notices(&f, 50 + i * 400, 400);
        fixture_paint(&f);
        is_kept(&f, rows);
    }
    state_is(&f, "paused, +10000 new");
    row_has(&f, FIRST - 1, " paused, +10000 new ");
    notices(&f, 10050, 1000); // what is shown is not in the log any more
    fixture_paint(&f);
    is_kept(&f, rows);
    ck_assert_uint_gt(f.model->log->entries[0]->number, 50);
    // A key goes to the oldest there is; G to the end.
    ck_assert(fixture_act(&f, ACTION_DOWN));
    fixture_paint(&f);
    ck_assert_ptr_nonnull(strstr(f.screen.rows[FIRST], "line "));
    ck_assert(fixture_act(&f, ACTION_BOTTOM));
    fixture_paint(&f);
    row_has(&f, FIRST + ROWS - 1, "line 11049 ");
    state_is(&f, "following");
    fixture_close(&f);
}
END_TEST

START_TEST(moves)
{
    struct fixture f;

    open_log(&f);
    notices(&f, 0, 100);
    fixture_paint(&f);
    ck_assert(fixture_act(&f, ACTION_TOP));
    fixture_paint(&f);
    row_has(&f, FIRST, "▌03:00:00 line 0 ");
    ck_assert(fixture_act(&f, ACTION_PAGE_DOWN));
    fixture_paint(&f);
    row_has(&f, FIRST, "▌03:00:10 line 10 "); // the last row of the old page stays in sight
    for (int i = 0; i < 20; i++)
        (void)fixture_act(&f, ACTION_PAGE_DOWN);
    fixture_paint(&f);
    row_has(&f, FIRST, "line 89 ");
    row_has(&f, FIRST + ROWS - 1, "▌03:01:39 line 99 ");
    ck_assert(fixture_act(&f, ACTION_HALF_UP));
    fixture_paint(&f);
    row_has(&f, FIRST, "line 84 ");
    row_has(&f, FIRST + ROWS - 1, "▌03:01:34 line 94 ");
    ck_assert(fixture_act(&f, ACTION_LOG_FOLLOW));
    state_is(&f, "following");
    ck_assert(fixture_act(&f, ACTION_LOG_FOLLOW));
    state_is(&f, "paused");
    fixture_close(&f);
}
END_TEST

static const char attach[] =
    "{\"whole\":true,\"attachments\":[],\"events\":[{\"at\":\"2026-03-12T03:12:31Z\","
    "\"id\":\"0123456789ab\",\"operation\":\"attach\",\"line\":\"done\",\"container\":\"web\","
    "\"target\":\"/mnt\",\"source\":\"/srv\",\"result\":\"ok\",\"by\":\"mara\"}]}";

static void step(struct fixture *f, const char *text, const char *call, const char *result, int us)
{
    char *json = text_format("{\"request\":1,\"container\":\"web\",\"target\":\"/mnt\","
                             "\"operation\":\"0123456789ab\",\"step\":{\"text\":\"%s\","
                             "\"call\":\"%s\",\"result\":\"%s\",\"took_us\":%d}}",
                             text, call, result, us);

    fixture_news(f, "step", json);
    free(json);
}

START_TEST(unfolds_steps)
{
    struct fixture f;

    open_log(&f);
    fixture_news(&f, "journal", attach);
    step(&f, "clone /srv, read-only", "open_tree(/srv)", "ok", 12);
    step(&f, "move it in", "move_mount(/mnt)", "EBUSY", 2500);
    fixture_paint(&f);
    row_has(&f, FIRST, "▌03:12:31 attach /srv → web /mnt (mara, ok, 2 steps) ");
    ck_assert(fixture_act(&f, ACTION_OPEN));
    fixture_paint(&f);
    row_has(&f, FIRST, "▌03:12:31 attach /srv → web /mnt (mara, ok) ");
    row_has(&f, FIRST + 1, "│              clone /srv, read-only open_tree(/srv)  ok  12 µs ");
    row_has(&f, FIRST + 2, "│              move it in move_mount(/mnt)  EBUSY  2.5 ms ");
    // It stays unfolded, and in its place, whatever comes.
    notices(&f, 0, 3);
    fixture_paint(&f);
    row_has(&f, FIRST + 2, "move_mount(/mnt)");
    row_has(&f, FIRST + 3, "line 0 ");
    ck_assert(fixture_act(&f, ACTION_DOWN));
    ck_assert(fixture_act(&f, ACTION_DOWN));
    fixture_paint(&f);
    ck_assert_int_eq(f.screen.cursor_y, FIRST + 2);
    ck_assert(fixture_act(&f, ACTION_OPEN)); // from a step, too
    fixture_paint(&f);
    row_has(&f, FIRST, "▌03:12:31 attach");
    row_has(&f, FIRST + 1, "line 0 ");
    ck_assert(fixture_act(&f, ACTION_DOWN));
    ck_assert(!fixture_act(&f, ACTION_OPEN)); // has no steps
    fixture_close(&f);
}
END_TEST

START_TEST(filters_and_finds)
{
    struct fixture f;
    char title[256];

    open_log(&f);
    notices(&f, 0, 200);
    fixture_paint(&f);
    fixture_filter(&f, "LINE 17");
    log_pane.title(f.panes[PANE_LOG], title, sizeof title);
    ck_assert_str_eq(title, "Log 11/200 ─ filter: LINE 17");
    fixture_paint(&f);
    row_has(&f, FIRST, "line 17 ");
    row_has(&f, FIRST + 1, "line 170 ");
    row_has(&f, FIRST + 10, "▌03:02:59 line 179 ");
    ck_assert(fixture_act(&f, ACTION_UP));
    notices(&f, 170, 5); // shown, and so counted as new
    notices(&f, 300, 5);
    state_is(&f, "paused, +5 new");
    ck_assert(fixture_act(&f, ACTION_BACK));
    ck_assert(!fixture_act(&f, ACTION_BACK));
    state_is(&f, "paused, +10 new");
    fixture_paint(&f);
    row_has(&f, f.screen.cursor_y, "line 178 ");
    // n and N go on to what was looked for.
    ck_assert(fixture_act(&f, ACTION_FIND_PREVIOUS));
    ck_assert(fixture_act(&f, ACTION_FIND_PREVIOUS));
    fixture_paint(&f);
    row_has(&f, f.screen.cursor_y, "line 176 ");
    ck_assert(fixture_act(&f, ACTION_TOP));
    ck_assert(fixture_act(&f, ACTION_FIND_NEXT));
    fixture_paint(&f);
    row_has(&f, f.screen.cursor_y, "line 17 ");
    ck_assert(!fixture_act(&f, ACTION_FIND_PREVIOUS));
    fixture_filter(&f, "!line 1");
    fixture_paint(&f);
    row_has(&f, FIRST, "line ");
    ck_assert(fixture_act(&f, ACTION_TOP));
    fixture_paint(&f);
    row_has(&f, FIRST, "line 0 ");
    row_has(&f, FIRST + 1, "line 2 ");
    fixture_filter(&f, "no such thing");
    fixture_paint(&f);
    row_has(&f, FIRST, "no line fits the filter");
    ck_assert(!fixture_act(&f, ACTION_DOWN));
    fixture_close(&f);
}
END_TEST

START_TEST(wraps_and_times)
{
    struct fixture f;
    char text[200] = "";

    open_log(&f);
    for (int i = 0; i < 20; i++)
        (void)strcat(text, "word ");
    ck_assert_int_eq(log_notice(f.model->log, LOG_WARNING, NOW, text), 0);
    ck_assert_int_eq(log_notice(f.model->log, LOG_NOTICE, NOW, "next"), 0);
    fixture_tell(&f, MODEL_LOG);
    fixture_paint(&f);
    row_has(&f, FIRST, "…│");
    row_has(&f, FIRST + 1, "next");
    ck_assert(fixture_act(&f, ACTION_LOG_WRAP));
    fixture_paint(&f);
    row_has(&f, FIRST, "│ 03:00:00 word word");
    row_has(&f, FIRST + 1, "│          word word");
    row_has(&f, FIRST + 2, "▌03:00:00 next");
    ck_assert(fixture_act(&f, ACTION_LOG_TIME));
    fixture_paint(&f);
    row_has(&f, FIRST, "│ 2026-03-12 03:00:00 word");
    ck_assert(fixture_act(&f, ACTION_LOG_TIME));
    fixture_paint(&f);
    row_has(&f, FIRST, "│ word word");
    fixture_close(&f);
}
END_TEST

START_TEST(saves)
{
    char directory[TEMPORARY_SIZE], path[TEMPORARY_SIZE + 16], bytes[4096];
    struct error err = {.code = ERROR_NONE};
    struct fixture f;
    struct stat st;

    open_log(&f);
    fixture_news(&f, "journal", attach);
    step(&f, "clone \\u001b[31m", "open_tree(/srv)", "ok", 12);
    ck_assert_int_eq(
        log_notice(f.model->log, LOG_NOTICE, NOW, "a\x1b]52;c;QQ==\x07\xc2\x9b\xe2\x80\xaez"), 0);
    fixture_tell(&f, MODEL_LOG);
    temporary_directory(directory);
    (void)snprintf(path, sizeof path, "%s/log", directory);
    ck_assert_msg(log_pane_save(f.panes[PANE_LOG], path, &err) == 0, "%s", err.message);
    ck_assert_int_gt(file_read_into(-100 /* AT_FDCWD */, path, bytes, sizeof bytes), 0);
    ck_assert_ptr_nonnull(strstr(bytes, "attach /srv → web /mnt"));
    ck_assert_ptr_nonnull(strstr(bytes, "open_tree(/srv)"));
    for (char *line = strtok(bytes, "\n"); line; line = strtok(NULL, "\n"))
        ck_assert_msg(text_is_clean(line, strlen(line)), "%s", line);
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_int_eq(st.st_mode & 07777, 0600);
    // Never over what is there, never through a link.
    ck_assert_int_eq(log_pane_save(f.panes[PANE_LOG], path, &err), -EEXIST);
    ck_assert_ptr_nonnull(strstr(err.hint, "another name"));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(symlink("elsewhere", path), 0);
    ck_assert_int_lt(log_pane_save(f.panes[PANE_LOG], path, &err), 0);
    ck_assert_int_eq(unlink(path), 0);
    // What the filter hides is not saved.
    fixture_filter(&f, "attach");
    ck_assert_int_eq(log_pane_save(f.panes[PANE_LOG], path, &err), 0);
    ck_assert_int_gt(file_read_into(-100, path, bytes, sizeof bytes), 0);
    ck_assert_ptr_null(strstr(bytes, "QQ=="));
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(rmdir(directory), 0);
    ck_assert_int_eq(log_pane_save(f.panes[PANE_LOG], path, &err), -ENOENT);
    fixture_close(&f);
}
END_TEST

START_TEST(subject_is_the_line)
{
    struct subject subject;
    struct error err;
    struct fixture f;

    open_log(&f);
    ck_assert_int_eq(log_pane.subject(f.panes[PANE_LOG], &subject, &err), 0);
    ck_assert_int_eq(subject.kind, SUBJECT_NONE);
    notices(&f, 0, 3);
    ck_assert_int_eq(log_pane.subject(f.panes[PANE_LOG], &subject, &err), 0);
    ck_assert_str_eq(subject.entry->text, "line 2");
    fixture_paint(&f);
    ck_assert(fixture_act(&f, ACTION_UP));
    notices(&f, 3, 3);
    ck_assert_int_eq(log_pane.subject(f.panes[PANE_LOG], &subject, &err), 0);
    ck_assert_str_eq(subject.entry->text, "line 1");
    fixture_close(&f);
}
END_TEST

// Where the log is followed, steps would unfold below the screen.
START_TEST(what_unfolds_is_seen)
{
    struct fixture f;

    open_log(&f);
    notices(&f, 0, 30);
    fixture_paint(&f);
    ck_assert(!fixture_act(&f, ACTION_OPEN)); // no steps
    state_is(&f, "following");
    fixture_news(&f, "journal", attach);
    step(&f, "clone /srv, read-only", "open_tree(/srv)", "ok", 12);
    step(&f, "move it in", "move_mount(/mnt)", "EBUSY", 2500);
    fixture_paint(&f);
    ck_assert(fixture_act(&f, ACTION_OPEN));
    fixture_paint(&f);
    row_has(&f, FIRST + ROWS - 3, "▌03:12:31 attach /srv → web /mnt (mara, ok) ");
    row_has(&f, FIRST + ROWS - 1, "│              move it in move_mount(/mnt)  EBUSY  2.5 ms ");
    // Folded again, the rows above come back rather than nothing below.
    ck_assert(fixture_act(&f, ACTION_OPEN));
    fixture_paint(&f);
    row_has(&f, FIRST + ROWS - 1, "▌03:12:31 attach /srv → web /mnt (mara, ok, 2 steps) ");
    fixture_close(&f);
}
END_TEST

// More steps than rows: the line itself stays in sight.
START_TEST(what_unfolds_begins_with_its_line)
{
    struct fixture f;

    open_log(&f);
    fixture_news(&f, "journal", attach);
    for (int i = 0; i < 40; i++)
        step(&f, "again", "move_mount(/mnt)", "ok", i);
    fixture_paint(&f);
    ck_assert(fixture_act(&f, ACTION_OPEN));
    fixture_paint(&f);
    row_has(&f, FIRST, "▌03:12:31 attach /srv → web /mnt (mara, ok) ");
    row_has(&f, FIRST + ROWS - 1, "again");
    fixture_close(&f);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, follows_the_end);
    tcase_add_test(tcase, paused_view_stays);
    tcase_add_test(tcase, moves);
    tcase_add_test(tcase, unfolds_steps);
    tcase_add_test(tcase, what_unfolds_is_seen);
    tcase_add_test(tcase, what_unfolds_begins_with_its_line);
    tcase_add_test(tcase, filters_and_finds);
    tcase_add_test(tcase, wraps_and_times);
    tcase_add_test(tcase, saves);
    tcase_add_test(tcase, subject_is_the_line);
}

int main(void)
{
    return run_suite("log_view", add);
}
