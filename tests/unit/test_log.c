// The log: one operation is one entry, steps find their operation, and it never grows without end.
#include "tui/model/log.h"

#include <stdio.h>
#include <string.h>

#include "core/base/cleanup.h"
#include "runner.h"

static void event(struct log *log, const char *line, const char *id, const char *result)
{
    struct error err = {.code = ERROR_NONE};
    json_t *events =
        json_pack("[{s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s, s:s}]", "line", line, "id", id,
                  "operation", "attach", "container", "web", "target", "/mnt", "source", "/srv",
                  "result", result, "by", "mara", "at", "2026-03-14T09:12:31Z");

    ck_assert_ptr_nonnull(events);
    ck_assert_int_eq(log_events(log, events, &err), 0);
    json_decref(events);
}

static void step(struct log *log, int request, const char *id, const char *text)
{
    struct error err = {.code = ERROR_NONE};
    json_t *params = json_pack("{s:i, s:s, s:s, s:s?, s:{s:s, s:s, s:s, s:i}}", "request", request,
                               "container", "web", "target", "/mnt", "operation", id, "step",
                               "text", text, "call", "open_tree()", "result", "ok", "took_us", 41);

    ck_assert_ptr_nonnull(params);
    ck_assert_int_eq(log_step(log, params, &err), 0);
    json_decref(params);
}

START_TEST(an_operation_is_one_entry)
{
    struct log *log = log_new();

    event(log, "intent", "0000000000aa", "begun");
    ck_assert_uint_eq(log->n, 1);
    ck_assert_int_eq(log->entries[0]->kind, LOG_BEGUN);
    ck_assert_ptr_null(log->entries[0]->result);
    event(log, "done", "0000000000aa", "ok");
    event(log, "intent", "0000000000aa", "begun"); // told again, late
    ck_assert_uint_eq(log->n, 1);
    ck_assert_int_eq(log->entries[0]->kind, LOG_DONE);
    ck_assert_str_eq(log->entries[0]->text, "attach /srv → web /mnt");
    ck_assert_str_eq(log->entries[0]->by, "mara");
    event(log, "gone", "0000000000aa", "container stopped");
    event(log, "gone", "0000000000aa", "container stopped");
    ck_assert_uint_eq(log->n, 2);
    ck_assert_int_eq(log->entries[1]->kind, LOG_GONE);
    event(log, "of-a-later-version", "0000000000aa", "x");
    ck_assert_uint_eq(log->n, 2);
    log_free(log);
}
END_TEST

START_TEST(steps_find_their_operation)
{
    struct log *log = log_new();

    step(log, 7, NULL, "look up"); // before it has an id: no entry
    step(log, 8, NULL, "of another request");
    ck_assert_uint_eq(log->n, 0);
    step(log, 7, "0000000000aa", "write the intent");
    ck_assert_uint_eq(log->n, 1);
    event(log, "intent", "0000000000aa", "begun");
    step(log, 7, "0000000000aa", "move");
    event(log, "done", "0000000000aa", "ok");
    ck_assert_uint_eq(log->n, 1);
    ck_assert_uint_eq(log->entries[0]->n_steps, 3);
    ck_assert_str_eq(log->entries[0]->steps[0].text, "look up");
    ck_assert_str_eq(log->entries[0]->steps[2].text, "move");
    ck_assert_str_eq(log->entries[0]->text, "attach /srv → web /mnt");
    log_free(log);
}
END_TEST

START_TEST(it_does_not_grow_without_end)
{
    struct log *log = log_new();
    uint64_t last;

    for (int i = 0; i < LOG_LIMIT * 2; i++) {
        char text[32];

        (void)snprintf(text, sizeof text, "line %d", i);
        ck_assert_int_eq(log_notice(log, LOG_NOTICE, 1, text), 0);
        ck_assert_uint_le(log->n, LOG_LIMIT + 512);
    }
    ck_assert_uint_ge(log->n, LOG_LIMIT);
    last = log->entries[log->n - 1]->number;
    ck_assert_uint_eq(last, LOG_LIMIT * 2 - 1);
    ck_assert_str_eq(log_find(log, last)->text, "line 19999");
    ck_assert_ptr_null(log_find(log, 0)); // dropped
    ck_assert_ptr_null(log_find(log, last + 1));
    for (int i = 0; i < 2 * LOG_EARLY_MAX; i++)
        step(log, 100 + i, NULL, "of what is refused");
    ck_assert_uint_eq(log->n_early, LOG_EARLY_MAX);
    for (int i = 0; i < 2 * LOG_STEPS_LIMIT; i++)
        step(log, 1, "0000000000bb", "again");
    ck_assert_uint_eq(log->entries[log->n - 1]->n_steps, LOG_STEPS_LIMIT);
    log_free(log);
}
END_TEST

START_TEST(as_text)
{
    struct log *log = log_new();
    _cleanup_free_ char *text = NULL;
    _cleanup_free_ char *bare = NULL;

    step(log, 7, "0000000000aa", "clone");
    event(log, "failed", "0000000000aa", "it is busy");
    text = log_entry_text(log->entries[0], true);
    bare = log_entry_text(log->entries[0], false);
    ck_assert_str_eq(text,
                     "2026-03-14T09:12:31Z attach /srv → web /mnt: failed, it is busy (mara)\n"
                     "  clone: open_tree() = ok 41 µs\n");
    ck_assert_str_eq(bare,
                     "2026-03-14T09:12:31Z attach /srv → web /mnt: failed, it is busy (mara)\n");
    log_free(log);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, an_operation_is_one_entry);
    tcase_add_test(tcase, steps_find_their_operation);
    tcase_add_test(tcase, it_does_not_grow_without_end);
    tcase_add_test(tcase, as_text);
}

int main(void)
{
    return run_suite("log", add);
}
