// What the lines of a journal come to when they are read one after the other.
#include "core/engine/journal.h"

#include "journal_sample.h"
#include "tests/unit/runner.h"

#include <poll.h>

// An operation's story and the state it comes to; one letter a line, see play().
static const struct {
    const char *story;
    int state; // -1: no attachment is left
    size_t open_detaches;
} stories[] = {
    {"i", ATTACHMENT_INTENT, 0},        {"if", -1, 0},
    {"id", ATTACHMENT_LIVE, 0},         {"idg", ATTACHMENT_GONE, 0},
    {"d", ATTACHMENT_LIVE, 0},          {"idI", ATTACHMENT_LIVE, 1},
    {"idIF", ATTACHMENT_LIVE, 0},       {"idID", ATTACHMENT_GONE, 0},
    {"idIDl", ATTACHMENT_LINGERING, 0}, {"idIlD", ATTACHMENT_LINGERING, 0},
    {"idIDlg", ATTACHMENT_GONE, 0},     {"idIDg", ATTACHMENT_GONE, 0},
    {"idIFID", ATTACHMENT_GONE, 0},     {"idgl", ATTACHMENT_GONE, 0},
};

static void play(struct journal *journal, char letter, struct attachment *a)
{
    struct error why = {.message = "because"};
    const char *detach = "aaaaaaaaaaaa";

    switch (letter) {
    case 'i':
        CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
        break;
    case 'd':
        if (!a->identity.target)
            sample_attached(a);
        CHECK_OK(journal_done(journal, "attach", a, a->id, &err));
        break;
    case 'f':
        CHECK_OK(journal_failed(journal, "attach", a, a->id, &why, &err));
        break;
    case 'g':
        CHECK_OK(journal_gone(journal, a, "container stopped", &err));
        break;
    case 'l':
        CHECK_OK(journal_lingering(journal, a, &err));
        break;
    case 'I':
        CHECK_OK(journal_intent(journal, "detach", a, detach, &err));
        break;
    case 'D':
        CHECK_OK(journal_done(journal, "detach", a, detach, &err));
        break;
    case 'F':
        CHECK_OK(journal_failed(journal, "detach", a, detach, &why, &err));
        break;
    default:
        ck_abort();
    }
}

START_TEST(lines_fold)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_attachment_ struct attachment *other = sample(2);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    const char *story = stories[_i].story;
    bool open_end = strchr("iI", story[strlen(story) - 1]);

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    sample_attach(journal, other);
    for (const char *letter = story; *letter; letter++)
        play(journal, *letter, a);
    ck_assert_int_eq(journal_pending(journal, &err), open_end);
    view = sample_read();
    ck_assert_uint_eq(view->n_bad_lines, 0);
    ck_assert_uint_eq(view->n_events, 2 + strlen(story));
    ck_assert_uint_eq(view->n_attachments, stories[_i].state < 0 ? 1 : 2);
    ck_assert_int_eq(view->attachments[0]->state, ATTACHMENT_LIVE);
    if (stories[_i].state >= 0)
        ck_assert_int_eq((int)view->attachments[1]->state, stories[_i].state);
    ck_assert_uint_eq(view->n_open_detaches, stories[_i].open_detaches);
    if (view->n_open_detaches == 1) {
        ck_assert_str_eq(view->open_detaches[0].id, "aaaaaaaaaaaa");
        ck_assert_str_eq(view->open_detaches[0].attachment, a->id);
        ck_assert_int_eq(view->open_detaches[0].mover, a->mover);
        ck_assert_uint_eq(view->open_detaches[0].mover_start, a->mover_start);
    }
}
END_TEST

// Of what is mounted after its intent: the ids come with a later line, for who takes it back.
START_TEST(ids_after_the_intent)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    const struct attachment *read;
    uint64_t unique = a->identity.unique, old_id = a->identity.old_id;

    a->workplace = text("/dev/\xff");
    a->identity.unique = a->identity.old_id = 0;
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    play(journal, 'i', a);
    a->identity.unique = unique + 1;
    a->identity.old_id = old_id + 1;
    CHECK_OK(journal_made(journal, a->id, a, &err));
    CHECK_OK(journal_read_live(journal, &view, &err));
    ck_assert_uint_eq(view->n_bad_lines, 0);
    ck_assert_uint_eq(view->n_attachments, 1);
    read = view->attachments[0];
    ck_assert_int_eq((int)read->state, ATTACHMENT_INTENT);
    ck_assert_str_eq(read->workplace, "/dev/\xff");
    ck_assert_uint_eq(read->identity.unique, unique + 1);
    ck_assert_uint_eq(read->identity.old_id, old_id + 1);
}
END_TEST

// What is not over is the same for who reads only that.
START_TEST(live_ones_read_alone)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_attachment_ struct attachment *other = sample(2);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    bool over = stories[_i].state < 0 || stories[_i].state == ATTACHMENT_GONE;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    for (const char *letter = stories[_i].story; *letter; letter++)
        play(journal, *letter, a);
    sample_attach(journal, other);
    CHECK_OK(journal_read_live(journal, &view, &err));
    ck_assert_uint_eq(view->n_bad_lines, 0);
    ck_assert_uint_eq(view->n_events, 0);
    ck_assert_uint_eq(view->n_attachments, over ? 1 : 2);
    ck_assert_str_eq(view->attachments[view->n_attachments - 1]->id, other->id);
    ck_assert_int_eq(view->attachments[view->n_attachments - 1]->state, ATTACHMENT_LIVE);
    if (!over)
        ck_assert_int_eq((int)view->attachments[0]->state, stories[_i].state);
}
END_TEST

// Lines that a later davit may write in another way are read all the same.
START_TEST(lines_in_another_order)
{
    static const char gone[] =
        "{\"line\":\"gone\",\"v\":1,\"operation\":\"attach\",\"id\":\"000000000001\",\"at\":1,"
        "\"by_uid\":0,\"by\":\"root\",\"why\":\"x\"}\n";
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    sample_attach(journal, a);
    sample_append(gone, sizeof gone - 1);
    CHECK_OK(journal_read_live(journal, &view, &err));
    ck_assert_uint_eq(view->n_attachments, 1);
    ck_assert_int_eq(view->attachments[0]->state, ATTACHMENT_GONE);
}
END_TEST

START_TEST(events_tell_the_story)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    struct actor actor;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    for (const char *letter = "idIFg"; *letter; letter++)
        play(journal, *letter, a);
    view = sample_read();
    actor_find(&actor);
    ck_assert_uint_eq(view->n_events, 5);
    for (size_t i = 0; i < view->n_events; i++) {
        static const char *const results[] = {"begun", "ok", "begun", "because",
                                              "container stopped"};
        static const char *const lines[] = {"intent", "done", "intent", "failed", "gone"};

        ck_assert_str_eq(view->events[i].result, results[i]);
        ck_assert_str_eq(view->events[i].line, lines[i]);
        ck_assert_str_eq(view->events[i].operation, i == 2 || i == 3 ? "detach" : "attach");
        ck_assert_str_eq(view->events[i].id, i == 2 || i == 3 ? "aaaaaaaaaaaa" : a->id);
        ck_assert_str_eq(view->events[i].attachment, a->id);
        ck_assert_str_eq(view->events[i].container, "web");
        ck_assert_str_eq(view->events[i].target, "/mnt/data");
        ck_assert_str_eq(view->events[i].source, "/srv/data");
        ck_assert_str_eq(view->events[i].by, actor.name);
        ck_assert_uint_eq(view->events[i].by_uid, actor.uid);
        ck_assert_int_ge(view->events[i].at, 1700000000);
    }
}
END_TEST

START_TEST(another_boot_is_gone)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_attachment_ struct attachment *b = sample(2);
    _cleanup_journal_view_ struct journal_view *view = NULL;

    memcpy(a->identity.boot_id, "00000000-0000-4000-8000-000000000000", BOOT_ID_SIZE);
    memcpy(b->identity.boot_id, "00000000-0000-4000-8000-000000000000", BOOT_ID_SIZE);
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    sample_attach(journal, a);
    play(journal, 'I', a);
    play(journal, 'i', b);
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 2);
    ck_assert_int_eq(view->attachments[0]->state, ATTACHMENT_GONE);
    ck_assert_int_eq(view->attachments[1]->state, ATTACHMENT_GONE);
    ck_assert_uint_eq(view->n_open_detaches, 0);
}
END_TEST

START_TEST(keeps_the_last_of_many)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *first = sample(0);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    FILE *file;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    sample_attach(journal, first);
    file = fopen(journal_path(journal), "a");
    ck_assert_ptr_nonnull(file);
    for (unsigned i = 1; i <= 45000; i++)
        (void)fprintf(
            file,
            "{\"v\":1,\"line\":\"done\",\"operation\":\"attach\",\"id\":\"%012x\",\"at\":1,"
            "\"by_uid\":0,\"by\":\"root\",\"container_id\":\"c\",\"container\":\"c\","
            "\"runtime\":\"r\",\"source\":\"/s\",\"target\":\"/t\",\"boot\":\"%s\","
            "\"mover\":1,\"mover_start\":1,\"options\":\"\",\"flags\":0,"
            "\"propagation\":\"private\",\"mode\":0,\"since\":0,\"unique\":1,"
            "\"mount_id\":1,\"mnt_ns\":1,\"init\":1,\"init_start\":1,\"device\":\"0:1\","
            "\"root\":\"/\",\"inside\":\"/\",\"mounts\":1,\"made\":[]}\n"
            "{\"v\":1,\"line\":\"gone\",\"operation\":\"attach\",\"id\":\"%012x\",\"at\":1,"
            "\"by_uid\":0,\"by\":\"root\",\"why\":\"container stopped\"}\n",
            i, first->identity.boot_id, i);
    ck_assert_int_eq(fclose(file), 0);
    view = sample_read();
    ck_assert_uint_eq(view->n_bad_lines, 0);
    ck_assert_uint_eq(view->n_attachments, 10000);
    ck_assert_str_eq(view->attachments[0]->id, first->id); // live, however old
    ck_assert_str_eq(view->attachments[9999]->id, "00000000afc8");
    ck_assert_str_eq(view->attachments[1]->id, "0000000088ba");
    journal_view_free(TAKE_POINTER(view));
    CHECK_OK(journal_read_live(journal, &view, &err));
    ck_assert_uint_eq(view->n_attachments, 1);
    ck_assert_str_eq(view->attachments[0]->id, first->id);
}
END_TEST

START_TEST(watch_tells_of_a_line)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_close_ int fd = journal_watch(journal, &err);
    struct pollfd wait = {.fd = fd, .events = POLLIN};

    ck_assert_int_ge(fd, 0);
    ck_assert_int_eq(poll(&wait, 1, 0), 0);
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    sample_attach(journal, a);
    ck_assert_int_eq(poll(&wait, 1, 0), 1);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, sample_setup, sample_teardown);
    tcase_add_loop_test(tcase, lines_fold, 0, (int)ARRAY_SIZE(stories));
    tcase_add_loop_test(tcase, live_ones_read_alone, 0, (int)ARRAY_SIZE(stories));
    tcase_add_test(tcase, ids_after_the_intent);
    tcase_add_test(tcase, lines_in_another_order);
    tcase_add_test(tcase, events_tell_the_story);
    tcase_add_test(tcase, another_boot_is_gone);
    tcase_add_test(tcase, keeps_the_last_of_many);
    tcase_add_test(tcase, watch_tells_of_a_line);
}

int main(void)
{
    return run_suite("journal_fold", add);
}
