// Menus, palette, questions and texts; and every dialog at every size.
#include <locale.h>

#include "dialog_lab.h"

// ---- menus ----

START_TEST(menu_of_a_row)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct subject stopped;

    ck_assert_int_eq(action_menu_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Attach");
    stage_paste(&stage, "a");
    ck_assert_int_eq(stage.performed, ACTION_NONE);
    stage_press(&stage, "a");
    ck_assert_int_eq(stage.performed, ACTION_ATTACH);
    ck_assert_uint_eq(stage.n_dialogs, 0);
    ck_assert_int_eq(action_menu_open(&stage.host, &subject, &err), 0);
    stage_press(&stage, "Down");
    stage_press(&stage, "Enter");
    ck_assert_int_eq(stage.performed, ACTION_DETACH);
    // What is impossible stands there with its reason, and is not done.
    news_containers(&stage, 0);
    stopped = news_subject(&stage, "docker/web-id");
    stage.performed = ACTION_NONE;
    ck_assert_int_eq(action_menu_open(&stage.host, &stopped, &err), 0);
    ck_assert_shows(&stage, "no process on this host");
    stage_press(&stage, "Enter");
    stage_press(&stage, "a");
    ck_assert_int_eq(stage.performed, ACTION_NONE);
    ck_assert_uint_eq(stage.n_dialogs, 1);
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

START_TEST(menu_filters)
{
    struct subject subject = news_subject(&stage, "docker/web-id");

    ck_assert_int_eq(action_menu_open(&stage.host, &subject, &err), 0);
    stage_press(&stage, "/");
    stage_type(&stage, "take back");
    ck_assert_hides(&stage, "Attach");
    ck_assert_shows(&stage, "Undo");
    stage_type(&stage, "q");
    ck_assert_shows(&stage, "nothing fits the filter");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter"); // nothing to choose
    ck_assert_int_eq(stage.performed, ACTION_NONE);
    stage_press(&stage, "Esc"); // takes the filter back first
    ck_assert_shows(&stage, "Attach");
    stage_press(&stage, "/");
    stage_type(&stage, "take back");
    stage_press(&stage, "Enter");
    stage_press(&stage, "Enter");
    ck_assert_int_eq(stage.performed, ACTION_UNDO);
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

static void command(const char *text)
{
    stage.performed = ACTION_NONE;
    ck_assert_int_eq(palette_open(&stage.host, &err), 0);
    stage_type(&stage, text);
    stage_press(&stage, "Enter");
}

START_TEST(palette_does)
{
    static const struct {
        const char *text;
        enum action action;
        const char *argument;
    } cases[] = {
        {"theme nord", ACTION_THEME, "nord"},
        {"save /tmp/log", ACTION_SAVE, "/tmp/log"},
        {"w /tmp/a b", ACTION_SAVE, "/tmp/a b"},
        {"save-screen x", ACTION_SAVE_SCREEN, "x"},
        {"filter !api", ACTION_FILTER, "!api"},
        {"q", ACTION_QUIT, ""},
        {"quit", ACTION_QUIT, ""},
        {":reread", ACTION_REREAD, ""},
        {":refresh", ACTION_REFRESH, ""}, // and not refresh-stale
        {"undo", ACTION_UNDO, ""},
        {"rer", ACTION_REREAD, ""}, // the only one that begins so
    };

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        command(cases[i].text);
        ck_assert_msg(stage.performed == cases[i].action, "'%s' did %d", cases[i].text,
                      (int)stage.performed);
        ck_assert_str_eq(stage.argument, cases[i].argument);
        ck_assert_uint_eq(stage.n_dialogs, 0);
    }
}
END_TEST

START_TEST(palette_helps)
{
    command("detahc");
    ck_assert_int_eq(stage.performed, ACTION_NONE);
    ck_assert_str_eq(stage.said, "there is no 'detahc': did you mean detach?");
    ck_assert_shows(&stage, "did you mean detach?");
    stage_press(&stage, "Ctrl-U");
    stage_type(&stage, "xyzzy");
    stage_press(&stage, "Enter");
    ck_assert_str_eq(stage.said, "there is no 'xyzzy'");
    stage_press(&stage, "Ctrl-U");
    stage_type(&stage, "them");
    ck_assert_shows(&stage, "theme [NAME]");
    stage_press(&stage, "Tab");
    ck_assert_shows(&stage, ":theme");
    stage_type(&stage, "x");
    stage_press(&stage, "Enter");
    ck_assert_int_eq(stage.performed, ACTION_THEME);
    ck_assert_str_eq(stage.argument, "x");
    ck_assert_int_eq(palette_open(&stage.host, &err), 0);
    stage_paste(&stage, "quit\r");
    ck_assert_uint_eq(stage.n_dialogs, 1);
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

// ---- prompt, question, text ----

static struct {
    unsigned done, each;
    char text[64], last[64];
    bool none;
} answer;

static void prompt_done(const char *text, void *context)
{
    ck_assert_ptr_eq(context, &answer);
    answer.done++;
    answer.none = !text;
    (void)snprintf(answer.text, sizeof answer.text, "%s", text ? text : "");
}

static void prompt_each(const char *text, void *context)
{
    (void)context;
    answer.each++;
    (void)snprintf(answer.last, sizeof answer.last, "%s", text);
}

START_TEST(prompts)
{
    memset(&answer, 0, sizeof answer);
    ck_assert_int_eq(
        prompt_open(&stage.host, "Filter", "ap", prompt_done, prompt_each, &answer, &err), 0);
    ck_assert_shows(&stage, "Filter ap");
    stage_type(&stage, "i");
    stage_press(&stage, "Left");
    ck_assert_uint_eq(answer.each, 1);
    ck_assert_str_eq(answer.last, "api");
    stage_press(&stage, "Enter");
    ck_assert_uint_eq(answer.done, 1);
    ck_assert_str_eq(answer.text, "api");
    ck_assert_int_eq(prompt_open(&stage.host, "Filter", "", prompt_done, NULL, &answer, &err), 0);
    stage_type(&stage, "x");
    stage_press(&stage, "Esc");
    ck_assert_uint_eq(answer.done, 2);
    ck_assert(answer.none);
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

static void question_chosen(int choice, void *context)
{
    *(int *)context = choice;
}

START_TEST(questions)
{
    static const char *const choices[] = {"Stay", "Wait", "Quit", NULL};
    static const struct {
        const char *keys;
        int expected;
    } cases[] = {
        {"Enter", 0},   {"Right Enter", 1},    {"Tab Tab Tab Enter", 2}, {"Esc", -1},
        {"Ctrl-C", -1}, {"End Left Enter", 1}, {"Left Left Enter", 0},   {"Down Down Up Enter", 1},
        {"q", -1}};

    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        char copy[64], *rest = copy, *key;
        int choice = -2;

        (void)snprintf(copy, sizeof copy, "%s", cases[i].keys);
        ck_assert_int_eq(question_open(&stage.host, "Quit?", "A change is under way.", choices,
                                       question_chosen, &choice, &err),
                         0);
        ck_assert_shows(&stage, "[Stay]  [Wait]  [Quit]");
        while ((key = strsep(&rest, " ")))
            stage_press(&stage, key);
        ck_assert_msg(choice == cases[i].expected, "%s chose %d", cases[i].keys, choice);
        ck_assert_uint_eq(stage.n_dialogs, 0);
    }
}
END_TEST

START_TEST(texts)
{
    char text[4000] = "";

    for (int i = 1; i <= 100; i++)
        (void)snprintf(text + strlen(text), sizeof text - strlen(text), "line %d%s\n", i,
                       i == 77 ? " Needle" : "");
    ck_assert_int_eq(text_page_open(&stage.host, "Text", text, &err), 0);
    ck_assert_shows(&stage, "line 20");
    ck_assert_hides(&stage, "line 77");
    stage_press(&stage, "/");
    stage_type(&stage, "needle");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "line 77 Needle");
    stage_press(&stage, "g");
    ck_assert_hides(&stage, "line 77");
    stage_press(&stage, "n"); // the only one, again
    ck_assert_shows(&stage, "line 77 Needle");
    stage_press(&stage, "G");
    ck_assert_shows(&stage, "line 100");
    stage_press(&stage, "PageUp");
    ck_assert_hides(&stage, "line 100");
    stage_press(&stage, "/");
    stage_type(&stage, "absent");
    stage_press(&stage, "Enter");
    ck_assert_str_eq(stage.said, "no such text here");
    stage_press(&stage, "q");
    ck_assert_uint_eq(stage.n_dialogs, 0);
}
END_TEST

// From the live key map: a key that was bound elsewhere is not there any more.
START_TEST(helps)
{
    const struct keymap_binding binding = {"attach", "F6"};

    ck_assert_int_eq(keymap_bind_all(stage.keymap, &binding, 1, &err), 0);
    ck_assert_int_eq(help_open(&stage.host, KEYS_LIST, &err), 0);
    ck_assert_shows(&stage, "Keys in the lists");
    stage_press(&stage, "/");
    stage_type(&stage, "Attach: attach");
    stage_press(&stage, "Enter");
    ck_assert_shows(&stage, "F6");
    ck_assert_hides(&stage, "F2");
    stage_press(&stage, "Esc");
    for (unsigned context = KEYS_LIST; context <= KEYS_INPUT; context <<= 1) {
        ck_assert_int_eq(help_open(&stage.host, (enum key_context)context, &err), 0);
        ck_assert_shows(&stage, "Keys ");
        stage_press(&stage, "Esc");
    }
}
END_TEST

START_TEST(details)
{
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct shown_mount mount = {.target = {(char *)"/data", NULL},
                                .origin = (char *)"declared",
                                .propagation = (char *)"slave",
                                .why = (char *)"what the host mounts there shows here too",
                                .stale = true};
    json_int_t id;

    ck_assert_int_eq(details_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "Pid");
    id = stage_expect(&stage, "inspect", NULL);
    stage_answer(&stage, id,
                 json_pack("{s:{s:i}, s:[s], s:{s:s}, s:[{s:s, s:s, s:b}]}", "namespaces", "mnt",
                           4711, "user_mapping", "0 100000 65536", "labels", "app",
                           "x\033]52;c;evil\a", "declared", "target", "/d", "source", "/srv/d",
                           "read_only", 1));
    stage_until(&stage, "4711");
    ck_assert_shows(&stage, "0-65535 inside are 100000-165535 outside");
    stage_press(&stage, "G");
    ck_assert_shows(&stage, "/srv/d");
    ck_assert_shows(&stage, "evil");
    ck_assert_hides(&stage, "\033");
    stage_press(&stage, "Esc");
    // Closed before the answer: nobody waits for it any more.
    ck_assert_int_eq(details_open(&stage.host, &subject, &err), 0);
    id = stage_expect(&stage, "inspect", NULL);
    stage_press(&stage, "Esc");
    (void)stage_expect(&stage, "cancel", NULL);
    subject.kind = SUBJECT_MOUNT;
    subject.mount = &mount;
    ck_assert_int_eq(details_open(&stage.host, &subject, &err), 0);
    ck_assert_shows(&stage, "what the host mounts there shows here too");
    ck_assert_shows(&stage, "STALE");
}
END_TEST

// ---- all of them ----

// Every part of a screen that a dialog can be given; the cursor stays within.
static void paint_everywhere(void)
{
    struct surface_part all = surface_all(stage.screen.surface);
    struct dialog *top = stage_top(&stage);
    char *plain = top->ops->plain(top);

    ck_assert_msg(plain && *plain, "%s has no text", top->ops->name);
    ck_assert_ptr_null(strchr(plain, '\033'));
    free(plain);
    for (int height = 0; height <= all.height; height++)
        for (int width = 0; width <= all.width; width += width < 12 ? 1 : 7)
            top->ops->paint(top, surface_within(all, 0, 0, height, width));
    stage_look(&stage);
    ck_assert_msg(stage.screen.cursor_y >= 0, "%s leaves no cursor", top->ops->name);
    ck_assert_msg(top->ops->footer(top)->action != ACTION_NONE, "%s has no footer", top->ops->name);
}

static void open_nth(unsigned n)
{
    static const char *const choices[] = {"Back", "A choice that is long", "Another one", NULL};
    struct subject subject = news_subject(&stage, "docker/web-id");
    struct subject mount = subject;
    int r = 0;

    mount.kind = SUBJECT_MOUNT;
    mount.mount = &attached;
    switch (n) {
    case 0:
        r = attach_page_open(&stage.host, &subject, &err);
        stage_type(&stage, "/srv/a/very/long/path/that/does/not/fit/into/any/narrow/window/at/all");
        stage_press_times(&stage, "Down", 3);
        stage_press(&stage, "Space");
        break;
    case 1:
        r = detach_page_open(&stage.host, &mount, &err);
        stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(true));
        stage_until(&stage, "Held by");
        break;
    case 2:
        r = undo_page_open(&stage.host, &err);
        stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(false));
        stage_until(&stage, "unmount");
        break;
    case 3:
        r = action_menu_open(&stage.host, &subject, &err);
        break;
    case 4:
        r = palette_open(&stage.host, &err);
        break;
    case 5:
        r = prompt_open(&stage.host, "Filter", "text", prompt_done, NULL, &answer, &err);
        break;
    case 6:
        r = question_open(&stage.host, "Title", "A question of some length, to be broken.", choices,
                          NULL, NULL, &err);
        break;
    case 7:
        r = help_open(&stage.host, KEYS_LIST, &err);
        break;
    case 8:
        r = details_open(&stage.host, &subject, &err);
        (void)stage_expect(&stage, "inspect", NULL);
        break;
    case 9:
        open_browser(NULL, "/srv");
        stage_answer(&stage, stage_expect(&stage, "browse", NULL), entries(true));
        stage_until(&stage, "data.bin");
        break;
    case 10: // with all that can be said of it
        news_attachments(&stage);
        r = replace_page_open(&stage.host, &mount, &err);
        stage_press_times(&stage, "Down", 2);
        stage_press(&stage, "Space");
        stage_press(&stage, "Up");
        stage_press_times(&stage, "Space", 3);
        ck_assert_shows(&stage, "Mapping");
        break;
    case 11:
        r = refresh_page_open(&stage.host, &mount, &err);
        stage_answer(&stage, stage_expect(&stage, "plan", NULL), detach_plan(false));
        stage_until(&stage, "unmount");
        break;
    default:
        break;
    }
    ck_assert_msg(r == 0, "dialog %u: %s", n, err.message);
}

START_TEST(any_size)
{
    tell_attachments("live", 1);
    open_nth((unsigned)_i);
    paint_everywhere();
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_test(tcase, menu_of_a_row);
    tcase_add_test(tcase, menu_filters);
    tcase_add_test(tcase, palette_does);
    tcase_add_test(tcase, palette_helps);
    tcase_add_test(tcase, prompts);
    tcase_add_test(tcase, questions);
    tcase_add_test(tcase, texts);
    tcase_add_test(tcase, helps);
    tcase_add_test(tcase, details);
    tcase_add_loop_test(tcase, any_size, 0, 12);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("dialogs", add);
}
