// What --plain says: the speaker over real panes and a page of the test's own. Off screen its lines
// go to standard output, which is a file here.
#include "tui/console/speak.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/base/text.h"
#include "runner.h"
#include "tui/console/console.h"
#include "tui/dialogs/input_line.h"
#include "views_news.h"

static struct fixture f;
static struct console console;
static FILE *heard;
static int kept;
static char text[65536];

static void begin(void)
{
    (void)fflush(stdout);
    kept = dup(STDOUT_FILENO);
    heard = tmpfile();
    ck_assert_ptr_nonnull(heard);
    ck_assert_int_ge(dup2(fileno(heard), STDOUT_FILENO), 0);
    fixture_open(&f, 24, 80, true);
    console =
        (struct console){.terminal = f.screen.lab.terminal, .model = f.model, .keymap = f.keymap};
    for (size_t i = 0; i < PANE_COUNT; i++)
        console.panes[i] = f.panes[i];
    console.speaker = speaker_new(&console);
    ck_assert_ptr_nonnull(console.speaker);
}

static void finish(void)
{
    speaker_free(console.speaker);
    fixture_close(&f);
    (void)fflush(stdout);
    (void)dup2(kept, STDOUT_FILENO);
    (void)close(kept);
    (void)fclose(heard);
}

// What was said since the last time.
static const char *said(void)
{
    ssize_t n;

    (void)fflush(stdout);
    n = pread(fileno(heard), text, sizeof text - 1, 0);
    ck_assert_int_ge(n, 0);
    text[n] = '\0';
    ck_assert_int_eq(ftruncate(fileno(heard), 0), 0);
    ck_assert_int_eq(lseek(fileno(heard), 0, SEEK_SET), 0);
    return text;
}

static const char *turn(bool by_key)
{
    speaker_turn(console.speaker, by_key);
    return said();
}

static const char *act(enum action action)
{
    struct pane *pane = console.panes[console.focus];

    (void)pane->ops->act(pane, action);
    return turn(true);
}

#define is_said(turn, lines) ck_assert_str_eq((turn), lines)
#define HEADER                                                                    \
    "davit on node7, root, docker is down, names from disk: no answer in 1.5 s; " \
    "systemctl status docker.\n"
#define API "shop/api-7d9f8b6c5d-k88vm app"

static void at_the_list(void)
{
    tell_all(&f);
    (void)turn(false);
}

// ---- the whole ----

START_TEST(begins_when_there_is_something)
{
    is_said(turn(false), "");
    fixture_hello(&f, hello);
    is_said(turn(false), ""); // no list yet
    tell_all(&f);
    is_said(turn(false),
            HEADER "Containers, 4.\n"
                   "1 of 4: edge-api, paused, started 9 days ago, docker. Enter opens, x actions, "
                   "? help.\n");
    is_said(turn(false), "");
    is_said(turn(true), "");
}
END_TEST

// What a key brought is answered also while the engine is silent.
START_TEST(a_key_is_answered_before_the_list)
{
    const char *lines;

    fixture_hello(&f, hello);
    lines = turn(true);
    ck_assert_msg(strstr(lines, "davit on node7, root.\n") == lines, "%s", lines);
    ck_assert_ptr_nonnull(strstr(lines, "? help."));
    is_said(turn(true), "");
}
END_TEST

START_TEST(again_says_all_of_it)
{
    at_the_list();
    (void)act(ACTION_MARK);
    speaker_again(console.speaker);
    is_said(turn(false), HEADER
            "Containers, 4, 1 marked.\n"
            "2 of 4: " API ", restarted, 1 lost, started 12 seconds ago, containerd. Enter opens, "
            "x actions, ? help.\n");
    is_said(turn(false), "");
}
END_TEST

// The header is said when it is other than before, and only it.
START_TEST(a_runtime_that_answers_again)
{
    at_the_list();
    fixture_news(&f, "containers",
                 "{\"whole\":false,\"set\":[],\"gone\":[],\"unreadable\":0,\"runtimes\":["
                 "{\"name\":\"docker\",\"state\":\"connected\"}]}");
    is_said(turn(false), "davit on node7, root.\n");
    is_said(turn(false), "");
}
END_TEST

START_TEST(messages_once_in_words_and_bounded)
{
    char expected[256] = "";

    at_the_list();
    speaker_message(console.speaker, "! /srv · is read-only");
    is_said(turn(false), "Warning: /srv, is read-only\n");
    is_said(turn(false), "");
    for (int i = 0; i < 40; i++)
        speaker_message(console.speaker, "x");
    for (int i = 0; i < 16; i++)
        strcat(expected, "x\n");
    is_said(turn(true), expected);
}
END_TEST

// ---- panes ----

START_TEST(a_key_says_what_it_changed)
{
    at_the_list();
    is_said(act(ACTION_DOWN),
            "2 of 4: " API ", restarted, 1 lost, started 12 seconds ago, containerd.\n");
    is_said(act(ACTION_MARK),
            "1 marked.\n3 of 4: shop/api-7d9f8b6c5d-x2lqz app, running 2 hours, 1 attached, "
            "containerd.\n");
    is_said(act(ACTION_UP),
            "2 of 4, marked: " API ", restarted, 1 lost, started 12 seconds ago, containerd.\n");
    console.focus = PANE_FILESYSTEMS;
    is_said(turn(true), "Filesystems, 2.\n1 of 2: /, ext4 on /dev/sda2, 60 percent of 20 GB used, "
                        "label root. Enter opens, x actions, ? help.\n");
    is_said(act(ACTION_UP), ""); // the first row
}
END_TEST

// What is left out of a list is counted.
START_TEST(what_is_hidden_is_said)
{
    at_the_list();
    fixture_news(&f, "filesystems",
                 "{\"filesystems\":[{\"mount_point\":\"/merged\",\"type\":\"overlay\","
                 "\"internal\":true},{\"mount_point\":\"/z\",\"type\":\"xfs\"}]}");
    console.focus = PANE_FILESYSTEMS;
    is_said(turn(true), "Filesystems, 1, 1 hidden.\nnothing is selected. ? help.\n");
}
END_TEST

START_TEST(the_selected_row_alone_speaks_by_itself)
{
    static const char one[] =
        "{\"whole\":false,\"gone\":[],\"unreadable\":0,\"set\":[{\"key\":\"docker/%s\","
        "\"id\":\"%s\",\"name\":\"%s\",\"runtime\":\"docker\",\"state\":\"%s\","
        "\"started\":\"2026-03-03T02:59:48Z\",\"pid\":%d,\"start_time\":13,"
        "\"attached_count\":0}]}";
    char news[512];

    at_the_list();
    (void)snprintf(news, sizeof news, one, "bb", "bb", "web", "paused", 4714);
    fixture_news(&f, "containers", news);
    is_said(turn(false), "");
    (void)snprintf(news, sizeof news, one, "aa", "aa", "edge-api", "running", 4713);
    fixture_news(&f, "containers", news);
    is_said(turn(false), "edge-api: running.\n");
    is_said(turn(false), "");
    fixture_news(&f, "containers",
                 "{\"whole\":false,\"set\":[],\"gone\":[\"docker/aa\"],\"unreadable\":0}");
    is_said(turn(false), "edge-api has gone; nothing is selected.\n");
    is_said(turn(false), "");
}
END_TEST

// ---- results ----

static void tell_event(const char *id, const char *line, const char *result, const char *at)
{
    char news[1024];

    (void)snprintf(news, sizeof news,
                   "{\"whole\":false,\"attachments\":[],\"events\":[{\"at\":\"%s\",\"id\":\"%s\","
                   "\"operation\":\"attach\",\"line\":\"%s\",\"container\":\"web\","
                   "\"target\":\"/mnt\",\"source\":\"/srv\",\"result\":\"%s\",\"by\":\"mara\"}]}",
                   at, id, line, result);
    fixture_news(&f, "journal", news);
}

#define LATER  "2026-03-12T02:59:59Z"
#define BEFORE "2026-03-12T02:00:00Z"

static void at_the_list_since(void)
{
    fixture_hello(&f, "{\"protocol\":1,\"host\":\"node7\",\"user\":\"root\",\"privileged\":true,"
                      "\"time\":\"2026-03-12T02:59:55Z\"}");
    fixture_news(&f, "containers", containers);
    fixture_news(&f, "journal", journal);
    (void)turn(false);
}

START_TEST(what_others_did_is_told_when_it_is_done)
{
    at_the_list_since();
    tell_event("0000000000f1", "intent", "", LATER);
    is_said(turn(false), "");
    tell_event("0000000000f1", "done", "ok", LATER);
    is_said(turn(false), "Log: attach /srv to web /mnt, done, by mara\n");
    is_said(turn(false), "");
    tell_event("0000000000f2", "failed", "busy: it is mounted", LATER);
    is_said(turn(false), "Log: attach /srv to web /mnt, failed: busy: it is mounted, by mara\n");
    tell_event("0000000000f3", "done", "ok", BEFORE); // history that came late
    is_said(turn(false), "");
}
END_TEST

START_TEST(many_results_are_counted)
{
    char id[16];

    at_the_list_since();
    for (int i = 0; i < 8; i++) {
        (void)snprintf(id, sizeof id, "0000000000e%d", i);
        tell_event(id, "done", "ok", LATER);
    }
    (void)turn(false);
    ck_assert_ptr_nonnull(strstr(text, "Log: and 3 more\n"));
    is_said(turn(false), "");
}
END_TEST

// ---- pages ----

struct page {
    struct dialog dialog;
    const char *lines;
    struct input_line line;
    bool typing, possible;
};

static char *page_plain(struct dialog *dialog)
{
    return strdup(((struct page *)dialog)->lines);
}

static const struct input_line *page_line(struct dialog *dialog)
{
    struct page *page = (struct page *)dialog;

    return page->typing ? &page->line : NULL;
}

static const struct footer_key *page_footer(struct dialog *dialog)
{
    static const struct footer_key keys[] = {
        {ACTION_PERFORM, "Detach"}, {ACTION_BACK, "Back"}, {ACTION_NONE, NULL}};

    return ((struct page *)dialog)->possible ? keys : keys + 1;
}

static const struct dialog_ops page_ops = {
    .name = "page", .plain = page_plain, .line = page_line, .footer = page_footer};
static struct page page;

static void open_page(const char *lines, const char *typed)
{
    page = (struct page){.dialog = {.ops = &page_ops}, .lines = lines, .typing = typed != NULL};
    input_line_set(&page.line, typed);
    console.dialogs[0] = &page.dialog;
    console.n_dialogs = 1;
}

static const char *type(const char *key)
{
    struct key_event event = {.kind = EVENT_KEY};

    ck_assert(key_parse(key, &event.key));
    (void)input_line_type(&page.line, &event);
    return turn(true);
}

START_TEST(of_a_page_only_new_lines)
{
    at_the_list();
    open_page("Detach /data from web\n\n! in use · by sleep\n", NULL);
    is_said(turn(true), "Detach /data from web\nWarning: in use, by sleep\nKeys: Esc back.\n");
    is_said(turn(true), "");
    page.lines = "Detach /data from web\n! in use · by cat\n";
    is_said(turn(false), "Warning: in use, by cat\n");
    page.lines = "Detach /data from web\n";
    page.possible = true;
    is_said(turn(false), "Keys: A detach, Esc back.\n");
    // What the footer says at the same time is not said twice.
    page.lines = "Detach /data from web\n! it is busy\n";
    speaker_message(console.speaker, "it is busy");
    is_said(turn(false), "it is busy\n");
    // Back in the list: where one is.
    console.n_dialogs = 0;
    is_said(turn(true), "1 of 4: edge-api, paused, started 9 days ago, docker.\n");
}
END_TEST

START_TEST(what_is_typed_is_echoed)
{
    at_the_list();
    open_page("Source:\n", "/s");
    is_said(turn(true), "Source:\nKeys: Esc back.\n/s");
    is_said(type("r"), "r");
    is_said(type("v"), "v");
    is_said(type("Backspace"), "\ndeleted v\n");
    is_said(type("Left"), "r\n");
    is_said(type("End"), "end of the line\n");
    is_said(type("Space"), "/sr ");
    is_said(type("Backspace"), "\ndeleted space\n");
    is_said(type("Ctrl-U"), "deleted /sr, the line is empty\n");
    // Something is said in the middle of the line: the line stands below it, to be gone on with.
    is_said(type("x"), "x");
    speaker_message(console.speaker, "the engine is slow");
    is_said(turn(false), "\nthe engine is slow\nx");
    is_said(type("y"), "y");
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_test(tcase, begins_when_there_is_something);
    tcase_add_test(tcase, a_key_is_answered_before_the_list);
    tcase_add_test(tcase, again_says_all_of_it);
    tcase_add_test(tcase, a_runtime_that_answers_again);
    tcase_add_test(tcase, messages_once_in_words_and_bounded);
    tcase_add_test(tcase, a_key_says_what_it_changed);
    tcase_add_test(tcase, what_is_hidden_is_said);
    tcase_add_test(tcase, the_selected_row_alone_speaks_by_itself);
    tcase_add_test(tcase, what_others_did_is_told_when_it_is_done);
    tcase_add_test(tcase, many_results_are_counted);
    tcase_add_test(tcase, of_a_page_only_new_lines);
    tcase_add_test(tcase, what_is_typed_is_echoed);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("speak", add);
}
