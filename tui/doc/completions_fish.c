#include <stdio.h>
#include <string.h>

#include "tui/doc/completions.h"
#include "tui/doc/generate.h"

// The verb of the line, past the options of the console that stand before it; fish's own functions
// take any word for it, as the ls of davit volume.
static void put_fish_head(void)
{
    (void)fputs("# Completion of davit for fish. Made from davit's tables.\n"
                "function __davit_containers\n"
                "    " NAMES "\n"
                "end\n"
                "function __davit_verb\n"
                "    set -l words (commandline -opc)\n"
                "    set -l skip yes\n"
                "    for word in $words\n"
                "        if test $skip = yes\n"
                "            set skip no\n"
                "            continue\n"
                "        end\n"
                "        switch $word\n"
                "            case ",
                stdout);
    put_with_argument(" ");
    (void)fputs("\n"
                "                set skip yes\n"
                "            case '-*'\n"
                "            case '*'\n"
                "                echo $word\n"
                "                return\n"
                "        end\n"
                "    end\n"
                "end\n"
                "function __davit_is\n"
                "    set -l verb (__davit_verb)\n"
                "    test \"$argv\" = \"$verb\"; or contains -- \"$verb\" $argv\n"
                "end\n"
                "complete -c davit -f\n",
                stdout);
}

// "complete -c davit -n '__davit_is attach mount'"; VERB_COUNT: of the console.
static void put_fish_condition(enum verb_id verb)
{
    (void)fputs("complete -c davit -n '__davit_is", stdout);
    if (verb != VERB_COUNT) {
        (void)putchar(' ');
        put_names(verb, " ");
    }
    (void)putchar('\'');
}

static void put_fish_option(enum verb_id verb, enum option_id id)
{
    const struct option_spec *option = &option_specs[id];
    const char *name = NULL;
    size_t length = 0;
    bool first = true;

    while ((name = name_next(option->names, name, &length)) || (first && !*option->names)) {
        put_fish_condition(verb);
        if (name)
            (void)printf(" -l %.*s", (int)length, name);
        if (option->letter && first)
            (void)printf(" -s %c", option->letter);
        if (option->argument)
            (void)fputs(is_path(id) ? " -r -F" : " -x", stdout);
        if (has_choices(id)) {
            (void)fputs(" -a '", stdout);
            put_choices(id);
            (void)putchar('\'');
        }
        (void)fputs(" -d '", stdout);
        put_quoted(option->help, "\\'");
        (void)fputs("'\n", stdout);
        first = false;
        if (!name)
            break;
    }
}

static void put_fish_words(enum verb_id id)
{
    const char *kind = words_of(id);

    if (strcmp(kind, "none") == 0)
        return;
    put_fish_condition(id);
    if (strcmp(kind, "verb") == 0 || strcmp(kind, "action") == 0) {
        (void)fputs(" -a '", stdout);
        if (id == VERB_HELP)
            put_all_verbs();
        else
            put_actions(id);
        (void)fputs("'\n", stdout);
    } else if (strcmp(kind, "container") == 0) {
        (void)fputs(" -a '(__davit_containers)'\n", stdout);
    } else {
        (void)fputs(strcmp(kind, "path") == 0 ? " -F\n" : " -F -a '(__davit_containers):'\n",
                    stdout);
    }
}

void generate_fish(void)
{
    put_fish_head();
    for (enum verb_id id = 0; id < VERB_COUNT; id++) {
        (void)printf("complete -c davit -n __davit_is -a %s -d '", verbs[id].name);
        put_quoted(verbs[id].summary, "\\'");
        (void)fputs("'\n", stdout);
        put_fish_words(id);
        for (enum option_id option = 0; option < OPTION_COUNT; option++)
            if (takes(id, &option_specs[option]))
                put_fish_option(id, option);
    }
    for (enum option_id option = 0; option < OPTION_COUNT; option++)
        if (takes(VERB_COUNT, &option_specs[option]))
            put_fish_option(VERB_COUNT, option);
}
