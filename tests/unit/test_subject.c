// What can be done with what is selected, and the reasons why not.
#include "tui/views/subject.h"

#include <string.h>

#include "core/base/cleanup.h"
#include "runner.h"

static const struct refusal {
    enum action action;
    bool privileged, read_only;
    struct subject subject;
    const char *reason; // NULL: possible
} refusals[] = {
    {ACTION_ATTACH, true, false, {.kind = SUBJECT_NONE}, "nothing is selected"},
    {ACTION_ATTACH, false, true, {.kind = SUBJECT_NONE}, "needs root: sudo davit"},
    {ACTION_UNDO,
     true,
     true,
     {.kind = SUBJECT_NONE},
     "this console is for reading: it was started with --readonly"},
    {ACTION_ATTACH, true, false, {.kind = SUBJECT_CONTAINER}, "the container is gone"},
    {ACTION_ATTACH,
     true,
     false,
     {.kind = SUBJECT_CONTAINER,
      .container = &(struct shown_container){.pid = 1, .state = (char *)"running"}},
     NULL},
    {ACTION_ATTACH,
     true,
     false,
     {.kind = SUBJECT_CONTAINER,
      .container = &(struct shown_container){.state = (char *)"stopped"}},
     "it has no process on this host: stopped"},
    {ACTION_DETACH,
     true,
     false,
     {.kind = SUBJECT_CONTAINER, .container = &(struct shown_container){.pid = 1}},
     "davit attached nothing in this container"},
    {ACTION_DETACH,
     true,
     false,
     {.kind = SUBJECT_CONTAINER, .container = &(struct shown_container){.pid = 1, .attached = -1}},
     NULL},
    {ACTION_DETACH,
     true,
     false,
     {.kind = SUBJECT_MOUNT, .mount = &(struct shown_mount){.origin = (char *)"declared"}},
     "davit did not attach this: declared when the container was made"},
    {ACTION_DETACH,
     true,
     false,
     {.kind = SUBJECT_MOUNT,
      .container = &(struct shown_container){.pid = 1},
      .mount = &(struct shown_mount){.origin = (char *)"attached"}},
     NULL},
    {ACTION_ATTACH,
     true,
     false,
     {.kind = SUBJECT_FILESYSTEM,
      .filesystem = &(struct shown_filesystem){.type = (char *)"sysfs"}},
     "sysfs shows the kernel, it holds no files to attach"},
    {ACTION_ATTACH,
     true,
     false,
     {.kind = SUBJECT_FILESYSTEM,
      .filesystem =
          &(struct shown_filesystem){.type = (char *)"nfs4", .usage = USAGE_SHOWN_SILENT}},
     "it does not answer: nothing can be attached from it now"},
    {ACTION_DETACH,
     true,
     false,
     {.kind = SUBJECT_FILESYSTEM},
     "this is no share: select a mount in a container, or eject it"},
    {ACTION_DETACH,
     true,
     false,
     {.kind = SUBJECT_FILESYSTEM, .share = &(struct shown_attachment){.share = true}},
     NULL},
    {ACTION_REPLACE,
     true,
     false,
     {.kind = SUBJECT_FILESYSTEM, .share = &(struct shown_attachment){.share = true}},
     "select a container, or a mount in one"},
    {ACTION_DISMISS,
     true,
     false,
     {.kind = SUBJECT_MOUNT},
     "only a row of what was lost can be dismissed"},
    {ACTION_HELP, false, true, {.kind = SUBJECT_NONE}, NULL},
};

START_TEST(reasons)
{
    const struct refusal *row = &refusals[_i];
    struct model *model;
    struct error err;
    char reason[256];
    bool possible;

    ck_assert_int_eq(model_new(&model, &err), 0);
    model->engine.privileged = row->privileged;
    model->engine.read_only = row->read_only;
    possible = action_possible(row->action, &row->subject, model, reason, sizeof reason);
    ck_assert(possible == !row->reason);
    ck_assert_str_eq(reason, row->reason ? row->reason : "");
    model_free(model);
}
END_TEST

START_TEST(paused_is_possible_and_said)
{
    struct shown_container c = {.pid = 1, .state = (char *)"paused"};
    struct subject subject = {.kind = SUBJECT_CONTAINER, .container = &c};
    struct model *model;
    struct error err;
    char reason[256];

    ck_assert_int_eq(model_new(&model, &err), 0);
    model->engine.privileged = true;
    ck_assert(action_possible(ACTION_ATTACH, &subject, model, reason, sizeof reason));
    ck_assert_str_eq(reason, "paused: it sees the change when it goes on");
    model_free(model);
}
END_TEST

// Every menu ends, names no action twice, and none that the menu could not do.
START_TEST(menus)
{
    for (int kind = SUBJECT_NONE; kind <= SUBJECT_LOG; kind++) {
        struct subject subject = {.kind = SUBJECT_NONE};
        bool seen[ACTION_COUNT] = {false};
        const enum action *actions;

        memcpy(&subject.kind, &kind, sizeof kind);
        actions = subject_actions(&subject);
        for (; *actions != ACTION_NONE; actions++) {
            ck_assert(!seen[*actions]);
            seen[*actions] = true;
            ck_assert(action_infos[*actions].contexts & KEYS_PANES);
        }
        ck_assert(seen[ACTION_UNDO] || seen[ACTION_COPY]);
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, reasons, 0, ARRAY_SIZE(refusals));
    tcase_add_test(tcase, paused_is_possible_and_said);
    tcase_add_test(tcase, menus);
}

int main(void)
{
    return run_suite("subject", add);
}
