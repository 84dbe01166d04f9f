// Changes as they come over the wire, and the command lines that do the same.
#include "core/wire/change.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/base/shell.h"
#include "core/wire/message.h"
#include "tests/unit/runner.h"

static struct error err;
static struct change change;

static int read_change(const char *text)
{
    json_t *params = NULL;
    int r;

    ck_assert_msg(message_parse(text, strlen(text), &params, &err) == 0, "%s: %s", text,
                  err.message);
    r = change_read(params, &change, &err);
    json_decref(params); // nothing of it is kept
    return r;
}

#define TARGET "{\"container\":\"docker/0123\",\"target\":\"/mnt/x\"}"
#define ATTACH "{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":[" TARGET "]"

START_TEST(an_attach_is_read)
{
    ck_assert_int_eq(
        read_change("{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":["
                    "{\"container\":\"docker/0123\",\"target\":\"/mnt/x\",\"pid\":12,"
                    "\"start_time\":345},{\"container\":\"pid:9\",\"target_b64\":\"L8M=\"}],"
                    "\"options\":[\"ro\",\"recursive\",\"no-mkdir\"],\"propagation\":\"slave\","
                    "\"method\":\"tree\",\"mode\":\"0750\",\"unknown\":1}"),
        0);
    ck_assert_int_eq((int)change.operation, OPERATION_ATTACH);
    ck_assert_str_eq(change.attach.source, "/srv");
    ck_assert_uint_eq(change.attach.n_targets, 2);
    ck_assert_ptr_eq(change.attach.targets, change.targets);
    ck_assert_str_eq(change.targets[0].container, "docker/0123");
    ck_assert_str_eq(change.targets[0].path, "/mnt/x");
    ck_assert_int_eq(change.targets[0].pid, 12);
    ck_assert_uint_eq(change.targets[0].start_time, 345);
    ck_assert_str_eq(change.targets[1].path, "/\xc3");
    ck_assert_int_eq(change.targets[1].pid, 0);
    ck_assert_uint_eq(change.attach.flags, ATTACH_READ_ONLY | ATTACH_RECURSIVE | ATTACH_NO_MKDIR);
    ck_assert_int_eq((int)change.attach.propagation, PROPAGATION_SLAVE);
    ck_assert_int_eq((int)change.attach.method, METHOD_TREE);
    ck_assert_uint_eq(change.attach.mode, 0750);
    change_done(&change);
}
END_TEST

START_TEST(a_detach_and_an_undo_are_read)
{
    ck_assert_int_eq(read_change("{\"operation\":\"detach\",\"targets\":[" TARGET
                                 "],\"lazy\":true,\"wait_ms\":2500,\"only\":\"0123456789ab\"}"),
                     0);
    ck_assert_uint_eq(change.detach.flags, DETACH_LAZY);
    ck_assert_uint_eq(change.detach.wait_ms, 2500);
    ck_assert_str_eq(change.detach.only, "0123456789ab");
    change_done(&change);
    ck_assert_int_eq(read_change("{\"operation\":\"detach\",\"targets\":[" TARGET "]}"), 0);
    ck_assert_ptr_null(change.detach.only);
    ck_assert_uint_eq(change.detach.flags, 0);
    change_done(&change);
    ck_assert_int_eq(read_change("{\"operation\":\"undo\"}"), 0);
    ck_assert_str_eq(change.id, "");
    change_done(&change);
    ck_assert_int_eq(read_change("{\"operation\":\"undo\",\"id\":\"0123456789ab\"}"), 0);
    ck_assert_str_eq(change.id, "0123456789ab");
    change_done(&change);
}
END_TEST

#define EXPECT "\"expect\":{\"major_minor\":\"8:2\",\"sub_root\":\"/@\",\"sub_path_b64\":\"L8M=\"}"

START_TEST(what_was_planned_is_read)
{
    ck_assert_int_eq(read_change(ATTACH "," EXPECT "}"), 0);
    ck_assert_str_eq(change.attach.expected.major_minor, "8:2");
    ck_assert_str_eq(change.attach.expected.sub_root, "/@");
    ck_assert_str_eq(change.attach.expected.sub_path, "/\xc3");
    change_done(&change);
    ck_assert_int_eq(read_change(ATTACH "}"), 0);
    ck_assert_ptr_null(change.attach.expected.major_minor);
    ck_assert_ptr_null(change.attach.expected.sub_root);
    ck_assert_ptr_null(change.attach.expected.sub_path);
    ck_assert_uint_eq(change.targets[0].mount_id, 0);
    change_done(&change);
    ck_assert_int_eq(read_change("{\"operation\":\"undo\",\"id\":\"0123456789ab\"," EXPECT "}"), 0);
    ck_assert_str_eq(change.attach.expected.sub_path, "/\xc3");
    change_done(&change);
    ck_assert_int_eq(read_change("{\"operation\":\"detach\",\"targets\":[{\"container\":\"web\","
                                 "\"target\":\"/x\",\"mount_id\":2147483700}]}"),
                     0);
    ck_assert_uint_eq(change.detach.targets[0].mount_id, 2147483700);
    change_done(&change);
}
END_TEST

static const struct {
    const char *text, *says;
} refused[] = {
    {"{}", "params.operation is missing"},
    {"{\"operation\":\"format\"}", "params.operation: 'format'"},
    {"{\"operation\":\"attach\"}", "params.source is missing"},
    {"{\"operation\":\"attach\",\"source\":\"/srv\"}", "params.targets is missing"},
    {"{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":[]}", "no target"},
    {"{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":[7]}",
     "params.targets[0].container is missing"},
    {"{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":[" TARGET "," TARGET "]}",
     "named twice"},
    {"{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":[" TARGET
     ",{\"container\":\"web\",\"target\":\"mnt\"}]}",
     "params.targets[1].target: 'mnt' is no absolute path"},
    {"{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":[{\"container\":\"\",\"target\":"
     "\"/x\"}]}",
     "names no container"},
    {"{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":[{\"container\":\"a\\u001bb\","
     "\"target\":\"/x\"}]}",
     "names no container"},
    {"{\"operation\":\"attach\",\"source\":\"/srv\",\"targets\":[{\"container\":\"web\",\"target\":"
     "\"/x\",\"pid\":-1}]}",
     "params.targets[0].pid"},
    {ATTACH ",\"options\":\"ro\"}", "params.options: expected an array"},
    {ATTACH ",\"options\":[1]}", "params.options[0]"},
    {ATTACH ",\"options\":[\"--ro\"]}", "'--ro' is not an option"},
    {ATTACH ",\"options\":[\"privileged\"]}", "'privileged' is not an option"},
    {ATTACH ",\"options\":[\"ro\",\"rw\"]}", "together with ro"},
    {ATTACH ",\"options\":[\"mkdir\",\"no-mkdir\"]}", "together with no-mkdir"},
    {ATTACH ",\"propagation\":\"rshared\"}", "params.propagation"},
    {ATTACH ",\"method\":\"magic\"}", "params.method"},
    {ATTACH ",\"mode\":\"0\"}", "params.mode"},
    {ATTACH ",\"mode\":\"99\"}", "params.mode"},
    {ATTACH ",\"mode\":\"17777\"}", "params.mode"},
    {ATTACH ",\"mode\":755}", "params.mode: expected a string"},
    {"{\"operation\":\"detach\",\"targets\":[" TARGET "],\"wait_ms\":86400001}", "params.wait_ms"},
    {"{\"operation\":\"detach\",\"targets\":[" TARGET "],\"lazy\":1}", "params.lazy"},
    {"{\"operation\":\"detach\",\"targets\":[" TARGET "],\"only\":\"../etc\"}", "params.only"},
    {"{\"operation\":\"undo\",\"id\":\"0123456789AB\"}", "params.id"},
    {"{\"operation\":\"undo\",\"expect\":[]}", "params.expect: expected an object"},
    {ATTACH ",\"expect\":{}}", "params.expect.major_minor is missing"},
    {ATTACH ",\"expect\":{\"major_minor\":\"8:2\",\"sub_path\":\"\"}}",
     "params.expect.sub_root is missing"},
    {ATTACH ",\"expect\":{\"major_minor\":\"8:2\",\"sub_root\":\"/\",\"sub_path\":7}}",
     "params.expect.sub_path"},
    {ATTACH ",\"expect\":{\"major_minor\":\"8:234567890123456789012345678901234567890\","
            "\"sub_root\":\"/\",\"sub_path\":\"\"}}",
     "params.expect.major_minor"},
    {"{\"operation\":\"detach\",\"targets\":[{\"container\":\"web\",\"target\":\"/x\","
     "\"mount_id\":\"7\"}]}",
     "params.targets[0].mount_id"},
    {"{\"operation\":\"refresh\",\"stale\":true,\"mounts\":7}", "params.mounts"},
    {"{\"operation\":\"refresh\",\"stale\":true,\"mounts\":[7,\"8\"]}", "params.mounts[1]"},
    {"{\"operation\":\"refresh\",\"stale\":true,\"mounts\":[0]}", "params.mounts[0]"},
};

START_TEST(a_bad_change_says_which_member)
{
    ck_assert_int_lt(read_change(refused[_i].text), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    ck_assert_msg(strstr(err.message, refused[_i].says), "%s", err.message);
    change_done(&change);
}
END_TEST

START_TEST(targets_and_paths_are_bounded)
{
    json_t *params =
        json_pack("{s:s, s:s, s:[]}", "operation", "attach", "source", "/srv", "targets");
    json_t *targets = json_object_get(params, "targets");
    char path[PATH_MAX + 1];

    memset(path, 'a', sizeof path);
    path[0] = '/';
    path[PATH_MAX] = '\0';
    for (int i = 0; i <= PROTOCOL_TARGETS_MAX; i++)
        (void)json_array_append_new(targets, json_pack("{s:s, s:s+}", "container", "web", "target",
                                                       "/mnt/", &"0123456789"[i % 10]));
    ck_assert_int_lt(change_read(params, &change, &err), 0);
    ck_assert_msg(strstr(err.message, "params.targets: 65 items"), "%s", err.message);
    change_done(&change);
    (void)json_array_clear(targets);
    (void)json_array_append_new(targets,
                                json_pack("{s:s, s:s}", "container", "web", "target", path));
    ck_assert_int_lt(change_read(params, &change, &err), 0);
    ck_assert_msg(strstr(err.message, "params.targets[0].target: longer"), "%s", err.message);
    change_done(&change);
    json_decref(params);
}
END_TEST

// ---- the command ----

static const struct {
    const char *text, *name, *command;
} commands[] = {
    {ATTACH "}", NULL, "davit attach --rw /srv docker/0123:/mnt/x"},
    {ATTACH ",\"options\":[\"rw\"]}", "web", "davit attach --rw /srv web:/mnt/x"},
    {ATTACH ",\"options\":[\"force\",\"ro\"]}", "web", "davit attach --ro --force /srv web:/mnt/x"},
    {ATTACH ",\"propagation\":\"shared\",\"mode\":\"0700\"}", "web",
     "davit attach --rw --propagation shared --mode 0700 /srv web:/mnt/x"},
    {"{\"operation\":\"attach\",\"source\":\"/a b\",\"targets\":[{\"container\":\"web\","
     "\"target\":\"/it's\"}]}",
     NULL, "davit attach --rw '/a b' 'web:/it'\\''s'"},
    {"{\"operation\":\"attach\",\"source\":\"/a\\nb\",\"targets\":[{\"container\":\"web\","
     "\"target_b64\":\"L8M=\"}]}",
     NULL, "davit attach --rw $'/a\\nb' $'web:/\\303'"},
    {"{\"operation\":\"detach\",\"targets\":[" TARGET "],\"lazy\":true,\"wait_ms\":10}", "web",
     "davit detach --lazy --wait 10ms web:/mnt/x"},
    {"{\"operation\":\"undo\"}", NULL, "davit undo --yes"},
    {"{\"operation\":\"undo\",\"id\":\"0123456789ab\"}", NULL, "davit undo --yes 0123456789ab"},
};

START_TEST(the_command_does_the_same)
{
    struct engine_options options = {.flags = 0};
    char *command;

    ck_assert_msg(read_change(commands[_i].text) == 0, "%s", err.message);
    command = change_command(&change, &options, commands[_i].name ? &commands[_i].name : NULL);
    ck_assert_str_eq(command, commands[_i].command);
    free(command);
    change_done(&change);
}
END_TEST

START_TEST(the_command_names_what_the_engine_was_started_with)
{
    struct engine_options options = {.state_dir = "/tmp/my state",
                                     .runtime = {.docker_endpoint = "/run/d.sock"}};
    char *command;

    ck_assert_int_eq(read_change("{\"operation\":\"undo\"}"), 0);
    command = change_command(&change, &options, NULL);
    ck_assert_str_eq(command, "davit undo --docker /run/d.sock --state-dir '/tmp/my state' --yes");
    free(command);
    change_done(&change);
}
END_TEST

// A shell gives back the very bytes; every line of it can be shown on a terminal.
static const char *const words[] = {
    "plain",        "",
    "a b",          "it's",
    "$(reboot)",    "`reboot`; & | < >",
    "back\\slash",  "\"",
    "new\nline",    "tab\t bell\a",
    "esc\033[31m",  "\xc3\x28 not utf-8",
    "\xff\xfe",     "käse",
    "日本語 \n 1",  "\0011",
    "'\n'",         "\\\n\\",
    "~root",        "*?[a]",
    "#no comment",  "-option",
    "\xe2\x80\xae", "a=b\x7f",
    "\xc3",         "\xf0\x9f\x90\xb3 whale\n",
    "! history",
};

START_TEST(a_shell_gives_back_the_bytes)
{
    char *quoted = shell_append(strdup("printf %s"), words[_i]), got[128] = "";
    int fds[2];
    ssize_t n = 0, more;
    pid_t child;

    for (const char *s = quoted; *s; s++)
        ck_assert_msg((unsigned char)*s >= ' ' && *s != 127, "%s", quoted);
    ck_assert_int_eq(pipe(fds), 0);
    child = fork();
    if (child == 0) {
        (void)dup2(fds[1], STDOUT_FILENO);
        (void)execlp("bash", "bash", "-c", quoted, NULL);
        _exit(127);
    }
    (void)close(fds[1]);
    while ((more = read(fds[0], got + n, sizeof got - 1 - (size_t)n)) > 0)
        n += more;
    (void)close(fds[0]);
    (void)waitpid(child, NULL, 0);
    ck_assert_str_eq(got, words[_i]);
    free(quoted);
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_test(tcase, an_attach_is_read);
    tcase_add_test(tcase, a_detach_and_an_undo_are_read);
    tcase_add_test(tcase, what_was_planned_is_read);
    tcase_add_loop_test(tcase, a_bad_change_says_which_member, 0, (int)ARRAY_SIZE(refused));
    tcase_add_test(tcase, targets_and_paths_are_bounded);
    tcase_add_loop_test(tcase, the_command_does_the_same, 0, (int)ARRAY_SIZE(commands));
    tcase_add_test(tcase, the_command_names_what_the_engine_was_started_with);
    tcase_add_loop_test(tcase, a_shell_gives_back_the_bytes, 0, (int)ARRAY_SIZE(words));
}

int main(void)
{
    return run_suite("protocol", add);
}
