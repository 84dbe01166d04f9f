#include "tui/verbs/options.h"
#include "tests/unit/runner.h"

#include <string.h>

static struct error err;
static struct arguments parsed;

#define ARGV_MAX 100

static int parse(const char *const *line)
{
    char *argv[ARGV_MAX] = {(char *)(uintptr_t) "davit"};
    int argc = 1;

    for (; *line && argc < ARGV_MAX; line++)
        argv[argc++] = (char *)(uintptr_t)*line;
    err = (struct error){.code = ERROR_NONE};
    return arguments_parse(argc, argv, &parsed, &err);
}

#define BIT(id) (UINT64_C(1) << OPTION_##id)

// Of davit enter: what is the command's own, whatever it looks like.
static const struct {
    const char *line[10];
    uint64_t given;
    const char *command[6];
} entered[] = {
    {{"enter", "web", NULL}, 0, {NULL}},
    {{"enter", "web", "--", NULL}, 0, {NULL}},
    {{"enter", "web", "--", "id", "-u", NULL}, 0, {"id", "-u"}},
    {{"exec", "web", "id", "-u", NULL}, 0, {"id", "-u"}},
    {{"enter", "-u", "7:8", "web", "ls", "--json", NULL}, BIT(USER), {"ls", "--json"}},
    {{"enter", "web", "--tools", "busybox", "sh", "--", "x", NULL}, BIT(TOOLS), {"sh", "--", "x"}},
    {{"enter", "--", "web", "--json", NULL}, 0, {"--json"}},
    {{"enter", "--privileged", "--", "web", "--", "-x", NULL}, BIT(PRIVILEGED), {"--", "-x"}},
    {{"enter", "web", "--dry-run", "--", "--dry-run", NULL}, BIT(DRY_RUN), {"--dry-run"}},
};

START_TEST(takes_a_command_as_it_is)
{
    unsigned n = 0;

    ck_assert_msg(parse(entered[_i].line) == 0, "%s", err.message);
    ck_assert_int_eq(parsed.verb, VERB_ENTER);
    ck_assert_uint_eq(parsed.given, entered[_i].given);
    ck_assert_uint_eq(parsed.n_words, 1);
    ck_assert_str_eq(parsed.words[0], "web");
    for (; entered[_i].command[n]; n++)
        ck_assert_str_eq(parsed.command[n], entered[_i].command[n]);
    ck_assert_uint_eq(parsed.n_command, n);
}
END_TEST

static const struct good {
    const char *line[10];
    enum verb_id verb;
    uint64_t given;
    const char *words[4];
} good_lines[] = {
    {{NULL}, VERB_COUNT, 0, {NULL}},
    {{"--json", NULL}, VERB_COUNT, BIT(JSON), {NULL}},
    {{"--readonly", NULL}, VERB_COUNT, BIT(READONLY), {NULL}},
    {{"ps", NULL}, VERB_PS, 0, {NULL}},
    {{"--json", "ps", NULL}, VERB_PS, BIT(JSON), {NULL}},
    {{"ps", "--json", "--docker", "/run/d.sock", NULL}, VERB_PS, BIT(JSON) | BIT(DOCKER), {NULL}},
    {{"--state-dir", "ps", "fs", NULL}, VERB_FS, BIT(STATE_DIR), {NULL}},
    {{"attach", "/a", "web:/b", NULL}, VERB_ATTACH, 0, {"/a", "web:/b"}},
    {{"mount", "/a", "web:/b", NULL}, VERB_ATTACH, 0, {"/a", "web:/b"}},
    {{"attach", "--ro", "/a", "web:/b", NULL}, VERB_ATTACH, BIT(RO), {"/a", "web:/b"}},
    {{"attach", "/a", "--read-only", "web:/b", NULL}, VERB_ATTACH, BIT(RO), {"/a", "web:/b"}},
    {{"attach", "/a", "web:/b", "-r", NULL}, VERB_ATTACH, BIT(RO), {"/a", "web:/b"}},
    {{"attach", "-rR", "/a", "web:/b", NULL},
     VERB_ATTACH,
     BIT(RO) | BIT(RECURSIVE),
     {"/a", "web:/b"}},
    {{"attach", "-w", "/a", "web:/b", NULL}, VERB_ATTACH, BIT(RW), {"/a", "web:/b"}},
    {{"attach", "--ro", "--ro", "/a", "web:/b", NULL}, VERB_ATTACH, BIT(RO), {"/a", "web:/b"}},
    {{"attach", "--mode=0750", "/a", "web:/b", NULL}, VERB_ATTACH, BIT(MODE), {"/a", "web:/b"}},
    {{"attach", "--mode", "755", "/a", "web:/b", NULL}, VERB_ATTACH, BIT(MODE), {"/a", "web:/b"}},
    {{"attach", "--propagation", "slave", "/a", "web:/b", NULL},
     VERB_ATTACH,
     BIT(PROPAGATION),
     {"/a", "web:/b"}},
    {{"attach", "--", "--ro", "web:/b", NULL}, VERB_ATTACH, 0, {"--ro", "web:/b"}},
    {{"attach", "--ro", "--", "/a", "-web:/b", NULL}, VERB_ATTACH, BIT(RO), {"/a", "-web:/b"}},
    {{"attach", "-", "web:/b", NULL}, VERB_ATTACH, 0, {"-", "web:/b"}},
    {{"attach", "--help", NULL}, VERB_ATTACH, BIT(HELP), {NULL}},
    {{"-h", NULL}, VERB_COUNT, BIT(HELP), {NULL}},
    {{"ps", "--version", NULL}, VERB_PS, BIT(VERSION), {NULL}},
    {{"detach", "--wait", "10s", "web:/b", NULL}, VERB_DETACH, BIT(WAIT), {"web:/b"}},
    {{"umount", "--lazy", "web:/b", "api:/c", NULL}, VERB_DETACH, BIT(LAZY), {"web:/b", "api:/c"}},
    {{"undo", NULL}, VERB_UNDO, 0, {NULL}},
    {{"undo", "--yes", "0123456789ab", NULL}, VERB_UNDO, BIT(YES), {"0123456789ab"}},
    {{"events", "--follow", NULL}, VERB_EVENTS, BIT(FOLLOW), {NULL}},
    {{"ps", "--runtime", "docker,lxc", NULL}, VERB_PS, BIT(RUNTIME), {NULL}},
    {{"ps", "--no-color", "--no-changes", NULL}, VERB_PS, BIT(NO_COLOR) | BIT(NO_CHANGES), {NULL}},
    {{"attach", "--dry-run", "--yes", "--force", "/a", "web:/b", NULL},
     VERB_ATTACH,
     BIT(DRY_RUN) | BIT(YES) | BIT(FORCE),
     {"/a", "web:/b"}},
    {{"help", "attach", NULL}, VERB_HELP, 0, {"attach"}},
};

START_TEST(test_good)
{
    const struct good *good = &good_lines[_i];
    unsigned n = 0;

    ck_assert_msg(parse(good->line) == 0, "%s", err.message);
    ck_assert_int_eq(parsed.verb, good->verb);
    ck_assert_uint_eq(parsed.given, good->given);
    while (n < 4 && good->words[n])
        n++;
    ck_assert_uint_eq(parsed.n_words, n);
    for (unsigned i = 0; i < n; i++)
        ck_assert_str_eq(parsed.words[i], good->words[i]);
}
END_TEST

static const struct bad {
    const char *line[8];
    enum error_code code;
    const char *says; // in the message
    const char *hint; // in the hint, or NULL
} bad_lines[] = {
    {{"nosuch", NULL}, ERROR_USAGE, "nosuch", "--help"},
    {{"atach", NULL}, ERROR_USAGE, "atach", "davit attach"},
    {{"version", NULL}, ERROR_USAGE, "version", "davit --version"},
    {{"unmount", NULL}, ERROR_USAGE, "unmount", "davit umount"},
    {{"PS", NULL}, ERROR_USAGE, "PS", NULL},
    {{"", NULL}, ERROR_USAGE, "''", NULL},
    {{"eject", "--whatever", "/x", NULL}, ERROR_USAGE, "--whatever", NULL},
    {{"who", NULL}, ERROR_USAGE, "DEVICE | HOSTPATH", "davit who --help"},
    {{"ps", "web", NULL}, ERROR_USAGE, "web", "davit ps --help"},
    {{"mounts", NULL}, ERROR_USAGE, "CONTAINER", "davit mounts --help"},
    {{"attach", NULL}, ERROR_USAGE, "SOURCE", "davit attach --help"},
    {{"attach", "/a", NULL}, ERROR_USAGE, "SOURCE CONTAINER:TARGET", NULL},
    {{"detach", NULL}, ERROR_USAGE, "CONTAINER:TARGET", NULL},
    {{"attach", "--reed-only", "/a", "w:/b", NULL}, ERROR_USAGE, "--reed-only", "--read-only"},
    {{"attach", "--read-onyl=x", "/a", NULL}, ERROR_USAGE, "--read-onyl", "--read-only"},
    {{"attach", "--recurs", "/a", "w:/b", NULL}, ERROR_USAGE, "--recurs", "--recursive"},
    {{"ps", "--jsno", NULL}, ERROR_USAGE, "--jsno", "--json"},
    {{"ps", "--zzzzzzzz", NULL}, ERROR_USAGE, "--zzzzzzzz", "davit ps --help"},
    {{"--zzzzzzzz", NULL}, ERROR_USAGE, "--zzzzzzzz", "davit --help"},
    {{"attach", "-x", "/a", "w:/b", NULL}, ERROR_USAGE, "-x", NULL},
    {{"attach", "-rx", "/a", "w:/b", NULL}, ERROR_USAGE, "-x", NULL},
    {{"ps", "--ro", NULL}, ERROR_USAGE, "davit ps does not take --ro", NULL},
    {{"attach", "--wait", "1s", "/a", "w:/b", NULL}, ERROR_USAGE, "does not take --wait", NULL},
    {{"ps", "--readonly", NULL}, ERROR_USAGE, "--readonly", "--no-changes"},
    {{"attach", "--ro", "--rw", "/a", "w:/b", NULL}, ERROR_USAGE, "--ro and --rw", NULL},
    {{"attach", "-rw", "/a", "w:/b", NULL}, ERROR_USAGE, "--ro and --rw", NULL},
    {{"attach", "--mkdir", "--no-mkdir", "/a", "w:/b", NULL}, ERROR_USAGE, "contradict", NULL},
    {{"ps", "--quiet", "--verbose", NULL}, ERROR_USAGE, "contradict", NULL},
    {{"attach", "--ro=yes", "/a", "w:/b", NULL}, ERROR_USAGE, "--ro takes no value", NULL},
    {{"attach", "/a", "w:/b", "--mode", NULL}, ERROR_USAGE, "--mode needs a value: MODE", NULL},
    {{"attach", "--mode=", "/a", "w:/b", NULL}, ERROR_USAGE, "empty", NULL},
    {{"attach", "--mode", "0", "/a", "w:/b", NULL}, ERROR_USAGE, "--mode", NULL},
    {{"attach", "--mode", "8", "/a", "w:/b", NULL}, ERROR_USAGE, "--mode", NULL},
    {{"attach", "--mode", "10000", "/a", "w:/b", NULL}, ERROR_USAGE, "--mode", NULL},
    {{"attach", "--mode", "-755", "/a", "w:/b", NULL}, ERROR_USAGE, "--mode", NULL},
    {{"attach", "--mode", "u+rwx", "/a", "w:/b", NULL}, ERROR_USAGE, "--mode", NULL},
    {{"attach", "--propagation", "both", "/a", "w:/b", NULL},
     ERROR_USAGE,
     "--propagation",
     "private, slave, shared"},
    {{"attach", "--method", "magic", "/a", "w:/b", NULL}, ERROR_USAGE, "--method", "tree"},
    {{"detach", "--wait", "soon", "w:/b", NULL}, ERROR_USAGE, "--wait", NULL},
    {{"detach", "--wait", "-1s", "w:/b", NULL}, ERROR_USAGE, "--wait", NULL},
    {{"detach", "--wait", "25h", "w:/b", NULL}, ERROR_USAGE, "--wait", NULL},
    {{"detach", "--wait", "99999999999999999999s", "w:/b", NULL}, ERROR_USAGE, "--wait", NULL},
    {{"ps", "--runtime", "docker,,lxc", NULL}, ERROR_USAGE, "--runtime", NULL},
    {{"ps", "--runtime", "a b", NULL}, ERROR_USAGE, "--runtime", NULL},
    {{"detach", "--keep", "w:/b", NULL}, ERROR_USAGE, "--keep", NULL},
    {{"share", "--keep", "w:/b", "/a", NULL}, ERROR_USAGE, "--keep", NULL},
    {{"keep", NULL}, ERROR_USAGE, "too few words", NULL},
    {{"-H", "node7", "ps", NULL}, ERROR_UNSUPPORTED, "'--host'", NULL},
    {{"ps", "--config", "", NULL}, ERROR_USAGE, "--config", NULL},
    {{"undo", "a", "b", NULL}, ERROR_USAGE, "too many words", NULL},
};

START_TEST(test_bad)
{
    const struct bad *bad = &bad_lines[_i];

    ck_assert_int_lt(parse(bad->line), 0);
    ck_assert_msg(err.code == bad->code, "%s: %s", error_code_name(err.code), err.message);
    ck_assert_msg(strstr(err.message, bad->says), "message: %s", err.message);
    if (bad->hint)
        ck_assert_msg(strstr(err.hint, bad->hint), "hint: %s", err.hint);
}
END_TEST

START_TEST(test_bounds)
{
    static char word[ARGUMENT_LIMIT + 2], value[PATH_MAX + 1];
    const char *line[ARGV_MAX] = {"detach"};

    for (unsigned i = 1; i <= TARGETS_MAX; i++)
        line[i] = "web:/b";
    ck_assert_int_eq(parse(line), 0);
    ck_assert_uint_eq(parsed.n_words, TARGETS_MAX);
    line[TARGETS_MAX + 1] = "web:/b";
    ck_assert_int_lt(parse(line), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    ck_assert_ptr_nonnull(strstr(err.message, "64"));

    memset(word, 'x', sizeof word - 1);
    ck_assert_int_lt(parse((const char *const[]){"ls", word, NULL}), 0);
    ck_assert_int_eq(err.code, ERROR_USAGE);
    word[ARGUMENT_LIMIT] = '\0';
    ck_assert_int_eq(parse((const char *const[]){"ls", word, NULL}), 0);

    memset(value, 'x', sizeof value - 1);
    ck_assert_int_lt(parse((const char *const[]){"ps", "--state-dir", value, NULL}), 0);
    value[PATH_MAX - 1] = '\0';
    ck_assert_int_eq(parse((const char *const[]){"ps", "--state-dir", value, NULL}), 0);
}
END_TEST

START_TEST(test_values)
{
    ck_assert_int_eq(parse((const char *const[]){"attach", "--mode", "700", "--mode", "1750",
                                                 "--propagation", "shared", "/a", "w:/b", NULL}),
                     0);
    ck_assert_uint_eq(arguments_mode(&parsed, OPTION_MODE, 0), 01750); // the last one holds
    ck_assert_uint_eq(arguments_choice(&parsed, OPTION_PROPAGATION, 9), 2);
    ck_assert_uint_eq(arguments_choice(&parsed, OPTION_METHOD, 9), 9);
    ck_assert_int_eq(parse((const char *const[]){"detach", "--wait=2m", "w:/b", NULL}), 0);
    ck_assert_uint_eq(arguments_milliseconds(&parsed, OPTION_WAIT, 0), 120000);
    ck_assert_uint_eq(arguments_mode(&parsed, OPTION_MODE, 0755), 0755);
}
END_TEST

START_TEST(test_want_json)
{
    char *yes[] = {(char *)(uintptr_t) "davit", (char *)(uintptr_t) "--nosuch",
                   (char *)(uintptr_t) "--json"};
    char *no[] = {(char *)(uintptr_t) "davit", (char *)(uintptr_t) "--",
                  (char *)(uintptr_t) "--json"};

    ck_assert(arguments_want_json(3, yes));
    ck_assert(!arguments_want_json(3, no));
    ck_assert(!arguments_want_json(2, yes));
}
END_TEST

// Hostile words come out clean in the message.
START_TEST(test_clean_messages)
{
    static const char *const lines[][3] = {
        {"\033[31m", NULL}, {"ps", "--\033]52;c;x\007", NULL}, {"ps", "\xff\xfe\n", NULL}};

    ck_assert_int_lt(parse(lines[_i]), 0);
    for (const char *c = err.message; *c; c++)
        ck_assert_msg((unsigned char)*c >= 0x20 && *c != 0x7f, "%s", err.message);
}
END_TEST

// The tables are whole: no name or letter twice, everything that is listed has its text.
START_TEST(test_tables)
{
    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        const char *name = NULL;
        size_t length = 0;

        ck_assert(*option_specs[id].help);
        ck_assert_int_eq(option_specs[id].argument == NULL, option_specs[id].kind == VALUE_NONE);
        ck_assert_int_eq(option_specs[id].choices != NULL, option_specs[id].kind == VALUE_CHOICE);
        while ((name = name_next(option_specs[id].names, name, &length)))
            ck_assert_int_eq(option_find(name, length), id);
        if (option_specs[id].letter)
            ck_assert_int_eq(option_find_letter(option_specs[id].letter), id);
    }
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        ck_assert_int_eq(verb_find(verbs[id].name), id);
        if (verbs[id].alias)
            ck_assert_int_eq(verb_find(verbs[id].alias), id);
        ck_assert(*verbs[id].summary);
    }
}
END_TEST

static void add(TCase *tcase)
{
    tcase_add_loop_test(tcase, takes_a_command_as_it_is, 0, sizeof entered / sizeof entered[0]);
    tcase_add_loop_test(tcase, test_good, 0, sizeof good_lines / sizeof good_lines[0]);
    tcase_add_loop_test(tcase, test_bad, 0, sizeof bad_lines / sizeof bad_lines[0]);
    tcase_add_test(tcase, test_bounds);
    tcase_add_test(tcase, test_values);
    tcase_add_test(tcase, test_want_json);
    tcase_add_loop_test(tcase, test_clean_messages, 0, 3);
    tcase_add_test(tcase, test_tables);
}

int main(void)
{
    return run_suite("options", add);
}
