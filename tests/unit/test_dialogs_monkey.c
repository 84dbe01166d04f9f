// Keys at random on every dialog, with answers that are late, wrong, refusals or never come, and
// containers that come and go: nothing falls over, and nothing is changed but by the keys that do.
#include <locale.h>

#include "dialog_news.h"
#include "runner.h"

#define PRESSED 1500

static struct stage stage;
static struct error err;
static unsigned seed;
static json_int_t unanswered[64];
static char unanswered_method[64][16];
static size_t n_unanswered;

static unsigned random_below(unsigned n)
{
    seed = seed * 1103515245U + 12345U;
    return (seed >> 16) % n;
}

static void begin(void)
{
    stage_begin(&stage, 24, 80, true, NULL, NULL);
    news_privileged(&stage);
    news_containers(&stage, 100);
    news_attachments(&stage);
}

static void finish(void)
{
    stage_finish(&stage);
}

static void nothing_chosen(int choice, void *context)
{
    (void)choice;
    (void)context;
}

static void no_path(const struct raw_text *path, void *context)
{
    (void)path;
    (void)context;
}

static void no_text(const char *text, void *context)
{
    (void)text;
    (void)context;
}

static void open_any(void)
{
    static const char *const choices[] = {"Back", "Go", NULL};
    struct shown_mount mount = {.target = {(char *)"/data", NULL},
                                .origin = (char *)"attached",
                                .attachment = (char *)"a82214f09495"};
    struct shown_filesystem filesystem = {.mount_point = {(char *)"/data", NULL}};
    struct subject subject = {.kind = SUBJECT_CONTAINER,
                              .container = model_container(stage.model, "docker/web-id")};
    struct subject other;

    if (!subject.container)
        subject.container = model_container(stage.model, "docker/db-id");
    other = subject;
    switch (random_below(15)) {
    case 0:
    case 1:
        (void)attach_page_open(&stage.host, &subject, &err);
        break;
    case 2:
        other.kind = SUBJECT_FILESYSTEM;
        other.filesystem = &filesystem;
        (void)attach_page_open(&stage.host, &other, &err);
        break;
    case 3:
        other.kind = SUBJECT_MOUNT;
        other.mount = &mount;
        (void)detach_page_open(&stage.host, &other, &err);
        break;
    case 4:
        (void)undo_page_open(&stage.host, &err);
        break;
    case 5:
        (void)action_menu_open(&stage.host, &subject, &err);
        break;
    case 6:
        (void)palette_open(&stage.host, &err);
        break;
    case 7:
        (void)details_open(&stage.host, &subject, &err);
        break;
    case 8:
        (void)browser_open(&stage.host, NULL, NULL, NULL, no_path, NULL, &err);
        break;
    case 9:
        (void)question_open(&stage.host, "T", "Text", choices, nothing_chosen, NULL, &err);
        break;
    case 10:
        (void)share_page_open(&stage.host, &subject, &err);
        break;
    case 11:
        (void)replace_page_open(&stage.host, &subject, &err);
        break;
    case 12:
        (void)refresh_page_open(&stage.host, &subject, &err);
        break;
    case 13:
        (void)refresh_stale_page_open(&stage.host, &err);
        break;
    default:
        (void)prompt_open(&stage.host, "L", "x", no_text, no_text, NULL, &err);
        break;
    }
}

static json_t *answer_to(const char *method)
{
    if (strcmp(method, "plan") == 0 && random_below(8) == 0)
        return json_pack("{s:[]}", "plans");
    if (strcmp(method, "plan") == 0)
        return random_below(3) ? news_plans(news_plan("db", "/mnt", random_below(2)))
                               : news_plans(news_refused("db", "/mnt", "no"));
    if (strcmp(method, "run") == 0)
        return news_results(news_result("db", "/mnt", random_below(2) ? NULL : "busy"));
    if (strcmp(method, "browse") == 0)
        return json_pack("{s:s, s:[{s:s, s:s}, {s:s, s:s}]}", "path", "/", "entries", "name", "ab",
                         "type", "directory", "name", "abc", "type", "file");
    return news_described();
}

// Takes in what was asked, and answers one of it: rightly, with nonsense, or with a refusal.
static void be_the_engine(void)
{
    json_t *request;
    size_t i;

    while ((request = stage_asked(&stage, 10)) != NULL) {
        const char *method = json_string_value(json_object_get(request, "method"));

        if (n_unanswered < 64) {
            unanswered[n_unanswered] = json_integer_value(json_object_get(request, "id"));
            (void)snprintf(unanswered_method[n_unanswered++], 16, "%s", method);
        }
        json_decref(request);
    }
    if (n_unanswered == 0)
        return;
    i = random_below((unsigned)n_unanswered);
    if (random_below(4) == 0)
        stage_refuse(&stage, unanswered[i], "timed-out", "no answer");
    else if (random_below(8) == 0)
        stage_answer(&stage, unanswered[i], json_pack("{s:s, s:i}", "plans", "?", "entries", 1));
    else
        stage_answer(&stage, unanswered[i], answer_to(unanswered_method[i]));
    unanswered[i] = unanswered[--n_unanswered];
    memcpy(unanswered_method[i], unanswered_method[n_unanswered], 16);
    (void)loop_turn(stage.host.loop);
    stage_reap(&stage);
}

// Whether this key may start a change here: A on a plan, Enter on a question's choice.
static bool may_start(const char *key)
{
    const struct dialog *top = stage_top(&stage);

    if (strcmp(top->ops->name, "detach") == 0)
        return strcmp(key, "Enter") == 0;
    return strcmp(key, "A") == 0 &&
           (strcmp(top->ops->name, "attach") == 0 || strcmp(top->ops->name, "plan") == 0);
}

START_TEST(monkey)
{
    static const char *const keys[] = {
        "Enter",     "Enter",  "Esc",       "Up",     "Down", "Left",   "Right",
        "Tab",       "Space",  "A",         "a",      "D",    "/",      "y",
        "?",         "n",      "Ctrl-O",    "Home",   "End",  "j",      "PageDown",
        "Backspace", "Delete", "Shift-Tab", "Ctrl-U", "x",    "Ctrl-W", "Ctrl-C"};

    static const int pids[] = {100, 100, 101, 0, -1};

    seed = (unsigned)_i + 1;
    n_unanswered = 0;
    for (unsigned n = 0; n < PRESSED; n++) {
        const char *key = keys[random_below(sizeof keys / sizeof keys[0])];
        unsigned before = stage.n_started;
        bool may;

        if (!stage_top(&stage))
            open_any();
        if (!stage_top(&stage))
            continue;
        if (stage.n_dialogs == STAGE_DIALOGS)
            key = "Esc";
        may = may_start(key);
        if (random_below(20) == 0)
            stage_paste(&stage, "A\r/srv");
        else
            stage_press(&stage, key);
        ck_assert_msg(stage.n_started == before || may, "%s started a change (seed %d)", key, _i);
        if (random_below(4) == 0)
            be_the_engine();
        if (random_below(60) == 0)
            news_containers(&stage, pids[random_below(sizeof pids / sizeof pids[0])]);
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, begin, finish);
    tcase_add_loop_test(tcase, monkey, 0, 3);
}

int main(void)
{
    (void)setlocale(LC_CTYPE, "C.UTF-8");
    return run_suite("dialogs_monkey", add);
}
