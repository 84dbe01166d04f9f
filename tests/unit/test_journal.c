#include "core/engine/journal.h"

#include "journal_sample.h"
#include "tests/unit/runner.h"

#include <errno.h>

#define HEAD "{\"v\":1,\"line\":\"gone\",\"operation\":\"attach\",\"id\":\"000000000001\","
#define TAIL "\"at\":1,\"by_uid\":0,\"by\":\"root\",\"why\":\"x\"}"

static void same_attachment(const struct attachment *a, const struct attachment *b)
{
    ck_assert_str_eq(a->id, b->id);
    ck_assert_str_eq(a->container_id, b->container_id);
    ck_assert_str_eq(a->container_name, b->container_name);
    ck_assert_pstr_eq(a->pod, b->pod);
    ck_assert_str_eq(a->runtime, b->runtime);
    ck_assert_str_eq(a->source, b->source);
    ck_assert_str_eq(a->target, b->target);
    ck_assert_str_eq(a->options, b->options);
    ck_assert_uint_eq(a->flags, b->flags);
    ck_assert_int_eq(a->propagation, b->propagation);
    ck_assert_uint_eq(a->mode, b->mode);
    ck_assert_pstr_eq(a->idmap, b->idmap);
    ck_assert_int_eq(a->since, b->since);
    ck_assert_int_eq(a->mover, b->mover);
    ck_assert_uint_eq(a->mover_start, b->mover_start);
    ck_assert_str_eq(a->identity.boot_id, b->identity.boot_id);
    ck_assert_uint_eq(a->identity.unique, b->identity.unique);
    ck_assert_uint_eq(a->identity.old_id, b->identity.old_id);
    ck_assert_uint_eq(a->identity.mnt_ns, b->identity.mnt_ns);
    ck_assert_int_eq(a->identity.init, b->identity.init);
    ck_assert_uint_eq(a->identity.init_start, b->identity.init_start);
    ck_assert_uint_eq(a->identity.device, b->identity.device);
    ck_assert_pstr_eq(a->identity.root, b->identity.root);
    ck_assert_uint_eq(a->identity.node.device, b->identity.node.device);
    ck_assert_uint_eq(a->identity.node.inode, b->identity.node.inode);
    ck_assert_int_eq(a->identity.node.birth_sec, b->identity.node.birth_sec);
    ck_assert_uint_eq(a->identity.node.birth_nsec, b->identity.node.birth_nsec);
    ck_assert_pstr_eq(a->identity.target, b->identity.target);
    ck_assert_uint_eq(a->identity.n_mounts, b->identity.n_mounts);
    ck_assert_pstr_eq(a->temporary, b->temporary);
    ck_assert_uint_eq(a->n_made, b->n_made);
    for (size_t i = 0; i < a->n_made && i < b->n_made; i++) {
        ck_assert_str_eq(a->made[i].parent, b->made[i].parent);
        ck_assert_str_eq(a->made[i].name, b->made[i].name);
        ck_assert_int_eq(a->made[i].is_file, b->made[i].is_file);
        ck_assert_uint_eq(a->made[i].inode, b->made[i].inode);
        ck_assert_int_eq(a->made[i].birth_sec, b->made[i].birth_sec);
        ck_assert_uint_eq(a->made[i].birth_nsec, b->made[i].birth_nsec);
    }
}

static const char *const paths[] = {
    "/srv/data",     "/srv/a b,c'd\"e\\f", "/srv/new\nline\x1b[2J",
    "/srv/\xff\xfe", "/srv/æøå",           "/srv/\u202egpj.exe",
};

START_TEST(every_field_comes_back)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;

    free(a->source);
    free(a->target);
    a->source = text(paths[_i]);
    a->target = text(paths[_i]);
    sample_made(a, 3, paths[_i] + 5);
    a->made[2].is_file = true;
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 1);
    ck_assert_int_eq(view->attachments[0]->state, ATTACHMENT_INTENT);
    same_attachment(view->attachments[0], a);
    journal_view_free(TAKE_POINTER(view));

    for (size_t i = 0; i < a->n_made; i++) {
        a->made[i].inode = UINT64_MAX - i;
        a->made[i].birth_sec = -5;
        a->made[i].birth_nsec = 999999999;
    }
    CHECK_OK(journal_made(journal, a->id, a, &err));
    view = sample_read();
    same_attachment(view->attachments[0], a);
    journal_view_free(TAKE_POINTER(view));

    a->identity.unique = UINT64_MAX;
    a->identity.old_id = 104;
    free(a->identity.root);
    a->identity.root = text(paths[_i]);
    a->identity.target = text(paths[_i]);
    CHECK_OK(journal_done(journal, "attach", a, a->id, &err));
    view = sample_read();
    ck_assert_int_eq(view->attachments[0]->state, ATTACHMENT_LIVE);
    same_attachment(view->attachments[0], a);
    ck_assert_uint_eq(view->n_bad_lines, 0);
}
END_TEST

START_TEST(longest_paths_fit)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    char worst[4096];

    memset(worst, _i == 0 ? '\xff' : '"', sizeof worst);
    worst[0] = '/';
    worst[sizeof worst - 1] = '\0';
    free(a->source);
    free(a->target);
    a->source = text(worst);
    a->target = text(worst);
    sample_made(a, 64, _i == 0 ? "\xff\xff\xff" : "\"\"\"");
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    for (size_t i = 0; i < a->n_made; i++) {
        a->made[i].inode = UINT64_MAX;
        a->made[i].birth_sec = INT64_MIN;
        a->made[i].birth_nsec = 999999999;
    }
    CHECK_OK(journal_made(journal, a->id, a, &err));
    free(a->identity.root);
    a->identity.root = text(worst);
    a->identity.target = text(worst);
    CHECK_OK(journal_done(journal, "attach", a, a->id, &err));
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 1);
    same_attachment(view->attachments[0], a);
}
END_TEST

START_TEST(too_long_is_refused_before_anything)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    struct stat st;

    free(a->source);
    a->source = malloc(JOURNAL_LINE_LIMIT);
    memset(a->source, 'x', JOURNAL_LINE_LIMIT - 1);
    a->source[0] = '/';
    a->source[JOURNAL_LINE_LIMIT - 1] = '\0';
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    ck_assert_int_eq(journal_intent(journal, "attach", a, a->id, &err), -ENAMETOOLONG);
    ck_assert_int_eq(stat(journal_path(journal), &st), 0);
    ck_assert_int_eq(st.st_size, 0);
    ck_assert_int_eq(journal_pending(journal, &err), 0);
}
END_TEST

static const struct {
    const char *line;
    bool is_bad;
} damage[] = {
    {HEAD TAIL, false},
    {"", false}, // an empty line is what repairs a torn one
    {"garbage", true},
    {"{}", true},
    {"[1]", true},
    {"\"text\"", true},
    {"{\"v\":1", true},
    {HEAD TAIL "x", true},
    {HEAD "\"why\":\"y\"," TAIL, true},                                      // a key twice
    {HEAD "\"at\":\"1\",\"by_uid\":0,\"by\":\"root\",\"why\":\"x\"}", true}, // wrong types
    {HEAD "\"at\":1,\"by_uid\":-1,\"by\":\"root\",\"why\":\"x\"}", true},
    {HEAD "\"at\":1,\"by_uid\":4294967296,\"by\":\"root\",\"why\":\"x\"}", true},
    {HEAD "\"at\":1,\"by_uid\":0,\"by\":0,\"why\":\"x\"}", true},
    {HEAD "\"at\":1,\"by_uid\":0,\"by\":\"root\"}", true}, // a key missing
    {HEAD "\"at\":1.5,\"by_uid\":0,\"by\":\"root\",\"why\":\"x\"}", true},
    {HEAD "\"later\":{\"deep\":[1]}," TAIL, false}, // unknown keys
    {"{\"v\":2,\"line\":\"gone\",\"operation\":\"attach\",\"id\":\"000000000001\"," TAIL, true},
    {"{\"v\":\"1\",\"line\":\"gone\",\"operation\":\"attach\",\"id\":\"000000000001\"," TAIL, true},
    {"{\"v\":1,\"line\":\"kept\",\"operation\":\"attach\",\"id\":\"000000000001\"}",
     false}, // newer
    {"{\"v\":1,\"line\":7,\"operation\":\"attach\",\"id\":\"000000000001\"," TAIL, true},
    {"{\"v\":1,\"line\":\"gone\",\"operation\":\"attach\",\"id\":\"../../etc/pw\"," TAIL, true},
    {"{\"v\":1,\"line\":\"gone\",\"operation\":\"attach\",\"id\":\"0000000001\"," TAIL, true},
    {"{\"v\":1,\"line\":\"made\",\"operation\":\"attach\",\"id\":\"000000000002\",\"made\":[]"
     "," TAIL,
     true}, // of nothing
};

START_TEST(bad_lines_are_named_and_skipped)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_attachment_ struct attachment *b = sample(3);
    _cleanup_journal_view_ struct journal_view *view = NULL;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    sample_attach(journal, a);
    sample_append(damage[_i].line, strlen(damage[_i].line));
    sample_append("\n", 1);
    sample_attach(journal, b);
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 2);
    ck_assert_int_eq(view->attachments[1]->state, ATTACHMENT_LIVE);
    ck_assert_uint_eq(view->n_bad_lines, damage[_i].is_bad);
    if (view->n_bad_lines == 1)
        ck_assert_uint_eq(view->bad_lines[0], 3);
}
END_TEST

// Members of an intent that recovery would act upon.
static const char *const poison[][2] = {
    {"\"temporary\":\".davit-000000000001\"", "\"temporary\":\"precious\""},
    {"\"temporary\":\".davit-000000000001\"", "\"temporary\":\".davit-/../x\""},
    {"\"name\":\"a\"", "\"name\":\"..\""},
    {"\"name\":\"a\"", "\"name\":\"a/b\""},
    {"\"name\":\"a\"", "\"name\":\"\""},
    {"\"name\":\"a\"", "\"name\":\"a\",\"name_b64\":\"Lg==\""}, // "."
    {"\"name\":\"a\"", "\"name\":\"a\",\"name_b64\":\"YQBi\""}, // a NUL inside
    {"\"name\":\"a\"", "\"name\":\"a\",\"name_b64\":\"!\""},
    {"\"parent\":\"/mnt\"", "\"parent\":\"mnt\""},
    {"\"parent\":\"/mnt\"", "\"parent\":null"},
    {"\"target\":\"/mnt/data\"", "\"target\":\"data\""},
    {"\"device\":\"8:2\"", "\"device\":\"8\""},
    {"\"root\":\"/data\"", "\"rooot\":\"/data\""},
    {"\"init\":4242", "\"init\":0"},
    {"\"init\":4242", "\"init\":-1"},
    {"\"flags\":33", "\"flags\":4294967296"},
    {"\"propagation\":\"slave\"", "\"propagation\":\"sideways\""},
    {"\"unique\":2147483714", "\"unique\":\"18446744073709551616\""},
    {"\"made\":[", "\"made\":[7,"},
};

START_TEST(poisoned_intents_are_bad)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_free_ char *poisoned = NULL;
    char line[4096] = "", *found;
    FILE *file;

    sample_made(a, 1, "a");
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    file = fopen(journal_path(journal), "r+");
    ck_assert_ptr_nonnull(fgets(line, sizeof line, file));
    ck_assert_int_eq(ftruncate(fileno(file), 0), 0);
    ck_assert_int_eq(fclose(file), 0);
    found = strstr(line, poison[_i][0]);
    ck_assert_msg(found != NULL, "%s is not in %s", poison[_i][0], line);
    poisoned = text_format("%.*s%s%s", (int)(found - line), line, poison[_i][1],
                           found + strlen(poison[_i][0]));
    sample_append(poisoned, strlen(poisoned));
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 0);
    ck_assert_uint_eq(view->n_bad_lines, 1);
}
END_TEST

START_TEST(done_without_a_mount_point_is_bad)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_journal_view_ struct journal_view *view = NULL;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    CHECK_OK(journal_intent(journal, "attach", a, a->id, &err));
    CHECK_OK(journal_done(journal, "attach", a, a->id, &err));
    view = sample_read();
    ck_assert_uint_eq(view->n_bad_lines, 1);
    ck_assert_int_eq(view->attachments[0]->state, ATTACHMENT_INTENT);
}
END_TEST

START_TEST(torn_last_line)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_attachment_ struct attachment *b = sample(2);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    uint64_t size;

    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    sample_attach(journal, a);
    view = sample_read();
    size = view->size;
    journal_view_free(TAKE_POINTER(view));
    sample_append("{\"v\":1,\"line\":\"int", 18);
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 1);
    ck_assert_uint_eq(view->n_bad_lines, 0);
    ck_assert_uint_eq(view->size, size);
    journal_view_free(TAKE_POINTER(view));
    sample_attach(journal, b);
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 2);
    ck_assert_int_eq(view->attachments[1]->state, ATTACHMENT_LIVE);
    ck_assert_uint_eq(view->n_bad_lines, 1);
    ck_assert_uint_eq(view->bad_lines[0], 3);
}
END_TEST

START_TEST(a_line_of_1_mib)
{
    _cleanup_journal_ struct journal *journal = sample_open(0);
    _cleanup_attachment_ struct attachment *a = sample(1);
    _cleanup_attachment_ struct attachment *b = sample(2);
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_free_ char *huge = malloc(1 << 20);

    memset(huge, ' ', 1 << 20);
    CHECK_OK(journal_lock(journal, 0, NULL, &err));
    sample_attach(journal, a);
    sample_append(huge, 1 << 20);
    sample_attach(journal, b);
    sample_append(huge, 1 << 20);
    view = sample_read();
    ck_assert_uint_eq(view->n_attachments, 2);
    ck_assert_uint_eq(view->n_bad_lines, 1);
    ck_assert_uint_eq(view->bad_lines[0], 3);
}
END_TEST

START_TEST(reading_makes_nothing)
{
    char path[128];
    _cleanup_journal_ struct journal *journal = NULL;
    _cleanup_journal_ struct journal *writer = NULL;
    _cleanup_journal_view_ struct journal_view *view = NULL;
    _cleanup_attachment_ struct attachment *a = sample(1);
    struct stat st;

    (void)snprintf(path, sizeof path, "%s/deep/er", sample_dir);
    CHECK_OK(journal_open(path, JOURNAL_READ_ONLY, &journal, &err));
    CHECK_OK(journal_read(journal, &view, &err));
    ck_assert_uint_eq(view->n_attachments + view->n_events, 0);
    ck_assert_int_eq(journal_pending(journal, &err), 0);
    ck_assert_int_lt(journal_lock(journal, 0, NULL, &err), 0);
    ck_assert_int_eq(stat(path, &st), -1);
    journal_view_free(TAKE_POINTER(view));

    // What is made later is seen.
    CHECK_OK(journal_open(path, 0, &writer, &err));
    ck_assert_int_eq(stat(path, &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0700);
    ck_assert_int_eq(stat(journal_path(writer), &st), 0);
    ck_assert_uint_eq(st.st_mode & 07777, 0600);
    ck_assert_int_eq(journal_intent(writer, "attach", a, a->id, &err), -ENOLCK);
    CHECK_OK(journal_lock(writer, 0, NULL, &err));
    sample_attach(writer, a);
    CHECK_OK(journal_read(journal, &view, &err));
    ck_assert_uint_eq(view->n_attachments, 1);

    ck_assert_int_eq(unlink(journal_path(writer)), 0);
    (void)snprintf(path, sizeof path, "%s/deep/er/lock", sample_dir);
    ck_assert_int_eq(unlink(path), 0);
    for (int i = 0; i < 2; i++) {
        *strrchr(path, '/') = '\0';
        ck_assert_int_eq(rmdir(path), 0);
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_checked_fixture(tcase, sample_setup, sample_teardown);
    tcase_add_loop_test(tcase, every_field_comes_back, 0, (int)ARRAY_SIZE(paths));
    tcase_add_loop_test(tcase, longest_paths_fit, 0, 2);
    tcase_add_test(tcase, too_long_is_refused_before_anything);
    tcase_add_loop_test(tcase, bad_lines_are_named_and_skipped, 0, (int)ARRAY_SIZE(damage));
    tcase_add_loop_test(tcase, poisoned_intents_are_bad, 0, (int)ARRAY_SIZE(poison));
    tcase_add_test(tcase, done_without_a_mount_point_is_bad);
    tcase_add_test(tcase, torn_last_line);
    tcase_add_test(tcase, a_line_of_1_mib);
    tcase_add_test(tcase, reading_makes_nothing);
}

int main(void)
{
    return run_suite("journal", add);
}
