#include "tui/verbs/options.h"

#include <errno.h>
#include <string.h>

#include "tui/verbs/values.h"

#define NAME_SHOWN 40 // characters of an unknown name that are repeated

struct parser {
    int argc;
    char **argv;
    int next; // index of what is looked at next
    struct arguments *out;
    struct error *err;
};

// Points to the help of the verb, if there is one already.
static int usage(struct parser *parser)
{
    bool named = parser->out->verb < VERB_COUNT;

    error_hint(parser->err, "davit%s%s --help", named ? " " : "",
               named ? verbs[parser->out->verb].name : "");
    return -EINVAL;
}

static int unknown_option(struct parser *parser, const char *name, size_t length)
{
    char near[64];

    (void)error_set(parser->err, ERROR_USAGE, 0, "unknown option --%.*s%s",
                    length > NAME_SHOWN ? NAME_SHOWN : (int)length, name,
                    length > NAME_SHOWN ? "\xe2\x80\xa6" : "");
    if (option_nearest(name, length, parser->out->verb, near, sizeof near)) {
        error_hint(parser->err, "%s", near);
        return -EINVAL;
    }
    return usage(parser);
}

static int take_value(struct parser *parser, enum option_id id, const char *value)
{
    char spelled[32];

    (void)option_spelled(id, spelled, sizeof spelled);
    if (!option_specs[id].built) {
        (void)error_set(parser->err, ERROR_UNSUPPORTED, 0, "this davit does not have '%s' yet",
                        spelled);
        return -EINVAL;
    }
    if (option_specs[id].argument) {
        int r = value_check(&option_specs[id], spelled, value, parser->err);

        if (r < 0)
            return r;
    }
    parser->out->given |= UINT64_C(1) << id;
    parser->out->value[id] = value;
    return 0;
}

// The value of an option that needs one: what follows in the same argument, else the next one.
static int find_value(struct parser *parser, enum option_id id, const char *attached,
                      const char **ret)
{
    char spelled[32];

    *ret = attached;
    if (attached || !option_specs[id].argument)
        return 0;
    if (parser->next >= parser->argc) {
        (void)error_set(parser->err, ERROR_USAGE, 0, "%s needs a value: %s",
                        option_spelled(id, spelled, sizeof spelled), option_specs[id].argument);
        return usage(parser);
    }
    *ret = parser->argv[parser->next++];
    return 0;
}

static int parse_long(struct parser *parser, const char *argument)
{
    const char *name = argument + 2, *equals = strchr(name, '='), *value;
    size_t length = equals ? (size_t)(equals - name) : strlen(name);
    enum option_id id = option_find(name, length);
    int r;

    if (id == OPTION_COUNT)
        return unknown_option(parser, name, length);
    if (equals && !option_specs[id].argument) {
        (void)error_set(parser->err, ERROR_USAGE, 0, "--%.*s takes no value", (int)length, name);
        return usage(parser);
    }
    r = find_value(parser, id, equals ? equals + 1 : NULL, &value);
    return r < 0 ? r : take_value(parser, id, value);
}

static int parse_letters(struct parser *parser, const char *argument)
{
    for (const char *letter = argument + 1; *letter; letter++) {
        enum option_id id = option_find_letter(*letter);
        const char *value;
        int r;

        if (id == OPTION_COUNT) {
            (void)error_set(parser->err, ERROR_USAGE, 0, "unknown option -%c", *letter);
            return usage(parser);
        }
        r = find_value(parser, id, letter[1] ? letter + 1 : NULL, &value);
        if (r == 0)
            r = take_value(parser, id, option_specs[id].argument ? value : NULL);
        if (r < 0)
            return r;
        if (option_specs[id].argument)
            break;
    }
    return 0;
}

static int parse_verb(struct parser *parser, const char *word)
{
    enum verb_id verb = verb_find(word);
    char option[64];
    const char *near;

    if (verb == VERB_COUNT) {
        near = verb_nearest(word);
        // "davit version": an option, without its dashes.
        if (!near && option_nearest(word, strlen(word), VERB_COUNT, option, sizeof option) &&
            strcmp(option + 2, word) == 0)
            near = option;
        (void)error_set(parser->err, ERROR_USAGE, 0, "there is no verb '%.*s'", NAME_SHOWN, word);
        error_hint(parser->err, "davit %s", near ? near : "--help");
        return -EINVAL;
    }
    parser->out->verb = verb;
    return 0;
}

static int parse_word(struct parser *parser, const char *word)
{
    const struct verb *verb;

    if (parser->out->verb == VERB_COUNT)
        return parse_verb(parser, word);
    verb = &verbs[parser->out->verb];
    if (strlen(word) > ARGUMENT_LIMIT) {
        (void)error_set(parser->err, ERROR_USAGE, ENAMETOOLONG,
                        "'%.*s\xe2\x80\xa6' is %zu bytes long: at most %d are possible", NAME_SHOWN,
                        word, strlen(word), ARGUMENT_LIMIT);
        return -ENAMETOOLONG;
    }
    if (parser->out->n_words >= verb->most) {
        if (verb->most >= TARGETS_MAX)
            (void)error_set(parser->err, ERROR_USAGE, E2BIG, "davit %s takes at most %d targets",
                            verb->name, TARGETS_MAX);
        else
            (void)error_set(parser->err, ERROR_USAGE, 0, "too many words for davit %s: '%s'",
                            verb->name, word);
        return usage(parser);
    }
    parser->out->words[parser->out->n_words++] = word;
    return 0;
}

static int check_contradictions(struct parser *parser)
{
    static const enum option_id pairs[][2] = {
#define X(a, b) {OPTION_##a, OPTION_##b},
        CONTRADICTIONS(X)
#undef X
    };
    char first[32], second[32];

    for (size_t i = 0; i < sizeof pairs / sizeof pairs[0]; i++)
        if (arguments_has(parser->out, pairs[i][0]) && arguments_has(parser->out, pairs[i][1])) {
            (void)error_set(parser->err, ERROR_USAGE, 0, "%s and %s contradict each other",
                            option_spelled(pairs[i][0], first, sizeof first),
                            option_spelled(pairs[i][1], second, sizeof second));
            return usage(parser);
        }
    return 0;
}

static int check_allowed(struct parser *parser)
{
    enum verb_id verb = parser->out->verb;
    char spelled[32];

    for (enum option_id id = 0; id < OPTION_COUNT; id++) {
        if (!arguments_has(parser->out, id) || verb == VERB_COUNT ||
            option_specs[id].verbs & UINT32_C(1) << verb)
            continue;
        (void)error_set(parser->err, ERROR_USAGE, 0, "davit %s does not take %s", verbs[verb].name,
                        option_spelled(id, spelled, sizeof spelled));
        if (id == OPTION_READONLY)
            error_hint(parser->err, "--no-changes refuses every change, --read-only attaches "
                                    "read-only");
        else
            error_hint(parser->err, "davit %s --help", verbs[verb].name);
        return -EINVAL;
    }
    return check_contradictions(parser);
}

static int check_words(struct parser *parser)
{
    const struct verb *verb;

    if (parser->out->verb == VERB_COUNT || arguments_has(parser->out, OPTION_HELP) ||
        arguments_has(parser->out, OPTION_VERSION))
        return 0;
    verb = &verbs[parser->out->verb];
    if (parser->out->n_words >= verb->least)
        return 0;
    (void)error_set(parser->err, ERROR_USAGE, 0, "too few words: davit %s %s", verb->name,
                    verb->arguments);
    return usage(parser);
}

// From the container on, all that is no option of davit's is the command that is run in it.
static bool take_command(struct parser *parser, const char *argument, bool words_only)
{
    bool ends = !words_only && strcmp(argument, "--") == 0;

    if (parser->out->verb != VERB_ENTER || parser->out->n_words == 0 ||
        (!ends && !words_only && argument[0] == '-'))
        return false;
    parser->next -= !ends;
    parser->out->command = (const char *const *)parser->argv + parser->next;
    parser->out->n_command = (unsigned)(parser->argc - parser->next);
    return true;
}

int arguments_parse(int argc, char **argv, struct arguments *ret, struct error *err)
{
    struct parser parser = {.argc = argc, .argv = argv, .next = 1, .out = ret, .err = err};
    bool words_only = false;
    int r = 0;

    *ret = (struct arguments){.verb = VERB_COUNT};
    while (parser.next < argc && r == 0) {
        const char *argument = argv[parser.next++];

        if (take_command(&parser, argument, words_only))
            break;
        if (words_only || argument[0] != '-' || argument[1] == '\0')
            r = parse_word(&parser, argument);
        else if (argument[1] != '-')
            r = parse_letters(&parser, argument);
        else if (argument[2] == '\0')
            words_only = true;
        else
            r = parse_long(&parser, argument);
    }
    if (r == 0)
        r = check_allowed(&parser);
    return r < 0 ? r : check_words(&parser);
}

bool arguments_want_json(int argc, char **argv)
{
    for (int i = 1; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--json") == 0)
            return true;
    return false;
}
